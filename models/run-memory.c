/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/run-memory.h"

#include "models/memory.h"
#include "models/plan-private.h"

struct _VoxelRunMemory {
  gatomicrefcount refs;
  const VoxelBackendDevice *device; /* NULL: of this process */
  guint number;
  guint8 *arena;
  gsize size;
};

static VoxelRunMemory *
memory_new (const VoxelBackendDevice *device, guint number, gsize size, GError **error)
{
  g_autofree VoxelRunMemory *memory = g_new0 (VoxelRunMemory, 1);

  g_atomic_ref_count_init (&memory->refs);
  memory->device = device;
  memory->number = number;
  memory->size = size;
  memory->arena = device ? device->alloc (number, size, error) : voxel_memory_alloc (size, error);
  return memory->arena ? g_steal_pointer (&memory) : NULL;
}

/**
 * voxel_run_memory_new:
 * @size: bytes that the plans which are to be run in it need at most
 * @error: where there is not as much
 *
 * Returns: (transfer full) (nullable): memory of this process for one run at a time
 */
VoxelRunMemory *
voxel_run_memory_new (gsize size, GError **error)
{
  return memory_new (NULL, 0, size, error);
}

/**
 * voxel_run_memory_new_for:
 * @plan: which says whose memory that must be
 * @size: bytes that @plan and others of its device which are to be run in it need at most
 * @error: where there is not as much
 *
 * Returns: (transfer full) (nullable): memory for one run at a time
 */
VoxelRunMemory *
voxel_run_memory_new_for (VoxelPlan *plan, gsize size, GError **error)
{
  return memory_new (plan->backend->device, plan->target.device, size, error);
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
  if (memory->device)
    memory->device->free (memory->number, memory->arena);
  else
    voxel_memory_free (memory->arena);
  g_free (memory);
}

/**
 * voxel_run_memory_holds:
 * @memory: of other runs
 * @plan: a plan
 *
 * Returns: whether a run of @plan finds room in it, on the device that it is for
 */
gboolean
voxel_run_memory_holds (const VoxelRunMemory *memory, VoxelPlan *plan)
{
  return memory->size >= voxel_plan_get_arena_size (plan) && memory->device == plan->backend->device &&
         (!memory->device || memory->number == plan->target.device);
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
