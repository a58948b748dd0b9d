/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/queue.h"

#include "models/cuda/cudnn-library.h"

/**
 * Plays:
 * @FIRST: cuDNN and CUDA load kernels when they are first used, which cannot be recorded
 * @RECORD: what is added is recorded, and the record played
 * @REPLAY: the record is played
 * @DIRECT: work that cannot be recorded is added each time
 *
 * What the next voxel_cuda_queue_play() does.
 */
typedef enum { FIRST, RECORD, REPLAY, DIRECT } Plays;

struct _VoxelCudaQueue {
  const VoxelCuda *cuda;
  guint device;
  gpointer stream;
  cudnnHandle_t handle; /* made when it is first asked for: copies need none */
  gpointer record;
  Plays plays;
  GPtrArray *marks; /* events, made when they are first asked for */
};

/**
 * voxel_cuda_queue_new:
 * @cuda: CUDA
 * @device: below the number of devices
 * @error: what CUDA says
 *
 * Returns: (transfer full) (nullable): a queue
 */
VoxelCudaQueue *
voxel_cuda_queue_new (const VoxelCuda *cuda, guint device, GError **error)
{
  g_autofree VoxelCudaQueue *queue = g_new0 (VoxelCudaQueue, 1);

  queue->cuda = cuda;
  queue->device = device;
  if (!voxel_cuda_use (cuda, device, error) ||
      !voxel_cuda_check (cuda, cuda->module->stream_new (&queue->stream), error, "make a stream"))
    return NULL;
  queue->marks = g_ptr_array_new ();
  return g_steal_pointer (&queue);
}

/* Also where the device is lost: cuDNN and CUDA have memory of this process for it. */
void
voxel_cuda_queue_free (VoxelCudaQueue *queue)
{
  const VoxelCudaModule *module = queue->cuda->module;

  voxel_cuda_use (queue->cuda, queue->device, NULL);
  module->stream_wait (queue->stream);
  if (queue->record)
    module->graph_free (queue->record);
  for (guint i = 0; i < queue->marks->len; i++)
    module->event_free (queue->marks->pdata[i]);
  if (queue->handle)
    queue->cuda->cudnn->handle_free (queue->handle);
  module->stream_free (queue->stream);
  g_ptr_array_unref (queue->marks);
  g_free (queue);
}

/**
 * voxel_cuda_queue_stream:
 * @queue: a queue
 *
 * Returns: (transfer none): its cudaStream_t
 */
gpointer
voxel_cuda_queue_stream (VoxelCudaQueue *queue)
{
  return queue->stream;
}

guint
voxel_cuda_queue_device (VoxelCudaQueue *queue)
{
  return queue->device;
}

/**
 * voxel_cuda_queue_handle:
 * @queue: a queue whose device the thread uses
 * @error: what cuDNN says
 *
 * Returns: (transfer none) (nullable): its cudnnHandle_t, whose work goes to its stream
 */
gpointer
voxel_cuda_queue_handle (VoxelCudaQueue *queue, GError **error)
{
  const VoxelCudnnLibrary *cudnn = queue->cuda->cudnn;
  cudnnHandle_t handle = NULL;

  if (queue->handle)
    return queue->handle;
  if (!voxel_cudnn_library_check (cudnn, cudnn->handle_new (&handle), error, "to work on %s",
                                  voxel_cuda_device (queue->cuda, queue->device)->name))
    return NULL;
  if (!voxel_cudnn_library_check (cudnn, cudnn->handle_stream (handle, (cudaStream_t) queue->stream), error,
                                  "a stream")) {
    cudnn->handle_free (handle);
    return NULL;
  }
  queue->handle = handle;
  return handle;
}

/**
 * voxel_cuda_queue_copy:
 * @queue: a queue
 * @to: on the device or in the process
 * @from: likewise
 * @size: bytes
 * @error: what CUDA says
 *
 * The copy is done when it is its turn; memory of the process must stay as it is until then.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cuda_queue_copy (VoxelCudaQueue *queue, gpointer to, gconstpointer from, gsize size, GError **error)
{
  return voxel_cuda_use (queue->cuda, queue->device, error) &&
         voxel_cuda_check (queue->cuda, queue->cuda->module->copy (to, from, size, queue->stream), error,
                           "copy %" G_GSIZE_FORMAT " bytes", size);
}

/* The record of what @func adds; NULL where there can be none. */
static gpointer
record (VoxelCudaQueue *queue, VoxelQueueFunc func, gpointer data)
{
  const VoxelCudaModule *module = queue->cuda->module;
  gpointer graph = NULL;
  gboolean added;

  if (module->capture (queue->stream))
    return NULL;
  added = func (data, NULL);
  if (module->capture_end (queue->stream, &graph) == 0 && added)
    return graph;
  if (graph)
    module->graph_free (graph);
  return NULL;
}

/**
 * voxel_cuda_queue_play:
 * @queue: a queue
 * @func: adds work to it, the same in every call
 * @data: for @func
 * @error: of @func, or what CUDA says
 *
 * Recorded the second time and played from then on, so that a network costs one launch. Where it cannot be recorded it
 * is added each time.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cuda_queue_play (VoxelCudaQueue *queue, VoxelQueueFunc func, gpointer data, GError **error)
{
  if (!voxel_cuda_use (queue->cuda, queue->device, error))
    return FALSE;
  if (queue->plays == RECORD) {
    queue->record = record (queue, func, data);
    queue->plays = queue->record ? REPLAY : DIRECT;
  }
  if (queue->plays == REPLAY)
    return voxel_cuda_check (queue->cuda, queue->cuda->module->play (queue->record, queue->stream), error,
                             "play what was recorded");
  if (!func (data, error))
    return FALSE;
  if (queue->plays == FIRST)
    queue->plays = RECORD;
  return TRUE;
}

/**
 * voxel_cuda_queue_wait:
 * @queue: a queue
 * @error: of the first of its work that failed
 *
 * Returns: %TRUE where all of it is done
 */
gboolean
voxel_cuda_queue_wait (VoxelCudaQueue *queue, GError **error)
{
  return voxel_cuda_use (queue->cuda, queue->device, error) &&
         voxel_cuda_check (queue->cuda, queue->cuda->module->stream_wait (queue->stream), error,
                           "finish its work on %s", voxel_cuda_device (queue->cuda, queue->device)->name);
}

/**
 * voxel_cuda_queue_mark:
 * @queue: a queue
 * @number: at most that of marks so far
 * @error: what CUDA says
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cuda_queue_mark (VoxelCudaQueue *queue, guint number, GError **error)
{
  const VoxelCudaModule *module = queue->cuda->module;
  gpointer event;

  g_return_val_if_fail (number <= queue->marks->len, FALSE);
  if (!voxel_cuda_use (queue->cuda, queue->device, error))
    return FALSE;
  if (number == queue->marks->len) {
    if (!voxel_cuda_check (queue->cuda, module->event_new (&event), error, "make an event"))
      return FALSE;
    g_ptr_array_add (queue->marks, event);
  }
  return voxel_cuda_check (queue->cuda, module->event_record (queue->marks->pdata[number], queue->stream),
                           error, "note the time");
}

gboolean
voxel_cuda_queue_elapsed (VoxelCudaQueue *queue, guint number, gint64 *ns, GError **error)
{
  gfloat ms = 0;

  g_return_val_if_fail (number + 1 < queue->marks->len, FALSE);
  if (!voxel_cuda_check (
          queue->cuda,
          queue->cuda->module->event_ms (&ms, queue->marks->pdata[number], queue->marks->pdata[number + 1]),
          error, "tell how much time passed"))
    return FALSE;
  *ns = (gint64) (ms * 1e6);
  return TRUE;
}
