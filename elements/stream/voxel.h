/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"
#include "gstvoxelcaps.h"
#include "gstvoxelvolume.h"
#include "gstvoxelslicemeta.h"
#include "gstvoxeltilemeta.h"
#include "gstvoxelneighboursmeta.h"
#include "gstvoxellabelmeta.h"
#include "gstvoxelaugmentmeta.h"
#include "gstvoxelpass.h"
#include "gstvoxelprogress.h"
