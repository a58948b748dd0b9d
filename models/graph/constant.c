/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/constant.h"

#include <string.h>

#include "models/files/model-record.h"

/**
 * voxel_constant_new:
 * @key: unique within the model
 * @shape: logical shape
 * @evaluate: writes the values
 * @data: (nullable): for @evaluate
 * @destroy: (nullable): frees @data
 *
 * Sources and parameter are set by the caller, who gives each source's reference to the constant.
 *
 * Returns: (transfer full): a constant
 */
VoxelConstant *
voxel_constant_new (const gchar *key, const VoxelShape *shape, VoxelConstantFunc evaluate, gpointer data,
                    GDestroyNotify destroy)
{
  VoxelConstant *constant = g_new0 (VoxelConstant, 1);

  g_atomic_ref_count_init (&constant->refs);
  constant->key = g_strdup (key);
  constant->shape = *shape;
  constant->evaluate = evaluate;
  constant->data = data;
  constant->destroy = destroy;
  return constant;
}

static gboolean
copy_values (const VoxelConstant *constant, gfloat *values, GError **error)
{
  gsize n;

  if (!voxel_shape_elements (&constant->shape, &n))
    return FALSE;
  memcpy (values, constant->data, n * sizeof *values);
  return TRUE;
}

/**
 * voxel_constant_new_values:
 * @key: unique within the model
 * @shape: logical shape
 * @values: row-major, copied
 *
 * Returns: (transfer full): a constant that is held in memory
 */
VoxelConstant *
voxel_constant_new_values (const gchar *key, const VoxelShape *shape, const gfloat *values)
{
  gsize n = 0;

  g_return_val_if_fail (voxel_shape_elements (shape, &n), NULL);
  return voxel_constant_new (key, shape, copy_values, g_memdup2 (values, n * sizeof *values), g_free);
}

static gboolean
read_nothing (const VoxelConstant *constant, gfloat *values, GError **error)
{
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR, "Tensor %s is missing", constant->key);
  return FALSE;
}

/**
 * voxel_constant_new_absent:
 * @key: unique within the model
 * @shape: logical shape
 *
 * Stands in for values that are not there, in a network that is only looked at.
 *
 * Returns: (transfer full): a constant that cannot be read
 */
VoxelConstant *
voxel_constant_new_absent (const gchar *key, const VoxelShape *shape)
{
  return voxel_constant_new (key, shape, read_nothing, NULL, NULL);
}

static gboolean
evaluate_source (const VoxelConstant *constant, gfloat *values, GError **error)
{
  return constant->sources[0]->evaluate (constant->sources[0], values, error);
}

/**
 * voxel_constant_new_reshaped:
 * @source: (transfer none): a constant
 * @shape: of as many elements
 *
 * Returns: (transfer full): the same values, in another shape
 */
VoxelConstant *
voxel_constant_new_reshaped (VoxelConstant *source, const VoxelShape *shape)
{
  g_autofree gchar *text = voxel_shape_to_string (shape);
  g_autofree gchar *key = g_strdup_printf ("reshaped|%s|%s", source->key, text);
  VoxelConstant *constant = voxel_constant_new (key, shape, evaluate_source, NULL, NULL);

  constant->sources[0] = voxel_constant_ref (source);
  return constant;
}

VoxelConstant *
voxel_constant_ref (VoxelConstant *constant)
{
  g_atomic_ref_count_inc (&constant->refs);
  return constant;
}

void
voxel_constant_unref (VoxelConstant *constant)
{
  if (!g_atomic_ref_count_dec (&constant->refs))
    return;
  for (guint i = 0; i < VOXEL_CONSTANT_MAX_SOURCES; i++)
    g_clear_pointer (&constant->sources[i], voxel_constant_unref);
  if (constant->destroy)
    constant->destroy (constant->data);
  g_free (constant->key);
  g_free (constant);
}

/**
 * voxel_constant_evaluate:
 * @constant: a constant
 * @error: what went wrong
 *
 * Returns: (transfer full): its values, float, row-major; free with g_free()
 */
gfloat *
voxel_constant_evaluate (const VoxelConstant *constant, GError **error)
{
  g_autofree gfloat *values = NULL;
  gsize n;

  if (!voxel_shape_elements (&constant->shape, &n) || n > G_MAXSIZE / sizeof *values) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR, "Tensor %s is too large", constant->key);
    return NULL;
  }
  values = g_new (gfloat, n);
  if (!constant->evaluate (constant, values, error))
    return NULL;
  return g_steal_pointer (&values);
}
