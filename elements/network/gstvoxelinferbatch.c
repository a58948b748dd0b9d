/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinferbatch.h"

#include "elements/stream/voxel.h"

typedef struct {
  GstBuffer *output;
  GstVideoFrame in;
  GstVideoFrame out;
} Picture;

/**
 * GstVoxelInferBatch:
 *
 * Buffers that a network sees together, mapped while it does.
 */
struct _GstVoxelInferBatch {
  Picture *pictures;
  VoxelTileJob *jobs;
  guint n;
  VoxelTileBatch *running;
};

/**
 * gst_voxel_infer_batch_new:
 * @most: pictures that will be added
 *
 * Returns: (transfer full): an empty batch
 */
GstVoxelInferBatch *
gst_voxel_infer_batch_new (guint most)
{
  GstVoxelInferBatch *self = g_new0 (GstVoxelInferBatch, 1);

  self->pictures = g_new0 (Picture, most);
  self->jobs = g_new0 (VoxelTileJob, most);
  return self;
}

/**
 * gst_voxel_infer_batch_free:
 * @self: a batch; what runs is waited for
 */
void
gst_voxel_infer_batch_free (GstVoxelInferBatch *self)
{
  if (self->running)
    voxel_tile_batch_end (g_steal_pointer (&self->running), NULL);
  for (guint i = 0; i < self->n; i++) {
    gst_video_frame_unmap (&self->pictures[i].in);
    gst_video_frame_unmap (&self->pictures[i].out);
    gst_clear_buffer (&self->pictures[i].output);
  }
  g_free (self->pictures);
  g_free (self->jobs);
  g_free (self);
}

/**
 * gst_voxel_infer_batch_add:
 * @self: a batch that was not begun
 * @input: a picture; it is kept mapped
 * @in_info: what @input holds
 * @output: (transfer full): where its scores go
 * @out_info: what @output holds
 * @mean: of the whole slice's pixels, NaN where only the picture is known
 * @stddev: likewise
 *
 * Returns: whether both could be mapped
 */
gboolean
gst_voxel_infer_batch_add (GstVoxelInferBatch *self, GstBuffer *input, const GstVideoInfo *in_info,
                           GstBuffer *output, const GstVideoInfo *out_info, gdouble mean, gdouble stddev)
{
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);
  g_autoptr (GstBuffer) scores = output;
  Picture *picture = &self->pictures[self->n];

  if (!gst_video_frame_map (&picture->in, in_info, input, GST_MAP_READ))
    return FALSE;
  if (!gst_video_frame_map (&picture->out, out_info, scores, GST_MAP_WRITE)) {
    gst_video_frame_unmap (&picture->in);
    return FALSE;
  }
  self->jobs[self->n++] = (VoxelTileJob){
      .pixels = GST_VIDEO_FRAME_PLANE_DATA (&picture->in, 0),
      .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&picture->in, 0),
      .bytes = (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (&picture->in, 0),
      .width = (guint) GST_VIDEO_FRAME_WIDTH (&picture->in),
      .height = (guint) GST_VIDEO_FRAME_HEIGHT (&picture->in),
      .view = tile && !tile->rendered ? tile->view : GST_VOXEL_VIEW_R0,
      .mean = mean,
      .stddev = stddev,
      .logits = GST_VIDEO_FRAME_PLANE_DATA (&picture->out, 0),
      .logit_stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&picture->out, 0),
  };
  picture->output = g_steal_pointer (&scores);
  return TRUE;
}

/**
 * gst_voxel_infer_batch_begin:
 * @self: a batch
 * @network: runs behind the caller's back
 * @error: what it cannot do
 *
 * Returns: whether it was begun
 */
gboolean
gst_voxel_infer_batch_begin (GstVoxelInferBatch *self, VoxelTileNetwork *network, GError **error)
{
  self->running = voxel_tile_network_begin (network, self->jobs, self->n, error);
  return self->running != NULL;
}

/**
 * gst_voxel_infer_batch_end:
 * @self: (transfer full): a batch that was begun
 * @outputs: gets the buffers with scores
 * @error: what the network could not do
 *
 * Waits for the network.
 *
 * Returns: whether there are scores
 */
gboolean
gst_voxel_infer_batch_end (GstVoxelInferBatch *self, GQueue *outputs, GError **error)
{
  G_GNUC_UNUSED g_autoptr (GstVoxelInferBatch) owned = self;

  if (!voxel_tile_batch_end (g_steal_pointer (&self->running), error))
    return FALSE;
  for (guint i = 0; i < self->n; i++) {
    gst_video_frame_unmap (&self->pictures[i].in);
    gst_video_frame_unmap (&self->pictures[i].out);
    g_queue_push_tail (outputs, self->pictures[i].output);
  }
  self->n = 0;
  return TRUE;
}
