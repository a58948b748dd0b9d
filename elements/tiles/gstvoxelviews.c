/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelviews
 * @title: voxelviews
 *
 * Shows every picture in several of the eight symmetries of the square, so that a network may look at it
 * more than once (test-time augmentation). In: tiles, whole slices or any other video, GRAY8 or GRAY16_LE.
 * Out: for each picture its views, one after the other, with its metas and timestamps; the tile meta says
 * which view each is. A picture without a tile meta gets one that covers it whole. voxelmerge makes one of
 * them again.
 *
 * Where downstream says that it takes views that are only announced (voxelinfer and voxelmerge do), no pixel
 * is copied: the views share the picture's memory. Elsewhere each view is rendered, and the size in the caps
 * changes with turns by 90 degrees of pictures that are not square.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelviews views=r0,r90,fh ! videoconvert ! video/x-raw,format=GRAY16_BE \
 *   ! pngenc ! multifilesink location=view-%03d.png
 * ]|
 */

#include "gstvoxelviews.h"
#include "gstvoxelplace.h"
#include "gstvoxelturn.h"
#include "gstvoxelviewlist.h"

GST_DEBUG_CATEGORY_STATIC (voxel_views_debug);
#define GST_CAT_DEFAULT voxel_views_debug

enum {
  PROP_0,
  PROP_VIEWS,
};

struct _GstVoxelViews {
  GstVoxelRegroup parent;

  gchar *text;
  GstVoxelView views[GST_VOXEL_N_VIEWS];
  guint n_views;
};

G_DEFINE_TYPE (GstVoxelViews, gst_voxel_views, GST_TYPE_VOXEL_REGROUP)
GST_ELEMENT_REGISTER_DEFINE (voxelviews, "voxelviews", GST_RANK_NONE, GST_TYPE_VOXEL_VIEWS)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static gboolean
gst_voxel_views_prepare (GstVoxelRegroup *regroup)
{
  GstVoxelViews *self = GST_VOXEL_VIEWS (regroup);

  return gst_voxel_view_list_parse (GST_ELEMENT (self), self->text, self->views, &self->n_views);
}

static void
mark_view (GstVoxelViews *self, GstBuffer *buffer, guint width, guint height, guint index, gboolean rendered)
{
  GstVoxelTileMeta *meta = gst_buffer_get_voxel_tile_meta (buffer);

  if (!meta) {
    meta = gst_buffer_add_voxel_tile_meta (buffer);
    meta->width = meta->slice_width = width;
    meta->height = meta->slice_height = height;
    meta->count = 1;
  }
  meta->view = self->views[index];
  meta->view_index = index;
  meta->view_count = self->n_views;
  meta->rendered = rendered;
}

/* What downstream takes is known only once it has caps, so the first guess is to render. */
static GstFlowReturn
set_output (GstVoxelRegroup *regroup, GstVoxelView view, gboolean *rendered)
{
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  guint width = GST_VIDEO_INFO_WIDTH (info), height = GST_VIDEO_INFO_HEIGHT (info);
  GstFlowReturn ret;

  do {
    gboolean swap;

    *rendered = !gst_voxel_regroup_downstream_takes (regroup, GST_VOXEL_TILE_META_API_TYPE);
    swap = *rendered && voxel_dihedral_swaps_sides ((VoxelDihedral) view);
    ret = gst_voxel_regroup_set_output (regroup, GST_VIDEO_INFO_FORMAT (info), swap ? height : width,
                                        swap ? width : height);
  } while (ret == GST_FLOW_OK &&
           *rendered == gst_voxel_regroup_downstream_takes (regroup, GST_VOXEL_TILE_META_API_TYPE));
  return ret;
}

static GstFlowReturn
push_view (GstVoxelViews *self, GstBuffer *picture, guint index)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  GstVoxelView view = self->views[index];
  gboolean rendered;
  GstBuffer *out = NULL;
  GstFlowReturn ret = set_output (regroup, view, &rendered);

  if (ret != GST_FLOW_OK)
    return ret;
  if (rendered && view != GST_VOXEL_VIEW_R0)
    ret = gst_voxel_turn (regroup, picture, (VoxelDihedral) view, &out);
  else
    ret = gst_voxel_turn_none (regroup, picture, &out);
  if (ret != GST_FLOW_OK)
    return ret;
  mark_view (self, out, GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info), index, rendered);
  return gst_voxel_regroup_push (regroup, out);
}

static GstFlowReturn
gst_voxel_views_regroup (GstVoxelRegroup *regroup, GstBuffer *buffer)
{
  GstVoxelViews *self = GST_VOXEL_VIEWS (regroup);
  g_autoptr (GstBuffer) picture = buffer;
  GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (picture);
  GstFlowReturn ret = GST_FLOW_OK;

  if (tile && (tile->view_count > 1 || tile->view != GST_VOXEL_VIEW_R0)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("These pictures are views already (%s).", gst_voxel_view_to_name (tile->view)),
                       ("Leave one voxelviews out, or put voxelmerge between the two."));
    return GST_FLOW_ERROR;
  }
  for (guint i = 0; ret == GST_FLOW_OK && i < self->n_views; i++)
    ret = push_view (self, picture, i);
  return ret;
}

static void
gst_voxel_views_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelViews *self = GST_VOXEL_VIEWS (object);

  switch (id) {
  case PROP_VIEWS:
    g_free (self->text);
    self->text = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_views_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_VIEWS:
    g_value_set_string (value, GST_VOXEL_VIEWS (object)->text);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_views_finalize (GObject *object)
{
  g_free (GST_VOXEL_VIEWS (object)->text);
  G_OBJECT_CLASS (gst_voxel_views_parent_class)->finalize (object);
}

static void
gst_voxel_views_class_init (GstVoxelViewsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelRegroupClass *regroup_class = GST_VOXEL_REGROUP_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (voxel_views_debug, "voxelviews", 0, "Voxel view maker");
  object_class->set_property = gst_voxel_views_set_property;
  object_class->get_property = gst_voxel_views_get_property;
  object_class->finalize = gst_voxel_views_finalize;
  gst_voxel_view_list_install (object_class, PROP_VIEWS);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel view maker", "Filter/Effect/Video",
                                         "Shows each picture turned and mirrored, for voxelmerge to combine",
                                         "The gst-voxel authors");
  regroup_class->keeps_format = TRUE;
  regroup_class->prepare = gst_voxel_views_prepare;
  regroup_class->regroup = gst_voxel_views_regroup;
}

static void
gst_voxel_views_init (GstVoxelViews *self)
{
  self->text = g_strdup (GST_VOXEL_VIEW_LIST_DEFAULT);
}
