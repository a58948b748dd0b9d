/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelTiffOme VoxelTiffOme;

/**
 * VoxelTiffOme:
 * @channels: channels of the image
 * @slices: along z
 * @frames: points in time
 * @spacing: of voxels along z, y, x in micrometres, 0 where not said
 *
 * What the first Pixels element of an OME-XML description says.
 */
struct _VoxelTiffOme {
  guint64 channels;
  guint64 slices;
  guint64 frames;
  gdouble spacing[3];
};

gboolean voxel_tiff_ome_parse (const gchar *description, VoxelTiffOme *ome);

G_END_DECLS
