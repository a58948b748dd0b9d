/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#ifndef GST_VOXEL_API
#ifdef BUILDING_GST_VOXEL
#define GST_VOXEL_API GST_API_EXPORT
#else
#define GST_VOXEL_API GST_API_IMPORT
#endif
#endif
