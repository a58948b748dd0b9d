/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelreslicevolume.h"
#include "gstvoxelreslicerecord.h"
#include "volume-store-sample.h"

static guint
bytes_per_pixel (const GstVoxelResliceVolume *self)
{
  return (guint) GST_VIDEO_INFO_COMP_PSTRIDE (&self->info, 0);
}

/**
 * gst_voxel_reslice_volume_new:
 * @holder: voxelreslice
 * @buffer: the first slice of the volume, of the stream's caps
 * @axes: bits (1 << GstVoxelAxis) that are going to be sent
 *
 * A volume of which no voxels are kept; whether slices have labels the first one decides.
 *
 * Returns: (transfer full): the volume
 */
GstVoxelResliceVolume *
gst_voxel_reslice_volume_new (GstVoxelHolder *holder, GstBuffer *buffer, guint axes)
{
  const GstVoxelHolderStream *stream = gst_voxel_holder_get_stream (holder);
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (buffer);
  guint depth = slice->last == GST_VOXEL_INDEX_UNKNOWN ? 0 : slice->last - slice->first + 1;
  GstVoxelResliceVolume *self = g_new0 (GstVoxelResliceVolume, 1);

  self->scan = gst_voxel_volume_ref (slice->volume);
  self->record = gst_voxel_reslice_record_new (self->scan, slice->first, depth, axes, NULL);
  self->content = slice->content;
  self->caps = gst_caps_ref (stream->caps);
  self->info = stream->info;
  self->first = slice->first;
  self->epoch = slice->epoch;
  self->labelled = label != NULL;
  self->weight = label ? label->weight : 1.;
  return self;
}

/**
 * gst_voxel_reslice_volume_keep:
 * @self: a volume without slices
 * @holder: voxelreslice
 * @memory_limit: bytes that it may take, labels included
 *
 * Has the voxels kept that are put.
 *
 * Returns: whether they can be; otherwise an error was posted
 */
gboolean
gst_voxel_reslice_volume_keep (GstVoxelResliceVolume *self, GstVoxelHolder *holder, guint64 memory_limit)
{
  const guint shape[] = {self->record->shape[0], (guint) self->info.height, (guint) self->info.width};
  guint bytes = bytes_per_pixel (self);
  guint64 of_labels = self->labelled ? memory_limit / (bytes + 1) : 0;

  self->voxels = gst_voxel_holder_new_store (holder, shape, 8 * bytes, VOXEL_VOLUME_STORE_REPLACE,
                                             memory_limit - of_labels);
  if (self->labelled && self->voxels)
    self->labels = gst_voxel_holder_new_store (holder, shape, 8, VOXEL_VOLUME_STORE_REPLACE, of_labels);
  if (self->content == GST_VOXEL_CONTENT_INTENSITY)
    self->histogram = voxel_intensity_histogram_new ();
  return self->voxels && (self->labels || !self->labelled);
}

static gboolean
put (VoxelVolumeStore *store, guint index, const GstVideoFrame *frame, GError **error)
{
  return voxel_volume_store_put (store, GST_VOXEL_AXIS_Z, index, GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                                 (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0), error);
}

static GstFlowReturn
put_label (GstVoxelResliceVolume *self, GstElement *element, const GstVoxelSliceMeta *slice,
           GstBuffer *buffer)
{
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (buffer);
  g_autoptr (GError) error = NULL;
  GstVideoFrame frame;
  gboolean stored;

  if (self->labelled != (label != NULL))
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FAILED,
        "Slice %u of volume \"%s\" has %s label, those before have %s: a volume is labelled whole or not at "
        "all; complete its labels, or choose the part that has some.",
        slice->index, slice->volume->id, label ? "a" : "no", label ? "none" : "one");
  if (!label)
    return GST_FLOW_OK;
  if (label->weight != self->weight)
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FAILED,
        "The label of slice %u of volume \"%s\" has the weight %g, those before have %g: a volume has one.",
        slice->index, slice->volume->id, label->weight, self->weight);
  if (!gst_voxel_label_meta_map (label, (guint) self->info.width, (guint) self->info.height, &frame))
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FORMAT,
        "The label of slice %u of volume \"%s\" is not %d x %d pixels of 8 bits, as the slice is: what "
        "changes the size of slices must change their labels too.",
        slice->index, slice->volume->id, self->info.width, self->info.height);
  stored = !self->labels || put (self->labels, self->count, &frame, &error);
  gst_video_frame_unmap (&frame);
  return stored ? GST_FLOW_OK : gst_voxel_holder_fail (element, error);
}

static GstFlowReturn
put_voxels (GstVoxelResliceVolume *self, GstElement *element, const GstVoxelSliceMeta *slice,
            GstBuffer *buffer)
{
  g_autoptr (GError) error = NULL;
  GstVideoFrame frame;
  gboolean stored;

  if (!self->voxels)
    return GST_FLOW_OK;
  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ))
    return gst_voxel_holder_refuse (element, GST_STREAM_ERROR_FAILED,
                                    "Slice %u of volume \"%s\" is shorter than its caps say.", slice->index,
                                    slice->volume->id);
  stored = put (self->voxels, self->count, &frame, &error);
  if (stored && self->histogram)
    voxel_intensity_histogram_add (self->histogram, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                                   (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), (guint) self->info.width,
                                   (guint) self->info.height, bytes_per_pixel (self));
  gst_video_frame_unmap (&frame);
  return stored ? GST_FLOW_OK : gst_voxel_holder_fail (element, error);
}

/* A live volume's later slices may know more of it than the first ones did. */
static void
learn (GstVoxelResliceVolume *self, GstVoxelVolume *scan)
{
  guint64 serial = self->record->serial;
  guint axes = self->record->axes, depth = self->record->shape[0];

  if (self->scan == scan)
    return;
  gst_voxel_volume_unref (self->scan);
  self->scan = gst_voxel_volume_ref (scan);
  gst_voxel_volume_unref (self->record);
  self->record = gst_voxel_reslice_record_new (scan, self->first, depth ? depth : scan->shape[0], axes, NULL);
  self->record->serial = serial;
}

/**
 * gst_voxel_reslice_volume_put:
 * @self: the volume
 * @element: who speaks
 * @buffer: its next z slice, of its caps
 *
 * Returns: GST_FLOW_OK where it is counted and kept as far as voxels are; otherwise an error was posted
 */
GstFlowReturn
gst_voxel_reslice_volume_put (GstVoxelResliceVolume *self, GstElement *element, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstFlowReturn flow = put_label (self, element, slice, buffer);

  learn (self, slice->volume);
  if (flow == GST_FLOW_OK)
    flow = put_voxels (self, element, slice, buffer);
  if (flow == GST_FLOW_OK)
    self->count++;
  return flow;
}

/**
 * gst_voxel_reslice_volume_complete:
 * @self: a volume whose last slice has come
 *
 * Now that all of the volume is there its record says how much it is.
 */
void
gst_voxel_reslice_volume_complete (GstVoxelResliceVolume *self)
{
  guint64 serial = self->record->serial;
  guint axes = self->record->axes;
  const guint64 *bins = self->histogram ? voxel_intensity_histogram_get_bins (self->histogram) : NULL;

  gst_voxel_volume_unref (self->record);
  self->record = gst_voxel_reslice_record_new (self->scan, self->first, self->count, axes, bins);
  self->record->serial = serial;
  g_clear_pointer (&self->histogram, voxel_intensity_histogram_free);
}

static gboolean
get (VoxelVolumeStore *store, const GstVoxelSliceMeta *slice, VoxelVolumeStoreSampling sampling,
     GstVideoFrame *frame, GError **error)
{
  void *pixels = GST_VIDEO_FRAME_PLANE_DATA (frame, 0);
  gsize stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

  if (slice->axis != GST_VOXEL_AXIS_OBLIQUE)
    return voxel_volume_store_get (store, slice->axis, slice->index, pixels, stride, error);
  return voxel_volume_store_sample (store, slice->plane, (guint) GST_VIDEO_FRAME_WIDTH (frame),
                                    (guint) GST_VIDEO_FRAME_HEIGHT (frame), sampling, pixels, stride, error);
}

/**
 * gst_voxel_reslice_volume_get:
 * @self: a volume whose voxels are kept
 * @slice: which slice; of an oblique one its plane counts
 * @frame: as large as the slice, to be filled
 * @error: #GFileError of the store
 *
 * Returns: whether @frame holds the slice
 */
gboolean
gst_voxel_reslice_volume_get (GstVoxelResliceVolume *self, const GstVoxelSliceMeta *slice,
                              GstVideoFrame *frame, GError **error)
{
  return get (self->voxels, slice, VOXEL_VOLUME_STORE_LINEAR, frame, error);
}

/**
 * gst_voxel_reslice_volume_get_label:
 * @self: a volume whose labels are kept
 * @slice: which slice; of an oblique one its plane counts
 * @frame: as large as the slice, to be filled
 * @error: #GFileError of the store
 *
 * Returns: whether @frame holds the slice's label
 */
gboolean
gst_voxel_reslice_volume_get_label (GstVoxelResliceVolume *self, const GstVoxelSliceMeta *slice,
                                    GstVideoFrame *frame, GError **error)
{
  return get (self->labels, slice, VOXEL_VOLUME_STORE_NEAREST, frame, error);
}

/**
 * gst_voxel_reslice_volume_set_slab:
 * @self: a volume whose voxels are kept
 * @bytes: memory for neighbouring slices that are read together, beside that for bricks; 0 where slices are read in
 *   any order
 * @error: #GFileError of the store
 *
 * Returns: whether it could be changed
 */
gboolean
gst_voxel_reslice_volume_set_slab (GstVoxelResliceVolume *self, guint64 bytes, GError **error)
{
  guint64 of_labels = self->labels ? bytes / (bytes_per_pixel (self) + 1) : 0;

  return voxel_volume_store_set_slab (self->voxels, bytes - of_labels, error) &&
         (!self->labels || voxel_volume_store_set_slab (self->labels, of_labels, error));
}

static guint64
sum (const GstVoxelResliceVolume *self, guint64 (*of) (const VoxelVolumeStore *store))
{
  return (self->voxels ? of (self->voxels) : 0) + (self->labels ? of (self->labels) : 0);
}

/**
 * gst_voxel_reslice_volume_get_memory:
 * @self: the volume
 *
 * Returns: bytes that it takes now
 */
guint64
gst_voxel_reslice_volume_get_memory (const GstVoxelResliceVolume *self)
{
  return sum (self, voxel_volume_store_get_memory);
}

/**
 * gst_voxel_reslice_volume_get_peak_memory:
 * @self: the volume
 *
 * Returns: the most bytes that it ever took
 */
guint64
gst_voxel_reslice_volume_get_peak_memory (const GstVoxelResliceVolume *self)
{
  return sum (self, voxel_volume_store_get_peak_memory);
}

/**
 * gst_voxel_reslice_volume_get_scratch_size:
 * @self: the volume
 *
 * Returns: length of its scratch files in bytes
 */
guint64
gst_voxel_reslice_volume_get_scratch_size (const GstVoxelResliceVolume *self)
{
  return sum (self, voxel_volume_store_get_scratch_size);
}

/**
 * gst_voxel_reslice_volume_free:
 * @self: (transfer full): no longer needed
 */
void
gst_voxel_reslice_volume_free (GstVoxelResliceVolume *self)
{
  g_clear_pointer (&self->voxels, voxel_volume_store_free);
  g_clear_pointer (&self->labels, voxel_volume_store_free);
  g_clear_pointer (&self->histogram, voxel_intensity_histogram_free);
  gst_voxel_volume_unref (self->scan);
  gst_voxel_volume_unref (self->record);
  gst_caps_unref (self->caps);
  g_free (self);
}
