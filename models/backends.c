/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/backend.h"

/**
 * voxel_backends:
 *
 * Returns: the backends of this build, fastest first, ended by %NULL
 */
const VoxelBackend *const *
voxel_backends (void)
{
  static const VoxelBackend *const backends[] = {
      &voxel_backend_cuda,
      &voxel_backend_cpu,
      &voxel_backend_reference,
      NULL,
  };

  return backends;
}

static gboolean
runs (const VoxelBackend *backend, VoxelPrecision precision, GError **error)
{
  return backend->probe (precision == VOXEL_PRECISION_AUTO ? backend->fastest () : precision, error);
}

static const VoxelBackend *
find_any (VoxelPrecision precision, GError **error)
{
  const VoxelBackend *const *backends = voxel_backends ();
  g_autoptr (GString) lacking = g_string_new (NULL);

  for (guint i = 0; backends[i]; i++) {
    g_autoptr (GError) why = NULL;

    if (runs (backends[i], precision, &why))
      return backends[i];
    g_string_append_printf (lacking, "%s%s: %s", i ? "; " : "", backends[i]->name, why->message);
  }
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "Nobody computes in %s here. %s",
               voxel_precision_to_name (precision), lacking->str);
  return NULL;
}

/**
 * voxel_backend_find:
 * @name: (nullable): "auto", or nothing, for the first that can
 * @precision: that it must run
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: no such backend, or what it lacks here
 *
 * Returns: (transfer none) (nullable): a backend
 */
const VoxelBackend *
voxel_backend_find (const gchar *name, VoxelPrecision precision, GError **error)
{
  const VoxelBackend *const *backends = voxel_backends ();

  if (!name || g_str_equal (name, "auto"))
    return find_any (precision, error);
  for (guint i = 0; backends[i]; i++)
    if (g_str_equal (backends[i]->name, name))
      return runs (backends[i], precision, error) ? backends[i] : NULL;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "This build has no backend %s", name);
  return NULL;
}

/**
 * voxel_backend_kernel:
 * @backend: a backend
 * @node: a node
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED naming node, operator and backend
 *
 * Returns: (transfer none) (nullable): who computes the node's operator
 */
const VoxelKernel *
voxel_backend_kernel (const VoxelBackend *backend, const VoxelNode *node, GError **error)
{
  for (guint i = 0; backend->kernels[i]; i++)
    if (backend->kernels[i]->op == node->op)
      return backend->kernels[i];
  voxel_node_unsupported (node, error, "the backend %s does not implement this operator", backend->name);
  return NULL;
}
