/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelplace.h"

#include <math.h>

/**
 * gst_voxel_place_describe_slice:
 * @buffer: a buffer
 *
 * Returns: (transfer full): such as: slice 5 of axis z of volume "kidney"
 */
gchar *
gst_voxel_place_describe_slice (GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);

  if (!slice)
    return g_strdup_printf ("the picture at offset %" G_GINT64_FORMAT, (gint64) GST_BUFFER_OFFSET (buffer));
  return g_strdup_printf ("slice %u of axis %c of volume \"%s\"", slice->index,
                          gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
}

/**
 * gst_voxel_place_describe_tile:
 * @buffer: a buffer with a tile meta
 * @index: a tile of the same slice, counted from 0
 *
 * Returns: (transfer full): such as: tile 3 of 9 of slice 5 of axis z of volume "kidney"
 */
gchar *
gst_voxel_place_describe_tile (GstBuffer *buffer, guint index)
{
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (buffer);
  g_autofree gchar *slice = gst_voxel_place_describe_slice (buffer);

  if (tile && tile->count > 0)
    return g_strdup_printf ("tile %u of %u of %s", index + 1, tile->count, slice);
  return g_strdup_printf ("tile %u of %s", index + 1, slice);
}

/**
 * gst_voxel_place_same_slice:
 * @a: a buffer
 * @b: another
 *
 * Returns: whether both come from the same slice of the same run through a volume. Pictures without a slice
 *   meta are told apart by their timestamps.
 */
gboolean
gst_voxel_place_same_slice (GstBuffer *a, GstBuffer *b)
{
  const GstVoxelSliceMeta *one = gst_buffer_get_voxel_slice_meta (a),
                          *two = gst_buffer_get_voxel_slice_meta (b);

  if (!one || !two)
    return one == two && GST_BUFFER_PTS (a) == GST_BUFFER_PTS (b);
  return one->volume->serial == two->volume->serial && one->axis == two->axis && one->index == two->index &&
         one->epoch == two->epoch;
}

/**
 * gst_voxel_place_same_tile:
 * @a: a buffer with a tile meta
 * @b: another
 *
 * Returns: whether both are the same tile of the same slice
 */
gboolean
gst_voxel_place_same_tile (GstBuffer *a, GstBuffer *b)
{
  const GstVoxelTileMeta *one = gst_buffer_get_voxel_tile_meta (a), *two = gst_buffer_get_voxel_tile_meta (b);

  return gst_voxel_place_same_slice (a, b) && one->index == two->index && one->count == two->count &&
         one->x == two->x && one->y == two->y && one->width == two->width && one->height == two->height;
}

/**
 * gst_voxel_place_copy:
 * @to: a writable buffer without metas of that kind
 * @from: a buffer
 *
 * Copies flags, timestamps, what says where the pixels belong and what was done to them; not how they lie in
 * memory.
 */
void
gst_voxel_place_copy (GstBuffer *to, GstBuffer *from)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (from);
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (from);
  const GstVoxelAugmentMeta *augment = gst_buffer_get_voxel_augment_meta (from);

  gst_buffer_copy_into (to, from, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  if (slice)
    gst_buffer_copy_voxel_slice_meta (to, slice);
  if (tile)
    gst_buffer_copy_voxel_tile_meta (to, tile);
  if (augment)
    gst_buffer_add_voxel_augment_meta (to, gst_structure_copy (augment->applied));
}

/**
 * gst_voxel_place_get_content:
 * @buffer: a buffer
 *
 * Returns: what its pixels are; intensities where nothing says otherwise
 */
GstVoxelContent
gst_voxel_place_get_content (GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);

  return slice ? slice->content : GST_VOXEL_CONTENT_INTENSITY;
}

/**
 * gst_voxel_place_content_name:
 * @content: what pixels are
 *
 * Returns: the word for it, in the plural
 */
const gchar *
gst_voxel_place_content_name (GstVoxelContent content)
{
  static const gchar *const names[] = {"intensities", "logits", "probabilities", "masks"};

  return names[content];
}

/**
 * gst_voxel_place_first_code_above:
 * @content: logits, probabilities or masks
 * @probability: a threshold, 0..1
 *
 * Returns: the smallest pixel whose probability is greater than @probability; one more than the largest
 *   pixel where there is none
 */
guint
gst_voxel_place_first_code_above (GstVoxelContent content, gdouble probability)
{
  gdouble code;

  if (content == GST_VOXEL_CONTENT_MASK)
    code = probability * GST_VOXEL_MASK_SET;
  else if (content == GST_VOXEL_CONTENT_PROBABILITY)
    code = probability * GST_VOXEL_PROBABILITY_ONE;
  else if (probability <= 0.)
    return 0;
  else if (probability >= 1.)
    return GST_VOXEL_PROBABILITY_ONE + 1;
  else
    code = GST_VOXEL_LOGIT_ZERO + GST_VOXEL_LOGIT_SCALE * log (probability / (1. - probability));
  return (guint) CLAMP (floor (code) + 1., 0., GST_VOXEL_PROBABILITY_ONE + 1.);
}

/**
 * gst_voxel_place_advance:
 * @element: posts an error where the slice is none that may come now
 * @pass: of the element
 * @slice: the next one
 *
 * Returns: whether it may come now
 */
gboolean
gst_voxel_place_advance (GstElement *element, GstVoxelPass *pass, GstBuffer *slice)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *what = NULL;
  GstVoxelPassStep step = gst_voxel_pass_advance (pass, gst_buffer_get_voxel_slice_meta (slice), &error);

  if (step == GST_VOXEL_PASS_BROKEN) {
    GST_ELEMENT_ERROR (element, STREAM, FAILED, ("%s", error->message), (NULL));
    return FALSE;
  }
  if (step != GST_VOXEL_PASS_SAME)
    return TRUE;
  what = gst_voxel_place_describe_slice (slice);
  GST_ELEMENT_ERROR (element, STREAM, FAILED, ("The %s came twice.", what), (NULL));
  return FALSE;
}

/**
 * gst_voxel_place_finish:
 * @element: posts an error where slices are missing
 * @pass: of the element, new afterwards
 *
 * Returns: whether all slices that were promised have come
 */
gboolean
gst_voxel_place_finish (GstElement *element, GstVoxelPass *pass)
{
  g_autoptr (GError) error = NULL;
  gboolean complete = gst_voxel_pass_finish (pass, &error);

  gst_voxel_pass_reset (pass);
  if (!complete)
    GST_ELEMENT_ERROR (element, STREAM, FAILED, ("%s", error->message), (NULL));
  return complete;
}
