/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/backend.h"

#include "models/files/tensor-dtype.h"
#include "models/graph/bf16.h"
#include "models/graph/f16.h"
#include "models/ops/ops.h"

typedef struct {
  VoxelDtype type;
  gboolean turned;
} Form;

static void
put (gpointer packed, gsize at, VoxelDtype type, gfloat value)
{
  if (type == VOXEL_DTYPE_F32)
    ((gfloat *) packed)[at] = value;
  else
    ((guint16 *) packed)[at] =
        type == VOXEL_DTYPE_F16 ? voxel_f16_from_float (value) : voxel_bf16_from_float (value);
}

/* The second dimension becomes the innermost, as in pictures. */
static gboolean
pack_turned (const gfloat *values, const VoxelShape *shape, gpointer packed, const Form *form)
{
  gsize channels = shape->dim[1], plane = (gsize) shape->dim[2] * shape->dim[3];

  for (gsize n = 0; n < shape->dim[0]; n++)
    for (gsize c = 0; c < channels; c++)
      for (gsize i = 0; i < plane; i++)
        put (packed, (n * plane + i) * channels + c, form->type, *values++);
  return TRUE;
}

static gboolean
pack (const gfloat *values, const VoxelShape *shape, gpointer packed, gpointer data, GError **error)
{
  const Form *form = data;
  gsize elements = 0;

  if (form->turned)
    return pack_turned (values, shape, packed, form);
  voxel_shape_elements (shape, &elements);
  for (gsize i = 0; i < elements; i++)
    put (packed, i, form->type, values[i]);
  return TRUE;
}

/* Matrices stay as they are, whatever their dimensions. */
static gboolean
turns (const VoxelNode *node, const VoxelTensor *tensor)
{
  return tensor->shape.n == 4 && node->op != &voxel_op_matmul;
}

/**
 * voxel_cuda_constants:
 * @prepare: of the plan
 * @node: whose operands are looked through
 * @type: that constants are to have: float, half or bf16
 * @constants: (out): their addresses on the device, %NULL for operands that are none
 * @error: of packing, or that the device has no memory for them
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cuda_constants (VoxelPrepare *prepare, const VoxelNode *node, VoxelDtype type, gconstpointer *constants,
                      GError **error)
{
  for (guint i = 0; i < node->n_inputs; i++) {
    const VoxelTensor *tensor = node->inputs[i];
    g_autofree gchar *format = NULL;
    gsize elements = 0;
    Form form;

    if (!tensor || !tensor->constant)
      continue;
    form = (Form){type, turns (node, tensor)};
    format = g_strdup_printf ("cuda/%s%s", voxel_dtype_to_name (type), form.turned ? "/channels-last" : "");
    voxel_shape_elements (&tensor->shape, &elements);
    constants[i] = voxel_prepare_constant (prepare, tensor, format, elements * voxel_dtype_size (type), pack,
                                           &form, error);
    if (!constants[i]) {
      g_prefix_error (error, "%s: ", tensor->name);
      return FALSE;
    }
  }
  return TRUE;
}
