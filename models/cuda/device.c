/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"

#include "models/cuda/queue.h"
#include "models/memory.h"

/* Whoever has a plan, memory or a queue has asked for CUDA before: it is there. */
static const VoxelCuda *
cuda (void)
{
  return voxel_cuda_get (NULL);
}

static guint
device_count (GError **error)
{
  const VoxelCuda *found = voxel_cuda_get (error);

  return found ? found->devices->len : 0;
}

static gchar *
device_describe (guint device)
{
  const VoxelCudaDevice *info = voxel_cuda_device (cuda (), device);
  g_autofree gchar *memory = voxel_memory_to_text (info->memory);

  return g_strdup_printf ("%s, compute capability %u.%u, %s", info->name, info->version / 10,
                          info->version % 10, memory);
}

static guint64
device_available (guint device)
{
  gsize available = 0, all = 0;

  if (!voxel_cuda_use (cuda (), device, NULL) || cuda ()->module->memory (&available, &all))
    return 0;
  return available;
}

/* cudaErrorMemoryAllocation. */
#define OUT_OF_MEMORY 2

/* Says how much was wanted, and how much is free. */
static gpointer
refuse (guint device, int status, gsize size, GError **error)
{
  const gchar *name = voxel_cuda_device (cuda (), device)->name;
  g_autofree gchar *wanted = voxel_memory_to_text (size), *available = NULL, *all = NULL;

  if (status != OUT_OF_MEMORY) {
    voxel_cuda_check (cuda (), status, error, "get %s of the memory of %s", wanted, name);
    return NULL;
  }
  available = voxel_memory_to_text (device_available (device));
  all = voxel_memory_to_text (voxel_cuda_device (cuda (), device)->memory);
  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "No %s on %s: %s of %s are free. Use smaller tiles or fewer at a time, or end what else uses the "
      "device",
      wanted, name, available, all);
  return NULL;
}

static gpointer
device_alloc (guint device, gsize size, GError **error)
{
  gpointer memory = NULL;
  int status;

  if (!voxel_cuda_use (cuda (), device, error))
    return NULL;
  status = cuda ()->module->alloc (&memory, MAX (size, 1));
  return status ? refuse (device, status, size, error) : memory;
}

static void
device_free (guint device, gpointer memory)
{
  voxel_cuda_use (cuda (), device, NULL);
  cuda ()->module->free (memory);
}

static gpointer
device_alloc_host (guint device, gsize size, GError **error)
{
  g_autofree gchar *wanted = voxel_memory_to_text (size);
  gpointer memory = NULL;

  if (!voxel_cuda_use (cuda (), device, error) ||
      !voxel_cuda_check (cuda (), cuda ()->module->alloc_host (&memory, MAX (size, 1)), error,
                         "lock %s of this machine's memory for pictures; use fewer at a time", wanted))
    return NULL;
  return memory;
}

static void
device_free_host (guint device, gpointer memory)
{
  voxel_cuda_use (cuda (), device, NULL);
  cuda ()->module->free_host (memory);
}

static gpointer
device_queue_new (guint device, GError **error)
{
  return voxel_cuda_queue_new (cuda (), device, error);
}

static void
device_queue_free (gpointer queue)
{
  voxel_cuda_queue_free (queue);
}

static gboolean
device_copy (gpointer queue, gpointer to, gconstpointer from, gsize size, GError **error)
{
  return voxel_cuda_queue_copy (queue, to, from, size, error);
}

static gboolean
device_play (gpointer queue, VoxelQueueFunc func, gpointer data, GError **error)
{
  return voxel_cuda_queue_play (queue, func, data, error);
}

static gboolean
device_wait (gpointer queue, GError **error)
{
  return voxel_cuda_queue_wait (queue, error);
}

static gboolean
device_mark (gpointer queue, guint number, GError **error)
{
  return voxel_cuda_queue_mark (queue, number, error);
}

static gboolean
device_elapsed (gpointer queue, guint number, gint64 *ns, GError **error)
{
  return voxel_cuda_queue_elapsed (queue, number, ns, error);
}

const VoxelBackendDevice voxel_cuda_backend_device = {
    .count = device_count,
    .describe = device_describe,
    .available = device_available,
    .alloc = device_alloc,
    .free = device_free,
    .alloc_host = device_alloc_host,
    .free_host = device_free_host,
    .queue_new = device_queue_new,
    .queue_free = device_queue_free,
    .copy = device_copy,
    .play = device_play,
    .wait = device_wait,
    .mark = device_mark,
    .elapsed = device_elapsed,
};
