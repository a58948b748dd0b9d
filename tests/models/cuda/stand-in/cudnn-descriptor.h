/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-error.h"

G_BEGIN_DECLS

typedef struct _CudnnKind CudnnKind;

/**
 * CudnnAttribute:
 * @name: which
 * @type: of each of its elements
 * @n: elements
 * @values: as they were set; descriptors are held
 *
 * What was set of a descriptor.
 */
typedef struct {
  cudnnBackendAttributeName_t name;
  cudnnBackendAttributeType_t type;
  gsize n;
  gpointer values;
} CudnnAttribute;

/**
 * CudnnDescriptor:
 * @kind: what may be set of it and what is checked
 * @finalized: nothing may be set any more
 * @attributes: of #CudnnAttribute, shared by descriptors that were filled from this one
 *
 * What a cudnnBackendDescriptor_t is.
 */
typedef struct {
  const CudnnKind *kind;
  gboolean finalized;
  GPtrArray *attributes;
} CudnnDescriptor;

CudnnDescriptor *cudnn_descriptor_new (const CudnnKind *kind);
CudnnDescriptor *cudnn_descriptor_ref (CudnnDescriptor *descriptor);
void cudnn_descriptor_unref (CudnnDescriptor *descriptor);
void cudnn_descriptor_fill (CudnnDescriptor *descriptor, const CudnnDescriptor *from);
cudnnStatus_t cudnn_descriptor_set (CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name,
                                    cudnnBackendAttributeType_t type, gint64 n, gconstpointer values);
cudnnStatus_t cudnn_descriptor_finalize (CudnnDescriptor *descriptor);
void cudnn_descriptor_put (CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name,
                           cudnnBackendAttributeType_t type, gsize n, gconstpointer values);

gsize cudnn_attribute_size (cudnnBackendAttributeType_t type);
const CudnnAttribute *cudnn_attribute (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name);
gint64 cudnn_attribute_integer (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name,
                                gint64 absent);
gint cudnn_attribute_choice (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name,
                             gint absent);
gdouble cudnn_attribute_double (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name,
                                gdouble absent);
gboolean cudnn_attribute_true (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name);
CudnnDescriptor *cudnn_attribute_descriptor (const CudnnDescriptor *descriptor,
                                             cudnnBackendAttributeName_t name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CudnnDescriptor, cudnn_descriptor_unref)

G_END_DECLS
