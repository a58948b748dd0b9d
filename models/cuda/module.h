/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/kernels/params.h"

/* What libvoxelcuda is: CUDA's runtime, linked into it, and our kernels, behind one table of plain C. Everything else
 * of the backend is in front of it and needs no CUDA to build or load. */

#ifdef __cplusplus
extern "C" {
#endif

/* 1000 times what is raised with every change of this file, of kernels/params.h or of kernels/slice-params.h; kernels
 * that are added need no more. */
#define VOXEL_CUDA_MODULE_ABI (5000 + VOXEL_CUDA_N_KERNELS)

/* The one symbol. */
#define VOXEL_CUDA_MODULE_SYMBOL "voxel_cuda_module"

/**
 * VoxelCudaDevice:
 * @name: as the driver calls it
 * @version: compute capability, 10 major + minor
 * @processors: multiprocessors
 * @memory: bytes
 *
 * A device that is there.
 */
typedef struct {
  char name[256];
  unsigned version;
  unsigned processors;
  size_t memory;
} VoxelCudaDevice;

/**
 * VoxelCudaModule:
 * @abi: %VOXEL_CUDA_MODULE_ABI of its build
 * @runtime: version of CUDA's runtime in it, 1000 major + 10 minor
 * @kernels: entries in the order of #VoxelCudaKernel
 * @error_name: of an error, such as "cudaErrorNoDevice"
 * @error_text: what CUDA says of it
 * @driver: version of CUDA that the driver is for, 0 where there is none
 * @count: of devices
 * @device: what it is
 * @use: the device of the calling thread
 * @memory: bytes that are free, and of all, of the calling thread's device
 * @alloc: memory of the device
 * @alloc_host: memory of the process that does not move
 * @copy: either direction, on a stream
 * @stream_new: that waits for no other
 * @event_wait: the stream waits for the event
 * @event_ms: from the first to the second
 * @capture: what is added to the stream is recorded from now on, not done
 * @capture_end: the record, to be played; %NULL in @graph where nothing could be recorded
 * @play: does what was recorded
 *
 * All functions return a cudaError_t, 0 for success. Streams, events and graphs are CUDA's.
 */
typedef struct {
  unsigned abi;
  int runtime;
  const VoxelCudaEntry *kernels;
  const char *(*error_name) (int error);
  const char *(*error_text) (int error);
  int (*driver) (int *version);
  int (*count) (int *n);
  int (*device) (int device, VoxelCudaDevice *info);
  int (*use) (int device);
  int (*memory) (size_t *available, size_t *all);
  int (*alloc) (void **memory, size_t size);
  int (*free) (void *memory);
  int (*alloc_host) (void **memory, size_t size);
  int (*free_host) (void *memory);
  int (*copy) (void *to, const void *from, size_t size, void *stream);
  int (*stream_new) (void **stream);
  int (*stream_free) (void *stream);
  int (*stream_wait) (void *stream);
  int (*event_new) (void **event);
  int (*event_free) (void *event);
  int (*event_record) (void *event, void *stream);
  int (*event_wait) (void *event, void *stream);
  int (*event_ms) (float *ms, void *from, void *to);
  int (*capture) (void *stream);
  int (*capture_end) (void *stream, void **graph);
  int (*play) (void *graph, void *stream);
  int (*graph_free) (void *graph);
} VoxelCudaModule;

typedef const VoxelCudaModule *(*VoxelCudaModuleFunc) (void);
const VoxelCudaModule *voxel_cuda_module (void);

#ifdef __cplusplus
}
#endif
