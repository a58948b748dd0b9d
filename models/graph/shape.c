/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/graph/shape.h"

gboolean
voxel_shape_equal (const VoxelShape *a, const VoxelShape *b)
{
  if (a->n != b->n)
    return FALSE;
  for (guint i = 0; i < a->n; i++)
    if (a->dim[i] != b->dim[i])
      return FALSE;
  return TRUE;
}

/**
 * voxel_shape_elements:
 * @shape: a shape
 * @elements: (out): product of its dimensions
 *
 * Returns: %FALSE where the product does not fit
 */
gboolean
voxel_shape_elements (const VoxelShape *shape, gsize *elements)
{
  gsize product = 1;

  for (guint i = 0; i < shape->n; i++)
    if (!g_size_checked_mul (&product, product, shape->dim[i]))
      return FALSE;
  *elements = product;
  return TRUE;
}

/**
 * voxel_shape_to_string:
 * @shape: a shape
 *
 * Returns: (transfer full): such as "[16, 1, 3, 3]"
 */
gchar *
voxel_shape_to_string (const VoxelShape *shape)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < shape->n; i++)
    g_string_append_printf (text, "%s%u", i ? ", " : "", shape->dim[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}
