/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/graph/graph.h"
#include "models/graph/initial.h"
#include "models/ops/ops.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the constant of that name, if it has that shape; @initial is what it is before
 * training. */
typedef VoxelConstant *(*VoxelBuilderFind) (gpointer data, const gchar *name, const VoxelShape *shape,
                                            const VoxelInitial *initial, GError **error);

/**
 * VoxelBuilder:
 * @graph: what is built
 * @find: where weights come from
 * @data: for @find
 * @scope: what precedes the names of layers, see voxel_builder_enter()
 * @initial: how the layers that follow begin; the architecture sets it as it goes
 * @used: names of all weights asked for
 * @parameters: elements of those that training learns: running statistics are none
 * @error: the first; from then on every call does nothing and returns %NULL, so that an architecture reads as
 *   the network does and checks once, at the end
 *
 * Builds a network layer by layer; layers take names as PyTorch's modules do ("down.0.1" has a
 * "down.0.1.weight", the only layer of a network is "" and has a "weight").
 */
typedef struct {
  VoxelGraph *graph;
  VoxelBuilderFind find;
  gpointer data;
  GString *scope;
  VoxelInitialRule initial;
  GHashTable *used;
  guint64 parameters;
  GError *error;
} VoxelBuilder;

void voxel_builder_init (VoxelBuilder *builder, VoxelGraph *graph, VoxelBuilderFind find, gpointer data);
gboolean voxel_builder_finish (VoxelBuilder *builder, VoxelTensor *output, GError **error);
void voxel_builder_clear (VoxelBuilder *builder);

gsize voxel_builder_enter (VoxelBuilder *builder, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
void voxel_builder_leave (VoxelBuilder *builder, gsize outer);

VoxelTensor *voxel_builder_conv2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels,
                                   guint kernel, const VoxelConv2d *conv, gboolean bias);
VoxelTensor *voxel_builder_conv_transpose2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                             guint channels, guint kernel, const VoxelConv2d *conv,
                                             gboolean bias);
VoxelTensor *voxel_builder_batch_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                       gdouble epsilon);
VoxelTensor *voxel_builder_relu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name);
VoxelTensor *voxel_builder_sigmoid (VoxelBuilder *builder, VoxelTensor *x, const gchar *name);
VoxelTensor *voxel_builder_silu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name);
VoxelTensor *voxel_builder_leaky_relu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                       gdouble slope);
VoxelTensor *voxel_builder_gelu (VoxelBuilder *builder, VoxelTensor *x, const gchar *name);
VoxelTensor *voxel_builder_max_pool2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                       const VoxelMaxPool2d *pool);
VoxelTensor *voxel_builder_avg_pool2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                       const VoxelAvgPool2d *pool);
VoxelTensor *voxel_builder_global_avg_pool2d (VoxelBuilder *builder, VoxelTensor *x, const gchar *name);
VoxelTensor *voxel_builder_pad (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                const VoxelPad *pad);
VoxelTensor *voxel_builder_upsample (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                     const VoxelUpsample *upsample);
VoxelTensor *voxel_builder_concat (VoxelBuilder *builder, VoxelTensor *const *inputs, guint n,
                                   const gchar *name);
VoxelTensor *voxel_builder_add (VoxelBuilder *builder, VoxelTensor *a, VoxelTensor *b, const gchar *name);
VoxelTensor *voxel_builder_multiply (VoxelBuilder *builder, VoxelTensor *a, VoxelTensor *b,
                                     const gchar *name);
VoxelTensor *voxel_builder_layer_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                       const VoxelLayerNorm *norm);
VoxelTensor *voxel_builder_group_norm (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                       const VoxelGroupNorm *norm, gboolean affine);
VoxelTensor *voxel_builder_linear (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint channels,
                                   gboolean bias);
VoxelTensor *voxel_builder_softmax (VoxelBuilder *builder, VoxelTensor *x, const gchar *name, guint axis);
VoxelTensor *voxel_builder_matmul (VoxelBuilder *builder, VoxelTensor *a, VoxelTensor *b, const gchar *name,
                                   const VoxelMatmul *matmul);
VoxelTensor *voxel_builder_attention (VoxelBuilder *builder, VoxelTensor *query, VoxelTensor *key_value,
                                      const gchar *name, guint heads);
VoxelTensor *voxel_builder_reshape (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                    const VoxelShape *shape);
VoxelTensor *voxel_builder_transpose (VoxelBuilder *builder, VoxelTensor *x, const gchar *name,
                                      const VoxelTranspose *transpose);

G_END_DECLS
