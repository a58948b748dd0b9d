/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/slice-planes.h"

typedef struct {
  VoxelCudaSliceKey key;
  guint64 user; /* the last slice that sees it, 0 for none */
} Place;

struct _VoxelCudaSlicePlanes {
  guint n;
  Place places[];
};

/**
 * voxel_cuda_slice_planes_new:
 * @places: for planes; as many as all slices under way can see
 *
 * Returns: (transfer full): places without planes
 */
VoxelCudaSlicePlanes *
voxel_cuda_slice_planes_new (guint places)
{
  VoxelCudaSlicePlanes *planes = g_malloc0 (sizeof *planes + places * sizeof *planes->places);

  planes->n = places;
  return planes;
}

void
voxel_cuda_slice_planes_free (VoxelCudaSlicePlanes *planes)
{
  g_free (planes);
}

static gboolean
same_key (const VoxelCudaSliceKey *a, const VoxelCudaSliceKey *b)
{
  return a->volume && a->volume == b->volume && a->axis == b->axis && a->epoch == b->epoch &&
         a->index == b->index;
}

/**
 * voxel_cuda_slice_planes_take:
 * @planes: places
 * @key: of a plane
 * @user: number of the slice that sees it, from 1 up
 * @done: number of the last slice that is done: what later ones see stays
 * @there: (out): whether the plane is there already
 *
 * Returns: its place: where it is, or that of the plane which was seen longest ago
 */
guint
voxel_cuda_slice_planes_take (VoxelCudaSlicePlanes *planes, const VoxelCudaSliceKey *key, guint64 user,
                              guint64 done, gboolean *there)
{
  guint oldest = 0;

  for (guint i = 0; i < planes->n; i++) {
    if (same_key (&planes->places[i].key, key)) {
      planes->places[i].user = user;
      *there = TRUE;
      return i;
    }
    if (planes->places[i].user < planes->places[oldest].user)
      oldest = i;
  }
  g_assert (planes->places[oldest].user <= done);
  planes->places[oldest] = (Place){*key, user};
  *there = FALSE;
  return oldest;
}

/**
 * voxel_cuda_slice_planes_lose:
 * @planes: places
 * @user: number of a slice
 *
 * What it was the last to see may not have arrived.
 */
void
voxel_cuda_slice_planes_lose (VoxelCudaSlicePlanes *planes, guint64 user)
{
  for (guint i = 0; i < planes->n; i++)
    if (planes->places[i].user == user)
      planes->places[i] = (Place){0};
}
