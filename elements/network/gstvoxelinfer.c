/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelinfer
 * @title: voxelinfer
 *
 * Shows every picture to a network and passes its scores on: GRAY8 or GRAY16_LE in, GRAY16_LE of the same
 * size out, code = 32768 + 2048 logit (#GST_VOXEL_CONTENT_LOGIT).
 *
 * A network that sees neighbouring slices (channels in the record) finds them in #GstVoxelNeighboursMeta, which
 * voxelneighbours adds; each channel is prepared by the mean and deviation of its own slice.
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
 * With backend=cuda, or auto where there is a device, up to `batch` pictures (0: 16 of a slice) are run at once on each
 * of the `devices`, and the last pictures of a slice wait up to 50 ms, or `batch-timeout`, for the next slice.
 *
 * Pictures in which every pixel is below `skip-below` (as they arrive, 0 to 255 or 65535) are background: the
 * network is not run, the score is the lowest there is.
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
#include "elements/network/gstvoxelinferbatch.h"
#include "elements/network/gstvoxelinfercaps.h"
#include "elements/network/gstvoxelinferfit.h"
#include "elements/network/gstvoxelinferinput.h"
#include "elements/network/gstvoxelinfermodel.h"
#include "elements/network/gstvoxelinfersettings.h"
#include "elements/network/tile-network.h"
#include "elements/stream/voxel.h"
#include "elements/tiles/gstvoxelpool.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_infer_debug);
#define GST_CAT_DEFAULT gst_voxel_infer_debug

/* How long the last pictures of a slice wait for the next slice on their way through a device: longer than the
 * elements in front of this one take to send it, too short to be seen. */
#define AHEAD_TIMEOUT (50 * GST_MSECOND)

/* Behind those of the settings. */
enum { PROP_BUSY = 1000 };

struct _GstVoxelInfer {
  GstBaseTransform parent;

  GstVoxelInferSettings settings;

  VoxelTileNetwork *network;
  GstVoxelBatchTimer *timer;
  GstVideoInfo in_info;
  GstVideoInfo out_info;
  gboolean fits; /* whether it is known that the network can take pictures like that */
  GstVoxelPool pool;
  GQueue waiting;
  GstVoxelInferBatch *running; /* what came before */
  GQueue done;                 /* and before that */
  gdouble busy;
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
  g_clear_pointer (&self->running, gst_voxel_infer_batch_free);
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

static GstFlowReturn
add_picture (GstVoxelInfer *self, GstVoxelInferBatch *batch, GstBuffer *input)
{
  GstBuffer *output;
  GstFlowReturn flow = new_scores (self, input, &output);

  if (flow != GST_FLOW_OK)
    return flow;
  if (gst_voxel_infer_batch_add (batch, input, &self->in_info, output, &self->out_info))
    return GST_FLOW_OK;
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                     ("A buffer of %" G_GSIZE_FORMAT " bytes is no picture of %dx%d pixels.",
                      gst_buffer_get_size (input), GST_VIDEO_INFO_WIDTH (&self->in_info),
                      GST_VIDEO_INFO_HEIGHT (&self->in_info)),
                     (NULL));
  return GST_FLOW_ERROR;
}

static GstFlowReturn
fail (GstVoxelInfer *self, const GError *error)
{
  GST_ELEMENT_ERROR (self, LIBRARY, FAILED, ("The network could not be run: %s", error->message), (NULL));
  return GST_FLOW_ERROR;
}

/* Takes the scores of those before. */
static GstFlowReturn
end_running (GstVoxelInfer *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->running || gst_voxel_infer_batch_end (g_steal_pointer (&self->running), &self->done, &error))
    return GST_FLOW_OK;
  return fail (self, error);
}

/* Hands all that wait to the network, which may still be busy with those before. */
static GstFlowReturn
run_waiting (GstVoxelInfer *self)
{
  g_autoptr (GstVoxelInferBatch) batch = gst_voxel_infer_batch_new (
      g_queue_get_length (&self->waiting), voxel_tile_network_get_planes (self->network));
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow = GST_FLOW_OK;
  GstBuffer *input;

  while (flow == GST_FLOW_OK && (input = g_queue_pop_head (&self->waiting))) {
    flow = add_picture (self, batch, input);
    gst_buffer_unref (input);
  }
  if (flow == GST_FLOW_OK && !gst_voxel_infer_batch_begin (batch, self->network, &error))
    flow = fail (self, error);
  if (flow == GST_FLOW_OK)
    flow = end_running (self);
  if (flow == GST_FLOW_OK)
    self->running = g_steal_pointer (&batch);
  else
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
  if (flow == GST_FLOW_OK)
    flow = end_running (self);
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
  if (flow == GST_FLOW_OK &&
      !gst_voxel_infer_check_input (GST_ELEMENT (self), voxel_tile_network_get_model (self->network), input))
    flow = GST_FLOW_ERROR;
  if (flow == GST_FLOW_OK && !self->fits)
    self->fits = gst_voxel_infer_fit (GST_ELEMENT (self), self->network,
                                      gst_voxel_infer_count_company (input), &self->in_info);
  if (flow == GST_FLOW_OK && !self->fits)
    flow = GST_FLOW_ERROR;
  if (flow != GST_FLOW_OK) {
    gst_buffer_unref (input);
    return flow;
  }
  g_queue_push_tail (&self->waiting, input);
  gst_voxel_batch_timer_arm (self->timer);
  return GST_FLOW_OK;
}

/* Whether more of the same slice is sure to come. */
static gboolean
is_followed (const GstVoxelTileMeta *tile)
{
  return tile && (tile->index + 1 < tile->count || tile->view_index + 1 < tile->view_count);
}

/* How many pictures to collect, the last of which is @last. Those of batch=0 come at once. */
static guint
wanted_pictures (GstVoxelInfer *self, const GstVoxelTileMeta *last)
{
  gboolean ahead = voxel_tile_network_runs_ahead (self->network);
  guint views, wanted;

  if (self->settings.batch == 1 || (self->settings.batch > 0 && !ahead))
    return self->settings.batch;
  if (self->settings.batch > 0)
    return voxel_tile_network_get_batch (self->network, 0, 0);
  if (!is_followed (last))
    return 1;
  views = MAX (last->view_count, 1);
  wanted = voxel_tile_network_get_batch (self->network, last->width, last->height);
  return (wanted + views - 1) / views * views;
}

/* The network runs on while the rest of the slice is collected, on a device also while the next slice comes, for
 * which nothing waits long; with batch=1 nothing waits for the next picture. */
static GstFlowReturn
gst_voxel_infer_generate_output (GstBaseTransform *base, GstBuffer **output)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);
  guint n = g_queue_get_length (&self->waiting);
  const GstVoxelTileMeta *last =
      n ? gst_buffer_get_voxel_tile_meta (g_queue_peek_tail (&self->waiting)) : NULL;
  gboolean ahead = voxel_tile_network_runs_ahead (self->network);
  gboolean followed = self->settings.batch != 1 && (ahead || is_followed (last));
  GstFlowReturn flow = GST_FLOW_OK;

  if (n > 0 && n >= wanted_pictures (self, last)) {
    flow = run_waiting (self);
    if (flow == GST_FLOW_OK && !followed)
      flow = end_running (self);
  }
  *output = flow == GST_FLOW_OK ? g_queue_pop_head (&self->done) : NULL;
  /* The time that all of this took does not count. */
  if (ahead && !*output && (self->running || !g_queue_is_empty (&self->waiting)))
    gst_voxel_batch_timer_arm (self->timer);
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

/* What pictures take on a device depends on how many come together, which the first of them tells; to plan for
 * another number would take seconds for nothing. */
static gboolean
gst_voxel_infer_set_caps (GstBaseTransform *base, GstCaps *in, GstCaps *out)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);

  self->fits = FALSE;
  if (!gst_video_info_from_caps (&self->in_info, in) || !gst_video_info_from_caps (&self->out_info, out))
    return FALSE;
  if (voxel_tile_network_runs_ahead (self->network))
    return TRUE;
  self->fits = gst_voxel_infer_fit (GST_ELEMENT (self), self->network, 1, &self->in_info);
  return self->fits;
}

static gboolean
gst_voxel_infer_propose_allocation (GstBaseTransform *base, GstQuery *decide, GstQuery *query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  gst_query_add_allocation_meta (query, GST_VOXEL_TILE_META_API_TYPE, NULL);
  return TRUE;
}

static VoxelTileNetwork *
make_network (const GstVoxelInferSettings *settings, VoxelModel *model, GError **error)
{
  const VoxelTileNetworkWish wish = {
      .backend = settings->backend,
      .devices = settings->devices,
      .precision = settings->precision,
      .threads = settings->threads,
      .batch = settings->batch,
      .memory_limit = settings->memory_limit,
      .skip_below = settings->skip_below,
  };

  return voxel_tile_network_new (model, &wish, error);
}

static GstVoxelBatchTimer *
make_timer (GstVoxelInfer *self)
{
  GstClockTime timeout = self->settings.batch_timeout;

  if (!timeout && voxel_tile_network_runs_ahead (self->network))
    timeout = AHEAD_TIMEOUT;
  if (!timeout || self->settings.batch == 1)
    return NULL;
  return gst_voxel_batch_timer_new (GST_ELEMENT (self), GST_BASE_TRANSFORM_SINK_PAD (self), timeout,
                                    drain_late);
}

static gboolean
gst_voxel_infer_start (GstBaseTransform *base)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);
  g_autoptr (VoxelModel) model = gst_voxel_infer_model_load (GST_ELEMENT (self), &self->settings);
  g_autoptr (GError) error = NULL;

  if (!model)
    return FALSE;
  self->network = make_network (&self->settings, model, &error);
  if (!self->network) {
    gst_voxel_infer_model_refuse (GST_ELEMENT (self), error);
    return FALSE;
  }
  GST_INFO_OBJECT (self, "network: %s", voxel_tile_network_describe (self->network));
  self->timer = make_timer (self);
  return TRUE;
}

static gboolean
gst_voxel_infer_stop (GstBaseTransform *base)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (base);

  g_clear_pointer (&self->timer, gst_voxel_batch_timer_free);
  forget (self);
  gst_voxel_pool_clear (&self->pool);
  self->busy = self->network ? voxel_tile_network_get_busy (self->network) : -1.;
  g_clear_pointer (&self->network, voxel_tile_network_free);
  gst_video_info_init (&self->in_info);
  gst_video_info_init (&self->out_info);
  return TRUE;
}

static void
gst_voxel_infer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  if (!gst_voxel_infer_settings_set (&GST_VOXEL_INFER (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_voxel_infer_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_BUSY)
    g_value_set_double (value, GST_VOXEL_INFER (object)->busy);
  else if (!gst_voxel_infer_settings_get (&GST_VOXEL_INFER (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
gst_voxel_infer_finalize (GObject *object)
{
  GstVoxelInfer *self = GST_VOXEL_INFER (object);

  gst_voxel_infer_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_voxel_infer_parent_class)->finalize (object);
}

static void
gst_voxel_infer_class_init (GstVoxelInferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *base_class = GST_BASE_TRANSFORM_CLASS (klass);

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

  gst_voxel_infer_settings_install (object_class, TRUE);
  gst_voxel_infer_settings_install_busy (object_class, PROP_BUSY);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel network inference", "Filter/Analyzer/Video",
                                         "Scores every pixel with a segmentation network",
                                         "The gst-voxel authors");
  GST_DEBUG_CATEGORY_INIT (gst_voxel_infer_debug, "voxelinfer", 0, "network inference");
}

static void
gst_voxel_infer_init (GstVoxelInfer *self)
{
  gst_voxel_infer_settings_init (&self->settings);
  self->busy = -1.;
  g_queue_init (&self->waiting);
  g_queue_init (&self->done);
  gst_video_info_init (&self->in_info);
  gst_video_info_init (&self->out_info);
}
