/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelaugment
 * @title: voxelaugment
 *
 * Changes every picture at random, and its label with it, so that a network learns from more than was scanned. In:
 * slices or tiles of intensities, GRAY8 or GRAY16_LE, best with a #GstVoxelLabelMeta. Out: as many, each a new
 * picture with a new label; a #GstVoxelAugmentMeta tells what was done. Label pixels are read from the nearest
 * pixel, so no other values come out than went in.
 *
 * `recipe` says what may be done. "origin" is the list of the Kaggle entry this plugin began with; a text such as
 * "gamma(p=.75, low=.8, high=1.2) flip-h(p=.5) noise" names transforms, what is not said being at its default; a file may
 * hold the same, with comments from # to the end of a line. Any property named after a transform, such as gamma-p,
 * goes before the recipe and brings the transform in if it was not there.
 *
 * What moves pixels (scale, rotate, grid-distortion, elastic, rot90, flip-h, flip-v) is done by a single
 * resampling, in this order; then intensities change, in the order of the recipe. Beyond the border pictures are
 * reflected; with `size` smaller than what comes, what lies around the result is taken instead. cutout hides
 * pixels of the image only. Pictures of neighbouring slices get the same numbers, but noise of their own.
 *
 * A sample depends on `seed` and on which picture of which epoch it is, on nothing else: not on `threads`, on what came before or on
 * which other transforms there are. A slice's mean and deviation, measured before, are dropped.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxeltile size=32 ! voxelaugment recipe="gamma rot90 flip-h noise" seed=1 \
 *   ! videoconvert ! video/x-raw,format=GRAY16_BE ! pngenc ! multifilesink location=sample-%04d.png
 * ]|
 */

#include "gstvoxelaugment.h"

#include "augment-crew.h"
#include "elements/stream/voxel.h"
#include "gstvoxelaugmentjob.h"
#include "gstvoxelaugmentsettings.h"
#include "gstvoxelplace.h"

GST_DEBUG_CATEGORY_STATIC (voxel_augment_debug);
#define GST_CAT_DEFAULT voxel_augment_debug

struct _GstVoxelAugment {
  GstVoxelRegroup parent;

  GstVoxelAugmentSettings settings;
  VoxelAugmentRecipe *recipe;
  GstVoxelAugmentFrame frame;
  VoxelAugmentCrew *crew;
};

G_DEFINE_TYPE (GstVoxelAugment, gst_voxel_augment, GST_TYPE_VOXEL_REGROUP)
GST_ELEMENT_REGISTER_DEFINE (voxelaugment, "voxelaugment", GST_RANK_NONE, GST_TYPE_VOXEL_AUGMENT)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static gboolean
gst_voxel_augment_prepare (GstVoxelRegroup *regroup)
{
  GstVoxelAugment *self = GST_VOXEL_AUGMENT (regroup);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->recipe, voxel_augment_recipe_free);
  self->recipe = gst_voxel_augment_settings_make_recipe (&self->settings, &error);
  if (!self->recipe) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("The recipe cannot be followed: %s.", error->message),
                       (NULL));
    return FALSE;
  }
  self->frame.element = GST_ELEMENT (self);
  self->frame.recipe = self->recipe;
  self->frame.seed = self->settings.seed;
  gst_video_info_init (&self->frame.in);
  return TRUE;
}

/* Waits for the first of those under way, and sends it on. */
static GstFlowReturn
push_first (GstVoxelAugment *self)
{
  GstVoxelAugmentJob *job = voxel_augment_crew_pop (self->crew);

  return gst_voxel_regroup_push (GST_VOXEL_REGROUP (self), gst_voxel_augment_job_finish (job));
}

static GstFlowReturn
drain (GstVoxelAugment *self)
{
  GstFlowReturn flow = GST_FLOW_OK;

  while (self->crew && flow == GST_FLOW_OK && voxel_augment_crew_get_length (self->crew) > 0)
    flow = push_first (self);
  return flow;
}

static void
gst_voxel_augment_reset (GstVoxelRegroup *regroup)
{
  GstVoxelAugment *self = GST_VOXEL_AUGMENT (regroup);

  while (self->crew && voxel_augment_crew_get_length (self->crew) > 0)
    gst_buffer_unref (gst_voxel_augment_job_finish (voxel_augment_crew_pop (self->crew)));
  g_clear_pointer (&self->crew, voxel_augment_crew_free);
  gst_voxel_pool_clear (&self->frame.pool);
  gst_voxel_pool_clear (&self->frame.label_pool);
}

static gboolean
check_size (GstVoxelAugment *self, guint width, guint height)
{
  const VoxelAugmentSetting *rot90 = voxel_augment_recipe_find (self->recipe, "rot90");

  if (MAX (width, height) > VOXEL_AUGMENT_LARGEST_SIDE) {
    GST_ELEMENT_ERROR (
        self, STREAM, FORMAT, ("Pictures of %ux%u pixels are too large to be augmented.", width, height),
        ("Cut tiles with voxeltile; sides may have up to %u pixels.", VOXEL_AUGMENT_LARGEST_SIDE));
    return FALSE;
  }
  if (self->settings.size > MIN (width, height)) {
    GST_ELEMENT_ERROR (
        self, STREAM, FORMAT,
        ("size=%u is more than pictures of %ux%u pixels have.", self->settings.size, width, height),
        ("Set a smaller size, or 0 to leave it, or cut larger tiles."));
    return FALSE;
  }
  if (self->settings.size == 0 && width != height && rot90 && rot90->values[0] > 0) {
    GST_ELEMENT_ERROR (
        self, STREAM, FORMAT,
        ("Pictures of %ux%u pixels cannot be turned by 90 degrees and stay as they are.", width, height),
        ("Set size=%u, or rot90-p=0, or cut square tiles with voxeltile.", MIN (width, height)));
    return FALSE;
  }
  return TRUE;
}

/* What goes on is settled when the first picture of a form comes, after all those before are gone. */
static GstFlowReturn
take_form (GstVoxelAugment *self, const GstVideoInfo *in)
{
  GstVoxelRegroup *regroup = GST_VOXEL_REGROUP (self);
  GstVoxelAugmentFrame *frame = &self->frame;
  guint width = GST_VIDEO_INFO_WIDTH (in), height = GST_VIDEO_INFO_HEIGHT (in), size = self->settings.size;
  GstFlowReturn flow = drain (self);

  if (flow != GST_FLOW_OK)
    return flow;
  if (!check_size (self, width, height))
    return GST_FLOW_ERROR;
  gst_video_info_set_format (&frame->label_in, GST_VIDEO_FORMAT_GRAY8, width, height);
  gst_video_info_set_format (&frame->label_out, GST_VIDEO_FORMAT_GRAY8, size ? size : width,
                             size ? size : height);
  flow = gst_voxel_regroup_set_output (regroup, GST_VIDEO_INFO_FORMAT (in), size ? size : width,
                                       size ? size : height);
  if (flow != GST_FLOW_OK)
    return flow;
  frame->in = *in;
  frame->out = *gst_voxel_regroup_get_output (regroup);
  return GST_FLOW_OK;
}

static gboolean
check_input (GstVoxelAugment *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), buffer);
  g_autofree gchar *place = NULL;

  if (!slice)
    return FALSE;
  if (slice->content == GST_VOXEL_CONTENT_INTENSITY)
    return TRUE;
  place = gst_voxel_place_describe_slice (buffer);
  GST_ELEMENT_ERROR (
      self, STREAM, WRONG_TYPE,
      ("Only images are augmented; these are %s.", gst_voxel_place_content_name (slice->content)),
      ("Seen first at %s. Masks come along as labels: voxelsrc labels=…", place));
  return FALSE;
}

static GstFlowReturn
gst_voxel_augment_regroup (GstVoxelRegroup *regroup, GstBuffer *buffer)
{
  GstVoxelAugment *self = GST_VOXEL_AUGMENT (regroup);
  const GstVideoInfo *in = gst_voxel_regroup_get_input (regroup), *out = &self->frame.out;
  g_autoptr (GstBuffer) input = buffer;
  GstVoxelAugmentJob *job;
  GstFlowReturn flow;

  if (!check_input (self, input))
    return GST_FLOW_ERROR;
  if (!gst_video_info_is_equal (in, &self->frame.in))
    flow = take_form (self, in);
  else /* Downstream may have asked for caps again. */
    flow = gst_voxel_regroup_set_output (regroup, GST_VIDEO_INFO_FORMAT (out), GST_VIDEO_INFO_WIDTH (out),
                                         GST_VIDEO_INFO_HEIGHT (out));
  if (flow == GST_FLOW_OK)
    flow = gst_voxel_augment_job_new (&self->frame, g_steal_pointer (&input), &job);
  if (flow != GST_FLOW_OK)
    return flow;
  if (!self->crew)
    self->crew = voxel_augment_crew_new (self->settings.threads, gst_voxel_augment_job_run);
  voxel_augment_crew_push (self->crew, job);
  return voxel_augment_crew_is_full (self->crew) ? push_first (self) : GST_FLOW_OK;
}

static gboolean
gst_voxel_augment_complete (GstVoxelRegroup *regroup, GstEventType boundary)
{
  GstFlowReturn flow = drain (GST_VOXEL_AUGMENT (regroup));

  if (flow < GST_FLOW_EOS && flow != GST_FLOW_FLUSHING)
    GST_ELEMENT_FLOW_ERROR (regroup, flow);
  return flow == GST_FLOW_OK || flow == GST_FLOW_EOS;
}

static void
gst_voxel_augment_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (!gst_voxel_augment_settings_set (&GST_VOXEL_AUGMENT (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_augment_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (!gst_voxel_augment_settings_get (&GST_VOXEL_AUGMENT (object)->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_voxel_augment_finalize (GObject *object)
{
  GstVoxelAugment *self = GST_VOXEL_AUGMENT (object);

  G_OBJECT_CLASS (gst_voxel_augment_parent_class)->finalize (object);
  gst_voxel_augment_settings_clear (&self->settings);
  g_clear_pointer (&self->recipe, voxel_augment_recipe_free);
}

static void
gst_voxel_augment_class_init (GstVoxelAugmentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelRegroupClass *regroup_class = GST_VOXEL_REGROUP_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (voxel_augment_debug, "voxelaugment", 0, "Voxel augmenter");
  object_class->set_property = gst_voxel_augment_set_property;
  object_class->get_property = gst_voxel_augment_get_property;
  object_class->finalize = gst_voxel_augment_finalize;
  gst_voxel_augment_settings_install (object_class);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel augmenter", "Filter/Effect/Video",
                                         "Changes pictures and their labels at random, for training",
                                         "The gst-voxel authors");
  regroup_class->keeps_format = TRUE;
  regroup_class->prepare = gst_voxel_augment_prepare;
  regroup_class->regroup = gst_voxel_augment_regroup;
  regroup_class->complete = gst_voxel_augment_complete;
  regroup_class->reset = gst_voxel_augment_reset;
}

static void
gst_voxel_augment_init (GstVoxelAugment *self)
{
  gst_voxel_augment_settings_init (&self->settings);
}
