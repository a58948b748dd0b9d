/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Slices with labels for the tests of voxelreslice. */

#include "reslice-fixture.h"

#define WEIGHT .25

/* Neither symmetric nor a function of the voxel's value. */
static inline guint
label_pixel (guint z, guint y, guint x)
{
  static const guint values[] = {GST_VOXEL_LABEL_BACKGROUND, GST_VOXEL_LABEL_SET, GST_VOXEL_LABEL_IGNORE};

  return values[(z * 5u + y * 3u + x + z * y * x) % 3];
}

/* A slice of z with the label of the same place, whose rows lie apart where @padded. */
static inline GstBuffer *
make_labelled (GstVoxelVolume *volume, GstVideoFormat format, guint index, MakePixel make, gboolean padded)
{
  GstBuffer *buffer = make_slice (volume, GST_VOXEL_AXIS_Z, format, GST_VOXEL_CONTENT_INTENSITY, index, 0,
                                  volume->shape[0] - 1, make);
  guint height = volume->shape[1], width = volume->shape[2];
  gsize offsets[GST_VIDEO_MAX_PLANES] = {padded ? 5 : 0};
  gint strides[GST_VIDEO_MAX_PLANES] = {(gint) (padded ? width + 9 : GST_ROUND_UP_4 (width))};
  GstBuffer *label = gst_buffer_new_allocate (NULL, offsets[0] + height * (gsize) strides[0], NULL);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (label, &map, GST_MAP_WRITE));
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++)
      map.data[offsets[0] + y * (gsize) strides[0] + x] = (guint8) label_pixel (index, y, x);
  }
  gst_buffer_unmap (label, &map);
  if (padded)
    gst_buffer_add_video_meta_full (label, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_GRAY8, width, height,
                                    1, offsets, strides);
  gst_buffer_add_voxel_label_meta (buffer, label, WEIGHT);
  gst_buffer_unref (label);
  return buffer;
}

static inline GstFlowReturn
push_labelled (Fixture *f, GstVoxelVolume *volume, GstVideoFormat format, MakePixel make)
{
  GstFlowReturn flow = GST_FLOW_OK;

  send_caps (f->h, volume, GST_VOXEL_AXIS_Z, format, "25/1");
  for (guint i = 0; i < volume->shape[0] && flow == GST_FLOW_OK; i++)
    flow = gst_harness_push (f->h, make_labelled (volume, format, i, make, i % 2));
  return flow;
}

static inline GstCaps *
caps_of (const GstVoxelSliceMeta *slice, GstVideoFormat format)
{
  guint count, height, width;
  g_autofree gchar *text = NULL;

  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  text = slice_caps (format, width, height, "25/1");
  return gst_caps_from_string (text);
}

static inline void
check_label (GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (buffer);
  g_autoptr (GstCaps) caps = caps_of (slice, GST_VIDEO_FORMAT_GRAY8);

  g_assert_nonnull (label);
  g_assert_cmpfloat (label->weight, ==, WEIGHT);
  check_slice (label->label, caps, label_pixel, slice->axis, slice->index);
}
