/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/selftest/selftest.h"

G_BEGIN_DECLS

VoxelSelftestEnd voxel_selftest_command (int argc, char **argv, const gchar *program);

G_END_DECLS
