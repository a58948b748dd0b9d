/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelregroup.h"

G_BEGIN_DECLS

/**
 * GstVoxelCut:
 * @x: first column in the slice
 * @y: first row
 * @width: columns; those beyond the slice are reflected
 * @height: rows, likewise
 *
 * What is cut out of a slice.
 */
typedef struct {
  guint x;
  guint y;
  guint width;
  guint height;
} GstVoxelCut;

GstFlowReturn gst_voxel_cut (GstVoxelRegroup *self, GstBuffer *slice, const GstVoxelCut *cut,
                             GstBuffer **tile);

G_END_DECLS
