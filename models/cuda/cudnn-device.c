/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-device.h"

/* Shared memory of a block (less than a multiprocessor's by 1 KiB that is reserved), resident blocks and threads, and below
 * grids, blocks, warps and registers: CUDA Programming Guide 13, tables 30 to 32. Multiprocessors, second cache and clocks:
 * as these products are published (A100 108, 40 MB, 1410 MHz; L4 7424 cores, 48 MB, 2040 and 6251 MHz; H100 SXM 132, 50 MB,
 * 1980 MHz). Bytes of memory and the other memory clocks are typical values that nobody has read from a device. cuDNN
 * believes all of them. */
static const VoxelCudnnDevice devices[] = {
    {"NVIDIA A100-SXM4-80GB", 80, 108, 166912, 32, 2048, 85174583296, 1410000, 1593000, 41943040, 13000},
    {"NVIDIA L4", 89, 58, 101376, 24, 1536, 23609475072, 2040000, 6251000, 50331648, 13000},
    {"NVIDIA H100 80GB HBM3", 90, 132, 232448, 32, 2048, 85029158912, 1980000, 2619000, 52428800, 13000},
};

/**
 * voxel_cudnn_device_find:
 * @version: compute capability, such as 90
 *
 * Returns: (transfer none) (nullable): a device of that kind
 */
const VoxelCudnnDevice *
voxel_cudnn_device_find (guint version)
{
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    if (devices[i].version == version)
      return &devices[i];
  return NULL;
}

/**
 * voxel_cudnn_device_present:
 * @device: what CUDA's runtime tells of it; its name must live as long as what is returned
 * @id: its number there
 * @driver: version of CUDA that the driver is for
 *
 * Returns: a device that is there
 */
VoxelCudnnDevice
voxel_cudnn_device_present (const VoxelCudaDevice *device, guint id, guint driver)
{
  return (VoxelCudnnDevice){
      .name = device->name,
      .version = device->version,
      .processors = device->processors,
      .memory = device->memory,
      .driver = driver,
      .present = TRUE,
      .id = id,
  };
}

/**
 * voxel_cudnn_device_to_text:
 * @device: a device
 *
 * Returns: (transfer full): all that plans depend on, the same for devices of a kind, as cuDNN's JSON: it asks for
 *   every one of these
 */
gchar *
voxel_cudnn_device_to_text (const VoxelCudnnDevice *device)
{
  return g_strdup_printf (
      "{\"deviceVer\":%u,\"driverVer\":%u,\"cudaDeviceId\":0,\"deviceName\":\"%s\","
      "\"multiProcessorCount\":%u,\"warpSize\":32,\"maxGridSize\":[2147483647,65535,65535],"
      "\"maxBlockSize\":[1024,1024,64],\"regsPerBlock\":65536,\"maxRegistersPerSM\":65536,"
      "\"maxSharedMemoryPerBlock\":49152,\"maxSharedMemoryPerBlockOptin\":%u,"
      "\"reservedSharedMemoryPerBlock\":1024,\"maxCtasPerSM\":%u,\"maxThreadsPerBlock\":1024,"
      "\"maxThreadsPerSM\":%u,\"totalGlobalMem\":%" G_GUINT64_FORMAT ",\"smClockRateKHz\":%u,"
      "\"memClockRateKHz\":%u,\"l2CacheSize\":%u,\"pciDeviceId\":0,\"isTccDriver\":0,\"supportCoopLaunch\":"
      "1}",
      10 * device->version, device->driver, device->name, device->processors, device->shared, device->blocks,
      device->threads, device->memory, device->clock, device->memory_clock, device->cache);
}

/**
 * voxel_cudnn_device_describe:
 * @device: a device
 * @all: where the descriptor is kept
 *
 * Returns: (transfer none): what heuristics and plans take in place of a handle
 */
cudnnBackendDescriptor_t
voxel_cudnn_device_describe (const VoxelCudnnDevice *device, VoxelCudnnDescriptors *all)
{
  cudnnBackendDescriptor_t descriptor = voxel_cudnn_new (all, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  g_autofree gchar *json = voxel_cudnn_device_to_text (device);

  if (device->present)
    voxel_cudnn_set_choice (all, descriptor, CUDNN_ATTR_DEVICEPROP_DEVICE_ID, CUDNN_TYPE_INT32,
                            (gint) device->id);
  else
    voxel_cudnn_set_text (all, descriptor, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, json);
  return voxel_cudnn_finalize (all, descriptor, "a description of a device");
}
