/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

static const struct {
  int error;
  const char *name;
  const char *text;
} errors[] = {
    {CUDA_OK, "cudaSuccess", "no error"},
    {CUDA_INVALID_VALUE, "cudaErrorInvalidValue", "invalid argument"},
    {CUDA_OUT_OF_MEMORY, "cudaErrorMemoryAllocation", "out of memory"},
    {CUDA_INVALID_CONFIGURATION, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {CUDA_INSUFFICIENT_DRIVER, "cudaErrorInsufficientDriver", "driver is older than the runtime"},
    {CUDA_NO_DEVICE, "cudaErrorNoDevice", "no device"},
    {CUDA_INVALID_DEVICE, "cudaErrorInvalidDevice", "no such device"},
    {CUDA_INVALID_HANDLE, "cudaErrorInvalidResourceHandle", "of another device, or of no use here"},
    {CUDA_NOT_READY, "cudaErrorNotReady", "work is not done yet"},
    {CUDA_ILLEGAL_ADDRESS, "cudaErrorIllegalAddress", "a kernel touched memory that is none"},
    {CUDA_LAUNCH_OUT_OF_RESOURCES, "cudaErrorLaunchOutOfResources", "a launch asks for too much"},
    {CUDA_CAPTURE_UNSUPPORTED, "cudaErrorStreamCaptureUnsupported", "not while a stream is recorded"},
    {CUDA_CAPTURE_INVALIDATED, "cudaErrorStreamCaptureInvalidated", "the record failed before"},
    {CUDA_CAPTURE_ISOLATION, "cudaErrorStreamCaptureIsolation", "a record cannot wait for what is not in it"},
    {CUDA_CAPTURED_EVENT, "cudaErrorCapturedEvent", "the event is in a record"},
    {CUDA_CAPTURE_WRONG_THREAD, "cudaErrorStreamCaptureWrongThread", "another thread began the record"},
};

const char *
stand_in_error_name (int error)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    if (errors[i].error == error)
      return errors[i].name;
  return "cudaErrorUnknown";
}

const char *
stand_in_error_text (int error)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    if (errors[i].error == error)
      return errors[i].text;
  return "unknown error";
}
