/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cuda.h"

#include "models/cuda/cudnn-library.h"
#include "models/files/model-record.h"

/* bf16 and TF32 need tensor cores of compute capability 8.0: CUDA C++ Programming Guide, "Tensor Core Feature Support
 * per Compute Capability". */
#define OLDEST 80

typedef struct {
  VoxelCuda cuda;
  GError *error;
} Found;

/**
 * voxel_cuda_check:
 * @cuda: CUDA
 * @status: what a function of its module returned
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED with @format, the error by name and what CUDA says of it
 * @format: what CUDA could not do, such as "wait for its work"
 * @...: for @format
 *
 * Returns: whether @status is that of success
 */
gboolean
voxel_cuda_check (const VoxelCuda *cuda, int status, GError **error, const gchar *format, ...)
{
  g_autofree gchar *what = NULL;
  va_list arguments;

  if (status == 0)
    return TRUE;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "CUDA cannot %s: %s (%s)", what,
               cuda->module->error_name (status), cuda->module->error_text (status));
  return FALSE;
}

static gboolean
list_devices (VoxelCuda *cuda, GError **error)
{
  g_autoptr (GString) old = g_string_new (NULL);
  guint n = voxel_cuda_module_count (cuda->module, &cuda->driver, error);

  if (n == 0)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    VoxelCudaDevice device = {{0}};

    if (!voxel_cuda_check (cuda, cuda->module->device ((int) i, &device), error, "describe device %u", i))
      return FALSE;
    if (device.version >= OLDEST) {
      g_array_append_val (cuda->devices, device);
      g_array_append_val (cuda->ordinals, i);
      continue;
    }
    g_string_append_printf (old, "%s%s has %u.%u", old->len ? ", " : "", device.name, device.version / 10,
                            device.version % 10);
  }
  if (cuda->devices->len > 0)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "No device of compute capability %d.%d or newer: %s", OLDEST / 10, OLDEST % 10, old->str);
  return FALSE;
}

static gboolean
open_all (VoxelCuda *cuda, GError **error)
{
  cuda->module = voxel_cuda_module_open (g_getenv ("VOXEL_CUDA_MODULE"), error);
  if (!cuda->module || !list_devices (cuda, error))
    return FALSE;
  cuda->cudnn = voxel_cudnn_library_open (g_getenv ("VOXEL_CUDNN_LIBRARY"), error);
  return cuda->cudnn != NULL;
}

static gpointer
find (gpointer data)
{
  static Found found;

  found.cuda.devices = g_array_new (FALSE, FALSE, sizeof (VoxelCudaDevice));
  found.cuda.ordinals = g_array_new (FALSE, FALSE, sizeof (guint));
  open_all (&found.cuda, &found.error);
  return &found;
}

/**
 * voxel_cuda_get:
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: the first that is missing of module, driver, device and cuDNN
 *
 * Looks for them once in the process; cuDNN is not touched where there is no device.
 *
 * Returns: (transfer none) (nullable): CUDA, with at least one device
 */
const VoxelCuda *
voxel_cuda_get (GError **error)
{
  static GOnce once = G_ONCE_INIT;
  const Found *found = g_once (&once, find, NULL);

  if (!found->error)
    return &found->cuda;
  if (error)
    *error = g_error_copy (found->error);
  return NULL;
}

/**
 * voxel_cuda_device:
 * @cuda: CUDA
 * @device: below the number of devices
 *
 * Returns: (transfer none): what it is
 */
const VoxelCudaDevice *
voxel_cuda_device (const VoxelCuda *cuda, guint device)
{
  g_return_val_if_fail (device < cuda->devices->len, NULL);
  return &g_array_index (cuda->devices, VoxelCudaDevice, device);
}

/**
 * voxel_cuda_use:
 * @cuda: CUDA
 * @device: below the number of devices
 * @error: what CUDA says
 *
 * What this thread asks of CUDA from now on is asked of that device.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cuda_use (const VoxelCuda *cuda, guint device, GError **error)
{
  return voxel_cuda_check (cuda, cuda->module->use ((int) g_array_index (cuda->ordinals, guint, device)),
                           error, "use device %u, %s", device, voxel_cuda_device (cuda, device)->name);
}
