/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-open.h"
#include "models/files/safetensors.h"

/**
 * voxel_model_open_record:
 * @path: model file
 * @stride: (out): sides of the network's input are multiples of it
 * @error: VOXEL_MODEL_ERROR
 *
 * Returns: the file's model record
 */
VoxelModelRecord *
voxel_model_open_record (const gchar *path, guint *stride, GError **error)
{
  g_autoptr (VoxelSafetensors) file = voxel_safetensors_open (path, error);
  const gchar *json = file ? voxel_safetensors_metadata (file, VOXEL_MODEL_RECORD_KEY) : NULL;
  g_autoptr (VoxelModelRecord) record = NULL;

  if (!file)
    return NULL;
  if (!json) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD,
                 "%s has no model record (metadata \"%s\"): it does not say how to run it", path,
                 VOXEL_MODEL_RECORD_KEY);
    return NULL;
  }
  record = voxel_model_record_parse (json, error);
  if (!record) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  *stride = record->inference.pad_multiple ? record->inference.pad_multiple : 32;
  return g_steal_pointer (&record);
}
