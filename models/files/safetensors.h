/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/files/model-record.h"

G_BEGIN_DECLS

#define VOXEL_SAFETENSORS_MAX_DIMS 8

typedef enum {
  VOXEL_DTYPE_F32,
  VOXEL_DTYPE_F16,
  VOXEL_DTYPE_BF16,
  VOXEL_DTYPE_F64,
  VOXEL_DTYPE_I64,
  VOXEL_DTYPE_I32,
  VOXEL_DTYPE_I16,
  VOXEL_DTYPE_I8,
  VOXEL_DTYPE_U8,
  VOXEL_DTYPE_BOOL,
} VoxelDtype;

/**
 * VoxelTensorView:
 * @name: of the tensor
 * @dtype: of its elements
 * @n_dims: 0 for a scalar
 * @shape: outermost dimension first
 * @data: little-endian elements, row-major; valid as long as the file
 * @size: bytes
 */
typedef struct {
  const gchar *name;
  VoxelDtype dtype;
  guint n_dims;
  gsize shape[VOXEL_SAFETENSORS_MAX_DIMS];
  const guint8 *data;
  gsize size;
} VoxelTensorView;

typedef struct _VoxelSafetensors VoxelSafetensors;

VoxelSafetensors *voxel_safetensors_open (const gchar *path, GError **error);
void voxel_safetensors_free (VoxelSafetensors *file);
guint voxel_safetensors_count (const VoxelSafetensors *file);
const VoxelTensorView *voxel_safetensors_nth (const VoxelSafetensors *file, guint n);
const VoxelTensorView *voxel_safetensors_find (const VoxelSafetensors *file, const gchar *name);
const gchar *voxel_safetensors_metadata (const VoxelSafetensors *file, const gchar *key);
const gchar *voxel_safetensors_digest (const VoxelSafetensors *file);
gboolean voxel_tensor_view_to_float (const VoxelTensorView *tensor, gfloat *out, GError **error);

typedef struct _VoxelSafetensorsWriter VoxelSafetensorsWriter;

VoxelSafetensorsWriter *voxel_safetensors_writer_new (void);
void voxel_safetensors_writer_metadata (VoxelSafetensorsWriter *writer, const gchar *key, const gchar *value);
void voxel_safetensors_writer_add (VoxelSafetensorsWriter *writer, const gchar *name, VoxelDtype dtype,
                                   const gsize *shape, guint n_dims, gconstpointer data);
gboolean voxel_safetensors_writer_save (VoxelSafetensorsWriter *writer, const gchar *path, GError **error);
void voxel_safetensors_writer_free (VoxelSafetensorsWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSafetensors, voxel_safetensors_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSafetensorsWriter, voxel_safetensors_writer_free)

G_END_DECLS
