/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A vote that is stopped after any number of slices and goes on comes to what it comes to in one run. */

#include "tests/elements/volume/make-slices.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define GRAY16 GST_VIDEO_FORMAT_GRAY16_LE
#define LOGIT GST_VOXEL_CONTENT_LOGIT

static const guint shape[] = {5, 4, 7};

static guint
score (guint z, guint y, guint x)
{
  guint h = (z * 73856093u) ^ (y * 19349663u) ^ (x * 83492791u);

  return (h ^ h >> 13) * 1274126177u >> 16 & 0xffff;
}

typedef struct {
  gchar *folder;
  gchar *path;
  GstHarness *h;
  GstBus *bus;
  GstVoxelVolume *volume;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("voxel-journal-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "votes", NULL);
}

static void
forget_journal (Fixture *f)
{
  g_autofree gchar *commit = g_strconcat (f->path, ".commit", NULL);

  g_remove (f->path);
  g_remove (commit);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  forget_journal (f);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->path);
  g_free (f->folder);
}

/* @options with %s for the journal; @promised are the axes that the volume's record tells of. */
static void
begin (Fixture *f, const gchar *options, guint promised)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) parts = g_strsplit (options, "%s", 2);

  text = g_strdup_printf ("voxelvote %s%s%s", parts[0], parts[1] ? f->path : "", parts[1] ? parts[1] : "");
  f->h = gst_harness_new_parse (text);
  f->bus = watch (f->h);
  f->volume = gst_voxel_volume_new ("scan", shape[0], shape[1], shape[2], 16);
  f->volume->axes = promised;
}

static void
stop (Fixture *f)
{
  gst_harness_teardown (f->h);
  unwatch (f->bus);
  gst_voxel_volume_unref (f->volume);
}

/* Slices @first to @stop - 1 of a pass from @first to the last one. */
static GstFlowReturn
push (Fixture *f, GstVoxelAxis axis, guint first, guint end)
{
  GstFlowReturn flow = GST_FLOW_OK;

  send_caps (f->h, f->volume, axis, GRAY16, "25/1");
  for (guint i = first; i < end && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (f->h,
                             make_slice (f->volume, axis, GRAY16, LOGIT, i, first, shape[axis] - 1, score));
  return flow;
}

/* All that comes out: of each slice its place in the pass, its time and its pixels. */
static GString *
finish (Fixture *f)
{
  GString *all = g_string_new (NULL);
  GstBuffer *buffer;

  g_assert_true (gst_harness_push_event (f->h, gst_event_new_eos ()));
  while ((buffer = gst_harness_try_pull (f->h))) {
    const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
    GstVideoFrame frame;
    GstVideoInfo info;

    g_string_append_printf (all, "%u of %u to %u at %" GST_TIME_FORMAT ":", slice->index, slice->first,
                            slice->last, GST_TIME_ARGS (GST_BUFFER_PTS (buffer)));
    gst_video_info_set_format (&info,
                               slice->content == GST_VOXEL_CONTENT_MASK ? GST_VIDEO_FORMAT_GRAY8 : GRAY16,
                               shape[2], shape[1]);
    g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
    for (guint i = 0; i < shape[1] * shape[2]; i++)
      g_string_append_printf (all, " %u", frame_pixel (&frame, i / shape[2], i % shape[2]));
    gst_video_frame_unmap (&frame);
    gst_buffer_unref (buffer);
  }
  g_assert_cmpuint (all->len, >, 0);
  stop (f);
  return all;
}

static const struct {
  const gchar *axes;
  guint promised;
} choices[] = {{"zyx", 7}, {"xyz", 7}, {"yx", 6}, {"zx", 0}, {"z", 1}, {"z", 0}, {"x", 4}};

static guint
axis_of (gchar letter)
{
  return (guint) (strchr ("zyx", letter) - "zyx");
}

static guint
count_slices (const gchar *axes)
{
  guint n = 0;

  for (; *axes; axes++)
    n += shape[axis_of (*axes)];
  return n;
}

/* Slices @from to @to - 1 of all @axes, as voxelreslice sends them with skip. */
static void
push_slices (Fixture *f, const gchar *axes, guint from, guint to)
{
  guint before = 0;

  for (; *axes; before += shape[axis_of (*axes)], axes++) {
    guint axis = axis_of (*axes), first = from > before ? from - before : 0,
          end = MIN (shape[axis], to > before ? to - before : 0);

    if (first < end)
      g_assert_cmpint (push (f, axis, first, end), ==, GST_FLOW_OK);
  }
}

static void
test_go_on (Fixture *f, gconstpointer options)
{
  g_autofree gchar *journalled = g_strconcat (options, " journal=%s journal-run=a", NULL);

  for (gsize c = 0; c < G_N_ELEMENTS (choices); c++) {
    const gchar *axes = choices[c].axes;
    guint n = count_slices (axes);
    g_autoptr (GString) expected = NULL;

    begin (f, options, choices[c].promised);
    push_slices (f, axes, 0, n);
    expected = finish (f);
    for (guint first = 0; first <= n; first++) {
      guint second = MIN (first + 3, n), back = first % 3;
      g_autoptr (GString) all = NULL;

      begin (f, journalled, choices[c].promised);
      push_slices (f, axes, 0, first);
      stop (f);
      begin (f, journalled, choices[c].promised);
      push_slices (f, axes, first - MIN (first, back), second);
      stop (f);
      begin (f, journalled, choices[c].promised);
      push_slices (f, axes, MIN (second, n - 1), n);
      all = finish (f);
      if (!g_string_equal (all, expected))
        g_error ("axes %s of %u promised, stopped after %u and %u", axes, choices[c].promised, first, second);
      forget_journal (f);
    }
  }
}

/* What is not there before EOS is not there after it: an outcome of nothing is never sent. */
static void
expect_refusal (Fixture *f, const gchar *part)
{
  g_autofree gchar *text = NULL;

  gst_harness_push_event (f->h, gst_event_new_eos ());
  text = take_error (f->bus);
  if (!strstr (text, part))
    g_error ("\"%s\" does not say \"%s\"", text, part);
  g_assert_null (gst_harness_try_pull (f->h));
  stop (f);
}

static void
stop_after (Fixture *f, const gchar *axes, guint promised, guint n)
{
  begin (f, "journal=%s", promised);
  push_slices (f, axes, 0, n);
  stop (f);
}

static void
test_other_passes (Fixture *f, gconstpointer data)
{
  stop_after (f, "zyx", 7, 7);

  begin (f, "journal=%s", 7); /* slice 2 of y is left out */
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Y, 3, 4), ==, GST_FLOW_ERROR);
  expect_refusal (f, "Axis y of volume \"scan\" comes with slices 3 to 3, but the journal");

  begin (f, "journal=%s", 7); /* most of x, too */
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_X, 6, shape[2]), ==, GST_FLOW_ERROR);
  expect_refusal (f, "a vote needs all of each axis");

  begin (f, "journal=%s", 7); /* the rest of y */
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_X, 0, shape[2]), ==, GST_FLOW_OK);
  expect_refusal (f, "The rest of axis y of volume \"scan\" did not come");

  forget_journal (f);
  stop_after (f, "zyx", 7, 7);
  begin (f, "journal=%s", 7); /* x */
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Y, 2, shape[1]), ==, GST_FLOW_OK);
  expect_refusal (f, "Axis x of volume \"scan\" was promised");

  begin (f, "journal=%s", 7); /* nothing, but x is there more than once */
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_X, 0, shape[2]), ==, GST_FLOW_OK);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Z, 0, shape[0]), ==, GST_FLOW_OK);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_X, 0, shape[2]), ==, GST_FLOW_ERROR);
  expect_refusal (f, "came twice");
}

/* Without a journal a part is what it was before: refused. */
static void
test_no_journal (Fixture *f, gconstpointer data)
{
  begin (f, "journal=\"\"", 7);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Z, 0, shape[0]), ==, GST_FLOW_OK);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Y, 2, shape[1]), ==, GST_FLOW_ERROR);
  expect_refusal (f, "a vote needs all of each axis");
}

static void
test_other_run (Fixture *f, gconstpointer data)
{
  static const struct {
    const gchar *options;
    guint promised;
    const gchar *says;
  } cases[] = {
      {"journal=%s threshold=.25", 7, "is of threshold 0.5, this vote of 0.25"},
      {"journal=%s mode=union", 7, "is of mode majority, this vote of mode union"},
      {"journal=%s", 3, "is of another choice of axes"},
      {"journal=%s journal-run=b", 7, "is of another run"},
      {"journal=/nowhere/at/all", 7, "/nowhere/at/all"},
  };

  stop_after (f, "zyx", 7, 7);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    begin (f, cases[i].options, cases[i].promised);
    g_assert_cmpint (push (f, GST_VOXEL_AXIS_Y, 2, 3), ==, GST_FLOW_ERROR);
    expect_refusal (f, cases[i].says);
  }
}

static void
test_damage (Fixture *f, gconstpointer data)
{
  g_autofree gchar *whole = NULL;
  gsize size;

  stop_after (f, "zyx", 7, 7);
  g_assert_true (g_file_get_contents (f->path, &whole, &size, NULL));
  whole[size / 2] ^= 4;
  g_assert_true (g_file_set_contents (f->path, whole, (gssize) size, NULL));
  begin (f, "journal=%s", 7);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Y, 2, 3), ==, GST_FLOW_ERROR);
  expect_refusal (f, "is damaged at byte");
  g_assert_cmpint (truncate (f->path, (off_t) size - 1), ==, 0);
  begin (f, "journal=%s", 7);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Y, 2, 3), ==, GST_FLOW_ERROR);
  expect_refusal (f, "is shorter than it was");
}

static void
test_second_volume (Fixture *f, gconstpointer data)
{
  g_autoptr (GstVoxelVolume) other = gst_voxel_volume_new ("other", shape[0], shape[1], shape[2], 16);

  begin (f, "journal=%s", 0);
  push_slices (f, "zyx", 0, count_slices ("zyx"));
  g_assert_cmpint (
      gst_harness_push (f->h, make_slice (other, GST_VOXEL_AXIS_Z, GRAY16, LOGIT, 0, 0, shape[0] - 1, score)),
      ==, GST_FLOW_ERROR);
  while (gst_harness_buffers_in_queue (f->h))
    gst_buffer_unref (gst_harness_pull (f->h));
  expect_refusal (f, "A second volume, \"other\", comes");
}

static void
test_unknown_depth (Fixture *f, gconstpointer data)
{
  begin (f, "journal=%s", 1);
  send_caps (f->h, f->volume, GST_VOXEL_AXIS_Z, GRAY16, "25/1");
  f->volume->shape[0] = 0;
  g_assert_cmpint (gst_harness_push (f->h, make_slice (f->volume, GST_VOXEL_AXIS_Z, GRAY16, LOGIT, 0, 0,
                                                       GST_VOXEL_INDEX_UNKNOWN, score)),
                   ==, GST_FLOW_ERROR);
  expect_refusal (f, "The depth of volume \"scan\" is not known yet");
}

/* A part of z, as voxelsrc start-index=1 sends it. */
static void
test_part_of_z (Fixture *f, gconstpointer data)
{
  g_autoptr (GString) expected = NULL, all = NULL;

  begin (f, "threshold=.5", 1);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Z, 1, shape[0]), ==, GST_FLOW_OK);
  expected = finish (f);
  begin (f, "journal=%s", 1);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Z, 1, 3), ==, GST_FLOW_OK);
  stop (f);
  begin (f, "journal=%s", 1);
  g_assert_cmpint (push (f, GST_VOXEL_AXIS_Z, 3, shape[0]), ==, GST_FLOW_OK);
  all = finish (f);
  g_assert_true (g_string_equal (all, expected));
}

int
main (int argc, char **argv)
{
  static const gchar *const modes[] = {"mode=majority", "mode=union threshold=.7", "mode=mean threshold=.3",
                                       "mode=mean output=probability", "mode=majority memory-limit=1"};
  static const struct {
    const gchar *name;
    void (*run) (Fixture *f, gconstpointer data);
  } tests[] = {
      {"other-passes", test_other_passes},   {"no-journal", test_no_journal},
      {"other-run", test_other_run},         {"damage", test_damage},
      {"second-volume", test_second_volume}, {"unknown-depth", test_unknown_depth},
      {"part-of-z", test_part_of_z},
  };

  /* In memory, where flushing takes no time. */
  if (access ("/dev/shm", W_OK | X_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autofree gchar *path = g_strdup_printf ("/voxelvote-journal/go-on/%s", modes[i]);

    g_test_add (path, Fixture, modes[i], set_up, test_go_on, tear_down);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree gchar *path = g_strdup_printf ("/voxelvote-journal/%s", tests[i].name);

    g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
  }
  return g_test_run ();
}
