/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stand-in-fixture.h"

void
stand_in_ok (int error)
{
  g_assert_cmpstr (voxel_cuda_module ()->error_name (error), ==, "cudaSuccess");
}

void
stand_in_set_up (StandInFixture *f, gconstpointer data)
{
  f->cuda = voxel_cuda_module ();
  stand_in_ok (f->cuda->use (0));
  stand_in_ok (f->cuda->stream_new (&f->stream));
  stand_in_ok (f->cuda->alloc ((void **) &f->device, STAND_IN_N * sizeof (gfloat)));
  stand_in_ok (f->cuda->alloc_host ((void **) &f->host, STAND_IN_N * sizeof (gfloat)));
}

void
stand_in_tear_down (StandInFixture *f, gconstpointer data)
{
  f->cuda->stream_wait (f->stream);
  f->cuda->stream_free (f->stream);
  f->cuda->free (f->device);
  f->cuda->free_host (f->host);
}

/* The ReLU of n floats. */
int
stand_in_relu (const StandInFixture *f, const gfloat *from, gfloat *to, guint n)
{
  const VoxelCudaPointwise params = {.activation = VOXEL_CUDA_RELU,
                                     .n_dims = 1,
                                     .dim = {n},
                                     .in_type = {VOXEL_CUDA_F32, VOXEL_CUDA_F32},
                                     .in = {{1}},
                                     .out_type = VOXEL_CUDA_F32,
                                     .out = {1},
                                     .elements = n};
  const VoxelCudaMemory memory = {.in = {from}, .out = to};
  const VoxelCudaLaunch launch = {.blocks = {1, 1}, .threads = 128, .type = VOXEL_CUDA_ANY};

  return f->cuda->kernels[VOXEL_CUDA_KERNEL_POINTWISE](&launch, &params, &memory, f->stream);
}

void
stand_in_fill (const StandInFixture *f, gfloat value)
{
  for (guint i = 0; i < STAND_IN_N; i++)
    f->host[i] = value;
}

void
stand_in_add_round_trip (const StandInFixture *f)
{
  stand_in_ok (f->cuda->copy (f->device, f->host, STAND_IN_N * sizeof (gfloat), f->stream));
  stand_in_ok (stand_in_relu (f, f->device, f->device, STAND_IN_N));
  stand_in_ok (f->cuda->copy (f->host, f->device, STAND_IN_N * sizeof (gfloat), f->stream));
}
