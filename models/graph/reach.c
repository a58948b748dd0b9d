/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/reach.h"

#include <math.h>

#include "models/ops/ops.h"

/* What a pixel depends on, along one side: pixel i of a tensor sees the input's pixels [i scale - before, i
 * scale + after]. Araujo, Norris, Sim: Computing Receptive Fields of Convolutional Neural Networks, 2019. */
typedef struct {
  gdouble scale;
  gdouble before, after;
} Field;

static const Field everything = {1, INFINITY, INFINITY};

/* Windows of @kernel pixels, @dilation apart, the first @padding before the window's place. */
static Field
slide (Field in, guint kernel, guint dilation, guint stride, guint padding)
{
  gdouble length = (kernel - 1.) * dilation;

  return (Field){in.scale * stride, in.before + padding * in.scale,
                 in.after + MAX (length - padding, 0) * in.scale};
}

/* Each input pixel is spread over @kernel results, @stride apart, less @padding. */
static Field
spread (Field in, guint kernel, guint stride, guint padding)
{
  gdouble scale = in.scale / stride;

  return (Field){scale, in.before + MAX (kernel - 1. - padding, 0) * scale, in.after + padding * scale};
}

/* Between the two nearest pixel centres. */
static Field
interpolate (Field in, guint factor)
{
  gdouble scale = in.scale / factor;

  return (Field){scale, in.before + 1.5 * in.scale - .5 * scale, in.after + .5 * in.scale + .5 * scale};
}

/* The pixel that the place lies in. */
static Field
repeat (Field in, guint factor)
{
  gdouble scale = in.scale / factor;

  return (Field){scale, in.before + in.scale - scale, in.after};
}

static Field
join (Field a, Field b)
{
  return a.scale == b.scale ? (Field){a.scale, MAX (a.before, b.before), MAX (a.after, b.after)} : everything;
}

/* Whether every result depends on pixels however far away. */
static gboolean
sees_everything (const VoxelNode *node)
{
  const VoxelOp *const ops[] = {&voxel_op_global_avg_pool2d,
                                &voxel_op_group_norm,
                                &voxel_op_attention,
                                &voxel_op_matmul,
                                &voxel_op_linear,
                                &voxel_op_reshape,
                                &voxel_op_transpose};

  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    if (node->op == ops[i])
      return TRUE;
  if (node->op == &voxel_op_softmax)
    return ((const VoxelSoftmax *) node->attributes)->axis != 1;
  return node->op == &voxel_op_layer_norm && ((const VoxelLayerNorm *) node->attributes)->axis != 1;
}

static Field
through (const VoxelNode *node, Field in, guint side)
{
  const VoxelConv2d *conv = node->attributes;
  const VoxelMaxPool2d *pool = node->attributes;
  const VoxelAvgPool2d *average = node->attributes;
  const VoxelPad *pad = node->attributes;
  const VoxelUpsample *upsample = node->attributes;

  if (sees_everything (node))
    return everything;

  if (node->op == &voxel_op_conv2d)
    return slide (in, node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim[2 + side], conv->dilation[side],
                  conv->stride[side], conv->padding[side]);
  if (node->op == &voxel_op_conv_transpose2d)
    return spread (in, node->inputs[VOXEL_CONV2D_WEIGHT]->shape.dim[2 + side], conv->stride[side],
                   conv->padding[side]);
  if (node->op == &voxel_op_max_pool2d)
    return slide (in, pool->kernel[side], 1, pool->stride[side], pool->padding[side]);
  if (node->op == &voxel_op_avg_pool2d)
    return slide (in, average->kernel[side], 1, average->stride[side], average->padding[side]);
  if (node->op == &voxel_op_pad)
    return (Field){in.scale, in.before + pad->before[side] * in.scale,
                   in.after + pad->after[side] * in.scale};
  if (node->op != &voxel_op_upsample)
    return in;
  if (upsample->nearest)
    return repeat (in, upsample->scale[side]);
  /* With aligned corners every pixel's place depends on the size of the picture. */
  return upsample->align_corners ? everything : interpolate (in, upsample->scale[side]);
}

static gboolean
combines (const VoxelNode *node)
{
  return node->op == &voxel_op_add || node->op == &voxel_op_multiply || node->op == &voxel_op_concat;
}

/* Of operands, of which constants see nothing. */
static Field
field_of_all (const VoxelNode *node, const Field *fields)
{
  Field field = {0};

  for (guint i = 0; i < node->n_inputs; i++)
    if (!node->inputs[i]->constant)
      field = field.scale > 0 ? join (field, fields[node->inputs[i]->id]) : fields[node->inputs[i]->id];
  return field;
}

static Field
field_of (const VoxelNode *node, const Field *fields, guint side)
{
  const VoxelTensor *sum = NULL;
  Field field;

  if (combines (node))
    return field_of_all (node, fields);
  field = through (node, fields[node->inputs[0]->id], side);
  if (node->op == &voxel_op_conv2d || node->op == &voxel_op_conv_transpose2d)
    sum = node->n_inputs > VOXEL_CONV2D_SUM ? node->inputs[VOXEL_CONV2D_SUM] : NULL;
  return sum ? join (field, fields[sum->id]) : field;
}

/**
 * voxel_graph_reach:
 * @graph: as an architecture built it: operators that a backend put in are not known here
 *
 * Returns: how many pixels away on any side a result may depend on the input: what lies farther away may as
 *   well not be there. %VOXEL_REACH_ALL where there is no such bound, or results are not as many as inputs
 */
guint
voxel_graph_reach (const VoxelGraph *graph)
{
  g_autofree Field *fields = g_new0 (Field, graph->tensors->len);
  gdouble reach = 0;

  for (guint side = 0; side < 2; side++) {
    const Field *out = &fields[graph->output->id];

    fields[graph->input->id] = (Field){1, 0, 0};
    for (guint n = 0; n < graph->nodes->len; n++) {
      const VoxelNode *node = graph->nodes->pdata[n];

      for (guint i = 0; i < node->n_outputs; i++)
        fields[node->outputs[i]->id] = field_of (node, fields, side);
    }
    reach = MAX (reach, out->scale == 1 ? ceil (MAX (out->before, out->after)) : INFINITY);
  }
  return reach < VOXEL_REACH_ALL ? (guint) reach : VOXEL_REACH_ALL;
}
