/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstVoxelSrcSettings GstVoxelSrcSettings;

/**
 * GstVoxelSrcContent:
 * @GST_VOXEL_SRC_CONTENT_AUTO: files of 1 bit are masks, others intensities
 * @GST_VOXEL_SRC_CONTENT_INTENSITY: pixels as they are in the file
 * @GST_VOXEL_SRC_CONTENT_MASK: pixels other than 0 become 255
 *
 * What voxelsrc takes the pixels for.
 */
typedef enum {
  GST_VOXEL_SRC_CONTENT_AUTO,
  GST_VOXEL_SRC_CONTENT_INTENSITY,
  GST_VOXEL_SRC_CONTENT_MASK,
} GstVoxelSrcContent;

/**
 * GstVoxelSrcSettings:
 *
 * The values of voxelsrc's properties.
 */
struct _GstVoxelSrcSettings {
  gchar *location;
  gchar *labels;
  guint label_threshold;
  gint label_ignore;
  gdouble label_weight;
  gchar *id;
  guint start_index;
  gint stop_index;
  gchar *crop;
  gchar *spacing;
  gint framerate_n;
  gint framerate_d;
  guint read_ahead;
  guint threads;
  GstVoxelSrcContent content;
  gboolean follow;
  guint64 follow_timeout;
  gint64 first_number;
};

void gst_voxel_src_settings_install (GObjectClass *class);
void gst_voxel_src_settings_init (GstVoxelSrcSettings *settings);
void gst_voxel_src_settings_clear (GstVoxelSrcSettings *settings);
gboolean gst_voxel_src_settings_set (GstVoxelSrcSettings *settings, guint id, const GValue *value);
gboolean gst_voxel_src_settings_get (const GstVoxelSrcSettings *settings, guint id, GValue *value);

G_END_DECLS
