/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-library.h"

#include <dlfcn.h>
#include <string.h>

#include "models/files/model-record.h"

#define NAME "libcudnn.so.9"

static gboolean
look_up (VoxelCudnnLibrary *library, const gchar *name, GError **error)
{
  const struct {
    const gchar *symbol;
    gpointer function;
  } functions[] = {
      {"cudnnGetVersion", &library->get_version},
      {"cudnnGetErrorString", &library->status_name},
      {"cudnnGetLastErrorString", &library->last_error},
      {"cudnnBackendCreateDescriptor", &library->create},
      {"cudnnBackendDestroyDescriptor", &library->destroy},
      {"cudnnBackendSetAttribute", &library->set},
      {"cudnnBackendGetAttribute", &library->get},
      {"cudnnBackendFinalize", &library->finalize},
      {"cudnnCreate", &library->handle_new},
      {"cudnnDestroy", &library->handle_free},
      {"cudnnSetStream", &library->handle_stream},
      {"cudnnBackendExecute", &library->execute},
  };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++) {
    gpointer function = dlsym (library->module, functions[i].symbol);

    if (!function) {
      g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                   "%s is not cuDNN 9, or is damaged: it has no function %s", name, functions[i].symbol);
      return FALSE;
    }
    memcpy (functions[i].function, &function, sizeof function);
  }
  return TRUE;
}

static gboolean
check_version (VoxelCudnnLibrary *library, GError **error)
{
  library->version = library->get_version ();
  if (library->version >= VOXEL_CUDNN_OLDEST)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "cuDNN %" G_GSIZE_FORMAT ".%" G_GSIZE_FORMAT ".%" G_GSIZE_FORMAT
               " is too old: %d.%d or newer is needed",
               library->version / 10000, library->version / 100 % 100, library->version % 100,
               VOXEL_CUDNN_OLDEST / 10000, VOXEL_CUDNN_OLDEST / 100 % 100);
  return FALSE;
}

/**
 * voxel_cudnn_library_open:
 * @name: (nullable): file name; %NULL for cuDNN 9 where the system finds it
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: it is not installed, not whole or too old
 *
 * Neither driver nor device is asked for.
 *
 * Returns: (transfer full) (nullable): cuDNN
 */
VoxelCudnnLibrary *
voxel_cudnn_library_open (const gchar *name, GError **error)
{
  g_autoptr (VoxelCudnnLibrary) library = g_new0 (VoxelCudnnLibrary, 1);
  const gchar *file = name ? name : NAME;

  library->module = dlopen (file, RTLD_NOW | RTLD_LOCAL);
  if (!library->module) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "cuDNN cannot be opened (%s). Install cuDNN 9, %s", dlerror (),
                 name ? "or correct VOXEL_CUDNN_LIBRARY" : "or name its folder in LD_LIBRARY_PATH");
    return NULL;
  }
  if (!look_up (library, file, error) || !check_version (library, error))
    return NULL;
  return g_steal_pointer (&library);
}

/* The module stays: cuDNN starts threads and loads parts of its own that do not survive being unloaded. */
void
voxel_cudnn_library_close (VoxelCudnnLibrary *library)
{
  g_free (library);
}

/* What cuDNN says of one candidate takes half a page. */
#define LONGEST_REASON 400

/**
 * voxel_cudnn_library_reason:
 * @library: cuDNN
 *
 * cuDNN collects what it has to say until it is read, so this is also called to forget what was said before.
 *
 * Returns: (transfer full): the first of its explanations since the last call, on one line
 */
gchar *
voxel_cudnn_library_reason (const VoxelCudnnLibrary *library)
{
  gchar text[2048] = "";

  library->last_error (text, sizeof text);
  text[LONGEST_REASON] = '\0';
  return g_strstrip (g_strdelimit (g_strdup (text), "\n\r\t", ' '));
}

/**
 * voxel_cudnn_library_check:
 * @library: cuDNN
 * @status: what a call returned
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED with @format, the status by name and cuDNN's explanation
 * @format: what was called for
 * @...: for @format
 *
 * Returns: whether @status is that of success
 */
gboolean
voxel_cudnn_library_check (const VoxelCudnnLibrary *library, cudnnStatus_t status, GError **error,
                           const gchar *format, ...)
{
  g_autofree gchar *what = NULL, *reason = NULL;
  va_list arguments;

  if (status == CUDNN_STATUS_SUCCESS)
    return TRUE;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  reason = voxel_cudnn_library_reason (library);
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "cuDNN refuses %s: %s%s%s", what,
               library->status_name (status), *reason ? ": " : "", reason);
  return FALSE;
}
