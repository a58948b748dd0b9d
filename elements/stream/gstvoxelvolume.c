/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelvolume.h"

#include <math.h>
#include <string.h>

G_DEFINE_BOXED_TYPE (GstVoxelVolume, gst_voxel_volume, gst_voxel_volume_ref, gst_voxel_volume_unref)

/**
 * gst_voxel_volume_new: (constructor)
 * @id: name of the scan
 * @depth: slices along z, 0 while unknown
 * @height: rows of a z slice
 * @width: columns of a z slice
 * @bits: bit depth as scanned
 *
 * Returns: (transfer full): a record with a new serial
 */
GstVoxelVolume *
gst_voxel_volume_new (const gchar *id, guint depth, guint height, guint width, guint bits)
{
  static guint next_serial = 0;
  GstVoxelVolume *volume;

  g_return_val_if_fail (id != NULL, NULL);

  volume = g_new0 (GstVoxelVolume, 1);
  volume->ref_count = 1;
  volume->serial = (guint64) g_atomic_int_add (&next_serial, 1) + 1;
  volume->id = g_strdup (id);
  volume->shape[0] = depth;
  volume->shape[1] = height;
  volume->shape[2] = width;
  volume->bits = bits;
  volume->low = NAN;
  volume->high = NAN;
  return volume;
}

/**
 * gst_voxel_volume_copy:
 * @volume: a record
 *
 * Returns: (transfer full): a copy of the same serial, to be changed before a buffer carries it
 */
GstVoxelVolume *
gst_voxel_volume_copy (const GstVoxelVolume *volume)
{
  GstVoxelVolume *copy;

  g_return_val_if_fail (volume != NULL, NULL);

  copy = g_memdup2 (volume, sizeof *volume);
  copy->ref_count = 1;
  copy->id = g_strdup (volume->id);
  copy->names = g_strdupv (volume->names);
  copy->scanned_names = g_strdupv (volume->scanned_names);
  if (volume->histogram)
    g_bytes_ref (volume->histogram);
  return copy;
}

/**
 * gst_voxel_volume_ref:
 * @volume: a record
 *
 * Returns: (transfer full): @volume
 */
GstVoxelVolume *
gst_voxel_volume_ref (GstVoxelVolume *volume)
{
  g_atomic_int_inc (&volume->ref_count);
  return volume;
}

/**
 * gst_voxel_volume_unref:
 * @volume: (transfer full): a record
 */
void
gst_voxel_volume_unref (GstVoxelVolume *volume)
{
  if (!g_atomic_int_dec_and_test (&volume->ref_count))
    return;
  g_clear_pointer (&volume->histogram, g_bytes_unref);
  g_strfreev (volume->names);
  g_strfreev (volume->scanned_names);
  g_free (volume->id);
  g_free (volume);
}

/**
 * gst_voxel_volume_slice_name:
 * @volume: a record
 * @index: a z slice
 *
 * Returns: (transfer full): the slice's name, else its place in the scan with four digits
 */
gchar *
gst_voxel_volume_slice_name (const GstVoxelVolume *volume, guint index)
{
  if (volume->names && index < volume->shape[0])
    return g_strdup (volume->names[index]);
  return g_strdup_printf ("%04u", volume->origin[0] + index);
}

/**
 * gst_voxel_volume_get_plane:
 * @volume: a record
 * @axis: direction of the slices
 * @count: (out): slices along @axis
 * @height: (out): rows of a slice
 * @width: (out): columns of a slice
 *
 * All are 0 for GST_VOXEL_AXIS_OBLIQUE, whose slices have any number and size.
 */
void
gst_voxel_volume_get_plane (const GstVoxelVolume *volume, GstVoxelAxis axis, guint *count, guint *height,
                            guint *width)
{
  gboolean oblique = axis >= GST_VOXEL_N_AXES;

  *count = oblique ? 0 : volume->shape[axis];
  *height = oblique ? 0 : volume->shape[(axis + 1) % GST_VOXEL_N_AXES];
  *width = oblique ? 0 : volume->shape[(axis + 2) % GST_VOXEL_N_AXES];
}

/**
 * gst_voxel_axis_to_letter:
 * @axis: an axis
 *
 * Returns: 'z', 'y', 'x', or 'o' for GST_VOXEL_AXIS_OBLIQUE
 */
gchar
gst_voxel_axis_to_letter (GstVoxelAxis axis)
{
  return "zyxo"[axis];
}

/**
 * gst_voxel_axes_parse: (skip)
 * @text: letters separated by commas, such as "z,y,x"
 * @axes: (out) (transfer full): array of #GstVoxelAxis in the given order
 * @error: GST_CORE_ERROR_FAILED where a letter is unknown, comes twice or none is given
 *
 * Returns: whether @text could be read
 */
gboolean
gst_voxel_axes_parse (const gchar *text, GArray **axes, GError **error)
{
  static const gchar known[] = "zyx";
  g_auto (GStrv) letters = g_strsplit (text ? text : "", ",", -1);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (GstVoxelAxis));
  guint seen = 0;

  for (guint i = 0; letters[i]; i++) {
    const gchar *letter = g_strstrip (letters[i]);
    const gchar *found = strlen (letter) == 1 ? strchr (known, *letter) : NULL;
    GstVoxelAxis axis = found ? (GstVoxelAxis) (found - known) : 0;

    if (!found || (seen & (1u << axis))) {
      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
                   "axes \"%s\": expected z, y and x, each at most once, separated by commas", text);
      return FALSE;
    }
    seen |= 1u << axis;
    g_array_append_val (list, axis);
  }
  if (list->len == 0) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
                 "axes \"\": expected at least one of z, y and x");
    return FALSE;
  }
  *axes = g_steal_pointer (&list);
  return TRUE;
}
