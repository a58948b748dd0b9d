/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelprogress.h"

#define INTERVAL (G_USEC_PER_SEC / 4)

/**
 * gst_voxel_progress_post:
 * @element: who speaks
 * @progress: when it spoke last
 * @stage: what it is doing, such as "store" or "axis y"
 * @current: units done
 * @total: units in all; 0 while unknown
 *
 * Posts an ELEMENT message named "progress" with the fields of progressreport (format "buffers") and
 * "stage", at most four a second; the last one (current = total) always.
 */
void
gst_voxel_progress_post (GstElement *element, GstVoxelProgress *progress, const gchar *stage, guint64 current,
                         guint64 total)
{
  gint64 now = g_get_monotonic_time ();
  gdouble percent = total ? 100. * (gdouble) current / (gdouble) total : 0.;
  GstStructure *structure;

  if (progress->posted_at && now - progress->posted_at < INTERVAL && current != total)
    return;
  progress->posted_at = now;
  structure = gst_structure_new ("progress", "percent", G_TYPE_INT, (gint) percent, "percent-double",
                                 G_TYPE_DOUBLE, percent, "current", G_TYPE_INT64, (gint64) current, "total",
                                 G_TYPE_INT64, (gint64) total, "format", G_TYPE_STRING, "buffers", "stage",
                                 G_TYPE_STRING, stage, NULL);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), structure));
}
