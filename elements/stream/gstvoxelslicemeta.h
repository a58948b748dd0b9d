/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "voxel-prelude.h"
#include "gstvoxelvolume.h"

G_BEGIN_DECLS

/**
 * GstVoxelContent:
 * @GST_VOXEL_CONTENT_INTENSITY: pixels as scanned or normalised, GRAY8 or GRAY16_LE
 * @GST_VOXEL_CONTENT_LOGIT: network scores, GRAY16_LE, code = 32768 + 2048 logit
 * @GST_VOXEL_CONTENT_PROBABILITY: GRAY16_LE, p = v / 65535
 * @GST_VOXEL_CONTENT_MASK: GRAY8, 0 or 255
 */
typedef enum {
  GST_VOXEL_CONTENT_INTENSITY,
  GST_VOXEL_CONTENT_LOGIT,
  GST_VOXEL_CONTENT_PROBABILITY,
  GST_VOXEL_CONTENT_MASK,
} GstVoxelContent;

/**
 * GST_VOXEL_INDEX_UNKNOWN:
 *
 * The last index of a live pass whose length nobody knows yet.
 */
#define GST_VOXEL_INDEX_UNKNOWN G_MAXUINT

typedef struct _GstVoxelSliceMeta GstVoxelSliceMeta;

/**
 * GstVoxelSliceMeta:
 * @volume: the volume that this slice (or the slice that this tile) belongs to
 * @axis: direction of the slices
 * @content: what the pixels are
 * @index: of the slice along @axis; the truth, whatever the buffer's offset says
 * @first: first index that this pass promises
 * @last: last index that this pass promises, inclusive; GST_VOXEL_INDEX_UNKNOWN for a live pass
 * @epoch: 0 for the first run through the volume
 * @mean: of the whole slice in the units of this buffer's pixels, NaN where nobody measured it
 * @stddev: of the whole slice likewise (of the population: divided by n)
 * @plane: where an oblique slice lies, in voxels along z, y, x (voxel centres at whole numbers): its first pixel,
 *   the step to the next row, the step to the next column; zeros for the other axes
 *
 * Tagged video+size+orientation: kept by elements that leave geometry alone, dropped by the others.
 */
struct _GstVoxelSliceMeta {
  GstMeta meta;
  GstVoxelVolume *volume;
  GstVoxelAxis axis;
  GstVoxelContent content;
  guint index;
  guint first;
  guint last;
  guint epoch;
  gdouble mean;
  gdouble stddev;
  gdouble plane[3][GST_VOXEL_N_AXES];
};

#define GST_VOXEL_SLICE_META_API_TYPE (gst_voxel_slice_meta_api_get_type ())
#define GST_VOXEL_SLICE_META_INFO (gst_voxel_slice_meta_get_info ())

GST_VOXEL_API GType gst_voxel_slice_meta_api_get_type (void);
GST_VOXEL_API const GstMetaInfo *gst_voxel_slice_meta_get_info (void);
GST_VOXEL_API GstVoxelSliceMeta *gst_buffer_get_voxel_slice_meta (GstBuffer *buffer);
GST_VOXEL_API GstVoxelSliceMeta *gst_buffer_add_voxel_slice_meta (GstBuffer *buffer, GstVoxelVolume *volume,
                                                                  GstVoxelAxis axis, GstVoxelContent content,
                                                                  guint index, guint first, guint last);
GST_VOXEL_API GstVoxelSliceMeta *gst_buffer_copy_voxel_slice_meta (GstBuffer *buffer,
                                                                   const GstVoxelSliceMeta *source);
GST_VOXEL_API void gst_voxel_slice_meta_set_volume (GstVoxelSliceMeta *meta, GstVoxelVolume *volume);
GST_VOXEL_API gboolean gst_voxel_slice_meta_refuse_oblique (const GstVoxelSliceMeta *meta,
                                                            GstElement *element);
GST_VOXEL_API GstVoxelSliceMeta *gst_voxel_slice_meta_require (GstElement *element, GstBuffer *buffer);

G_END_DECLS
