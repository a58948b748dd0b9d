/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/kernels/slice-params.h"
#include "models/model.h"
#include "models/plan.h"

G_BEGIN_DECLS

/* Whole slices through a network on a device: pixels cross the bus once in each direction, tiles, views and scores not
 * at all. */

/**
 * VoxelCudaSlicesForm:
 * @precision: of the arithmetic
 * @device: of those that CUDA has, counted from 0
 * @batch: pictures that the network sees at once, at most; 0: as many as pay
 * @memory_limit: bytes of the device that pictures may take between the network's layers; 0: half of what is free
 * @slice: the slices, and tiles that cover them; @plane_bytes is not read
 * @xs: (array): where columns of tiles begin
 * @ys: (array): where rows of tiles begin
 * @across: (array): weights of a tile's columns, 1 to 1024
 * @down: (array): weights of its rows
 * @turns: (array length=n_views): #VoxelCudaTurn of the views
 * @n_views: 1 to %VOXEL_CUDA_MAX_VIEWS
 * @channel: of the network's output, the score
 * @merge: how views are combined
 * @least: for a union, the smallest code that counts
 * @values: (nullable) (array fixed-size=65536): what means of views are taken of in place of the codes
 * @codes: (nullable) (array fixed-size=65536): back from these
 * @mask: bytes come out, 255 where any tile reaches @threshold, else 0; otherwise weighted means of 16 bits
 * @threshold: the smallest code that counts
 * @results: (nullable) (array fixed-size=65536): what is written for each mean
 *
 * What is done with slices of a size. Codes are 32768 + 2048 logit.
 */
typedef struct {
  VoxelPrecision precision;
  guint device;
  guint batch;
  guint64 memory_limit;
  VoxelCudaSlice slice;
  const guint *xs;
  const guint *ys;
  const guint16 *across;
  const guint16 *down;
  const guint8 *turns;
  guint n_views;
  guint channel;
  VoxelCudaSliceMerge merge;
  guint least;
  const guint16 *values;
  const guint16 *codes;
  gboolean mask;
  guint threshold;
  const guint16 *results;
} VoxelCudaSlicesForm;

/**
 * VoxelCudaSliceKey:
 * @volume: 0: pixels that are not like any others
 *
 * Planes with the same key have the same pixels: those that are on the device are not sent again.
 */
typedef struct {
  guint64 volume;
  guint axis;
  guint epoch;
  guint index;
} VoxelCudaSliceKey;

/**
 * VoxelCudaPlane:
 * @pixels: of a slice
 * @stride: bytes from row to row
 */
typedef struct {
  gconstpointer pixels;
  gsize stride;
  VoxelCudaSliceKey key;
} VoxelCudaPlane;

/**
 * VoxelCudaSlicesInput:
 * @planes: (array): as many as the form says, the one that is scored in the middle; read before the call returns
 * @maps: (array): by tile, then by plane
 * @empty: (nullable) (array): of each tile, whether it gets the lowest score unseen
 *
 * A slice.
 */
typedef struct {
  const VoxelCudaPlane *planes;
  const VoxelCudaPixels *maps;
  const gboolean *empty;
} VoxelCudaSlicesInput;

/* That may be under way: one is sent or fetched while another is computed. */
#define VOXEL_CUDA_SLICES_AHEAD 2

typedef struct _VoxelCudaSlices VoxelCudaSlices;

VoxelCudaSlices *voxel_cuda_slices_new (VoxelModel *model, const VoxelCudaSlicesForm *form, GError **error);
void voxel_cuda_slices_free (VoxelCudaSlices *slices);
guint voxel_cuda_slices_get_batch (const VoxelCudaSlices *slices);
guint voxel_cuda_slices_get_under_way (const VoxelCudaSlices *slices);
gdouble voxel_cuda_slices_get_seconds (const VoxelCudaSlices *slices);
gboolean voxel_cuda_slices_start (VoxelCudaSlices *slices, const VoxelCudaSlicesInput *input, GError **error);
gboolean voxel_cuda_slices_wait (VoxelCudaSlices *slices, gpointer out, gsize stride, GError **error);
void voxel_cuda_slices_forget (VoxelCudaSlices *slices);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCudaSlices, voxel_cuda_slices_free)

G_END_DECLS
