/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"

G_BEGIN_DECLS

/**
 * GstVoxelAxis:
 * @GST_VOXEL_AXIS_Z: slices along z; rows y, columns x
 * @GST_VOXEL_AXIS_Y: slices along y; rows x, columns z
 * @GST_VOXEL_AXIS_X: slices along x; rows z, columns y
 * @GST_VOXEL_AXIS_OBLIQUE: slices along no axis, each in a plane of its own that its slice meta tells; they are
 *   for learning only and never put together again
 *
 * The direction in which slices follow each other: cyclic permutations of (z, y, x).
 */
typedef enum {
  GST_VOXEL_AXIS_Z,
  GST_VOXEL_AXIS_Y,
  GST_VOXEL_AXIS_X,
  GST_VOXEL_AXIS_OBLIQUE,
} GstVoxelAxis;

/* Those that fill the volume. */
#define GST_VOXEL_N_AXES 3
#define GST_VOXEL_HISTOGRAM_BINS 65536

#define GST_TYPE_VOXEL_VOLUME (gst_voxel_volume_get_type ())

typedef struct _GstVoxelVolume GstVoxelVolume;

/**
 * GstVoxelVolume:
 * @serial: unique in the run; a buffer with another serial belongs to another volume
 * @id: name of the scan, such as its folder's; never %NULL
 * @shape: voxels along z, y, x; shape[0] is 0 while a live volume's depth is unknown
 * @origin: where voxel (0,0,0) lies in the scan this was cut from, in the scan's voxels along z, y, x
 * @spacing: distance of voxels along z, y, x in micrometres; 0 where unknown
 * @scanned_shape: voxels along z, y, x before voxelrescale, all 0 where the volume has the voxels of the scan
 * @scanned_spacing: distance of voxels before voxelrescale likewise, 0 where unknown
 * @scanned_ratio: how many of the scan's voxels one of these spans along z, y, x likewise, exactly
 * @scanned_names: (nullable) (array zero-terminated=1): names of the scan's z slices likewise
 * @bits: bit depth as scanned: 1, 8, 12 or 16
 * @axes: bit (1 << GstVoxelAxis) for every axis that the stream promises; 0 where nothing is promised
 * @low: intensity (as scanned) that became black, NaN before the volume was normalised
 * @high: intensity (as scanned) that became white, NaN before the volume was normalised
 * @histogram: (nullable): GST_VOXEL_HISTOGRAM_BINS counts (guint64, host order) of the volume's pixel
 *   values, where an element that saw the whole volume made it
 * @names: (nullable) (array zero-terminated=1): a name for each z slice (its file's stem), shape[0] of them
 *
 * What is true of a whole volume. Reference-counted; treat it as read-only once a buffer carries it:
 * to change something take gst_voxel_volume_copy(), which keeps the serial.
 */
struct _GstVoxelVolume {
  gint ref_count;
  guint64 serial;
  gchar *id;
  guint shape[GST_VOXEL_N_AXES];
  guint origin[GST_VOXEL_N_AXES];
  gdouble spacing[GST_VOXEL_N_AXES];
  guint scanned_shape[GST_VOXEL_N_AXES];
  gdouble scanned_spacing[GST_VOXEL_N_AXES];
  gdouble scanned_ratio[GST_VOXEL_N_AXES];
  gchar **scanned_names;
  guint bits;
  guint axes;
  gdouble low;
  gdouble high;
  GBytes *histogram;
  gchar **names;
};

GST_VOXEL_API GType gst_voxel_volume_get_type (void);
GST_VOXEL_API GstVoxelVolume *gst_voxel_volume_new (const gchar *id, guint depth, guint height, guint width,
                                                    guint bits);
GST_VOXEL_API GstVoxelVolume *gst_voxel_volume_copy (const GstVoxelVolume *volume);
GST_VOXEL_API GstVoxelVolume *gst_voxel_volume_ref (GstVoxelVolume *volume);
GST_VOXEL_API void gst_voxel_volume_unref (GstVoxelVolume *volume);
GST_VOXEL_API gchar *gst_voxel_volume_slice_name (const GstVoxelVolume *volume, guint index);
GST_VOXEL_API void gst_voxel_volume_get_plane (const GstVoxelVolume *volume, GstVoxelAxis axis, guint *count,
                                               guint *height, guint *width);

GST_VOXEL_API gchar gst_voxel_axis_to_letter (GstVoxelAxis axis);
GST_VOXEL_API gboolean gst_voxel_axes_parse (const gchar *text, GArray **axes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstVoxelVolume, gst_voxel_volume_unref)

G_END_DECLS
