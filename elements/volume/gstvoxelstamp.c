/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelstamp
 * @title: voxelstamp
 *
 * Makes the frames of any grey video (a camera, a network source, decoded pictures) slices of a volume, by
 * adding the metas that the other elements need. Pixels pass untouched, GRAY8 or GRAY16_LE in and out. After
 * each count slices a new volume begins; without a count the volume ends with the stream. Buffers that have a
 * slice meta keep it, unless force is set. Where the frames carry no time, index / framerate is filled in.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=64 pattern=ball ! video/x-raw,format=GRAY8,width=96,height=96 \
 *   ! voxelstamp count=64 id=ball spacing=10,10,10 ! fakesink
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelstamp.h"
#include "slice-spacing.h"

#include <string.h>

#include <gst/video/video.h>

#include "voxel.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_stamp_debug);
#define GST_CAT_DEFAULT gst_voxel_stamp_debug

#define DEFAULT_ID "volume"

typedef enum {
  GST_VOXEL_STAMP_INDEX_COUNTER,
  GST_VOXEL_STAMP_INDEX_OFFSET,
} GstVoxelStampIndex;

struct _GstVoxelStamp {
  GstBaseTransform parent;

  guint count;
  gchar *id;
  gchar *spacing;
  GstVoxelAxis axis;
  GstVoxelContent content;
  GstVoxelStampIndex index_from;
  guint bits;
  gboolean force;

  GstVideoInfo info;
  gdouble voxel_spacing[GST_VOXEL_N_AXES];
  guint volumes;
  gboolean kept;
  /* The volume under way: what comes next, and the offset of its slice 0. */
  GstVoxelVolume *volume;
  guint64 next;
  guint64 base;
};

enum {
  PROP_0,
  PROP_COUNT,
  PROP_ID,
  PROP_SPACING,
  PROP_AXIS,
  PROP_CONTENT,
  PROP_INDEX,
  PROP_BITS,
  PROP_FORCE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

#define gst_voxel_stamp_parent_class parent_class
G_DEFINE_FINAL_TYPE (GstVoxelStamp, gst_voxel_stamp, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (voxelstamp, "voxelstamp", GST_RANK_NONE, GST_TYPE_VOXEL_STAMP)

static const GEnumValue index_values[] = {
    {GST_VOXEL_STAMP_INDEX_COUNTER, "Count the buffers", "counter"},
    {GST_VOXEL_STAMP_INDEX_OFFSET, "The buffers' offsets, so that frames lost on the way show", "offset"},
    {0, NULL, NULL},
};
static const GEnumValue axis_values[] = {
    {GST_VOXEL_AXIS_Z, "Slices along z, rows y, columns x", "z"},
    {GST_VOXEL_AXIS_Y, "Slices along y, rows x, columns z", "y"},
    {GST_VOXEL_AXIS_X, "Slices along x, rows z, columns y", "x"},
    {0, NULL, NULL},
};
static const GEnumValue content_values[] = {
    {GST_VOXEL_CONTENT_INTENSITY, "Pixels as scanned", "intensity"},
    {GST_VOXEL_CONTENT_LOGIT, "Scores, 32768 + 2048 logit in 16 bits", "logit"},
    {GST_VOXEL_CONTENT_PROBABILITY, "Probabilities, 65535 p in 16 bits", "probability"},
    {GST_VOXEL_CONTENT_MASK, "A mask, 0 or 255 in 8 bits", "mask"},
    {0, NULL, NULL},
};

static GType
register_enum (const gchar *name, const GEnumValue *values)
{
  GType type = g_enum_register_static (name, values);

  gst_type_mark_as_plugin_api (type, 0);
  return type;
}

static void
forget_volume (GstVoxelStamp *self)
{
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  self->next = 0;
}

static gboolean
gst_voxel_stamp_start (GstBaseTransform *base)
{
  GstVoxelStamp *self = GST_VOXEL_STAMP (base);

  self->volumes = 0;
  self->kept = FALSE;
  self->base = 0;
  memset (self->voxel_spacing, 0, sizeof self->voxel_spacing);
  if (!self->spacing || !*self->spacing || voxel_slice_spacing_parse (self->spacing, self->voxel_spacing))
    return TRUE;
  GST_ELEMENT_ERROR (
      self, LIBRARY, SETTINGS,
      ("spacing=\"%s\": expected z,y,x in micrometres, such as 50,50,50 (0 = unknown)", self->spacing),
      (NULL));
  return FALSE;
}

static gboolean
gst_voxel_stamp_stop (GstBaseTransform *base)
{
  forget_volume (GST_VOXEL_STAMP (base));
  return TRUE;
}

static gboolean
check_content (GstVoxelStamp *self, const GstVideoInfo *info)
{
  guint depth = GST_VIDEO_INFO_COMP_DEPTH (info, 0);
  gboolean wide = self->content == GST_VOXEL_CONTENT_LOGIT || self->content == GST_VOXEL_CONTENT_PROBABILITY;
  gboolean narrow = self->content == GST_VOXEL_CONTENT_MASK;

  if ((wide && depth != 16) || (narrow && depth != 8)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("content=%s needs %s, this stream is %s.", content_values[self->content].value_nick,
                        wide ? "GRAY16_LE" : "GRAY8",
                        gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (info))),
                       (NULL));
    return FALSE;
  }
  if (self->bits > depth) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS,
                       ("bits=%u, but the stream has %u-bit pixels.", self->bits, depth), (NULL));
    return FALSE;
  }
  return TRUE;
}

/* The slices of one volume have one size: another size is another volume, if the last one is complete. */
static gboolean
gst_voxel_stamp_set_caps (GstBaseTransform *base, GstCaps *incaps, GstCaps *outcaps)
{
  GstVoxelStamp *self = GST_VOXEL_STAMP (base);
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, incaps) || !check_content (self, &info))
    return FALSE;
  if (self->volume && (GST_VIDEO_INFO_WIDTH (&info) != GST_VIDEO_INFO_WIDTH (&self->info) ||
                       GST_VIDEO_INFO_HEIGHT (&info) != GST_VIDEO_INFO_HEIGHT (&self->info) ||
                       GST_VIDEO_INFO_FORMAT (&info) != GST_VIDEO_INFO_FORMAT (&self->info))) {
    if (self->count > 0 && self->next < self->count) {
      GST_ELEMENT_ERROR (
          self, STREAM, FORMAT,
          ("The frames changed from %d x %d to %d x %d pixels (or their depth) after %" G_GUINT64_FORMAT
           " of %u slices of volume \"%s\".",
           GST_VIDEO_INFO_WIDTH (&self->info), GST_VIDEO_INFO_HEIGHT (&self->info),
           GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info), self->next, self->count,
           self->volume->id),
          (NULL));
      return FALSE;
    }
    forget_volume (self);
  }
  self->info = info;
  return TRUE;
}

static void
begin_volume (GstVoxelStamp *self)
{
  const gchar *id = self->id && *self->id ? self->id : DEFAULT_ID;
  g_autofree gchar *numbered =
      self->volumes ? g_strdup_printf ("%s-%u", id, self->volumes + 1) : g_strdup (id);
  guint bits = self->bits ? self->bits : (guint) GST_VIDEO_INFO_COMP_DEPTH (&self->info, 0);

  forget_volume (self);
  self->volume = gst_voxel_volume_new (numbered, 0, 0, 0, bits);
  self->volume->shape[self->axis] = self->count;
  self->volume->shape[(self->axis + 1) % GST_VOXEL_N_AXES] = (guint) GST_VIDEO_INFO_HEIGHT (&self->info);
  self->volume->shape[(self->axis + 2) % GST_VOXEL_N_AXES] = (guint) GST_VIDEO_INFO_WIDTH (&self->info);
  memcpy (self->volume->spacing, self->voxel_spacing, sizeof self->voxel_spacing);
  self->volumes++;
}

static gboolean
report_missing (GstVoxelStamp *self, guint64 from, guint64 to)
{
  GST_ELEMENT_ERROR (self, STREAM, FAILED,
                     ("Slices %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " of volume \"%s\" are missing: "
                      "the stream ended early.",
                      from, to,
                      self->volume            ? self->volume->id
                      : self->id && *self->id ? self->id
                                              : DEFAULT_ID),
                     ("count=%u slices were promised", self->count));
  return FALSE;
}

/* Offsets count on over volumes; slice 0 of the first one has the first offset seen. */
static gboolean
take_offset (GstVoxelStamp *self, GstBuffer *buffer, guint64 *index)
{
  guint64 offset = GST_BUFFER_OFFSET (buffer);

  if (offset == GST_BUFFER_OFFSET_NONE) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("The frames do not say their number: set index=counter."),
                       ("No offset on the buffer after slice %" G_GUINT64_FORMAT, self->next));
    return FALSE;
  }
  if (!self->volume && self->volumes == 0)
    self->base = offset;
  if (offset < self->base + self->next) {
    GST_ELEMENT_ERROR (self, STREAM, FAILED,
                       ("Frame %" G_GUINT64_FORMAT " came where %" G_GUINT64_FORMAT " was expected: "
                        "frames must come in order.",
                        offset, self->base + self->next),
                       (NULL));
    return FALSE;
  }
  *index = offset - self->base;
  return TRUE;
}

static gboolean
find_index (GstVoxelStamp *self, GstBuffer *buffer, guint64 *index)
{
  *index = self->next;
  if (self->index_from == GST_VOXEL_STAMP_INDEX_OFFSET && !take_offset (self, buffer, index))
    return FALSE;
  if (self->count > 0 && *index >= self->count) {
    if (self->volume && self->next < self->count)
      return report_missing (self, self->next, self->count - 1);
    self->base += self->count;
    *index -= self->count;
    forget_volume (self);
  }
  if (self->count > 0 && *index >= self->count)
    return report_missing (self, 0, self->count - 1);
  if (*index >= GST_VOXEL_INDEX_UNKNOWN) {
    GST_ELEMENT_ERROR (self, STREAM, FAILED, ("A volume cannot have so many slices."), (NULL));
    return FALSE;
  }
  return TRUE;
}

static void
fill_time (GstVoxelStamp *self, GstBuffer *buffer, guint64 position)
{
  guint64 unit = (guint64) self->info.fps_d * GST_SECOND;

  if (GST_BUFFER_PTS_IS_VALID (buffer) || self->info.fps_n <= 0)
    return;
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (position, unit, (guint64) self->info.fps_n);
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale (position + 1, unit, (guint64) self->info.fps_n) - GST_BUFFER_PTS (buffer);
}

static GstFlowReturn
gst_voxel_stamp_transform_ip (GstBaseTransform *base, GstBuffer *buffer)
{
  GstVoxelStamp *self = GST_VOXEL_STAMP (base);
  GstVoxelSliceMeta *present = gst_buffer_get_voxel_slice_meta (buffer);
  guint64 index;

  if (present && !self->force) {
    self->kept = TRUE;
    return GST_FLOW_OK;
  }
  if (!find_index (self, buffer, &index))
    return GST_FLOW_ERROR;
  if (present)
    gst_buffer_remove_meta (buffer, &present->meta);
  if (!self->volume)
    begin_volume (self);
  if (index > self->next)
    GST_ELEMENT_WARNING (self, STREAM, FAILED,
                         ("Slices %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                          " of volume \"%s\" did not come.",
                          self->next, index - 1, self->volume->id),
                         (NULL));
  gst_buffer_add_voxel_slice_meta (buffer, self->volume, self->axis, self->content, (guint) index, 0,
                                   self->count ? self->count - 1 : GST_VOXEL_INDEX_UNKNOWN);
  fill_time (self, buffer, self->count ? (guint64) (self->volumes - 1) * self->count + index : index);
  self->next = index + 1;
  return GST_FLOW_OK;
}

static gboolean
check_complete (GstVoxelStamp *self)
{
  if (self->count == 0 || self->next == self->count || (self->next == 0 && (self->volumes > 0 || self->kept)))
    return TRUE;
  return report_missing (self, self->next, self->count - 1);
}

static gboolean
gst_voxel_stamp_sink_event (GstBaseTransform *base, GstEvent *event)
{
  GstVoxelStamp *self = GST_VOXEL_STAMP (base);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS || GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT_DONE) {
    if (!check_complete (self)) {
      gst_event_unref (event);
      return FALSE;
    }
    forget_volume (self);
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    forget_volume (self);
    self->volumes = 0;
    self->kept = FALSE;
    self->base = 0;
  }
  return GST_BASE_TRANSFORM_CLASS (parent_class)->sink_event (base, event);
}

static void
gst_voxel_stamp_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstVoxelStamp *self = GST_VOXEL_STAMP (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_COUNT:
    self->count = g_value_get_uint (value);
    break;
  case PROP_ID:
    g_free (self->id);
    self->id = g_value_dup_string (value);
    break;
  case PROP_SPACING:
    g_free (self->spacing);
    self->spacing = g_value_dup_string (value);
    break;
  case PROP_AXIS:
    self->axis = (GstVoxelAxis) g_value_get_enum (value);
    break;
  case PROP_CONTENT:
    self->content = (GstVoxelContent) g_value_get_enum (value);
    break;
  case PROP_INDEX:
    self->index_from = (GstVoxelStampIndex) g_value_get_enum (value);
    break;
  case PROP_BITS:
    self->bits = g_value_get_uint (value);
    break;
  case PROP_FORCE:
    self->force = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_stamp_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstVoxelStamp *self = GST_VOXEL_STAMP (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_COUNT:
    g_value_set_uint (value, self->count);
    break;
  case PROP_ID:
    g_value_set_string (value, self->id);
    break;
  case PROP_SPACING:
    g_value_set_string (value, self->spacing);
    break;
  case PROP_AXIS:
    g_value_set_enum (value, (gint) self->axis);
    break;
  case PROP_CONTENT:
    g_value_set_enum (value, (gint) self->content);
    break;
  case PROP_INDEX:
    g_value_set_enum (value, (gint) self->index_from);
    break;
  case PROP_BITS:
    g_value_set_uint (value, self->bits);
    break;
  case PROP_FORCE:
    g_value_set_boolean (value, self->force);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_stamp_finalize (GObject *object)
{
  GstVoxelStamp *self = GST_VOXEL_STAMP (object);

  g_free (self->id);
  g_free (self->spacing);
  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  properties[PROP_COUNT] = g_param_spec_uint (
      "count", "Count", "Slices of a volume; after them a new one begins (0 = unknown, live: all)", 0,
      G_MAXINT, 0, flags);
  properties[PROP_ID] = g_param_spec_string (
      "id", "Id", "Name of the volume; those after the first get -2, -3 and so on behind it", DEFAULT_ID,
      flags);
  properties[PROP_SPACING] = g_param_spec_string (
      "spacing", "Spacing", "Distance of voxels in micrometres: z,y,x (unset or 0 = unknown)", NULL, flags);
  properties[PROP_AXIS] =
      g_param_spec_enum ("axis", "Axis", "Direction in which the frames follow each other",
                         register_enum ("GstVoxelStampAxis", axis_values), GST_VOXEL_AXIS_Z, flags);
  properties[PROP_CONTENT] = g_param_spec_enum ("content", "Content", "What the pixels are",
                                                register_enum ("GstVoxelStampContent", content_values),
                                                GST_VOXEL_CONTENT_INTENSITY, flags);
  properties[PROP_INDEX] = g_param_spec_enum ("index", "Index", "Where the number of a slice comes from",
                                              register_enum ("GstVoxelStampIndex", index_values),
                                              GST_VOXEL_STAMP_INDEX_COUNTER, flags);
  properties[PROP_BITS] = g_param_spec_uint (
      "bits", "Bits", "Bit depth as scanned (0 = that of the pixel format)", 0, 16, 0, flags);
  properties[PROP_FORCE] = g_param_spec_boolean (
      "force", "Force", "Stamp also buffers that have a slice meta (otherwise they keep it)", FALSE, flags);
  g_object_class_install_properties (class, N_PROPS, properties);
}

static void
gst_voxel_stamp_class_init (GstVoxelStampClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GstElementClass *element_class = GST_ELEMENT_CLASS (class);
  GstBaseTransformClass *base_class = GST_BASE_TRANSFORM_CLASS (class);

  GST_DEBUG_CATEGORY_INIT (gst_voxel_stamp_debug, "voxelstamp", 0, "Voxel slice stamper");
  object_class->set_property = gst_voxel_stamp_set_property;
  object_class->get_property = gst_voxel_stamp_get_property;
  object_class->finalize = gst_voxel_stamp_finalize;
  install_properties (object_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel slice stamper", "Filter/Video",
                                         "Makes the frames of a grey video slices of a volume",
                                         "The gst-voxel authors");

  base_class->start = gst_voxel_stamp_start;
  base_class->stop = gst_voxel_stamp_stop;
  base_class->set_caps = gst_voxel_stamp_set_caps;
  base_class->transform_ip = gst_voxel_stamp_transform_ip;
  base_class->sink_event = gst_voxel_stamp_sink_event;
  base_class->transform_ip_on_passthrough = FALSE;
}

static void
gst_voxel_stamp_init (GstVoxelStamp *self)
{
  self->id = g_strdup (DEFAULT_ID);
  gst_base_transform_set_in_place (GST_BASE_TRANSFORM (self), TRUE);
}
