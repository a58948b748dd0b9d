/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelshardsink
 * @title: voxelshardsink
 *
 * Writes samples for training as WebDataset shards: tar files of at most #GstVoxelShardSink:max-samples samples
 * and #GstVoxelShardSink:max-bytes bytes.
 *
 * In: slices or tiles with a slice meta, 8 or 16 bit, in any order and of any size, with their labels. Out, for
 * each, three files that share a key, the sample's number in the run: KEY.image.npy, the pixels (rows, columns) as
 * uint8 or little-endian uint16; KEY.label.npy, uint8: 0 background, 128 ignored, 255 vessel; KEY.json, where the
 * sample comes from, its slice's mean and deviation, the label's weight and share of vessel, and what was done to
 * it. `webdataset` decodes them to arrays and a dictionary as they are; see tools/train-shards.py.
 *
 * The same stream gives the same bytes. A shard appears under its name when it is complete, the index after the
 * last one, at the end of the stream; after an error or a kill complete shards stay and the index is not there.
 * Unfinished files of processes that were killed (.NAME.voxel-XXXXXX) are removed by the next one that writes there.
 * Where shards of an earlier run stand it refuses to start, unless #GstVoxelShardSink:overwrite is set.
 *
 * At the end an element message "voxel-shards" tells samples, shards and bytes (guint64), unlabelled (guint64: samples
 * without a label), vessel (gdouble: share of the labelled pixels, NaN where there are none) and index (the
 * file, not there where none was written).
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices labels=labels ! voxelnormalize bits=8 \
 *   ! voxeltile mode=random size=64 ! voxelshardsink location=shards/train-%06d.tar
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelshardsink.h"

#include <math.h>

#include "elements/outputs/gstvoxeloutput.h"
#include "elements/outputs/gstvoxelshardrecord.h"
#include "elements/outputs/gstvoxelsinktypes.h"
#include "elements/outputs/shard-writer.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_shard_sink_debug);
#define GST_CAT_DEFAULT gst_voxel_shard_sink_debug

G_STATIC_ASSERT (GST_VOXEL_LABEL_BACKGROUND == VOXEL_LABEL_BACKGROUND);
G_STATIC_ASSERT (GST_VOXEL_LABEL_IGNORE == VOXEL_LABEL_IGNORE);
G_STATIC_ASSERT (GST_VOXEL_LABEL_SET == VOXEL_LABEL_SET);

#define DEFAULT_MAX_SAMPLES 1000
#define DEFAULT_MAX_BYTES G_GUINT64_CONSTANT (1000000000)

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_INDEX,
  PROP_MAX_SAMPLES,
  PROP_MAX_BYTES,
  PROP_LABELS,
  PROP_OVERWRITE,
};

#define GST_VOXEL_SHARD_SINK(object) \
  (G_TYPE_CHECK_INSTANCE_CAST ((object), GST_TYPE_VOXEL_SHARD_SINK, GstVoxelShardSink))

/**
 * GstVoxelShardSink:
 *
 * The element.
 */
typedef struct {
  GstVoxelOutput parent;
  gchar *index;
  guint64 max_samples;
  guint64 max_bytes;
  GstVoxelShardLabels labels;
  gboolean overwrite;

  VoxelShardPlace *place;
  gboolean owns_place; /* what lies there may go */
  VoxelShardWriter *writer;
  VoxelLabelCount sums; /* of all labels */
  guint64 n_unlabelled;
} GstVoxelShardSink;

typedef struct {
  GstVoxelOutputClass parent_class;
} GstVoxelShardSinkClass;

G_DEFINE_TYPE (GstVoxelShardSink, gst_voxel_shard_sink, GST_TYPE_VOXEL_OUTPUT)
GST_ELEMENT_REGISTER_DEFINE (voxelshardsink, "voxelshardsink", GST_RANK_NONE, GST_TYPE_VOXEL_SHARD_SINK)

static void
gst_voxel_shard_sink_reset (GstVoxelOutput *output)
{
  GstVoxelShardSink *self = GST_VOXEL_SHARD_SINK (output);

  g_clear_pointer (&self->writer, voxel_shard_writer_free);
  self->sums = (VoxelLabelCount){0};
  self->n_unlabelled = 0;
}

/* Names the sample and, where it is known, what to do. */
static gboolean
refuse (const GstVoxelSliceMeta *slice, GError **error, const gchar *what)
{
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "slice %u of axis %c of volume \"%s\": %s",
               slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id, what);
  return FALSE;
}

static gboolean
check_image (const GstVoxelSliceMeta *slice, const GstVideoFrame *frame, GError **error)
{
  if (slice->content != GST_VOXEL_CONTENT_INTENSITY)
    return refuse (
        slice, error,
        "these are scores or a mask, and shards hold intensities: put voxelshardsink before voxelinfer");
  if (gst_buffer_get_voxel_neighbours_meta (frame->buffer))
    return refuse (slice, error, "shards hold no neighbours: leave voxelneighbours out");
  return TRUE;
}

static VoxelShardPicture
picture_of (const GstVideoFrame *frame)
{
  return (VoxelShardPicture){
      .form = {.bits = GST_VIDEO_FRAME_COMP_DEPTH (frame, 0),
               .width = (guint) GST_VIDEO_FRAME_WIDTH (frame),
               .height = (guint) GST_VIDEO_FRAME_HEIGHT (frame)},
      .pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
      .stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
  };
}

static gboolean
check_place (const GstVoxelShardSink *self, GError **error)
{
  g_autoptr (GError) there = NULL;

  if (self->owns_place || voxel_shard_place_check_empty (self->place, &there))
    return TRUE;
  g_set_error (error, there->domain, there->code, "%s, or set overwrite=true", there->message);
  return FALSE;
}

/* Nothing is overwritten for a stream that is refused. Until its first sample comes another run may have begun. */
static gboolean
begin (GstVoxelShardSink *self, GError **error)
{
  if (!check_place (self, error))
    return FALSE;
  self->writer = voxel_shard_writer_new (self->place, self->max_samples, self->max_bytes, error);
  self->owns_place = self->writer != NULL;
  return self->owns_place;
}

static gboolean
add_sample (GstVoxelShardSink *self, const GstVoxelSliceMeta *slice, const GstVideoFrame *image,
            const GstVideoFrame *label, gdouble weight, GError **error)
{
  VoxelLabelCount count = {0};
  const VoxelShardPicture pixels = picture_of (image);
  VoxelShardPicture label_pixels;
  g_autoptr (JsonObject) record = NULL;
  g_autoptr (GError) wrong = NULL;

  if (label) {
    label_pixels = picture_of (label);
    if (!voxel_label_count (label_pixels.pixels, label_pixels.stride, label_pixels.form.width,
                            label_pixels.form.height, &count, &wrong)) {
      g_autofree gchar *what = g_strdup_printf ("its label is none: %s", wrong->message);

      return refuse (slice, error, what);
    }
  }
  if (!self->writer && !begin (self, error))
    return FALSE;
  record = gst_voxel_shard_record_new (slice, image, weight, label ? &count : NULL);
  if (!voxel_shard_writer_add (self->writer, &pixels, label ? &label_pixels : NULL, record, error))
    return FALSE;
  self->n_unlabelled += label == NULL;
  self->sums.vessel += count.vessel;
  self->sums.pixels += count.pixels;
  return TRUE;
}

static gboolean
gst_voxel_shard_sink_write (GstVoxelOutput *output, const GstVoxelSliceMeta *slice,
                            const GstVideoFrame *frame, GError **error)
{
  GstVoxelShardSink *self = GST_VOXEL_SHARD_SINK (output);
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (frame->buffer);
  GstVideoFrame mapped;
  gboolean written;

  if (!check_image (slice, frame, error))
    return FALSE;
  if (!label && self->labels == GST_VOXEL_SHARD_LABELS_REQUIRED)
    return refuse (
        slice, error,
        "it has no label: give voxelsrc labels=, see that the elements in between keep them, or set "
        "labels=optional on voxelshardsink");
  if (!label)
    return add_sample (self, slice, frame, NULL, 0., error);
  if (!gst_voxel_label_meta_map (label, (guint) GST_VIDEO_FRAME_WIDTH (frame),
                                 (guint) GST_VIDEO_FRAME_HEIGHT (frame), &mapped))
    return refuse (slice, error, "its label is not of its size, a byte a pixel");
  written = add_sample (self, slice, frame, &mapped, label->weight, error);
  gst_video_frame_unmap (&mapped);
  return written;
}

static gboolean
gst_voxel_shard_sink_complete (GstVoxelOutput *output, GError **error)
{
  GstVoxelShardSink *self = GST_VOXEL_SHARD_SINK (output);
  const VoxelShardTotals *totals = voxel_shard_writer_get_totals (self->writer);
  const gchar *index = voxel_shard_place_get_index (self->place);
  gdouble vessel = self->sums.pixels ? (gdouble) self->sums.vessel / (gdouble) self->sums.pixels : NAN;
  GstStructure *told;

  if (!voxel_shard_writer_finish (self->writer, error))
    return FALSE;
  told =
      gst_structure_new ("voxel-shards", "samples", G_TYPE_UINT64, totals->samples, "shards", G_TYPE_UINT64,
                         totals->shards, "bytes", G_TYPE_UINT64, totals->bytes, "unlabelled", G_TYPE_UINT64,
                         self->n_unlabelled, "vessel", G_TYPE_DOUBLE, vessel, NULL);
  if (index)
    gst_structure_set (told, "index", G_TYPE_STRING, index, NULL);
  gst_element_post_message (GST_ELEMENT (self), gst_message_new_element (GST_OBJECT (self), told));
  return TRUE;
}

static gboolean
gst_voxel_shard_sink_start (GstVoxelOutput *output)
{
  GstVoxelShardSink *self = GST_VOXEL_SHARD_SINK (output);
  g_autoptr (GError) error = NULL;

  if (!GST_VOXEL_OUTPUT_CLASS (gst_voxel_shard_sink_parent_class)->start (output))
    return FALSE;
  self->place = voxel_shard_place_new (self->parent.location, self->index, &error);
  if (!self->place) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("The property location cannot be read."),
                       ("%s", error->message));
    return FALSE;
  }
  self->owns_place = self->overwrite;
  if (check_place (self, &error))
    return TRUE;
  GST_ELEMENT_ERROR (self, RESOURCE, OPEN_WRITE, ("%s", error->message), (NULL));
  g_clear_pointer (&self->place, voxel_shard_place_free);
  return FALSE;
}

static void
gst_voxel_shard_sink_stop (GstVoxelOutput *output)
{
  GstVoxelShardSink *self = GST_VOXEL_SHARD_SINK (output);

  GST_VOXEL_OUTPUT_CLASS (gst_voxel_shard_sink_parent_class)->stop (output);
  g_clear_pointer (&self->place, voxel_shard_place_free);
}

static void
gst_voxel_shard_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstVoxelShardSink *self = GST_VOXEL_SHARD_SINK (object);

  switch (id) {
  case PROP_LOCATION:
    g_free (self->parent.location);
    self->parent.location = g_value_dup_string (value);
    break;
  case PROP_INDEX:
    g_free (self->index);
    self->index = g_value_dup_string (value);
    break;
  case PROP_MAX_SAMPLES:
    self->max_samples = g_value_get_uint64 (value);
    break;
  case PROP_MAX_BYTES:
    self->max_bytes = g_value_get_uint64 (value);
    break;
  case PROP_LABELS:
    self->labels = (GstVoxelShardLabels) g_value_get_enum (value);
    break;
  case PROP_OVERWRITE:
    self->overwrite = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_shard_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstVoxelShardSink *self = GST_VOXEL_SHARD_SINK (object);

  switch (id) {
  case PROP_LOCATION:
    g_value_set_string (value, self->parent.location);
    break;
  case PROP_INDEX:
    g_value_set_string (value, self->index);
    break;
  case PROP_MAX_SAMPLES:
    g_value_set_uint64 (value, self->max_samples);
    break;
  case PROP_MAX_BYTES:
    g_value_set_uint64 (value, self->max_bytes);
    break;
  case PROP_LABELS:
    g_value_set_enum (value, (gint) self->labels);
    break;
  case PROP_OVERWRITE:
    g_value_set_boolean (value, self->overwrite);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_shard_sink_finalize (GObject *object)
{
  g_free (GST_VOXEL_SHARD_SINK (object)->index);
  G_OBJECT_CLASS (gst_voxel_shard_sink_parent_class)->finalize (object);
}

static void
gst_voxel_shard_sink_init (GstVoxelShardSink *self)
{
  self->max_samples = DEFAULT_MAX_SAMPLES;
  self->max_bytes = DEFAULT_MAX_BYTES;
}

static void
install_properties (GObjectClass *klass)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  /**
   * GstVoxelShardSink:location:
   *
   * The shards' names, with %d, %06d, {index} or {index:06} for the shard's number, from 0. {{, }} and %% are
   * these signs. The folder is made as needed.
   */
  g_object_class_install_property (klass, PROP_LOCATION,
                                   g_param_spec_string ("location", "Location",
                                                        "Names of the shards, such as shards/train-%06d.tar",
                                                        NULL, flags));
  /**
   * GstVoxelShardSink:index:
   *
   * The list of shards, in the form of the package `wids`. Where it is not set: shards/train.json for
   * shards/train-%06d.tar. Empty: none is written.
   */
  g_object_class_install_property (klass, PROP_INDEX,
                                   g_param_spec_string ("index", "Index",
                                                        "JSON file with the list of shards; not set: beside "
                                                        "them; empty: none",
                                                        NULL, flags));
  /**
   * GstVoxelShardSink:max-samples:
   *
   * A shard is complete when it holds so many samples.
   */
  g_object_class_install_property (klass, PROP_MAX_SAMPLES,
                                   g_param_spec_uint64 ("max-samples", "Max samples", "Samples in a shard", 1,
                                                        G_MAXUINT64, DEFAULT_MAX_SAMPLES, flags));
  /**
   * GstVoxelShardSink:max-bytes:
   *
   * A shard is complete before a sample that would make it larger. A sample that is larger alone gets a shard of its
   * own.
   */
  g_object_class_install_property (klass, PROP_MAX_BYTES,
                                   g_param_spec_uint64 ("max-bytes", "Max bytes", "Bytes of a shard", 1,
                                                        G_MAXUINT64, DEFAULT_MAX_BYTES, flags));
  /**
   * GstVoxelShardSink:labels:
   *
   * Whether a sample without a label is an error.
   */
  g_object_class_install_property (
      klass, PROP_LABELS,
      g_param_spec_enum ("labels", "Labels", "Whether every sample must have a label",
                         GST_TYPE_VOXEL_SHARD_LABELS, GST_VOXEL_SHARD_LABELS_REQUIRED, flags));
  /**
   * GstVoxelShardSink:overwrite:
   *
   * Removes shards and index that an earlier run left under these names, when the first sample comes.
   */
  g_object_class_install_property (
      klass, PROP_OVERWRITE,
      g_param_spec_boolean ("overwrite", "Overwrite", "Remove the shards of an earlier run", FALSE, flags));
}

static void
gst_voxel_shard_sink_class_init (GstVoxelShardSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstVoxelOutputClass *output_class = GST_VOXEL_OUTPUT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_voxel_shard_sink_debug, "voxelshardsink", 0, "samples to WebDataset shards");
  object_class->set_property = gst_voxel_shard_sink_set_property;
  object_class->get_property = gst_voxel_shard_sink_get_property;
  object_class->finalize = gst_voxel_shard_sink_finalize;
  install_properties (object_class);
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Voxel shard sink", "Sink/File/Video",
                                         "Writes samples for training as WebDataset shards",
                                         "The gst-voxel authors");

  output_class->any_order = TRUE;
  output_class->start = GST_DEBUG_FUNCPTR (gst_voxel_shard_sink_start);
  output_class->stop = GST_DEBUG_FUNCPTR (gst_voxel_shard_sink_stop);
  output_class->write = GST_DEBUG_FUNCPTR (gst_voxel_shard_sink_write);
  output_class->complete = GST_DEBUG_FUNCPTR (gst_voxel_shard_sink_complete);
  output_class->reset = GST_DEBUG_FUNCPTR (gst_voxel_shard_sink_reset);
}
