/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinferbatch.h"

#include "elements/network/gstvoxelplanes.h"
#include "elements/stream/voxel.h"

typedef struct {
  GstBuffer *output;
  GstVideoFrame *in; /* the slice in the middle, its neighbours around */
  guint n_in;        /* that are mapped */
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
  VoxelTilePlane *planes;
  GstVideoFrame *frames;
  guint n_planes; /* a picture */
  guint n;
  VoxelTileBatch *running;
};

/**
 * gst_voxel_infer_batch_new:
 * @most: pictures that will be added
 * @planes: slices that the network sees of each
 *
 * Returns: (transfer full): an empty batch
 */
GstVoxelInferBatch *
gst_voxel_infer_batch_new (guint most, guint planes)
{
  GstVoxelInferBatch *self = g_new0 (GstVoxelInferBatch, 1);

  self->pictures = g_new0 (Picture, most);
  self->jobs = g_new0 (VoxelTileJob, most);
  self->planes = g_new0 (VoxelTilePlane, (gsize) most * planes);
  self->frames = g_new0 (GstVideoFrame, (gsize) most * planes);
  self->n_planes = planes;
  return self;
}

/**
 * gst_voxel_infer_count_company:
 * @input: a picture
 *
 * Returns: how many pictures of its slice there are, views included
 */
guint
gst_voxel_infer_count_company (GstBuffer *input)
{
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);

  return tile ? tile->count * MAX (tile->view_count, 1) : 1;
}

static void
unmap (Picture *picture)
{
  while (picture->n_in > 0)
    gst_video_frame_unmap (&picture->in[--picture->n_in]);
  gst_video_frame_unmap (&picture->out);
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
    unmap (&self->pictures[i]);
    gst_clear_buffer (&self->pictures[i].output);
  }
  g_free (self->pictures);
  g_free (self->jobs);
  g_free (self->planes);
  g_free (self->frames);
  g_free (self);
}

/**
 * gst_voxel_infer_batch_add:
 * @self: a batch that was not begun
 * @input: a picture, with neighbours where the network sees several slices; all are kept mapped
 * @in_info: what @input holds
 * @output: (transfer full): where its scores go
 * @out_info: what @output holds
 *
 * Returns: whether all could be mapped
 */
gboolean
gst_voxel_infer_batch_add (GstVoxelInferBatch *self, GstBuffer *input, const GstVideoInfo *in_info,
                           GstBuffer *output, const GstVideoInfo *out_info)
{
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);
  g_autoptr (GstBuffer) scores = output;
  gsize first = (gsize) self->n * self->n_planes;
  Picture *picture = &self->pictures[self->n];

  picture->in = self->frames + first;
  if (!gst_video_frame_map (&picture->out, out_info, scores, GST_MAP_WRITE))
    return FALSE;
  picture->n_in = gst_voxel_planes_map (input, in_info, self->n_planes, picture->in, self->planes + first);
  if (picture->n_in < self->n_planes) {
    unmap (picture);
    return FALSE;
  }
  self->jobs[self->n++] = (VoxelTileJob){
      .planes = self->planes + first,
      .bytes = (guint) GST_VIDEO_INFO_COMP_PSTRIDE (in_info, 0),
      .width = (guint) GST_VIDEO_INFO_WIDTH (in_info),
      .height = (guint) GST_VIDEO_INFO_HEIGHT (in_info),
      .view = tile && !tile->rendered ? tile->view : GST_VOXEL_VIEW_R0,
      .company = gst_voxel_infer_count_company (input),
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
    unmap (&self->pictures[i]);
    g_queue_push_tail (outputs, self->pictures[i].output);
  }
  self->n = 0;
  return TRUE;
}
