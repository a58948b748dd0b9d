/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cuda.h"
#include "models/files/model-record.h"

/* cudaErrorInsufficientDriver, cudaErrorNoDevice */
enum { INSUFFICIENT_DRIVER = 35, NO_DEVICE = 100 };

#define MAJOR(version) ((version) / 1000)
#define MINOR(version) ((version) % 1000 / 10)

static void
refuse_no_device (GError **error)
{
  const gchar *visible = g_getenv ("CUDA_VISIBLE_DEVICES");

  if (visible)
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "No NVIDIA device: CUDA_VISIBLE_DEVICES is \"%s\", which may hide all there are. Unset it, "
                 "or set it to a number that nvidia-smi lists",
                 visible);
  else
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                         "No NVIDIA device: the driver is there, but finds none. nvidia-smi should list one");
}

/**
 * voxel_cuda_module_count:
 * @module: libvoxelcuda
 * @driver: (out): version of CUDA that the driver is for, 1000 major + 10 minor, 0 where there is none
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: there is no driver, it is too old, or it finds no device
 *
 * The first that asks for the driver.
 *
 * Returns: number of devices, 0 with @error
 */
guint
voxel_cuda_module_count (const VoxelCudaModule *module, guint *driver, GError **error)
{
  int version = 0, n = 0;
  int status = module->driver (&version);

  *driver = (guint) MAX (version, 0);
  if (!status)
    status = module->count (&n);
  if (!status && n > 0)
    return (guint) n;
  if (!status || status == NO_DEVICE)
    refuse_no_device (error);
  else if (status == INSUFFICIENT_DRIVER && version == 0)
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "No NVIDIA driver: there is no libcuda.so.1 that can be used. Install a driver for CUDA "
                 "%d.%d or newer; a container must be started with its GPUs",
                 MAJOR (module->runtime), MINOR (module->runtime));
  else if (status == INSUFFICIENT_DRIVER)
    g_set_error (
        error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
        "The NVIDIA driver is too old: it is for CUDA %d.%d, and the CUDA module for %d.%d. Install a newer "
        "driver",
        MAJOR (version), MINOR (version), MAJOR (module->runtime), MINOR (module->runtime));
  else
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "CUDA cannot begin: %s (%s). nvidia-smi may say more", module->error_name (status),
                 module->error_text (status));
  return 0;
}
