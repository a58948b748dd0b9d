/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

#define GST_VOXEL_VIEW_LIST_DEFAULT "r0,r90,r180,r270,fh,fv"

gboolean gst_voxel_view_list_parse (GstElement *element, const gchar *text,
                                    GstVoxelView views[GST_VOXEL_N_VIEWS], guint *n);
void gst_voxel_view_list_install (GObjectClass *object_class, guint id);

G_END_DECLS
