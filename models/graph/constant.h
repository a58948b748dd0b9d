/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/graph/shape.h"

G_BEGIN_DECLS

#define VOXEL_CONSTANT_MAX_SOURCES 5

typedef struct _VoxelConstant VoxelConstant;
typedef gboolean (*VoxelConstantFunc) (const VoxelConstant *constant, gfloat *values, GError **error);

/**
 * VoxelConstant:
 * @key: unique within the model's digest: the tensor's name in the file, or an expression of such names
 * @shape: logical shape
 * @evaluate: writes all values, float, row-major
 * @sources: what @evaluate reads, the unused ones %NULL
 * @parameter: a number for @evaluate, such as batch norm's epsilon
 * @data: what @evaluate reads where it has no sources
 * @destroy: frees @data
 *
 * A weight, or what folding made of several: evaluated only when some backend packs it, so that a plan for
 * another picture size, which finds the packed copy, computes nothing.
 */
struct _VoxelConstant {
  gatomicrefcount refs;
  gchar *key;
  VoxelShape shape;
  VoxelConstantFunc evaluate;
  VoxelConstant *sources[VOXEL_CONSTANT_MAX_SOURCES];
  gdouble parameter;
  gpointer data;
  GDestroyNotify destroy;
};

VoxelConstant *voxel_constant_new (const gchar *key, const VoxelShape *shape, VoxelConstantFunc evaluate,
                                   gpointer data, GDestroyNotify destroy);
VoxelConstant *voxel_constant_new_values (const gchar *key, const VoxelShape *shape, const gfloat *values);
VoxelConstant *voxel_constant_new_absent (const gchar *key, const VoxelShape *shape);
VoxelConstant *voxel_constant_new_reshaped (VoxelConstant *source, const VoxelShape *shape);
VoxelConstant *voxel_constant_ref (VoxelConstant *constant);
void voxel_constant_unref (VoxelConstant *constant);
gfloat *voxel_constant_evaluate (const VoxelConstant *constant, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelConstant, voxel_constant_unref)

G_END_DECLS
