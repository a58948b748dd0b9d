/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands in for other libraries beside this one, such as cuDNN, adds its work by these. It links
 * libvoxelcuda-stand-in.so; one that is opened by its file name is the same one. */

/**
 * VoxelCudaStandInFunc:
 *
 * Work of the device. It may touch the device's memory while it is called, and must not call the module.
 *
 * Returns: a cudaError_t; but for 0, the device is lost
 */
typedef int (*VoxelCudaStandInFunc) (gpointer data);

int voxel_cuda_stand_in_add (gpointer stream, VoxelCudaStandInFunc func, gpointer data, GDestroyNotify free);
void voxel_cuda_stand_in_check (gconstpointer memory, gsize size, const gchar *what);

/* For tests. */
void voxel_cuda_stand_in_set (const gchar *name, guint64 value);

G_END_DECLS
