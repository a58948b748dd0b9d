/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelmaskrows.h"
#include "elements/masks/mask-bits.h"

#include <math.h>

/**
 * gst_voxel_mask_lowest_code:
 * @content: what the pixels are
 * @info: GRAY8 or GRAY16_LE
 * @threshold: probability above which a voxel is set (scores)
 * @label_threshold: value of 0..255 from which on a voxel is set (masks and labels)
 *
 * Returns: the lowest pixel value that counts as set, 1..65536 (in 8 bits 1..256)
 */
guint
gst_voxel_mask_lowest_code (GstVoxelContent content, const GstVideoInfo *info, gdouble threshold,
                            guint label_threshold)
{
  gboolean wide = GST_VIDEO_INFO_COMP_DEPTH (info, 0) == 16;
  gdouble top = wide ? G_MAXUINT16 : G_MAXUINT8;
  gdouble code;

  if (content == GST_VOXEL_CONTENT_MASK || content == GST_VOXEL_CONTENT_INTENSITY)
    return wide ? label_threshold * 257 : label_threshold;
  if (content == GST_VOXEL_CONTENT_PROBABILITY)
    code = threshold * top;
  else
    code = (GST_VOXEL_LOGIT_ZERO + GST_VOXEL_LOGIT_SCALE * log (threshold / (1. - threshold))) /
           (wide ? 1 : 256);
  return (guint) CLAMP (floor (code) + 1., 1., top + 1.);
}

/**
 * gst_voxel_mask_pack_row:
 * @frame: a mapped GRAY8 or GRAY16_LE frame
 * @row: which row
 * @lowest: gst_voxel_mask_lowest_code()
 * @bits: (out): the row at one bit a voxel (see mask-bits.h)
 */
void
gst_voxel_mask_pack_row (const GstVideoFrame *frame, guint row, guint lowest, guint64 *bits)
{
  const guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gsize width = (gsize) GST_VIDEO_FRAME_WIDTH (frame);

  pixels += (gsize) row * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
  if (GST_VIDEO_FRAME_COMP_DEPTH (frame, 0) == 16)
    voxel_mask_bits_pack16 (bits, (const guint16 *) pixels, width, lowest);
  else
    voxel_mask_bits_pack8 (bits, pixels, width, lowest);
}
