/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/module.h"

#include <cuda_runtime_api.h>
#include <stdio.h>
#include <string.h>

/* CUDA's runtime as plain C. Each function is one call of it, or what makes one of several. */

static const char *
error_name (int error)
{
  return cudaGetErrorName ((cudaError_t) error);
}

static const char *
error_text (int error)
{
  return cudaGetErrorString ((cudaError_t) error);
}

static int
driver (int *version)
{
  return (int) cudaDriverGetVersion (version);
}

static int
count (int *n)
{
  *n = 0;
  return (int) cudaGetDeviceCount (n);
}

static int
device (int number, VoxelCudaDevice *info)
{
  struct cudaDeviceProp properties;
  cudaError_t error = cudaGetDeviceProperties (&properties, number);

  if (error != cudaSuccess)
    return (int) error;
  memset (info, 0, sizeof *info);
  snprintf (info->name, sizeof info->name, "%s", properties.name);
  info->version = (unsigned) (10 * properties.major + properties.minor);
  info->processors = (unsigned) properties.multiProcessorCount;
  info->memory = properties.totalGlobalMem;
  return 0;
}

/* A thread that waits for a device sleeps, rather than taking a core from those that read and write pictures. That is said
 * to each device once, before it is used; cudaSetDevice() tells what is wrong with it. */
static int
use (int number)
{
  static char told[64];

  if (number >= 0 && number < (int) sizeof told && !__atomic_exchange_n (&told[number], 1, __ATOMIC_RELAXED))
    cudaInitDevice (number, cudaDeviceScheduleBlockingSync, cudaInitDeviceFlagsAreValid);
  return (int) cudaSetDevice (number);
}

static int
memory_of_device (size_t *available, size_t *all)
{
  return (int) cudaMemGetInfo (available, all);
}

static int
alloc (void **memory, size_t size)
{
  return (int) cudaMalloc (memory, size);
}

static int
free_device (void *memory)
{
  return (int) cudaFree (memory);
}

/* All devices of the process may copy from it. */
static int
alloc_host (void **memory, size_t size)
{
  return (int) cudaHostAlloc (memory, size, cudaHostAllocPortable);
}

static int
free_host (void *memory)
{
  return (int) cudaFreeHost (memory);
}

/* By the addresses CUDA knows which way. */
static int
copy (void *to, const void *from, size_t size, void *stream)
{
  return (int) cudaMemcpyAsync (to, from, size, cudaMemcpyDefault, (cudaStream_t) stream);
}

static int
stream_new (void **stream)
{
  return (int) cudaStreamCreateWithFlags ((cudaStream_t *) stream, cudaStreamNonBlocking);
}

static int
stream_free (void *stream)
{
  return (int) cudaStreamDestroy ((cudaStream_t) stream);
}

static int
stream_wait (void *stream)
{
  return (int) cudaStreamSynchronize ((cudaStream_t) stream);
}

/* With times. */
static int
event_new (void **event)
{
  return (int) cudaEventCreate ((cudaEvent_t *) event);
}

static int
event_free (void *event)
{
  return (int) cudaEventDestroy ((cudaEvent_t) event);
}

static int
event_record (void *event, void *stream)
{
  return (int) cudaEventRecord ((cudaEvent_t) event, (cudaStream_t) stream);
}

static int
event_wait (void *event, void *stream)
{
  return (int) cudaStreamWaitEvent ((cudaStream_t) stream, (cudaEvent_t) event, 0);
}

static int
event_ms (float *ms, void *from, void *to)
{
  return (int) cudaEventElapsedTime (ms, (cudaEvent_t) from, (cudaEvent_t) to);
}

/* Other threads go on asking for memory meanwhile. */
static int
capture (void *stream)
{
  return (int) cudaStreamBeginCapture ((cudaStream_t) stream, cudaStreamCaptureModeThreadLocal);
}

/* What was added could not be recorded, by whoever added it; the capture is over. */
static int
is_spoilt (cudaError_t error)
{
  return error >= cudaErrorStreamCaptureUnsupported && error < cudaErrorStreamCaptureWrongThread;
}

/* The error stays with the thread until it is asked for, and a later call would be taken for the culprit. */
static int
forget (cudaError_t error)
{
  cudaGetLastError ();
  return (int) error;
}

static int
capture_end (void *stream, void **graph)
{
  cudaGraph_t record = NULL;
  cudaError_t error = cudaStreamEndCapture ((cudaStream_t) stream, &record);

  *graph = NULL;
  if (is_spoilt (error) || (error == cudaSuccess && !record))
    return forget (cudaSuccess);
  if (error != cudaSuccess)
    return forget (error);
  error = cudaGraphInstantiate ((cudaGraphExec_t *) graph, record, 0);
  cudaGraphDestroy (record);
  if (error == cudaSuccess)
    return 0;
  *graph = NULL;
  return forget (error == cudaErrorMemoryAllocation ? error : cudaSuccess);
}

static int
play (void *graph, void *stream)
{
  return (int) cudaGraphLaunch ((cudaGraphExec_t) graph, (cudaStream_t) stream);
}

static int
graph_free (void *graph)
{
  return (int) cudaGraphExecDestroy ((cudaGraphExec_t) graph);
}

static const VoxelCudaModule module = {
    .abi = VOXEL_CUDA_MODULE_ABI,
    .runtime = CUDART_VERSION,
    .kernels = voxel_cuda_entries,
    .error_name = error_name,
    .error_text = error_text,
    .driver = driver,
    .count = count,
    .device = device,
    .use = use,
    .memory = memory_of_device,
    .alloc = alloc,
    .free = free_device,
    .alloc_host = alloc_host,
    .free_host = free_host,
    .copy = copy,
    .stream_new = stream_new,
    .stream_free = stream_free,
    .stream_wait = stream_wait,
    .event_new = event_new,
    .event_free = event_free,
    .event_record = event_record,
    .event_wait = event_wait,
    .event_ms = event_ms,
    .capture = capture,
    .capture_end = capture_end,
    .play = play,
    .graph_free = graph_free,
};

__attribute__ ((visibility ("default"))) const VoxelCudaModule *
voxel_cuda_module (void)
{
  return &module;
}
