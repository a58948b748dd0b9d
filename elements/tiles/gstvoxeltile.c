/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxeltile
 * @title: voxeltile
 *
 * Cuts every slice into tiles. In: slices, GRAY8 or GRAY16_LE, with a slice meta (voxelsrc, voxelstamp). Out: for
 * each slice its tiles, all of one size, with the slice's meta and timestamps and a tile meta that says where they
 * lie; framerate 0/1. Neighbours and label of a slice are cut likewise.
 *
 * mode=grid: overlapping tiles that cover the slice, row by row. voxelstitch puts them together again.
 *
 * mode=random, for learning: count tiles a slice, which may overlap and leave gaps. Where they lie depends on seed,
 * volume, axis, epoch, slice and number of the tile, and not on the order in which slices come. With foreground a
 * share of them is placed on vessels, so that these are not as rare as in the scan.
 *
 * A tile shares the slice's memory where downstream takes rows with gaps (it says so when asked for its
 * allocation), otherwise it is a copy with rows as GStreamer lays them by default.
 *
 * A side of the slice that is shorter than the tile is continued by reflection at the right or at the bottom: in a
 * grid only as far as a network needs it (pad-multiple), at random up to size, since batches need tiles of one size;
 * the label is reflected with it. Axes whose slices have a side under 32 pixels, and with
 * edge=skip those with a side shorter than the tile, are left out: a warning names them and the volume record
 * of every slice no longer promises them.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxeltile size=64 ! videoconvert ! video/x-raw,format=GRAY16_BE \
 *   ! pngenc ! multifilesink location=tile-%04d.png
 * ]|
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxeltile mode=random size=64 count=3 seed=1 ! videoconvert \
 *   ! video/x-raw,format=GRAY16_BE ! pngenc ! multifilesink location=random-%04d.png
 * ]|
 */

#include "gstvoxeltile.h"
#include "gstvoxelcut.h"
#include "gstvoxelpicture.h"
#include "gstvoxelsample.h"
#include "gstvoxeltileaxes.h"
#include "tile-random.h"

GST_DEBUG_CATEGORY_STATIC (voxel_tile_debug);
#define GST_CAT_DEFAULT voxel_tile_debug

struct _GstVoxelTile {
  GstVoxelRegroup parent;

  GstVoxelTileSettings settings;
  GstVoxelTileAxes axes;

  VoxelTileGrid *grid; /* of slices of the size below */
  guint grid_width;
  guint grid_height;
};

G_DEFINE_TYPE (GstVoxelTile, gst_voxel_tile, GST_TYPE_VOXEL_REGROUP)
GST_ELEMENT_REGISTER_DEFINE (voxeltile, "voxeltile", GST_RANK_NONE, GST_TYPE_VOXEL_TILE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static gboolean
gst_voxel_tile_prepare (GstVoxelRegroup *regroup)
{
  GstVoxelTile *self = GST_VOXEL_TILE (regroup);

  if (self->settings.mode == GST_VOXEL_TILE_MODE_GRID || self->settings.size > 0)
    return TRUE;
  GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS,
                     ("mode=random needs a size: with size=0 every tile is the whole slice."),
                     ("Set size, such as 512, or mode=grid."));
  return FALSE;
}

static GstFlowReturn
push_tile (GstVoxelTile *self, GstBuffer *slice, const GstVoxelCut *cut, guint index, guint count)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  g_autoptr (GstBuffer) tile = NULL;
  GstVoxelTileMeta *meta;
  GstFlowReturn ret =
      gst_voxel_regroup_set_output (regroup, GST_VIDEO_INFO_FORMAT (info), cut->width, cut->height);

  if (ret == GST_FLOW_OK)
    ret = gst_voxel_cut (regroup, slice, cut, &tile);
  if (ret != GST_FLOW_OK)
    return ret;
  gst_voxel_slice_meta_set_volume (gst_buffer_get_voxel_slice_meta (tile), self->axes.record);
  meta = gst_buffer_add_voxel_tile_meta (tile);
  meta->x = cut->x;
  meta->y = cut->y;
  meta->width = cut->width;
  meta->height = cut->height;
  meta->slice_width = GST_VIDEO_INFO_WIDTH (info);
  meta->slice_height = GST_VIDEO_INFO_HEIGHT (info);
  meta->index = index;
  meta->count = count;
  meta->view_count = 1;
  return gst_voxel_regroup_push (regroup, g_steal_pointer (&tile));
}

static void
lay_grid (GstVoxelTile *self, guint width, guint height)
{
  if (self->grid && self->grid_width == width && self->grid_height == height)
    return;
  g_clear_pointer (&self->grid, voxel_tile_grid_free);
  self->grid = gst_voxel_tile_settings_lay (&self->settings, width, height);
  self->grid_width = width;
  self->grid_height = height;
}

static GstFlowReturn
push_grid (GstVoxelTile *self, GstBuffer *slice)
{
  const GstVideoInfo *info = gst_voxel_regroup_get_input (GST_VOXEL_REGROUP (self));
  const VoxelTileGrid *grid;
  GstFlowReturn ret = GST_FLOW_OK;
  guint count;

  lay_grid (self, GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info));
  grid = self->grid;
  count = grid->columns * grid->rows;
  for (guint index = 0; index < count && ret == GST_FLOW_OK; index++) {
    const GstVoxelCut cut = {grid->xs[index % grid->columns], grid->ys[index / grid->columns],
                             grid->tile_width, grid->tile_height};

    ret = push_tile (self, slice, &cut, index, count);
  }
  return ret;
}

/* Without a regular grid the number of tiles is 0, by which voxelstitch knows that they are not to be joined. */
static GstFlowReturn
push_random (GstVoxelTile *self, GstBuffer *slice, const VoxelTileVessels *vessels)
{
  const GstVoxelTileSettings *settings = &self->settings;
  const GstVideoInfo *info = gst_voxel_regroup_get_input (GST_VOXEL_REGROUP (self));
  const GstVoxelSliceMeta *place = gst_buffer_get_voxel_slice_meta (slice);
  GstFlowReturn ret = GST_FLOW_OK;

  for (guint index = 0; index < settings->count && ret == GST_FLOW_OK; index++) {
    const GstVoxelTileMeta tile = {.index = index};
    GstVoxelCut cut = {.width = settings->size, .height = settings->size};
    VoxelRandom random;

    gst_voxel_sample_random (&random, settings->seed, "tile", place, &tile);
    voxel_tile_random_place (&random, GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info),
                             settings->size, vessels, settings->foreground, &cut.x, &cut.y);
    ret = push_tile (self, slice, &cut, index, 0);
  }
  return ret;
}

static GstFlowReturn
push_random_on_vessels (GstVoxelTile *self, GstBuffer *slice)
{
  const GstVideoInfo *info = gst_voxel_regroup_get_input (GST_VOXEL_REGROUP (self));
  const GstVoxelSliceMeta *place = gst_buffer_get_voxel_slice_meta (slice);
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (slice);
  g_autoptr (VoxelTileVessels) vessels = NULL;
  GstVideoInfo label_info;
  GstVideoFrame frame;
  GstFlowReturn ret;

  if (!label) {
    GST_ELEMENT_ERROR (
        self, STREAM, FORMAT,
        ("Slice %u of axis %c of volume \"%s\" has no label, which foreground=%g needs: set labels on "
         "voxelsrc, or foreground=0.",
         place->index, gst_voxel_axis_to_letter (place->axis), place->volume->id, self->settings.foreground),
        (NULL));
    return GST_FLOW_ERROR;
  }
  gst_video_info_set_format (&label_info, GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_INFO_WIDTH (info),
                             GST_VIDEO_INFO_HEIGHT (info));
  if (!gst_voxel_picture_map (GST_ELEMENT (self), &label_info, &frame, label->label))
    return GST_FLOW_ERROR;
  vessels = voxel_tile_vessels_new (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
                                    GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), GST_VIDEO_FRAME_WIDTH (&frame),
                                    GST_VIDEO_FRAME_HEIGHT (&frame));
  ret = push_random (self, slice, vessels);
  gst_video_frame_unmap (&frame);
  return ret;
}

static GstFlowReturn
gst_voxel_tile_regroup (GstVoxelRegroup *regroup, GstBuffer *buffer)
{
  GstVoxelTile *self = GST_VOXEL_TILE (regroup);
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  g_autoptr (GstBuffer) slice = buffer;
  GstVoxelSliceMeta *meta = gst_voxel_slice_meta_require (GST_ELEMENT (self), slice);
  GstVoxelTileAxesVerdict verdict;

  if (!meta)
    return GST_FLOW_ERROR;
  verdict = gst_voxel_tile_axes_judge (&self->axes, GST_ELEMENT (self), &self->settings, meta,
                                       GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info));
  if (verdict != GST_VOXEL_TILE_AXES_TAKE)
    return verdict == GST_VOXEL_TILE_AXES_LEAVE_OUT ? GST_FLOW_OK : GST_FLOW_ERROR;
  if (self->settings.mode == GST_VOXEL_TILE_MODE_GRID)
    return push_grid (self, slice);
  if (self->settings.foreground > 0.)
    return push_random_on_vessels (self, slice);
  return push_random (self, slice, NULL);
}

static void
gst_voxel_tile_reset (GstVoxelRegroup *regroup)
{
  GstVoxelTile *self = GST_VOXEL_TILE (regroup);

  g_clear_pointer (&self->grid, voxel_tile_grid_free);
  gst_voxel_tile_axes_clear (&self->axes);
}

static void
gst_voxel_tile_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (!gst_voxel_tile_settings_set (&GST_VOXEL_TILE (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_tile_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (!gst_voxel_tile_settings_get (&GST_VOXEL_TILE (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_tile_class_init (GstVoxelTileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelRegroupClass *regroup_class = GST_VOXEL_REGROUP_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (voxel_tile_debug, "voxeltile", 0, "Voxel tile cutter");
  object_class->set_property = gst_voxel_tile_set_property;
  object_class->get_property = gst_voxel_tile_get_property;
  gst_voxel_tile_settings_install (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel tile cutter", "Filter/Video",
                                         "Cuts slices of a volume into tiles", "The gst-voxel authors");
  regroup_class->keeps_format = TRUE;
  regroup_class->prepare = gst_voxel_tile_prepare;
  regroup_class->regroup = gst_voxel_tile_regroup;
  regroup_class->reset = gst_voxel_tile_reset;
}

static void
gst_voxel_tile_init (GstVoxelTile *self)
{
  gst_voxel_tile_settings_init (&self->settings);
}
