/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelrescale
 * @title: voxelrescale
 * @short_description: a volume of other voxels, and back
 *
 * Resamples volumes in three dimensions while their z slices pass: to #GstVoxelRescale:spacing micrometres, such as
 * those that a network was trained at, or to #GstVoxelRescale:scale times as many voxels. What is held are the
 * slices that the next one is made of: two with interpolation=linear, four with cubic, that many times the ratio
 * where voxels get larger; so it runs in streams without an end as well. It stands before voxelreslice.
 *
 * The field of view stays: with ratio = spacing sent / spacing that came the middle of voxel o lies at
 * (o + 1/2) ratio - 1/2, as with OpenCV's resize and PyTorch's align_corners=False, and max (1, round (n / ratio))
 * voxels are sent along an axis. Outside of the volume the outermost voxel goes on.
 *
 * Intensities are interpolated by a cubic curve (Keys, a = -3/4, as OpenCV) or linearly, and rounded. Where voxels
 * get larger the curve is as many times wider, so that every voxel counts (the cubic one with a = -1/2 then, as
 * Pillow and PyTorch have it); not with antialias=false. Logits and probabilities are interpolated linearly, and so
 * are masks, which are set where the result is a half or more. The label of a slice is taken from the nearest voxel, the
 * later of two: where voxels get exactly two or four times larger it lies half a scanned voxel before the image.
 *
 * The volume record has the new shape and spacing, and keeps what the scan was. Behind voxelvote, or anywhere else
 * where z slices pass, a second voxelrescale with #GstVoxelRescale:back gives exactly the scan's voxels again, with
 * the names of its slices. A volume that was not resampled passes it as it is.
 *
 * Times stay: a slice that is sent takes as long as the slices that it stands for.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices spacing=20,10,10 ! voxelrescale spacing=10 ! voxelreslice ! voxelnormalize \
 *   ! voxelinfer model=model.safetensors ! voxelvote ! voxelrescale back=true ! voxelrlesink location=vessels.csv
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelrescale.h"

#include "gstvoxelholder.h"
#include "gstvoxelrescaler.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_rescale_debug);
#define GST_CAT_DEFAULT gst_voxel_rescale_debug

#define DEFAULT_INTERPOLATION VOXEL_RESCALE_CUBIC
#define DEFAULT_ANTIALIAS TRUE
#define MOST_THREADS 1024

enum {
  PROP_0,
  PROP_SPACING,
  PROP_SCALE,
  PROP_BACK,
  PROP_INTERPOLATION,
  PROP_ANTIALIAS,
  PROP_THREADS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

struct _GstVoxelRescale {
  GstElement element;
  GstPad *sinkpad;

  gchar *spacing;
  gchar *scale;
  gboolean back;
  VoxelRescaleMethod interpolation;
  gboolean antialias;
  guint threads;

  GstVoxelPass pass;
  GstVoxelRescaler rescaler;
  GstFlowReturn flow;
};

G_DEFINE_TYPE (GstVoxelRescale, gst_voxel_rescale, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (voxelrescale, "voxelrescale", GST_RANK_NONE, GST_TYPE_VOXEL_RESCALE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

GType
gst_voxel_rescale_interpolation_get_type (void)
{
  static const GEnumValue values[] = {
      {VOXEL_RESCALE_LINEAR, "Between the two voxels around a place", "linear"},
      {VOXEL_RESCALE_CUBIC, "A cubic curve through four voxels", "cubic"},
      {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelRescaleInterpolation", values));
  return type;
}

static void
forget (GstVoxelRescale *self)
{
  gst_voxel_rescaler_forget (&self->rescaler);
  gst_voxel_pass_reset (&self->pass);
}

/* Takes @buffer. */
static GstFlowReturn
take_slice (GstVoxelRescale *self, GstBuffer *buffer)
{
  g_autoptr (GstBuffer) in = buffer;
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), in);
  g_autoptr (GError) error = NULL;
  GstVoxelPassStep step = slice ? gst_voxel_pass_advance (&self->pass, slice, &error) : GST_VOXEL_PASS_BROKEN;
  GstFlowReturn flow = GST_FLOW_OK;

  if (!slice)
    return GST_FLOW_ERROR;
  if (gst_buffer_get_voxel_tile_meta (in) || step == GST_VOXEL_PASS_SAME)
    return gst_voxel_holder_refuse (
        GST_ELEMENT (self), GST_STREAM_ERROR_WRONG_TYPE,
        "voxelrescale takes whole slices, each once, not tiles or views: put it before voxelreslice.");
  if (step == GST_VOXEL_PASS_BROKEN)
    return gst_voxel_holder_fail (GST_ELEMENT (self), error);
  if (step != GST_VOXEL_PASS_NEXT) {
    flow = gst_voxel_rescaler_end (&self->rescaler);
    if (flow == GST_FLOW_OK)
      flow = gst_voxel_rescaler_begin (&self->rescaler, slice, step);
  }
  return flow == GST_FLOW_OK ? gst_voxel_rescaler_take (&self->rescaler, g_steal_pointer (&in)) : flow;
}

static GstFlowReturn
gst_voxel_rescale_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelRescale *self = GST_VOXEL_RESCALE (parent);

  if (self->flow == GST_FLOW_OK)
    self->flow = take_slice (self, buffer);
  else
    gst_buffer_unref (buffer);
  return self->flow;
}

/* Returns whether the stream came this far unharmed, so that its end may be told. */
static gboolean
finish (GstVoxelRescale *self)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn before = self->flow;

  if (self->flow == GST_FLOW_OK && !gst_voxel_pass_finish (&self->pass, &error))
    self->flow = gst_voxel_holder_fail (GST_ELEMENT (self), error);
  else if (self->flow == GST_FLOW_OK)
    self->flow = gst_voxel_rescaler_end (&self->rescaler);
  if (!error && before == GST_FLOW_OK && self->flow < GST_FLOW_EOS)
    GST_ELEMENT_FLOW_ERROR (self, self->flow);
  forget (self);
  return self->flow == GST_FLOW_OK || self->flow == GST_FLOW_EOS;
}

static gboolean
take_caps (GstVoxelRescale *self, GstEvent *event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  if (!gst_video_info_from_caps (&self->rescaler.info, caps))
    return FALSE;
  gst_caps_replace (&self->rescaler.caps, caps);
  return TRUE;
}

static gboolean
gst_voxel_rescale_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelRescale *self = GST_VOXEL_RESCALE (parent);
  gboolean result = TRUE;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_FLUSH_STOP:
    forget (self);
    gst_clear_event (&self->rescaler.segment);
    self->flow = GST_FLOW_OK;
    break;
  case GST_EVENT_STREAM_START:
    finish (self);
    break;
  case GST_EVENT_SEGMENT_DONE:
  case GST_EVENT_EOS:
    if (finish (self))
      break;
    gst_event_unref (event);
    return FALSE;
  case GST_EVENT_CAPS:
    finish (self);
    result = take_caps (self, event);
    gst_event_unref (event);
    return result;
  case GST_EVENT_SEGMENT:
    finish (self);
    gst_event_take (&self->rescaler.segment, event);
    return TRUE;
  case GST_EVENT_GAP:
    gst_event_unref (event);
    return TRUE;
  default:
    break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* Volumes that need nothing pass as they are. */
static gboolean
gst_voxel_rescale_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstVoxelRescale *self = GST_VOXEL_RESCALE (parent);

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);
  return gst_pad_peer_query (self->rescaler.sender.pad, query);
}

static gboolean
start (GstVoxelRescale *self)
{
  g_autofree gchar *spacing = NULL, *scale = NULL;
  g_autoptr (GError) error = NULL;
  gboolean back;

  GST_OBJECT_LOCK (self);
  spacing = g_strdup (self->spacing);
  scale = g_strdup (self->scale);
  back = self->back;
  self->rescaler.interpolation = self->interpolation;
  self->rescaler.antialias = self->antialias;
  self->rescaler.threads = self->threads ? self->threads : g_get_num_processors ();
  GST_OBJECT_UNLOCK (self);
  self->flow = GST_FLOW_OK;
  if (gst_voxel_rescale_aim_parse (&self->rescaler.aim, spacing, scale, back, &error))
    return TRUE;
  GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
  return FALSE;
}

static GstStateChangeReturn
gst_voxel_rescale_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelRescale *self = GST_VOXEL_RESCALE (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (gst_voxel_rescale_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    forget (self);
    gst_clear_event (&self->rescaler.segment);
    gst_clear_caps (&self->rescaler.caps);
    gst_voxel_sender_reset (&self->rescaler.sender);
  }
  return result;
}

static void
gst_voxel_rescale_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelRescale *self = GST_VOXEL_RESCALE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_SPACING:
    g_free (self->spacing);
    self->spacing = g_value_dup_string (value);
    break;
  case PROP_SCALE:
    g_free (self->scale);
    self->scale = g_value_dup_string (value);
    break;
  case PROP_BACK:
    self->back = g_value_get_boolean (value);
    break;
  case PROP_INTERPOLATION:
    self->interpolation = g_value_get_enum (value);
    break;
  case PROP_ANTIALIAS:
    self->antialias = g_value_get_boolean (value);
    break;
  case PROP_THREADS:
    self->threads = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_rescale_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelRescale *self = GST_VOXEL_RESCALE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_SPACING:
    g_value_set_string (value, self->spacing);
    break;
  case PROP_SCALE:
    g_value_set_string (value, self->scale);
    break;
  case PROP_BACK:
    g_value_set_boolean (value, self->back);
    break;
  case PROP_INTERPOLATION:
    g_value_set_enum (value, (gint) self->interpolation);
    break;
  case PROP_ANTIALIAS:
    g_value_set_boolean (value, self->antialias);
    break;
  case PROP_THREADS:
    g_value_set_uint (value, self->threads);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_rescale_finalize (GObject *object)
{
  GstVoxelRescale *self = GST_VOXEL_RESCALE (object);

  forget (self);
  gst_voxel_rescaler_clear (&self->rescaler);
  g_free (self->spacing);
  g_free (self->scale);
  G_OBJECT_CLASS (gst_voxel_rescale_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  properties[PROP_SPACING] = g_param_spec_string (
      "spacing", "Spacing",
      "Distance of the voxels that are sent in micrometres: one number or z,y,x (unset or 0: as it is)", NULL,
      flags);
  properties[PROP_SCALE] = g_param_spec_string (
      "scale", "Scale",
      "How many times as many voxels are sent, after spacing: one number or z,y,x (unset: as they are)", NULL,
      flags);
  properties[PROP_BACK] = g_param_spec_boolean (
      "back", "Back", "Whether the voxels of the scan are sent, which the volume record tells", FALSE, flags);
  properties[PROP_INTERPOLATION] =
      g_param_spec_enum ("interpolation", "Interpolation", "How intensities between voxels are found",
                         gst_voxel_rescale_interpolation_get_type (), (gint) DEFAULT_INTERPOLATION, flags);
  properties[PROP_ANTIALIAS] =
      g_param_spec_boolean ("antialias", "Antialias", "Whether all intensities count where voxels get larger",
                            DEFAULT_ANTIALIAS, flags);
  properties[PROP_THREADS] = g_param_spec_uint (
      "threads", "Threads", "At most; changes no voxel (0: one a core)", 0, MOST_THREADS, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gst_voxel_rescale_class_init (GstVoxelRescaleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_voxel_rescale_debug, "voxelrescale", 0, "volumes of other voxels");
  object_class->set_property = gst_voxel_rescale_set_property;
  object_class->get_property = gst_voxel_rescale_get_property;
  object_class->finalize = gst_voxel_rescale_finalize;
  element_class->change_state = gst_voxel_rescale_change_state;
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel rescaler", "Filter/Converter/Video/Scaler",
                                         "Resamples a volume's voxels in three dimensions, and back",
                                         "The gst-voxel authors");
  gst_type_mark_as_plugin_api (gst_voxel_rescale_interpolation_get_type (), 0);
}

static void
gst_voxel_rescale_init (GstVoxelRescale *self)
{
  GstPad *srcpad = gst_pad_new_from_static_template (&src_template, "src");

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_voxel_rescale_chain);
  gst_pad_set_event_function (self->sinkpad, gst_voxel_rescale_sink_event);
  gst_pad_set_query_function (self->sinkpad, gst_voxel_rescale_sink_query);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  gst_pad_use_fixed_caps (srcpad);
  gst_element_add_pad (GST_ELEMENT (self), srcpad);
  gst_voxel_rescaler_init (&self->rescaler, GST_ELEMENT (self), srcpad);
  self->interpolation = DEFAULT_INTERPOLATION;
  self->antialias = DEFAULT_ANTIALIAS;
}
