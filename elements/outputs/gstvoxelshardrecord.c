/* SPDX-License-Identifier: LGPL-2.1-or-later */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelshardrecord.h"

#include <math.h>

#include "elements/outputs/gstvoxelstructure.h"

#define VERSION 1

static void
set_number (JsonObject *object, const gchar *name, gdouble value)
{
  if (isfinite (value))
    json_object_set_double_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static JsonArray *
triple (const gdouble values[GST_VOXEL_N_AXES])
{
  JsonArray *array = json_array_sized_new (GST_VOXEL_N_AXES);

  for (guint i = 0; i < GST_VOXEL_N_AXES; i++)
    json_array_add_double_element (array, values[i]);
  return array;
}

static void
set_volume (JsonObject *record, const GstVoxelVolume *volume)
{
  g_autofree gchar *id = g_utf8_make_valid (volume->id, -1);
  JsonArray *shape = json_array_new ();

  for (guint i = 0; i < GST_VOXEL_N_AXES; i++)
    json_array_add_int_element (shape, volume->shape[i]);
  json_object_set_string_member (record, "volume", id);
  json_object_set_array_member (record, "shape", shape);
  json_object_set_array_member (record, "spacing", triple (volume->spacing));
  json_object_set_array_member (
      record, "scanned_spacing",
      triple (volume->scanned_shape[0] ? volume->scanned_spacing : volume->spacing));
  json_object_set_int_member (record, "scanned_bits", volume->bits);
  set_number (record, "low", volume->low);
  set_number (record, "high", volume->high);
}

static void
set_slice (JsonObject *record, const GstVoxelSliceMeta *slice)
{
  gchar letter[] = {gst_voxel_axis_to_letter (slice->axis), '\0'};
  JsonArray *plane;

  json_object_set_string_member (record, "axis", letter);
  json_object_set_int_member (record, "index", slice->index);
  json_object_set_int_member (record, "epoch", slice->epoch);
  set_number (record, "slice_mean", slice->mean);
  set_number (record, "slice_stddev", slice->stddev);
  if (slice->axis != GST_VOXEL_AXIS_OBLIQUE) {
    json_object_set_null_member (record, "plane");
    return;
  }
  plane = json_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (slice->plane); i++)
    json_array_add_array_element (plane, triple (slice->plane[i]));
  json_object_set_array_member (record, "plane", plane);
}

static void
set_tile (JsonObject *record, const GstVoxelTileMeta *tile)
{
  JsonObject *object;

  if (!tile) {
    json_object_set_null_member (record, "tile");
    return;
  }
  object = json_object_new ();
  json_object_set_int_member (object, "x", tile->x);
  json_object_set_int_member (object, "y", tile->y);
  json_object_set_int_member (object, "width", tile->width);
  json_object_set_int_member (object, "height", tile->height);
  json_object_set_int_member (object, "index", tile->index);
  json_object_set_string_member (object, "view", gst_voxel_view_to_name (tile->view));
  json_object_set_object_member (record, "tile", object);
}

static void
set_label (JsonObject *record, gdouble weight, const VoxelLabelCount *count)
{
  gdouble n = count ? (gdouble) count->pixels : NAN;

  set_number (record, "weight", count ? weight : NAN);
  set_number (record, "vessel", count ? (gdouble) count->vessel / n : NAN);
  set_number (record, "ignored", count ? (gdouble) count->ignored / n : NAN);
}

/**
 * gst_voxel_shard_record_new:
 * @slice: that the sample was cut from
 * @image: the sample's pixels
 * @weight: of the label's background
 * @label: (nullable): the label's pixels
 *
 * What a shard tells of a sample beside its pixels: null where nobody knows. elements/README.md lists the fields.
 *
 * Returns: (transfer full): the record
 */
JsonObject *
gst_voxel_shard_record_new (const GstVoxelSliceMeta *slice, const GstVideoFrame *image, gdouble weight,
                            const VoxelLabelCount *label)
{
  JsonObject *record = json_object_new ();
  const GstVoxelAugmentMeta *augment = gst_buffer_get_voxel_augment_meta (image->buffer);

  json_object_set_int_member (record, "version", VERSION);
  json_object_set_string_member (record, "software", "gst-voxel " PACKAGE_VERSION);
  set_volume (record, slice->volume);
  set_slice (record, slice);
  set_tile (record, gst_buffer_get_voxel_tile_meta (image->buffer));
  json_object_set_int_member (record, "width", GST_VIDEO_FRAME_WIDTH (image));
  json_object_set_int_member (record, "height", GST_VIDEO_FRAME_HEIGHT (image));
  json_object_set_int_member (record, "bits", GST_VIDEO_FRAME_COMP_DEPTH (image, 0));
  set_label (record, weight, label);
  if (augment)
    json_object_set_object_member (record, "augment", gst_voxel_structure_to_json (augment->applied));
  else
    json_object_set_null_member (record, "augment");
  return record;
}
