/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>

/* A driver library, libcuda.so.1, of a machine without devices. cuDNN compiles kernels only where it finds such a
 * library with these functions, and loads them only where there is a device. For tests: it can do nothing. */

enum { NO_DEVICE = 100 };

#define EXPORT __attribute__ ((visibility ("default")))
#define REFUSE(function) \
  EXPORT int function (void); \
  int function (void) \
  { \
    return NO_DEVICE; \
  }

EXPORT int cuDriverGetVersion (int *version);
EXPORT int cuDeviceGetCount (int *n);
EXPORT int cuGetErrorName (int error, const char **name);
EXPORT int cuGetErrorString (int error, const char **text);

int
cuDriverGetVersion (int *version)
{
  *version = 13000;
  return 0;
}

int
cuDeviceGetCount (int *n)
{
  *n = 0;
  return NO_DEVICE;
}

int
cuGetErrorName (int error, const char **name)
{
  *name = error ? "CUDA_ERROR_NO_DEVICE" : "CUDA_SUCCESS";
  return 0;
}

int
cuGetErrorString (int error, const char **text)
{
  *text = error ? "no device" : "no error";
  return 0;
}

REFUSE (cuInit)
REFUSE (cuCtxGetCurrent)
REFUSE (cuCtxGetLimit)
REFUSE (cuCtxPopCurrent)
REFUSE (cuCtxPushCurrent)
REFUSE (cuDeviceGet)
REFUSE (cuKernelGetAttribute)
REFUSE (cuKernelGetFunction)
REFUSE (cuKernelSetAttribute)
REFUSE (cuLaunchCooperativeKernel)
REFUSE (cuLaunchKernel)
REFUSE (cuLaunchKernelEx)
REFUSE (cuLibraryGetKernel)
REFUSE (cuLibraryLoadData)
REFUSE (cuLibraryLoadFromFile)
REFUSE (cuLibraryUnload)
REFUSE (cuLinkAddData)
REFUSE (cuLinkComplete)
REFUSE (cuLinkCreate)
REFUSE (cuLinkDestroy)
REFUSE (cuOccupancyMaxPotentialClusterSize)
REFUSE (cuStreamGetCtx)
