/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcpool.h"

static gboolean
set_up (GstBufferPool *pool, GstQuery *query, guint size, guint min, guint max)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstAllocator *allocator = NULL;
  GstAllocationParams params;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  gst_buffer_pool_config_set_params (config, caps, size, min, max);
  if (gst_query_get_n_allocation_params (query) > 0) {
    gst_query_parse_nth_allocation_param (query, 0, &allocator, &params);
    gst_buffer_pool_config_set_allocator (config, allocator, &params);
    gst_clear_object (&allocator);
  }
  if (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL) &&
      gst_buffer_pool_has_option (pool, GST_BUFFER_POOL_OPTION_VIDEO_META))
    gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  return gst_buffer_pool_set_config (pool, config);
}

/**
 * gst_voxel_src_pool_new:
 * @info: what the frames look like
 *
 * Returns: (transfer full): an active pool of as many buffers as are asked for, rows as GStreamer lays them by
 *   default
 */
GstBufferPool *
gst_voxel_src_pool_new (const GstVideoInfo *info)
{
  GstBufferPool *pool = gst_video_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  g_autoptr (GstCaps) caps = gst_video_info_to_caps (info);

  gst_buffer_pool_config_set_params (config, caps, (guint) GST_VIDEO_INFO_SIZE (info), 0, 0);
  gst_buffer_pool_set_config (pool, config);
  gst_buffer_pool_set_active (pool, TRUE);
  return pool;
}

/**
 * gst_voxel_src_pool_decide:
 * @query: (inout): downstream's answer to the ALLOCATION query
 * @info: what the frames look like
 *
 * Downstream's pool where it offers one that fits, else one of our own, so that pages of memory are reused.
 *
 * Returns: whether there is a pool
 */
gboolean
gst_voxel_src_pool_decide (GstQuery *query, const GstVideoInfo *info)
{
  gboolean offered = gst_query_get_n_allocation_pools (query) > 0;
  guint size = 0, min = 0, max = 0;
  g_autoptr (GstBufferPool) pool = NULL;

  if (offered)
    gst_query_parse_nth_allocation_pool (query, 0, &pool, &size, &min, &max);
  size = MAX (size, (guint) GST_VIDEO_INFO_SIZE (info));
  if (!pool || !set_up (pool, query, size, min, max)) {
    gst_clear_object (&pool);
    pool = gst_video_buffer_pool_new ();
    size = (guint) GST_VIDEO_INFO_SIZE (info);
    min = max = 0;
    if (!set_up (pool, query, size, min, max))
      return FALSE;
  }
  if (offered)
    gst_query_set_nth_allocation_pool (query, 0, pool, size, min, max);
  else
    gst_query_add_allocation_pool (query, pool, size, min, max);
  return TRUE;
}
