/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/slice-slot.h"

#include <string.h>

#include "models/cuda/backend.h"

static gboolean
make_event (const VoxelCuda *cuda, gpointer *event, GError **error)
{
  return voxel_cuda_check (cuda, cuda->module->event_new (event), error, "make an event");
}

static gboolean
pin (guint device, gsize size, gpointer *memory, GError **error)
{
  *memory = voxel_cuda_backend_device.alloc_host (device, size, error);
  return *memory != NULL;
}

static gboolean
take (guint device, gsize size, gpointer *memory, GError **error)
{
  *memory = voxel_cuda_backend_device.alloc (device, size, error);
  return *memory != NULL;
}

/**
 * voxel_cuda_slice_slot_make:
 * @slot: zeros
 * @cuda: CUDA
 * @device: that the thread uses
 * @slice: of the form
 * @result_bytes: of what comes of a slice
 * @error: what there is not enough of; what was made before is left to voxel_cuda_slice_slot_clear()
 */
gboolean
voxel_cuda_slice_slot_make (VoxelCudaSliceSlot *slot, const VoxelCuda *cuda, guint device,
                            const VoxelCudaSlice *slice, gsize result_bytes, GError **error)
{
  gsize head = VOXEL_CUDA_HEAD_WORDS (slice) * sizeof (guint32);

  slot->queue = voxel_cuda_backend_device.queue_new (device, error);
  return slot->queue && make_event (cuda, &slot->sent, error) && make_event (cuda, &slot->begun, error) &&
         make_event (cuda, &slot->computed, error) && take (device, head, &slot->head, error) &&
         take (device, result_bytes, &slot->out, error) &&
         pin (device, head, (gpointer *) &slot->told, error) &&
         pin (device, slice->planes * slice->plane_bytes, (gpointer *) &slot->pixels, error) &&
         pin (device, result_bytes, (gpointer *) &slot->result, error) &&
         pin (device, sizeof *slot->not_finite, (gpointer *) &slot->not_finite, error);
}

/**
 * voxel_cuda_slice_slot_clear:
 * @slot: any part of a slot; its work is waited for
 * @cuda: CUDA
 * @device: that the thread uses
 */
void
voxel_cuda_slice_slot_clear (VoxelCudaSliceSlot *slot, const VoxelCuda *cuda, guint device)
{
  const gpointer events[] = {slot->sent, slot->begun, slot->computed}, memory[] = {slot->head, slot->out};
  const gpointer pinned[] = {slot->told, slot->pixels, slot->result, slot->not_finite};

  if (slot->queue)
    voxel_cuda_backend_device.queue_free (slot->queue);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (events[i])
      cuda->module->event_free (events[i]);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    if (memory[i])
      voxel_cuda_backend_device.free (device, memory[i]);
  for (guint i = 0; i < G_N_ELEMENTS (pinned); i++)
    if (pinned[i])
      voxel_cuda_backend_device.free_host (device, pinned[i]);
  *slot = (VoxelCudaSliceSlot){0};
}

/**
 * voxel_cuda_slice_slot_tell:
 * @slot: whose slice is done
 * @slice: of the form
 * @input: the next slice
 *
 * Writes the head, but for the places of planes.
 *
 * Returns: how many tiles the network sees
 */
guint
voxel_cuda_slice_slot_tell (VoxelCudaSliceSlot *slot, const VoxelCudaSlice *slice,
                            const VoxelCudaSlicesInput *input)
{
  guint tiles = slice->columns * slice->rows, n = 0;

  slot->told[0] = 0;
  for (guint i = 0; i < tiles; i++) {
    gboolean empty = input->empty && input->empty[i];

    slot->told[VOXEL_CUDA_HEAD_EMPTY (slice) + i] = empty;
    slot->told[VOXEL_CUDA_HEAD_SEEN (slice) + i] = 0;
    if (!empty)
      slot->told[VOXEL_CUDA_HEAD_SEEN (slice) + n++] = i;
  }
  memcpy (slot->told + VOXEL_CUDA_HEAD_PIXELS (slice), input->maps,
          (gsize) tiles * slice->planes * sizeof *input->maps);
  return n;
}
