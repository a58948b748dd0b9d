/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelmask
 * @title: voxelmask
 * @short_description: Blackens what lies outside of a second stack
 *
 * Z slices go in, masks, scores or intensities in GRAY8 or GRAY16_LE; the same slices come out with every
 * voxel set to 0 at which a second stack of TIFF slices, of the scan's shape, is 0: an organ without its
 * surroundings, a region of interest. Which slice of the second stack belongs to which buffer is said by the
 * slice meta, so that a part of a scan finds its part.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelmask location=labels ! voxelrlesink location=inside.csv threshold=0.5
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelmask.h"
#include "elements/stream/voxel.h"
#include "elements/volume/gstvoxelsrcerror.h"
#include "elements/volume/slice-list.h"

GST_DEBUG_CATEGORY_STATIC (voxel_mask_debug);
#define GST_CAT_DEFAULT voxel_mask_debug

enum {
  PROP_0,
  PROP_LOCATION,
};

/**
 * GstVoxelMask:
 *
 * A filter that multiplies by a second stack of zeros and ones.
 */
struct _GstVoxelMask {
  GstVideoFilter parent;

  gchar *location;
  VoxelSliceList *list;
  guint8 *inside;
  gsize inside_size;
};

G_DEFINE_TYPE (GstVoxelMask, gst_voxel_mask, GST_TYPE_VIDEO_FILTER)
GST_ELEMENT_REGISTER_DEFINE (voxelmask, "voxelmask", GST_RANK_NONE, GST_TYPE_VOXEL_MASK)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static gboolean
gst_voxel_mask_start (GstBaseTransform *transform)
{
  GstVoxelMask *self = GST_VOXEL_MASK (transform);
  g_autoptr (GError) error = NULL;

  if (!self->location || !*self->location) {
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND, ("No stack to mask with is given."),
                       ("Set the property location to a folder, a file or a pattern of TIFF slices."));
    return FALSE;
  }
  self->list = voxel_slice_list_new (self->location, g_get_num_processors (), &error);
  if (!self->list) {
    gst_voxel_src_post_error (GST_ELEMENT (self), error);
    return FALSE;
  }
  return TRUE;
}

static gboolean
gst_voxel_mask_stop (GstBaseTransform *transform)
{
  GstVoxelMask *self = GST_VOXEL_MASK (transform);

  g_clear_pointer (&self->list, voxel_slice_list_free);
  g_clear_pointer (&self->inside, g_free);
  self->inside_size = 0;
  return TRUE;
}

/* The part of the second stack that belongs to a slice: its place in the scan, not in a cut-out. */
static gboolean
find_region (GstVoxelMask *self, const GstVoxelSliceMeta *slice, const GstVideoFrame *frame, guint *index,
             VoxelTiffRegion *region)
{
  const VoxelTiffPage *form = voxel_slice_list_get_form (self->list);
  const guint *origin = slice->volume->origin;
  guint count = voxel_slice_list_get_length (self->list);
  guint64 z = (guint64) origin[0] + slice->index;

  *region = (VoxelTiffRegion){origin[2], origin[1], (guint) GST_VIDEO_FRAME_WIDTH (frame),
                              (guint) GST_VIDEO_FRAME_HEIGHT (frame)};
  *index = (guint) z;
  if (gst_voxel_slice_meta_refuse_oblique (slice, GST_ELEMENT (self)))
    return FALSE;
  if (slice->axis != GST_VOXEL_AXIS_Z) {
    GST_ELEMENT_ERROR (
        self, STREAM, WRONG_TYPE,
        ("Slices along %c cannot be masked, only those along z.", gst_voxel_axis_to_letter (slice->axis)),
        ("Put voxelmask before voxelreslice or behind voxelvote."));
    return FALSE;
  }
  if (z >= count || (guint64) region->x + region->width > form->width ||
      (guint64) region->y + region->height > form->height) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("%s is of %u x %u x %u voxels; slice %" G_GUINT64_FORMAT
                        " of the scan, %u x %u at row %u and column %u, "
                        "lies outside of it.",
                        self->location, count, form->height, form->width, z, region->height, region->width,
                        region->y, region->x),
                       ("The stack to mask with needs the shape of the whole scan."));
    return FALSE;
  }
  return TRUE;
}

static void
blacken (GstVideoFrame *frame, const guint8 *inside)
{
  guint width = (guint) GST_VIDEO_FRAME_WIDTH (frame);
  guint height = (guint) GST_VIDEO_FRAME_HEIGHT (frame);
  gboolean wide = GST_VIDEO_FRAME_COMP_DEPTH (frame, 0) == 16;

  for (guint y = 0; y < height; y++) {
    guint8 *row = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0) +
                  y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);
    guint16 *row16 = (guint16 *) row;
    const guint8 *keep = inside + y * (gsize) width;

    if (wide) {
      for (guint x = 0; x < width; x++)
        row16[x] = keep[x] ? row16[x] : 0;
    } else {
      for (guint x = 0; x < width; x++)
        row[x] = keep[x] ? row[x] : 0;
    }
  }
}

static GstFlowReturn
gst_voxel_mask_transform_frame_ip (GstVideoFilter *filter, GstVideoFrame *frame)
{
  GstVoxelMask *self = GST_VOXEL_MASK (filter);
  GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), frame->buffer);
  gsize size = (gsize) GST_VIDEO_FRAME_WIDTH (frame) * (gsize) GST_VIDEO_FRAME_HEIGHT (frame);
  g_autoptr (GError) error = NULL;
  VoxelTiffRegion region;
  guint index;

  if (!slice || !find_region (self, slice, frame, &index, &region))
    return GST_FLOW_ERROR;
  if (size > self->inside_size) {
    g_free (self->inside);
    self->inside = g_malloc (size);
    self->inside_size = size;
  }
  if (!voxel_slice_list_decode_mask (self->list, index, &region, self->inside, region.width, &error)) {
    gst_voxel_src_post_error (GST_ELEMENT (self), error);
    return GST_FLOW_ERROR;
  }
  blacken (frame, self->inside);
  return GST_FLOW_OK;
}

static void
gst_voxel_mask_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelMask *self = GST_VOXEL_MASK (object);

  switch (id) {
  case PROP_LOCATION:
    g_free (self->location);
    self->location = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_mask_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelMask *self = GST_VOXEL_MASK (object);

  switch (id) {
  case PROP_LOCATION:
    g_value_set_string (value, self->location);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_mask_finalize (GObject *object)
{
  g_free (GST_VOXEL_MASK (object)->location);
  G_OBJECT_CLASS (gst_voxel_mask_parent_class)->finalize (object);
}

static void
gst_voxel_mask_class_init (GstVoxelMaskClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *transform_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (voxel_mask_debug, "voxelmask", 0, "Voxel mask");
  object_class->set_property = gst_voxel_mask_set_property;
  object_class->get_property = gst_voxel_mask_get_property;
  object_class->finalize = gst_voxel_mask_finalize;

  /**
   * GstVoxelMask:location:
   *
   * The stack to mask with: a folder, a file of one or more pages or a pattern. Where it is 0 the stream
   * becomes 0. It needs the shape of the whole scan.
   */
  g_object_class_install_property (
      object_class, PROP_LOCATION,
      g_param_spec_string (
          "location", "Location",
          "Folder, file or pattern of TIFF slices of the scan's shape; where they are 0 so is the output",
          NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel mask", "Filter/Effect/Video",
                                         "Sets voxels outside of a second stack to 0",
                                         "The gst-voxel authors");
  transform_class->start = GST_DEBUG_FUNCPTR (gst_voxel_mask_start);
  transform_class->stop = GST_DEBUG_FUNCPTR (gst_voxel_mask_stop);
  GST_VIDEO_FILTER_CLASS (klass)->transform_frame_ip = GST_DEBUG_FUNCPTR (gst_voxel_mask_transform_frame_ip);
}

static void
gst_voxel_mask_init (GstVoxelMask *self)
{
  /* A framerate of 0 and a clock without pictures in it: nothing to be late for. */
  gst_base_transform_set_qos_enabled (GST_BASE_TRANSFORM (self), FALSE);
}
