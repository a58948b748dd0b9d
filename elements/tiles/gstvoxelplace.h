/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

gchar *gst_voxel_place_describe_slice (GstBuffer *buffer);
gchar *gst_voxel_place_describe_tile (GstBuffer *buffer, guint index);
gboolean gst_voxel_place_same_slice (GstBuffer *a, GstBuffer *b);
gboolean gst_voxel_place_same_tile (GstBuffer *a, GstBuffer *b);
void gst_voxel_place_copy (GstBuffer *to, GstBuffer *from);
GstVoxelContent gst_voxel_place_get_content (GstBuffer *buffer);
const gchar *gst_voxel_place_content_name (GstVoxelContent content);
guint gst_voxel_place_first_code_above (GstVoxelContent content, gdouble probability);
gboolean gst_voxel_place_advance (GstElement *element, GstVoxelPass *pass, GstBuffer *slice);
gboolean gst_voxel_place_finish (GstElement *element, GstVoxelPass *pass);

G_END_DECLS
