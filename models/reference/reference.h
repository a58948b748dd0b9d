/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/backend.h"
#include "models/ops/ops.h"

G_BEGIN_DECLS

/* Computes a node from all its operands in float, in the order of their shapes. */
typedef void (*VoxelReferenceFunc) (const VoxelNode *node, const gfloat *const *inputs,
                                    gfloat *const *outputs);

gboolean voxel_reference_prepare (VoxelPrepare *prepare, VoxelStep *step, VoxelReferenceFunc func,
                                  GError **error);
void voxel_reference_release (gpointer state);
gboolean voxel_reference_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                              GError **error);
gboolean voxel_reference_slice (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                                guint channel);
gint voxel_reference_in_place_first (const VoxelNode *node);

/* The sum of products of a convolution's output value (n, o, y, x). */
typedef gdouble (*VoxelReferenceSum) (const VoxelNode *node, const gfloat *x, const gfloat *weight, guint n,
                                      guint o, guint oy, guint ox);

void voxel_reference_convolve (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs,
                               VoxelReferenceSum sum_of);

/**
 * VoxelReferenceLines:
 * @n: how many
 * @length: values of each
 * @step: elements from a value to the next
 */
typedef struct {
  gsize n, length, step;
} VoxelReferenceLines;

VoxelReferenceLines voxel_reference_lines (const VoxelShape *shape, guint axis);
gsize voxel_reference_line (const VoxelReferenceLines *lines, gsize i);

gdouble voxel_reference_activate (gdouble x, VoxelActivation activation, gdouble slope);
void voxel_reference_activate_all (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs,
                                   VoxelActivation activation, gdouble slope);
void voxel_reference_broadcast (const VoxelNode *node, const gfloat *const *inputs, gfloat *const *outputs,
                                gdouble (*combine) (gdouble a, gdouble b));

extern const VoxelKernel voxel_reference_conv2d;
extern const VoxelKernel voxel_reference_conv_transpose2d;
extern const VoxelKernel voxel_reference_batch_norm;
extern const VoxelKernel voxel_reference_relu;
extern const VoxelKernel voxel_reference_sigmoid;
extern const VoxelKernel voxel_reference_silu;
extern const VoxelKernel voxel_reference_leaky_relu;
extern const VoxelKernel voxel_reference_gelu;
extern const VoxelKernel voxel_reference_max_pool2d;
extern const VoxelKernel voxel_reference_avg_pool2d;
extern const VoxelKernel voxel_reference_global_avg_pool2d;
extern const VoxelKernel voxel_reference_pad;
extern const VoxelKernel voxel_reference_upsample;
extern const VoxelKernel voxel_reference_concat;
extern const VoxelKernel voxel_reference_add;
extern const VoxelKernel voxel_reference_layer_norm;
extern const VoxelKernel voxel_reference_group_norm;
extern const VoxelKernel voxel_reference_softmax;
extern const VoxelKernel voxel_reference_matmul;
extern const VoxelKernel voxel_reference_linear;
extern const VoxelKernel voxel_reference_attention;
extern const VoxelKernel voxel_reference_reshape;
extern const VoxelKernel voxel_reference_transpose;
extern const VoxelKernel voxel_reference_multiply;
extern const VoxelKernel voxel_reference_convert;

G_END_DECLS
