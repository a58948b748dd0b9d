/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/network-runs.h"

#include "models/memory.h"

/* Slices of three axes, each as it is and on its side, and tiles of a thin axis. */
#define MOST_SIZES 8

/* What is known of pictures of a size; the run is made when the first of them comes. */
typedef struct {
  guint height, width;
  VoxelNetworkFit fit;
  VoxelRun *run;
} Size;

/**
 * VoxelNetworkRuns:
 *
 * The runs of a network for the sizes of pictures that come, used by one caller at a time: all of them take
 * turns in one piece of memory, as large as the largest needs.
 *
 * A picture that would need more than the limit is shown to the network in parts. This is the place for it,
 * not voxeltile: here the network's reach is known, so parts overlap by what it takes and no more, and their
 * scores are the picture's, to the last rounding; tiles would have to overlap by guess, and be joined.
 */
struct _VoxelNetworkRuns {
  VoxelModel *model;
  VoxelPlanKey key;
  guint64 limit;
  VoxelRunMemory *memory;
  GQueue sizes; /* last used first */
};

/**
 * voxel_network_runs_new:
 * @model: a model
 * @key: for what; its size does not count
 *
 * Returns: (transfer full): no runs yet
 */
VoxelNetworkRuns *
voxel_network_runs_new (VoxelModel *model, const VoxelPlanKey *key)
{
  VoxelNetworkRuns *runs = g_new0 (VoxelNetworkRuns, 1);

  runs->model = voxel_model_ref (model);
  runs->key = *key;
  g_queue_init (&runs->sizes);
  return runs;
}

static void
size_free (Size *size)
{
  g_clear_pointer (&size->run, voxel_run_free);
  g_clear_pointer (&size->fit.parts, voxel_picture_parts_free);
  g_free (size);
}

static void
forget (VoxelNetworkRuns *runs)
{
  g_queue_clear_full (&runs->sizes, (GDestroyNotify) size_free);
  g_clear_pointer (&runs->memory, voxel_run_memory_unref);
}

/**
 * voxel_network_runs_free:
 * @runs: (transfer full): runs
 */
void
voxel_network_runs_free (VoxelNetworkRuns *runs)
{
  forget (runs);
  voxel_model_unref (runs->model);
  g_free (runs);
}

/**
 * voxel_network_runs_set_limit:
 * @runs: runs
 * @limit: bytes that a run may take, 0 for half of what is available
 */
void
voxel_network_runs_set_limit (VoxelNetworkRuns *runs, guint64 limit)
{
  forget (runs);
  runs->limit = limit;
}

/**
 * voxel_network_runs_get_held:
 * @runs: runs
 *
 * Returns: bytes that all runs take together
 */
guint64
voxel_network_runs_get_held (const VoxelNetworkRuns *runs)
{
  return runs->memory ? voxel_run_memory_get_size (runs->memory) : 0;
}

/* What the runs hold already is theirs. */
static guint64
limit_now (const VoxelNetworkRuns *runs)
{
  guint64 held = voxel_network_runs_get_held (runs), available = voxel_memory_available ();

  if (runs->limit)
    return runs->limit;
  return available > G_MAXUINT64 - held ? G_MAXUINT64 : (available + held) / 2;
}

static gboolean
refuse (const VoxelNetworkFit *fit, guint height, guint width, GError **error)
{
  g_autofree gchar *wanted = voxel_memory_to_text (fit->whole);
  g_autofree gchar *allowed = voxel_memory_to_text (fit->limit);

  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "pictures of %ux%u need %s of memory, the limit is %s, and this network's scores depend on all "
      "of a picture: cut it into tiles or raise memory-limit",
      width, height, wanted, allowed);
  return FALSE;
}

static gboolean
lay_parts (VoxelNetworkRuns *runs, Size *size, GError **error)
{
  guint stride = voxel_model_get_stride (runs->model), margin;
  VoxelPlanKey key = runs->key;
  VoxelPlanSize whole;

  key.height = size->height;
  key.width = size->width;
  if (!voxel_plan_measure (runs->model, &key, &whole, error))
    return FALSE;
  size->fit.whole = voxel_plan_size_total (&whole);
  size->fit.limit = limit_now (runs);
  margin = whole.reach == G_MAXUINT ? 0 : (whole.reach + stride - 1) / stride * stride;
  if (size->fit.whole > size->fit.limit) {
    if (whole.reach == G_MAXUINT)
      return refuse (&size->fit, size->height, size->width, error);
    if (!voxel_plan_fit (runs->model, &key, 2 * margin + stride, size->fit.limit, &whole, error))
      return FALSE;
  }
  size->fit.parts =
      voxel_picture_parts_new (size->height, size->width, key.height, key.width, margin, stride);
  return TRUE;
}

static Size *
look_up (VoxelNetworkRuns *runs, guint height, guint width)
{
  for (GList *link = runs->sizes.head; link; link = link->next) {
    Size *size = link->data;

    if (size->height != height || size->width != width)
      continue;
    g_queue_unlink (&runs->sizes, link);
    g_queue_push_head_link (&runs->sizes, link);
    return size;
  }
  return NULL;
}

static Size *
get_size (VoxelNetworkRuns *runs, guint height, guint width, GError **error)
{
  Size *size = look_up (runs, height, width);

  if (size)
    return size;
  size = g_new0 (Size, 1);
  size->height = height;
  size->width = width;
  if (!lay_parts (runs, size, error)) {
    size_free (size);
    return NULL;
  }
  g_queue_push_head (&runs->sizes, size);
  if (runs->sizes.length > MOST_SIZES)
    size_free (g_queue_pop_tail (&runs->sizes));
  return size;
}

/* Memory that holds @plan: what is too small goes, with all runs in it, before there is more. */
static gboolean
make_room (VoxelNetworkRuns *runs, VoxelPlan *plan, GError **error)
{
  if (runs->memory && voxel_run_memory_holds (runs->memory, plan))
    return TRUE;
  for (GList *link = runs->sizes.head; link; link = link->next)
    g_clear_pointer (&((Size *) link->data)->run, voxel_run_free);
  g_clear_pointer (&runs->memory, voxel_run_memory_unref);
  runs->memory = voxel_run_memory_new (plan, error);
  return runs->memory != NULL;
}

/**
 * voxel_network_runs_fit:
 * @runs: runs
 * @height: rows of pictures, a multiple of the network's stride
 * @width: columns, likewise
 * @news: (out): whether the size was not known before
 * @error: where the limit leaves too little
 *
 * Takes no memory yet.
 *
 * Returns: (transfer none) (nullable): how such pictures would be run; stays until the next call
 */
const VoxelNetworkFit *
voxel_network_runs_fit (VoxelNetworkRuns *runs, guint height, guint width, gboolean *news, GError **error)
{
  Size *size = look_up (runs, height, width);

  *news = size == NULL;
  if (!size)
    size = get_size (runs, height, width, error);
  return size ? &size->fit : NULL;
}

/**
 * voxel_network_runs_find:
 * @runs: runs
 * @height: rows of the picture, a multiple of the network's stride
 * @width: columns, likewise
 * @fit: (out): how it is run: the run is for one of its parts
 * @error: where the limit leaves too little or there is no memory
 *
 * Returns: (transfer none) (nullable): a run; what another of these computed is gone
 */
VoxelRun *
voxel_network_runs_find (VoxelNetworkRuns *runs, guint height, guint width, const VoxelNetworkFit **fit,
                         GError **error)
{
  Size *size = get_size (runs, height, width, error);
  VoxelPlanKey key = runs->key;
  g_autoptr (VoxelPlan) plan = NULL;

  if (!size)
    return NULL;
  *fit = &size->fit;
  if (size->run)
    return size->run;
  key.height = size->fit.parts->height;
  key.width = size->fit.parts->width;
  plan = voxel_plan_get (runs->model, &key, error);
  if (!plan || !make_room (runs, plan, error))
    return NULL;
  size->run = voxel_run_new_in (plan, runs->memory, error);
  return size->run;
}
