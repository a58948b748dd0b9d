/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelDihedral:
 * @VOXEL_DIHEDRAL_R0: as it is
 * @VOXEL_DIHEDRAL_R90: turned left, as numpy.rot90 (k=1): out[y][x] = in[x][W-1-y]
 * @VOXEL_DIHEDRAL_R180: out[y][x] = in[H-1-y][W-1-x]
 * @VOXEL_DIHEDRAL_R270: turned right: out[y][x] = in[H-1-x][y]
 * @VOXEL_DIHEDRAL_FH: mirrored left to right: out[y][x] = in[y][W-1-x]
 * @VOXEL_DIHEDRAL_FV: mirrored top to bottom: out[y][x] = in[H-1-y][x]
 * @VOXEL_DIHEDRAL_T: out[y][x] = in[x][y]
 * @VOXEL_DIHEDRAL_AT: out[y][x] = in[H-1-x][W-1-y]
 *
 * The eight symmetries of the square; W and H are the size of the picture that is turned. In the order of
 * GstVoxelView, so that one may be cast to the other.
 */
typedef enum {
  VOXEL_DIHEDRAL_R0,
  VOXEL_DIHEDRAL_R90,
  VOXEL_DIHEDRAL_R180,
  VOXEL_DIHEDRAL_R270,
  VOXEL_DIHEDRAL_FH,
  VOXEL_DIHEDRAL_FV,
  VOXEL_DIHEDRAL_T,
  VOXEL_DIHEDRAL_AT,
} VoxelDihedral;

#define VOXEL_N_DIHEDRALS 8

VoxelDihedral voxel_dihedral_inverse (VoxelDihedral symmetry);
gboolean voxel_dihedral_swaps_sides (VoxelDihedral symmetry);
void voxel_dihedral_turn (VoxelDihedral symmetry, gconstpointer in, gsize in_stride, guint width,
                          guint height, guint pixel_size, gpointer out, gsize out_stride);
void voxel_dihedral_turn_region (VoxelDihedral symmetry, gconstpointer in, gsize in_stride, guint width,
                                 guint height, guint pixel_size, guint x, guint y, guint region_width,
                                 guint region_height, gpointer out, gsize out_stride);
void voxel_dihedral_turn_part (VoxelDihedral symmetry, gconstpointer part, gsize part_stride, guint width,
                               guint height, guint pixel_size, guint x, guint y, guint part_width,
                               guint part_height, gpointer out, gsize out_stride);

G_END_DECLS
