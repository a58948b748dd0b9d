/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VOXEL_SURFACE_CODES 256

void voxel_surface_dice_areas (const gdouble spacing[3], gdouble areas[VOXEL_SURFACE_CODES]);

G_END_DECLS
