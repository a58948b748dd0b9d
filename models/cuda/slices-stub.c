/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/backend.h"
#include "models/cuda/slices.h"

/* In place of slices.c where the backend is a stub: there are never any. */

VoxelCudaSlices *
voxel_cuda_slices_new (VoxelModel *model, const VoxelCudaSlicesForm *form, GError **error)
{
  voxel_backend_cuda.probe (form->precision, error);
  return NULL;
}

void
voxel_cuda_slices_free (VoxelCudaSlices *slices)
{
}

guint
voxel_cuda_slices_get_batch (const VoxelCudaSlices *slices)
{
  return 0;
}

guint
voxel_cuda_slices_get_under_way (const VoxelCudaSlices *slices)
{
  return 0;
}

gdouble
voxel_cuda_slices_get_seconds (const VoxelCudaSlices *slices)
{
  return 0.;
}

gboolean
voxel_cuda_slices_start (VoxelCudaSlices *slices, const VoxelCudaSlicesInput *input, GError **error)
{
  return FALSE;
}

gboolean
voxel_cuda_slices_wait (VoxelCudaSlices *slices, gpointer out, gsize stride, GError **error)
{
  return FALSE;
}

void
voxel_cuda_slices_forget (VoxelCudaSlices *slices)
{
}
