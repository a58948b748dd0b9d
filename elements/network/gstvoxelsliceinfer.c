/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelsliceinfer
 * @title: voxelsliceinfer
 *
 * Shows whole slices to a network on devices, tile by tile and view by view, and passes on slices of what it found: in
 * one element what voxeltile, voxelviews, voxelinfer, voxelmerge and voxelstitch compute, with their properties. In:
 * slices, GRAY8 or GRAY16_LE, with a slice meta, with neighbours where the network sees several. Out: with blend=or
 * masks, otherwise probabilities, as from voxelstitch. Where a network needs mean and deviation of slices, and nobody
 * has measured them (voxelnormalize does), they are measured here.
 *
 * Only pixels of slices cross the bus to a device, once in each direction, those of one slice while another is computed.
 * With several `devices` slices take turns on them. So two slices for each device are under way before the first
 * comes out; where nothing new comes for `batch-timeout` (50 ms where it is 0), nothing more is waited for.
 *
 * There is no such way without a device: voxeltile ! voxelviews ! voxelinfer ! voxelmerge ! voxelstitch does the same
 * on the CPU, and on a device what this one has no room for, in parts.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelnormalize scope=slice ! voxelsliceinfer model=model.safetensors \
 *   size=96 views=r0,fh blend=mean ! videoconvert ! video/x-raw,format=GRAY16_BE ! pngenc \
 *   ! multifilesink location=vessels-%04d.png
 * ]|
 */

#include "gstvoxelsliceinfer.h"

#include <math.h>

#include "elements/network/gstvoxelbatchtimer.h"
#include "elements/network/gstvoxelinferinput.h"
#include "elements/network/gstvoxelslicenetwork.h"
#include "elements/tiles/gstvoxelpicture.h"
#include "elements/tiles/gstvoxelplace.h"
#include "elements/tiles/gstvoxeltileaxes.h"

GST_DEBUG_CATEGORY_STATIC (voxel_slice_infer_debug);
#define GST_CAT_DEFAULT voxel_slice_infer_debug

/* How long the last slice waits for the next one: longer than the elements in front of this one take to send it. */
#define TIMEOUT (50 * GST_MSECOND)

struct _GstVoxelSliceInfer {
  GstVoxelRegroup parent;

  GstVoxelSliceInferSettings settings;

  GstVoxelSliceNetwork *network;
  GstVoxelBatchTimer *timer;
  GstVoxelTileAxes axes;
  GstVoxelPass pass;
  GQueue places; /* of GstBuffer without pixels: the slices under way */
  gdouble busy;
};

/* Behind all settings. */
#define PROP_BUSY 300

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

G_DEFINE_FINAL_TYPE (GstVoxelSliceInfer, gst_voxel_slice_infer, GST_TYPE_VOXEL_REGROUP)
GST_ELEMENT_REGISTER_DEFINE (voxelsliceinfer, "voxelsliceinfer", GST_RANK_NONE, GST_TYPE_VOXEL_SLICE_INFER)

static void
forget (GstVoxelSliceInfer *self)
{
  if (self->network)
    gst_voxel_slice_network_forget (self->network);
  g_queue_clear_full (&self->places, (GDestroyNotify) gst_buffer_unref);
}

/* A buffer for what comes of the slice that was started first, with its times and metas. */
static GstFlowReturn
new_result (GstVoxelSliceInfer *self, GstBuffer **result)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  gboolean mask = self->settings.blend == VOXEL_TILE_BLEND_OR;
  const GstVideoInfo *form = gst_voxel_slice_network_get_form (self->network);
  GstBuffer *place = g_queue_peek_head (&self->places), *out = NULL;
  GstVoxelSliceMeta *slice;
  GstFlowReturn flow =
      gst_voxel_regroup_set_output (regroup, mask ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_GRAY16_LE,
                                    GST_VIDEO_INFO_WIDTH (form), GST_VIDEO_INFO_HEIGHT (form));

  if (flow == GST_FLOW_OK)
    flow = gst_voxel_regroup_acquire (regroup, gst_voxel_regroup_get_output (regroup), &out);
  if (flow != GST_FLOW_OK)
    return flow;
  gst_buffer_copy_into (out, place, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  slice = gst_buffer_copy_voxel_slice_meta (out, gst_buffer_get_voxel_slice_meta (place));
  slice->content = mask ? GST_VOXEL_CONTENT_MASK : GST_VOXEL_CONTENT_PROBABILITY;
  slice->mean = slice->stddev = NAN;
  *result = out;
  return GST_FLOW_OK;
}

/* Waits for the slice that was started first. */
static GstFlowReturn
finish_slice (GstVoxelSliceInfer *self, GstBuffer **result)
{
  g_autoptr (GstBuffer) out = NULL;
  GstVideoFrame frame;
  GstFlowReturn flow = new_result (self, &out);
  gboolean done;

  if (flow != GST_FLOW_OK)
    return flow;
  if (!gst_voxel_picture_map_new (GST_ELEMENT (self), gst_voxel_regroup_get_output (GST_VOXEL_REGROUP (self)),
                                  &frame, out))
    return GST_FLOW_ERROR;
  done = gst_voxel_slice_network_wait (self->network, &frame);
  gst_video_frame_unmap (&frame);
  gst_buffer_unref (g_queue_pop_head (&self->places));
  if (!done)
    return GST_FLOW_ERROR;
  *result = g_steal_pointer (&out);
  return GST_FLOW_OK;
}

static GstFlowReturn
drain (GstVoxelSliceInfer *self)
{
  GstFlowReturn flow = gst_voxel_batch_timer_disarm (self->timer);

  while (flow == GST_FLOW_OK && !g_queue_is_empty (&self->places)) {
    GstBuffer *result = NULL;

    flow = finish_slice (self, &result);
    if (flow == GST_FLOW_OK)
      flow = gst_voxel_regroup_push (GST_VOXEL_REGROUP (self), result);
  }
  if (flow != GST_FLOW_OK)
    forget (self);
  return flow;
}

static GstFlowReturn
drain_late (GstElement *element)
{
  return drain (GST_VOXEL_SLICE_INFER (element));
}

/* Those under way come first: they are of the old form. */
static GstFlowReturn
fit (GstVoxelSliceInfer *self, const GstVideoInfo *info)
{
  GstFlowReturn flow;

  if (gst_voxel_slice_network_fits (self->network, info))
    return GST_FLOW_OK;
  flow = drain (self);
  if (flow == GST_FLOW_OK && !gst_voxel_slice_network_fit (self->network, info))
    flow = GST_FLOW_ERROR;
  return flow;
}

/* The device gets the next slice before anybody downstream works on the one before. */
static GstFlowReturn
run_slice (GstVoxelSliceInfer *self, GstBuffer *slice, GstBuffer *place)
{
  g_autoptr (GstBuffer) result = NULL;
  GstFlowReturn flow = fit (self, gst_voxel_regroup_get_input (GST_VOXEL_REGROUP (self)));

  if (flow == GST_FLOW_OK && gst_voxel_slice_network_is_full (self->network))
    flow = finish_slice (self, &result);
  if (flow == GST_FLOW_OK && !gst_voxel_slice_network_start (self->network, slice))
    flow = GST_FLOW_ERROR;
  if (flow == GST_FLOW_OK)
    g_queue_push_tail (&self->places, gst_buffer_ref (place));
  if (flow == GST_FLOW_OK && result)
    flow = gst_voxel_regroup_push (GST_VOXEL_REGROUP (self), g_steal_pointer (&result));
  if (flow == GST_FLOW_OK)
    gst_voxel_batch_timer_arm (self->timer);
  else
    forget (self);
  return flow;
}

static GstFlowReturn
gst_voxel_slice_infer_regroup (GstVoxelRegroup *regroup, GstBuffer *buffer)
{
  GstVoxelSliceInfer *self = GST_VOXEL_SLICE_INFER (regroup);
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  g_autoptr (GstBuffer) slice = buffer, place = gst_buffer_new ();
  GstVoxelSliceMeta *meta = gst_voxel_slice_meta_require (GST_ELEMENT (self), slice);
  GstFlowReturn flow = gst_voxel_batch_timer_disarm (self->timer);
  GstVoxelTileAxesVerdict verdict;

  if (flow != GST_FLOW_OK)
    return flow;
  if (!meta || !gst_voxel_infer_check_input (GST_ELEMENT (self),
                                             gst_voxel_slice_network_get_model (self->network), slice))
    return GST_FLOW_ERROR;
  verdict =
      gst_voxel_tile_axes_judge (&self->axes, GST_ELEMENT (self), &self->settings.tile, meta,
                                 (guint) GST_VIDEO_INFO_WIDTH (info), (guint) GST_VIDEO_INFO_HEIGHT (info));
  if (verdict == GST_VOXEL_TILE_AXES_ERROR)
    return GST_FLOW_ERROR;
  if (verdict == GST_VOXEL_TILE_AXES_LEAVE_OUT) {
    gst_voxel_batch_timer_arm (self->timer);
    return GST_FLOW_OK;
  }
  gst_voxel_place_copy (place, slice);
  gst_voxel_slice_meta_set_volume (gst_buffer_get_voxel_slice_meta (place), self->axes.record);
  if (!gst_voxel_place_advance (GST_ELEMENT (self), &self->pass, place))
    return GST_FLOW_ERROR;
  return run_slice (self, slice, place);
}

static gboolean
gst_voxel_slice_infer_complete (GstVoxelRegroup *regroup, GstEventType boundary)
{
  GstVoxelSliceInfer *self = GST_VOXEL_SLICE_INFER (regroup);
  GstFlowReturn flow = drain (self);

  if (flow != GST_FLOW_OK && flow != GST_FLOW_EOS) {
    if (flow != GST_FLOW_FLUSHING && flow != GST_FLOW_ERROR)
      GST_ELEMENT_FLOW_ERROR (self, flow);
    return FALSE;
  }
  return boundary == GST_EVENT_SEGMENT || gst_voxel_place_finish (GST_ELEMENT (self), &self->pass);
}

static void
gst_voxel_slice_infer_reset (GstVoxelRegroup *regroup)
{
  GstVoxelSliceInfer *self = GST_VOXEL_SLICE_INFER (regroup);

  gst_voxel_batch_timer_disarm (self->timer);
  forget (self);
  gst_voxel_tile_axes_clear (&self->axes);
  gst_voxel_pass_reset (&self->pass);
}

static gboolean
gst_voxel_slice_infer_prepare (GstVoxelRegroup *regroup)
{
  GstVoxelSliceInfer *self = GST_VOXEL_SLICE_INFER (regroup);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (GST_ELEMENT (self), "sink");
  GstClockTime timeout = self->settings.infer.batch_timeout;

  self->network = gst_voxel_slice_network_new (GST_ELEMENT (self), &self->settings);
  if (!self->network)
    return FALSE;
  self->timer = gst_voxel_batch_timer_new (GST_ELEMENT (self), sink, timeout ? timeout : TIMEOUT, drain_late);
  return TRUE;
}

static void
release (GstVoxelSliceInfer *self)
{
  g_clear_pointer (&self->timer, gst_voxel_batch_timer_free);
  if (self->network)
    self->busy = gst_voxel_slice_network_get_busy (self->network);
  g_clear_pointer (&self->network, gst_voxel_slice_network_free);
}

static GstStateChangeReturn
gst_voxel_slice_infer_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelSliceInfer *self = GST_VOXEL_SLICE_INFER (element);
  GstStateChangeReturn ret;

  ret = GST_ELEMENT_CLASS (gst_voxel_slice_infer_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && ret == GST_STATE_CHANGE_FAILURE))
    release (self);
  return ret;
}

static void
gst_voxel_slice_infer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (!gst_voxel_slice_infer_settings_set (&GST_VOXEL_SLICE_INFER (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_slice_infer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelSliceInfer *self = GST_VOXEL_SLICE_INFER (object);

  if (id == PROP_BUSY)
    g_value_set_double (value, self->busy);
  else if (!gst_voxel_slice_infer_settings_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_slice_infer_finalize (GObject *object)
{
  GstVoxelSliceInfer *self = GST_VOXEL_SLICE_INFER (object);

  release (self);
  gst_voxel_slice_infer_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_voxel_slice_infer_parent_class)->finalize (object);
}

static void
gst_voxel_slice_infer_class_init (GstVoxelSliceInferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelRegroupClass *regroup_class = GST_VOXEL_REGROUP_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (voxel_slice_infer_debug, "voxelsliceinfer", 0, "network inference on slices");
  object_class->set_property = gst_voxel_slice_infer_set_property;
  object_class->get_property = gst_voxel_slice_infer_get_property;
  object_class->finalize = gst_voxel_slice_infer_finalize;
  element_class->change_state = gst_voxel_slice_infer_change_state;
  gst_voxel_slice_infer_settings_install (object_class);
  gst_voxel_infer_settings_install_busy (object_class, PROP_BUSY);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel slice inference", "Filter/Analyzer/Video",
                                         "Finds vessels in slices with a segmentation network on devices",
                                         "The gst-voxel authors");
  regroup_class->prepare = gst_voxel_slice_infer_prepare;
  regroup_class->regroup = gst_voxel_slice_infer_regroup;
  regroup_class->complete = gst_voxel_slice_infer_complete;
  regroup_class->reset = gst_voxel_slice_infer_reset;
}

static void
gst_voxel_slice_infer_init (GstVoxelSliceInfer *self)
{
  gst_voxel_slice_infer_settings_init (&self->settings);
  self->busy = -1.;
  g_queue_init (&self->places);
}
