/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelnormalize
 * @title: voxelnormalize
 * @short_description: stretches intensities to 8 or 16 bit and measures slices
 *
 * Takes slices of intensities (8 or 16 bit, along any axis) and sends them with intensity low as 0, high as
 * 2^bits - 1, what lies between in proportion and what lies outside clipped:
 * v becomes floor (clamp ((v - low) / (high - low), 0, 1) (2^bits - 1) + 1/2). The slice meta then has the
 * mean and the standard deviation (of the population) of the whole slice as it is sent, the volume record has
 * low and high as scanned (not where every slice has its own) and the histogram of what is sent.
 *
 * Percentiles are values that occur: of the n intensities in rising order, counted from 0, low is number
 * trunc (n low / 100) and high is number n - max (1, trunc (n (100 - high) / 100)). Those of a volume are
 * taken from the histogram in its record, which voxelreslice makes; without one the slices of the first axis
 * are held until the volume is complete, as far as #GstVoxelNormalize:memory-limit goes (with a warning where they
 * come live: scope=slice, range=fixed and range=full hold nothing).
 *
 * #GstVoxelNormalize:arithmetic origin gives the numbers of the Kaggle entry that this project follows, pixel
 * for pixel: its OpenCV reads 16-bit files as v >> 8 (12-bit ones are taken as v >> 4 here), percentiles are
 * those of the 8-bit volume, (v - low) / (high - low) and its product with 255 are rounded to half precision,
 * and what is behind the point is cut off. Of fewer than 1000 voxels the entry makes black only; here high is
 * the largest value then.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice axes=z ! voxelnormalize bits=8 ! pngenc ! multifilesink location=z%04d.png
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelnormalize.h"

#include "gstvoxelholder.h"
#include "gstvoxelnormalizer.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_normalize_debug);
#define GST_CAT_DEFAULT gst_voxel_normalize_debug

#define DEFAULT_MEMORY_LIMIT (G_GUINT64_CONSTANT (4) << 30)
static const GstVoxelNormalizeSettings defaults = {
    GST_VOXEL_NORMALIZE_RANGE_PERCENTILE, .1, 99.9,
    GST_VOXEL_NORMALIZE_SCOPE_VOLUME,     16, GST_VOXEL_NORMALIZE_ARITHMETIC_EXACT,
};

enum {
  PROP_0,
  PROP_RANGE,
  PROP_LOW,
  PROP_HIGH,
  PROP_SCOPE,
  PROP_BITS,
  PROP_ARITHMETIC,
  PROP_MEMORY_LIMIT,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

struct _GstVoxelNormalize {
  GstElement element;
  GstPad *sinkpad;

  GstVoxelNormalizeSettings wanted;
  guint64 memory_limit;

  guint64 limit;
  GstVoxelNormalizer normalizer;
  GstVoxelSender sender;
  GstFlowReturn flow;

  /* buffers and the events between them, while the volume's percentiles are unknown */
  GQueue held;
  guint64 held_bytes;
  GstVoxelPass pass;
};

G_DEFINE_TYPE (GstVoxelNormalize, gst_voxel_normalize, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (voxelnormalize, "voxelnormalize", GST_RANK_NONE, GST_TYPE_VOXEL_NORMALIZE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static gboolean
take_caps (GstVoxelNormalize *self, GstEvent *event)
{
  g_autoptr (GstCaps) out = NULL;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  out = gst_caps_copy (caps);
  gst_caps_set_simple (out, "format", G_TYPE_STRING,
                       self->normalizer.settings.bits == 8 ? "GRAY8" : "GRAY16_LE", NULL);
  if (!gst_video_info_from_caps (&self->normalizer.info, caps))
    return FALSE;
  gst_voxel_sender_send_caps (&self->sender, out);
  return gst_voxel_sender_prepare (&self->sender);
}

/* What was held is lost in a flush, but not what the stream is. */
static void
drop_held (GstVoxelNormalize *self)
{
  GstMiniObject *object;

  while ((object = g_queue_pop_head (&self->held))) {
    if (GST_IS_EVENT (object)) {
      GstEvent *event = GST_EVENT (object);

      if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
        take_caps (self, event);
      else if (GST_EVENT_IS_STICKY (event) && GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
        gst_pad_store_sticky_event (self->sender.pad, event);
    }
    gst_mini_object_unref (object);
  }
  self->held_bytes = 0;
}

static void
reset (GstVoxelNormalize *self)
{
  drop_held (self);
  gst_voxel_normalizer_forget (&self->normalizer);
  gst_voxel_pass_reset (&self->pass);
  self->flow = GST_FLOW_OK;
}

/* Takes @buffer. */
static GstFlowReturn
send_slice (GstVoxelNormalize *self, GstBuffer *buffer)
{
  GstBuffer *out = NULL;
  GstFlowReturn flow = gst_voxel_normalizer_apply (&self->normalizer, &self->sender, buffer, &out);

  return flow == GST_FLOW_OK ? gst_pad_push (self->sender.pad, out) : flow;
}

/* Takes @event. */
static GstFlowReturn
send_event (GstVoxelNormalize *self, GstEvent *event)
{
  gboolean caps = GST_EVENT_TYPE (event) == GST_EVENT_CAPS, ok;

  if (!caps) {
    gst_pad_push_event (self->sender.pad, event);
    return GST_FLOW_OK;
  }
  ok = take_caps (self, event);
  gst_event_unref (event);
  return ok ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED;
}

/* The first pass through a volume is complete: its percentiles are known now. */
static GstFlowReturn
send_held (GstVoxelNormalize *self)
{
  const GstVoxelSliceMeta *first = gst_buffer_get_voxel_slice_meta (g_queue_peek_head (&self->held));
  GstFlowReturn flow = GST_FLOW_OK;
  GstMiniObject *object;

  gst_voxel_normalizer_end (&self->normalizer, first->volume);
  while (flow == GST_FLOW_OK && (object = g_queue_pop_head (&self->held)))
    flow = GST_IS_BUFFER (object) ? send_slice (self, GST_BUFFER (object))
                                  : send_event (self, GST_EVENT (object));
  drop_held (self);
  return flow;
}

/* Takes @buffer. */
static GstFlowReturn
hold (GstVoxelNormalize *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  guint64 bytes = self->held_bytes + gst_buffer_get_size (buffer);

  if (bytes <= self->limit && gst_voxel_normalizer_see (&self->normalizer, buffer)) {
    self->held_bytes = bytes;
    g_queue_push_tail (&self->held, buffer);
    return GST_FLOW_OK;
  }
  if (bytes > self->limit)
    GST_ELEMENT_ERROR (
        self, RESOURCE, NO_SPACE_LEFT,
        ("Slices %u to %u of volume \"%s\" do not fit in memory-limit, and its percentiles are not known "
         "before its last slice: add voxelreslice before voxelnormalize, or set scope=slice, "
         "range=full or range=fixed.",
         slice->first, slice->index, slice->volume->id),
        (NULL));
  gst_buffer_unref (buffer);
  return GST_FLOW_ERROR;
}

/* Sends what is held if @slice is not of the same pass. Returns whether @slice is to be held as well. */
static gboolean
continues_held (GstVoxelNormalize *self, const GstVoxelSliceMeta *slice, GstFlowReturn *flow)
{
  g_autoptr (GError) error = NULL;
  GstVoxelPassStep step = gst_voxel_pass_advance (&self->pass, slice, &error);

  if (step == GST_VOXEL_PASS_BROKEN)
    *flow = gst_voxel_holder_fail (GST_ELEMENT (self), error);
  else if (step != GST_VOXEL_PASS_SAME && step != GST_VOXEL_PASS_NEXT)
    *flow = send_held (self);
  return step == GST_VOXEL_PASS_SAME || step == GST_VOXEL_PASS_NEXT;
}

/* Takes @buffer. */
static GstFlowReturn
take_slice (GstVoxelNormalize *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow =
      gst_voxel_normalizer_accepts (&self->normalizer, buffer) ? GST_FLOW_OK : GST_FLOW_ERROR;

  if (flow == GST_FLOW_OK && !g_queue_is_empty (&self->held) && continues_held (self, slice, &flow))
    return hold (self, buffer);
  if (flow == GST_FLOW_OK && gst_voxel_normalizer_knows (&self->normalizer, slice->volume))
    return send_slice (self, buffer);
  if (flow == GST_FLOW_OK) {
    gst_voxel_pass_reset (&self->pass);
    if (gst_voxel_pass_advance (&self->pass, slice, &error) != GST_VOXEL_PASS_BROKEN) {
      gst_voxel_normalizer_begin (&self->normalizer, slice->volume);
      return hold (self, buffer);
    }
    flow = gst_voxel_holder_fail (GST_ELEMENT (self), error);
  }
  gst_buffer_unref (buffer);
  return flow;
}

static GstFlowReturn
gst_voxel_normalize_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelNormalize *self = GST_VOXEL_NORMALIZE (parent);

  if (self->flow == GST_FLOW_OK)
    self->flow = take_slice (self, buffer);
  else
    gst_buffer_unref (buffer);
  return self->flow;
}

/* Returns whether the stream came this far unharmed, so that its end may be told. */
static gboolean
finish (GstVoxelNormalize *self)
{
  g_autoptr (GError) error = NULL;

  if (self->flow == GST_FLOW_OK && !g_queue_is_empty (&self->held)) {
    if (!gst_voxel_pass_finish (&self->pass, &error)) {
      self->flow = gst_voxel_holder_fail (GST_ELEMENT (self), error);
    } else {
      self->flow = send_held (self);
      if (self->flow != GST_FLOW_OK && self->flow != GST_FLOW_FLUSHING && self->flow != GST_FLOW_EOS)
        GST_ELEMENT_FLOW_ERROR (self, self->flow);
    }
  }
  drop_held (self);
  gst_voxel_normalizer_forget (&self->normalizer);
  gst_voxel_pass_reset (&self->pass);
  return self->flow == GST_FLOW_OK || self->flow == GST_FLOW_EOS;
}

static gboolean
gst_voxel_normalize_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelNormalize *self = GST_VOXEL_NORMALIZE (parent);
  gboolean result;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_FLUSH_STOP:
    result = gst_pad_event_default (pad, parent, event);
    reset (self);
    return result;
  case GST_EVENT_EOS:
  case GST_EVENT_SEGMENT_DONE:
    if (finish (self))
      break;
    gst_event_unref (event);
    return FALSE;
  default:
    if (!g_queue_is_empty (&self->held) && GST_EVENT_IS_SERIALIZED (event)) {
      g_queue_push_tail (&self->held, event);
      return TRUE;
    }
  }
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return gst_pad_event_default (pad, parent, event);
  result = take_caps (self, event);
  gst_event_unref (event);
  return result;
}

/* Pixels are written to buffers of our own, so upstream need not know what downstream wants. */
static gboolean
gst_voxel_normalize_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean
start (GstVoxelNormalize *self)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  self->normalizer.settings = self->wanted;
  self->limit = self->memory_limit;
  GST_OBJECT_UNLOCK (self);
  if (gst_voxel_normalize_settings_check (&self->normalizer.settings, &error))
    return TRUE;
  GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
  return FALSE;
}

static GstStateChangeReturn
gst_voxel_normalize_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelNormalize *self = GST_VOXEL_NORMALIZE (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (gst_voxel_normalize_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    reset (self);
    gst_voxel_sender_reset (&self->sender);
  }
  return result;
}

static void
gst_voxel_normalize_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelNormalize *self = GST_VOXEL_NORMALIZE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_RANGE:
    self->wanted.range = g_value_get_enum (value);
    break;
  case PROP_LOW:
    self->wanted.low = g_value_get_double (value);
    break;
  case PROP_HIGH:
    self->wanted.high = g_value_get_double (value);
    break;
  case PROP_SCOPE:
    self->wanted.scope = g_value_get_enum (value);
    break;
  case PROP_BITS:
    self->wanted.bits = g_value_get_uint (value);
    break;
  case PROP_ARITHMETIC:
    self->wanted.arithmetic = g_value_get_enum (value);
    break;
  case PROP_MEMORY_LIMIT:
    self->memory_limit = g_value_get_uint64 (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_normalize_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelNormalize *self = GST_VOXEL_NORMALIZE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_RANGE:
    g_value_set_enum (value, self->wanted.range);
    break;
  case PROP_LOW:
    g_value_set_double (value, self->wanted.low);
    break;
  case PROP_HIGH:
    g_value_set_double (value, self->wanted.high);
    break;
  case PROP_SCOPE:
    g_value_set_enum (value, self->wanted.scope);
    break;
  case PROP_BITS:
    g_value_set_uint (value, self->wanted.bits);
    break;
  case PROP_ARITHMETIC:
    g_value_set_enum (value, self->wanted.arithmetic);
    break;
  case PROP_MEMORY_LIMIT:
    g_value_set_uint64 (value, self->memory_limit);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_normalize_finalize (GObject *object)
{
  GstVoxelNormalize *self = GST_VOXEL_NORMALIZE (object);

  gst_voxel_normalizer_clear (&self->normalizer);
  gst_voxel_sender_reset (&self->sender);
  G_OBJECT_CLASS (gst_voxel_normalize_parent_class)->finalize (object);
}

static void
gst_voxel_normalize_class_init (GstVoxelNormalizeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_normalize_debug, "voxelnormalize", 0, "intensities to 8 or 16 bit");
  object_class->set_property = gst_voxel_normalize_set_property;
  object_class->get_property = gst_voxel_normalize_get_property;
  object_class->finalize = gst_voxel_normalize_finalize;
  element_class->change_state = gst_voxel_normalize_change_state;

  properties[PROP_RANGE] = g_param_spec_enum ("range", "Range", "What becomes black and white",
                                              gst_voxel_normalize_range_get_type (), defaults.range, flags);
  properties[PROP_LOW] =
      g_param_spec_double ("low", "Low",
                           "What becomes black: percent with range=percentile, intensity as scanned with "
                           "range=fixed, unused with range=full",
                           -G_MAXDOUBLE, G_MAXDOUBLE, defaults.low, flags);
  properties[PROP_HIGH] =
      g_param_spec_double ("high", "High",
                           "What becomes white: percent with range=percentile, intensity as scanned "
                           "with range=fixed, unused with range=full",
                           -G_MAXDOUBLE, G_MAXDOUBLE, defaults.high, flags);
  properties[PROP_SCOPE] =
      g_param_spec_enum ("scope", "Scope", "Whose percentiles are taken with range=percentile",
                         gst_voxel_normalize_scope_get_type (), defaults.scope, flags);
  properties[PROP_BITS] = g_param_spec_uint ("bits", "Bits", "Bits of a pixel that is sent: 8 or 16", 8, 16,
                                             defaults.bits, flags);
  properties[PROP_ARITHMETIC] =
      g_param_spec_enum ("arithmetic", "Arithmetic",
                         "How pixels are computed; origin (with bits=8 range=percentile) "
                         "repeats the rounding of the Kaggle entry",
                         gst_voxel_normalize_arithmetic_get_type (), defaults.arithmetic, flags);
  properties[PROP_MEMORY_LIMIT] =
      g_param_spec_uint64 ("memory-limit", "Memory limit",
                           "Bytes of slices that may wait for the percentiles of a "
                           "volume that did not come through voxelreslice",
                           0, G_MAXUINT64, DEFAULT_MEMORY_LIMIT, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel intensity normalizer", "Filter/Effect/Video",
                                         "Stretches intensities to 8 or 16 bit and measures slices",
                                         "The gst-voxel authors");
  gst_type_mark_as_plugin_api (gst_voxel_normalize_range_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_voxel_normalize_scope_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_voxel_normalize_arithmetic_get_type (), 0);
}

static void
gst_voxel_normalize_init (GstVoxelNormalize *self)
{
  GstPad *srcpad = gst_pad_new_from_static_template (&src_template, "src");

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_voxel_normalize_chain);
  gst_pad_set_event_function (self->sinkpad, gst_voxel_normalize_sink_event);
  gst_pad_set_query_function (self->sinkpad, gst_voxel_normalize_sink_query);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  gst_pad_use_fixed_caps (srcpad);
  gst_element_add_pad (GST_ELEMENT (self), srcpad);

  gst_voxel_sender_init (&self->sender, srcpad);
  g_queue_init (&self->held);
  gst_voxel_normalizer_init (&self->normalizer, GST_ELEMENT (self));
  self->wanted = defaults;
  self->memory_limit = DEFAULT_MEMORY_LIMIT;
}
