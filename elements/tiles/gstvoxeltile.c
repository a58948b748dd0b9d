/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxeltile
 * @title: voxeltile
 *
 * Cuts every slice into overlapping tiles. In: slices, GRAY8 or GRAY16_LE, with a slice meta (voxelsrc,
 * voxelstamp). Out: for each slice its tiles, row by row, all of one size, with the slice's meta and
 * timestamps and a tile meta that says where they lie; framerate 0/1. voxelstitch puts them together again.
 *
 * A tile shares the slice's memory where downstream takes rows with gaps (it says so when asked for its
 * allocation), otherwise it is a copy with rows as GStreamer lays them by default.
 *
 * A side of the slice that is shorter than the tile is continued by reflection at the right or at the bottom,
 * only as far as a network needs it (pad-multiple). Axes whose slices have a side under 32 pixels, and with
 * edge=skip those with a side shorter than the tile, are left out: a warning names them and the volume record
 * of every slice no longer promises them.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxeltile size=64 ! videoconvert ! video/x-raw,format=GRAY16_BE \
 *   ! pngenc ! multifilesink location=tile-%04d.png
 * ]|
 */

#include "gstvoxeltile.h"
#include "gstvoxelcut.h"
#include "gstvoxelpicture.h"
#include "gstvoxelplace.h"
#include "tile-grid.h"

GST_DEBUG_CATEGORY_STATIC (voxel_tile_debug);
#define GST_CAT_DEFAULT voxel_tile_debug

#define MIN_SIDE 32
#define DEFAULT_SIZE 512
#define DEFAULT_OVERLAP .5
#define MAX_OVERLAP .95
#define DEFAULT_PAD_MULTIPLE 32

typedef enum {
  GST_VOXEL_TILE_EDGE_REFLECT,
  GST_VOXEL_TILE_EDGE_SKIP,
} GstVoxelTileEdge;

enum {
  PROP_0,
  PROP_SIZE,
  PROP_OVERLAP,
  PROP_GRID,
  PROP_EDGE,
  PROP_PAD_MULTIPLE,
};

struct _GstVoxelTile {
  GstVoxelRegroup parent;

  guint size;
  gdouble overlap;
  VoxelTileGridKind kind;
  GstVoxelTileEdge edge;
  guint pad_multiple;

  VoxelTileGrid *grid; /* of slices of the size below */
  guint grid_width;
  guint grid_height;

  GstVoxelVolume *volume; /* as it came, with the axis it was looked at for */
  GstVoxelAxis axis;
  GstVoxelVolume *record; /* as it goes on: without the axes that are left out */
  guint64 told_serial;
  guint told_axes;
};

G_DEFINE_TYPE (GstVoxelTile, gst_voxel_tile, GST_TYPE_VOXEL_REGROUP)
GST_ELEMENT_REGISTER_DEFINE (voxeltile, "voxeltile", GST_RANK_NONE, GST_TYPE_VOXEL_TILE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static GType
gst_voxel_tile_grid_get_type (void)
{
  static const GEnumValue values[] = {
      {VOXEL_TILE_GRID_MINIMAL, "The fewest tiles that overlap by at least the given fraction", "minimal"},
      {VOXEL_TILE_GRID_ORIGIN, "ceil (L / (T (1 - overlap))) tiles along a side of L pixels", "origin"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelTileGrid", values));
  return type;
}

static GType
gst_voxel_tile_edge_get_type (void)
{
  static const GEnumValue values[] = {
      {GST_VOXEL_TILE_EDGE_REFLECT, "Continue the slice by reflection", "reflect"},
      {GST_VOXEL_TILE_EDGE_SKIP, "Leave out axes whose slices have a side shorter than the tile", "skip"},
      {0, NULL, NULL},
  };
  static GType type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelTileEdge", values));
  return type;
}

static gboolean
is_too_small (GstVoxelTile *self, guint width, guint height)
{
  guint side = MIN (width, height);

  return side < MIN_SIDE || (self->edge == GST_VOXEL_TILE_EDGE_SKIP && side < self->size);
}

static void
tell_left_out (GstVoxelTile *self, GstVoxelVolume *volume, GstVoxelAxis axis, guint width, guint height)
{
  guint bit = 1u << axis;

  if (self->told_serial != volume->serial)
    self->told_axes = 0;
  self->told_serial = volume->serial;
  if (self->told_axes & bit)
    return;
  self->told_axes |= bit;
  if (MIN (width, height) < MIN_SIDE)
    GST_ELEMENT_WARNING (
        self, STREAM, FORMAT,
        ("Axis %c of volume \"%s\" is left out: its slices are %ux%u pixels, a side needs %d.",
         gst_voxel_axis_to_letter (axis), volume->id, width, height, MIN_SIDE),
        (NULL));
  else
    GST_ELEMENT_WARNING (self, STREAM, FORMAT,
                         ("Axis %c of volume \"%s\" is left out: its slices are %ux%u pixels, tiles have %u.",
                          gst_voxel_axis_to_letter (axis), volume->id, width, height, self->size),
                         ("edge=reflect would take them, so would a smaller size."));
}

/* Which axes go on depends on the shape alone, so all are decided at the first slice: whoever waits for the
 * promised axes never waits for one that is left out. */
static gboolean
decide_axes (GstVoxelTile *self, const GstVoxelSliceMeta *slice, guint width, guint height)
{
  GstVoxelVolume *volume = slice->volume;
  guint promised = volume->axes | (1u << slice->axis), left_out = 0;

  if (self->volume == volume && self->axis == slice->axis)
    return TRUE;
  for (guint axis = 0; axis <= GST_VOXEL_AXIS_OBLIQUE; axis++) {
    guint count, w, h;

    gst_voxel_volume_get_plane (volume, (GstVoxelAxis) axis, &count, &h, &w);
    if (axis == (guint) slice->axis) {
      w = width;
      h = height;
    }
    if (!(promised & (1u << axis)) || w == 0 || h == 0 || !is_too_small (self, w, h))
      continue;
    left_out |= 1u << axis;
    tell_left_out (self, volume, (GstVoxelAxis) axis, w, h);
  }
  if (left_out == promised) {
    GST_ELEMENT_ERROR (
        self, STREAM, FORMAT,
        ("Volume \"%s\" is too small for tiles of %u pixels: no axis is left.", volume->id, self->size),
        ("Slices are %ux%u pixels; a side needs %d at least, with edge=skip the tile's size.", width, height,
         MIN_SIDE));
    return FALSE;
  }
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  if (volume->axes & left_out) {
    self->record = gst_voxel_volume_copy (volume);
    self->record->axes &= ~left_out;
  } else {
    self->record = gst_voxel_volume_ref (volume);
  }
  gst_voxel_volume_ref (volume);
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  self->volume = volume;
  self->axis = slice->axis;
  return TRUE;
}

static void
lay_grid (GstVoxelTile *self, guint width, guint height)
{
  if (self->grid && self->grid_width == width && self->grid_height == height)
    return;
  g_clear_pointer (&self->grid, voxel_tile_grid_free);
  self->grid = voxel_tile_grid_new (self->kind, width, height, self->size, self->overlap,
                                    self->edge == GST_VOXEL_TILE_EDGE_SKIP ? 1 : self->pad_multiple);
  self->grid_width = width;
  self->grid_height = height;
}

static void
mark_tile (GstVoxelTile *self, GstBuffer *tile, GstBuffer *slice, guint index)
{
  const VoxelTileGrid *grid = self->grid;
  GstVoxelTileMeta *meta;

  gst_voxel_place_copy (tile, slice);
  gst_voxel_slice_meta_set_volume (gst_buffer_get_voxel_slice_meta (tile), self->record);
  meta = gst_buffer_add_voxel_tile_meta (tile);
  meta->x = grid->xs[index % grid->columns];
  meta->y = grid->ys[index / grid->columns];
  meta->width = grid->tile_width;
  meta->height = grid->tile_height;
  meta->slice_width = self->grid_width;
  meta->slice_height = self->grid_height;
  meta->index = index;
  meta->count = grid->columns * grid->rows;
  meta->view_count = 1;
}

static GstFlowReturn
push_tile (GstVoxelTile *self, const GstVideoFrame *slice, guint index)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  const VoxelTileGrid *grid = self->grid;
  const GstVoxelCut cut = {grid->xs[index % grid->columns], grid->ys[index / grid->columns], grid->tile_width,
                           grid->tile_height};
  g_autoptr (GstBuffer) tile = NULL;
  GstFlowReturn ret =
      gst_voxel_regroup_set_output (regroup, GST_VIDEO_FRAME_FORMAT (slice), cut.width, cut.height);

  if (ret == GST_FLOW_OK)
    ret = gst_voxel_cut_picture (regroup, slice, &cut, &tile);
  if (ret == GST_FLOW_OK)
    ret = gst_voxel_cut_neighbours (regroup, slice->buffer, &cut, tile);
  if (ret != GST_FLOW_OK)
    return ret;
  mark_tile (self, tile, slice->buffer, index);
  return gst_voxel_regroup_push (regroup, g_steal_pointer (&tile));
}

static GstFlowReturn
push_tiles (GstVoxelTile *self, const GstVideoFrame *slice)
{
  GstFlowReturn ret = GST_FLOW_OK;

  for (guint index = 0; index < self->grid->columns * self->grid->rows && ret == GST_FLOW_OK; index++)
    ret = push_tile (self, slice, index);
  return ret;
}

static GstFlowReturn
gst_voxel_tile_regroup (GstVoxelRegroup *regroup, GstBuffer *buffer)
{
  GstVoxelTile *self = GST_VOXEL_TILE (regroup);
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  guint width = GST_VIDEO_INFO_WIDTH (info), height = GST_VIDEO_INFO_HEIGHT (info);
  g_autoptr (GstBuffer) slice = buffer;
  GstVoxelSliceMeta *meta = gst_voxel_slice_meta_require (GST_ELEMENT (self), slice);
  GstVideoFrame frame;
  GstFlowReturn ret;

  if (!meta || !decide_axes (self, meta, width, height))
    return GST_FLOW_ERROR;
  if (is_too_small (self, width, height)) {
    if (!(self->record->axes & (1u << meta->axis)))
      return GST_FLOW_OK;
    GST_ELEMENT_ERROR (
        self, STREAM, FORMAT,
        ("Slice %u of axis %c of volume \"%s\" is %ux%u pixels, which is too small and not what the "
         "slices before were.",
         meta->index, gst_voxel_axis_to_letter (meta->axis), meta->volume->id, width, height),
        (NULL));
    return GST_FLOW_ERROR;
  }
  lay_grid (self, width, height);
  if (!gst_voxel_picture_map (GST_ELEMENT (self), info, &frame, slice))
    return GST_FLOW_ERROR;
  ret = push_tiles (self, &frame);
  gst_video_frame_unmap (&frame);
  return ret;
}

static void
gst_voxel_tile_reset (GstVoxelRegroup *regroup)
{
  GstVoxelTile *self = GST_VOXEL_TILE (regroup);

  g_clear_pointer (&self->grid, voxel_tile_grid_free);
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
}

static void
gst_voxel_tile_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelTile *self = GST_VOXEL_TILE (object);

  switch (id) {
  case PROP_SIZE:
    self->size = g_value_get_uint (value);
    break;
  case PROP_OVERLAP:
    self->overlap = g_value_get_double (value);
    break;
  case PROP_GRID:
    self->kind = (VoxelTileGridKind) g_value_get_enum (value);
    break;
  case PROP_EDGE:
    self->edge = (GstVoxelTileEdge) g_value_get_enum (value);
    break;
  case PROP_PAD_MULTIPLE:
    self->pad_multiple = g_value_get_uint (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_tile_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelTile *self = GST_VOXEL_TILE (object);

  switch (id) {
  case PROP_SIZE:
    g_value_set_uint (value, self->size);
    break;
  case PROP_OVERLAP:
    g_value_set_double (value, self->overlap);
    break;
  case PROP_GRID:
    g_value_set_enum (value, self->kind);
    break;
  case PROP_EDGE:
    g_value_set_enum (value, self->edge);
    break;
  case PROP_PAD_MULTIPLE:
    g_value_set_uint (value, self->pad_multiple);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags =
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

  g_object_class_install_property (
      klass, PROP_SIZE,
      g_param_spec_uint ("size", "Size", "Side of a tile in pixels; 0 = one tile that holds the whole slice",
                         0, 32768, DEFAULT_SIZE, flags));
  g_object_class_install_property (
      klass, PROP_OVERLAP,
      g_param_spec_double ("overlap", "Overlap", "Fraction of a tile's side that its neighbour covers too",
                           0., MAX_OVERLAP, DEFAULT_OVERLAP, flags));
  g_object_class_install_property (klass, PROP_GRID,
                                   g_param_spec_enum ("grid", "Grid", "How many tiles cover a slice",
                                                      gst_voxel_tile_grid_get_type (),
                                                      VOXEL_TILE_GRID_MINIMAL, flags));
  g_object_class_install_property (
      klass, PROP_EDGE,
      g_param_spec_enum ("edge", "Edge", "What happens to slices with a side shorter than the tile",
                         gst_voxel_tile_edge_get_type (), GST_VOXEL_TILE_EDGE_REFLECT, flags));
  g_object_class_install_property (
      klass, PROP_PAD_MULTIPLE,
      g_param_spec_uint (
          "pad-multiple", "Pad multiple",
          "With edge=reflect a side shorter than size (any side where size is 0) is continued to "
          "the next multiple of this many pixels; 1 = not at all",
          1, 4096, DEFAULT_PAD_MULTIPLE, flags));
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
  install_properties (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel tile cutter", "Filter/Video",
                                         "Cuts slices of a volume into overlapping tiles",
                                         "The gst-voxel authors");
  regroup_class->keeps_format = TRUE;
  regroup_class->regroup = gst_voxel_tile_regroup;
  regroup_class->reset = gst_voxel_tile_reset;
}

static void
gst_voxel_tile_init (GstVoxelTile *self)
{
  self->size = DEFAULT_SIZE;
  self->overlap = DEFAULT_OVERLAP;
  self->kind = VOXEL_TILE_GRID_MINIMAL;
  self->edge = GST_VOXEL_TILE_EDGE_REFLECT;
  self->pad_multiple = DEFAULT_PAD_MULTIPLE;
}
