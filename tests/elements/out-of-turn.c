/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is for learning only, slices that come shuffled and slices along no axis, before the elements that put slices
 * together: each says so, none makes anything of them. */

#include "tests/elements/volume/make-slices.h"
#include "tests/elements/volume/tiff-fixture.h"

#include <string.h>

#define SIDE 8u

typedef struct {
  const gchar *element;
  GstVoxelContent content;
  gboolean z_only;
  const gchar *written; /* where oblique slices are taken */
} Joiner;

static const Joiner joiners[] = {
    {"voxelreslice", GST_VOXEL_CONTENT_INTENSITY, TRUE},
    {"voxelneighbours", GST_VOXEL_CONTENT_INTENSITY},
    {"voxelvote", GST_VOXEL_CONTENT_MASK},
    {"voxelscore name=score score.prediction", GST_VOXEL_CONTENT_MASK, TRUE},
    {"voxelrlesink location=%s/out.csv", GST_VOXEL_CONTENT_MASK, TRUE},
    {"voxelsink location=%s/out", GST_VOXEL_CONTENT_MASK, FALSE, "out/o_0002.tif"},
    {"voxelsink location=%s/{id}-{axis}.tif", GST_VOXEL_CONTENT_MASK, FALSE, "scan-o.tif"},
};

static gchar *folder;

static guint
pixel (guint z, guint y, guint x)
{
  return 0;
}

static GstVoxelVolume *
new_volume (guint axes)
{
  GstVoxelVolume *volume = gst_voxel_volume_new ("scan", SIDE, SIDE, SIDE, 8);

  volume->axes = axes;
  return volume;
}

static GstBuffer *
slice_of (const Joiner *joiner, GstVoxelVolume *volume, GstVoxelAxis axis, guint index, guint first,
          guint last)
{
  GstBuffer *buffer = make_slice (volume, GST_VOXEL_AXIS_Z, GST_VIDEO_FORMAT_GRAY8, joiner->content, index,
                                  first, last, pixel);

  gst_buffer_get_voxel_slice_meta (buffer)->axis = axis;
  return buffer;
}

static GstHarness *
open_joiner (const Joiner *joiner, GstVoxelVolume *volume, GstBus **bus)
{
  g_autofree gchar *text = g_strdup_printf (joiner->element, folder);
  GstHarness *h;

  if (g_str_has_prefix (joiner->element, "voxelscore"))
    h = gst_harness_new_with_padnames ("voxelscore", "prediction", NULL);
  else
    h = gst_harness_new_parse (text);
  *bus = watch (h);
  gst_harness_play (h);
  send_caps (h, volume, GST_VOXEL_AXIS_Z, GST_VIDEO_FORMAT_GRAY8, "25/1");
  return h;
}

static void
close_joiner (GstHarness *h, GstBus *bus)
{
  gst_harness_teardown (h);
  unwatch (bus);
}

static void
test_oblique (gconstpointer data)
{
  const Joiner *joiner = data;
  g_autoptr (GstVoxelVolume) volume = new_volume (1u << GST_VOXEL_AXIS_OBLIQUE);
  g_autofree gchar *text = NULL;
  GstBus *bus;
  GstHarness *h = open_joiner (joiner, volume, &bus);

  if (joiner->written) {
    g_autofree gchar *path = g_build_filename (folder, joiner->written, NULL);

    for (guint i = 0; i < 3; i++)
      g_assert_cmpint (gst_harness_push (h, slice_of (joiner, volume, GST_VOXEL_AXIS_OBLIQUE, i, 0, 2)), ==,
                       GST_FLOW_OK);
    g_assert_true (gst_harness_push_event (h, gst_event_new_eos ()));
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    close_joiner (h, bus);
    return;
  }
  g_assert_cmpint (gst_harness_push (h, slice_of (joiner, volume, GST_VOXEL_AXIS_OBLIQUE, 0, 0, 2)), ==,
                   GST_FLOW_ERROR);
  text = take_error (bus);
  if (!strstr (text, "Slice 0 of volume \"scan\" is oblique") || !strstr (text, "oblique=0"))
    g_error ("%s", text);
  close_joiner (h, bus);
}

/* Of one axis and of several. */
static void
test_shuffled (gconstpointer data)
{
  const Joiner *joiner = data;

  for (guint axes = 1; axes <= (joiner->z_only ? 1 : 3); axes += 2) {
    g_autoptr (GstVoxelVolume) volume = new_volume (axes);
    g_autofree gchar *text = NULL;
    GstFlowReturn flow = GST_FLOW_OK;
    GstBus *bus;
    GstHarness *h = open_joiner (joiner, volume, &bus);
    guint pushed;

    for (pushed = 0; pushed < 4 && flow == GST_FLOW_OK; pushed++) {
      guint index = (pushed * 5 + 3) % SIDE;

      flow = gst_harness_push (h, slice_of (joiner, volume, axes == 3 ? pushed % 2 : 0, index, index, index));
    }
    g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
    g_assert_cmpuint (pushed, <=, 2);
    text = take_error (bus);
    if (!strstr (text, "shuffle=false"))
      g_error ("%s", text);
    close_joiner (h, bus);
  }
}

int
main (int argc, char **argv)
{
  int status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  folder = fixture_folder_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (joiners); i++) {
    g_autofree gchar *name = g_strndup (joiners[i].element, strcspn (joiners[i].element, " "));
    g_autofree gchar *oblique = g_strdup_printf ("/out-of-turn/oblique/%s/%" G_GSIZE_FORMAT, name, i);
    g_autofree gchar *shuffled = g_strdup_printf ("/out-of-turn/shuffled/%s/%" G_GSIZE_FORMAT, name, i);

    g_test_add_data_func (oblique, &joiners[i], test_oblique);
    g_test_add_data_func (shuffled, &joiners[i], test_shuffled);
  }
  status = g_test_run ();
  fixture_folder_free (folder);
  return status;
}
