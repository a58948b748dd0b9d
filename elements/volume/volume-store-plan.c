/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-store-plan.h"

#include <sched.h>

#define SIDE VOXEL_BRICK_SIDE
/* With fewer slices at once than this, reading along x would fetch each cache line many times over. */
#define LEAST_SLAB 8
/* Workers may take this part of the limit for bricks of their own. */
#define LEAST_SHARE 16
#define MOST_WORKERS 4

static guint64
bricks_along (guint voxels)
{
  return ((guint64) voxels + SIDE - 1) / SIDE;
}

static guint64
multiply (guint64 a, guint64 b)
{
  guint64 product;

  return g_uint64_checked_mul (&product, a, b) ? product : G_MAXUINT64;
}

static guint64
brick_bytes (guint voxel_bits)
{
  return (guint64) VOXEL_BRICK_VOXELS / 8 * voxel_bits;
}

/**
 * voxel_volume_store_plan_layer_bytes:
 * @shape: voxels along z, y, x
 * @voxel_bits: of a voxel in a brick
 *
 * Returns: bytes of all bricks that hold the same 64 z slices, G_MAXUINT64 where they do not fit that
 */
guint64
voxel_volume_store_plan_layer_bytes (const guint shape[3], guint voxel_bits)
{
  return multiply (bricks_along (shape[1]) * bricks_along (shape[2]), brick_bytes (voxel_bits));
}

/**
 * voxel_volume_store_plan_pitch:
 * @shape: voxels along z, y, x
 * @axis: direction of slices
 *
 * Returns: voxels from one row of a slab's slices to the next, whole cache lines
 */
guint
voxel_volume_store_plan_pitch (const guint shape[3], guint axis)
{
  return (guint) MIN (bricks_along (shape[(axis + 2) % 3]) * SIDE, G_MAXUINT - SIDE);
}

/**
 * voxel_volume_store_plan_slice:
 * @shape: voxels along z, y, x
 * @axis: direction of slices
 *
 * Slices of 512 or 1024 squared would all begin in the same few cache sets: a little is left between them.
 *
 * Returns: voxels from one slice of a slab to the next, G_MAXUINT64 where they do not fit that
 */
guint64
voxel_volume_store_plan_slice (const guint shape[3], guint axis)
{
  guint64 voxels = multiply (shape[(axis + 1) % 3], voxel_volume_store_plan_pitch (shape, axis));

  return voxels > G_MAXUINT64 - SIDE ? G_MAXUINT64 : voxels + SIDE;
}

/**
 * voxel_volume_store_plan_slice_bytes:
 * @shape: voxels along z, y, x
 * @voxel_bits: of a voxel in a brick
 * @axis: direction of slices
 *
 * In a slab voxels of less than a byte take one.
 *
 * Returns: bytes of a slice in a slab, G_MAXUINT64 where they do not fit that
 */
guint64
voxel_volume_store_plan_slice_bytes (const guint shape[3], guint voxel_bits, guint axis)
{
  return multiply (voxel_volume_store_plan_slice (shape, axis), (voxel_bits + 7) / 8);
}

/* Those that this process may run on, unlike g_get_num_processors(). */
static guint
count_processors (void)
{
  cpu_set_t processors;

  if (sched_getaffinity (0, sizeof processors, &processors) == 0)
    return (guint) CPU_COUNT (&processors);
  return g_get_num_processors ();
}

/* More would wait for memory or the disk. */
static guint
count_workers (guint64 memory_limit, guint64 work_bytes)
{
  guint64 workers = MIN (memory_limit / LEAST_SHARE / work_bytes, MOST_WORKERS);

  return (guint) CLAMP (workers, 1, count_processors ());
}

/**
 * voxel_volume_store_plan:
 * @shape: voxels along z, y, x; shape[0] is 0 where the depth is unknown
 * @voxel_bits: of a voxel in a brick
 * @memory_limit: bytes in all
 * @plan: (out): how they are spent
 *
 * Where the whole volume and a slab of a few slices fit, all stays in memory. Elsewhere up to half of the
 * limit is for the slab (up to 64 slices, so that every brick is read from the file once in 64 slices), a
 * little is set aside for the bricks that are being read, and the rest keeps the first layers in memory.
 */
void
voxel_volume_store_plan (const guint shape[3], guint voxel_bits, guint64 memory_limit,
                         VoxelVolumeStorePlan *plan)
{
  guint64 layer = MAX (voxel_volume_store_plan_layer_bytes (shape, voxel_bits), 1);
  guint64 layers = bricks_along (shape[0]);
  guint64 unpacked = voxel_bits < 8 ? VOXEL_BRICK_VOXELS : 0;
  guint64 brick = brick_bytes (voxel_bits) + unpacked;
  guint64 largest = 0, slab = memory_limit / 2;

  *plan = (VoxelVolumeStorePlan){.workers = count_workers (memory_limit, brick)};
  for (guint axis = 0; axis < 3; axis++)
    largest = MAX (largest, voxel_volume_store_plan_slice_bytes (shape, voxel_bits, axis));
  unpacked *= plan->workers;
  brick *= plan->workers;
  if (layers > 0 && multiply (layers, layer) <= memory_limit &&
      multiply (largest, LEAST_SLAB) + unpacked <= memory_limit - layers * layer) {
    plan->layers_in_memory = layers;
    plan->slab_bytes = memory_limit - layers * layer - unpacked;
    return;
  }
  if (layers > 0)
    slab = MIN (slab, multiply (largest, SIDE));
  plan->layers_in_memory = slab + brick < memory_limit ? (memory_limit - slab - brick) / layer : 0;
  if (layers > 0)
    plan->layers_in_memory = MIN (plan->layers_in_memory, layers);
  memory_limit -= MIN (memory_limit, brick + plan->layers_in_memory * layer);
  plan->slab_bytes = memory_limit;
  plan->scratch_bytes = layers > 0 ? multiply (layers - plan->layers_in_memory, layer) : 0;
}

/**
 * voxel_volume_store_plan_slab:
 * @plan: the plan
 * @slice_bytes: of a slice
 *
 * Returns: how many slices a slab holds: 64, 32 .. 1; one even where the memory is short of that
 */
guint
voxel_volume_store_plan_slab (const VoxelVolumeStorePlan *plan, guint64 slice_bytes)
{
  guint count = SIDE;

  while (count > 1 && multiply (slice_bytes, count) > plan->slab_bytes)
    count /= 2;
  return count;
}

/**
 * voxel_volume_store_plan_set_no_memory:
 * @shape: voxels along z, y, x
 * @size: bytes that could not be had
 * @error: (out): says so
 */
void
voxel_volume_store_plan_set_no_memory (const guint shape[3], guint64 size, GError **error)
{
  g_autofree gchar *text = g_format_size (size);

  g_set_error (
      error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
      "no memory for %s of a volume of %u x %u x %u voxels: lower memory-limit, the rest then goes to the "
      "scratch file",
      text, shape[0], shape[1], shape[2]);
}
