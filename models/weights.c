/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/weights.h"

#include <math.h>

#include "models/files/tensor-dtype.h"

/* The file that constants read, for as long as one of them is there. */
struct _VoxelWeights {
  gatomicrefcount refs;
  VoxelSafetensors *file;
};

/**
 * voxel_weights_open:
 * @path: a safetensors file
 * @error: of reading it
 *
 * Returns: (transfer full) (nullable): its tensors
 */
VoxelWeights *
voxel_weights_open (const gchar *path, GError **error)
{
  VoxelSafetensors *file = voxel_safetensors_open (path, error);
  VoxelWeights *weights;

  if (!file)
    return NULL;
  weights = g_new0 (VoxelWeights, 1);
  g_atomic_ref_count_init (&weights->refs);
  weights->file = file;
  return weights;
}

VoxelWeights *
voxel_weights_ref (VoxelWeights *weights)
{
  g_atomic_ref_count_inc (&weights->refs);
  return weights;
}

void
voxel_weights_unref (VoxelWeights *weights)
{
  if (!g_atomic_ref_count_dec (&weights->refs))
    return;
  voxel_safetensors_free (weights->file);
  g_free (weights);
}

const VoxelSafetensors *
voxel_weights_file (const VoxelWeights *weights)
{
  return weights->file;
}

static void
release (gpointer weights)
{
  voxel_weights_unref (weights);
}

static gboolean
read_values (const VoxelConstant *constant, gfloat *values, GError **error)
{
  const VoxelWeights *weights = constant->data;

  return voxel_tensor_view_to_float (voxel_safetensors_find (weights->file, constant->key), values, error);
}

static gchar *
shape_of (const VoxelTensorView *tensor)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < tensor->n_dims; i++)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT, i ? ", " : "", tensor->shape[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static gboolean
same_shape (const VoxelTensorView *tensor, const VoxelShape *shape)
{
  if (tensor->n_dims != shape->n)
    return FALSE;
  for (guint i = 0; i < shape->n; i++)
    if (tensor->shape[i] != shape->dim[i])
      return FALSE;
  return TRUE;
}

/**
 * voxel_weights_find:
 * @weights: a file's tensors
 * @name: of a tensor
 * @shape: that it must have
 * @error: %VOXEL_MODEL_ERROR_TENSOR naming it, the expected and the found shape or type
 *
 * Returns: (transfer full) (nullable): the tensor, not read yet
 */
VoxelConstant *
voxel_weights_find (VoxelWeights *weights, const gchar *name, const VoxelShape *shape, GError **error)
{
  const VoxelTensorView *tensor = voxel_safetensors_find (weights->file, name);
  g_autofree gchar *expected = voxel_shape_to_string (shape);

  if (!tensor) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR, "Tensor %s of shape %s is missing", name,
                 expected);
    return NULL;
  }
  if (!same_shape (tensor, shape)) {
    g_autofree gchar *found = shape_of (tensor);

    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                 "Tensor %s has shape %s where %s is expected", name, found, expected);
    return NULL;
  }
  if (!voxel_dtype_is_weight (tensor->dtype)) {
    g_set_error (
        error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
        "Tensor %s has type %s where F32, F16 or BF16 is expected: export the model again in one of them",
        name, voxel_dtype_to_name (tensor->dtype));
    return NULL;
  }
  return voxel_constant_new (name, shape, read_values, voxel_weights_ref (weights), release);
}

/**
 * voxel_weights_check_values:
 * @tensor: weights of a layer
 * @error: %VOXEL_MODEL_ERROR_TENSOR naming it, the element and its value
 *
 * A network with a weight that is no number may well run: a ReLU makes black of it, in silence.
 *
 * Returns: whether all elements are finite and, where they are variances, not negative
 */
gboolean
voxel_weights_check_values (const VoxelTensorView *tensor, GError **error)
{
  gboolean variance = g_str_has_suffix (tensor->name, ".running_var");
  gsize n = tensor->size / voxel_dtype_size (tensor->dtype);
  g_autofree gfloat *values = g_try_new (gfloat, n);

  if (!values && n) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "No memory for tensor %s",
                 tensor->name);
    return FALSE;
  }
  if (!voxel_tensor_view_to_float (tensor, values, error))
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    if (isfinite (values[i]) && !(variance && values[i] < 0.f))
      continue;
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                 "Tensor %s: element %" G_GSIZE_FORMAT
                 " is %g where a %s number is expected: the file is damaged, or "
                 "training diverged; take an earlier checkpoint",
                 tensor->name, i, (gdouble) values[i], variance ? "finite, not negative" : "finite");
    return FALSE;
  }
  return TRUE;
}
