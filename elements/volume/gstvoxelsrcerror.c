/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcerror.h"
#include "tiff-error.h"

/* GStreamer's words for what can be wrong with a stack. */
static const struct {
  VoxelTiffError from;
  gboolean resource;
  gint to;
} codes[] = {
    {VOXEL_TIFF_ERROR_NOT_FOUND, TRUE, GST_RESOURCE_ERROR_NOT_FOUND},
    {VOXEL_TIFF_ERROR_PERMISSION, TRUE, GST_RESOURCE_ERROR_NOT_AUTHORIZED},
    {VOXEL_TIFF_ERROR_READ, TRUE, GST_RESOURCE_ERROR_READ},
    {VOXEL_TIFF_ERROR_CHANGED, TRUE, GST_RESOURCE_ERROR_READ},
    {VOXEL_TIFF_ERROR_MEMORY, TRUE, GST_RESOURCE_ERROR_NO_SPACE_LEFT},
    {VOXEL_TIFF_ERROR_EMPTY, FALSE, GST_STREAM_ERROR_WRONG_TYPE},
    {VOXEL_TIFF_ERROR_NOT_TIFF, FALSE, GST_STREAM_ERROR_WRONG_TYPE},
    {VOXEL_TIFF_ERROR_BROKEN, FALSE, GST_STREAM_ERROR_DECODE},
    {VOXEL_TIFF_ERROR_TRUNCATED, FALSE, GST_STREAM_ERROR_DECODE},
    {VOXEL_TIFF_ERROR_UNSUPPORTED, FALSE, GST_STREAM_ERROR_FORMAT},
    {VOXEL_TIFF_ERROR_MIXED, FALSE, GST_STREAM_ERROR_FORMAT},
};

/**
 * gst_voxel_src_post_error:
 * @element: who speaks
 * @error: a VOXEL_TIFF_ERROR, or one of GStreamer's
 *
 * Posts @error on the bus in GStreamer's domains.
 */
void
gst_voxel_src_post_error (GstElement *element, const GError *error)
{
  GQuark domain = error->domain;
  gint code = error->code;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    if (!g_error_matches (error, VOXEL_TIFF_ERROR, (gint) codes[i].from))
      continue;
    domain = codes[i].resource ? GST_RESOURCE_ERROR : GST_STREAM_ERROR;
    code = codes[i].to;
  }
  gst_element_message_full (element, GST_MESSAGE_ERROR, domain, code, g_strdup (error->message), NULL,
                            __FILE__, G_STRFUNC, __LINE__);
}
