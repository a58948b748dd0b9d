/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelneighbours
 * @title: voxelneighbours
 * @short_description: each slice with those around it
 *
 * Gives every slice references to the slices before and behind it along its axis (#GstVoxelNeighboursMeta), for
 * networks that see several slices in as many channels. Pixels and metas pass untouched, GRAY8 or GRAY16_LE,
 * along any axis. At either end of a pass the outermost slice is repeated; a pass that begins later than its volume
 * (voxelreslice skip) sees its own first slice repeated.
 *
 * Slices in random order and oblique ones have no neighbours in the stream and are refused.
 *
 * A slice goes on when the last of its neighbours has come, so at most 2 reach + 1 slices are held. It stands
 * behind voxelnormalize, which changes pixels, and before voxeltile, which cuts the neighbours as it cuts the
 * slice; voxelviews turns them with it.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice ! voxelnormalize ! voxelneighbours reach=1 ! voxeltile size=64 \
 *   ! fakesink
 * ]|
 */

#include "gstvoxelneighbours.h"

#include "gstvoxelholder.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_neighbours_debug);
#define GST_CAT_DEFAULT gst_voxel_neighbours_debug

#define DEFAULT_REACH 1
#define MOST_REACH 64

enum { PROP_0, PROP_REACH };

/**
 * GstVoxelNeighbours:
 * @window: slices of one pass that follow each other, as they came: what goes on is a copy, so that no slice
 *   refers to one that refers to it
 * @next: the one of them that goes on next
 */
struct _GstVoxelNeighbours {
  GstElement element;
  GstPad *sinkpad;
  GstPad *srcpad;

  guint wanted;

  guint reach;
  GstVoxelPass pass;
  GPtrArray *window;
  guint next;
  GstFlowReturn flow;
};

G_DEFINE_TYPE (GstVoxelNeighbours, gst_voxel_neighbours, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (voxelneighbours, "voxelneighbours", GST_RANK_NONE, GST_TYPE_VOXEL_NEIGHBOURS)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static void
forget (GstVoxelNeighbours *self)
{
  g_ptr_array_set_size (self->window, 0);
  self->next = 0;
  gst_voxel_pass_reset (&self->pass);
}

static GstBuffer *
slice_at (const GstVoxelNeighbours *self, gint position)
{
  return g_ptr_array_index (self->window, CLAMP (position, 0, (gint) self->window->len - 1));
}

static GstFlowReturn
send_next (GstVoxelNeighbours *self)
{
  gint reach = (gint) self->reach, at = (gint) self->next;
  GstBuffer *out = gst_buffer_copy (slice_at (self, at));
  GstVoxelNeighboursMeta *meta = gst_buffer_add_voxel_neighbours_meta (out, self->reach);

  for (gint i = 0; i < reach; i++) {
    meta->pictures[i] = gst_buffer_ref (slice_at (self, at - reach + i));
    meta->pictures[reach + i] = gst_buffer_ref (slice_at (self, at + 1 + i));
  }
  if (self->next == self->reach)
    g_ptr_array_remove_index (self->window, 0);
  else
    self->next++;
  return gst_pad_push (self->srcpad, out);
}

/* Nothing more of the pass comes: its last slices have no others behind them. */
static void
end_pass (GstVoxelNeighbours *self)
{
  while (self->flow == GST_FLOW_OK && self->next < self->window->len)
    self->flow = send_next (self);
  g_ptr_array_set_size (self->window, 0);
  self->next = 0;
}

static GstFlowReturn
refuse_tile (GstVoxelNeighbours *self)
{
  return gst_voxel_holder_refuse (
      GST_ELEMENT (self), GST_STREAM_ERROR_WRONG_TYPE,
      "voxelneighbours takes whole slices, each once, not tiles or views: put it before voxeltile.");
}

/* Takes @buffer. */
static void
take_slice (GstVoxelNeighbours *self, GstBuffer *buffer)
{
  g_autoptr (GstBuffer) slice = buffer;
  const GstVoxelSliceMeta *meta = gst_voxel_slice_meta_require (GST_ELEMENT (self), slice);
  g_autoptr (GError) error = NULL;
  GstVoxelPassStep step = meta ? gst_voxel_pass_advance (&self->pass, meta, &error) : GST_VOXEL_PASS_BROKEN;

  if (step != GST_VOXEL_PASS_BROKEN && !gst_voxel_pass_check_order (&self->pass, &error))
    step = GST_VOXEL_PASS_BROKEN;
  if (!meta || gst_voxel_slice_meta_refuse_oblique (meta, GST_ELEMENT (self)))
    self->flow = GST_FLOW_ERROR;
  else if (gst_buffer_get_voxel_tile_meta (slice) || step == GST_VOXEL_PASS_SAME)
    self->flow = refuse_tile (self);
  else if (step == GST_VOXEL_PASS_BROKEN)
    self->flow = gst_voxel_holder_fail (GST_ELEMENT (self), error);
  else if (step != GST_VOXEL_PASS_NEXT)
    end_pass (self);
  if (self->flow != GST_FLOW_OK)
    return;
  g_ptr_array_add (self->window, g_steal_pointer (&slice));
  if (self->next + self->reach < self->window->len)
    self->flow = send_next (self);
}

static GstFlowReturn
gst_voxel_neighbours_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelNeighbours *self = GST_VOXEL_NEIGHBOURS (parent);

  if (self->flow == GST_FLOW_OK)
    take_slice (self, buffer);
  else
    gst_buffer_unref (buffer);
  return self->flow;
}

/* Returns whether the stream came this far unharmed, so that its end may be told. */
static gboolean
finish (GstVoxelNeighbours *self)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn before = self->flow;

  if (self->flow == GST_FLOW_OK && !gst_voxel_pass_finish (&self->pass, &error))
    self->flow = gst_voxel_holder_fail (GST_ELEMENT (self), error);
  else
    end_pass (self);
  if (!error && before == GST_FLOW_OK && self->flow < GST_FLOW_EOS)
    GST_ELEMENT_FLOW_ERROR (self, self->flow);
  forget (self);
  return self->flow == GST_FLOW_OK || self->flow == GST_FLOW_EOS;
}

static gboolean
gst_voxel_neighbours_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelNeighbours *self = GST_VOXEL_NEIGHBOURS (parent);
  GstEventType type = GST_EVENT_TYPE (event);

  switch (type) {
  case GST_EVENT_FLUSH_STOP:
    forget (self);
    self->flow = GST_FLOW_OK;
    break;
  case GST_EVENT_STREAM_START:
  case GST_EVENT_CAPS:
  case GST_EVENT_SEGMENT:
  case GST_EVENT_SEGMENT_DONE:
  case GST_EVENT_EOS:
    if (finish (self) || (type != GST_EVENT_SEGMENT_DONE && type != GST_EVENT_EOS))
      break;
    gst_event_unref (event);
    return FALSE;
  default:
    break;
  }
  return gst_pad_event_default (pad, parent, event);
}

static GstStateChangeReturn
gst_voxel_neighbours_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelNeighbours *self = GST_VOXEL_NEIGHBOURS (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    GST_OBJECT_LOCK (self);
    self->reach = self->wanted;
    GST_OBJECT_UNLOCK (self);
    self->flow = GST_FLOW_OK;
  }
  result = GST_ELEMENT_CLASS (gst_voxel_neighbours_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    forget (self);
  return result;
}

static void
gst_voxel_neighbours_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelNeighbours *self = GST_VOXEL_NEIGHBOURS (object);

  if (id != PROP_REACH) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  self->wanted = g_value_get_uint (value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_neighbours_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelNeighbours *self = GST_VOXEL_NEIGHBOURS (object);

  if (id != PROP_REACH) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_value_set_uint (value, self->wanted);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_neighbours_finalize (GObject *object)
{
  GstVoxelNeighbours *self = GST_VOXEL_NEIGHBOURS (object);

  forget (self);
  g_ptr_array_unref (self->window);
  G_OBJECT_CLASS (gst_voxel_neighbours_parent_class)->finalize (object);
}

static void
gst_voxel_neighbours_class_init (GstVoxelNeighboursClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_voxel_neighbours_debug, "voxelneighbours", 0, "slices with those around them");
  object_class->set_property = gst_voxel_neighbours_set_property;
  object_class->get_property = gst_voxel_neighbours_get_property;
  object_class->finalize = gst_voxel_neighbours_finalize;
  element_class->change_state = gst_voxel_neighbours_change_state;
  g_object_class_install_property (
      object_class, PROP_REACH,
      g_param_spec_uint ("reach", "Reach", "Slices on either side: 1 for networks with 3 channels, 2 for 5",
                         0, MOST_REACH, DEFAULT_REACH,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel neighbours", "Filter/Video",
                                         "Gives each slice references to those around it",
                                         "The gst-voxel authors");
}

static GstPad *
add_pad (GstVoxelNeighbours *self, GstStaticPadTemplate *template)
{
  GstPad *pad = gst_pad_new_from_static_template (template, template->name_template);

  GST_PAD_SET_PROXY_CAPS (pad);
  GST_PAD_SET_PROXY_ALLOCATION (pad);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
gst_voxel_neighbours_init (GstVoxelNeighbours *self)
{
  self->sinkpad = add_pad (self, &sink_template);
  self->srcpad = add_pad (self, &src_template);
  gst_pad_set_chain_function (self->sinkpad, gst_voxel_neighbours_chain);
  gst_pad_set_event_function (self->sinkpad, gst_voxel_neighbours_sink_event);
  self->wanted = DEFAULT_REACH;
  self->window = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);
}
