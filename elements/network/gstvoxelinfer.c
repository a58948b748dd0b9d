/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelinfer
 * @title: voxelinfer
 *
 * Shows every picture to a network and passes its scores on: GRAY8 or GRAY16_LE in, GRAY16_LE of the same
 * size out, code = 32768 + 2048 logit (#GST_VOXEL_CONTENT_LOGIT).
 *
 * How pixels become the network's input (z-score, soft clip) is said by the model file's record. The z-score
 * of a tile takes mean and deviation of its whole slice, as voxelnormalize measures them; a picture that is
 * no tile is its own slice. Views that voxelviews passes without turning the pixels are turned here, and
 * their scores back. Sides that the network cannot take are padded by reflection, for the network only.
 *
 * Between its layers a network holds many times the picture's size. Where that is more than `memory-limit`,
 * the picture is shown to it in parts that overlap by as much as the network can see; a warning tells, and the
 * scores are the same to the last rounding. So whole slices (voxeltile size=0, or no voxeltile at all) of any
 * size can be run; in one piece they are the fastest, as no pixel is computed twice.
 *
 * Up to `batch` pictures are collected and handed to the network together; with batch=0 tiles of one slice and
 * their views, as many as keep all threads busy where the network is small; fewer where nothing new comes for
 * `batch-timeout` (for live sources). Scores do not depend on `batch`, `batch-timeout` and `threads`.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelnormalize scope=slice ! voxelinfer model=model.safetensors \
 *   ! videoconvert ! pngenc ! multifilesink location=score-%04d.png
 * ]|
 */

#include "gstvoxelinfer.h"

#include <math.h>
#include <gst/video/video.h>

#include "elements/network/gstvoxelbatchtimer.h"
#include "elements/network/gstvoxelinfercaps.h"
#include "elements/network/gstvoxelinferfit.h"
#include "elements/network/gstvoxelinferinput.h"
#include "elements/network/gstvoxelprecision.h"
#include "elements/network/tile-network.h"
#include "elements/stream/voxel.h"
#include "elements/tiles/gstvoxelpool.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_infer_debug);
#define GST_CAT_DEFAULT gst_voxel_infer_debug

#define DEFAULT_BACKEND "auto"
#define DEFAULT_BATCH 0
#define MAX_BATCH 1024

enum {
  PROP_0,
  PROP_MODEL,
  PROP_BACKEND,
  PROP_PRECISION,
  PROP_BATCH,
  PROP_BATCH_TIMEOUT,
  PROP_THREADS,
  PROP_MEMORY_LIMIT,
};

struct _GstVoxelInfer {
  GstBaseTransform parent;

  gchar *model;
  gchar *backend;
  VoxelPrecision precision;
  guint batch;
  guint64 batch_timeout;
  guint threads;
  guint64 memory_limit;

  VoxelTileNetwork *network;
  GstVoxelBatchTimer *timer;
  GstVideoInfo in_info;
  GstVideoInfo out_info;
  GstVoxelPool pool;
  GQueue waiting;
  GQueue done;
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_SCORE));

G_DEFINE_FINAL_TYPE (GstVoxelInfer, gst_voxel_infer, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (voxelinfer, "voxelinfer", GST_RANK_NONE, GST_TYPE_VOXEL_INFER)

static void
forget (GstVoxelInfer *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify) gst_buffer_unref);
  g_queue_clear_full (&self->done, (GDestroyNotify) gst_buffer_unref);
}

/* A buffer for the scores of @input, with its times and metas; there is none while the pipeline goes down. */
static GstFlowReturn
new_scores (GstVoxelInfer *self, GstBuffer *input, GstBuffer **scores)
{
  GstBaseTransform *base = GST_BASE_TRANSFORM (self);
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (input);
  GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);
  GstBuffer *output = NULL;
  GstFlowReturn flow = gst_voxel_pool_acquire (&self->pool, GST_ELEMENT (self), &self->out_info, &output);

  if (flow != GST_FLOW_OK)
    return flow;
  GST_BASE_TRANSFORM_GET_CLASS (self)->copy_metadata (base, input, output);
  if (slice) {
    GstVoxelSliceMeta *copy = gst_buffer_copy_voxel_slice_meta (output, slice);

    copy->content = GST_VOXEL_CONTENT_LOGIT;
    copy->mean = copy->stddev = NAN;
  }
  if (tile)
    gst_buffer_copy_voxel_tile_meta (output, tile);
  *scores = output;
  return GST_FLOW_OK;
}

/* Runs the network over all that wait. */
static GstFlowReturn
run_waiting (GstVoxelInfer *self)
{
  guint n = g_queue_get_length (&self->waiting), mapped = 0;
  g_autofree VoxelTileJob *jobs = g_new0 (VoxelTileJob, n);
  g_autofree GstVideoFrame *in = g_new0 (GstVideoFrame, n);
  g_autofree GstVideoFrame *out = g_new0 (GstVideoFrame, n);
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow = GST_FLOW_OK;
  GstBuffer *input;

  while (flow == GST_FLOW_OK && (input = g_queue_peek_nth (&self->waiting, mapped))) {
    GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (input);
    VoxelTileJob *job = &jobs[mapped];
    GstBuffer *output;

    flow =
        gst_voxel_infer_find_statistics (GST_ELEMENT (self), self->network, input, &job->mean, &job->stddev)
            ? new_scores (self, input, &output)
            : GST_FLOW_ERROR;
    if (flow != GST_FLOW_OK)
      break;
    g_queue_push_tail (&self->done, output);
    if (!gst_video_frame_map (&in[mapped], &self->in_info, input, GST_MAP_READ)) {
      flow = GST_FLOW_ERROR;
      break;
    }
    if (!gst_video_frame_map (&out[mapped], &self->out_info, output, GST_MAP_WRITE)) {
      gst_video_frame_unmap (&in[mapped]);
      flow = GST_FLOW_ERROR;
      break;
    }
    job->pixels = GST_VIDEO_FRAME_PLANE_DATA (&in[mapped], 0);
    job->stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&in[mapped], 0);
    job->bytes = (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (&in[mapped], 0);
    job->width = (guint) GST_VIDEO_FRAME_WIDTH (&in[mapped]);
    job->height = (guint) GST_VIDEO_FRAME_HEIGHT (&in[mapped]);
    job->view = tile && !tile->rendered ? tile->view : GST_VOXEL_VIEW_R0;
    job->logits = GST_VIDEO_FRAME_PLANE_DATA (&out[mapped], 0);
    job->logit_stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&out[mapped], 0);
    mapped++;
  }

  if (flow == GST_FLOW_OK && !voxel_tile_network_run (self->network, jobs, mapped, &error)) {
    GST_ELEMENT_ERROR (self, LIBRARY, FAILED, ("The network could not be run: %s", error->message), (NULL));
    flow = GST_FLOW_ERROR;
  }
  for (guint i = 0; i < mapped; i++) {
    gst_video_frame_unmap (&in[i]);
    gst_video_frame_unmap (&out[i]);
  }
  g_queue_clear_full (&self->waiting, (GDestroyNotify) gst_buffer_unref);
  if (flow != GST_FLOW_OK)
    forget (self);
  return flow;
}

static GstFlowReturn
drain (GstVoxelInfer *self)
{
  GstFlowReturn flow = gst_voxel_batch_timer_disarm (self->timer);
  GstBuffer *output;

  if (flow == GST_FLOW_OK && !g_queue_is_empty (&self->waiting))
    flow = run_waiting (self);
  while (flow == GST_FLOW_OK && (output = g_queue_pop_head (&self->done)))
    flow = gst_pad_push (GST_BASE_TRANSFORM_SRC_PAD (self), output);
  if (flow != GST_FLOW_OK)
    forget (self);
  return flow;
}

static GstFlowReturn
drain_late (GstElement *element)
{
  return drain (GST_VOXEL_INFER (element));
}

static GstFlowReturn
gst_voxel_infer_submit_input_buffer (GstBaseTransform *base, gboolean is_discont, GstBuffer *input)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);
  GstFlowReturn flow = gst_voxel_batch_timer_disarm (self->timer);

  if (flow == GST_FLOW_OK && GST_VIDEO_INFO_FORMAT (&self->in_info) == GST_VIDEO_FORMAT_UNKNOWN)
    flow = GST_FLOW_NOT_NEGOTIATED;
  if (flow == GST_FLOW_OK && !gst_voxel_infer_check_content (GST_ELEMENT (self), input))
    flow = GST_FLOW_ERROR;
  if (flow != GST_FLOW_OK) {
    gst_buffer_unref (input);
    return flow;
  }
  g_queue_push_tail (&self->waiting, input);
  gst_voxel_batch_timer_arm (self->timer);
  return GST_FLOW_OK;
}

/* With batch=0 what is collected came at once: tiles of a slice, their views. Nothing waits for the next slice. */
static gboolean
is_complete (GstVoxelInfer *self)
{
  guint n = g_queue_get_length (&self->waiting), wanted = self->batch;
  const GstVoxelTileMeta *last =
      n ? gst_buffer_get_voxel_tile_meta (g_queue_peek_tail (&self->waiting)) : NULL;

  if (wanted == 0 && last && (last->index + 1 < last->count || last->view_index + 1 < last->view_count)) {
    guint views = MAX (last->view_count, 1);

    wanted = voxel_tile_network_get_batch (self->network, last->width, last->height);
    wanted = (wanted + views - 1) / views * views;
  }
  return n >= wanted;
}

static GstFlowReturn
gst_voxel_infer_generate_output (GstBaseTransform *base, GstBuffer **output)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);
  GstFlowReturn flow = GST_FLOW_OK;

  if (!g_queue_is_empty (&self->waiting) && is_complete (self))
    flow = run_waiting (self);
  *output = flow == GST_FLOW_OK ? g_queue_pop_head (&self->done) : NULL;
  return flow;
}

/* Only so that the base class knows that pixels change. */
static GstFlowReturn
gst_voxel_infer_transform (GstBaseTransform *base, GstBuffer *input, GstBuffer *output)
{
  return GST_FLOW_NOT_SUPPORTED;
}

static gboolean
gst_voxel_infer_sink_event (GstBaseTransform *base, GstEvent *event)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);
  GstFlowReturn flow = GST_FLOW_OK;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_EOS:
  case GST_EVENT_SEGMENT:
  case GST_EVENT_SEGMENT_DONE:
  case GST_EVENT_CAPS:
  case GST_EVENT_STREAM_START:
    flow = drain (self);
    break;
  case GST_EVENT_FLUSH_STOP:
    gst_voxel_batch_timer_disarm (self->timer);
    forget (self);
    break;
  default:
    break;
  }
  if (flow < GST_FLOW_EOS && flow != GST_FLOW_FLUSHING)
    GST_ELEMENT_FLOW_ERROR (self, flow);
  if (flow == GST_FLOW_FLUSHING) {
    gst_event_unref (event);
    return FALSE;
  }
  return GST_BASE_TRANSFORM_CLASS (gst_voxel_infer_parent_class)->sink_event (base, event);
}

static gboolean
gst_voxel_infer_set_caps (GstBaseTransform *base, GstCaps *in, GstCaps *out)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);

  return gst_video_info_from_caps (&self->in_info, in) && gst_video_info_from_caps (&self->out_info, out) &&
         gst_voxel_infer_fit (GST_ELEMENT (self), self->network, &self->in_info);
}

static gboolean
gst_voxel_infer_propose_allocation (GstBaseTransform *base, GstQuery *decide, GstQuery *query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  gst_query_add_allocation_meta (query, GST_VOXEL_TILE_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean
gst_voxel_infer_start (GstBaseTransform *base)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);
  g_autoptr (GError) error = NULL;

  if (!self->model || !*self->model) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("No model was given."), ("Set model=FILE.safetensors."));
    return FALSE;
  }
  self->network = voxel_tile_network_new (self->model, self->backend, self->precision, self->threads, &error);
  if (self->network) {
    voxel_tile_network_set_memory_limit (self->network, self->memory_limit);
    if (self->batch_timeout && self->batch != 1)
      self->timer = gst_voxel_batch_timer_new (GST_ELEMENT (self), GST_BASE_TRANSFORM_SINK_PAD (base),
                                               self->batch_timeout, drain_late);
    return TRUE;
  }
  if (g_error_matches (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED))
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS,
                       ("This model cannot be run like that here: %s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_READ, ("The model could not be loaded: %s", error->message),
                       (NULL));
  return FALSE;
}

static gboolean
gst_voxel_infer_stop (GstBaseTransform *base)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);

  g_clear_pointer (&self->timer, gst_voxel_batch_timer_free);
  forget (self);
  gst_voxel_pool_clear (&self->pool);
  g_clear_pointer (&self->network, voxel_tile_network_free);
  gst_video_info_init (&self->in_info);
  gst_video_info_init (&self->out_info);
  return TRUE;
}

static void
gst_voxel_infer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (object);

  switch (id) {
  case PROP_MODEL:
    g_free (self->model);
    self->model = g_value_dup_string (value);
    break;
  case PROP_BACKEND:
    g_free (self->backend);
    self->backend = g_strdup (g_value_get_string (value) ? g_value_get_string (value) : DEFAULT_BACKEND);
    break;
  case PROP_PRECISION:
    self->precision = (VoxelPrecision) g_value_get_enum (value);
    break;
  case PROP_BATCH:
    self->batch = g_value_get_uint (value);
    break;
  case PROP_BATCH_TIMEOUT:
    self->batch_timeout = g_value_get_uint64 (value);
    break;
  case PROP_THREADS:
    self->threads = g_value_get_uint (value);
    break;
  case PROP_MEMORY_LIMIT:
    self->memory_limit = g_value_get_uint64 (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_infer_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (object);

  switch (id) {
  case PROP_MODEL:
    g_value_set_string (value, self->model);
    break;
  case PROP_BACKEND:
    g_value_set_string (value, self->backend);
    break;
  case PROP_PRECISION:
    g_value_set_enum (value, self->precision);
    break;
  case PROP_BATCH:
    g_value_set_uint (value, self->batch);
    break;
  case PROP_BATCH_TIMEOUT:
    g_value_set_uint64 (value, self->batch_timeout);
    break;
  case PROP_THREADS:
    g_value_set_uint (value, self->threads);
    break;
  case PROP_MEMORY_LIMIT:
    g_value_set_uint64 (value, self->memory_limit);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_infer_finalize (GObject *object)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (object);

  g_free (self->model);
  g_free (self->backend);
  G_OBJECT_CLASS (gst_voxel_infer_parent_class)->finalize (object);
}

static void
gst_voxel_infer_class_init (GstVoxelInferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *base_class = GST_BASE_TRANSFORM_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = gst_voxel_infer_set_property;
  object_class->get_property = gst_voxel_infer_get_property;
  object_class->finalize = gst_voxel_infer_finalize;
  base_class->start = gst_voxel_infer_start;
  base_class->stop = gst_voxel_infer_stop;
  base_class->set_caps = gst_voxel_infer_set_caps;
  base_class->transform_caps = gst_voxel_infer_transform_caps;
  base_class->transform_size = gst_voxel_infer_transform_size;
  base_class->propose_allocation = gst_voxel_infer_propose_allocation;
  base_class->sink_event = gst_voxel_infer_sink_event;
  base_class->submit_input_buffer = gst_voxel_infer_submit_input_buffer;
  base_class->generate_output = gst_voxel_infer_generate_output;
  base_class->transform = gst_voxel_infer_transform;

  g_object_class_install_property (
      object_class, PROP_MODEL,
      g_param_spec_string ("model", "Model", "Model file (safetensors with a model record)", NULL, flags));
  g_object_class_install_property (
      object_class, PROP_BACKEND,
      g_param_spec_string ("backend", "Backend",
                           "Who computes: auto (the fastest at hand), cpu, cuda or reference (slow, exact)",
                           DEFAULT_BACKEND, flags));
  g_object_class_install_property (
      object_class, PROP_PRECISION,
      g_param_spec_enum (
          "precision", "Precision",
          "Arithmetic of the network; auto: bf16 where the CPU computes it natively, else fp32",
          GST_TYPE_VOXEL_PRECISION, VOXEL_PRECISION_AUTO, flags));
  g_object_class_install_property (
      object_class, PROP_BATCH,
      g_param_spec_uint ("batch", "Batch",
                         "Pictures collected before the network runs; 0: as many tiles of a slice as keep "
                         "all threads busy; does not change the scores",
                         0, MAX_BATCH, DEFAULT_BATCH, flags));
  g_object_class_install_property (
      object_class, PROP_BATCH_TIMEOUT,
      g_param_spec_uint64 ("batch-timeout", "Batch timeout",
                           "Nanoseconds without a new picture after which a batch is run that is not full "
                           "(0 = wait for as long as it takes)",
                           0, G_MAXINT64, 0, flags));
  g_object_class_install_property (
      object_class, PROP_THREADS,
      g_param_spec_uint ("threads", "Threads", "Threads of the network (0 = one a core)", 0, 1024, 0, flags));
  g_object_class_install_property (
      object_class, PROP_MEMORY_LIMIT,
      g_param_spec_uint64 ("memory-limit", "Memory limit",
                           "Bytes that a picture may take between the network's layers; larger ones are run "
                           "in parts (0 = half of the memory that is available)",
                           0, G_MAXUINT64, 0, flags));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel network inference", "Filter/Analyzer/Video",
                                         "Scores every pixel with a segmentation network",
                                         "The gst-voxel authors");
  gst_type_mark_as_plugin_api (GST_TYPE_VOXEL_PRECISION, 0);
  GST_DEBUG_CATEGORY_INIT (gst_voxel_infer_debug, "voxelinfer", 0, "network inference");
}

static void
gst_voxel_infer_init (GstVoxelInfer *self)
{
  self->backend = g_strdup (DEFAULT_BACKEND);
  self->precision = VOXEL_PRECISION_AUTO;
  self->batch = DEFAULT_BATCH;
  g_queue_init (&self->waiting);
  g_queue_init (&self->done);
  gst_video_info_init (&self->in_info);
  gst_video_info_init (&self->out_info);
}
