/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tiff-page.h"

G_BEGIN_DECLS

GArray *voxel_tiff_stack_scan (VoxelTiffFile *file, GError **error);

G_END_DECLS
