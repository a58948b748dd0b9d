/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/cuda/cudnn-library.h"

G_BEGIN_DECLS

/**
 * VoxelCudnnDescriptors:
 * @library: cuDNN
 * @made: all descriptors, destroyed in the reverse order
 * @error: the first; from then on every call does nothing, so that what builds a graph checks once, at the end
 * @told: (nullable): all that cuDNN was told, where somebody wants to know: the same text for the same descriptors
 *
 * cuDNN's descriptors with setters that have the types of their attributes.
 */
typedef struct {
  const VoxelCudnnLibrary *library;
  GPtrArray *made;
  GError *error;
  GString *told;
} VoxelCudnnDescriptors;

void voxel_cudnn_descriptors_init (VoxelCudnnDescriptors *all, const VoxelCudnnLibrary *library);
void voxel_cudnn_descriptors_clear (VoxelCudnnDescriptors *all);
gboolean voxel_cudnn_descriptors_check (VoxelCudnnDescriptors *all, GError **error);

cudnnBackendDescriptor_t voxel_cudnn_new (VoxelCudnnDescriptors *all, cudnnBackendDescriptorType_t type);
cudnnBackendDescriptor_t voxel_cudnn_finalize (VoxelCudnnDescriptors *all,
                                               cudnnBackendDescriptor_t descriptor, const gchar *what);

void voxel_cudnn_set_integers (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                               cudnnBackendAttributeName_t name, const gint64 *values, guint n);
void voxel_cudnn_set_integer (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                              cudnnBackendAttributeName_t name, gint64 value);
void voxel_cudnn_set_double (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                             cudnnBackendAttributeName_t name, gdouble value);
void voxel_cudnn_set_true (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                           cudnnBackendAttributeName_t name);
void voxel_cudnn_set_choice (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                             cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, gint value);
void voxel_cudnn_set_type (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                           cudnnBackendAttributeName_t name, cudnnDataType_t type);
void voxel_cudnn_set_text (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                           cudnnBackendAttributeName_t name, const gchar *text);
void voxel_cudnn_set_descriptor (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                                 cudnnBackendAttributeName_t name, cudnnBackendDescriptor_t value);
void voxel_cudnn_set_pointers (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                               cudnnBackendAttributeName_t name, const gpointer *values, guint n);
void voxel_cudnn_set_descriptors (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                                  cudnnBackendAttributeName_t name, const GPtrArray *values);

gint64 voxel_cudnn_get_integer (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                                cudnnBackendAttributeName_t name);
void voxel_cudnn_fill_descriptor (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                                  cudnnBackendAttributeName_t name, cudnnBackendDescriptor_t value);
gchar *voxel_cudnn_get_text (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                             cudnnBackendAttributeName_t name);
gboolean voxel_cudnn_has_note (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t engine,
                               cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, gint note);

G_END_DECLS
