/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrctime.h"

/**
 * gst_voxel_src_time_of_index:
 * @time: framerate
 * @index: a slice
 *
 * Returns: when it begins: index / framerate, rounded down to nanoseconds
 */
GstClockTime
gst_voxel_src_time_of_index (const GstVoxelSrcTime *time, guint64 index)
{
  return gst_util_uint64_scale (index, (guint64) time->framerate_d * GST_SECOND, (guint64) time->framerate_n);
}

/**
 * gst_voxel_src_time_to_index:
 * @time: framerate
 * @at: a time
 *
 * Returns: the slice that @at lies in; the exact inverse of gst_voxel_src_time_of_index()
 */
guint64
gst_voxel_src_time_to_index (const GstVoxelSrcTime *time, GstClockTime at)
{
  guint64 index =
      gst_util_uint64_scale (at, (guint64) time->framerate_n, (guint64) time->framerate_d * GST_SECOND);

  return index < G_MAXUINT64 && gst_voxel_src_time_of_index (time, index + 1) <= at ? index + 1 : index;
}

static gboolean
convert (const GstVoxelSrcTime *time, GstFormat from, gint64 value, GstFormat to, gint64 *result)
{
  if ((from != GST_FORMAT_TIME && from != GST_FORMAT_DEFAULT) ||
      (to != GST_FORMAT_TIME && to != GST_FORMAT_DEFAULT))
    return FALSE;
  if (from != to && time->framerate_n <= 0)
    return FALSE;
  if (from == to || value < 0)
    *result = value;
  else if (to == GST_FORMAT_TIME)
    *result = (gint64) gst_voxel_src_time_of_index (time, (guint64) value);
  else
    *result = (gint64) gst_voxel_src_time_to_index (time, (guint64) value);
  return TRUE;
}

static gboolean
answer_duration (const GstVoxelSrcTime *time, GstQuery *query)
{
  GstFormat format;
  gint64 duration;

  gst_query_parse_duration (query, &format, NULL);
  if (time->depth == 0 || !convert (time, GST_FORMAT_DEFAULT, time->depth, format, &duration))
    return FALSE;
  gst_query_set_duration (query, format, duration);
  return TRUE;
}

static gboolean
answer_position (const GstVoxelSrcTime *time, GstQuery *query)
{
  GstFormat format;
  gint64 position;

  gst_query_parse_position (query, &format, NULL);
  if (!GST_CLOCK_TIME_IS_VALID (time->position) ||
      !convert (time, GST_FORMAT_TIME, (gint64) time->position, format, &position))
    return FALSE;
  gst_query_set_position (query, format, position);
  return TRUE;
}

static gboolean
answer_seeking (const GstVoxelSrcTime *time, GstQuery *query)
{
  GstFormat format;
  gint64 end;

  gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
  if (!convert (time, GST_FORMAT_DEFAULT, time->depth ? (gint64) time->depth : -1, format, &end))
    return FALSE;
  gst_query_set_seeking (query, format, !time->once, 0, end);
  return TRUE;
}

static gboolean
answer_convert (const GstVoxelSrcTime *time, GstQuery *query)
{
  GstFormat from, to;
  gint64 value, result;

  gst_query_parse_convert (query, &from, &value, &to, NULL);
  if (!convert (time, from, value, to, &result))
    return FALSE;
  gst_query_set_convert (query, from, value, to, result);
  return TRUE;
}

/**
 * gst_voxel_src_time_answer:
 * @time: framerate, depth and position
 * @query: any query
 * @handled: (out): whether it was one of those answered here: DURATION, POSITION, SEEKING, CONVERT
 *
 * Answers in TIME and DEFAULT (slices).
 *
 * Returns: the answer's success
 */
gboolean
gst_voxel_src_time_answer (const GstVoxelSrcTime *time, GstQuery *query, gboolean *handled)
{
  static const struct {
    GstQueryType type;
    gboolean (*answer) (const GstVoxelSrcTime *, GstQuery *);
  } answers[] = {
      {GST_QUERY_DURATION, answer_duration},
      {GST_QUERY_POSITION, answer_position},
      {GST_QUERY_SEEKING, answer_seeking},
      {GST_QUERY_CONVERT, answer_convert},
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    *handled = GST_QUERY_TYPE (query) == answers[i].type;
    if (*handled)
      return answers[i].answer (time, query);
  }
  return FALSE;
}
