/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/run-memory.h"

#include "models/memory.h"

struct _VoxelRunMemory {
  gatomicrefcount refs;
  guint8 *arena;
  gsize size;
};

/**
 * voxel_run_memory_new:
 * @size: bytes that the plans which are to be run in it need at most
 * @error: where there is not as much
 *
 * Returns: (transfer full) (nullable): memory for one run at a time
 */
VoxelRunMemory *
voxel_run_memory_new (gsize size, GError **error)
{
  g_autoptr (VoxelRunMemory) memory = g_new0 (VoxelRunMemory, 1);

  g_atomic_ref_count_init (&memory->refs);
  memory->size = size;
  memory->arena = voxel_memory_alloc (size, error);
  return memory->arena ? g_steal_pointer (&memory) : NULL;
}

VoxelRunMemory *
voxel_run_memory_ref (VoxelRunMemory *memory)
{
  g_atomic_ref_count_inc (&memory->refs);
  return memory;
}

void
voxel_run_memory_unref (VoxelRunMemory *memory)
{
  if (!g_atomic_ref_count_dec (&memory->refs))
    return;
  voxel_memory_free (memory->arena);
  g_free (memory);
}

/**
 * voxel_run_memory_holds:
 * @memory: of other runs
 * @plan: a plan
 *
 * Returns: whether a run of @plan finds room in it
 */
gboolean
voxel_run_memory_holds (const VoxelRunMemory *memory, VoxelPlan *plan)
{
  return memory->size >= voxel_plan_get_arena_size (plan);
}

/**
 * voxel_run_memory_get_size:
 * @memory: of runs
 *
 * Returns: bytes
 */
gsize
voxel_run_memory_get_size (const VoxelRunMemory *memory)
{
  return memory->size;
}

guint8 *
voxel_run_memory_get_arena (VoxelRunMemory *memory)
{
  return memory->arena;
}
