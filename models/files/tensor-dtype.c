/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tensor-dtype.h"

#include <math.h>
#include <string.h>

#include "models/graph/f16.h"

static const struct {
  const gchar *name;
  gsize size;
} dtypes[VOXEL_N_DTYPES] = {
    [VOXEL_DTYPE_F32] = {"F32", 4},   [VOXEL_DTYPE_F16] = {"F16", 2}, [VOXEL_DTYPE_BF16] = {"BF16", 2},
    [VOXEL_DTYPE_F64] = {"F64", 8},   [VOXEL_DTYPE_I64] = {"I64", 8}, [VOXEL_DTYPE_I32] = {"I32", 4},
    [VOXEL_DTYPE_I16] = {"I16", 2},   [VOXEL_DTYPE_I8] = {"I8", 1},   [VOXEL_DTYPE_U8] = {"U8", 1},
    [VOXEL_DTYPE_BOOL] = {"BOOL", 1},
};

/**
 * voxel_dtype_to_name:
 * @dtype: a type
 *
 * Returns: its name in safetensors files, such as "BF16"
 */
const gchar *
voxel_dtype_to_name (VoxelDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < VOXEL_N_DTYPES, NULL);
  return dtypes[dtype].name;
}

/**
 * voxel_dtype_from_name:
 * @name: as safetensors files have it
 * @dtype: (out): the type
 *
 * Returns: whether the type is known here
 */
gboolean
voxel_dtype_from_name (const gchar *name, VoxelDtype *dtype)
{
  for (guint i = 0; i < VOXEL_N_DTYPES; i++) {
    if (g_str_equal (name, dtypes[i].name)) {
      *dtype = (VoxelDtype) i;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * voxel_dtype_size:
 * @dtype: a type
 *
 * Returns: bytes an element
 */
gsize
voxel_dtype_size (VoxelDtype dtype)
{
  g_return_val_if_fail ((guint) dtype < VOXEL_N_DTYPES, 0);
  return dtypes[dtype].size;
}

/**
 * voxel_dtype_is_weight:
 * @dtype: a type
 *
 * Returns: whether a network's weights may be of it
 */
gboolean
voxel_dtype_is_weight (VoxelDtype dtype)
{
  return dtype == VOXEL_DTYPE_F32 || dtype == VOXEL_DTYPE_F16 || dtype == VOXEL_DTYPE_BF16;
}

/**
 * voxel_tensor_bytes:
 * @dtype: type of the elements
 * @shape: @n_dims sides
 * @n_dims: 0 for a scalar
 * @bytes: (out): bytes of the tensor
 *
 * Returns: whether the size fits the address space
 */
gboolean
voxel_tensor_bytes (VoxelDtype dtype, const gsize *shape, guint n_dims, gsize *bytes)
{
  *bytes = voxel_dtype_size (dtype);
  for (guint i = 0; i < n_dims; i++) {
    if (!g_size_checked_mul (bytes, *bytes, shape[i]))
      return FALSE;
  }
  return TRUE;
}

static gfloat
float_from_bits (guint32 bits)
{
  gfloat value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* The data of a file need not be aligned to its elements, hence the copies. */
static gboolean
convert_double (const VoxelTensorView *tensor, gfloat *out, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++) {
    guint64 bits;
    gdouble value;

    memcpy (&bits, tensor->data + 8 * i, sizeof bits);
    bits = GUINT64_FROM_LE (bits);
    memcpy (&value, &bits, sizeof value);
    out[i] = (gfloat) value;
    if (isfinite (value) && !isfinite (out[i])) {
      g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                   "tensor %s: element %" G_GSIZE_FORMAT ", %g, is beyond what 32 bits hold", tensor->name, i,
                   value);
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * voxel_tensor_view_to_float:
 * @tensor: a tensor of F32, F16, BF16 or F64
 * @out: (out): room for all its elements
 * @error: VOXEL_MODEL_ERROR_TENSOR for integers and for values beyond the range of 32-bit floats
 *
 * Returns: whether @out holds the elements, in the same order
 */
gboolean
voxel_tensor_view_to_float (const VoxelTensorView *tensor, gfloat *out, GError **error)
{
  gsize n = tensor->size / voxel_dtype_size (tensor->dtype);

  if (tensor->dtype == VOXEL_DTYPE_F64)
    return convert_double (tensor, out, n, error);
  if (tensor->dtype == VOXEL_DTYPE_F32) {
    for (gsize i = 0; i < n; i++) {
      guint32 bits;

      memcpy (&bits, tensor->data + 4 * i, sizeof bits);
      out[i] = float_from_bits (GUINT32_FROM_LE (bits));
    }
    return TRUE;
  }
  if (tensor->dtype != VOXEL_DTYPE_F16 && tensor->dtype != VOXEL_DTYPE_BF16) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR, "tensor %s is of type %s, not of floats",
                 tensor->name, voxel_dtype_to_name (tensor->dtype));
    return FALSE;
  }
  for (gsize i = 0; i < n; i++) {
    guint16 bits;

    memcpy (&bits, tensor->data + 2 * i, sizeof bits);
    bits = GUINT16_FROM_LE (bits);
    if (tensor->dtype == VOXEL_DTYPE_F16)
      out[i] = voxel_f16_to_float (bits);
    else
      out[i] = float_from_bits ((guint32) bits << 16);
  }
  return TRUE;
}
