/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "launch.h"

#include "memory.h"
#include "stream.h"

/* What every device takes unasked: CUDA's programming guide, technical specifications by compute capability. */
#define MOST_BLOCKS 0x7fffffff
#define MOST_BLOCKS_2 65535
#define MOST_THREADS 1024
#define MOST_SHARED (48 << 10)

#define SIZE(NAME, name) extern const size_t voxel_cuda_##name##_params;
VOXEL_CUDA_EACH_KERNEL (SIZE)
#define SIZE_OF(NAME, name) &voxel_cuda_##name##_params,
static const size_t *const sizes[VOXEL_CUDA_N_KERNELS] = {VOXEL_CUDA_EACH_KERNEL (SIZE_OF)};

#define TEXT(NAME, name) (#name),
static const gchar *const names[VOXEL_CUDA_N_KERNELS] = {VOXEL_CUDA_EACH_KERNEL (TEXT)};

typedef struct {
  VoxelCudaKernel kernel;
  VoxelCudaLaunch launch;
  VoxelCudaMemory memory;
  gpointer params;
  gint device;
} Launch;

static void
check_operand (const Launch *launch, gconstpointer memory)
{
  gint device;

  if (!memory)
    return;
  if (!stand_in_memory_is (memory, 1, &device, names[launch->kernel]))
    g_error ("stand-in device: %s is handed %p, which is not the device's memory", names[launch->kernel],
             memory);
  if (device != launch->device && device != STAND_IN_HOST)
    g_error ("stand-in device: %s on device %d is handed memory of device %d", names[launch->kernel],
             launch->device, device);
}

static void
check_operands (const Launch *launch)
{
  for (guint i = 0; i < G_N_ELEMENTS (launch->memory.in); i++)
    check_operand (launch, launch->memory.in[i]);
  check_operand (launch, launch->memory.out);
  check_operand (launch, launch->memory.scratch);
}

static int
run (gpointer data)
{
  const Launch *launch = data;

  check_operands (launch);
  return voxel_cuda_entries[launch->kernel](&launch->launch, launch->params, &launch->memory, NULL);
}

static void
launch_free (gpointer data)
{
  Launch *launch = data;

  g_free (launch->params);
  g_free (launch);
}

static gboolean
fits (const VoxelCudaLaunch *launch)
{
  return launch->blocks[0] >= 1 && launch->blocks[0] <= MOST_BLOCKS && launch->blocks[1] >= 1 &&
         launch->blocks[1] <= MOST_BLOCKS_2 && launch->threads >= 1 && launch->threads <= MOST_THREADS &&
         launch->shared <= MOST_SHARED && launch->type < VOXEL_CUDA_TYPES;
}

static int
start (VoxelCudaKernel kernel, const VoxelCudaLaunch *launch, const void *params,
       const VoxelCudaMemory *memory, void *handle)
{
  StandInStream *stream;
  Launch *added;
  int error;
  STAND_IN_ENTER;

  stream = stand_in_handle_get (STAND_IN_STREAM, handle);
  if (stream->device != stand_in_device ())
    return CUDA_INVALID_HANDLE;
  if (!fits (launch))
    return CUDA_INVALID_CONFIGURATION;
  error = stand_in_launch ();
  if (error)
    return error;
  added = g_new (Launch, 1);
  *added = (Launch){kernel, *launch, *memory, g_memdup2 (params, *sizes[kernel]), (gint) stream->device};
  check_operands (added);
  return stand_in_stream_add (stream, (StandInWork){run, added, launch_free, FALSE});
}

#define START(NAME, name) \
  static VOXEL_CUDA_ENTRY (name##_start) \
  { \
    return start (VOXEL_CUDA_KERNEL_##NAME, launch, params, memory, stream); \
  }
VOXEL_CUDA_EACH_KERNEL (START)

#define ENTRY(NAME, name) voxel_cuda_##name##_start,
const VoxelCudaEntry stand_in_kernels[VOXEL_CUDA_N_KERNELS] = {VOXEL_CUDA_EACH_KERNEL (ENTRY)};
