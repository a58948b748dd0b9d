/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <gst/gst.h>
#include <gst/video/video.h>

#include "command.h"
#include "elements/outputs/output-file.h"
#include "elements/volume/slice-list.h"
#include "overlay.h"

/* Of the pixels, black and white alike: what a display may lose of a scan's tails. */
#define STRETCH_PERCENT .1

typedef struct {
  gchar *output;
  gchar *mask;
  gint slice;
} Options;

/* A slice of any depth as 16-bit pixels. */
static guint16 *
read_slice (VoxelSliceList *list, guint index, GError **error)
{
  const VoxelTiffPage *form = voxel_slice_list_get_form (list);
  gsize n = (gsize) form->width * form->height;
  const VoxelTiffRegion whole = {.width = form->width, .height = form->height};
  gboolean wide = form->bits > 8;
  g_autofree guint16 *pixels = g_new (guint16, n);
  guint8 *bytes = (guint8 *) pixels;

  if (!voxel_slice_list_decode (list, index, &whole, bytes, (gsize) form->width * (wide ? 2 : 1), error))
    return NULL;
  for (gsize i = n; i-- > 0;)
    pixels[i] = wide ? GUINT16_FROM_LE (pixels[i]) : bytes[i];
  return g_steal_pointer (&pixels);
}

static guint8 *
read_mask (const gchar *location, guint index, const VoxelTiffPage *form, guint count, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, 0, error);
  const VoxelTiffRegion whole = {.width = form->width, .height = form->height};
  const VoxelTiffPage *other;
  g_autofree guint8 *mask = NULL;

  if (!list)
    return NULL;
  other = voxel_slice_list_get_form (list);
  if (other->width != form->width || other->height != form->height ||
      voxel_slice_list_get_length (list) != count) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                 "%s has %u slices of %ux%u pixels, the scan %u of %ux%u: not its mask", location,
                 voxel_slice_list_get_length (list), other->width, other->height, count, form->width,
                 form->height);
    return NULL;
  }
  mask = g_malloc ((gsize) form->width * form->height);
  if (!voxel_slice_list_decode_mask (list, index, &whole, mask, form->width, error))
    return NULL;
  return g_steal_pointer (&mask);
}

/* Picture in, the only buffer of a PNG file out. */
static GstBuffer *
encode_png (GstBuffer *picture, guint width, guint height, GError **error)
{
  g_autoptr (GstCaps) caps =
      gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGB", "width", G_TYPE_INT, (gint) width,
                           "height", G_TYPE_INT, (gint) height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  g_autoptr (GstElement) pipeline =
      gst_parse_launch_full ("appsrc name=in format=time ! pngenc ! appsink name=out sync=false", NULL,
                             GST_PARSE_FLAG_FATAL_ERRORS, error);
  g_autoptr (GstElement) in = NULL, out = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstSample) sample = NULL;
  GstFlowReturn flow;

  if (!pipeline)
    return NULL;
  in = gst_bin_get_by_name (GST_BIN (pipeline), "in");
  out = gst_bin_get_by_name (GST_BIN (pipeline), "out");
  bus = gst_element_get_bus (pipeline);
  g_object_set (in, "caps", caps, NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_signal_emit_by_name (in, "push-buffer", picture, &flow);
  g_signal_emit_by_name (in, "end-of-stream", &flow);
  /* Nothing comes where an error has stopped the source. */
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_ASYNC_DONE | GST_MESSAGE_ERROR);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, error, NULL);
  else
    g_signal_emit_by_name (out, "pull-sample", &sample);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (!sample && error && !*error)
    g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                         "the PNG encoder gave nothing");
  return sample ? gst_buffer_ref (gst_sample_get_buffer (sample)) : NULL;
}

static gboolean
write_png (GstBuffer *picture, guint width, guint height, const gchar *path, GError **error)
{
  g_autoptr (GstBuffer) png = encode_png (picture, width, height, error);
  VoxelOutputFile *file;
  gboolean written;
  GstMapInfo map;

  if (!png)
    return FALSE;
  file = voxel_output_file_new (path, error);
  if (!file)
    return FALSE;
  gst_buffer_map (png, &map, GST_MAP_READ);
  written = voxel_output_file_write (file, map.data, map.size, error);
  gst_buffer_unmap (png, &map);
  if (written)
    return voxel_output_file_finish (file, FALSE, error);
  voxel_output_file_abort (file);
  return FALSE;
}

static gboolean
view (const gchar *scan, const Options *options, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (scan, 0, error);
  const VoxelTiffPage *form;
  g_autofree guint16 *pixels = NULL;
  g_autofree guint8 *mask = NULL;
  g_autoptr (GstBuffer) picture = NULL;
  guint count, index;
  guint16 low, high;
  gsize stride;
  GstMapInfo map;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  count = voxel_slice_list_get_length (list);
  index = options->slice < 0 ? count / 2 : (guint) options->slice;
  if (index >= count) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "--slice %u: %s has slices 0 to %u",
                 index, scan, count - 1);
    return FALSE;
  }
  pixels = read_slice (list, index, error);
  if (!pixels)
    return FALSE;
  if (options->mask && !(mask = read_mask (options->mask, index, form, count, error)))
    return FALSE;

  stride = GST_ROUND_UP_4 ((gsize) form->width * 3);
  picture = gst_buffer_new_allocate (NULL, stride * form->height, NULL);
  gst_buffer_map (picture, &map, GST_MAP_WRITE);
  voxel_overlay_stretch (pixels, (gsize) form->width * form->height, STRETCH_PERCENT, &low, &high);
  voxel_overlay_paint (pixels, mask, form->width, form->height, low, high, map.data, stride);
  gst_buffer_unmap (picture, &map);
  GST_BUFFER_PTS (picture) = 0;
  if (!write_png (picture, form->width, form->height, options->output, error))
    return FALSE;
  g_print ("slice %u (%s) of %s -> %s\n", index, voxel_slice_list_get_name (list, index), scan,
           options->output);
  return TRUE;
}

/**
 * voxel_command_view:
 * @argc: words
 * @argv: words, the subcommand first
 *
 * `voxel view SCAN -o FILE.png [--mask MASK] [--slice N]`: a slice as a picture.
 *
 * Returns: a #VoxelExit
 */
int
voxel_command_view (int argc, char **argv)
{
  Options options = {.slice = -1};
  const GOptionEntry entries[] = {
      {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "The picture to write", "FILE.png"},
      {"mask", 'm', 0, G_OPTION_ARG_FILENAME, &options.mask, "Show this mask over the slice", "MASK"},
      {"slice", 's', 0, G_OPTION_ARG_INT, &options.slice, "Which slice, from 0 (default: the middle)", "N"},
      {NULL},
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SCAN");
  g_autofree gchar *output = NULL, *mask = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done;

  g_option_context_set_summary (context,
                                "Writes a slice of a scan as a PNG picture, stretched to its own range.");
  g_option_context_add_main_entries (context, entries, NULL);
  done = voxel_command_parse (context, &argc, &argv, &error);
  output = options.output;
  mask = options.mask;
  if (done && (argc != 2 || !output)) {
    g_set_error (&error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "needs a SCAN and -o FILE.png");
    done = FALSE;
  }
  if (done) {
    gst_init (NULL, NULL);
    done = view (argv[1], &options, &error);
  }
  return done ? VOXEL_EXIT_OK : voxel_command_fail ("view", error);
}
