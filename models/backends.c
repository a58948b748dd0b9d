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

/**
 * voxel_backend_find:
 * @name: "auto" for the first that can
 * @precision: that it must run
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: no such backend, or what it lacks here
 *
 * Returns: (transfer none) (nullable): a backend
 */
const VoxelBackend *
voxel_backend_find (const gchar *name, VoxelPrecision precision, GError **error)
{
  const VoxelBackend *const *backends = voxel_backends ();
  gboolean any = !name || g_str_equal (name, "auto");
  g_autoptr (GError) first = NULL;

  for (guint i = 0; backends[i]; i++) {
    if (!any && g_str_equal (backends[i]->name, name))
      return runs (backends[i], precision, error) ? backends[i] : NULL;
    if (any && runs (backends[i], precision, first ? NULL : &first))
      return backends[i];
  }
  if (first)
    g_propagate_error (error, g_steal_pointer (&first));
  else
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "This build has no backend %s",
                 name);
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
