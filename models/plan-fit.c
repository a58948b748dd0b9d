/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/plan-fit.h"

#include "models/files/model-record.h"
#include "models/memory.h"

/* @size of the part of @whole that a square of @side covers, and whether that is within @limit. */
static gboolean
measure (VoxelModel *model, const VoxelPlanKey *whole, guint side, VoxelPlanSize *size, GError **error)
{
  VoxelPlanKey key = *whole;

  key.height = MIN (side, whole->height);
  key.width = MIN (side, whole->width);
  return voxel_plan_measure (model, &key, size, error);
}

static gboolean
refuse (guint side, const VoxelPlanSize *size, guint64 limit, GError **error)
{
  g_autofree gchar *wanted = voxel_memory_to_text (size->arena);
  g_autofree gchar *allowed = voxel_memory_to_text (limit);

  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
               "The network needs %s for pictures of %ux%u, the memory limit is %s: raise the limit or use "
               "smaller tiles",
               wanted, side, side, allowed);
  return FALSE;
}

/**
 * voxel_plan_fit:
 * @model: a model
 * @key: (inout): for the whole picture; becomes that for the largest square, or what of the picture is as
 *   large, that fits
 * @least: side of a square that is of use, a multiple of the model's stride
 * @limit: bytes that a run may take
 * @whole: (out): what the whole picture would take
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED where not even @least fits
 *
 * Returns: whether something fits
 */
gboolean
voxel_plan_fit (VoxelModel *model, VoxelPlanKey *key, guint least, guint64 limit, VoxelPlanSize *whole,
                GError **error)
{
  guint stride = voxel_model_get_stride (model), most = MAX (key->height, key->width);
  guint low = MIN (least, most) / stride, high = most / stride;
  VoxelPlanSize size;

  if (!measure (model, key, most, whole, error))
    return FALSE;
  if (whole->arena <= limit)
    return TRUE;
  if (!measure (model, key, low * stride, &size, error))
    return FALSE;
  if (size.arena > limit)
    return refuse (low * stride, &size, limit, error);
  while (high - low > 1) { /* low fits, high does not */
    guint middle = low + (high - low) / 2;

    if (!measure (model, key, middle * stride, &size, error))
      return FALSE;
    if (size.arena <= limit)
      low = middle;
    else
      high = middle;
  }
  key->height = MIN (key->height, low * stride);
  key->width = MIN (key->width, low * stride);
  return TRUE;
}
