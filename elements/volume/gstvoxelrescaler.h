/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstvoxelrescalerecord.h"
#include "gstvoxelrescalewindow.h"
#include "gstvoxelsender.h"
#include "volume-rescale.h"

G_BEGIN_DECLS

typedef struct _GstVoxelRescaler GstVoxelRescaler;

/**
 * GstVoxelRescaler:
 * @element: whose errors are posted
 * @aim: what voxels are asked for
 * @interpolation: of intensities
 * @antialias: whether all of them count where voxels get larger
 * @threads: at most, 1 or more
 * @sender: how slices are sent
 * @caps: of the slices that come
 * @info: what they say
 * @segment: (nullable): that came and is sent behind the caps, which the first slice decides
 *
 * One pass after the other resampled, or sent as it is. The first fields are set by the element; the others are
 * private.
 */
struct _GstVoxelRescaler {
  GstElement *element;
  GstVoxelRescaleAim aim;
  VoxelRescaleMethod interpolation;
  gboolean antialias;
  guint threads;
  GstVoxelSender sender;
  GstCaps *caps;
  GstVideoInfo info;
  GstEvent *segment;

  GstVoxelVolume *scan;   /* of the newest slice, as it came */
  GstVoxelVolume *record; /* as it is sent */
  gdouble ratio[GST_VOXEL_N_AXES];
  VoxelVolumeRescale *rescale; /* NULL where slices pass as they are */
  VoxelVolumeRescaleSlice *slices;
  GstVoxelRescaleWindow window;
  guint depth;
  guint next;
};

void gst_voxel_rescaler_init (GstVoxelRescaler *self, GstElement *element, GstPad *pad);
void gst_voxel_rescaler_clear (GstVoxelRescaler *self);
GstFlowReturn gst_voxel_rescaler_begin (GstVoxelRescaler *self, const GstVoxelSliceMeta *slice,
                                        GstVoxelPassStep step);
GstFlowReturn gst_voxel_rescaler_take (GstVoxelRescaler *self, GstBuffer *buffer);
GstFlowReturn gst_voxel_rescaler_end (GstVoxelRescaler *self);
void gst_voxel_rescaler_forget (GstVoxelRescaler *self);

G_END_DECLS
