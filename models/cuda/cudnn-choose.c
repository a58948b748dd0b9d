/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-plan.h"
#include "models/files/model-record.h"
#include "models/ops/ops.h"

/* Heuristics list the fastest first; one that is further down is not worth waiting for. */
#define MOST_CANDIDATES 32

typedef struct {
  const VoxelCudnnGraph *graph;
  const VoxelCudnnDevice *device;
  VoxelCudnnFloat floats;
} Search;

/* FP32 is what it says; who wants tensor cores for floats asks for TF32. */
VoxelCudnnFloat
voxel_cudnn_float (VoxelPrecision precision)
{
  return precision == VOXEL_PRECISION_FP32 ? VOXEL_CUDNN_FLOAT_FULL : VOXEL_CUDNN_FLOAT_TF32;
}

/* A run gives the same results as the run before, and floats are not made halves unasked. */
static gboolean
wanted (const VoxelCudnnPlan *plan, const Search *search, GError **error)
{
  gboolean floats = search->graph->node->inputs[0]->type == VOXEL_DTYPE_F32;

  if (plan->repeatable && !plan->rounds_inputs &&
      !(floats && search->floats == VOXEL_CUDNN_FLOAT_FULL && plan->tensor_cores))
    return TRUE;
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "cuDNN's engine %" G_GINT64_FORMAT " rounds in a way that is not wanted", plan->engine);
  return FALSE;
}

static VoxelCudnnPlan *
try_candidate (const Search *search, cudnnBackendDescriptor_t candidate, GError **error)
{
  g_autoptr (VoxelCudnnPlan) plan = voxel_cudnn_plan_begin (search->graph->all.library);
  VoxelCudnnDescriptors *all = &plan->all;

  if (!voxel_cudnn_plan_look_at (plan, candidate, error) || !wanted (plan, search, error))
    return NULL;
  plan->descriptor = voxel_cudnn_new (all, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
  voxel_cudnn_set_descriptor (all, plan->descriptor, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, candidate);
  if (!voxel_cudnn_plan_finish (plan, search->device, error))
    return NULL;
  return g_steal_pointer (&plan);
}

static cudnnBackendDescriptor_t
ask (const Search *search, VoxelCudnnDescriptors *all, cudnnBackendHeurMode_t mode)
{
  cudnnBackendDescriptor_t heuristics = voxel_cudnn_new (all, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);

  voxel_cudnn_set_descriptor (all, heuristics, CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH,
                              search->graph->descriptor);
  voxel_cudnn_set_choice (all, heuristics, CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, (gint) mode);
  voxel_cudnn_set_descriptor (all, heuristics, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP,
                              voxel_cudnn_device_describe (search->device, all));
  return voxel_cudnn_finalize (all, heuristics, "to choose an engine");
}

/* The number told at first counts candidates that are dropped when they are fetched; those that are not filled must
 * not be touched. */
static VoxelCudnnPlan *
try_mode (const Search *search, VoxelCudnnDescriptors *all, cudnnBackendHeurMode_t mode, GError **error)
{
  cudnnBackendDescriptor_t heuristics = ask (search, all, mode), candidates[MOST_CANDIDATES];
  int64_t n = 0;
  g_autofree gchar *reason = NULL;
  g_autoptr (GError) first = NULL;

  for (guint i = 0; i < MOST_CANDIDATES; i++)
    candidates[i] = voxel_cudnn_new (all, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
  if (!voxel_cudnn_descriptors_check (all, error) ||
      !voxel_cudnn_library_check (all->library,
                                  all->library->get (heuristics, CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                                     CUDNN_TYPE_BACKEND_DESCRIPTOR, MOST_CANDIDATES, &n,
                                                     candidates),
                                  error, "to list engines"))
    return NULL;
  reason = voxel_cudnn_library_reason (all->library);
  for (gint64 i = 0; i < n; i++) {
    VoxelCudnnPlan *plan = try_candidate (search, candidates[i], first ? NULL : &first);

    if (plan)
      return plan;
  }
  if (first)
    g_propagate_error (error, g_steal_pointer (&first));
  else
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "cuDNN has no engine for it on %s%s%s", search->device->name, *reason ? ": " : "", reason);
  return NULL;
}

/**
 * voxel_cudnn_plan_new:
 * @graph: what to compute
 * @device: where
 * @floats: how floats are multiplied
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED naming the node, with what cuDNN says of its best candidate
 *
 * Takes the first engine of cuDNN's heuristics that gives the same results in every run and whose kernel exists or
 * can be compiled. No device is needed, but libcuda.so.1 must be found for engines that are compiled.
 *
 * Returns: (transfer full) (nullable): a plan
 */
VoxelCudnnPlan *
voxel_cudnn_plan_new (const VoxelCudnnGraph *graph, const VoxelCudnnDevice *device, VoxelCudnnFloat floats,
                      GError **error)
{
  static const cudnnBackendHeurMode_t modes[] = {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK};
  const Search search = {graph, device, floats};
  g_autoptr (GError) first = NULL;
  VoxelCudnnPlan *plan = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (modes) && !plan; i++) {
    VoxelCudnnDescriptors all;

    voxel_cudnn_descriptors_init (&all, graph->all.library);
    plan = try_mode (&search, &all, modes[i], first ? NULL : &first);
    voxel_cudnn_descriptors_clear (&all);
  }
  if (!plan) {
    g_propagate_error (error, g_steal_pointer (&first));
    g_prefix_error (error, "%s (%s): ", graph->node->name, graph->node->op->name);
  }
  return plan;
}
