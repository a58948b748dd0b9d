/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "models/cuda/cuda.h"
#include "models/files/model-record.h"

#define NAME "libvoxelcuda.so"
#define INSTALLED "gst-voxel"
#define BUILT "models/cuda/module"

/* From the parent of the folder that this code's file is in: of an installed plugin, of an installed command; in the
 * build folder of the plugin, of a command, of a test. */
static const gchar *const folders[] = {
    INSTALLED, (LIBDIR "/" INSTALLED), BUILT, ("../" BUILT), ("../../" BUILT),
};

/* Code of a program is known by how that was called, which may be no path. */
static gchar *
own_folder (void)
{
  g_autofree gchar *file = NULL;
  Dl_info info;

  if (dladdr (folders, &info) && strchr (info.dli_fname, '/'))
    file = realpath (info.dli_fname, NULL);
  if (!file)
    file = realpath ("/proc/self/exe", NULL);
  return file ? g_path_get_dirname (file) : NULL;
}

/* The file, %NULL where it is in none of the known places. */
static gchar *
find (void)
{
  g_autofree gchar *own = own_folder (), *parent = own ? g_path_get_dirname (own) : NULL;

  for (guint i = 0; parent && i < G_N_ELEMENTS (folders); i++) {
    g_autofree gchar *folder = g_canonicalize_filename (folders[i], parent);
    g_autofree gchar *file = g_build_filename (folder, NAME, NULL);

    if (g_file_test (file, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&file);
  }
  return NULL;
}

static void
refuse_missing (const gchar *name, GError **error)
{
  if (name)
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "The CUDA module %s is not there: correct VOXEL_CUDA_MODULE, or unset it", name);
  else
    g_set_error_literal (
        error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
        ("The CUDA module is not installed: there is no " NAME " in " INSTALLED
         " beside the plugin's folder, nor where the system looks for libraries. Install "
         "what was built with CUDA (-Dcuda=enabled), or name the file in VOXEL_CUDA_MODULE"));
}

/**
 * voxel_cuda_module_open:
 * @name: (nullable): file name; %NULL for libvoxelcuda.so where it is installed or built, else where the system finds it
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: it is not installed, cannot be loaded, is something else or of another
 *   version
 *
 * Neither driver nor device is asked for.
 *
 * Returns: (transfer none) (nullable): the module's table; the module stays, as CUDA's runtime has state in the process
 */
const VoxelCudaModule *
voxel_cuda_module_open (const gchar *name, GError **error)
{
  g_autofree gchar *found = name ? g_strdup (name) : find ();
  gpointer library = dlopen (found ? found : NAME, RTLD_NOW | RTLD_LOCAL);
  const gchar *reason = library ? NULL : dlerror ();
  const VoxelCudaModule *module;
  VoxelCudaModuleFunc get;
  gpointer symbol;

  if (!library && (!found || (strchr (found, '/') && !g_file_test (found, G_FILE_TEST_EXISTS)))) {
    refuse_missing (name, error);
    return NULL;
  }
  if (!library) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "The CUDA module cannot be loaded: %s. Install it again, as built for this machine", reason);
    return NULL;
  }
  symbol = dlsym (library, VOXEL_CUDA_MODULE_SYMBOL);
  if (!symbol) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "%s is no CUDA module: it has no function " VOXEL_CUDA_MODULE_SYMBOL
                 ". VOXEL_CUDA_MODULE names a " NAME " where it is set",
                 found ? found : NAME);
    return NULL;
  }
  memcpy (&get, &symbol, sizeof get);
  module = get ();
  if (module->abi == VOXEL_CUDA_MODULE_ABI)
    return module;
  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "%s is of another version: its interface is number %u, not %u. Install plugin and module of one build",
      found ? found : NAME, module->abi, VOXEL_CUDA_MODULE_ABI);
  return NULL;
}
