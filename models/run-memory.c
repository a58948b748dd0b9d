/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/run-memory.h"

#include "models/memory.h"

struct _VoxelRunMemory {
  gatomicrefcount refs;
  guint8 *arena;
  gpointer scratch;
  gsize arena_size;
  gsize scratch_size;
};

/**
 * voxel_run_memory_new:
 * @size: what the plans that are to be run in it need at most
 * @error: where there is not as much
 *
 * Returns: (transfer full) (nullable): memory for one run at a time
 */
VoxelRunMemory *
voxel_run_memory_new (const VoxelPlanSize *size, GError **error)
{
  g_autoptr (VoxelRunMemory) memory = g_new0 (VoxelRunMemory, 1);

  g_atomic_ref_count_init (&memory->refs);
  memory->arena_size = size->arena;
  memory->scratch_size = size->scratch;
  memory->arena = voxel_memory_alloc (memory->arena_size, error);
  memory->scratch = memory->arena ? voxel_memory_alloc (memory->scratch_size, error) : NULL;
  return memory->scratch ? g_steal_pointer (&memory) : NULL;
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
  voxel_memory_free (memory->scratch);
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
  return memory->arena_size >= voxel_plan_get_arena_size (plan) &&
         memory->scratch_size >= voxel_plan_get_scratch_size (plan);
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
  return memory->arena_size + memory->scratch_size;
}

guint8 *
voxel_run_memory_get_arena (VoxelRunMemory *memory)
{
  return memory->arena;
}

gpointer
voxel_run_memory_get_scratch (VoxelRunMemory *memory)
{
  return memory->scratch;
}
