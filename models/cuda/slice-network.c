/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/slice-network.h"

#include "models/cuda/kernels/operand.h"
#include "models/memory.h"

static guint
round_up (guint n, guint multiple)
{
  return (n + multiple - 1) / multiple * multiple;
}

/**
 * voxel_cuda_slice_network_init:
 * @network: (out): without a run
 * @model: what is run
 * @form: of slices
 * @sideways: whether it takes the views whose rows are columns of the tile, or the others
 *
 * No views may be left for it.
 */
void
voxel_cuda_slice_network_init (VoxelCudaSliceNetwork *network, VoxelModel *model,
                               const VoxelCudaSlicesForm *form, gboolean sideways)
{
  const VoxelCudaSlice *slice = &form->slice;
  guint stride = voxel_model_get_stride (model);

  *network = (VoxelCudaSliceNetwork){
      .batch = {.slice = *slice,
                .height = round_up (sideways ? slice->tile_width : slice->tile_height, stride),
                .width = round_up (sideways ? slice->tile_height : slice->tile_width, stride),
                .in_channels = voxel_model_get_in_channels (model),
                .out_channels = voxel_model_get_out_channels (model),
                .channel = form->channel,
                .merge = form->merge,
                .values = form->values != NULL}};
  for (guint i = 0; i < form->n_views; i++)
    if (!(form->turns[i] & VOXEL_CUDA_TURN_SWAP) == !sideways)
      network->batch.turns[network->batch.n_views++] = form->turns[i];
}

static gboolean
refuse (const VoxelCudaSliceNetwork *network, gsize wanted, guint64 limit, GError **error)
{
  g_autofree gchar *bytes = voxel_memory_to_text (wanted), *allowed = voxel_memory_to_text (limit);

  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "pictures of %ux%u take %s of the device in the network, the memory limit is %s: use smaller "
               "tiles or a higher limit",
               network->batch.width, network->batch.height, bytes, allowed);
  return FALSE;
}

void
voxel_cuda_slice_network_clear (VoxelCudaSliceNetwork *network)
{
  g_clear_pointer (&network->run, voxel_run_free);
  g_clear_pointer (&network->plan, voxel_plan_unref);
}

/**
 * voxel_cuda_slice_network_fit:
 * @network: a network
 * @model: what is run
 * @key: of the plan, but for sizes
 * @wanted: pictures a run, at most
 * @limit: bytes that a run may take
 * @error: that not even one fits, or what the backend cannot do
 *
 * Makes the plan. A run has as few pictures as the same number of runs can do with, if all tiles are seen.
 */
gboolean
voxel_cuda_slice_network_fit (VoxelCudaSliceNetwork *network, VoxelModel *model, VoxelPlanKey key,
                              guint wanted, guint64 limit, GError **error)
{
  const VoxelCudaSlice *slice = &network->batch.slice;
  guint pictures = slice->columns * slice->rows * network->batch.n_views, most, runs;
  VoxelPlanSize size;

  key.height = network->batch.height;
  key.width = network->batch.width;
  for (most = MIN (wanted, pictures);; most = (most + 1) / 2) {
    runs = (pictures + most - 1) / most;
    key.n = (pictures + runs - 1) / runs;
    if (!voxel_plan_measure (model, &key, &size, error))
      return FALSE;
    if (size.arena <= limit)
      break;
    if (most == 1)
      return refuse (network, size.arena, limit, error);
  }
  network->plan = voxel_plan_get (model, &key, error);
  return network->plan != NULL;
}

/**
 * voxel_cuda_slice_start:
 * @cuda: CUDA
 * @kernel: which
 * @elements: that its threads take
 * @second: the grid's second dimension
 * @params: of the kernel's type
 * @memory: on the queue's device
 * @queue: that it is added to; the thread uses its device
 * @error: what CUDA says
 */
gboolean
voxel_cuda_slice_start (const VoxelCuda *cuda, VoxelCudaKernel kernel, gsize elements, guint second,
                        gconstpointer params, const VoxelCudaMemory *memory, gpointer queue, GError **error)
{
  VoxelCudaLaunch launch = voxel_cuda_grid (elements, second);
  int status = cuda->module->kernels[kernel](&launch, params, memory, voxel_cuda_queue_stream (queue));

  return voxel_cuda_check (cuda, status, error, "start a kernel for slices");
}

/**
 * voxel_cuda_slice_network_add:
 * @network: with a run
 * @cuda: CUDA
 * @memory: on the device that the thread uses
 * @seen: tiles of the slice that it sees
 * @error: what CUDA or the network says
 *
 * Adds to the run's queue what turns pixels into the scores of all its views.
 */
gboolean
voxel_cuda_slice_network_add (VoxelCudaSliceNetwork *network, const VoxelCuda *cuda,
                              const VoxelCudaSliceMemory *memory, guint seen, GError **error)
{
  VoxelCudaSliceBatch batch = network->batch;
  gsize tile = (gsize) batch.slice.tile_width * batch.slice.tile_height;
  gpointer queue = voxel_run_get_queue (network->run);
  guint n = voxel_plan_get_key (network->plan)->n;
  const VoxelCudaMemory cut = {.in = {memory->pixels, memory->head, memory->fixed},
                               .out = voxel_run_get_device_input (network->run)};
  const VoxelCudaMemory merge = {
      .in = {voxel_run_get_device_output (network->run), memory->head, memory->fixed},
      .out = memory->sums,
      .scratch = memory->head};

  for (; batch.first < seen * batch.n_views; batch.first += batch.pictures) {
    guint first = batch.first / batch.n_views, last;

    batch.pictures = MIN (n, seen * batch.n_views - batch.first);
    last = (batch.first + batch.pictures - 1) / batch.n_views;
    if (!voxel_cuda_slice_start (cuda, VOXEL_CUDA_KERNEL_SLICE_CUT, (gsize) batch.height * batch.width, n,
                                 &batch, &cut, queue, error) ||
        !voxel_run_start_steps (network->run, error) ||
        !voxel_cuda_slice_start (cuda, VOXEL_CUDA_KERNEL_SLICE_MERGE, tile, last - first + 1, &batch, &merge,
                                 queue, error))
      return FALSE;
  }
  return TRUE;
}
