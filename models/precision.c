/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/plan.h"

static const gchar *const names[] = {
    [VOXEL_PRECISION_AUTO] = "auto", [VOXEL_PRECISION_FP32] = "fp32", [VOXEL_PRECISION_BF16] = "bf16",
    [VOXEL_PRECISION_FP16] = "fp16", [VOXEL_PRECISION_TF32] = "tf32",
};

/**
 * voxel_precision_from_name:
 * @name: "auto", "fp32", "bf16", "fp16" or "tf32"
 * @precision: (out): which that is
 *
 * Returns: %FALSE for other names
 */
gboolean
voxel_precision_from_name (const gchar *name, VoxelPrecision *precision)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (!g_str_equal (name, names[i]))
      continue;
    *precision = (VoxelPrecision) i;
    return TRUE;
  }
  return FALSE;
}

const gchar *
voxel_precision_to_name (VoxelPrecision precision)
{
  g_return_val_if_fail ((guint) precision < G_N_ELEMENTS (names), "unknown");
  return names[precision];
}
