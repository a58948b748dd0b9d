/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-plan.h"

/* Nothing is chosen yet: for those who make plans. */
VoxelCudnnPlan *
voxel_cudnn_plan_begin (const VoxelCudnnLibrary *library)
{
  VoxelCudnnPlan *plan = g_new0 (VoxelCudnnPlan, 1);

  voxel_cudnn_descriptors_init (&plan->all, library);
  return plan;
}

/* Plans that are shared, by key. The table holds no references and goes with its last entry. */
static GMutex lock;
static GHashTable *table;

static VoxelCudnnPlan *
find_or_make (const gchar *key, VoxelCudnnPlanFunc make, gpointer data, GError **error)
{
  VoxelCudnnPlan *plan = table ? g_hash_table_lookup (table, key) : NULL;

  if (!plan) {
    plan = make (data, error);
    if (!plan)
      return NULL;
    plan->key = g_strdup (key);
    if (!table)
      table = g_hash_table_new (g_str_hash, g_str_equal);
    g_hash_table_insert (table, plan->key, plan);
  }
  plan->users++;
  return plan;
}

/**
 * voxel_cudnn_plan_share:
 * @key: of the plan
 * @make: makes it, where nobody has it; others wait
 * @data: for @make
 * @error: of @make
 *
 * Returns: (transfer full) (nullable): the plan of that key, given back with voxel_cudnn_plan_free()
 */
VoxelCudnnPlan *
voxel_cudnn_plan_share (const gchar *key, VoxelCudnnPlanFunc make, gpointer data, GError **error)
{
  VoxelCudnnPlan *plan;

  g_mutex_lock (&lock);
  plan = find_or_make (key, make, data, error);
  g_mutex_unlock (&lock);
  return plan;
}

static gboolean
is_last (VoxelCudnnPlan *plan)
{
  gboolean last;

  g_mutex_lock (&lock);
  last = --plan->users == 0;
  if (last)
    g_hash_table_remove (table, plan->key);
  if (g_hash_table_size (table) == 0)
    g_clear_pointer (&table, g_hash_table_unref);
  g_mutex_unlock (&lock);
  return last;
}

/**
 * voxel_cudnn_plan_free:
 * @plan: a plan, which stays where others share it
 */
void
voxel_cudnn_plan_free (VoxelCudnnPlan *plan)
{
  if (plan->key && !is_last (plan))
    return;
  voxel_cudnn_descriptors_clear (&plan->all);
  g_free (plan->key);
  g_free (plan);
}

static gboolean
rounds (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t engine, cudnnBackendNumericalNote_t note)
{
  return voxel_cudnn_has_note (all, engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                               (gint) note);
}

/**
 * voxel_cudnn_plan_look_at:
 * @plan: a plan
 * @candidate: an engine with its settings
 * @error: what cuDNN says
 *
 * Notes in @plan what cuDNN tells of the engine.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cudnn_plan_look_at (VoxelCudnnPlan *plan, cudnnBackendDescriptor_t candidate, GError **error)
{
  VoxelCudnnDescriptors *all = &plan->all;
  cudnnBackendDescriptor_t engine = voxel_cudnn_new (all, CUDNN_BACKEND_ENGINE_DESCRIPTOR);

  voxel_cudnn_fill_descriptor (all, candidate, CUDNN_ATTR_ENGINECFG_ENGINE, engine);
  plan->engine = voxel_cudnn_get_integer (all, engine, CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
  plan->tensor_cores = rounds (all, engine, CUDNN_NUMERICAL_NOTE_TENSOR_CORE);
  plan->repeatable = !rounds (all, engine, CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC);
  plan->rounds_inputs = rounds (all, engine, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS);
  plan->compiled = voxel_cudnn_has_note (all, engine, CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE,
                                         CUDNN_TYPE_BEHAVIOR_NOTE, CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION);
  return voxel_cudnn_descriptors_check (all, error);
}

/**
 * voxel_cudnn_plan_finish:
 * @plan: a plan whose descriptor knows its engine
 * @device: where it is to be run; without a device or a handle cuDNN crashes
 * @error: what cuDNN says
 *
 * Compiles its kernel, where cuDNN has none.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_cudnn_plan_finish (VoxelCudnnPlan *plan, const VoxelCudnnDevice *device, GError **error)
{
  VoxelCudnnDescriptors *all = &plan->all;

  voxel_cudnn_set_descriptor (all, plan->descriptor, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP,
                              voxel_cudnn_device_describe (device, all));
  voxel_cudnn_finalize (all, plan->descriptor, "the plan");
  plan->workspace =
      (gsize) voxel_cudnn_get_integer (all, plan->descriptor, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
  return voxel_cudnn_descriptors_check (all, error);
}

/**
 * voxel_cudnn_plan_read:
 * @library: cuDNN
 * @device: where it is to be run
 * @json: what voxel_cudnn_plan_write() gave
 * @error: it is of another version of cuDNN or of another kind of device, or damaged
 *
 * Saves choosing an engine and compiling its kernel.
 *
 * Returns: (transfer full) (nullable): a plan
 */
VoxelCudnnPlan *
voxel_cudnn_plan_read (const VoxelCudnnLibrary *library, const VoxelCudnnDevice *device, const gchar *json,
                       GError **error)
{
  g_autoptr (VoxelCudnnPlan) plan = voxel_cudnn_plan_begin (library);
  VoxelCudnnDescriptors *all = &plan->all;
  cudnnBackendDescriptor_t engine;

  plan->descriptor = voxel_cudnn_new (all, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  voxel_cudnn_set_text (all, plan->descriptor, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, json);
  if (!voxel_cudnn_plan_finish (plan, device, error))
    return NULL;
  engine = voxel_cudnn_new (all, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  voxel_cudnn_fill_descriptor (all, plan->descriptor, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine);
  if (!voxel_cudnn_plan_look_at (plan, engine, error))
    return NULL;
  return g_steal_pointer (&plan);
}

/**
 * voxel_cudnn_plan_write:
 * @plan: a plan
 * @error: what cuDNN says
 *
 * Returns: (transfer full) (nullable): the plan with its compiled kernel, to be kept in a file
 */
gchar *
voxel_cudnn_plan_write (VoxelCudnnPlan *plan, GError **error)
{
  gchar *json =
      voxel_cudnn_get_text (&plan->all, plan->descriptor, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION);

  return voxel_cudnn_descriptors_check (&plan->all, error) ? json : NULL;
}

/**
 * voxel_cudnn_plan_implementation:
 * @plan: a plan
 *
 * Returns: (transfer full): for users, such as "cudnn:e41+tc": cuDNN's engine, whether it multiplies on tensor cores
 *   (tc), whether its kernel was compiled for the graph (rtc)
 */
gchar *
voxel_cudnn_plan_implementation (const VoxelCudnnPlan *plan)
{
  return g_strdup_printf ("cudnn:e%" G_GINT64_FORMAT "%s%s", plan->engine, plan->tensor_cores ? "+tc" : "",
                          plan->compiled ? "+rtc" : "");
}
