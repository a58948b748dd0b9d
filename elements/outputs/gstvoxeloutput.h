/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstbasesink.h>
#include <gst/video/video.h>

#include "elements/stream/voxel.h"

G_BEGIN_DECLS

#define GST_TYPE_VOXEL_OUTPUT (gst_voxel_output_get_type ())
GType gst_voxel_output_get_type (void);
#define GST_VOXEL_OUTPUT(object) \
  (G_TYPE_CHECK_INSTANCE_CAST ((object), GST_TYPE_VOXEL_OUTPUT, GstVoxelOutput))
#define GST_VOXEL_OUTPUT_CLASS(klass) \
  (G_TYPE_CHECK_CLASS_CAST ((klass), GST_TYPE_VOXEL_OUTPUT, GstVoxelOutputClass))
#define GST_VOXEL_OUTPUT_GET_CLASS(object) \
  (G_TYPE_INSTANCE_GET_CLASS ((object), GST_TYPE_VOXEL_OUTPUT, GstVoxelOutputClass))

/**
 * GstVoxelOutput:
 * @location: (nullable): where to write; the derived element's property, freed here
 * @info: the format of what comes
 *
 * Base of the elements that write slices to files, which are complete at the end of the stream.
 */
typedef struct {
  GstBaseSink parent;

  gchar *location;
  GstVideoInfo info;

  /*< private >*/
  GstVoxelPass pass;
  gboolean begun;
} GstVoxelOutput;

/**
 * GstVoxelOutputClass:
 * @any_order: whether slices may come in any order, in parts and more than once; otherwise they must be whole and
 *   none may be missing
 * @begin: (nullable): before each slice, with how it follows the one before: next, or of a new axis or volume
 * @write: write a slice's voxels
 * @complete: the stream has ended with its last slice: finish what is open
 * @reset: forget what came before, and abort what is not finished
 * @start: from READY to PAUSED: check properties; the error is posted
 * @stop: from PAUSED to READY
 *
 * The base class's own start and stop are called as early as NULL to READY, and not in between: what is set in
 * READY would not count, and what was half written would go on. Derived elements call the parent's start and
 * stop from theirs.
 */
typedef struct {
  GstBaseSinkClass parent_class;
  gboolean any_order;

  gboolean (*begin) (GstVoxelOutput *output, GstVoxelPassStep step, GError **error);
  gboolean (*write) (GstVoxelOutput *output, const GstVoxelSliceMeta *slice, const GstVideoFrame *frame,
                     GError **error);
  gboolean (*complete) (GstVoxelOutput *output, GError **error);
  void (*reset) (GstVoxelOutput *output);
  gboolean (*start) (GstVoxelOutput *output);
  void (*stop) (GstVoxelOutput *output);
} GstVoxelOutputClass;

GstVoxelSliceMeta *gst_voxel_output_require_slice (GstVoxelOutput *self, GstBuffer *buffer);

G_END_DECLS
