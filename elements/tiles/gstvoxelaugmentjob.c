/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelaugmentjob.h"

#include <math.h>

#include "elements/stream/voxel.h"
#include "gstvoxelpicture.h"
#include "gstvoxelplace.h"
#include "gstvoxelsample.h"

/* A picture as it comes and as it goes on, both mapped. */
typedef struct {
  GstVideoFrame from;
  GstVideoFrame to;
} Pair;

struct _GstVoxelAugmentJob {
  VoxelAugmentSample sample;
  GstBuffer *input;
  GstBuffer *output;
  GArray *pairs;  /* of Pair: the picture, then its neighbours */
  GArray *labels; /* of Pair: the label, if there is one */
};

static void
unmap_all (GArray *pairs)
{
  for (guint i = 0; i < pairs->len; i++) {
    gst_video_frame_unmap (&g_array_index (pairs, Pair, i).from);
    gst_video_frame_unmap (&g_array_index (pairs, Pair, i).to);
  }
  g_array_set_size (pairs, 0);
}

static void
job_free (GstVoxelAugmentJob *job)
{
  unmap_all (job->pairs);
  unmap_all (job->labels);
  g_array_unref (job->pairs);
  g_array_unref (job->labels);
  gst_buffer_unref (job->input);
  gst_clear_buffer (&job->output);
  g_free (job);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstVoxelAugmentJob, job_free)

static gboolean
map_pair (GstElement *element, const GstVideoInfo *in, GstBuffer *from, const GstVideoInfo *out,
          GstBuffer *to, GArray *pairs)
{
  Pair pair;

  if (!gst_voxel_picture_map (element, in, &pair.from, from))
    return FALSE;
  if (!gst_voxel_picture_map_new (element, out, &pair.to, to)) {
    gst_video_frame_unmap (&pair.from);
    return FALSE;
  }
  g_array_append_val (pairs, pair);
  return TRUE;
}

/* The result may be the middle of what came. */
static void
move_tile (const GstVoxelAugmentFrame *frame, GstBuffer *output)
{
  GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (output);
  guint width = GST_VIDEO_INFO_WIDTH (&frame->in), height = GST_VIDEO_INFO_HEIGHT (&frame->in);
  guint out_width = GST_VIDEO_INFO_WIDTH (&frame->out), out_height = GST_VIDEO_INFO_HEIGHT (&frame->out);

  if (width == out_width && height == out_height)
    return;
  if (!tile) {
    tile = gst_buffer_add_voxel_tile_meta (output);
    tile->slice_width = width;
    tile->slice_height = height;
    tile->count = 1;
  }
  tile->x += (width - out_width) / 2;
  tile->y += (height - out_height) / 2;
  tile->width = out_width;
  tile->height = out_height;
}

static gboolean
changes_intensities (const VoxelAugmentSample *sample)
{
  for (guint i = 0; i < sample->n; i++) {
    if (!sample->steps[i].transform->place)
      return TRUE;
  }
  return FALSE;
}

/* The slice's mean and deviation may be those of other intensities now. */
static GstFlowReturn
make_picture (GstVoxelAugmentFrame *frame, const GstVoxelAugmentJob *job, GstBuffer *input,
              GstBuffer **output)
{
  GstFlowReturn flow = gst_voxel_pool_acquire (&frame->pool, frame->element, &frame->out, output);
  GstVoxelSliceMeta *slice;

  if (flow != GST_FLOW_OK)
    return flow;
  gst_voxel_place_copy (*output, input);
  move_tile (frame, *output);
  slice = gst_buffer_get_voxel_slice_meta (*output);
  if (slice && changes_intensities (&job->sample))
    slice->mean = slice->stddev = NAN;
  return GST_FLOW_OK;
}

static GstFlowReturn
make_neighbours (GstVoxelAugmentFrame *frame, GstVoxelAugmentJob *job)
{
  const GstVoxelNeighboursMeta *around = gst_buffer_get_voxel_neighbours_meta (job->input);
  GstVoxelNeighboursMeta *meta;
  GstFlowReturn flow = GST_FLOW_OK;

  if (!around)
    return GST_FLOW_OK;
  meta = gst_buffer_add_voxel_neighbours_meta (job->output, around->reach);
  for (guint i = 0; i < 2 * around->reach && flow == GST_FLOW_OK; i++)
    flow = make_picture (frame, job, around->pictures[i], &meta->pictures[i]);
  return flow;
}

static GstFlowReturn
make_label (GstVoxelAugmentFrame *frame, GstVoxelAugmentJob *job)
{
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (job->input);
  g_autoptr (GstBuffer) output = NULL;
  GstFlowReturn flow;

  if (!label)
    return GST_FLOW_OK;
  flow = gst_voxel_pool_acquire (&frame->label_pool, frame->element, &frame->label_out, &output);
  if (flow == GST_FLOW_OK)
    gst_buffer_add_voxel_label_meta (job->output, output, label->weight);
  return flow;
}

/* What was done before by another voxelaugment stays, as "before". */
static void
describe (const GstVoxelAugmentFrame *frame, const GstVoxelAugmentJob *job)
{
  const GstVoxelAugmentMeta *before = gst_buffer_get_voxel_augment_meta (job->input);
  GstVoxelAugmentMeta *copied = gst_buffer_get_voxel_augment_meta (job->output);
  GstStructure *applied = gst_structure_new ("augment", "seed", G_TYPE_UINT64, frame->seed, NULL);

  if (copied)
    gst_buffer_remove_meta (job->output, &copied->meta);
  if (before)
    gst_structure_set (applied, "before", GST_TYPE_STRUCTURE, before->applied, NULL);
  for (guint i = 0; i < job->sample.n; i++) {
    const VoxelAugmentStep *step = &job->sample.steps[i];
    g_autoptr (GstStructure) numbers = gst_structure_new_empty (step->transform->name);

    for (guint k = 0; step->transform->numbers[k]; k++)
      gst_structure_set (numbers, step->transform->numbers[k], G_TYPE_DOUBLE, step->numbers[k], NULL);
    gst_structure_set (applied, step->transform->name, GST_TYPE_STRUCTURE, numbers, NULL);
  }
  gst_buffer_add_voxel_augment_meta (job->output, applied);
}

static GstFlowReturn
make_output (GstVoxelAugmentFrame *frame, GstVoxelAugmentJob *job)
{
  GstFlowReturn flow = make_picture (frame, job, job->input, &job->output);

  if (flow == GST_FLOW_OK)
    flow = make_neighbours (frame, job);
  if (flow == GST_FLOW_OK)
    flow = make_label (frame, job);
  if (flow == GST_FLOW_OK)
    describe (frame, job);
  return flow;
}

/* At last: who maps a buffer holds it, and so nobody can add a meta. */
static gboolean
map_all (const GstVoxelAugmentFrame *frame, GstVoxelAugmentJob *job)
{
  const GstVoxelNeighboursMeta *in = gst_buffer_get_voxel_neighbours_meta (job->input),
                               *out = gst_buffer_get_voxel_neighbours_meta (job->output);
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (job->input),
                          *label_out = gst_buffer_get_voxel_label_meta (job->output);

  if (!map_pair (frame->element, &frame->in, job->input, &frame->out, job->output, job->pairs))
    return FALSE;
  for (guint i = 0; in && i < 2 * in->reach; i++) {
    if (!map_pair (frame->element, &frame->in, in->pictures[i], &frame->out, out->pictures[i], job->pairs))
      return FALSE;
  }
  return !label || map_pair (frame->element, &frame->label_in, label->label, &frame->label_out,
                             label_out->label, job->labels);
}

/**
 * gst_voxel_augment_job_new:
 * @frame: what all samples have in common
 * @input: (transfer full): a picture with a slice meta
 * @job: (out) (transfer full): all that is needed to run it, the numbers drawn
 *
 * Returns: GST_FLOW_OK, or why there is none; an error has been posted then
 */
GstFlowReturn
gst_voxel_augment_job_new (GstVoxelAugmentFrame *frame, GstBuffer *input, GstVoxelAugmentJob **job)
{
  g_autoptr (GstVoxelAugmentJob) made = g_new0 (GstVoxelAugmentJob, 1);
  VoxelRandom random;
  GstFlowReturn flow;

  made->input = input;
  made->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  made->labels = g_array_new (FALSE, FALSE, sizeof (Pair));
  gst_voxel_sample_random (&random, frame->seed, "augment", gst_buffer_get_voxel_slice_meta (input),
                           gst_buffer_get_voxel_tile_meta (input));
  voxel_augment_sample_draw (&made->sample, frame->recipe, &random);
  flow = make_output (frame, made);
  if (flow != GST_FLOW_OK)
    return flow;
  if (!map_all (frame, made))
    return GST_FLOW_ERROR;
  *job = g_steal_pointer (&made);
  return GST_FLOW_OK;
}

static VoxelAugmentPicture
picture_of (const GstVideoFrame *frame)
{
  return (VoxelAugmentPicture){
      .pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
      .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
      .width = (guint) GST_VIDEO_FRAME_WIDTH (frame),
      .height = (guint) GST_VIDEO_FRAME_HEIGHT (frame),
      .pixel_size = (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0),
  };
}

/**
 * gst_voxel_augment_job_run:
 * @job: a job
 * @scratch: memory of this thread
 *
 * Computes its pixels. For any thread: touches nothing but those.
 */
void
gst_voxel_augment_job_run (gpointer job, VoxelAugmentScratch *scratch)
{
  GstVoxelAugmentJob *self = job;
  guint n = self->pairs->len;
  g_autofree VoxelAugmentPicture *in = g_new (VoxelAugmentPicture, n), *out = g_new (VoxelAugmentPicture, n);
  VoxelAugmentPicture label, label_out;
  gboolean labelled = self->labels->len > 0;

  for (guint i = 0; i < n; i++) {
    in[i] = picture_of (&g_array_index (self->pairs, Pair, i).from);
    out[i] = picture_of (&g_array_index (self->pairs, Pair, i).to);
  }
  if (labelled) {
    label = picture_of (&g_array_index (self->labels, Pair, 0).from);
    label_out = picture_of (&g_array_index (self->labels, Pair, 0).to);
  }
  voxel_augment_sample_apply (&self->sample, scratch, in, out, n, labelled ? &label : NULL,
                              labelled ? &label_out : NULL);
}

/**
 * gst_voxel_augment_job_finish:
 * @job: (transfer full): a job, run or given up
 *
 * Returns: (transfer full): the result, not mapped any more
 */
GstBuffer *
gst_voxel_augment_job_finish (GstVoxelAugmentJob *job)
{
  GstBuffer *output = g_steal_pointer (&job->output);

  job_free (job);
  return output;
}
