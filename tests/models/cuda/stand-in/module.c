/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "launch.h"
#include "memory.h"
#include "stream.h"

static int
driver (int *version)
{
  *version = (int) stand_in_world.driver;
  return CUDA_OK;
}

static int
count (int *n)
{
  STAND_IN_ENTER;
  *n = (int) stand_in_world.devices;
  return CUDA_OK;
}

static int
device (int number, VoxelCudaDevice *info)
{
  STAND_IN_ENTER;
  if (number < 0 || (guint) number >= stand_in_world.devices)
    return CUDA_INVALID_DEVICE;
  *info = (VoxelCudaDevice){
      .version = (unsigned) stand_in_world.version, .processors = 4, .memory = stand_in_world.memory};
  g_snprintf (info->name, sizeof info->name, "stand-in %d", number);
  return CUDA_OK;
}

static int
memory_of_device (size_t *available, size_t *all)
{
  STAND_IN_ENTER;
  *all = stand_in_world.memory;
  *available = *all - stand_in_memory_used (stand_in_device ());
  return CUDA_OK;
}

/* As CUDA does where the recording thread asks for memory. */
static int
alloc_of (void **memory, size_t size, gint of)
{
  STAND_IN_ENTER;
  *memory = NULL;
  if (stand_in_capture_spoil ())
    return CUDA_CAPTURE_UNSUPPORTED;
  return stand_in_memory_alloc (memory, size, of);
}

static int
alloc (void **memory, size_t size)
{
  return alloc_of (memory, size, (gint) stand_in_device ());
}

static int
alloc_host (void **memory, size_t size)
{
  return alloc_of (memory, size, STAND_IN_HOST);
}

/* All work of all streams comes first. */
static int
free_of (void *memory, gboolean host)
{
  STAND_IN_LOCK;

  if (stand_in_capture_spoil ())
    return CUDA_CAPTURE_UNSUPPORTED;
  stand_in_stream_do_all ();
  stand_in_memory_free (memory, host);
  return stand_in_ready ();
}

static int
free_device (void *memory)
{
  return free_of (memory, FALSE);
}

static int
free_host (void *memory)
{
  return free_of (memory, TRUE);
}

typedef struct {
  void *to;
  const void *from;
  size_t size;
} Copy;

static void
check_copy (const Copy *copy)
{
  gint of = STAND_IN_HOST, other = STAND_IN_HOST;

  stand_in_memory_is (copy->to, copy->size, &of, "copy to");
  stand_in_memory_is (copy->from, copy->size, &other, "copy from");
  if (of == STAND_IN_HOST && other == STAND_IN_HOST)
    g_error ("stand-in device: a copy from %p to %p has nothing to do with a device", copy->from, copy->to);
}

static int
do_copy (gpointer data)
{
  const Copy *copy = data;

  check_copy (copy);
  memmove (copy->to, copy->from, copy->size);
  return CUDA_OK;
}

static int
copy (void *to, const void *from, size_t size, void *stream)
{
  const Copy added = {to, from, size};
  STAND_IN_ENTER;

  if (size == 0)
    return CUDA_OK;
  check_copy (&added);
  return stand_in_stream_add (stand_in_handle_get (STAND_IN_STREAM, stream),
                              (StandInWork){do_copy, g_memdup2 (&added, sizeof added), g_free, FALSE});
}

static VoxelCudaModule module = {
    .abi = VOXEL_CUDA_MODULE_ABI,
    .runtime = STAND_IN_RUNTIME,
    .kernels = stand_in_kernels,
    .error_name = stand_in_error_name,
    .error_text = stand_in_error_text,
    .driver = driver,
    .count = count,
    .device = device,
    .use = stand_in_use,
    .memory = memory_of_device,
    .alloc = alloc,
    .free = free_device,
    .alloc_host = alloc_host,
    .free_host = free_host,
    .copy = copy,
    .stream_new = stand_in_stream_new,
    .stream_free = stand_in_stream_free,
    .stream_wait = stand_in_stream_wait,
    .event_new = stand_in_event_new,
    .event_free = stand_in_event_free,
    .event_record = stand_in_event_record,
    .event_wait = stand_in_event_wait,
    .event_ms = stand_in_event_ms,
    .capture = stand_in_capture,
    .capture_end = stand_in_capture_end,
    .play = stand_in_play,
    .graph_free = stand_in_graph_free,
};

__attribute__ ((visibility ("default"))) const VoxelCudaModule *
voxel_cuda_module (void)
{
  module.abi = (unsigned) stand_in_world.abi;
  return &module;
}
