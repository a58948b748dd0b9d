/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelvoteballots.h"
#include "elements/tiles/gstvoxelplace.h"

/* Masks are 0 or 255, whoever made them. */
#define MASK_SET 128

/**
 * gst_voxel_vote_ballots_image:
 * @frame: a mapped slice
 *
 * Returns: where its pixels are
 */
VoxelVoteImage
gst_voxel_vote_ballots_image (const GstVideoFrame *frame)
{
  return (VoxelVoteImage){GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                          (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
                          (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0),
                          (guint) GST_VIDEO_FRAME_WIDTH (frame), (guint) GST_VIDEO_FRAME_HEIGHT (frame)};
}

/**
 * gst_voxel_vote_ballots_get:
 * @self: the ballots
 * @mode: how votes are counted
 * @width: columns
 * @height: rows
 *
 * Returns: (transfer none): room for the ballots of a slice, true until the next call
 */
VoxelVoteImage
gst_voxel_vote_ballots_get (GstVoxelVoteBallots *self, VoxelVoteMode mode, guint width, guint height)
{
  guint bytes = voxel_vote_ballot_bytes (mode);
  gsize size = (gsize) width * height * bytes;

  if (self->size < size) {
    g_free (self->pixels);
    self->pixels = g_malloc (size);
    self->size = size;
  }
  return (VoxelVoteImage){self->pixels, (gsize) width * bytes, bytes, width, height};
}

static guint16
probability_of (GstVoxelContent content, guint code)
{
  if (content == GST_VOXEL_CONTENT_PROBABILITY)
    return (guint16) code;
  return code >= MASK_SET ? VOXEL_VOTE_ONE : 0;
}

static const guint16 *
probabilities_of (GstVoxelVoteBallots *self, GstVoxelContent content)
{
  if (content == GST_VOXEL_CONTENT_LOGIT)
    return gst_voxel_logit_probability_table ();
  if (self->probabilities && self->probabilities_of == content)
    return self->probabilities;
  if (!self->probabilities)
    self->probabilities = g_new (guint16, VOXEL_VOTE_CODES);
  for (guint code = 0; code < VOXEL_VOTE_CODES; code++)
    self->probabilities[code] = probability_of (content, code);
  self->probabilities_of = content;
  return self->probabilities;
}

/**
 * gst_voxel_vote_ballots_cast:
 * @self: the ballots
 * @settings: how votes are counted
 * @buffer: a slice of masks, probabilities or logits with its meta
 * @info: its caps
 * @cast: (out): its votes, true until the next call
 *
 * Returns: whether @buffer could be read
 */
gboolean
gst_voxel_vote_ballots_cast (GstVoxelVoteBallots *self, const GstVoxelVoteSettings *settings,
                             GstBuffer *buffer, const GstVideoInfo *info, VoxelVoteImage *cast)
{
  GstVoxelContent content = gst_buffer_get_voxel_slice_meta (buffer)->content;
  guint first_set = content == GST_VOXEL_CONTENT_MASK
                        ? MASK_SET
                        : gst_voxel_place_first_code_above (content, settings->threshold);
  VoxelVoteImage slice;
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READ))
    return FALSE;
  slice = gst_voxel_vote_ballots_image (&frame);
  *cast = gst_voxel_vote_ballots_get (self, settings->mode, slice.width, slice.height);
  voxel_vote_cast (settings->mode, &slice, first_set,
                   settings->mode == VOXEL_VOTE_MEAN ? probabilities_of (self, content) : NULL, cast);
  gst_video_frame_unmap (&frame);
  return TRUE;
}

/**
 * gst_voxel_vote_ballots_clear:
 * @self: no longer needed
 */
void
gst_voxel_vote_ballots_clear (GstVoxelVoteBallots *self)
{
  g_clear_pointer (&self->pixels, g_free);
  g_clear_pointer (&self->probabilities, g_free);
  self->size = 0;
}
