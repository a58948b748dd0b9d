/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/backend.h"

/* In place of the backend where the headers of CUDA and cuDNN were not found. */

static gboolean
refuse (GError **error)
{
  g_set_error_literal (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "This build has no CUDA: install the headers of CUDA and cuDNN 9.13 or newer and configure "
      "with -Dcuda=enabled");
  return FALSE;
}

static gboolean
stub_probe (VoxelPrecision precision, GError **error)
{
  return refuse (error);
}

static VoxelPrecision
stub_fastest (void)
{
  return VOXEL_PRECISION_FP16;
}

static guint
stub_count (GError **error)
{
  refuse (error);
  return 0;
}

static const VoxelBackendDevice stub_device = {.count = stub_count};

static const VoxelKernel *const stub_kernels[] = {NULL};

const VoxelBackend voxel_backend_cuda = {
    .name = "cuda",
    .probe = stub_probe,
    .fastest = stub_fastest,
    .kernels = stub_kernels,
    .device = &stub_device,
};
