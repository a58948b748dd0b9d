/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _VoxelTiffImagej VoxelTiffImagej;

/**
 * VoxelTiffImagej:
 * @images: pages of the stack, 1 where not said
 * @channels: channels that take turns in it
 * @slices: along z
 * @frames: points in time
 * @spacing: distance of slices in units, 0 where not said
 * @unit: micrometres a unit, 0 where unknown
 *
 * What ImageJ writes into the description of the first page.
 */
struct _VoxelTiffImagej {
  guint64 images;
  guint64 channels;
  guint64 slices;
  guint64 frames;
  gdouble spacing;
  gdouble unit;
};

gdouble voxel_tiff_unit_to_micrometres (const gchar *name);
gboolean voxel_tiff_imagej_parse (const gchar *description, VoxelTiffImagej *imagej);

G_END_DECLS
