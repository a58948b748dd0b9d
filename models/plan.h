/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/model.h"

G_BEGIN_DECLS

typedef enum {
  VOXEL_PRECISION_AUTO,
  VOXEL_PRECISION_FP32,
  VOXEL_PRECISION_BF16,
  VOXEL_PRECISION_FP16,
  VOXEL_PRECISION_TF32,
} VoxelPrecision;

/**
 * VoxelPlanKey:
 * @backend: "auto", "cpu", "cuda" or "reference"
 * @precision: AUTO takes what this machine is fastest in, by the CPU's flags
 * @threads: of the executor's team, 0 for all cores
 * @n: pictures a run; 1 for CPU inference
 * @height: rows, a multiple of the model's stride
 * @width: columns, likewise
 * @device: of a backend that has several, counted from 0
 */
typedef struct {
  const gchar *backend;
  VoxelPrecision precision;
  guint threads;
  guint n;
  guint height;
  guint width;
  guint device;
} VoxelPlanKey;

typedef struct _VoxelPlan VoxelPlan;

/**
 * VoxelPlanSize:
 * @arena: bytes for the pictures between the layers and for what layers need while they are computed
 * @lower_bound: bytes of that in use at the fullest moment, would no two pictures share memory
 * @reach: how many pixels away a result may depend on the input; %G_MAXUINT: there is no bound
 *
 * What a run of a plan takes, and how pictures may be cut.
 */
typedef struct {
  gsize arena;
  gsize lower_bound;
  guint reach;
} VoxelPlanSize;

VoxelPlan *voxel_plan_get (VoxelModel *model, const VoxelPlanKey *key, GError **error);
gboolean voxel_plan_measure (VoxelModel *model, const VoxelPlanKey *key, VoxelPlanSize *size, GError **error);
VoxelPlan *voxel_plan_ref (VoxelPlan *plan);
void voxel_plan_unref (VoxelPlan *plan);
const VoxelPlanKey *voxel_plan_get_key (VoxelPlan *plan);
guint64 voxel_plan_get_macs (VoxelPlan *plan);
gsize voxel_plan_get_arena_size (VoxelPlan *plan);
gsize voxel_plan_get_arena_lower_bound (VoxelPlan *plan);
gsize voxel_plan_get_scratch_size (VoxelPlan *plan);
VoxelPlanSize voxel_plan_get_size (VoxelPlan *plan);
guint voxel_plan_get_reach (VoxelPlan *plan);
guint voxel_plan_get_steps (VoxelPlan *plan);
const gchar *voxel_plan_get_step_name (VoxelPlan *plan, guint step);
const gchar *voxel_plan_get_step_implementation (VoxelPlan *plan, guint step);
guint64 voxel_plan_get_step_macs (VoxelPlan *plan, guint step);

gboolean voxel_precision_from_name (const gchar *name, VoxelPrecision *precision);
const gchar *voxel_precision_to_name (VoxelPrecision precision);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelPlan, voxel_plan_unref)

G_END_DECLS
