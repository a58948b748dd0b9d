/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelpool.h"

#define MIN_BUFFERS 2
#define ALIGN_MASK 63

static gboolean
make_pool (GstVoxelPool *self, const GstVideoInfo *info)
{
  GstAllocationParams params = {0, ALIGN_MASK, 0, 0};
  GstVideoInfo turned;
  gsize size = GST_VIDEO_INFO_SIZE (info);
  GstStructure *config;

  /* Room for the same picture turned by 90 degrees, so that views need one pool. */
  if (gst_video_info_set_format (&turned, GST_VIDEO_INFO_FORMAT (info), GST_VIDEO_INFO_HEIGHT (info),
                                 GST_VIDEO_INFO_WIDTH (info)))
    size = MAX (size, GST_VIDEO_INFO_SIZE (&turned));
  if (self->pool && size == self->size)
    return TRUE;
  gst_voxel_pool_clear (self);
  self->pool = gst_buffer_pool_new ();
  self->size = size;
  config = gst_buffer_pool_get_config (self->pool);
  gst_buffer_pool_config_set_params (config, NULL, (guint) size, MIN_BUFFERS, 0);
  gst_buffer_pool_config_set_allocator (config, NULL, &params);
  return gst_buffer_pool_set_config (self->pool, config) && gst_buffer_pool_set_active (self->pool, TRUE);
}

/**
 * gst_voxel_pool_acquire:
 * @self: the pool
 * @element: who speaks if there is no memory
 * @info: what the buffer shall hold
 * @buffer: (out) (transfer full): a writable buffer, rows as GStreamer lays them by default
 *
 * Returns: GST_FLOW_OK, or why there is none
 */
GstFlowReturn
gst_voxel_pool_acquire (GstVoxelPool *self, GstElement *element, const GstVideoInfo *info, GstBuffer **buffer)
{
  GstFlowReturn ret;

  if (!make_pool (self, info)) {
    GST_ELEMENT_ERROR (element, RESOURCE, NO_SPACE_LEFT,
                       ("No memory for pictures of %" G_GSIZE_FORMAT " bytes.", self->size), (NULL));
    gst_voxel_pool_clear (self);
    return GST_FLOW_ERROR;
  }
  ret = gst_buffer_pool_acquire_buffer (self->pool, buffer, NULL);
  if (ret == GST_FLOW_OK)
    gst_buffer_set_size (*buffer, (gssize) GST_VIDEO_INFO_SIZE (info));
  return ret;
}

/**
 * gst_voxel_pool_clear:
 * @self: the pool
 *
 * Buffers in use stay valid.
 */
void
gst_voxel_pool_clear (GstVoxelPool *self)
{
  if (self->pool)
    gst_buffer_pool_set_active (self->pool, FALSE);
  gst_clear_object (&self->pool);
  self->size = 0;
}
