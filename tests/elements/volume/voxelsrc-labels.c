/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "labels-fixture.h"

#define SLICES 12

/* What a label is to be where the file has @value. */
typedef guint (*Meaning) (guint value);

static guint
set_above_0 (guint value)
{
  return value ? GST_VOXEL_LABEL_SET : GST_VOXEL_LABEL_BACKGROUND;
}

static guint
set_from_127 (guint value)
{
  return value >= 127 ? GST_VOXEL_LABEL_SET : GST_VOXEL_LABEL_BACKGROUND;
}

static guint
ignore_7 (guint value)
{
  return value == 7 ? GST_VOXEL_LABEL_IGNORE : set_above_0 (value);
}

static guint
ignore_7_set_from_2 (guint value)
{
  return value == 7 ? GST_VOXEL_LABEL_IGNORE : value >= 2 ? GST_VOXEL_LABEL_SET : GST_VOXEL_LABEL_BACKGROUND;
}

static void
assert_label (GstBuffer *buffer, const Fixture *form, guint number, guint page, Meaning meaning, guint x0,
              guint y0, guint width, guint height)
{
  const GstVoxelLabelMeta *meta = gst_buffer_get_voxel_label_meta (buffer);
  Fixture fixture = numbered (form, number);
  guint stride = (width + 3) / 4 * 4, counts[256] = {0};
  GstMapInfo map;

  g_assert_nonnull (meta);
  g_assert_true (gst_buffer_map (meta->label, &map, GST_MAP_READ));
  g_assert_cmpuint (map.size, ==, stride * height);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      guint expected = meaning (fixture_expected (&fixture, page, x0 + x, y0 + y));

      g_assert_cmpuint (map.data[y * stride + x], ==, expected);
      counts[expected]++;
    }
    for (guint x = width; x < stride; x++)
      g_assert_cmpuint (map.data[y * stride + x], ==, 0);
  }
  g_assert_cmpuint (counts[GST_VOXEL_LABEL_SET], >, 0);
  g_assert_cmpuint (counts[GST_VOXEL_LABEL_BACKGROUND], >, 0);
  gst_buffer_unmap (meta->label, &map);
}

/* Labels of the same name, with one suffix or another, or of other names in the same order. */
static void
test_folders (void)
{
  static const struct {
    const gchar *name, *end;
  } names[] = {{"img", ""},     {"img", "_label"}, {"img", "-mask"},
               {"img", ".seg"}, {"truth", ""},     {"img", "b"}};
  static const gchar *const more[] = {"", "read-ahead=0", "read-ahead=20 threads=3"};

  for (guint i = 0; i < G_N_ELEMENTS (names) * G_N_ELEMENTS (more); i++) {
    guint kind = i / G_N_ELEMENTS (more);
    gchar *root = fixture_folder_new ();
    g_autofree gchar *options =
        g_strdup_printf ("location=%%R/images labels=%%R/labels %s", more[i % G_N_ELEMENTS (more)]);
    GstHarness *harness;

    write_files (root, "images", "img", "", 0, SLICES, &slice_form);
    write_files (root, "labels", names[kind].name, names[kind].end, 0, SLICES, &label_form);
    harness = harness_new (root, options);
    for (guint z = 0; z < SLICES; z++) {
      g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);

      g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (buffer)->index, ==, z);
      g_assert_cmpfloat (gst_buffer_get_voxel_label_meta (buffer)->weight, ==, 1.);
      assert_label (buffer, &label_form, z, 0, set_above_0, 0, 0, WIDTH, HEIGHT);
    }
    gst_harness_teardown (harness);
    fixture_folder_free (root);
  }
}

/* Where names sort otherwise once the suffix is there, the name counts and not the place. */
static void
test_names_before_order (void)
{
  static const gchar *const names[] = {"a", "a1"};
  gchar *root = fixture_folder_new ();
  g_autofree gchar *images = g_build_filename (root, "images", NULL);
  g_autofree gchar *labels = g_build_filename (root, "labels", NULL);
  GstHarness *harness;

  g_mkdir (images, 0700);
  g_mkdir (labels, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *image = g_strdup_printf ("%s.tif", names[i]);
    g_autofree gchar *label = g_strdup_printf ("%s_label.tif", names[i]);
    Fixture slice = numbered (&slice_form, i), truth = numbered (&label_form, i);

    g_free (fixture_write (images, image, &slice));
    g_free (fixture_write (labels, label, &truth));
  }
  harness = harness_new (root, "location=%R/images labels=%R/labels");
  for (guint z = 0; z < G_N_ELEMENTS (names); z++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);

    g_assert_cmpstr (gst_buffer_get_voxel_slice_meta (buffer)->volume->names[z], ==, names[z]);
    assert_label (buffer, &label_form, z, 0, set_above_0, 0, 0, WIDTH, HEIGHT);
  }
  gst_harness_teardown (harness);
  fixture_folder_free (root);
}

/* A file of many pages beside a folder, in the order of pages, of every depth. */
static void
test_depths (void)
{
  static const struct {
    guint bits;
    const guint16 *values;
    guint n_values;
    const gchar *more;
    Meaning meaning;
  } cases[] = {
      {1, ones, 2, "", set_above_0},
      {1, ones, 2, "label-threshold=127", set_above_0},
      {8, binary, 2, "", set_above_0},
      {8, ones, 2, "", set_above_0},
      {12, ones, 2, "", set_above_0},
      {16, binary, 2, "", set_above_0},
      {8, soft, 4, "label-threshold=127", set_from_127},
      {12, soft, 4, "label-threshold=127", set_from_127},
      {16, soft, 4, "label-threshold=127", set_from_127},
      {8, marked, 3, "label-ignore=7", ignore_7},
      {16, marked, 3, "label-ignore=7", ignore_7},
      {8, marked, 3, "label-threshold=1 label-ignore=7", ignore_7},
      {16, soft, 4, "label-threshold=2 label-ignore=7", ignore_7_set_from_2},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *root = fixture_folder_new ();
    g_autofree gchar *options =
        g_strdup_printf ("location=%%R/images labels=%%R/labels.tif label-weight=.25 %s", cases[i].more);
    Fixture form = label_form;
    GstHarness *harness;

    form.pages = SLICES;
    form.bits = cases[i].bits;
    form.values = cases[i].values;
    form.n_values = cases[i].n_values;
    write_files (root, "images", "img", "", 0, SLICES, &slice_form);
    g_free (fixture_write (root, "labels.tif", &form));
    harness = harness_new (root, options);
    for (guint z = 0; z < SLICES; z++) {
      g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);

      g_assert_cmpfloat (gst_buffer_get_voxel_label_meta (buffer)->weight, ==, .25);
      assert_label (buffer, &form, 0, z, cases[i].meaning, 0, 0, WIDTH, HEIGHT);
    }
    gst_harness_teardown (harness);
    fixture_folder_free (root);
  }
}

/* What is read of the slices is read of the labels; slices that are not read need none. */
static void
test_part (void)
{
  gchar *root = fixture_folder_new ();
  GstHarness *harness;

  write_files (root, "images", "img", "", 0, SLICES, &slice_form);
  write_files (root, "labels", "img", "_label", 3, 5, &label_form);
  harness =
      harness_new (root, "location=%R/images labels=%R/labels start-index=4 stop-index=6 crop=2,3,10,7");
  for (guint z = 4; z <= 6; z++) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);

    g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (buffer)->index, ==, z - 4);
    assert_label (buffer, &label_form, z, 0, set_above_0, 2, 3, 10, 7);
  }
  gst_harness_teardown (harness);
  fixture_folder_free (root);
}

static void
test_none (void)
{
  gchar *root = fixture_folder_new ();
  GstHarness *harness;
  g_autoptr (GstBuffer) buffer = NULL;

  write_files (root, "images", "img", "", 0, SLICES, &slice_form);
  harness = harness_new (root, "location=%R/images label-threshold=127");
  buffer = gst_harness_pull (harness);
  g_assert_null (gst_buffer_get_voxel_label_meta (buffer));
  gst_harness_teardown (harness);
  fixture_folder_free (root);
}

/* A seek takes the labels along. */
static void
test_seek (void)
{
  gchar *root = fixture_folder_new ();
  GstHarness *harness;

  write_files (root, "images", "img", "", 0, SLICES, &slice_form);
  write_files (root, "labels", "img", "", 0, SLICES, &label_form);
  harness = harness_new (root, "location=%R/images labels=%R/labels");
  gst_buffer_unref (gst_harness_pull (harness));
  g_assert_true (gst_harness_push_upstream_event (
      harness, gst_event_new_seek (1., GST_FORMAT_DEFAULT, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 7,
                                   GST_SEEK_TYPE_SET, 9)));
  for (guint z = 7; z < 9;) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (harness);
    const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);

    /* What came before the seek waits in the harness. */
    if (slice->first != 7)
      continue;
    g_assert_cmpuint (slice->index, ==, z);
    assert_label (buffer, &label_form, z++, 0, set_above_0, 0, 0, WIDTH, HEIGHT);
  }
  gst_harness_teardown (harness);
  fixture_folder_free (root);
}

/* What can be seen without pixels is refused before a slice is sent. */
static void
test_sets_refused (void)
{
  static const struct {
    const gchar *labels;
    const gchar *words[5];
  } cases[] = {
      {"%R/few",
       {"few\": there is no label for 3 of 12 slices: \"img0\", \"img10\", \"img11\"", "start-index", NULL}},
      {"%R/fewest",
       {"no label for 11 of 12 slices", "\"img0\", \"img1\", \"img2\", \"img4\", \"img5\" and 6 more", NULL}},
      {"%R/many",
       {"many\": there is no slice for 2 of 14 labels: \"img12\", \"img13\"", "take them out", NULL}},
      {"%R/other-few",
       {"other-few\": 11 labels for 12 slices", "from slice \"img11\" on there is no label", NULL}},
      {"%R/other-many", {"13 labels for 12 slices", "from label \"truth12\" on there is no slice", NULL}},
      {"%R/pages.tif", {"pages.tif\": 3 labels for 12 slices", "from slice \"img3\" on", NULL}},
      {"%R/wide", {"wide\": labels are 22 x 14 pixels", "img0.tif\") 21 x 14", "as large as slices", NULL}},
  };
  gchar *root = fixture_folder_new ();
  Fixture wide = label_form, pages = label_form;

  wide.width++;
  pages.pages = 3;
  write_files (root, "images", "img", "", 0, SLICES, &slice_form);
  write_files (root, "few", "img", "_label", 1, 9, &label_form);
  write_files (root, "fewest", "img", "_label", 3, 1, &label_form);
  write_files (root, "many", "img", "", 0, 14, &label_form);
  write_files (root, "other-few", "truth", "", 0, 11, &label_form);
  write_files (root, "other-many", "truth", "", 0, 13, &label_form);
  write_files (root, "wide", "img", "", 0, SLICES, &wide);
  g_free (fixture_write (root, "pages.tif", &pages));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *options = g_strdup_printf ("location=%%R/images labels=%s", cases[i].labels);

    assert_refused (root, options, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, cases[i].words, TRUE);
  }
  assert_refused (root, "location=%R/images labels=%R/none", GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
                  (const gchar *const[]){"none", NULL}, TRUE);
  assert_refused (
      root, "location=%R/images labels=%R/many follow=true", GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
      (const gchar *const[]){"labels=", "does not go with follow=true", "without follow", NULL}, TRUE);
  fixture_folder_free (root);
}

/* Slice 5 has a value too many, or its own instead of the others'; said, and thresholded only when told. */
static void
test_values_refused (void)
{
  static const guint16 twos[] = {0, 2}, wide[] = {0, 1, 300};
  static const struct {
    const guint16 *values;
    guint n_values, bits;
    const gchar *words[6];
  } cases[] = {
      {marked,
       3,
       8,
       {"Slice 5", "img5.tif\"", "not binary: value ", "set label-threshold", "label-ignore=", NULL}},
      {wide,
       3,
       16,
       {"Slice 5", "img5.tif\"", "not binary: value ", "set label-threshold", "label-ignore=", NULL}},
      {twos,
       2,
       8,
       {"Slice 5", "img5.tif\"", "its value is 2, that of \"img0\" 1", "set label-threshold", NULL}},
  };
  static const gchar *const more[] = {"", "read-ahead=0", "threads=3"};

  for (guint i = 0; i < G_N_ELEMENTS (cases) * G_N_ELEMENTS (more); i++) {
    guint kind = i / G_N_ELEMENTS (more);
    gchar *root = fixture_folder_new ();
    g_autofree gchar *options =
        g_strdup_printf ("location=%%R/images labels=%%R/labels %s", more[i % G_N_ELEMENTS (more)]);
    g_autofree gchar *told = g_strconcat (options, " label-threshold=2", NULL);
    Fixture form = label_form, odd = label_form;
    GstHarness *harness;

    form.bits = odd.bits = cases[kind].bits;
    form.values = ones;
    odd.values = cases[kind].values;
    odd.n_values = cases[kind].n_values;
    write_files (root, "images", "img", "", 0, SLICES, &slice_form);
    write_files (root, "labels", "img", "", 0, SLICES, &form);
    write_files (root, "labels", "img", "", 5, 1, &odd);
    assert_refused (root, options, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT, cases[kind].words, FALSE);
    harness = harness_new (root, told);
    for (guint z = 0; z < SLICES; z++)
      gst_buffer_unref (gst_harness_pull (harness));
    gst_harness_teardown (harness);
    fixture_folder_free (root);
  }
}

/* Labels of 0 and 1 under a threshold for those of 0 and 255 say so, once. */
static void
test_missed (void)
{
  static const gchar *const thresholds[] = {"127", "1", "0"};
  gchar *root = fixture_folder_new ();
  Fixture form = label_form;

  form.values = ones;
  write_files (root, "images", "img", "", 0, SLICES, &slice_form);
  write_files (root, "labels", "img", "", 0, SLICES, &form);
  for (guint i = 0; i < G_N_ELEMENTS (thresholds); i++) {
    g_autofree gchar *options =
        g_strconcat ("location=%R/images labels=%R/labels label-threshold=", thresholds[i], NULL);
    g_autofree gchar *line = launch_line (root, options);
    GstHarness *harness = gst_harness_new_parse (line);
    g_autoptr (GstBus) bus = gst_bus_new ();
    guint warnings = 0;
    GstMessage *message;

    gst_element_set_bus (harness->element, bus);
    gst_harness_play (harness);
    for (guint z = 0; z < SLICES; z++)
      gst_buffer_unref (gst_harness_pull (harness));
    while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING))) {
      g_autoptr (GError) error = NULL;

      gst_message_parse_warning (message, &error, NULL);
      g_assert_nonnull (strstr (error->message, "highest value is 1: set label-threshold"));
      gst_message_unref (message);
      warnings++;
    }
    g_assert_cmpuint (warnings, ==, i == 0);
    gst_element_set_bus (harness->element, NULL);
    gst_bus_set_flushing (bus, TRUE);
    gst_harness_teardown (harness);
  }
  fixture_folder_free (root);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/voxelsrc-labels/folders", test_folders);
  g_test_add_func ("/voxelsrc-labels/names-before-order", test_names_before_order);
  g_test_add_func ("/voxelsrc-labels/depths", test_depths);
  g_test_add_func ("/voxelsrc-labels/part", test_part);
  g_test_add_func ("/voxelsrc-labels/none", test_none);
  g_test_add_func ("/voxelsrc-labels/seek", test_seek);
  g_test_add_func ("/voxelsrc-labels/missed", test_missed);
  g_test_add_func ("/voxelsrc-labels/sets-refused", test_sets_refused);
  g_test_add_func ("/voxelsrc-labels/values-refused", test_values_refused);
  return g_test_run ();
}
