/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma GCC visibility push(default)
#include <cudnn_graph.h>
#pragma GCC visibility pop

#include <string.h>

#include "cudnn-handle.h"
#include "cudnn-kind.h"
#include "cudnn-plan.h"

/* A stand-in for cuDNN: the functions of its graph API that networks need, on memory of this process. */

size_t
cudnnGetVersion (void)
{
  return CUDNN_STAND_IN_VERSION;
}

const char *
cudnnGetErrorString (cudnnStatus_t status)
{
  return cudnn_error_name (status);
}

void
cudnnGetLastErrorString (char *message, size_t max_size)
{
  g_autofree gchar *said = cudnn_error_steal ();

  if (message && max_size)
    g_strlcpy (message, said, max_size);
}

cudnnStatus_t
cudnnCreate (cudnnHandle_t *handle)
{
  if (!handle)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "no place for a handle");
  *handle = g_new0 (struct cudnnContext, 1);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnDestroy (cudnnHandle_t handle)
{
  g_free (handle);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnSetStream (cudnnHandle_t handle, cudaStream_t stream)
{
  if (!handle)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "no handle");
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnBackendCreateDescriptor (cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t *descriptor)
{
  const CudnnKind *kind = cudnn_kind_find (type);

  if (!kind)
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED, "descriptors of type %d", type);
  *descriptor = cudnn_descriptor_new (kind);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnBackendDestroyDescriptor (cudnnBackendDescriptor_t descriptor)
{
  if (descriptor)
    cudnn_descriptor_unref (descriptor);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnBackendSetAttribute (cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                          cudnnBackendAttributeType_t type, int64_t n, const void *values)
{
  if (!descriptor)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "attribute %d of no descriptor", name);
  return cudnn_descriptor_set (descriptor, name, type, n, values);
}

cudnnStatus_t
cudnnBackendFinalize (cudnnBackendDescriptor_t descriptor)
{
  if (!descriptor)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "no descriptor to finalize");
  return cudnn_descriptor_finalize (descriptor);
}

/* Descriptors are written into those that the caller made. */
static cudnnStatus_t
fill (const CudnnAttribute *attribute, gsize n, CudnnDescriptor *const *values)
{
  for (gsize i = 0; i < n; i++) {
    const CudnnDescriptor *from = ((CudnnDescriptor *const *) attribute->values)[i];

    if (!values[i] || values[i]->kind != from->kind)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d: no descriptor to fill", attribute->name);
    cudnn_descriptor_fill (values[i], from);
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnBackendGetAttribute (cudnnBackendDescriptor_t const descriptor, cudnnBackendAttributeName_t name,
                          cudnnBackendAttributeType_t type, int64_t most, int64_t *n, void *values)
{
  const CudnnDescriptor *from = descriptor;
  const CudnnAttribute *attribute;
  gsize taken;

  if (!from)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "attribute %d of no descriptor", name);
  if (!from->finalized)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED, "attribute %d is not known yet", name);
  attribute = cudnn_attribute (from, name);
  if (!attribute || attribute->type != type)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d of type %d is not there", name, type);
  if (n)
    *n = (int64_t) attribute->n;
  taken = values ? MIN (attribute->n, (gsize) MAX (most, 0)) : 0;
  if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR)
    return fill (attribute, taken, values);
  if (taken)
    memcpy (values, attribute->values, taken * cudnn_attribute_size (type));
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnnBackendExecute (cudnnHandle_t handle, cudnnBackendDescriptor_t plan, cudnnBackendDescriptor_t pack)
{
  if (!handle || !plan || !pack)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "no handle, plan or variant pack");
  return cudnn_execute (handle, plan, pack);
}
