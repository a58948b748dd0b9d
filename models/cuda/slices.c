/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/slices-private.h"

#include <string.h>

#include "models/cuda/backend.h"

static gboolean
covers (const guint *starts, guint n, guint tile, guint side)
{
  for (guint i = 0; i < n; i++)
    if (starts[i] >= side || starts[i] > (i ? starts[i - 1] + tile : 0))
      return FALSE;
  return n > 0 && starts[n - 1] + tile >= side;
}

/* What callers must not ask for; users cannot. */
static gboolean
is_sound (const VoxelCudaSlicesForm *form)
{
  const VoxelCudaSlice *slice = &form->slice;

  return (slice->bytes == 1 || slice->bytes == 2) && slice->planes > 0 && form->n_views > 0 &&
         form->n_views <= VOXEL_CUDA_MAX_VIEWS && !form->values == !form->codes &&
         covers (form->xs, slice->columns, slice->tile_width, slice->width) &&
         covers (form->ys, slice->rows, slice->tile_height, slice->height);
}

/* Kernels count pixels and pictures in 32 bits. */
static gboolean
is_countable (const VoxelCudaSlicesForm *form, GError **error)
{
  const VoxelCudaSlice *slice = &form->slice;
  guint64 tiles = (guint64) slice->columns * slice->rows;

  if ((guint64) slice->width * slice->height <= G_MAXINT32 &&
      (guint64) slice->tile_width * slice->tile_height <= G_MAXINT32 && tiles * form->n_views <= G_MAXINT32)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "slices of %ux%u pixels in %" G_GUINT64_FORMAT " tiles are too large for a device",
               slice->width, slice->height, tiles);
  return FALSE;
}

/**
 * voxel_cuda_slices_new:
 * @model: what is run
 * @form: of slices, and what is done with them
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: what is missing, or too large
 *
 * Returns: (transfer full) (nullable): a network for such slices, with all memory that they need
 */
VoxelCudaSlices *
voxel_cuda_slices_new (VoxelModel *model, const VoxelCudaSlicesForm *form, GError **error)
{
  g_autoptr (VoxelCudaSlices) slices = NULL;
  const VoxelCuda *cuda = voxel_cuda_get (error);

  g_return_val_if_fail (is_sound (form), NULL);
  if (!cuda || !is_countable (form, error) || !voxel_cuda_use (cuda, form->device, error))
    return NULL;
  slices = g_new0 (VoxelCudaSlices, 1);
  slices->cuda = cuda;
  slices->device = form->device;
  slices->precision = form->precision;
  slices->result_bytes = (gsize) form->slice.width * form->slice.height * (form->mask ? 1 : 2);
  slices->stitch = (VoxelCudaSliceStitch){.slice = form->slice,
                                          .n_views = form->n_views,
                                          .merge = form->merge,
                                          .least = form->least,
                                          .values = form->values != NULL,
                                          .mask = form->mask,
                                          .threshold = form->threshold,
                                          .results = form->results != NULL};
  slices->stitch.slice.plane_bytes = (gsize) form->slice.width * form->slice.height * form->slice.bytes;
  if (!voxel_cuda_slices_make (slices, model, form, error))
    return NULL;
  return g_steal_pointer (&slices);
}

/**
 * voxel_cuda_slices_free:
 * @slices: (transfer full): slices; those under way are waited for
 */
void
voxel_cuda_slices_free (VoxelCudaSlices *slices)
{
  const gpointer memory[] = {slices->memory.pixels, slices->memory.fixed, slices->memory.sums};

  voxel_cuda_use (slices->cuda, slices->device, NULL);
  for (guint i = 0; i < VOXEL_CUDA_SLICES_AHEAD; i++)
    voxel_cuda_slice_slot_clear (&slices->slots[i], slices->cuda, slices->device);
  for (guint i = 0; i < slices->n_networks; i++)
    voxel_cuda_slice_network_clear (&slices->networks[i]);
  if (slices->turned)
    slices->cuda->module->event_free (slices->turned);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    if (memory[i])
      voxel_cuda_backend_device.free (slices->device, memory[i]);
  g_clear_pointer (&slices->planes, voxel_cuda_slice_planes_free);
  g_free (slices);
}

/**
 * voxel_cuda_slices_get_batch:
 * @slices: slices
 *
 * Returns: pictures that the network sees at once
 */
guint
voxel_cuda_slices_get_batch (const VoxelCudaSlices *slices)
{
  return voxel_plan_get_key (slices->networks[0].plan)->n;
}

/**
 * voxel_cuda_slices_get_under_way:
 * @slices: slices
 *
 * Returns: how many were started and not waited for
 */
guint
voxel_cuda_slices_get_under_way (const VoxelCudaSlices *slices)
{
  return (guint) (slices->started - slices->done);
}

/**
 * voxel_cuda_slices_get_seconds:
 * @slices: slices
 *
 * Returns: how long the device computed, by its own clock, for those that were waited for
 */
gdouble
voxel_cuda_slices_get_seconds (const VoxelCudaSlices *slices)
{
  return slices->seconds;
}

/* Rows follow each other without gaps from here on. */
static void
copy_rows (gconstpointer from, gsize from_stride, gpointer to, gsize to_stride, gsize bytes, guint rows)
{
  for (guint y = 0; y < rows; y++)
    memcpy ((guint8 *) to + y * to_stride, (const guint8 *) from + y * from_stride, bytes);
}

static gboolean
send_plane (VoxelCudaSlices *slices, VoxelCudaSliceSlot *slot, const VoxelCudaPlane *plane, guint i,
            GError **error)
{
  const VoxelCudaSlice *slice = &slices->stitch.slice;
  gsize row = (gsize) slice->width * slice->bytes;
  guint8 *pixels = slot->pixels + i * slice->plane_bytes;
  gboolean there = FALSE;
  guint place =
      voxel_cuda_slice_planes_take (slices->planes, &plane->key, slot->number, slices->done, &there);

  slot->told[VOXEL_CUDA_HEAD_PLACES + i] = place;
  if (there)
    return TRUE;
  copy_rows (plane->pixels, plane->stride, pixels, row, row, slice->height);
  return voxel_cuda_backend_device.copy (slot->queue,
                                         (guint8 *) slices->memory.pixels + place * slice->plane_bytes,
                                         pixels, slice->plane_bytes, error);
}

static gboolean
record (VoxelCudaSlices *slices, gpointer event, gpointer queue, GError **error)
{
  return voxel_cuda_check (slices->cuda,
                           slices->cuda->module->event_record (event, voxel_cuda_queue_stream (queue)), error,
                           "record an event");
}

/* What is added to the queue from now on comes after what was there before @event was recorded. */
static gboolean
follow (VoxelCudaSlices *slices, gpointer event, gpointer queue, GError **error)
{
  return voxel_cuda_check (slices->cuda,
                           slices->cuda->module->event_wait (event, voxel_cuda_queue_stream (queue)), error,
                           "wait for an event");
}

static gboolean
send (VoxelCudaSlices *slices, VoxelCudaSliceSlot *slot, const VoxelCudaSlicesInput *input, GError **error)
{
  const VoxelCudaSlice *slice = &slices->stitch.slice;

  for (guint i = 0; i < slice->planes; i++)
    if (!send_plane (slices, slot, &input->planes[i], i, error))
      return FALSE;
  return voxel_cuda_backend_device.copy (slot->queue, slot->head, slot->told,
                                         VOXEL_CUDA_HEAD_WORDS (slice) * sizeof *slot->told, error) &&
         record (slices, slot->sent, slot->queue, error);
}

static gpointer
queue_of (VoxelCudaSlices *slices, guint network)
{
  return voxel_run_get_queue (slices->networks[network].run);
}

/* The first network's queue does not know what the other one's did to the slice before. */
static gboolean
follow_last (VoxelCudaSlices *slices, GError **error)
{
  const VoxelCudaSliceSlot *last = &slices->slots[slices->started % VOXEL_CUDA_SLICES_AHEAD];

  return slices->n_networks == 1 || slices->started == 0 ||
         follow (slices, last->computed, queue_of (slices, 0), error);
}

static gboolean
compute (VoxelCudaSlices *slices, VoxelCudaSliceSlot *slot, guint seen, GError **error)
{
  const VoxelCudaSlice *slice = &slices->stitch.slice;
  VoxelCudaSliceMemory memory = slices->memory;
  gpointer queue = queue_of (slices, slices->n_networks - 1);
  const VoxelCudaMemory stitch = {.in = {memory.sums, slot->head, memory.fixed}, .out = slot->out};

  memory.head = slot->head;
  if (!follow (slices, slot->sent, queue_of (slices, 0), error) || !follow_last (slices, error) ||
      !record (slices, slot->begun, queue_of (slices, 0), error))
    return FALSE;
  for (guint i = 0; i < slices->n_networks; i++) {
    if (i > 0 && (!record (slices, slices->turned, queue_of (slices, 0), error) ||
                  !follow (slices, slices->turned, queue, error)))
      return FALSE;
    if (!voxel_cuda_slice_network_add (&slices->networks[i], slices->cuda, &memory, seen, error))
      return FALSE;
  }
  return voxel_cuda_slice_start (slices->cuda, VOXEL_CUDA_KERNEL_SLICE_STITCH,
                                 (gsize) slice->width * slice->height, 1, &slices->stitch, &stitch, queue,
                                 error) &&
         record (slices, slot->computed, queue, error);
}

static gboolean
fetch (VoxelCudaSlices *slices, VoxelCudaSliceSlot *slot, GError **error)
{
  return follow (slices, slot->computed, slot->queue, error) &&
         voxel_cuda_backend_device.copy (slot->queue, slot->result, slot->out, slices->result_bytes, error) &&
         voxel_cuda_backend_device.copy (slot->queue, slot->not_finite, slot->head, sizeof *slot->not_finite,
                                         error);
}

/* Nobody may use what work that was added before something failed still reads or writes. */
static void
give_up (VoxelCudaSlices *slices, VoxelCudaSliceSlot *slot)
{
  for (guint i = 0; i < slices->n_networks; i++)
    voxel_cuda_backend_device.wait (queue_of (slices, i), NULL);
  voxel_cuda_backend_device.wait (slot->queue, NULL);
  voxel_cuda_slice_planes_lose (slices->planes, slot->number);
}

/**
 * voxel_cuda_slices_start:
 * @slices: slices, of which fewer than %VOXEL_CUDA_SLICES_AHEAD are under way
 * @input: the next one
 * @error: what CUDA or the network says
 *
 * Returns: whether the device has it
 */
gboolean
voxel_cuda_slices_start (VoxelCudaSlices *slices, const VoxelCudaSlicesInput *input, GError **error)
{
  VoxelCudaSliceSlot *slot = &slices->slots[(slices->started + 1) % VOXEL_CUDA_SLICES_AHEAD];
  guint seen;

  g_return_val_if_fail (voxel_cuda_slices_get_under_way (slices) < VOXEL_CUDA_SLICES_AHEAD, FALSE);
  if (!voxel_cuda_use (slices->cuda, slices->device, error))
    return FALSE;
  slot->number = slices->started + 1;
  seen = voxel_cuda_slice_slot_tell (slot, &slices->stitch.slice, input);
  if (!send (slices, slot, input, error) || !compute (slices, slot, seen, error) ||
      !fetch (slices, slot, error)) {
    give_up (slices, slot);
    return FALSE;
  }
  slices->started++;
  return TRUE;
}

/**
 * voxel_cuda_slices_wait:
 * @slices: slices, of which some are under way
 * @out: (nullable): what comes of the one that was started first: bytes of a mask or words of 16 bits
 * @stride: of @out: bytes from row to row
 * @error: %VOXEL_MODEL_ERROR_TENSOR where scores are no finite numbers; else what CUDA says
 *
 * Whatever it returns, that slice is no longer under way.
 *
 * Returns: whether @out was written
 */
gboolean
voxel_cuda_slices_wait (VoxelCudaSlices *slices, gpointer out, gsize stride, GError **error)
{
  const VoxelCudaSlice *slice = &slices->stitch.slice;
  VoxelCudaSliceSlot *slot = &slices->slots[(slices->done + 1) % VOXEL_CUDA_SLICES_AHEAD];
  gsize row = slices->result_bytes / slice->height;
  gfloat ms = 0.f;

  g_return_val_if_fail (voxel_cuda_slices_get_under_way (slices) > 0, FALSE);
  slices->done++;
  if (!voxel_cuda_backend_device.wait (slot->queue, error) ||
      !voxel_cuda_check (slices->cuda, slices->cuda->module->event_ms (&ms, slot->begun, slot->computed),
                         error, "tell how long it computed"))
    return FALSE;
  slices->seconds += ms / 1e3;
  if (*slot->not_finite) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                 "the network gave scores that are not finite: its weights are damaged or too large for %s",
                 voxel_precision_to_name (slices->precision));
    return FALSE;
  }
  if (out)
    copy_rows (slot->result, row, out, stride, row, slice->height);
  return TRUE;
}

/**
 * voxel_cuda_slices_forget:
 * @slices: slices
 *
 * Waits for those under way; nobody wants to know what came of them.
 */
void
voxel_cuda_slices_forget (VoxelCudaSlices *slices)
{
  while (voxel_cuda_slices_get_under_way (slices) > 0)
    voxel_cuda_slices_wait (slices, NULL, 0, NULL);
}
