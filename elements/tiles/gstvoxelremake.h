/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelregroup.h"

G_BEGIN_DECLS

/**
 * GstVoxelRemakeFunc:
 * @self: the element
 * @from: a picture as the element gets them
 * @in: its format and size
 * @out: format and size of what shall come of it
 * @data: of the caller
 * @made: (out) (transfer full): that: the pixels, without metas but the one that says how they lie
 *
 * Makes a picture of another.
 *
 * Returns: GST_FLOW_OK, or why there is none; then an error has been posted
 */
typedef GstFlowReturn (*GstVoxelRemakeFunc) (GstVoxelRegroup *self, GstBuffer *from, const GstVideoInfo *in,
                                             const GstVideoInfo *out, gconstpointer data, GstBuffer **made);

GstFlowReturn gst_voxel_remake (GstVoxelRegroup *self, GstBuffer *from, GstVoxelRemakeFunc func,
                                gconstpointer data, GstBuffer **made);

G_END_DECLS
