/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-values.h"

G_BEGIN_DECLS

/**
 * CudnnUse:
 * @CUDNN_USE_NONE: not an operation's tensor
 * @CUDNN_USE_READ: read anywhere at any time
 * @CUDNN_USE_READ_AT: read where the same element of the result is written, before that
 * @CUDNN_USE_WRITE: the result
 *
 * What an operation does with a tensor, which decides whether tensors may share memory.
 */
typedef enum { CUDNN_USE_NONE, CUDNN_USE_READ, CUDNN_USE_READ_AT, CUDNN_USE_WRITE } CudnnUse;

/**
 * CudnnRule:
 * @name: of an attribute
 * @type: that its elements must have
 * @least: elements; 0 for attributes that may be left out
 * @most: elements
 * @of: what its descriptors must be
 * @use: of its tensors
 *
 * What may be set of a descriptor.
 */
typedef struct {
  cudnnBackendAttributeName_t name;
  cudnnBackendAttributeType_t type;
  guint least;
  guint most;
  const CudnnKind *of;
  CudnnUse use;
} CudnnRule;

#define CUDNN_RULES 32
#define CUDNN_MANY 4096

/**
 * CudnnKind:
 * @type: as it is asked for
 * @rules: of its attributes
 * @check: when all of them are set
 * @run: of operations: computes results from what is read
 *
 * A kind of descriptors.
 */
struct _CudnnKind {
  cudnnBackendDescriptorType_t type;
  CudnnRule rules[CUDNN_RULES];
  cudnnStatus_t (*check) (CudnnDescriptor *descriptor);
  void (*run) (const CudnnDescriptor *operation, CudnnValues *values);
};

extern const CudnnKind cudnn_kind_tensor;
extern const CudnnKind cudnn_kind_convolution;
extern const CudnnKind cudnn_kind_convolution_forward;
extern const CudnnKind cudnn_kind_convolution_backward_data;
extern const CudnnKind cudnn_kind_pointwise;
extern const CudnnKind cudnn_kind_pointwise_operation;
extern const CudnnKind cudnn_kind_matmul;
extern const CudnnKind cudnn_kind_matmul_operation;
extern const CudnnKind cudnn_kind_attention;
extern const CudnnKind cudnn_kind_graph;
extern const CudnnKind cudnn_kind_device;
extern const CudnnKind cudnn_kind_heuristics;
extern const CudnnKind cudnn_kind_engine;
extern const CudnnKind cudnn_kind_engine_config;
extern const CudnnKind cudnn_kind_plan;
extern const CudnnKind cudnn_kind_variant_pack;

/* cudnn-pointwise.c */
gboolean cudnn_pointwise_is_usual (const CudnnDescriptor *operation);

const CudnnKind *cudnn_kind_find (cudnnBackendDescriptorType_t type);
const CudnnRule *cudnn_kind_rule (const CudnnKind *kind, cudnnBackendAttributeName_t name);

G_END_DECLS
