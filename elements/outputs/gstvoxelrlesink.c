/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelrlesink
 * @title: voxelrlesink
 *
 * Writes masks as a table of run lengths: a CSV file with the columns "id" and "rle" and a row for each z
 * slice, in the form of Kaggle's submissions: pairs "start length" of the voxels that are set, row by row,
 * counted from 1; "1 0" for an empty slice.
 *
 * In: z slices with a slice meta: masks or labels of 8 or 16 bit (a voxel is set from 127 of 255 on), or
 * logits or probabilities (set above #GstVoxelRleSink:threshold). Several volumes go into one table.
 *
 * The file appears under its name when it is complete: at the end of the stream. Before that, after an error
 * and when the pipeline is stopped early, nothing changes there. Unfinished files of processes that were killed
 * (.NAME.voxel-XXXXXX) are removed by the next one that writes there. Missing slices are an error.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=labels ! voxelrlesink location=masks.csv
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelrlesink.h"

#include <gst/video/video.h>

#include "elements/masks/gstvoxelmaskrows.h"
#include "elements/masks/mask-bits.h"
#include "elements/masks/run-length.h"
#include "elements/masks/run-length-csv.h"
#include "elements/outputs/gstvoxeloutput.h"
#include "elements/outputs/name-pattern.h"
#include "elements/outputs/output-file.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_rle_sink_debug);
#define GST_CAT_DEFAULT gst_voxel_rle_sink_debug

#define DEFAULT_ID_FORMAT "{id}_{name}"
#define DEFAULT_THRESHOLD .5
#define BUFFERED (256 * 1024)

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_ID_FORMAT,
  PROP_THRESHOLD,
};

#define GST_VOXEL_RLE_SINK(object) \
  (G_TYPE_CHECK_INSTANCE_CAST ((object), GST_TYPE_VOXEL_RLE_SINK, GstVoxelRleSink))

/**
 * GstVoxelRleSink:
 *
 * The element.
 */
typedef struct {
  GstVoxelOutput parent;
  gchar *id_format;
  gdouble threshold;

  VoxelNamePattern *ids;
  VoxelOutputFile *file;
  GString *text;
  GArray *bits;
} GstVoxelRleSink;

typedef struct {
  GstVoxelOutputClass parent_class;
} GstVoxelRleSinkClass;

G_DEFINE_TYPE (GstVoxelRleSink, gst_voxel_rle_sink, GST_TYPE_VOXEL_OUTPUT)
GST_ELEMENT_REGISTER_DEFINE (voxelrlesink, "voxelrlesink", GST_RANK_NONE, GST_TYPE_VOXEL_RLE_SINK)

static void
gst_voxel_rle_sink_reset (GstVoxelOutput *output)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (output);

  g_clear_pointer (&self->file, voxel_output_file_abort);
  g_string_truncate (self->text, 0);
}

static gboolean
flush_text (GstVoxelRleSink *self, GError **error)
{
  gboolean written = voxel_output_file_write (self->file, self->text->str, self->text->len, error);

  g_string_truncate (self->text, 0);
  return written;
}

static void
append_row (GstVoxelRleSink *self, const GstVoxelSliceMeta *slice, const GstVideoFrame *frame)
{
  g_autofree gchar *name = gst_voxel_volume_slice_name (slice->volume, slice->index);
  g_autofree gchar *id = voxel_name_pattern_expand (self->ids, slice->volume->id, name,
                                                    slice->volume->origin[0] + (guint64) slice->index,
                                                    gst_voxel_axis_to_letter (slice->axis));
  guint lowest = gst_voxel_mask_lowest_code (slice->content, &self->parent.info, self->threshold,
                                             GST_VOXEL_MASK_LABEL_THRESHOLD);
  gsize width = (gsize) GST_VIDEO_FRAME_WIDTH (frame);
  VoxelRunLength encoder = {0};

  g_array_set_size (self->bits, (guint) voxel_mask_bits_words (width));
  voxel_run_length_csv_append_field (self->text, id);
  g_string_append_c (self->text, ',');
  for (guint row = 0; row < (guint) GST_VIDEO_FRAME_HEIGHT (frame); row++) {
    gst_voxel_mask_pack_row (frame, row, lowest, (guint64 *) (gpointer) self->bits->data);
    voxel_run_length_add (&encoder, self->text, (guint64 *) (gpointer) self->bits->data, width);
  }
  voxel_run_length_finish (&encoder, self->text);
  g_string_append_c (self->text, '\n');
}

static gboolean
gst_voxel_rle_sink_begin (GstVoxelOutput *output, GstVoxelPassStep step, GError **error)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (output);

  g_autofree gchar *folder = NULL;

  if (self->file)
    return TRUE;
  self->file = voxel_output_file_new (output->location, error);
  if (!self->file)
    return FALSE;
  folder = g_path_get_dirname (voxel_output_file_get_path (self->file));
  voxel_output_file_clean (folder);
  g_string_assign (self->text, "id,rle\n");
  return TRUE;
}

static gboolean
gst_voxel_rle_sink_write (GstVoxelOutput *output, const GstVoxelSliceMeta *slice, const GstVideoFrame *frame,
                          GError **error)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (output);

  append_row (self, slice, frame);
  return self->text->len < BUFFERED || flush_text (self, error);
}

static GstFlowReturn
gst_voxel_rle_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstVoxelSliceMeta *slice = gst_voxel_output_require_slice (GST_VOXEL_OUTPUT (sink), buffer);

  if (!slice)
    return GST_FLOW_ERROR;
  if (gst_voxel_slice_meta_refuse_oblique (slice, GST_ELEMENT (sink)))
    return GST_FLOW_ERROR;
  if (slice->axis == GST_VOXEL_AXIS_Z)
    return GST_BASE_SINK_CLASS (gst_voxel_rle_sink_parent_class)->render (sink, buffer);
  GST_ELEMENT_ERROR (sink, STREAM, WRONG_TYPE, ("Run lengths are written of z slices only."),
                     ("Slice %u lies along axis %c: add voxelvote before voxelrlesink.", slice->index,
                      gst_voxel_axis_to_letter (slice->axis)));
  return GST_FLOW_ERROR;
}

static gboolean
gst_voxel_rle_sink_complete (GstVoxelOutput *output, GError **error)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (output);

  return flush_text (self, error) && voxel_output_file_finish (g_steal_pointer (&self->file), TRUE, error);
}

static gboolean
gst_voxel_rle_sink_start (GstVoxelOutput *output)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (output);
  g_autoptr (GError) error = NULL;

  if (!GST_VOXEL_OUTPUT_CLASS (gst_voxel_rle_sink_parent_class)->start (output))
    return FALSE;
  self->ids = voxel_name_pattern_new (self->id_format, &error);
  if (!self->ids) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("The property id-format cannot be read."),
                       ("%s", error->message));
    return FALSE;
  }
  return TRUE;
}

static void
gst_voxel_rle_sink_stop (GstVoxelOutput *output)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (output);

  GST_VOXEL_OUTPUT_CLASS (gst_voxel_rle_sink_parent_class)->stop (output);
  g_clear_pointer (&self->ids, voxel_name_pattern_free);
}

static void
gst_voxel_rle_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (object);

  switch (id) {
  case PROP_LOCATION:
    g_free (self->parent.location);
    self->parent.location = g_value_dup_string (value);
    break;
  case PROP_ID_FORMAT:
    g_free (self->id_format);
    self->id_format = g_strdup (g_value_get_string (value) ? g_value_get_string (value) : DEFAULT_ID_FORMAT);
    break;
  case PROP_THRESHOLD:
    self->threshold = g_value_get_double (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_rle_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (object);

  switch (id) {
  case PROP_LOCATION:
    g_value_set_string (value, self->parent.location);
    break;
  case PROP_ID_FORMAT:
    g_value_set_string (value, self->id_format);
    break;
  case PROP_THRESHOLD:
    g_value_set_double (value, self->threshold);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_rle_sink_finalize (GObject *object)
{
  GstVoxelRleSink *self = GST_VOXEL_RLE_SINK (object);

  g_string_free (self->text, TRUE);
  g_array_unref (self->bits);
  g_free (self->id_format);
  G_OBJECT_CLASS (gst_voxel_rle_sink_parent_class)->finalize (object);
}

static void
gst_voxel_rle_sink_init (GstVoxelRleSink *self)
{
  self->id_format = g_strdup (DEFAULT_ID_FORMAT);
  self->threshold = DEFAULT_THRESHOLD;
  self->text = g_string_new (NULL);
  self->bits = g_array_new (FALSE, FALSE, sizeof (guint64));
}

static void
gst_voxel_rle_sink_class_init (GstVoxelRleSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);
  GstVoxelOutputClass *output_class = GST_VOXEL_OUTPUT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_rle_sink_debug, "voxelrlesink", 0, "run-length table of masks");
  object_class->set_property = gst_voxel_rle_sink_set_property;
  object_class->get_property = gst_voxel_rle_sink_get_property;
  object_class->finalize = gst_voxel_rle_sink_finalize;

  /**
   * GstVoxelRleSink:location:
   *
   * The CSV file. It is replaced when the new one is complete; a pipe or device is written directly.
   */
  g_object_class_install_property (
      object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location", "CSV file to write", NULL, flags));
  /**
   * GstVoxelRleSink:id-format:
   *
   * How a slice's id is made: {id} is the volume's id, {name} the slice's name, {index} and {index:04} its
   * place in the scan, {axis} its axis; {{ and }} are braces.
   */
  g_object_class_install_property (
      object_class, PROP_ID_FORMAT,
      g_param_spec_string ("id-format", "Id format",
                           "Ids of the rows, of {id} {name} {index} {index:04} {axis}", DEFAULT_ID_FORMAT,
                           flags));
  /**
   * GstVoxelRleSink:threshold:
   *
   * The probability above which a voxel is set, where logits or probabilities come instead of masks.
   */
  g_object_class_install_property (object_class, PROP_THRESHOLD,
                                   g_param_spec_double ("threshold", "Threshold",
                                                        "Probability above which a voxel of a score is set",
                                                        0., 1., DEFAULT_THRESHOLD, flags));

  gst_element_class_set_static_metadata (element_class, "Voxel run-length sink", "Sink/File/Video",
                                         "Writes masks as a table of run lengths", "The gst-voxel authors");

  output_class->start = GST_DEBUG_FUNCPTR (gst_voxel_rle_sink_start);
  output_class->stop = GST_DEBUG_FUNCPTR (gst_voxel_rle_sink_stop);
  sink_class->render = GST_DEBUG_FUNCPTR (gst_voxel_rle_sink_render);
  output_class->begin = GST_DEBUG_FUNCPTR (gst_voxel_rle_sink_begin);
  output_class->write = GST_DEBUG_FUNCPTR (gst_voxel_rle_sink_write);
  output_class->complete = GST_DEBUG_FUNCPTR (gst_voxel_rle_sink_complete);
  output_class->reset = GST_DEBUG_FUNCPTR (gst_voxel_rle_sink_reset);
}
