/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelsink
 * @title: voxelsink
 *
 * Writes slices as TIFF: a stack in one file, or a file for each slice.
 *
 * In: slices of any axis with a slice meta, of 8 or 16 bit, whatever they mean, in their order. Out, by
 * #GstVoxelSink:location: "x.tif" is one file with a page for each slice; "folder" (or any other name) is a
 * folder with a file for each slice, named after it (y_0012.tif for slices along y, o_0012.tif for oblique ones);
 * a name with {name}, {index} or %04d is a file for each slice too. {id} stands for the volume's id and {axis} for
 * its axis, so that several volumes or axes may be written, each to its file.
 *
 * A file appears under its name when it is complete: a stack at the end of the stream, and neither after an
 * error nor when the pipeline is stopped early; what was there before stays until then. Unfinished files of
 * processes that were killed (.NAME.voxel-XXXXXX) are removed by the next one that writes there. Missing slices are an
 * error. Files hold the spacing of voxels, as ImageJ writes it, and what the pixels are.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelsink location=stack.tif
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelsink.h"

#include <gio/gio.h>
#include <math.h>
#include <gst/video/video.h>

#include "elements/outputs/gstvoxeloutput.h"
#include "elements/outputs/gstvoxelsinktypes.h"
#include "elements/outputs/output-file.h"
#include "elements/outputs/tiff-place.h"
#include "elements/outputs/tiff-writer.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_sink_debug);
#define GST_CAT_DEFAULT gst_voxel_sink_debug

#define DEFAULT_COMPRESSION VOXEL_TIFF_COMPRESSION_DEFLATE

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_COMPRESSION,
  PROP_BIGTIFF,
};

#define GST_VOXEL_SINK(object) (G_TYPE_CHECK_INSTANCE_CAST ((object), GST_TYPE_VOXEL_SINK, GstVoxelSink))

/**
 * GstVoxelSink:
 *
 * The element.
 */
typedef struct {
  GstVoxelOutput parent;
  VoxelTiffCompression compression;
  GstVoxelBigTiff bigtiff;

  VoxelTiffPlace *place;
  VoxelTiffWriter *stack;
  guint stack_bits;
  GHashTable *written; /* names of files */
  gchar *cleaned;      /* the folder in which leftovers were looked for last */
} GstVoxelSink;

typedef struct {
  GstVoxelOutputClass parent_class;
} GstVoxelSinkClass;

G_DEFINE_TYPE (GstVoxelSink, gst_voxel_sink, GST_TYPE_VOXEL_OUTPUT)
GST_ELEMENT_REGISTER_DEFINE (voxelsink, "voxelsink", GST_RANK_NONE, GST_TYPE_VOXEL_SINK)

static void
gst_voxel_sink_reset (GstVoxelOutput *output)
{
  GstVoxelSink *self = GST_VOXEL_SINK (output);

  g_clear_pointer (&self->stack, voxel_tiff_writer_abort);
  g_hash_table_remove_all (self->written);
  g_clear_pointer (&self->cleaned, g_free);
}

/* Slices along no axis are counted from 0. */
static guint
place_in_scan (const GstVoxelSliceMeta *slice)
{
  return slice->axis < GST_VOXEL_N_AXES ? slice->volume->origin[slice->axis] + slice->index : slice->index;
}

static gchar *
name_slice (const GstVoxelSliceMeta *slice)
{
  if (slice->axis == GST_VOXEL_AXIS_Z)
    return gst_voxel_volume_slice_name (slice->volume, slice->index);
  return g_strdup_printf ("%c_%04u", gst_voxel_axis_to_letter (slice->axis), place_in_scan (slice));
}

/* Micrometres from slice to slice, row to row, column to column; 0 where unknown. */
static void
find_spacing (const GstVoxelSliceMeta *slice, gdouble spacing[GST_VOXEL_N_AXES])
{
  const gdouble *voxel = slice->volume->spacing;
  gboolean known = voxel[0] > 0 && voxel[1] > 0 && voxel[2] > 0;

  for (guint i = 0; i < GST_VOXEL_N_AXES; i++) {
    const gdouble *step = slice->plane[i];

    if (slice->axis < GST_VOXEL_N_AXES)
      spacing[i] = voxel[(slice->axis + i) % GST_VOXEL_N_AXES];
    else if (known && i > 0)
      spacing[i] =
          sqrt (pow (step[0] * voxel[0], 2) + pow (step[1] * voxel[1], 2) + pow (step[2] * voxel[2], 2));
    else
      spacing[i] = 0;
  }
}

/* What a reader may want to know of where the file comes from, a line each. */
static gchar *
remark (const GstVoxelSliceMeta *slice)
{
  static const gchar *const contents[] = {"intensity", "logit", "probability", "mask"};
  const GstVoxelVolume *volume = slice->volume;
  g_autofree gchar *id = g_strdelimit (g_strdup (volume->id), "\r\n", ' ');

  return g_strdup_printf ("volume=%s\naxis=%c\ncontent=%s\norigin=%u,%u,%u\n", id,
                          gst_voxel_axis_to_letter (slice->axis), contents[slice->content], volume->origin[0],
                          volume->origin[1], volume->origin[2]);
}

/* Once a folder, not once a file: there may be thousands. */
static void
clean_folder (GstVoxelSink *self, const gchar *path)
{
  g_autofree gchar *folder = g_path_get_dirname (path);

  if (g_strcmp0 (folder, self->cleaned) == 0)
    return;
  voxel_output_file_clean (folder);
  g_free (self->cleaned);
  self->cleaned = g_steal_pointer (&folder);
}

static VoxelTiffWriter *
open_file (GstVoxelSink *self, const GstVoxelSliceMeta *slice, const gchar *name, GError **error)
{
  const GstVoxelVolume *volume = slice->volume;
  gboolean stack = voxel_tiff_place_is_stack (self->place);
  g_autofree gchar *remarks = remark (slice);
  g_autofree gchar *path = voxel_tiff_place_get_path (self->place, volume->id, name, place_in_scan (slice),
                                                      gst_voxel_axis_to_letter (slice->axis), error);
  VoxelTiffFormat format = {
      .width = (guint) GST_VIDEO_INFO_WIDTH (&self->parent.info),
      .height = (guint) GST_VIDEO_INFO_HEIGHT (&self->parent.info),
      .bits = GST_VIDEO_INFO_COMP_DEPTH (&self->parent.info, 0),
      .n_pages = 1,
      .compression = self->compression,
      .big = self->bigtiff == GST_VOXEL_BIG_TIFF_ALWAYS,
      .software = "gst-voxel " PACKAGE_VERSION,
      .remarks = remarks,
  };

  if (!path)
    return NULL;
  if (!g_hash_table_add (self->written, g_strdup (path))) {
    g_set_error (
        error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "%s would be written twice: let location tell slices, axes and volumes apart by {name} or {index}, "
        "{axis} and {id}",
        path);
    return NULL;
  }
  if (stack)
    format.n_pages = slice->last == GST_VOXEL_INDEX_UNKNOWN ? 0 : (guint64) slice->last - slice->first + 1;
  find_spacing (slice, format.spacing);
  self->stack_bits = format.bits;
  clean_folder (self, path);
  return voxel_tiff_writer_new (path, &format, error);
}

/* Before the first slice of another pass: the file of the one before is complete. */
static gboolean
gst_voxel_sink_begin (GstVoxelOutput *output, GstVoxelPassStep step, GError **error)
{
  GstVoxelSink *self = GST_VOXEL_SINK (output);

  if (step == GST_VOXEL_PASS_NEXT || g_hash_table_size (self->written) == 0)
    return TRUE;
  if (step == GST_VOXEL_PASS_NEW_VOLUME && !voxel_tiff_place_tells_volumes (self->place)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
                 "a second volume came, and %s takes one: put {id} into location", self->parent.location);
    return FALSE;
  }
  if (step == GST_VOXEL_PASS_NEW_AXIS && !voxel_tiff_place_tells_axes (self->place)) {
    g_set_error (
        error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "slices of a second axis or epoch came, and %s takes one: put {axis} into location, or add voxelvote",
        self->parent.location);
    return FALSE;
  }
  return !self->stack || voxel_tiff_writer_finish (g_steal_pointer (&self->stack), TRUE, error);
}

static gboolean
write_pixels (GstVoxelSink *self, VoxelTiffWriter *writer, const GstVideoFrame *frame, const gchar *name,
              GError **error)
{
  if ((guint) GST_VIDEO_FRAME_COMP_DEPTH (frame, 0) != self->stack_bits) {
    g_set_error (
        error, GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
        "pixels change from %u to %d bits, and a file has one depth: put a caps filter before voxelsink",
        self->stack_bits, GST_VIDEO_FRAME_COMP_DEPTH (frame, 0));
    return FALSE;
  }
  return voxel_tiff_writer_add (writer, GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                                (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0), name, error);
}

static gboolean
gst_voxel_sink_write (GstVoxelOutput *output, const GstVoxelSliceMeta *slice, const GstVideoFrame *frame,
                      GError **error)
{
  GstVoxelSink *self = GST_VOXEL_SINK (output);
  g_autofree gchar *name = name_slice (slice);
  g_autoptr (VoxelTiffWriter) writer = NULL;

  if (self->stack)
    return write_pixels (self, self->stack, frame, name, error);
  writer = open_file (self, slice, name, error);
  if (!writer || !write_pixels (self, writer, frame, name, error))
    return FALSE;
  if (!voxel_tiff_place_is_stack (self->place))
    return voxel_tiff_writer_finish (g_steal_pointer (&writer), FALSE, error);
  self->stack = g_steal_pointer (&writer);
  return TRUE;
}

/* Files of single slices are not waited for one by one: their file system is, once. */
static void
sync_files (GstVoxelSink *self)
{
  GHashTableIter iter;
  gpointer path;
  g_autofree gchar *folder = NULL;

  g_hash_table_iter_init (&iter, self->written);
  if (voxel_tiff_place_is_stack (self->place) || !g_hash_table_iter_next (&iter, &path, NULL))
    return;
  folder = g_path_get_dirname (path);
  voxel_output_file_sync_file_system (folder);
}

static gboolean
gst_voxel_sink_complete (GstVoxelOutput *output, GError **error)
{
  GstVoxelSink *self = GST_VOXEL_SINK (output);

  sync_files (self);
  return !self->stack || voxel_tiff_writer_finish (g_steal_pointer (&self->stack), TRUE, error);
}

static gboolean
gst_voxel_sink_start (GstVoxelOutput *output)
{
  GstVoxelSink *self = GST_VOXEL_SINK (output);
  g_autoptr (GError) error = NULL;

  if (!GST_VOXEL_OUTPUT_CLASS (gst_voxel_sink_parent_class)->start (output))
    return FALSE;
  if (!voxel_tiff_writer_supports (self->compression)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("The TIFF library was built without this compression."),
                       ("Set the property compression to none, packbits, lzw or deflate."));
    return FALSE;
  }
  self->place = voxel_tiff_place_new (self->parent.location, &error);
  if (!self->place) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("The property location cannot be read."),
                       ("%s", error->message));
    return FALSE;
  }
  return TRUE;
}

static void
gst_voxel_sink_stop (GstVoxelOutput *output)
{
  GstVoxelSink *self = GST_VOXEL_SINK (output);

  GST_VOXEL_OUTPUT_CLASS (gst_voxel_sink_parent_class)->stop (output);
  g_clear_pointer (&self->place, voxel_tiff_place_free);
}

static void
gst_voxel_sink_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstVoxelSink *self = GST_VOXEL_SINK (object);

  switch (id) {
  case PROP_LOCATION:
    g_free (self->parent.location);
    self->parent.location = g_value_dup_string (value);
    break;
  case PROP_COMPRESSION:
    self->compression = (VoxelTiffCompression) g_value_get_enum (value);
    break;
  case PROP_BIGTIFF:
    self->bigtiff = (GstVoxelBigTiff) g_value_get_enum (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_sink_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstVoxelSink *self = GST_VOXEL_SINK (object);

  switch (id) {
  case PROP_LOCATION:
    g_value_set_string (value, self->parent.location);
    break;
  case PROP_COMPRESSION:
    g_value_set_enum (value, (gint) self->compression);
    break;
  case PROP_BIGTIFF:
    g_value_set_enum (value, (gint) self->bigtiff);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_sink_finalize (GObject *object)
{
  GstVoxelSink *self = GST_VOXEL_SINK (object);

  g_hash_table_unref (self->written);
  G_OBJECT_CLASS (gst_voxel_sink_parent_class)->finalize (object);
}

static void
gst_voxel_sink_init (GstVoxelSink *self)
{
  self->compression = DEFAULT_COMPRESSION;
  self->bigtiff = GST_VOXEL_BIG_TIFF_AUTO;
  self->written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
gst_voxel_sink_class_init (GstVoxelSinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelOutputClass *output_class = GST_VOXEL_OUTPUT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_sink_debug, "voxelsink", 0, "slices to TIFF");
  object_class->set_property = gst_voxel_sink_set_property;
  object_class->get_property = gst_voxel_sink_get_property;
  object_class->finalize = gst_voxel_sink_finalize;

  /**
   * GstVoxelSink:location:
   *
   * A file for a stack (.tif, .tiff, .btf, .tf8), a pattern with {name}, {index}, {index:04} or %04d for a file
   * a slice, or a folder. {id} is the volume's id, {axis} the slices' axis; {{, }} and %% are these signs.
   */
  g_object_class_install_property (
      object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
                           "x.tif for a stack; a folder, or a name with {name}, {index} or %04d, "
                           "for a file a slice",
                           NULL, flags));
  /**
   * GstVoxelSink:compression:
   *
   * How pixels are compressed, without loss. 16-bit pixels are predicted before lzw, deflate and zstd.
   */
  g_object_class_install_property (
      object_class, PROP_COMPRESSION,
      g_param_spec_enum ("compression", "Compression", "Lossless compression of pixels",
                         GST_TYPE_VOXEL_TIFF_COMPRESSION, DEFAULT_COMPRESSION, flags));
  /**
   * GstVoxelSink:bigtiff:
   *
   * When BigTIFF is written, which not all programs read, and Classic TIFF, which ends at 4 GB.
   */
  g_object_class_install_property (object_class, PROP_BIGTIFF,
                                   g_param_spec_enum ("bigtiff", "BigTIFF", "When to write BigTIFF",
                                                      GST_TYPE_VOXEL_BIG_TIFF, GST_VOXEL_BIG_TIFF_AUTO,
                                                      flags));

  gst_element_class_set_static_metadata (element_class, "Voxel TIFF sink", "Sink/File/Video",
                                         "Writes slices as a TIFF stack or as a file each",
                                         "The gst-voxel authors");

  output_class->start = GST_DEBUG_FUNCPTR (gst_voxel_sink_start);
  output_class->stop = GST_DEBUG_FUNCPTR (gst_voxel_sink_stop);
  output_class->begin = GST_DEBUG_FUNCPTR (gst_voxel_sink_begin);
  output_class->write = GST_DEBUG_FUNCPTR (gst_voxel_sink_write);
  output_class->complete = GST_DEBUG_FUNCPTR (gst_voxel_sink_complete);
  output_class->reset = GST_DEBUG_FUNCPTR (gst_voxel_sink_reset);
}
