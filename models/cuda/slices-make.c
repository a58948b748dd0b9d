/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/slices-private.h"

#include <string.h>

#include "models/cuda/backend.h"

/* Pictures a run where nothing else is said, as voxelinfer takes them. */
#define PICTURES 16
#define CODES 65536

static gboolean
take (const VoxelCudaSlices *slices, gsize size, gpointer *memory, GError **error)
{
  *memory = voxel_cuda_backend_device.alloc (slices->device, size, error);
  return *memory != NULL;
}

static void
put_table (guint32 *fixed, const VoxelCudaSlice *slice, VoxelCudaTable which, const guint16 *table)
{
  if (table)
    memcpy (fixed + VOXEL_CUDA_FIXED_TABLE (slice, which), table, CODES * sizeof *table);
}

/* What is the same for all slices, there before the first one. */
static gboolean
send_fixed (VoxelCudaSlices *slices, const VoxelCudaSlicesForm *form, GError **error)
{
  const VoxelCudaSlice *slice = &slices->stitch.slice;
  gsize size = VOXEL_CUDA_FIXED_WORDS (slice) * sizeof (guint32);
  g_autofree guint32 *fixed = g_malloc0 (size);
  gpointer queue = slices->slots[0].queue;

  memcpy (fixed, form->xs, slice->columns * sizeof *fixed);
  memcpy (fixed + VOXEL_CUDA_FIXED_YS (slice), form->ys, slice->rows * sizeof *fixed);
  for (guint i = 0; i < slice->tile_width; i++)
    fixed[VOXEL_CUDA_FIXED_ACROSS (slice) + i] = form->across[i];
  for (guint i = 0; i < slice->tile_height; i++)
    fixed[VOXEL_CUDA_FIXED_DOWN (slice) + i] = form->down[i];
  put_table (fixed, slice, VOXEL_CUDA_TABLE_VALUES, form->values);
  put_table (fixed, slice, VOXEL_CUDA_TABLE_CODES, form->codes);
  put_table (fixed, slice, VOXEL_CUDA_TABLE_RESULTS, form->results);
  return take (slices, size, &slices->memory.fixed, error) &&
         voxel_cuda_backend_device.copy (queue, slices->memory.fixed, fixed, size, error) &&
         voxel_cuda_backend_device.wait (queue, error);
}

static gboolean
make_memory (VoxelCudaSlices *slices, const VoxelCudaSlicesForm *form, GError **error)
{
  const VoxelCudaSlice *slice = &slices->stitch.slice;
  guint places = VOXEL_CUDA_SLICES_AHEAD * slice->planes;
  gsize sums =
      (gsize) slice->columns * slice->rows * slice->tile_width * slice->tile_height * sizeof (guint32);

  slices->planes = voxel_cuda_slice_planes_new (places);
  if (!take (slices, places * slice->plane_bytes, &slices->memory.pixels, error) ||
      !take (slices, sums, &slices->memory.sums, error) ||
      !voxel_cuda_check (slices->cuda, slices->cuda->module->event_new (&slices->turned), error,
                         "make an event"))
    return FALSE;
  for (guint i = 0; i < VOXEL_CUDA_SLICES_AHEAD; i++)
    if (!voxel_cuda_slice_slot_make (&slices->slots[i], slices->cuda, slices->device, slice,
                                     slices->result_bytes, error))
      return FALSE;
  return send_fixed (slices, form, error);
}

/* Both take turns in the same memory. */
static gboolean
make_runs (VoxelCudaSlices *slices, GError **error)
{
  g_autoptr (VoxelRunMemory) memory = NULL;
  gsize size = 0;

  for (guint i = 0; i < slices->n_networks; i++)
    size = MAX (size, voxel_plan_get_arena_size (slices->networks[i].plan));
  memory = voxel_run_memory_new_for (slices->networks[0].plan, size, error);
  for (guint i = 0; memory && i < slices->n_networks; i++) {
    slices->networks[i].run = voxel_run_new_in (slices->networks[i].plan, memory, error);
    if (!slices->networks[i].run)
      return FALSE;
  }
  return memory != NULL;
}

static gboolean
make_networks (VoxelCudaSlices *slices, VoxelModel *model, const VoxelCudaSlicesForm *form, GError **error)
{
  const VoxelPlanKey key = {.backend = "cuda", .precision = form->precision, .device = form->device};
  guint64 limit =
      form->memory_limit ? form->memory_limit : voxel_cuda_backend_device.available (form->device) / 2;

  for (guint sideways = 0; sideways < 2; sideways++) {
    VoxelCudaSliceNetwork *network = &slices->networks[slices->n_networks];

    voxel_cuda_slice_network_init (network, model, form, sideways);
    if (network->batch.n_views == 0)
      continue;
    network->batch.slice = slices->stitch.slice;
    network->batch.begins = slices->n_networks++ == 0;
    if (!voxel_cuda_slice_network_fit (network, model, key, form->batch ? form->batch : PICTURES, limit,
                                       error))
      return FALSE;
  }
  return make_runs (slices, error);
}

/* Networks first: what is left of the device's memory is shared by them alone. */
gboolean
voxel_cuda_slices_make (VoxelCudaSlices *slices, VoxelModel *model, const VoxelCudaSlicesForm *form,
                        GError **error)
{
  return make_networks (slices, model, form, error) && make_memory (slices, form, error);
}
