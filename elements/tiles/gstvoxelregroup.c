/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelregroup.h"
#include "elements/stream/voxel.h"
#include "gstvoxelpool.h"

GST_DEBUG_CATEGORY_STATIC (voxel_regroup_debug);
#define GST_CAT_DEFAULT voxel_regroup_debug

/* A picture of 16 bits a pixel and its label of 8 come in turns. */
#define N_DEPTHS 2

typedef struct {
  GstPad *sinkpad;
  GstPad *srcpad;
  GstVideoInfo in_info;
  gboolean have_in;
  GstVideoInfo out_info;
  gboolean have_out;
  /* CAPS must go before SEGMENT, and what we send is known only when the first buffer comes. */
  GQueue waiting;
  gboolean takes_video_meta;
  gboolean takes_tile_meta;
  GstVoxelPool pools[N_DEPTHS];
} GstVoxelRegroupPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstVoxelRegroup, gst_voxel_regroup, GST_TYPE_ELEMENT,
                                  G_ADD_PRIVATE (GstVoxelRegroup)
                                      GST_DEBUG_CATEGORY_INIT (voxel_regroup_debug, "voxelregroup", 0,
                                                               "tiles, views and slices"))

#define PRIVATE(self) ((GstVoxelRegroupPrivate *) gst_voxel_regroup_get_instance_private (self))

static void
forget (GstVoxelRegroup *self)
{
  GstVoxelRegroupClass *klass = GST_VOXEL_REGROUP_GET_CLASS (self);

  if (klass->reset)
    klass->reset (self);
}

static void
clear_pools (GstVoxelRegroupPrivate *priv)
{
  for (guint i = 0; i < N_DEPTHS; i++)
    gst_voxel_pool_clear (&priv->pools[i]);
}

static void
drop_waiting (GstVoxelRegroupPrivate *priv)
{
  g_queue_clear_full (&priv->waiting, (GDestroyNotify) gst_event_unref);
}

static gboolean
push_waiting (GstVoxelRegroupPrivate *priv)
{
  GstEvent *event;

  while ((event = g_queue_pop_head (&priv->waiting))) {
    if (!gst_pad_push_event (priv->srcpad, event) && GST_PAD_IS_FLUSHING (priv->srcpad))
      return FALSE;
  }
  return TRUE;
}

static void
ask_allocation (GstVoxelRegroup *self, GstCaps *caps)
{
  GstVoxelRegroupPrivate *priv = PRIVATE (self);
  GstQuery *query = gst_query_new_allocation (caps, FALSE);
  gboolean answered = gst_pad_peer_query (priv->srcpad, query);

  priv->takes_video_meta = answered && gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  priv->takes_tile_meta =
      answered && gst_query_find_allocation_meta (query, GST_VOXEL_TILE_META_API_TYPE, NULL);
  gst_query_unref (query);
  GST_DEBUG_OBJECT (self, "downstream takes strides: %d, views not rendered: %d", priv->takes_video_meta,
                    priv->takes_tile_meta);
}

/**
 * gst_voxel_regroup_get_input:
 * @self: the element
 *
 * Returns: what arrives
 */
const GstVideoInfo *
gst_voxel_regroup_get_input (GstVoxelRegroup *self)
{
  return &PRIVATE (self)->in_info;
}

/**
 * gst_voxel_regroup_get_output:
 * @self: the element
 *
 * Returns: what was set last by gst_voxel_regroup_set_output()
 */
const GstVideoInfo *
gst_voxel_regroup_get_output (GstVoxelRegroup *self)
{
  return &PRIVATE (self)->out_info;
}

/**
 * gst_voxel_regroup_set_output:
 * @self: the element
 * @format: of the buffers to come
 * @width: of the buffers to come
 * @height: of the buffers to come
 *
 * Sends caps (framerate 0/1) where they change or downstream asks for them again, and asks downstream
 * which metas it takes. A turn by 90 degrees does not ask again: the query is serialised and would wait
 * for every queue behind us to run empty, view by view.
 *
 * Returns: GST_FLOW_OK, or why downstream did not take the caps
 */
GstFlowReturn
gst_voxel_regroup_set_output (GstVoxelRegroup *self, GstVideoFormat format, guint width, guint height)
{
  GstVoxelRegroupPrivate *priv = PRIVATE (self);
  const GstVideoInfo *old = &priv->out_info;
  gboolean again = gst_pad_check_reconfigure (priv->srcpad) || !priv->have_out;
  gboolean same_format = priv->have_out && GST_VIDEO_INFO_FORMAT (old) == format;
  guint old_width = GST_VIDEO_INFO_WIDTH (old), old_height = GST_VIDEO_INFO_HEIGHT (old);
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;

  if (!again && same_format && old_width == width && old_height == height)
    return GST_FLOW_OK;
  if (!gst_video_info_set_format (&info, format, width, height)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("Pictures of %ux%u pixels are too large.", width, height),
                       (NULL));
    return GST_FLOW_ERROR;
  }
  info.fps_n = 0;
  info.fps_d = 1;
  caps = gst_video_info_to_caps (&info);
  if (!gst_pad_push_event (priv->srcpad, gst_event_new_caps (caps))) {
    gst_pad_mark_reconfigure (priv->srcpad);
    return GST_PAD_IS_FLUSHING (priv->srcpad) ? GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
  }
  again |= !same_format || old_width != height || old_height != width;
  priv->out_info = info;
  priv->have_out = TRUE;
  if (!push_waiting (priv))
    return GST_FLOW_FLUSHING;
  if (again)
    ask_allocation (self, caps);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_regroup_downstream_takes:
 * @self: the element
 * @meta_api: the API of the video meta or of the tile meta
 *
 * Returns: whether downstream answered the ALLOCATION query with that meta
 */
gboolean
gst_voxel_regroup_downstream_takes (GstVoxelRegroup *self, GType meta_api)
{
  if (meta_api == GST_VOXEL_TILE_META_API_TYPE)
    return PRIVATE (self)->takes_tile_meta;
  return meta_api == GST_VIDEO_META_API_TYPE && PRIVATE (self)->takes_video_meta;
}

/**
 * gst_voxel_regroup_acquire:
 * @self: the element
 * @info: what the buffer shall hold: the output, or what goes with it
 * @buffer: (out) (transfer full): a writable buffer, rows as GStreamer lays them by default
 *
 * Returns: GST_FLOW_OK, or why there is none
 */
GstFlowReturn
gst_voxel_regroup_acquire (GstVoxelRegroup *self, const GstVideoInfo *info, GstBuffer **buffer)
{
  GstVoxelPool *pool = &PRIVATE (self)->pools[GST_VIDEO_INFO_FORMAT (info) == GST_VIDEO_FORMAT_GRAY8];

  return gst_voxel_pool_acquire (pool, GST_ELEMENT (self), info, buffer);
}

/**
 * gst_voxel_regroup_push:
 * @self: the element
 * @buffer: (transfer full): what goes on
 *
 * Returns: what downstream says
 */
GstFlowReturn
gst_voxel_regroup_push (GstVoxelRegroup *self, GstBuffer *buffer)
{
  return gst_pad_push (PRIVATE (self)->srcpad, buffer);
}

static GstFlowReturn
gst_voxel_regroup_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelRegroup *self = GST_VOXEL_REGROUP (parent);

  if (!PRIVATE (self)->have_in) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  return GST_VOXEL_REGROUP_GET_CLASS (self)->regroup (self, buffer);
}

static gboolean
take_caps (GstVoxelRegroup *self, GstEvent *event)
{
  GstVoxelRegroupPrivate *priv = PRIVATE (self);
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  priv->have_in = gst_video_info_from_caps (&priv->in_info, caps);
  gst_event_unref (event);
  return priv->have_in;
}

/* A flush takes the segment with it; tags and the like stay true. */
static void
flush_waiting (GstVoxelRegroupPrivate *priv)
{
  for (guint left = g_queue_get_length (&priv->waiting); left > 0; left--) {
    GstEvent *event = g_queue_pop_head (&priv->waiting);

    if (GST_EVENT_IS_STICKY (event) && GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
      g_queue_push_tail (&priv->waiting, event);
    else
      gst_event_unref (event);
  }
}

static gboolean
gst_voxel_regroup_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelRegroup *self = GST_VOXEL_REGROUP (parent);
  GstVoxelRegroupPrivate *priv = PRIVATE (self);
  GstVoxelRegroupClass *klass = GST_VOXEL_REGROUP_GET_CLASS (self);
  GstEventType type = GST_EVENT_TYPE (event);
  gboolean boundary = type == GST_EVENT_EOS || type == GST_EVENT_SEGMENT_DONE || type == GST_EVENT_SEGMENT ||
                      type == GST_EVENT_STREAM_START;

  if (type == GST_EVENT_CAPS)
    return take_caps (self, event);
  if (type == GST_EVENT_FLUSH_STOP) {
    forget (self);
    flush_waiting (priv);
    /* What downstream was asked while it was flushing it did not answer. */
    gst_pad_mark_reconfigure (priv->srcpad);
  }
  if (boundary && klass->complete && !klass->complete (self, type)) {
    forget (self);
    gst_event_unref (event);
    return FALSE;
  }
  /* In this order: a flush begins in another thread than that which sends caps. */
  if (GST_EVENT_IS_SERIALIZED (event) && !priv->have_out && type > GST_EVENT_CAPS && type != GST_EVENT_EOS &&
      type != GST_EVENT_SEGMENT_DONE) {
    g_queue_push_tail (&priv->waiting, event);
    return TRUE;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* What the other side takes, of any size and rate. */
static GstCaps *
query_formats (GstVoxelRegroup *self, GstPad *pad)
{
  GstVoxelRegroupPrivate *priv = PRIVATE (self);
  g_autoptr (GstCaps) template = gst_pad_get_pad_template_caps (pad);
  g_autoptr (GstCaps) sizes = NULL;

  if (!GST_VOXEL_REGROUP_GET_CLASS (self)->keeps_format)
    return g_steal_pointer (&template);
  sizes = gst_pad_peer_query_caps (pad == priv->sinkpad ? priv->srcpad : priv->sinkpad, template);
  if (gst_caps_is_any (sizes))
    return g_steal_pointer (&template);
  sizes = gst_caps_make_writable (sizes);
  for (guint i = 0; i < gst_caps_get_size (sizes); i++)
    gst_structure_remove_fields (gst_caps_get_structure (sizes, i), "width", "height", "framerate",
                                 "pixel-aspect-ratio", "colorimetry", "interlace-mode", NULL);
  return gst_caps_intersect_full (sizes, template, GST_CAPS_INTERSECT_FIRST);
}

static gboolean
answer_caps (GstVoxelRegroup *self, GstPad *pad, GstQuery *query)
{
  g_autoptr (GstCaps) caps = query_formats (self, pad);
  GstCaps *filter;

  gst_query_parse_caps (query, &filter);
  if (filter) {
    g_autoptr (GstCaps) all = g_steal_pointer (&caps);

    caps = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
  }
  gst_query_set_caps_result (query, caps);
  return TRUE;
}

static gboolean
gst_voxel_regroup_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstVoxelRegroup *self = GST_VOXEL_REGROUP (parent);

  if (GST_QUERY_TYPE (query) == GST_QUERY_CAPS)
    return answer_caps (self, pad, query);
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION || pad != PRIVATE (self)->sinkpad)
    return gst_pad_query_default (pad, parent, query);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  if (GST_VOXEL_REGROUP_GET_CLASS (self)->takes_tile_meta)
    gst_query_add_allocation_meta (query, GST_VOXEL_TILE_META_API_TYPE, NULL);
  return TRUE;
}

static GstStateChangeReturn
gst_voxel_regroup_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelRegroup *self = GST_VOXEL_REGROUP (element);
  GstVoxelRegroupPrivate *priv = PRIVATE (self);
  GstVoxelRegroupClass *klass = GST_VOXEL_REGROUP_GET_CLASS (self);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && klass->prepare && !klass->prepare (self))
    return GST_STATE_CHANGE_FAILURE;
  ret = GST_ELEMENT_CLASS (gst_voxel_regroup_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    forget (self);
    drop_waiting (priv);
    clear_pools (priv);
    priv->have_in = FALSE;
    priv->have_out = FALSE;
  }
  return ret;
}

static GstPad *
add_pad (GstVoxelRegroup *self, const gchar *name)
{
  GstPadTemplate *template = gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self), name);
  GstPad *pad = gst_pad_new_from_template (template, name);

  gst_pad_set_query_function (pad, gst_voxel_regroup_query);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

/* Not in init: the templates belong to the class of the derived element. */
static void
gst_voxel_regroup_constructed (GObject *object)
{
  GstVoxelRegroup *self = GST_VOXEL_REGROUP (object);
  GstVoxelRegroupPrivate *priv = PRIVATE (self);

  G_OBJECT_CLASS (gst_voxel_regroup_parent_class)->constructed (object);
  priv->sinkpad = add_pad (self, "sink");
  priv->srcpad = add_pad (self, "src");
  gst_pad_set_chain_function (priv->sinkpad, gst_voxel_regroup_chain);
  gst_pad_set_event_function (priv->sinkpad, gst_voxel_regroup_sink_event);
}

static void
gst_voxel_regroup_finalize (GObject *object)
{
  GstVoxelRegroup *self = GST_VOXEL_REGROUP (object);
  GstVoxelRegroupPrivate *priv = PRIVATE (self);

  forget (self);
  drop_waiting (priv);
  clear_pools (priv);
  G_OBJECT_CLASS (gst_voxel_regroup_parent_class)->finalize (object);
}

static void
gst_voxel_regroup_class_init (GstVoxelRegroupClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = gst_voxel_regroup_constructed;
  G_OBJECT_CLASS (klass)->finalize = gst_voxel_regroup_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = gst_voxel_regroup_change_state;
}

static void
gst_voxel_regroup_init (GstVoxelRegroup *self)
{
  gst_video_info_init (&PRIVATE (self)->in_info);
  gst_video_info_init (&PRIVATE (self)->out_info);
  g_queue_init (&PRIVATE (self)->waiting);
}
