/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/kernels/params.h"

/* What the kernels between slices and networks are handed; plain C as params.h. Words are of 32 bits. */

#ifdef __cplusplus
extern "C" {
#endif

#define VOXEL_CUDA_MAX_VIEWS 32

/**
 * VoxelCudaTurn:
 * @VOXEL_CUDA_TURN_SWAP: rows of the view are columns of the tile
 * @VOXEL_CUDA_TURN_COLUMNS: the tile's columns are taken from the last one
 * @VOXEL_CUDA_TURN_ROWS: its rows likewise
 *
 * Bits of a view: each symmetry of the square is some of them.
 */
typedef enum {
  VOXEL_CUDA_TURN_SWAP = 1,
  VOXEL_CUDA_TURN_COLUMNS = 2,
  VOXEL_CUDA_TURN_ROWS = 4,
} VoxelCudaTurn;

/**
 * VoxelCudaSlice:
 * @bytes: a pixel, 1 or 2 (little-endian); rows have no gaps
 * @planes: slices that the network sees: one, or as many as it has channels
 * @plane_bytes: from a slice in the device's memory to the next
 * @columns: of tiles, ordered from left to right
 * @rows: of tiles
 *
 * A slice and the tiles that cover it, a grid of equal ones; what reaches beyond the slice is reflected. Tile k lies in
 * row k / @columns.
 */
typedef struct {
  unsigned width;
  unsigned height;
  unsigned bytes;
  unsigned planes;
  size_t plane_bytes;
  unsigned columns;
  unsigned rows;
  unsigned tile_width;
  unsigned tile_height;
} VoxelCudaSlice;

/* What is the same for all slices lies in one piece of memory, in words: where columns of tiles begin, rows, weights of
 * a tile's columns, of its rows; then three tables of 65536 numbers of 16 bits. */
#define VOXEL_CUDA_FIXED_YS(slice) ((slice)->columns)
#define VOXEL_CUDA_FIXED_ACROSS(slice) ((slice)->columns + (slice)->rows)
#define VOXEL_CUDA_FIXED_DOWN(slice) (VOXEL_CUDA_FIXED_ACROSS (slice) + (slice)->tile_width)
#define VOXEL_CUDA_FIXED_TABLE(slice, table) \
  (VOXEL_CUDA_FIXED_DOWN (slice) + (slice)->tile_height + (table) *32768u)
#define VOXEL_CUDA_FIXED_WORDS(slice) VOXEL_CUDA_FIXED_TABLE (slice, VOXEL_CUDA_TABLES)

/**
 * VoxelCudaTable:
 * @VOXEL_CUDA_TABLE_VALUES: of codes, what means of views are taken of
 * @VOXEL_CUDA_TABLE_CODES: back from these
 * @VOXEL_CUDA_TABLE_RESULTS: of codes, what is written for them in the end
 */
typedef enum {
  VOXEL_CUDA_TABLE_VALUES,
  VOXEL_CUDA_TABLE_CODES,
  VOXEL_CUDA_TABLE_RESULTS,
  VOXEL_CUDA_TABLES,
} VoxelCudaTable;

/* What is told of each slice likewise: a word that becomes 1 where a score is no finite number; which places in the
 * device's memory its planes have; the tiles that the network sees, in their order; for every tile whether it does not;
 * for every tile and plane a VoxelCudaPixels. */
#define VOXEL_CUDA_HEAD_PLACES 1
#define VOXEL_CUDA_HEAD_SEEN(slice) (VOXEL_CUDA_HEAD_PLACES + (slice)->planes)
#define VOXEL_CUDA_HEAD_EMPTY(slice) (VOXEL_CUDA_HEAD_SEEN (slice) + (slice)->columns * (slice)->rows)
#define VOXEL_CUDA_HEAD_PIXELS(slice) (VOXEL_CUDA_HEAD_EMPTY (slice) + (slice)->columns * (slice)->rows)
#define VOXEL_CUDA_HEAD_WORDS(slice) \
  (VOXEL_CUDA_HEAD_PIXELS (slice) + (slice)->columns * (slice)->rows * (slice)->planes * 5)

/**
 * VoxelCudaPixels:
 * @zero: z = (pixel - zero) scale
 * @scale: likewise
 * @low: below this the slope is @slope
 * @high: above this too
 * @slope: 1 where nothing is softened
 *
 * From pixels to the network's input.
 */
typedef struct {
  float zero;
  float scale;
  float low;
  float high;
  float slope;
} VoxelCudaPixels;

/**
 * VoxelCudaSliceMerge:
 * @VOXEL_CUDA_MERGE_MEAN: to the nearest, halves up
 * @VOXEL_CUDA_MERGE_MAX: the highest
 * @VOXEL_CUDA_MERGE_UNION: 65535 where any reaches a threshold, else 0
 */
typedef enum { VOXEL_CUDA_MERGE_MEAN, VOXEL_CUDA_MERGE_MAX, VOXEL_CUDA_MERGE_UNION } VoxelCudaSliceMerge;

/**
 * VoxelCudaSliceBatch:
 * @height: of the network's pictures, as all below
 * @width: what of it lies beyond the view is reflected
 * @in_channels: planes, or any number that the one plane fills
 * @out_channels: of the result
 * @channel: of these, the score
 * @turns: #VoxelCudaTurn of each view that has pictures of this size
 * @n_views: how many of them
 * @first: the batch's first picture: picture k shows view k % @n_views of the tile k / @n_views that is seen
 * @pictures: in the batch; further ones repeat the last
 * @begins: whether a tile's first view is among these, not in a batch of pictures of another size
 * @merge: how views are combined
 * @values: whether means are of the table's values
 *
 * Pictures that a network sees together.
 */
typedef struct {
  VoxelCudaSlice slice;
  unsigned height;
  unsigned width;
  unsigned in_channels;
  unsigned out_channels;
  unsigned channel;
  unsigned char turns[VOXEL_CUDA_MAX_VIEWS];
  unsigned n_views;
  unsigned first;
  unsigned pictures;
  int begins;
  VoxelCudaSliceMerge merge;
  int values;
} VoxelCudaSliceBatch;

/**
 * VoxelCudaSliceStitch:
 * @n_views: that were merged
 * @merge: how
 * @least: for a union, the smallest code that counts
 * @values: whether means were of the table's values; the other table leads back
 * @mask: 255 where any tile reaches @threshold, else 0, in bytes; otherwise weighted means of 16 bits, to the nearest,
 *   halves up
 * @threshold: the smallest code that counts
 * @results: whether these are looked up
 *
 * From merged views to a slice.
 */
typedef struct {
  VoxelCudaSlice slice;
  unsigned n_views;
  VoxelCudaSliceMerge merge;
  unsigned least;
  int values;
  int mask;
  unsigned threshold;
  int results;
} VoxelCudaSliceStitch;

#ifdef __cplusplus
}
#endif
