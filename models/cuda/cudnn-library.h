/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cudnn_graph.h>
#include <glib.h>

G_BEGIN_DECLS

/* The operation of attention is younger than the other descriptors. */
#define VOXEL_CUDNN_OLDEST 91300

/**
 * VoxelCudnnLibrary:
 * @module: of dlopen()
 * @version: 10000 major + 100 minor + patch of what was opened, which may be another than that of the headers
 * @create: and what follows: of descriptors
 * @handle_new: on the calling thread's device; and what follows: of handles
 *
 * cuDNN's functions, looked up when the library is first asked for, so that nothing of ours needs it to load.
 */
typedef struct _VoxelCudnnLibrary VoxelCudnnLibrary;
struct _VoxelCudnnLibrary {
  gpointer module;
  gsize version;
  size_t (*get_version) (void);
  const char *(*status_name) (cudnnStatus_t status);
  void (*last_error) (char *text, size_t size);
  cudnnStatus_t (*create) (cudnnBackendDescriptorType_t type, cudnnBackendDescriptor_t *descriptor);
  cudnnStatus_t (*destroy) (cudnnBackendDescriptor_t descriptor);
  cudnnStatus_t (*set) (cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                        cudnnBackendAttributeType_t type, int64_t n, const void *elements);
  cudnnStatus_t (*get) (cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                        cudnnBackendAttributeType_t type, int64_t most, int64_t *n, void *elements);
  cudnnStatus_t (*finalize) (cudnnBackendDescriptor_t descriptor);
  cudnnStatus_t (*handle_new) (cudnnHandle_t *handle);
  cudnnStatus_t (*handle_free) (cudnnHandle_t handle);
  cudnnStatus_t (*handle_stream) (cudnnHandle_t handle, cudaStream_t stream);
  cudnnStatus_t (*execute) (cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
                            cudnnBackendDescriptor_t operands);
};

VoxelCudnnLibrary *voxel_cudnn_library_open (const gchar *name, GError **error);
void voxel_cudnn_library_close (VoxelCudnnLibrary *library);
gchar *voxel_cudnn_library_reason (const VoxelCudnnLibrary *library);
gboolean voxel_cudnn_library_check (const VoxelCudnnLibrary *library, cudnnStatus_t status, GError **error,
                                    const gchar *format, ...) G_GNUC_PRINTF (4, 5);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelCudnnLibrary, voxel_cudnn_library_close)

G_END_DECLS
