/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/network-runs.h"

#include "models/backend.h"
#include "models/memory.h"

/* Slices of three axes, each as it is and on its side, and tiles of a thin axis. */
#define MOST_SIZES 8

/* Rows that a worker shows at a time to a network which looks at no neighbours: they stay in the cache from the
 * pixels to the codes. */
#define POINTWISE_ROWS 32

/**
 * VoxelNetworkRuns:
 *
 * The runs of a network for the sizes of pictures that come, by one worker or several that work at the same time.
 * Each worker has one piece of memory, as large as the largest size needs, in which its runs take turns.
 *
 * A picture that would need more than the limit is shown to the network in parts. This is the place for it,
 * not voxeltile: here the network's reach is known, so parts overlap by what it takes and no more, and their
 * scores are the picture's, to the last rounding; tiles would have to overlap by guess, and be joined.
 */
struct _VoxelNetworkRuns {
  VoxelModel *model;
  VoxelPlanKey key;
  guint64 limit;
  const VoxelBackendDevice *device; /* NULL where runs are in this process's memory */
  guint *devices;
  guint n_devices;           /* 1 without */
  guint workers;             /* of all devices */
  VoxelRunMemory **memories; /* one a worker, all as large */
  GQueue sizes;              /* last used first */
};

/**
 * voxel_network_runs_new:
 * @model: a model
 * @key: for what; its size does not count
 * @workers: how many runs of a size may be executed at the same time
 *
 * Returns: (transfer full): no runs yet
 */
VoxelNetworkRuns *
voxel_network_runs_new (VoxelModel *model, const VoxelPlanKey *key, guint workers)
{
  VoxelNetworkRuns *runs = g_new0 (VoxelNetworkRuns, 1);

  runs->model = voxel_model_ref (model);
  runs->key = *key;
  runs->n_devices = 1;
  runs->workers = workers;
  runs->memories = g_new0 (VoxelRunMemory *, workers);
  g_queue_init (&runs->sizes);
  return runs;
}

/**
 * voxel_network_runs_new_on:
 * @model: a model
 * @key: for what; its size and device do not count
 * @devices: (element-type guint): of the key's backend
 * @workers: how many runs of a size may be executed at the same time on each
 *
 * Sizes are run in the same way on all of them.
 *
 * Returns: (transfer full): no runs yet
 */
VoxelNetworkRuns *
voxel_network_runs_new_on (VoxelModel *model, const VoxelPlanKey *key, const GArray *devices, guint workers)
{
  VoxelNetworkRuns *runs = voxel_network_runs_new (model, key, workers * devices->len);
  const VoxelBackend *backend = voxel_backend_find (key->backend, key->precision, NULL);

  runs->device = backend ? backend->device : NULL;
  runs->n_devices = devices->len;
  runs->devices = g_memdup2 (devices->data, devices->len * sizeof *runs->devices);
  runs->key.device = runs->devices[0];
  return runs;
}

static void
drop_runs (VoxelNetworkSize *size)
{
  while (size->n_runs > 0)
    voxel_run_free (size->runs[--size->n_runs]);
}

static void
size_free (VoxelNetworkSize *size)
{
  drop_runs (size);
  g_clear_pointer (&size->parts, voxel_picture_parts_free);
  g_free (size);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelNetworkSize, size_free)

static void
drop_memories (VoxelNetworkRuns *runs)
{
  for (GList *link = runs->sizes.head; link; link = link->next)
    drop_runs (link->data);
  for (guint i = 0; i < runs->workers; i++)
    g_clear_pointer (&runs->memories[i], voxel_run_memory_unref);
}

static void
forget (VoxelNetworkRuns *runs)
{
  drop_memories (runs);
  g_queue_clear_full (&runs->sizes, (GDestroyNotify) size_free);
}

/**
 * voxel_network_runs_free:
 * @runs: (transfer full): runs
 */
void
voxel_network_runs_free (VoxelNetworkRuns *runs)
{
  forget (runs);
  g_free (runs->memories);
  g_free (runs->devices);
  voxel_model_unref (runs->model);
  g_free (runs);
}

/**
 * voxel_network_runs_set_limit:
 * @runs: runs
 * @limit: bytes that all may take, of each device's memory where there are devices; 0 for half of what is available
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
  guint64 held = 0;

  for (guint i = 0; i < runs->workers && runs->memories[i]; i++)
    held += voxel_run_memory_get_size (runs->memories[i]);
  return held;
}

/* On the fullest of the devices. */
static guint64
available (const VoxelNetworkRuns *runs)
{
  guint64 least = G_MAXUINT64;

  if (!runs->device)
    return voxel_memory_available ();
  for (guint i = 0; i < runs->n_devices; i++)
    least = MIN (least, runs->device->available (runs->devices[i]));
  return least;
}

/* What the runs hold already is theirs. */
static guint64
limit_now (const VoxelNetworkRuns *runs)
{
  guint64 held = voxel_network_runs_get_held (runs) / runs->n_devices, left;

  if (runs->limit)
    return runs->limit;
  left = available (runs);
  return left > G_MAXUINT64 - held ? G_MAXUINT64 : (left + held) / 2;
}

static gboolean
refuse (const VoxelNetworkSize *size, GError **error)
{
  g_autofree gchar *wanted = voxel_memory_to_text (size->whole);
  g_autofree gchar *allowed = voxel_memory_to_text (size->limit);

  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "pictures of %ux%u need %s of memory, the limit is %s, and this network's scores depend on all "
      "of a picture: cut it into tiles or raise memory-limit",
      size->width, size->height, wanted, allowed);
  return FALSE;
}

static gboolean
lay_parts (VoxelNetworkRuns *runs, VoxelNetworkSize *size, GError **error)
{
  guint stride = voxel_model_get_stride (runs->model), margin;
  VoxelPlanKey key = runs->key;
  VoxelPlanSize whole;

  key.height = size->height;
  key.width = size->width;
  size->limit = limit_now (runs) / (runs->workers / runs->n_devices);
  for (key.n = size->wanted;; key.n = (key.n + 1) / 2) {
    if (!voxel_plan_measure (runs->model, &key, &whole, error))
      return FALSE;
    if (key.n == 1 || whole.arena <= size->limit)
      break;
  }
  size->n = key.n;
  size->whole = whole.arena;
  margin = whole.reach == G_MAXUINT ? 0 : (whole.reach + stride - 1) / stride * stride;
  if (size->whole > size->limit) {
    if (whole.reach == G_MAXUINT)
      return refuse (size, error);
    if (!voxel_plan_fit (runs->model, &key, 2 * margin + stride, size->limit, &whole, error))
      return FALSE;
  }
  if (whole.reach == 0 && runs->workers > 1 && !runs->device)
    key.height = MIN (key.height, MAX (POINTWISE_ROWS / stride, 1) * stride);
  size->parts = voxel_picture_parts_new (size->height, size->width, key.height, key.width, margin, stride);
  return TRUE;
}

static VoxelNetworkSize *
look_up (VoxelNetworkRuns *runs, guint wanted, guint height, guint width)
{
  for (GList *link = runs->sizes.head; link; link = link->next) {
    VoxelNetworkSize *size = link->data;

    if (size->wanted != wanted || size->height != height || size->width != width)
      continue;
    g_queue_unlink (&runs->sizes, link);
    g_queue_push_head_link (&runs->sizes, link);
    return size;
  }
  return NULL;
}

static VoxelNetworkSize *
get_size (VoxelNetworkRuns *runs, guint wanted, guint height, guint width, GError **error)
{
  VoxelNetworkSize *known = look_up (runs, wanted, height, width);
  g_autoptr (VoxelNetworkSize) size = NULL;

  if (known)
    return known;
  size = g_malloc0 (sizeof *size + runs->workers * sizeof *size->runs);
  size->wanted = wanted;
  size->height = height;
  size->width = width;
  if (!lay_parts (runs, size, error))
    return NULL;
  g_queue_push_head (&runs->sizes, size);
  if (runs->sizes.length > MOST_SIZES)
    size_free (g_queue_pop_tail (&runs->sizes));
  return g_steal_pointer (&size);
}

static gboolean
have_room (const VoxelNetworkRuns *runs, VoxelPlan *const *plans)
{
  for (guint i = 0; i < runs->workers; i++)
    if (!runs->memories[i] || !voxel_run_memory_holds (runs->memories[i], plans[i % runs->n_devices]))
      return FALSE;
  return TRUE;
}

/* Memory that holds @plans, one a device, and the same turned by 90 degrees: while one is executed the other may be
 * made. What is too small goes, with all runs in it, before there is more. */
static gboolean
make_room (VoxelNetworkRuns *runs, VoxelPlan *const *plans, GError **error)
{
  VoxelPlanKey turned = *voxel_plan_get_key (plans[0]);
  VoxelPlanSize size;

  if (have_room (runs, plans))
    return TRUE;
  turned.height = voxel_plan_get_key (plans[0])->width;
  turned.width = voxel_plan_get_key (plans[0])->height;
  if (!voxel_plan_measure (runs->model, &turned, &size, error))
    return FALSE;
  drop_memories (runs);
  for (guint i = 0; i < runs->workers; i++) {
    VoxelPlan *plan = plans[i % runs->n_devices];

    runs->memories[i] =
        voxel_run_memory_new_for (plan, MAX (size.arena, voxel_plan_get_arena_size (plan)), error);
    if (!runs->memories[i])
      return FALSE;
  }
  return TRUE;
}

/* One a device. */
static GPtrArray *
get_plans (VoxelNetworkRuns *runs, const VoxelNetworkSize *size, GError **error)
{
  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_plan_unref);
  VoxelPlanKey key = runs->key;

  key.n = size->n;
  key.height = size->parts->height;
  key.width = size->parts->width;
  for (guint i = 0; i < runs->n_devices; i++) {
    VoxelPlan *plan;

    key.device = runs->devices ? runs->devices[i] : 0;
    plan = voxel_plan_get (runs->model, &key, error);
    if (!plan)
      return NULL;
    g_ptr_array_add (plans, plan);
  }
  return g_steal_pointer (&plans);
}

/**
 * voxel_network_runs_look:
 * @runs: runs
 * @wanted: pictures that are to be run at once
 * @height: rows of pictures, a multiple of the network's stride
 * @width: columns, likewise
 * @news: (out): whether the size was not known before
 * @error: where the limit leaves too little
 *
 * Takes no memory yet.
 *
 * Returns: (transfer none) (nullable): how such pictures would be run; stays while no more than a few other sizes
 *   come
 */
const VoxelNetworkSize *
voxel_network_runs_look (VoxelNetworkRuns *runs, guint wanted, guint height, guint width, gboolean *news,
                         GError **error)
{
  *news = look_up (runs, wanted, height, width) == NULL;
  return get_size (runs, wanted, height, width, error);
}

/**
 * voxel_network_runs_find:
 * @runs: runs
 * @wanted: pictures that are to be run at once
 * @height: rows of pictures, a multiple of the network's stride
 * @width: columns, likewise
 * @error: where the limit leaves too little or there is no memory
 *
 * Runs of that size and of that size turned may be executed; of others only if they are in memory already.
 *
 * Returns: (transfer none) (nullable): the size with its runs
 */
const VoxelNetworkSize *
voxel_network_runs_find (VoxelNetworkRuns *runs, guint wanted, guint height, guint width, GError **error)
{
  VoxelNetworkSize *size = get_size (runs, wanted, height, width, error);
  g_autoptr (GPtrArray) plans = NULL;

  if (!size || size->n_runs == runs->workers)
    return size;
  plans = get_plans (runs, size, error);
  if (!plans || !make_room (runs, (VoxelPlan *const *) plans->pdata, error))
    return NULL;
  for (; size->n_runs < runs->workers; size->n_runs++) {
    VoxelPlan *plan = g_ptr_array_index (plans, size->n_runs % runs->n_devices);

    size->runs[size->n_runs] = voxel_run_new_in (plan, runs->memories[size->n_runs], error);
    if (!size->runs[size->n_runs])
      return NULL;
  }
  return size;
}
