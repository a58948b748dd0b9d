/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelscoreinput.h"

#include "elements/masks/gstvoxelmaskrows.h"
#include "elements/masks/mask-bits.h"

static gboolean
answer_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION) {
    gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
    return TRUE;
  }
  return gst_pad_query_default (pad, parent, query);
}

/**
 * gst_voxel_score_input_add:
 * @self: a side, zeros so far
 * @element: which gets the pad
 * @side: which it is
 * @chain: of the pad
 * @event: of the pad
 *
 * Makes the side's pad, whose private is @self.
 */
void
gst_voxel_score_input_add (GstVoxelScoreInput *self, GstElement *element, VoxelMaskSide side,
                           GstPadChainFunction chain, GstPadEventFunction event)
{
  const gchar *name = side == VOXEL_MASK_TRUTH ? "truth" : "prediction";

  self->side = side;
  self->pad = gst_pad_new_from_template (
      gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (element), name), name);
  gst_pad_set_element_private (self->pad, self);
  gst_pad_set_chain_function (self->pad, chain);
  gst_pad_set_event_function (self->pad, event);
  gst_pad_set_query_function (self->pad, answer_query);
  gst_element_add_pad (element, self->pad);
}

static GstVoxelSliceMeta *
require_slice (const GstVoxelScoreInput *self, GstElement *element, GstBuffer *buffer)
{
  GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (element, buffer);
  guint count, height, width;

  if (!slice)
    return NULL;
  if (gst_voxel_slice_meta_refuse_oblique (slice, element))
    return NULL;
  if (slice->axis != GST_VOXEL_AXIS_Z) {
    GST_ELEMENT_ERROR (element, STREAM, WRONG_TYPE, ("Scores are taken of z slices only."),
                       ("On pad %s came slice %u of axis %c: add voxelvote before voxelscore.",
                        GST_PAD_NAME (self->pad), slice->index, gst_voxel_axis_to_letter (slice->axis)));
    return NULL;
  }
  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  if ((guint) GST_VIDEO_INFO_WIDTH (&self->info) == width &&
      (guint) GST_VIDEO_INFO_HEIGHT (&self->info) == height)
    return slice;
  GST_ELEMENT_ERROR (element, STREAM, WRONG_TYPE, ("Scores are taken of whole slices only."),
                     ("On pad %s came a buffer of %dx%d voxels of a slice of %ux%u: add voxelstitch before "
                      "voxelscore.",
                      GST_PAD_NAME (self->pad), GST_VIDEO_INFO_WIDTH (&self->info),
                      GST_VIDEO_INFO_HEIGHT (&self->info), width, height));
  return NULL;
}

/* Whether all pixels are 0 or 1, and some 1. */
static gboolean
holds_ones (const GstVideoFrame *frame)
{
  gsize row = (gsize) GST_VIDEO_FRAME_WIDTH (frame) * (gsize) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0);
  const guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  guint8 any = 0;

  for (guint y = 0; y < (guint) GST_VIDEO_FRAME_HEIGHT (frame); y++) {
    for (gsize x = 0; x < row; x++)
      any |= pixels[x];
    pixels += GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  }
  return any == 1;
}

static guint64 *
pack (GstVoxelScoreInput *self, GstElement *element, GstBuffer *buffer, guint lowest)
{
  gsize words = voxel_mask_bits_words ((gsize) GST_VIDEO_INFO_WIDTH (&self->info));
  gsize height = (gsize) GST_VIDEO_INFO_HEIGHT (&self->info);
  guint64 *bits;
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ))
    return NULL;
  bits = g_new (guint64, words * height);
  for (guint row = 0; row < height; row++)
    gst_voxel_mask_pack_row (&frame, row, lowest, bits + row * words);
  if (!self->warned && voxel_mask_bits_count (bits, words * height) == 0 && holds_ones (&frame)) {
    self->warned = TRUE;
    GST_ELEMENT_WARNING (element, STREAM, FORMAT,
                         ("Labels on pad %s seem to be 0 and 1.", GST_PAD_NAME (self->pad)),
                         ("Voxels are set from %u on: set the property label-threshold to 1.", lowest));
  }
  gst_video_frame_unmap (&frame);
  return bits;
}

/**
 * gst_voxel_score_input_read:
 * @self: a side
 * @element: on which errors are posted
 * @buffer: what has come
 * @threshold: probability above which a voxel of a score is set
 * @label_threshold: value of 0..255 from which on a voxel of a label is set
 * @begins: (out): whether a volume (or its next epoch) begins with it
 *
 * Returns: (nullable) (transfer full): the slice at one bit a voxel; %NULL after an error has been posted
 */
guint64 *
gst_voxel_score_input_read (GstVoxelScoreInput *self, GstElement *element, GstBuffer *buffer,
                            gdouble threshold, guint label_threshold, gboolean *begins)
{
  GstVoxelSliceMeta *slice = require_slice (self, element, buffer);
  g_autoptr (GError) error = NULL;
  GstVoxelPassStep step;
  guint64 *bits;

  if (!slice)
    return NULL;
  step = gst_voxel_pass_advance (&self->pass, slice, &error);
  if (step == GST_VOXEL_PASS_SAME)
    g_set_error (&error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "slice %u came twice", slice->index);
  if (!error)
    gst_voxel_pass_check_order (&self->pass, &error);
  if (error) {
    GST_ELEMENT_ERROR (element, STREAM, FAILED, ("On pad %s: %s.", GST_PAD_NAME (self->pad), error->message),
                       (NULL));
    return NULL;
  }
  *begins = step != GST_VOXEL_PASS_NEXT;
  bits = pack (self, element, buffer,
               gst_voxel_mask_lowest_code (slice->content, &self->info, threshold, label_threshold));
  if (!bits)
    GST_ELEMENT_ERROR (element, RESOURCE, READ, ("Cannot map slice %u.", slice->index), (NULL));
  return bits;
}
