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
 * are held until the volume is complete, as far as #GstVoxelNormalize:memory-limit goes.
 *
 * #GstVoxelNormalize:arithmetic origin gives the numbers of the Kaggle entry that this project follows, pixel
 * for pixel: its OpenCV reads 16-bit files as v >> 8 (12-bit ones are taken as v >> 4 here), percentiles are
 * those of the 8-bit volume, (v - low) / (high - low) and its product with 255 are rounded to half precision,
 * and what is behind the point is cut off. Of fewer than 1000 voxels the entry makes black only; here high is
 * the largest value then.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice axes=z ! voxelnormalize bits=8 ! pngenc !
 * multifilesink location=z%04d.png
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelnormalize.h"

#include <math.h>

#include "gstvoxelholder.h"
#include "gstvoxelnormalizescale.h"
#include "intensity-histogram.h"

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

  GstVoxelNormalizeSettings settings;
  guint64 limit;
  GstVideoInfo info;
  GstVideoInfo out_info;
  GstVoxelSender sender;
  GstFlowReturn flow;

  /* buffers and the events between them, while the volume's percentiles are unknown */
  GQueue held;
  guint64 held_bytes;
  GstVoxelPass pass;

  /* the volume that scale is true for, by its own histogram or by that of its record */
  guint64 serial;
  guint depth;
  GBytes *bins;
  GstVoxelNormalizeScale *scale;
  VoxelIntensityHistogram *histogram;

  /* the record that came last and what became of it */
  GstVoxelVolume *record;
  GstVoxelVolume *derived;
};

G_DEFINE_TYPE (GstVoxelNormalize, gst_voxel_normalize, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (voxelnormalize, "voxelnormalize", GST_RANK_NONE, GST_TYPE_VOXEL_NORMALIZE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static guint
depth_of (const GstVideoInfo *info)
{
  return (guint) GST_VIDEO_INFO_COMP_DEPTH (info, 0);
}

static void
forget_volume (GstVoxelNormalize *self)
{
  self->serial = 0;
  g_clear_pointer (&self->bins, g_bytes_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  g_clear_pointer (&self->derived, gst_voxel_volume_unref);
}

static gboolean
take_caps (GstVoxelNormalize *self, GstEvent *event)
{
  g_autoptr (GstCaps) out = NULL;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  out = gst_caps_copy (caps);
  gst_caps_set_simple (out, "format", G_TYPE_STRING, self->settings.bits == 8 ? "GRAY8" : "GRAY16_LE", NULL);
  if (!gst_video_info_from_caps (&self->info, caps) || !gst_video_info_from_caps (&self->out_info, out))
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
  forget_volume (self);
  gst_voxel_pass_reset (&self->pass);
  self->flow = GST_FLOW_OK;
}

static void
set_scale (GstVoxelNormalize *self, const GstVoxelVolume *volume, const guint64 *bins)
{
  gboolean each_slice = self->settings.scope == GST_VOXEL_NORMALIZE_SCOPE_SLICE;

  gst_voxel_normalize_scale_set (self->scale, &self->settings, volume, depth_of (&self->info), bins);
  GST_LOG_OBJECT (self, "volume \"%s\": %g to %g", volume->id, self->scale->low, self->scale->high);
  if (self->scale->low >= self->scale->high && !each_slice)
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
                         ("Volume \"%s\" becomes all black: its percentiles %g and %g are both %g.",
                          volume->id, self->settings.low, self->settings.high, self->scale->low),
                         (NULL));
}

static const guint64 *
bins_of (GBytes *histogram)
{
  return histogram ? g_bytes_get_data (histogram, NULL) : NULL;
}

/* Makes the scale true for @volume. Returns whether it could: otherwise the volume's slices must be seen. */
static gboolean
know_volume (GstVoxelNormalize *self, const GstVoxelVolume *volume)
{
  gboolean needed = gst_voxel_normalize_settings_need_histogram (&self->settings);
  gboolean known = self->serial == volume->serial && self->depth == depth_of (&self->info);

  if (known && (!needed || !volume->histogram || volume->histogram == self->bins))
    return TRUE;
  if (needed && !volume->histogram)
    return FALSE;
  forget_volume (self);
  self->serial = volume->serial;
  self->depth = depth_of (&self->info);
  self->bins = volume->histogram ? g_bytes_ref (volume->histogram) : NULL;
  if (self->settings.range != GST_VOXEL_NORMALIZE_RANGE_PERCENTILE || needed)
    set_scale (self, volume, bins_of (self->bins));
  return TRUE;
}

/* The record of what is sent. */
static GstVoxelVolume *
derive (GstVoxelNormalize *self, GstVoxelVolume *record)
{
  gboolean varies = self->settings.range == GST_VOXEL_NORMALIZE_RANGE_PERCENTILE &&
                    self->settings.scope == GST_VOXEL_NORMALIZE_SCOPE_SLICE;
  g_autofree guint64 *mapped = NULL;

  if (self->record == record)
    return self->derived;
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  g_clear_pointer (&self->derived, gst_voxel_volume_unref);
  self->record = gst_voxel_volume_ref (record);
  self->derived = gst_voxel_volume_copy (record);
  self->derived->low = varies ? NAN : self->scale->low;
  self->derived->high = varies ? NAN : self->scale->high;
  g_clear_pointer (&self->derived->histogram, g_bytes_unref);
  if (record->histogram && !varies) {
    mapped = g_new (guint64, VOXEL_INTENSITY_VALUES);
    voxel_intensity_map_histogram (&self->scale->map, bins_of (record->histogram), mapped);
    self->derived->histogram = g_bytes_new (mapped, VOXEL_INTENSITY_VALUES * sizeof *mapped);
  }
  return self->derived;
}

static gboolean
copy_meta (GstBuffer *buffer, GstMeta **meta, gpointer to)
{
  GstMetaTransformCopy whole = {FALSE, 0, (gsize) -1};

  /* How pixels lie in memory is the business of either buffer. */
  if ((*meta)->info->transform_func && !gst_meta_api_type_has_tag ((*meta)->info->api, _gst_meta_tag_memory))
    (*meta)->info->transform_func (to, *meta, buffer, _gst_meta_transform_copy, &whole);
  return TRUE;
}

static void
scale_slice (GstVoxelNormalize *self, const GstVoxelVolume *volume, const GstVideoFrame *frame)
{
  const guint64 *bins;

  if (self->settings.range != GST_VOXEL_NORMALIZE_RANGE_PERCENTILE ||
      self->settings.scope != GST_VOXEL_NORMALIZE_SCOPE_SLICE)
    return;
  voxel_intensity_histogram_clear (self->histogram);
  voxel_intensity_histogram_add (self->histogram, GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                                 (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0), (guint) self->info.width,
                                 (guint) self->info.height, self->depth / 8);
  bins = voxel_intensity_histogram_get_bins (self->histogram);
  set_scale (self, volume, bins);
}

static VoxelIntensityImage
image_of (const GstVideoFrame *frame)
{
  return (VoxelIntensityImage){GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                               (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
                               (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0)};
}

/* Maps the pixels of @in, which is unmapped afterwards, into a new buffer. */
static GstFlowReturn
map_pixels (GstVoxelNormalize *self, GstBuffer *buffer, const GstVideoFrame *in, GstBuffer **out,
            gdouble *mean, gdouble *stddev)
{
  VoxelIntensityImage from = image_of (in), to;
  GstVideoFrame frame;
  GstFlowReturn flow = gst_voxel_sender_acquire (&self->sender, out, &frame);

  if (flow != GST_FLOW_OK)
    return flow;
  to = image_of (&frame);
  voxel_intensity_map_apply (&self->scale->map, &from, &to, (guint) self->info.width,
                             (guint) self->info.height, mean, stddev);
  gst_video_frame_unmap (&frame);
  gst_buffer_copy_into (*out, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, (gsize) -1);
  gst_buffer_foreach_meta (buffer, copy_meta, *out);
  return GST_FLOW_OK;
}

static GstFlowReturn
normalize (GstVoxelNormalize *self, GstBuffer *buffer, GstBuffer **out)
{
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstFlowReturn flow = GST_FLOW_OK;
  gdouble mean, stddev;
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF)) {
    GST_ELEMENT_ERROR (
        self, STREAM, FAILED,
        ("Slice %u of volume \"%s\" is shorter than its caps say.", slice->index, slice->volume->id), (NULL));
    return GST_FLOW_ERROR;
  }
  scale_slice (self, slice->volume, &frame);
  if (self->scale->identity) {
    VoxelIntensityImage image = image_of (&frame);

    voxel_intensity_measure (&image, (guint) self->info.width, (guint) self->info.height, &mean, &stddev);
    gst_video_frame_unmap (&frame);
    *out = gst_buffer_make_writable (gst_buffer_ref (buffer));
  } else {
    flow = map_pixels (self, buffer, &frame, out, &mean, &stddev);
    gst_video_frame_unmap (&frame);
  }
  if (flow != GST_FLOW_OK)
    return flow;
  slice = gst_buffer_get_voxel_slice_meta (*out);
  gst_voxel_slice_meta_set_volume (slice, derive (self, slice->volume));
  slice->mean = mean;
  slice->stddev = stddev;
  return GST_FLOW_OK;
}

static GstFlowReturn
send_slice (GstVoxelNormalize *self, GstBuffer *buffer)
{
  GstBuffer *out = NULL;
  GstFlowReturn flow = normalize (self, buffer, &out);

  return flow == GST_FLOW_OK ? gst_pad_push (self->sender.pad, out) : flow;
}

/* The first pass through a volume is complete: its percentiles are known now. */
static GstFlowReturn
send_held (GstVoxelNormalize *self)
{
  const GstVoxelSliceMeta *first = gst_buffer_get_voxel_slice_meta (g_queue_peek_head (&self->held));
  GstFlowReturn flow = GST_FLOW_OK;
  GstMiniObject *object;

  forget_volume (self);
  self->serial = first->volume->serial;
  self->depth = depth_of (&self->info);
  set_scale (self, first->volume, voxel_intensity_histogram_get_bins (self->histogram));
  while (flow == GST_FLOW_OK && (object = g_queue_pop_head (&self->held))) {
    if (GST_IS_BUFFER (object))
      flow = send_slice (self, GST_BUFFER (object));
    else if (GST_EVENT_TYPE (object) != GST_EVENT_CAPS)
      gst_pad_push_event (self->sender.pad, GST_EVENT (gst_mini_object_ref (object)));
    else if (!take_caps (self, GST_EVENT (object)))
      flow = GST_FLOW_NOT_NEGOTIATED;
    gst_mini_object_unref (object);
  }
  drop_held (self);
  return flow;
}

static GstFlowReturn
hold (GstVoxelNormalize *self, GstBuffer *buffer, const GstVoxelSliceMeta *slice)
{
  GstVideoFrame frame;

  self->held_bytes += gst_buffer_get_size (buffer);
  if (self->held_bytes > self->limit) {
    GST_ELEMENT_ERROR (
        self, RESOURCE, NO_SPACE_LEFT,
        ("Slices 0 to %u of volume \"%s\" do not fit in memory-limit, and its percentiles are not known "
         "before its last slice: add voxelreslice before voxelnormalize, or set scope=slice, "
         "range=full or range=fixed.",
         slice->index, slice->volume->id),
        (NULL));
    return GST_FLOW_ERROR;
  }
  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return GST_FLOW_ERROR;
  voxel_intensity_histogram_add (self->histogram, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                                 (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), (guint) self->info.width,
                                 (guint) self->info.height, depth_of (&self->info) / 8);
  gst_video_frame_unmap (&frame);
  g_queue_push_tail (&self->held, gst_buffer_ref (buffer));
  return GST_FLOW_OK;
}

static GstFlowReturn
take_slice (GstVoxelNormalize *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), buffer);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;

  if (!slice)
    return GST_FLOW_ERROR;
  if (slice->content != GST_VOXEL_CONTENT_INTENSITY) {
    GST_ELEMENT_ERROR (self, STREAM, WRONG_TYPE, ("voxelnormalize takes intensities, not scores or masks."),
                       ("Slice %u of volume \"%s\": put voxelnormalize before voxelinfer.", slice->index,
                        slice->volume->id));
    return GST_FLOW_ERROR;
  }
  if (gst_buffer_get_voxel_tile_meta (buffer)) {
    GST_ELEMENT_ERROR (self, STREAM, WRONG_TYPE, ("voxelnormalize takes whole slices, not tiles."),
                       ("Put voxelnormalize before voxeltile."));
    return GST_FLOW_ERROR;
  }
  if (!g_queue_is_empty (&self->held)) {
    GstVoxelPassStep step = gst_voxel_pass_advance (&self->pass, slice, &error);

    if (step == GST_VOXEL_PASS_BROKEN)
      return gst_voxel_holder_fail (GST_ELEMENT (self), error);
    if (step == GST_VOXEL_PASS_SAME || step == GST_VOXEL_PASS_NEXT)
      return hold (self, buffer, slice);
    flow = send_held (self);
    if (flow != GST_FLOW_OK)
      return flow;
  }
  if (know_volume (self, slice->volume))
    return send_slice (self, buffer);
  gst_voxel_pass_reset (&self->pass);
  if (gst_voxel_pass_advance (&self->pass, slice, &error) == GST_VOXEL_PASS_BROKEN)
    return gst_voxel_holder_fail (GST_ELEMENT (self), error);
  voxel_intensity_histogram_clear (self->histogram);
  return hold (self, buffer, slice);
}

static GstFlowReturn
gst_voxel_normalize_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelNormalize *self = GST_VOXEL_NORMALIZE (parent);

  if (self->flow == GST_FLOW_OK)
    self->flow = take_slice (self, buffer);
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
  forget_volume (self);
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
  self->settings = self->wanted;
  self->limit = self->memory_limit;
  GST_OBJECT_UNLOCK (self);
  if (gst_voxel_normalize_settings_check (&self->settings, &error))
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

  g_clear_pointer (&self->histogram, voxel_intensity_histogram_free);
  g_free (self->scale);
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
  self->histogram = voxel_intensity_histogram_new ();
  self->scale = g_new0 (GstVoxelNormalizeScale, 1);
  self->wanted = defaults;
  self->memory_limit = DEFAULT_MEMORY_LIMIT;
}
