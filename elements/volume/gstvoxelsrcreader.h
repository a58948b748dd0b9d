/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasesrc.h>

#include "gstvoxelsrctime.h"
#include "gstvoxelsrcvolume.h"
#include "slice-prefetch.h"

G_BEGIN_DECLS

typedef struct _GstVoxelSrcReader GstVoxelSrcReader;

/**
 * GstVoxelSrcReader:
 * @src: whose buffers it makes
 * @record: (nullable): of the volume under way
 *
 * Makes the buffers of a pass through a volume. The other fields are private.
 */
struct _GstVoxelSrcReader {
  GstBaseSrc *src;
  GstVoxelVolume *record;

  VoxelSlicePrefetch *prefetch;
  guint read_ahead;

  const GstVoxelSrcVolume *volume;
  GstBufferPool *label_pool;
  GstVideoInfo label_info;
  guint first;
  guint last;
  guint next_task;
};

void gst_voxel_src_reader_open (GstVoxelSrcReader *reader, guint threads, guint read_ahead);
void gst_voxel_src_reader_close (GstVoxelSrcReader *reader);
void gst_voxel_src_reader_begin (GstVoxelSrcReader *reader, const GstVoxelSrcVolume *volume,
                                 GstVoxelVolume *record, guint first, guint last);
void gst_voxel_src_reader_set_flushing (GstVoxelSrcReader *reader, gboolean flushing);
GstFlowReturn gst_voxel_src_reader_read (GstVoxelSrcReader *reader, const GstVoxelSrcTime *time,
                                         GstBuffer **buffer);
GstFlowReturn gst_voxel_src_reader_read_one (GstVoxelSrcReader *reader, const GstVoxelSrcTime *time,
                                             VoxelSliceList *slice, guint index, GstBuffer **buffer,
                                             GError **error);

G_END_DECLS
