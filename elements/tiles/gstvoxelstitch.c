/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelstitch
 * @title: voxelstitch
 *
 * Puts tiles together to slices. In: all tiles of a slice, in the order in which voxeltile made them, or
 * whole slices without a tile meta. Out: one slice, without what lay beyond its edges, with its slice meta
 * and timestamps; framerate 0/1.
 *
 * blend=or takes logits, probabilities (both GRAY16_LE) or masks (GRAY8) and gives a mask: 255 where the
 * probability in any tile is above the threshold. blend=mean and blend=gaussian take logits and give
 * probabilities (of the logits' mean), or take probabilities or intensities and give the same. The gaussian's
 * standard deviation is an eighth of the tile's side.
 *
 * A tile that is missing or out of order, a slice that is missing and a pixel that no tile covers are errors.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxeltile size=64 ! voxelstitch blend=mean ! videoconvert \
 *   ! video/x-raw,format=GRAY16_BE ! pngenc ! multifilesink location=whole-%03d.png
 * ]|
 */

#include "gstvoxelstitch.h"
#include "gstvoxelpicture.h"
#include "gstvoxelplace.h"
#include "gstvoxelstitchblend.h"
#include "tile-blend.h"

#include <math.h>

GST_DEBUG_CATEGORY_STATIC (voxel_stitch_debug);
#define GST_CAT_DEFAULT voxel_stitch_debug

enum {
  PROP_0,
  PROP_BLEND,
  PROP_THRESHOLD,
};

struct _GstVoxelStitch {
  GstVoxelRegroup parent;

  VoxelTileBlendMode mode;
  gdouble threshold;

  GstVoxelPass pass;
  VoxelTileBlend *blend;
  GstBuffer *place; /* without pixels: the slice whose tiles are coming; NULL between two */
  guint next;       /* tile to come */
};

G_DEFINE_TYPE (GstVoxelStitch, gst_voxel_stitch, GST_TYPE_VOXEL_REGROUP)
GST_ELEMENT_REGISTER_DEFINE (voxelstitch, "voxelstitch", GST_RANK_NONE, GST_TYPE_VOXEL_STITCH)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static gboolean
check_content (GstVoxelStitch *self, const GstVoxelSliceMeta *slice)
{
  gboolean is_or = self->mode == VOXEL_TILE_BLEND_OR;

  if (slice->content != (is_or ? GST_VOXEL_CONTENT_INTENSITY : GST_VOXEL_CONTENT_MASK))
    return TRUE;
  GST_ELEMENT_ERROR (
      self, STREAM, FORMAT,
      ("This blend of voxelstitch does not take %s.", gst_voxel_place_content_name (slice->content)),
      ("%s", is_or ? "blend=or takes scores (voxelinfer makes them) and masks; blend=mean intensities."
                   : "blend=or takes masks."));
  return FALSE;
}

/* A picture without a tile meta is the whole slice. */
static GstVoxelTileMeta
get_tile (GstBuffer *buffer, const GstVideoInfo *info)
{
  const GstVoxelTileMeta *meta = gst_buffer_get_voxel_tile_meta (buffer);
  GstVoxelTileMeta tile = {0};

  if (meta)
    return *meta;
  tile.width = tile.slice_width = GST_VIDEO_INFO_WIDTH (info);
  tile.height = tile.slice_height = GST_VIDEO_INFO_HEIGHT (info);
  tile.count = 1;
  tile.view_count = 1;
  return tile;
}

static gboolean
check_tile (GstVoxelStitch *self, GstBuffer *buffer, const GstVoxelTileMeta *tile, const GstVideoInfo *info)
{
  g_autofree gchar *what = NULL;

  if (tile->view_count <= 1 && tile->view == GST_VOXEL_VIEW_R0 && tile->index < tile->count &&
      tile->slice_width > 0 && tile->slice_height > 0 && tile->width == (guint) GST_VIDEO_INFO_WIDTH (info) &&
      tile->height == (guint) GST_VIDEO_INFO_HEIGHT (info))
    return TRUE;
  what = gst_voxel_place_describe_tile (buffer, tile->index);
  if (tile->view_count > 1 || tile->view != GST_VOXEL_VIEW_R0) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("The %s is a view of it (%s).", what, gst_voxel_view_to_name (tile->view)),
                       ("Put voxelmerge before voxelstitch."));
    return FALSE;
  }
  if (tile->count == 0 || tile->index >= tile->count || tile->slice_width == 0 || tile->slice_height == 0) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, ("The %s is not part of a grid that covers its slice.", what),
                       ("Tiles of voxeltile mode=random cannot be joined; those of mode=grid can."));
    return FALSE;
  }
  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                     ("The %s has %dx%d pixels, not %ux%u.", what, GST_VIDEO_INFO_WIDTH (info),
                      GST_VIDEO_INFO_HEIGHT (info), tile->width, tile->height),
                     (NULL));
  return FALSE;
}

static gboolean
report_missing_tile (GstVoxelStitch *self, GstBuffer *place, guint index)
{
  g_autofree gchar *what = gst_voxel_place_describe_tile (place, index);

  GST_ELEMENT_ERROR (self, STREAM, FAILED, ("The %s is missing.", what),
                     ("An element between voxeltile and voxelstitch dropped it."));
  return FALSE;
}

static gboolean
check_order (GstVoxelStitch *self, GstBuffer *buffer, const GstVoxelTileMeta *tile)
{
  g_autofree gchar *what = NULL;

  if (self->place && !gst_voxel_place_same_slice (self->place, buffer))
    return report_missing_tile (self, self->place, self->next);
  if (tile->index == (self->place ? self->next : 0))
    return TRUE;
  if (tile->index > (self->place ? self->next : 0))
    return report_missing_tile (self, buffer, self->place ? self->next : 0);
  what = gst_voxel_place_describe_tile (buffer, tile->index);
  GST_ELEMENT_ERROR (self, STREAM, FAILED, ("The %s came twice.", what), (NULL));
  return FALSE;
}

static gboolean
begin_slice (GstVoxelStitch *self, GstBuffer *buffer, const GstVoxelTileMeta *tile)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);

  if (!gst_voxel_place_advance (GST_ELEMENT (self), &self->pass, buffer))
    return FALSE;
  if (self->blend && !voxel_tile_blend_fits (self->blend, self->mode, tile->slice_width, tile->slice_height))
    g_clear_pointer (&self->blend, voxel_tile_blend_free);
  if (!self->blend)
    self->blend = voxel_tile_blend_new (self->mode, tile->slice_width, tile->slice_height);
  voxel_tile_blend_begin (self->blend, gst_voxel_place_first_code_above (slice->content, self->threshold));
  self->place = gst_buffer_new ();
  gst_voxel_place_copy (self->place, buffer);
  self->next = 0;
  return TRUE;
}

static GstVoxelContent
result_of (GstVoxelStitch *self, GstVoxelContent content)
{
  if (self->mode == VOXEL_TILE_BLEND_OR)
    return GST_VOXEL_CONTENT_MASK;
  return content == GST_VOXEL_CONTENT_LOGIT ? GST_VOXEL_CONTENT_PROBABILITY : content;
}

static GstFlowReturn
write_slice (GstVoxelStitch *self, const GstVoxelSliceMeta *slice, GstBuffer *out)
{
  const GstVideoInfo *info = gst_voxel_regroup_get_output (GST_VOXEL_REGROUP (self));
  gboolean logits = slice->content == GST_VOXEL_CONTENT_LOGIT;
  g_autofree gchar *what = NULL;
  guint hole_x, hole_y;
  GstVideoFrame frame;
  gboolean whole;

  if (!gst_voxel_picture_map_new (GST_ELEMENT (self), info, &frame, out))
    return GST_FLOW_ERROR;
  whole =
      voxel_tile_blend_finish (self->blend, logits ? gst_voxel_logit_probability_table () : NULL,
                               GST_VIDEO_INFO_COMP_PSTRIDE (info, 0), GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                               GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), &hole_x, &hole_y);
  gst_video_frame_unmap (&frame);
  if (whole)
    return GST_FLOW_OK;
  what = gst_voxel_place_describe_slice (self->place);
  GST_ELEMENT_ERROR (self, STREAM, FAILED,
                     ("No tile covers the pixel at column %u, row %u of %s.", hole_x, hole_y, what), (NULL));
  return GST_FLOW_ERROR;
}

static GstFlowReturn
finish_slice (GstVoxelStitch *self, guint width, guint height)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (self->place);
  GstVideoFormat format = GST_VIDEO_INFO_FORMAT (gst_voxel_regroup_get_input (regroup));
  g_autoptr (GstBuffer) out = NULL;
  GstFlowReturn ret;

  if (self->mode == VOXEL_TILE_BLEND_OR)
    format = GST_VIDEO_FORMAT_GRAY8;
  ret = gst_voxel_regroup_set_output (regroup, format, width, height);
  if (ret == GST_FLOW_OK)
    ret = gst_voxel_regroup_acquire (regroup, gst_voxel_regroup_get_output (regroup), &out);
  if (ret == GST_FLOW_OK)
    ret = write_slice (self, slice, out);
  if (ret != GST_FLOW_OK)
    return ret;
  gst_buffer_copy_into (out, self->place, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
  slice = gst_buffer_copy_voxel_slice_meta (out, slice);
  if (slice->content != GST_VOXEL_CONTENT_INTENSITY)
    slice->mean = slice->stddev = NAN;
  slice->content = result_of (self, slice->content);
  gst_clear_buffer (&self->place);
  return gst_voxel_regroup_push (regroup, g_steal_pointer (&out));
}

static GstFlowReturn
gst_voxel_stitch_regroup (GstVoxelRegroup *regroup, GstBuffer *buffer)
{
  GstVoxelStitch *self = GST_VOXEL_STITCH (regroup);
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  g_autoptr (GstBuffer) picture = buffer;
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), picture);
  GstVoxelTileMeta tile = get_tile (picture, info);
  VoxelTilePixels pixels = {.x = tile.x, .y = tile.y, .width = tile.width, .height = tile.height};
  GstVideoFrame frame;

  if (!slice || !check_content (self, slice) || !check_tile (self, picture, &tile, info) ||
      !check_order (self, picture, &tile))
    return GST_FLOW_ERROR;
  if (!self->place && !begin_slice (self, picture, &tile))
    return GST_FLOW_ERROR;
  if (!gst_voxel_picture_map (GST_ELEMENT (self), info, &frame, picture))
    return GST_FLOW_ERROR;
  pixels.pixels = GST_VIDEO_FRAME_PLANE_DATA (&frame, 0);
  pixels.stride = GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);
  pixels.pixel_size = GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, 0);
  voxel_tile_blend_add (self->blend, &pixels);
  gst_video_frame_unmap (&frame);
  if (++self->next < tile.count)
    return GST_FLOW_OK;
  return finish_slice (self, tile.slice_width, tile.slice_height);
}

static gboolean
gst_voxel_stitch_complete (GstVoxelRegroup *regroup, GstEventType boundary)
{
  GstVoxelStitch *self = GST_VOXEL_STITCH (regroup);

  if (self->place)
    return report_missing_tile (self, self->place, self->next);
  return boundary == GST_EVENT_SEGMENT || gst_voxel_place_finish (GST_ELEMENT (self), &self->pass);
}

static void
gst_voxel_stitch_reset (GstVoxelRegroup *regroup)
{
  GstVoxelStitch *self = GST_VOXEL_STITCH (regroup);

  gst_clear_buffer (&self->place);
  g_clear_pointer (&self->blend, voxel_tile_blend_free);
  gst_voxel_pass_reset (&self->pass);
}

static void
gst_voxel_stitch_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelStitch *self = GST_VOXEL_STITCH (object);

  switch (id) {
  case PROP_BLEND:
    self->mode = (VoxelTileBlendMode) g_value_get_enum (value);
    break;
  case PROP_THRESHOLD:
    self->threshold = g_value_get_double (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_stitch_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelStitch *self = GST_VOXEL_STITCH (object);

  switch (id) {
  case PROP_BLEND:
    g_value_set_enum (value, self->mode);
    break;
  case PROP_THRESHOLD:
    g_value_set_double (value, self->threshold);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_stitch_class_init (GstVoxelStitchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelRegroupClass *regroup_class = GST_VOXEL_REGROUP_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (voxel_stitch_debug, "voxelstitch", 0, "Voxel tile stitcher");
  object_class->set_property = gst_voxel_stitch_set_property;
  object_class->get_property = gst_voxel_stitch_get_property;
  gst_voxel_stitch_blend_install (object_class, PROP_BLEND, PROP_THRESHOLD);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel tile stitcher", "Filter/Video",
                                         "Puts the tiles that voxeltile cut together to slices",
                                         "The gst-voxel authors");
  regroup_class->regroup = gst_voxel_stitch_regroup;
  regroup_class->complete = gst_voxel_stitch_complete;
  regroup_class->reset = gst_voxel_stitch_reset;
}

static void
gst_voxel_stitch_init (GstVoxelStitch *self)
{
  self->mode = VOXEL_TILE_BLEND_OR;
  self->threshold = GST_VOXEL_STITCH_THRESHOLD;
}
