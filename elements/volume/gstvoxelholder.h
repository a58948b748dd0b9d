/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/volume/gstvoxelsender.h"
#include "elements/volume/volume-store.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_HOLDER (gst_voxel_holder_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstVoxelHolder, gst_voxel_holder, GST, VOXEL_HOLDER, GstElement)

/**
 * GstVoxelHolderClass:
 * @start: settings are checked, before any data flows; the error is posted
 * @slice: (transfer full): a slice of the pass that @step tells of, never GST_VOXEL_PASS_SAME or BROKEN
 * @end: nothing more of the volume held comes: to be sent
 * @drop: what is held is to be forgotten
 *
 * What an element that holds volumes does itself. All but @start run in the thread that feeds the element,
 * or when there is none any more.
 */
struct _GstVoxelHolderClass {
  GstElementClass parent_class;
  gboolean (*start) (GstVoxelHolder *holder, GError **error);
  GstFlowReturn (*slice) (GstVoxelHolder *holder, GstBuffer *buffer, GstVoxelPassStep step);
  GstFlowReturn (*end) (GstVoxelHolder *holder);
  void (*drop) (GstVoxelHolder *holder);
};

typedef struct _GstVoxelHolderStream GstVoxelHolderStream;

/**
 * GstVoxelHolderStream:
 * @caps: that came last
 * @info: what they say
 * @segment: that came last
 * @segment_is_new: set when one comes
 * @seek_waits: set, from any thread, while a seek that does not flush waits for what is being sent; to be read
 *   atomically where that has no end
 * @sender: how slices are sent
 *
 * What the stream has said so far, for subclasses.
 */
struct _GstVoxelHolderStream {
  GstCaps *caps;
  GstVideoInfo info;
  GstSegment segment;
  gboolean segment_is_new;
  gint seek_waits;
  GstVoxelSender sender;
};

GstVoxelHolderStream *gst_voxel_holder_get_stream (GstVoxelHolder *holder);
VoxelVolumeStore *gst_voxel_holder_new_store (GstVoxelHolder *holder, const guint shape[GST_VOXEL_N_AXES],
                                              guint voxel_bits, VoxelVolumeStoreMode mode,
                                              guint64 memory_limit);
guint64 gst_voxel_holder_get_memory_limit (GstVoxelHolder *holder);
void gst_voxel_holder_post_progress (GstVoxelHolder *holder, const gchar *stage, guint64 current,
                                     guint64 total);
GstFlowReturn gst_voxel_holder_fail (GstElement *element, const GError *error);
GstFlowReturn gst_voxel_holder_refuse (GstElement *element, GstStreamError code, const gchar *format, ...)
    G_GNUC_PRINTF (3, 4);

G_END_DECLS
