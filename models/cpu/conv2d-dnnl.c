/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "models/cpu/dnnl-compat.h"
#include "models/cpu/dnnl.h"
#include "models/ops/ops.h"

/* Fewer channels leave most of a matrix tile empty. */
#define LEAST_CHANNELS 16

typedef struct {
  dnnl_engine_t engine;
  dnnl_primitive_desc_t desc;
  dnnl_primitive_t primitive;
  const void *weights;
  const void *bias;
} State;

typedef struct {
  dnnl_stream_t stream;
  dnnl_exec_arg_t args[6];
  guint n_args;
} Binding;

/* Without AVX-512 oneDNN has no convolution in bf16. */
static gboolean
computes (VoxelDtype type)
{
  return type != VOXEL_DTYPE_BF16 ||
         (dnnl_get_effective_cpu_isa () & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
}

static gboolean
check (const VoxelNode *node, dnnl_status_t status, const gchar *what, GError **error)
{
  if (status == dnnl_success)
    return TRUE;
  return voxel_node_unsupported (node, error, "oneDNN's %s fails with status %d", what, (gint) status);
}

static void
state_free (gpointer data)
{
  State *state = data;

  if (state->primitive)
    dnnl_primitive_destroy (state->primitive);
  if (state->desc)
    dnnl_primitive_desc_destroy (state->desc);
  if (state->engine)
    dnnl_engine_destroy (state->engine);
  g_free (state);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (State, state_free)

static VoxelDnnlDesc
describe (const VoxelTensor *tensor, dnnl_data_type_t type, dnnl_format_tag_t tag)
{
  VoxelDnnlDesc desc = NULL;
  dnnl_dims_t dims;

  for (guint i = 0; i < tensor->shape.n; i++)
    dims[i] = tensor->shape.dim[i];
  voxel_dnnl_desc_new (&desc, (gint) tensor->shape.n, dims, type, tag);
  return desc;
}

static void
append_activation (dnnl_post_ops_t ops, const VoxelConv2d *conv)
{
  switch (conv->activation) {
  case VOXEL_ACTIVATION_RELU:
    voxel_dnnl_append_eltwise (ops, dnnl_eltwise_relu, 0, 0);
    return;
  case VOXEL_ACTIVATION_LEAKY_RELU:
    voxel_dnnl_append_eltwise (ops, dnnl_eltwise_relu, conv->slope, 0);
    return;
  case VOXEL_ACTIVATION_SIGMOID:
    voxel_dnnl_append_eltwise (ops, dnnl_eltwise_logistic, 0, 0);
    return;
  case VOXEL_ACTIVATION_SILU:
    voxel_dnnl_append_eltwise (ops, dnnl_eltwise_swish, 1, 0);
    return;
  case VOXEL_ACTIVATION_GELU:
    voxel_dnnl_append_eltwise (ops, dnnl_eltwise_gelu_erf, 0, 0);
    return;
  case VOXEL_ACTIVATION_NONE:
    return;
  }
}

/* What happens to the results before they are stored: the sum comes first. */
static dnnl_primitive_attr_t
attributes_new (const VoxelConv2d *conv, VoxelDnnlConstDesc sum)
{
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_post_ops_t ops = NULL;

  dnnl_primitive_attr_create (&attributes);
  dnnl_primitive_attr_set_scratchpad_mode (attributes, dnnl_scratchpad_mode_user);
  dnnl_post_ops_create (&ops);
  if (sum)
    dnnl_post_ops_append_binary (ops, dnnl_binary_add, sum);
  append_activation (ops, conv);
  dnnl_primitive_attr_set_post_ops (attributes, ops);
  dnnl_post_ops_destroy (ops);
  return attributes;
}

static dnnl_data_type_t
type_of (const VoxelTensor *tensor)
{
  return tensor->type == VOXEL_DTYPE_BF16 ? dnnl_bf16 : dnnl_f32;
}

static dnnl_status_t
create_desc (State *state, const VoxelNode *node)
{
  const VoxelConv2d *conv = node->attributes;
  const VoxelTensor *x = node->inputs[0], *weight = node->inputs[VOXEL_CONV2D_WEIGHT], *y = node->outputs[0];
  const VoxelTensor *bias = node->inputs[VOXEL_CONV2D_BIAS], *sum = node->inputs[VOXEL_CONV2D_SUM];
  dnnl_data_type_t type = type_of (x);
  VoxelDnnlDesc in = describe (x, type, dnnl_nhwc), out = describe (y, type, dnnl_nhwc);
  VoxelDnnlDesc weights = describe (weight, type, dnnl_format_tag_any);
  VoxelDnnlDesc shift = bias ? describe (bias, dnnl_f32, dnnl_a) : NULL;
  VoxelDnnlDesc other = sum ? describe (sum, type_of (sum), dnnl_nhwc) : NULL;
  dnnl_primitive_attr_t attributes = attributes_new (conv, other);
  dnnl_dims_t stride, dilation, before, after;
  dnnl_status_t status;

  for (guint i = 0; i < 2; i++) {
    guint reach = (weight->shape.dim[2 + i] - 1) * conv->dilation[i] + 1;

    stride[i] = conv->stride[i];
    dilation[i] = (gint64) conv->dilation[i] - 1;
    before[i] = conv->padding[i];
    after[i] = ((gint64) y->shape.dim[2 + i] - 1) * stride[i] + reach - x->shape.dim[2 + i] - before[i];
  }
  status =
      voxel_dnnl_convolution (&state->desc, state->engine, dnnl_forward_inference, dnnl_convolution_direct,
                              in, weights, shift, out, stride, dilation, before, after, attributes);
  voxel_dnnl_desc_free (in);
  voxel_dnnl_desc_free (out);
  voxel_dnnl_desc_free (weights);
  if (shift)
    voxel_dnnl_desc_free (shift);
  if (other)
    voxel_dnnl_desc_free (other);
  dnnl_primitive_attr_destroy (attributes);
  return status;
}

/* The descriptor and the implementation's name, or an error where that is none of the fast ones. */
static const gchar *
choose (State *state, const VoxelNode *node, GError **error)
{
  const gchar *implementation = NULL;

  if (!check (node, dnnl_engine_create (&state->engine, dnnl_cpu, 0), "engine", error) ||
      !check (node, create_desc (state, node), "convolution", error))
    return NULL;
  dnnl_primitive_desc_query (state->desc, dnnl_query_impl_info_str, 0, &implementation);
  if (!implementation || strstr (implementation, "ref") || strstr (implementation, "gemm"))
    return voxel_node_unsupported (node, error, "oneDNN has no fast implementation (%s)", implementation),
           NULL;
  return implementation;
}

/**
 * voxel_cpu_dnnl_wanted:
 * @node: a node with types
 *
 * Returns: whether oneDNN is to compute it: a dense convolution that it has a fast implementation of, with
 *   VOXEL_CPU_CONV=onednn
 */
gboolean
voxel_cpu_dnnl_wanted (const VoxelNode *node)
{
  const VoxelConv2d *attributes = node->attributes;
  const VoxelTensor *x = node->inputs[0], *y = node->outputs[0];
  g_autoptr (State) state = NULL;

  if (node->op != &voxel_op_conv2d || attributes->groups != 1 || x->type != y->type ||
      x->shape.dim[1] < LEAST_CHANNELS || y->shape.dim[1] < LEAST_CHANNELS ||
      g_strcmp0 (g_getenv ("VOXEL_CPU_CONV"), "onednn") != 0 || !computes (x->type))
    return FALSE;
  state = g_new0 (State, 1);
  return choose (state, node, NULL) != NULL;
}

static gsize
query_size (const State *state, dnnl_query_t query)
{
  VoxelDnnlConstDesc desc = dnnl_primitive_desc_query_md (state->desc, query, 0);

  return desc ? dnnl_memory_desc_get_size (desc) : 0;
}

/* From rows of O, I, KH, KW into whatever form the convolution asked for. */
static gboolean
reorder (const State *state, const gfloat *values, const VoxelShape *shape, gpointer packed)
{
  VoxelDnnlConstDesc form = dnnl_primitive_desc_query_md (state->desc, dnnl_query_weights_md, 0);
  VoxelTensor plain = {.shape = *shape};
  VoxelDnnlDesc rows = describe (&plain, dnnl_f32, dnnl_oihw);
  dnnl_memory_t from = NULL, to = NULL;
  dnnl_primitive_desc_t desc = NULL;
  dnnl_primitive_t primitive = NULL;
  dnnl_stream_t stream = NULL;
  dnnl_status_t status =
      dnnl_reorder_primitive_desc_create (&desc, rows, state->engine, form, state->engine, NULL);

  if (status == dnnl_success)
    status = dnnl_primitive_create (&primitive, desc);
  dnnl_memory_create (&from, rows, state->engine, (void *) values);
  dnnl_memory_create (&to, form, state->engine, packed);
  dnnl_stream_create (&stream, state->engine, dnnl_stream_default_flags);
  if (status == dnnl_success) {
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};

    status = dnnl_primitive_execute (primitive, stream, 2, args);
    dnnl_stream_wait (stream);
  }
  dnnl_stream_destroy (stream);
  dnnl_memory_destroy (from);
  dnnl_memory_destroy (to);
  if (primitive)
    dnnl_primitive_destroy (primitive);
  if (desc)
    dnnl_primitive_desc_destroy (desc);
  voxel_dnnl_desc_free (rows);
  return status == dnnl_success;
}

static gboolean
pack_weights (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  if (reorder (data, values, shape, packed))
    return TRUE;
  g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                       "oneDNN cannot reorder weights");
  return FALSE;
}

static gboolean
pack_bias (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  memcpy (packed, values, shape->dim[0] * sizeof (gfloat));
  return TRUE;
}

/* The form of the weights may depend on all that the primitive does, but mostly it is the same for pictures of all
 * sizes. */
static gchar *
name_form (VoxelPrepare *prepare, const VoxelNode *node, const State *state, const gchar *implementation)
{
  const guint *in = node->inputs[0]->shape.dim;
  g_autofree gchar *digest =
      voxel_dnnl_desc_digest (dnnl_primitive_desc_query_md (state->desc, dnnl_query_weights_md, 0));

  if (digest)
    return g_strdup_printf ("onednn:%s", digest);
  return g_strdup_printf ("onednn:%s:%u:%ux%ux%u:%u", implementation, node->inputs[0]->type, in[0], in[2],
                          in[3], prepare->target->threads);
}

static gboolean
pack (VoxelPrepare *prepare, const VoxelNode *node, State *state, const gchar *implementation, GError **error)
{
  const VoxelTensor *weight = node->inputs[VOXEL_CONV2D_WEIGHT], *bias = node->inputs[VOXEL_CONV2D_BIAS];
  g_autofree gchar *format = name_form (prepare, node, state, implementation);

  state->weights = voxel_prepare_constant (prepare, weight, format, query_size (state, dnnl_query_weights_md),
                                           pack_weights, state, error);
  if (!state->weights || !bias)
    return state->weights != NULL;
  state->bias = voxel_prepare_constant (prepare, bias, "onednn", bias->shape.dim[0] * sizeof (gfloat),
                                        pack_bias, NULL, error);
  return state->bias != NULL;
}

static gboolean
conv2d_prepare (VoxelPrepare *prepare, VoxelStep *step, GError **error)
{
  const VoxelNode *node = step->node;
  g_autoptr (State) state = g_new0 (State, 1);
  const gchar *implementation = choose (state, node, error);

  if (!implementation ||
      !check (node, dnnl_primitive_create (&state->primitive, state->desc), "primitive", error) ||
      !pack (prepare, node, state, implementation, error))
    return FALSE;
  step->implementation = g_strdup_printf ("onednn:%s", implementation);
  step->scratch = query_size (state, dnnl_query_scratchpad_md);
  step->state = g_steal_pointer (&state);
  return TRUE;
}

static void
conv2d_unbind (gpointer data)
{
  Binding *binding = data;

  for (guint i = 0; i < binding->n_args; i++)
    dnnl_memory_destroy (binding->args[i].memory);
  if (binding->stream)
    dnnl_stream_destroy (binding->stream);
  g_free (binding);
}

static gboolean
bind_memory (Binding *binding, const State *state, gint arg, dnnl_query_t query, gint index,
             gconstpointer data)
{
  VoxelDnnlConstDesc desc = dnnl_primitive_desc_query_md (state->desc, query, index);
  dnnl_exec_arg_t *slot = &binding->args[binding->n_args];

  if (!data)
    return TRUE;
  if (dnnl_memory_create (&slot->memory, desc, state->engine, (void *) data) != dnnl_success)
    return FALSE;
  slot->arg = arg;
  binding->n_args++;
  return TRUE;
}

static gpointer
conv2d_bind (const VoxelStep *step, const VoxelOperands *operands, GError **error)
{
  const State *state = step->state;
  Binding *binding = g_new0 (Binding, 1);

  if (dnnl_stream_create (&binding->stream, state->engine, dnnl_stream_default_flags) == dnnl_success &&
      bind_memory (binding, state, DNNL_ARG_SRC, dnnl_query_src_md, 0, operands->inputs[0]) &&
      bind_memory (binding, state, DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, state->weights) &&
      bind_memory (binding, state, DNNL_ARG_BIAS, dnnl_query_weights_md, 1, state->bias) &&
      bind_memory (binding, state, DNNL_ARG_DST, dnnl_query_dst_md, 0, operands->outputs[0]) &&
      bind_memory (binding, state, DNNL_ARG_ATTR_MULTIPLE_POST_OP (0) | DNNL_ARG_SRC_1,
                   dnnl_query_exec_arg_md, DNNL_ARG_ATTR_MULTIPLE_POST_OP (0) | DNNL_ARG_SRC_1,
                   operands->inputs[VOXEL_CONV2D_SUM]) &&
      bind_memory (binding, state, DNNL_ARG_SCRATCHPAD, dnnl_query_scratchpad_md, 0,
                   step->scratch ? operands->scratch : NULL))
    return binding;
  conv2d_unbind (binding);
  return voxel_node_unsupported (step->node, error, "oneDNN gives no memory objects"), NULL;
}

static gboolean
conv2d_run (const VoxelStep *step, const VoxelOperands *operands, gpointer data, GError **error)
{
  const State *state = step->state;
  Binding *binding = data;
  dnnl_status_t status =
      dnnl_primitive_execute (state->primitive, binding->stream, (gint) binding->n_args, binding->args);

  if (status == dnnl_success)
    status = dnnl_stream_wait (binding->stream);
  return check (step->node, status, "execution", error);
}

static gboolean
conv2d_shapes (VoxelNode *node, GError **error)
{
  return voxel_op_conv2d.shapes (node, error);
}

static guint64
conv2d_macs (const VoxelNode *node)
{
  return voxel_op_conv2d.macs (node);
}

const VoxelOp voxel_cpu_op_conv2d_dnnl = {
    .name = "conv2d",
    .attributes_size = sizeof (VoxelConv2d),
    .shapes = conv2d_shapes,
    .macs = conv2d_macs,
};

const VoxelKernel voxel_cpu_conv2d_dnnl = {
    .op = &voxel_cpu_op_conv2d_dnnl,
    .name = "onednn",
    .prepare = conv2d_prepare,
    .release = state_free,
    .bind = conv2d_bind,
    .unbind = conv2d_unbind,
    .run = conv2d_run,
};
