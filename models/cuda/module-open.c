/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>

#include "models/cuda/cuda.h"
#include "models/files/model-record.h"

#define NAME "libvoxelcuda.so"

/**
 * voxel_cuda_module_open:
 * @name: (nullable): file name; %NULL for libvoxelcuda where the system finds it
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: it is not installed, or of another build
 *
 * Returns: (transfer none) (nullable): the module, which stays
 */
const VoxelCudaModule *
voxel_cuda_module_open (const gchar *name, GError **error)
{
  const VoxelCudaModule *table;
  gpointer module;
  union {
    gpointer symbol;
    VoxelCudaModuleFunc func;
  } entry;

  name = name ? name : NAME;
  module = dlopen (name, RTLD_NOW | RTLD_LOCAL);
  if (!module) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "The CUDA module cannot be opened (%s). Install libvoxelcuda, or name its file in "
                 "VOXEL_CUDA_MODULE",
                 dlerror ());
    return NULL;
  }
  entry.symbol = dlsym (module, VOXEL_CUDA_MODULE_SYMBOL);
  table = entry.symbol ? entry.func () : NULL;
  if (table && table->abi == VOXEL_CUDA_MODULE_ABI)
    return table;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "%s is not this version's CUDA module: install both together", name);
  return NULL;
}
