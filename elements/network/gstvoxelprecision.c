/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/gstvoxelprecision.h"

#include "models/plan.h"

GType
gst_voxel_precision_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
      {VOXEL_PRECISION_AUTO, "The fastest that this machine computes natively", "auto"},
      {VOXEL_PRECISION_FP32, "32-bit floating point", "fp32"},
      {VOXEL_PRECISION_BF16, "bfloat16 with 32-bit sums", "bf16"},
      {VOXEL_PRECISION_FP16, "16-bit floating point", "fp16"},
      {VOXEL_PRECISION_TF32, "32-bit floating point, factors rounded to 11 bits", "tf32"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelPrecision", values));
  return type;
}
