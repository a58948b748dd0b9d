/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-plan.h"
#include "models/cuda/disk-cache.h"

/* A compiled kernel takes 60 to 200 kB, a network of one size and precision some 5 MB. */
#define LIMIT ((guint64) 256 << 20)

static gpointer
open_cache (gpointer data)
{
  const gchar *chosen = g_getenv ("VOXEL_CACHE_DIR");
  g_autofree gchar *usual = g_build_filename (g_get_user_cache_dir (), "gst-voxel", NULL);
  g_autofree gchar *folder = g_build_filename (chosen && *chosen ? chosen : usual, "cudnn-plans", NULL);

  return voxel_disk_cache_new (folder, LIMIT);
}

/**
 * voxel_cudnn_plan_key:
 * @graph: what to compute
 * @device: where; which of several equal ones does not matter
 * @floats: how floats are multiplied
 *
 * Returns: (transfer full): SHA-256 of all that a plan depends on: the graph as cuDNN was told it, the device with its
 *   driver, the version of cuDNN
 */
gchar *
voxel_cudnn_plan_key (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device, VoxelCudnnFloat floats)
{
  const gchar *override = g_getenv ("NVIDIA_TF32_OVERRIDE"); /* cuDNN obeys it */
  g_autofree gchar *where = voxel_cudnn_device_to_text (device);
  g_autofree gchar *all =
      g_strdup_printf ("cuDNN %" G_GSIZE_FORMAT "\nfloats %d %s\n%s\n%s", graph->all.library->version,
                       (gint) floats, override ? override : "", where, graph->all.told->str);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);
}

typedef struct {
  const VoxelCudnnGraph *graph;
  const VoxelCudnnDevice *device;
  VoxelCudnnFloat floats;
  const gchar *key;
} Search;

static VoxelCudnnPlan *
read_or_choose (gpointer data, GError **error)
{
  static GOnce once = G_ONCE_INIT;
  const Search *search = data;
  VoxelDiskCache *cache = g_once (&once, open_cache, NULL);
  g_autofree gchar *kept = voxel_disk_cache_read (cache, search->key), *json = NULL;
  VoxelCudnnPlan *plan = NULL;

  if (kept)
    plan = voxel_cudnn_plan_read (search->graph->all.library, search->device, kept, NULL);
  if (plan)
    return plan;
  plan = voxel_cudnn_plan_new (search->graph, search->device, search->floats, error);
  json = plan ? voxel_cudnn_plan_write (plan, NULL) : NULL;
  if (json)
    voxel_disk_cache_write (cache, search->key, json);
  return plan;
}

/**
 * voxel_cudnn_plan_find:
 * @graph: what to compute
 * @device: where
 * @floats: how floats are multiplied
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED naming the node: cuDNN has no plan
 *
 * Like voxel_cudnn_plan_new(), but a graph is planned once: in the process, as networks repeat their blocks, and
 * across processes, as plans are kept in $XDG_CACHE_HOME/gst-voxel/cudnn-plans, or $VOXEL_CACHE_DIR/cudnn-plans.
 *
 * Returns: (transfer full) (nullable): a plan, given back with voxel_cudnn_plan_free()
 */
VoxelCudnnPlan *
voxel_cudnn_plan_find (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device, VoxelCudnnFloat floats,
                       GError **error)
{
  g_autofree gchar *key = voxel_cudnn_plan_key (graph, device, floats);
  g_autofree gchar *here = g_strdup_printf ("%s %p %u", key, (gconstpointer) graph->all.library, device->id);
  Search search = {graph, device, floats, key};

  return voxel_cudnn_plan_share (here, read_or_choose, &search, error);
}
