/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/pointwise.h"

#include <string.h>

#include "models/cpu/chain.h"
#include "models/cpu/isa.h"
#include "models/cpu/picture.h"
#include "models/executor.h"

/* Dimensions as they lie in memory, right-aligned: of a picture N, H, W, C. */
#define DIMS VOXEL_SHAPE_MAX_DIMS
#define OUTER (DIMS - 3)

/**
 * State:
 * @pointwise: rows, pixels and channels: the last three dimensions
 * @outer: the dimensions before
 * @steps: bytes that operands go on by in these, 0 where repeated; the last row is the result's
 * @constants: operands that are no pictures of the run
 */
typedef struct {
  VoxelCpuPointwise pointwise;
  guint outer[OUTER];
  gsize steps[VOXEL_OP_MAX_INPUTS + 1][OUTER];
  const void *constants[VOXEL_OP_MAX_INPUTS];
} State;

typedef struct {
  guint dim[DIMS];
  gsize stride[DIMS];
} Form;

static gboolean
form_of (const VoxelNode *node, const VoxelTensor *tensor, Form *form, GError **error)
{
  const VoxelShape *shape = &tensor->shape;
  gsize pitch, stride;

  for (guint i = 0; i < DIMS; i++)
    form->dim[i] = i + shape->n < DIMS ? 1 : shape->dim[i + shape->n - DIMS];
  pitch = form->dim[DIMS - 1];
  if (shape->n == 4) {
    VoxelCpuView view;

    if (tensor->constant)
      view = (VoxelCpuView){shape->dim[2], shape->dim[3], shape->dim[1], shape->dim[1], FALSE};
    else if (!voxel_cpu_view (node, tensor, &view, error))
      return FALSE;
    form->dim[DIMS - 3] = view.height;
    form->dim[DIMS - 2] = view.width;
    form->dim[DIMS - 1] = view.channels;
    pitch = view.pitch;
  } else if (tensor->type != VOXEL_DTYPE_F32 && tensor->type != VOXEL_DTYPE_BF16) {
    return voxel_node_unsupported (node, error, "%s is neither float nor bf16", tensor->name);
  }
  form->stride[DIMS - 1] = 1;
  stride = pitch;
  for (guint i = DIMS - 1; i-- > 0;) {
    form->stride[i] = stride;
    stride *= form->dim[i];
  }
  return TRUE;
}

/* How @form is read as one of the size of @out. */
static VoxelCpuOperand
place (const Form *form, const Form *out, gboolean bf16, gsize *steps)
{
  gsize stride[DIMS];

  for (guint i = 0; i < DIMS; i++)
    stride[i] = form->dim[i] == 1 && out->dim[i] != 1 ? 0 : form->stride[i];
  for (guint i = 0; i < OUTER; i++)
    steps[i] = stride[i] * (bf16 ? 2 : 4);
  return (VoxelCpuOperand){stride[OUTER], stride[OUTER + 1], stride[OUTER + 2] == 0, bf16};
}

static gboolean
is_flat (const VoxelCpuPointwise *pointwise)
{
  gboolean flat = pointwise->dst.pixel == pointwise->channels;

  for (guint i = 0; i < pointwise->n_operands; i++) {
    const VoxelCpuOperand *operand = &pointwise->operands[i];

    flat &= operand->pixel == (operand->splat ? 0 : pointwise->channels);
  }
  return flat;
}

/* From row-major to the order of pictures. */
static gboolean
pack_picture (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  gsize channels = shape->n == 4 ? shape->dim[1] : 1;
  gsize plane = shape->n == 4 ? (gsize) shape->dim[2] * shape->dim[3] : 1, elements = 0;

  voxel_shape_elements (shape, &elements);
  for (gsize i = 0; i < elements; i++)
    ((gfloat *) packed)[(i / (plane * channels) * plane + i % plane) * channels + i / plane % channels] =
        values[i];
  return TRUE;
}

static gboolean
take_operand (VoxelPrepare *prepare, State *state, const VoxelNode *node, guint index, const Form *out,
              GError **error)
{
  const VoxelTensor *tensor = node->inputs[index];
  gsize elements = 0;
  Form form;

  if (!form_of (node, tensor, &form, error))
    return FALSE;
  state->pointwise.operands[index] =
      place (&form, out, !tensor->constant && tensor->type == VOXEL_DTYPE_BF16, state->steps[index]);
  if (!tensor->constant)
    return TRUE;
  voxel_shape_elements (&tensor->shape, &elements);
  state->constants[index] = voxel_prepare_constant (prepare, tensor, "cpu/picture",
                                                    elements * sizeof (gfloat), pack_picture, NULL, error);
  return state->constants[index] != NULL;
}

/* The kernels of all such operators: released by g_free(). */
gboolean
voxel_cpu_pointwise_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  g_autofree State *state = g_new0 (State, 1);
  VoxelCpuPointwise *pointwise = &state->pointwise;
  const VoxelNode *node = step->node;
  Form out;

  voxel_cpu_chain_of (node, &pointwise->chain);
  if (!form_of (node, node->outputs[0], &out, error))
    return FALSE;
  memcpy (state->outer, out.dim, sizeof state->outer);
  pointwise->height = out.dim[OUTER];
  pointwise->width = out.dim[OUTER + 1];
  pointwise->channels = out.dim[OUTER + 2];
  pointwise->dst =
      place (&out, &out, node->outputs[0]->type == VOXEL_DTYPE_BF16, state->steps[VOXEL_OP_MAX_INPUTS]);
  pointwise->n_operands = node->n_inputs;
  for (guint i = 0; i < node->n_inputs; i++)
    if (!take_operand (prepare, state, node, i, &out, error))
      return FALSE;
  pointwise->flat = is_flat (pointwise);
  step->implementation = voxel_cpu_implementation ("pointwise");
  step->state = g_steal_pointer (&state);
  return TRUE;
}

typedef struct {
  const VoxelCpuPointwise *pointwise;
  const void *operands[VOXEL_OP_MAX_INPUTS];
  void *dst;
} Work;

static void
run_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  voxel_cpu_kernels ()->pointwise (work->pointwise, work->operands, work->dst, begin, end);
}

static void
run_picture (const State *state, const VoxelOperands *operands, gsize index)
{
  Work work = {.pointwise = &state->pointwise, .dst = operands->outputs[0]};

  for (guint i = 0; i < VOXEL_OP_MAX_INPUTS; i++)
    work.operands[i] = state->constants[i] ? state->constants[i] : operands->inputs[i];
  for (guint d = OUTER; d-- > 0; index /= state->outer[d]) {
    gsize at = index % state->outer[d];

    for (guint i = 0; i < VOXEL_OP_MAX_INPUTS; i++)
      work.operands[i] = (const gchar *) work.operands[i] + at * state->steps[i][d];
    work.dst = (gchar *) work.dst + at * state->steps[VOXEL_OP_MAX_INPUTS][d];
  }
  voxel_executor_for (state->pointwise.height, 4, run_rows, &work);
}

gboolean
voxel_cpu_pointwise_run (const VoxelStep *step, const VoxelOperands *operands, gpointer binding,
                         GError **error)
{
  const State *state = step->state;
  gsize pictures = 1;

  for (guint d = 0; d < OUTER; d++)
    pictures *= state->outer[d];
  for (gsize i = 0; i < pictures; i++)
    run_picture (state, operands, i);
  return TRUE;
}

static VoxelCpuOperand
operand_of (const VoxelCpuView *view)
{
  return (VoxelCpuOperand){view->width * view->pitch, view->pitch, FALSE, view->bf16};
}

/**
 * voxel_cpu_copy:
 * @src: a picture
 * @dst: another, of the same size
 * @from: where the one is
 * @to: where the other is
 *
 * Copies it on all threads, in another type if need be.
 */
void
voxel_cpu_copy (const VoxelCpuView *src, const VoxelCpuView *dst, const void *from, void *to)
{
  VoxelCpuPointwise copy = {.height = dst->height, .width = dst->width, .channels = dst->channels};
  Work work = {&copy, {from}, to};

  copy.dst = operand_of (dst);
  copy.operands[0] = operand_of (src);
  copy.n_operands = 1;
  copy.flat = is_flat (&copy);
  voxel_executor_for (copy.height, 4, run_rows, &work);
}
