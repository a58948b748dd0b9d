/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelmerge
 * @title: voxelmerge
 *
 * Turns the views of a picture back and combines them. In: what voxelviews made, usually scores behind a
 * network; the views of a picture come one after the other, in any order, rendered or only announced. Out:
 * one picture in the slice's orientation, with the same content, metas and timestamps; framerate 0/1.
 * Pictures with one view only are not combined.
 *
 * mode=mean-logit takes logits and gives the logits' mean, rounded to the nearest code. mode=mean takes
 * logits as the probabilities they stand for; of intensities and probabilities it is the plain mean. mode=max
 * takes anything. mode=union gives the highest code where any view's probability is above the threshold and 0
 * elsewhere; it takes logits, probabilities and masks.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelviews ! voxelmerge mode=mean ! videoconvert ! video/x-raw,format=GRAY16_BE \
 *   ! pngenc ! multifilesink location=merged-%03d.png
 * ]|
 */

#include "gstvoxelmerge.h"
#include "gstvoxelmergemode.h"
#include "gstvoxelpicture.h"
#include "gstvoxelplace.h"
#include "gstvoxelturn.h"
#include "view-merge.h"

#include <string.h>

GST_DEBUG_CATEGORY_STATIC (voxel_merge_debug);
#define GST_CAT_DEFAULT voxel_merge_debug

#define DEFAULT_THRESHOLD .5

enum {
  PROP_0,
  PROP_MODE,
  PROP_THRESHOLD,
};

struct _GstVoxelMerge {
  GstVoxelRegroup parent;

  GstVoxelMergeMode mode;
  gdouble threshold;

  VoxelViewMerge *merge;
  GstVideoFrame frames[VOXEL_VIEW_MERGE_MAX_VIEWS]; /* of the views that have come, in that order */
  GstBuffer *place; /* without pixels: where the picture belongs whose views are coming; NULL between two */
  guint32 seen;     /* bit i: view i of it has come */
  guint n_seen;
  const gchar *names[VOXEL_VIEW_MERGE_MAX_VIEWS]; /* of the views, as far as any picture had them */
};

G_DEFINE_TYPE (GstVoxelMerge, gst_voxel_merge, GST_TYPE_VOXEL_REGROUP)
GST_ELEMENT_REGISTER_DEFINE (voxelmerge, "voxelmerge", GST_RANK_NONE, GST_TYPE_VOXEL_MERGE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

/* A single view is only turned back. */
static gboolean
is_single (GstBuffer *buffer)
{
  return gst_buffer_get_voxel_tile_meta (buffer)->view_count == 1;
}

static gboolean
takes_probabilities (GstVoxelMerge *self, GstBuffer *buffer)
{
  return !is_single (buffer) && self->mode == GST_VOXEL_MERGE_MEAN &&
         gst_voxel_place_get_content (buffer) == GST_VOXEL_CONTENT_LOGIT;
}

static void
drop_views (GstVoxelMerge *self)
{
  for (; self->n_seen > 0; self->n_seen--)
    gst_video_frame_unmap (&self->frames[self->n_seen - 1]);
  self->seen = 0;
}

static gchar *
describe_view (GstVoxelMerge *self, GstBuffer *place, guint index)
{
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (place);
  g_autofree gchar *where = gst_voxel_place_describe_tile (place, tile->index);
  const gchar *name = self->names[index];

  return g_strdup_printf ("view %s%s%u of %u%s of %s", name ? name : "", name ? " (" : "", index + 1,
                          tile->view_count, name ? ")" : "", where);
}

static gboolean
check_finished (GstVoxelMerge *self)
{
  guint missing = 0;
  g_autofree gchar *what = NULL;

  if (!self->place)
    return TRUE;
  while (self->seen & (1u << missing))
    missing++;
  what = describe_view (self, self->place, missing);
  GST_ELEMENT_ERROR (self, STREAM, FAILED, ("The %s is missing.", what),
                     ("An element between voxelviews and voxelmerge dropped it."));
  return FALSE;
}

static gboolean
check_view (GstVoxelMerge *self, GstBuffer *view, const GstVideoInfo *info)
{
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (view);
  gboolean swap = tile->rendered && voxel_dihedral_swaps_sides ((VoxelDihedral) tile->view);
  guint width = swap ? tile->height : tile->width, height = swap ? tile->width : tile->height;
  GstVoxelContent content = gst_voxel_place_get_content (view);

  if (tile->view_count > VOXEL_VIEW_MERGE_MAX_VIEWS || tile->view_index >= tile->view_count ||
      (guint) tile->view >= GST_VOXEL_N_VIEWS) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("View %u of %u cannot be combined.", tile->view_index + 1, tile->view_count),
                       ("At most %d views of a picture are.", VOXEL_VIEW_MERGE_MAX_VIEWS));
    return FALSE;
  }
  self->names[tile->view_index] = gst_voxel_view_to_name (tile->view);
  if (GST_VIDEO_INFO_WIDTH (info) != (gint) width || GST_VIDEO_INFO_HEIGHT (info) != (gint) height) {
    g_autofree gchar *what = describe_view (self, view, tile->view_index);

    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("The %s has %dx%d pixels, not %ux%u.", what, GST_VIDEO_INFO_WIDTH (info),
                        GST_VIDEO_INFO_HEIGHT (info), width, height),
                       (NULL));
    return FALSE;
  }
  if (tile->view_count > 1 && !(gst_voxel_merge_mode_get_rule (self->mode)->contents & (1u << content))) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
                       ("This mode of voxelmerge does not take %s.", gst_voxel_place_content_name (content)),
                       ("%s", gst_voxel_merge_mode_get_rule (self->mode)->remedy));
    return FALSE;
  }
  return TRUE;
}

static void
begin_picture (GstVoxelMerge *self, GstBuffer *view, const GstVideoInfo *info)
{
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (view);
  guint pixel = GST_VIDEO_INFO_COMP_PSTRIDE (info, 0);
  VoxelViewMergeMode how =
      is_single (view) ? VOXEL_VIEW_MERGE_MEAN : gst_voxel_merge_mode_get_rule (self->mode)->how;
  guint threshold = gst_voxel_place_first_code_above (gst_voxel_place_get_content (view), self->threshold);

  if (self->merge && !voxel_view_merge_fits (self->merge, how, tile->width, tile->height, pixel))
    g_clear_pointer (&self->merge, voxel_view_merge_free);
  if (!self->merge)
    self->merge = voxel_view_merge_new (how, tile->width, tile->height, pixel);
  voxel_view_merge_begin (
      self->merge, takes_probabilities (self, view) ? gst_voxel_logit_probability_table () : NULL, threshold);
  self->place = gst_buffer_new ();
  gst_voxel_place_copy (self->place, view);
}

static GstFlowReturn
finish_picture (GstVoxelMerge *self)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  g_autoptr (GstBuffer) place = g_steal_pointer (&self->place);
  g_autoptr (GstBuffer) out = NULL;
  GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (place);
  GstVideoFrame frame;
  GstFlowReturn ret;

  ret = gst_voxel_regroup_set_output (regroup, GST_VIDEO_INFO_FORMAT (gst_voxel_regroup_get_input (regroup)),
                                      tile->width, tile->height);
  if (ret == GST_FLOW_OK)
    ret = gst_voxel_regroup_acquire (regroup, gst_voxel_regroup_get_output (regroup), &out);
  if (ret != GST_FLOW_OK)
    return ret;
  if (!gst_voxel_picture_map_new (GST_ELEMENT (self), gst_voxel_regroup_get_output (regroup), &frame, out))
    return GST_FLOW_ERROR;
  /* Before the place becomes that of a single view. */
  voxel_view_merge_finish (self->merge,
                           takes_probabilities (self, place) ? gst_voxel_merge_mode_get_logits () : NULL,
                           GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0));
  gst_video_frame_unmap (&frame);
  drop_views (self);
  tile->view = GST_VOXEL_VIEW_R0;
  tile->view_index = 0;
  tile->view_count = 1;
  tile->rendered = FALSE;
  gst_voxel_place_copy (out, place);
  return gst_voxel_regroup_push (regroup, g_steal_pointer (&out));
}

static GstFlowReturn
add_view (GstVoxelMerge *self, GstBuffer *view)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (view);
  VoxelDihedral undo =
      tile->rendered ? voxel_dihedral_inverse ((VoxelDihedral) tile->view) : VOXEL_DIHEDRAL_R0;
  GstVideoFrame *frame = &self->frames[self->n_seen];

  if (self->seen & (1u << tile->view_index)) {
    g_autofree gchar *what = describe_view (self, view, tile->view_index);

    GST_ELEMENT_ERROR (self, STREAM, FAILED, ("The %s came twice.", what), (NULL));
    return GST_FLOW_ERROR;
  }
  if (!gst_voxel_picture_map (GST_ELEMENT (self), gst_voxel_regroup_get_input (regroup), frame, view))
    return GST_FLOW_ERROR;
  voxel_view_merge_add (self->merge, GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                        GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0), undo);
  self->seen |= 1u << tile->view_index;
  self->n_seen++;
  return self->n_seen == tile->view_count ? finish_picture (self) : GST_FLOW_OK;
}

static GstFlowReturn
gst_voxel_merge_regroup (GstVoxelRegroup *regroup, GstBuffer *buffer)
{
  GstVoxelMerge *self = GST_VOXEL_MERGE (regroup);
  const GstVideoInfo *info = gst_voxel_regroup_get_input (regroup);
  g_autoptr (GstBuffer) view = buffer;
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (view);

  if (self->place && (!tile || !gst_voxel_place_same_tile (self->place, view)) && !check_finished (self))
    return GST_FLOW_ERROR;
  if (!tile || (tile->view_count <= 1 && tile->view == GST_VOXEL_VIEW_R0)) {
    GstBuffer *out = NULL;
    GstFlowReturn ret = gst_voxel_regroup_set_output (
        regroup, GST_VIDEO_INFO_FORMAT (info), GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info));

    if (ret == GST_FLOW_OK)
      ret = gst_voxel_turn_none (regroup, view, &out);
    return ret == GST_FLOW_OK ? gst_voxel_regroup_push (regroup, out) : ret;
  }
  if (!check_view (self, view, info))
    return GST_FLOW_ERROR;
  if (!self->place)
    begin_picture (self, view, info);
  return add_view (self, view);
}

static gboolean
gst_voxel_merge_complete (GstVoxelRegroup *regroup, GstEventType boundary)
{
  return check_finished (GST_VOXEL_MERGE (regroup));
}

static void
gst_voxel_merge_reset (GstVoxelRegroup *regroup)
{
  GstVoxelMerge *self = GST_VOXEL_MERGE (regroup);

  gst_clear_buffer (&self->place);
  drop_views (self);
  memset (self->names, 0, sizeof self->names);
  g_clear_pointer (&self->merge, voxel_view_merge_free);
}

static void
gst_voxel_merge_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelMerge *self = GST_VOXEL_MERGE (object);

  switch (id) {
  case PROP_MODE:
    self->mode = (GstVoxelMergeMode) g_value_get_enum (value);
    break;
  case PROP_THRESHOLD:
    self->threshold = g_value_get_double (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_voxel_merge_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelMerge *self = GST_VOXEL_MERGE (object);

  switch (id) {
  case PROP_MODE:
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
gst_voxel_merge_class_init (GstVoxelMergeClass *klass)
{
  const GParamFlags flags =
      (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelRegroupClass *regroup_class = GST_VOXEL_REGROUP_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (voxel_merge_debug, "voxelmerge", 0, "Voxel view merger");
  object_class->set_property = gst_voxel_merge_set_property;
  object_class->get_property = gst_voxel_merge_get_property;
  g_object_class_install_property (
      object_class, PROP_MODE,
      g_param_spec_enum ("mode", "Mode", "How the views of a picture are combined", GST_TYPE_VOXEL_MERGE_MODE,
                         GST_VOXEL_MERGE_MEAN_LOGIT, flags));
  g_object_class_install_property (
      object_class, PROP_THRESHOLD,
      g_param_spec_double ("threshold", "Threshold",
                           "For mode=union: the probability that a view must exceed to count", 0., 1.,
                           DEFAULT_THRESHOLD, flags));
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel view merger", "Filter/Effect/Video",
                                         "Turns the views that voxelviews made back and combines them",
                                         "The gst-voxel authors");
  regroup_class->keeps_format = TRUE;
  regroup_class->takes_tile_meta = TRUE;
  regroup_class->regroup = gst_voxel_merge_regroup;
  regroup_class->complete = gst_voxel_merge_complete;
  regroup_class->reset = gst_voxel_merge_reset;
}

static void
gst_voxel_merge_init (GstVoxelMerge *self)
{
  self->mode = GST_VOXEL_MERGE_MEAN_LOGIT;
  self->threshold = DEFAULT_THRESHOLD;
}
