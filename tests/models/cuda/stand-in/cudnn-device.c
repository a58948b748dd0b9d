/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-device.h"

#include <string.h>

#include "cudnn-kind.h"
#include "models/cuda/module.h"

#define VERSION "\"deviceVer\":"

/* Returns: (transfer none): as it was set, with a zero behind it */
const gchar *
cudnn_device_text (const CudnnDescriptor *device)
{
  return cudnn_attribute (device, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION)->values;
}

/* 100 major + 10 minor; 0 where there is none. */
guint
cudnn_device_version (const gchar *text)
{
  const gchar *version = strstr (text, VERSION);

  return version ? (guint) g_ascii_strtoull (version + strlen (VERSION), NULL, 10) : 0;
}

/* cuDNN asks for every one of these. */
static cudnnStatus_t
check_text (CudnnDescriptor *device)
{
  static const gchar *const keys[] = {"deviceVer",
                                      "driverVer",
                                      "cudaDeviceId",
                                      "deviceName",
                                      "multiProcessorCount",
                                      "warpSize",
                                      "maxGridSize",
                                      "maxBlockSize",
                                      "regsPerBlock",
                                      "maxRegistersPerSM",
                                      "maxSharedMemoryPerBlock",
                                      "maxSharedMemoryPerBlockOptin",
                                      "reservedSharedMemoryPerBlock",
                                      "maxCtasPerSM",
                                      "maxThreadsPerBlock",
                                      "maxThreadsPerSM",
                                      "totalGlobalMem",
                                      "smClockRateKHz",
                                      "memClockRateKHz",
                                      "l2CacheSize",
                                      "pciDeviceId",
                                      "isTccDriver",
                                      "supportCoopLaunch"};
  const CudnnAttribute *set = cudnn_attribute (device, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION);
  g_autofree gchar *text = g_strndup (set->values, set->n);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree gchar *key = g_strdup_printf ("\"%s\":", keys[i]);

    if (!strstr (text, key))
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a device without %s", keys[i]);
  }
  cudnn_descriptor_put (device, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, strlen (text) + 1,
                        text);
  return CUDNN_STATUS_SUCCESS;
}

/* One of the stand-in device, which is there: what plans are told apart by. */
static cudnnStatus_t
look_at (CudnnDescriptor *device, gint id)
{
  g_autofree gchar *text = NULL;
  VoxelCudaDevice info;

  if (voxel_cuda_module ()->device (id, &info))
    return cudnn_refuse (CUDNN_STATUS_NOT_INITIALIZED, "there is no device %d", id);
  text = g_strdup_printf ("{" VERSION "%u}", 10 * info.version);
  cudnn_descriptor_put (device, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, strlen (text) + 1,
                        text);
  return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t
check (CudnnDescriptor *device)
{
  gint id = cudnn_attribute_choice (device, CUDNN_ATTR_DEVICEPROP_DEVICE_ID, -1);

  if (cudnn_attribute (device, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION))
    return check_text (device);
  return id < 0 ? cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "neither a device nor one in words")
                : look_at (device, id);
}

const CudnnKind cudnn_kind_device = {
    .type = CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_DEVICEPROP_DEVICE_ID, CUDNN_TYPE_INT32, 0, 1},
            {CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, 0, CUDNN_MANY},
        },
    .check = check,
};
