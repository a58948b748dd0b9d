/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelnormalizer.h"
#include "gstvoxelholder.h"

#include <math.h>

static guint
depth_of (const GstVideoInfo *info)
{
  return (guint) GST_VIDEO_INFO_COMP_DEPTH (info, 0);
}

/**
 * gst_voxel_normalizer_init:
 * @self: to be set up
 * @element: who speaks
 */
void
gst_voxel_normalizer_init (GstVoxelNormalizer *self, GstElement *element)
{
  *self = (GstVoxelNormalizer){.element = element};
  self->histogram = voxel_intensity_histogram_new ();
  g_queue_init (&self->volumes);
  gst_video_info_init (&self->info);
}

/**
 * gst_voxel_normalizer_clear:
 * @self: no longer needed
 */
void
gst_voxel_normalizer_clear (GstVoxelNormalizer *self)
{
  gst_voxel_normalizer_forget (self);
  g_clear_pointer (&self->histogram, voxel_intensity_histogram_free);
}

/**
 * gst_voxel_normalizer_forget:
 * @self: to know of no volume
 */
void
gst_voxel_normalizer_forget (GstVoxelNormalizer *self)
{
  gst_voxel_normalize_volumes_clear (&self->volumes);
  self->volume = NULL;
}

static gboolean
varies (const GstVoxelNormalizer *self)
{
  return self->settings.range == GST_VOXEL_NORMALIZE_RANGE_PERCENTILE &&
         self->settings.scope == GST_VOXEL_NORMALIZE_SCOPE_SLICE;
}

static void
set_scale (GstVoxelNormalizer *self, const GstVoxelVolume *volume, const guint64 *bins)
{
  GstVoxelNormalizeScale *scale = &self->volume->scale;

  gst_voxel_normalize_scale_set (scale, &self->settings, volume, depth_of (&self->info), bins);
  if (scale->low >= scale->high && !varies (self))
    GST_ELEMENT_WARNING (self->element, STREAM, FAILED,
                         ("Volume \"%s\" becomes all black: its percentiles %g and %g are both %g.",
                          volume->id, self->settings.low, self->settings.high, scale->low),
                         (NULL));
}

static const guint64 *
bins_of (GBytes *histogram)
{
  return histogram ? g_bytes_get_data (histogram, NULL) : NULL;
}

/* The record of what is sent. */
static GstVoxelVolume *
derive (GstVoxelNormalizer *self, GstVoxelVolume *record)
{
  GstVoxelNormalizeVolume *known = self->volume;
  gboolean one_range = !varies (self);
  g_autofree guint64 *mapped = NULL;

  if (known->record == record)
    return known->derived;
  g_clear_pointer (&known->record, gst_voxel_volume_unref);
  g_clear_pointer (&known->derived, gst_voxel_volume_unref);
  known->record = gst_voxel_volume_ref (record);
  known->derived = gst_voxel_volume_copy (record);
  known->derived->low = one_range ? known->scale.low : NAN;
  known->derived->high = one_range ? known->scale.high : NAN;
  g_clear_pointer (&known->derived->histogram, g_bytes_unref);
  if (record->histogram && one_range) {
    mapped = g_new (guint64, VOXEL_INTENSITY_VALUES);
    voxel_intensity_map_histogram (&known->scale.map, bins_of (record->histogram), mapped);
    known->derived->histogram = g_bytes_new (mapped, VOXEL_INTENSITY_VALUES * sizeof *mapped);
  }
  return known->derived;
}

static gboolean
copy_meta (GstBuffer *buffer, GstMeta **meta, gpointer to)
{
  GstMetaTransformCopy whole = {FALSE, 0, (gsize) -1};

  /* How pixels lie in memory is the business of either buffer. */
  if ((*meta)->info->transform_func && !gst_meta_api_type_has_tag ((*meta)->info->api, _gst_meta_tag_memory))
    (*meta)->info->transform_func (to, *meta, buffer, _gst_meta_transform_copy, &whole);
  return TRUE;
}

static VoxelIntensityImage
image_of (const GstVideoFrame *frame)
{
  return (VoxelIntensityImage){GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                               (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
                               (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0)};
}

/* The pixels of @buffer, mapped as @in, as they become, in a new buffer. */
static GstFlowReturn
map_pixels (GstVoxelNormalizer *self, GstVoxelSender *sender, GstBuffer *buffer, const GstVideoFrame *in,
            GstBuffer **out, gdouble *mean, gdouble *stddev)
{
  VoxelIntensityImage from = image_of (in), to;
  GstVideoFrame frame;
  GstFlowReturn flow = gst_voxel_sender_acquire (sender, out, &frame);

  if (flow != GST_FLOW_OK)
    return flow;
  to = image_of (&frame);
  voxel_intensity_map_apply (&self->volume->scale.map, &from, &to, (guint) self->info.width,
                             (guint) self->info.height, mean, stddev);
  gst_video_frame_unmap (&frame);
  gst_buffer_copy_into (*out, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, (gsize) -1);
  gst_buffer_foreach_meta (buffer, copy_meta, *out);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_normalizer_accepts:
 * @self: the normalizer
 * @buffer: what came
 *
 * Returns: whether @buffer is a whole slice of intensities; otherwise an error was posted
 */
gboolean
gst_voxel_normalizer_accepts (GstVoxelNormalizer *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (self->element, buffer);

  if (!slice)
    return FALSE;
  if (slice->content != GST_VOXEL_CONTENT_INTENSITY) {
    gst_voxel_holder_refuse (
        self->element, GST_STREAM_ERROR_WRONG_TYPE,
        "voxelnormalize takes intensities, not scores or masks: put it before voxelinfer.");
    return FALSE;
  }
  if (gst_buffer_get_voxel_tile_meta (buffer)) {
    gst_voxel_holder_refuse (self->element, GST_STREAM_ERROR_WRONG_TYPE,
                             "voxelnormalize takes whole slices, not tiles: put it before voxeltile.");
    return FALSE;
  }
  if (gst_buffer_get_voxel_neighbours_meta (buffer)) {
    gst_voxel_holder_refuse (
        self->element, GST_STREAM_ERROR_WRONG_TYPE,
        "voxelnormalize would leave a slice's neighbours as they are: put it before voxelneighbours.");
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_normalizer_knows:
 * @self: the normalizer
 * @volume: of the slice that comes next
 *
 * Returns: whether slices of @volume can be sent; otherwise all of a pass must be seen first
 */
gboolean
gst_voxel_normalizer_knows (GstVoxelNormalizer *self, const GstVoxelVolume *volume)
{
  gboolean needed = gst_voxel_normalize_settings_need_histogram (&self->settings);
  GstVoxelNormalizeVolume *known = gst_voxel_normalize_volumes_find (&self->volumes, volume->serial);

  if (known && known->depth == depth_of (&self->info) &&
      (!needed || !volume->histogram || volume->histogram == known->bins)) {
    self->volume = known;
    return TRUE;
  }
  if (needed && !volume->histogram)
    return FALSE;
  self->volume = gst_voxel_normalize_volumes_add (&self->volumes, volume->serial, depth_of (&self->info),
                                                  volume->histogram);
  if (!varies (self))
    set_scale (self, volume, bins_of (volume->histogram));
  return TRUE;
}

static gboolean
is_live (GstElement *element)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  return live;
}

/**
 * gst_voxel_normalizer_begin:
 * @self: the normalizer, which is to see the slices of a volume
 * @volume: the volume
 *
 * Whoever looks at live slices may not expect that they wait: warns.
 */
void
gst_voxel_normalizer_begin (GstVoxelNormalizer *self, const GstVoxelVolume *volume)
{
  voxel_intensity_histogram_clear (self->histogram);
  if (is_live (self->element))
    GST_ELEMENT_WARNING (self->element, STREAM, FORMAT,
                         ("The slices of volume \"%s\" come live, but wait for the last one: percentiles of "
                          "the volume are not "
                          "known before. Set scope=slice, range=fixed or range=full to let them pass.",
                          volume->id),
                         (NULL));
}

static void
count_pixels (GstVoxelNormalizer *self, const GstVideoFrame *frame)
{
  voxel_intensity_histogram_add (self->histogram, GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                                 (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0), (guint) self->info.width,
                                 (guint) self->info.height, depth_of (&self->info) / 8);
}

static gboolean
map_slice (GstVoxelNormalizer *self, GstBuffer *buffer, GstVideoFrame *frame)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);

  if (gst_video_frame_map (frame, &self->info, buffer, GST_MAP_READ | GST_VIDEO_FRAME_MAP_FLAG_NO_REF))
    return TRUE;
  GST_ELEMENT_ERROR (
      self->element, STREAM, FAILED,
      ("Slice %u of volume \"%s\" is shorter than its caps say.", slice->index, slice->volume->id), (NULL));
  return FALSE;
}

/**
 * gst_voxel_normalizer_see:
 * @self: the normalizer
 * @buffer: a slice of the volume whose percentiles are not yet known
 *
 * Returns: whether it could be read; otherwise an error was posted
 */
gboolean
gst_voxel_normalizer_see (GstVoxelNormalizer *self, GstBuffer *buffer)
{
  GstVideoFrame frame;

  if (!map_slice (self, buffer, &frame))
    return FALSE;
  count_pixels (self, &frame);
  gst_video_frame_unmap (&frame);
  return TRUE;
}

/**
 * gst_voxel_normalizer_end:
 * @self: the normalizer, which has seen all of @volume
 * @volume: known from now on
 */
void
gst_voxel_normalizer_end (GstVoxelNormalizer *self, const GstVoxelVolume *volume)
{
  self->volume =
      gst_voxel_normalize_volumes_add (&self->volumes, volume->serial, depth_of (&self->info), NULL);
  set_scale (self, volume, voxel_intensity_histogram_get_bins (self->histogram));
}

/**
 * gst_voxel_normalizer_apply:
 * @self: the normalizer, which knows the volume
 * @sender: has buffers for what is sent
 * @buffer: (transfer full): a slice
 * @out: (out) (transfer full): what it becomes, with its statistics; the same memory where no pixel changes
 *
 * Returns: GST_FLOW_OK, else nothing is out
 */
GstFlowReturn
gst_voxel_normalizer_apply (GstVoxelNormalizer *self, GstVoxelSender *sender, GstBuffer *buffer,
                            GstBuffer **out)
{
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstFlowReturn flow;
  gdouble mean, stddev;
  GstVideoFrame frame;

  if (!map_slice (self, buffer, &frame)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_ERROR;
  }
  if (varies (self)) {
    voxel_intensity_histogram_clear (self->histogram);
    count_pixels (self, &frame);
    set_scale (self, slice->volume, voxel_intensity_histogram_get_bins (self->histogram));
  }
  if (self->volume->scale.identity) {
    VoxelIntensityImage image = image_of (&frame);

    voxel_intensity_measure (&image, (guint) self->info.width, (guint) self->info.height, &mean, &stddev);
    gst_video_frame_unmap (&frame);
    *out = gst_buffer_make_writable (buffer);
  } else {
    flow = map_pixels (self, sender, buffer, &frame, out, &mean, &stddev);
    gst_video_frame_unmap (&frame);
    gst_buffer_unref (buffer);
    if (flow != GST_FLOW_OK)
      return flow;
  }
  slice = gst_buffer_get_voxel_slice_meta (*out);
  gst_voxel_slice_meta_set_volume (slice, derive (self, slice->volume));
  slice->mean = mean;
  slice->stddev = stddev;
  return GST_FLOW_OK;
}
