/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/executor.h"
#include "models/model-private.h"
#include "models/plan-private.h"

/* Rectangular tiles, turned views and whole slices take a few sizes by turns. */
#define MOST_PLANS 8

/* Of one model, last used first. The lock is held while a plan is made: whoever asks for the same waits for
 * it. */
struct _VoxelPlanCache {
  GMutex lock;
  GQueue plans;
};

VoxelPlanCache *
voxel_plan_cache_new (void)
{
  VoxelPlanCache *cache = g_new0 (VoxelPlanCache, 1);

  g_mutex_init (&cache->lock);
  g_queue_init (&cache->plans);
  return cache;
}

void
voxel_plan_cache_free (VoxelPlanCache *cache)
{
  g_queue_clear_full (&cache->plans, (GDestroyNotify) voxel_plan_unref);
  g_mutex_clear (&cache->lock);
  g_free (cache);
}

static gboolean
same (const VoxelPlan *plan, const VoxelPlanKey *key)
{
  const VoxelPlanKey *other = &plan->key;

  return g_str_equal (other->backend, key->backend) && other->precision == key->precision &&
         other->threads == key->threads && other->n == key->n && other->height == key->height &&
         other->width == key->width && other->device == key->device;
}

static VoxelPlan *
look_up (VoxelPlanCache *cache, const VoxelPlanKey *key)
{
  for (GList *link = cache->plans.head; link; link = link->next) {
    if (!same (link->data, key))
      continue;
    g_queue_unlink (&cache->plans, link);
    g_queue_push_head_link (&cache->plans, link);
    return link->data;
  }
  return NULL;
}

static gboolean
check_size (VoxelModel *model, const VoxelPlanKey *key, GError **error)
{
  guint stride = voxel_model_get_stride (model);

  if (key->n && key->height && key->width && key->height % stride == 0 && key->width % stride == 0)
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "%u pictures of %ux%u: the network takes rows and columns in multiples of %u", key->n,
               key->height, key->width, stride);
  return FALSE;
}

/* What does not matter to a backend must not tell plans apart. */
static gboolean
resolve_place (const VoxelBackend *backend, VoxelPlanKey *key, GError **error)
{
  guint count;

  if (!backend->device) {
    key->threads = key->threads ? key->threads : voxel_executor_default_threads ();
    key->device = 0;
    return TRUE;
  }
  key->threads = 1;
  count = backend->device->count (error);
  if (!count || key->device < count)
    return count > 0;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "There is no device %u: the backend %s has %u, counted from 0", key->device, backend->name,
               count);
  return FALSE;
}

/* @key with all that is left open said, and who computes it. */
static const VoxelBackend *
resolve (VoxelModel *model, VoxelPlanKey *key, GError **error)
{
  const VoxelBackend *backend = voxel_backend_find (key->backend, key->precision, error);

  if (!backend || !check_size (model, key, error) || !resolve_place (backend, key, error))
    return NULL;
  key->backend = backend->name;
  key->precision = key->precision == VOXEL_PRECISION_AUTO ? backend->fastest () : key->precision;
  return backend;
}

static VoxelGraph *
build (VoxelModel *model, const VoxelPlanKey *key, GError **error)
{
  const VoxelShape input =
      VOXEL_SHAPE_4 (key->n, voxel_model_get_in_channels (model), key->height, key->width);

  return voxel_model_build (model, &input, error);
}

/**
 * voxel_plan_get:
 * @model: a model
 * @key: for what
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED: sizes, backend or precision that cannot be, naming them
 *
 * The plan from the model's cache, or a new one. May be called from any thread.
 *
 * Returns: (transfer full) (nullable): a plan
 */
VoxelPlan *
voxel_plan_get (VoxelModel *model, const VoxelPlanKey *key, GError **error)
{
  VoxelPlanKey full = *key;
  const VoxelBackend *backend = resolve (model, &full, error);
  VoxelPlanCache *cache = voxel_model_get_plans (model);
  g_autoptr (GMutexLocker) locker = NULL;
  VoxelGraph *graph;
  VoxelPlan *plan;

  if (!backend)
    return NULL;
  locker = g_mutex_locker_new (&cache->lock);
  plan = look_up (cache, &full);
  if (plan)
    return voxel_plan_ref (plan);
  graph = build (model, &full, error);
  plan = graph ? voxel_plan_new (graph, backend, &full, error) : NULL;
  if (!plan)
    return NULL;
  g_queue_push_head (&cache->plans, voxel_plan_ref (plan));
  if (cache->plans.length > MOST_PLANS)
    voxel_plan_unref (g_queue_pop_tail (&cache->plans));
  return plan;
}

/**
 * voxel_plan_measure:
 * @model: a model
 * @key: for what
 * @size: (out): what a run of that plan would take
 * @error: as voxel_plan_get()'s
 *
 * Takes milliseconds and no memory to speak of, whatever the size of the picture.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_plan_measure (VoxelModel *model, const VoxelPlanKey *key, VoxelPlanSize *size, GError **error)
{
  VoxelPlanKey full = *key;
  const VoxelBackend *backend = resolve (model, &full, error);
  VoxelGraph *graph = backend ? build (model, &full, error) : NULL;
  g_autoptr (VoxelPlan) plan = graph ? voxel_plan_new_measured (graph, backend, &full, error) : NULL;

  if (!plan)
    return FALSE;
  *size = voxel_plan_get_size (plan);
  return TRUE;
}
