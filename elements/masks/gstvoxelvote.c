/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelvote
 * @title: voxelvote
 * @short_description: one mask from those of several axes
 *
 * Takes masks, probabilities or logits of a volume's slices along one, two or three axes, one axis after the
 * other in any order, and sends the z slices of one mask when the volume is complete: at the end of the stream,
 * at the end of a segment seek or when a slice of another volume comes.
 *
 * Every axis has a vote where its mask is set or its probability is above #GstVoxelVote:threshold. With
 * mode=majority a voxel is set if at least half of the axes say so (one of two, two of three), with mode=union if
 * any does. With mode=mean the mean of the probabilities decides, or is sent with output=probability.
 *
 * An axis that the volume record promises but that does not come is an error, and so is a slice that is missing.
 * If z alone is promised its slices are sent as they come.
 *
 * With #GstVoxelVote:journal every slice's votes are appended to a file as they come, so that a run that was
 * killed can go on: the next one reads them first, then takes passes that begin where the file ends
 * (#GstVoxelReslice:skip) and counts axes that are wholly in it; slices that it has are ignored when they come
 * again. One slice at least must come. A file that is damaged, or of another volume, other settings or another
 * #GstVoxelVote:journal-run, is an error.
 *
 * Votes take two bits a voxel (one with mode=union; probabilities four bytes), in memory as far as
 * #GstVoxelHolder:memory-limit goes, beyond it in a nameless file in #GstVoxelHolder:scratch. Slice i has the time
 * i / framerate (25 slices a second where the caps say no framerate) in a segment that begins where the volume
 * before ended.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice ! voxelnormalize ! voxelinfer model=model.safetensors \
 *   ! voxelvote ! voxelrlesink location=vessels.csv
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelvote.h"
#include "gstvoxelvoteballots.h"
#include "gstvoxelvotecheck.h"
#include "gstvoxelvotejournal.h"

GST_DEBUG_CATEGORY (gst_voxel_vote_debug);
#define GST_CAT_DEFAULT gst_voxel_vote_debug

static const GstVoxelVoteSettings defaults = {VOXEL_VOTE_MAJORITY, .5, GST_VOXEL_VOTE_OUTPUT_MASK};

enum { PROP_0, PROP_MODE, PROP_THRESHOLD, PROP_OUTPUT, PROP_JOURNAL, PROP_JOURNAL_RUN };

/**
 * GstVoxelVote:
 *
 * Makes one mask from those of several axes.
 */
struct _GstVoxelVote {
  GstVoxelHolder holder;

  GstVoxelVoteSettings wanted;
  gchar *journal_path;
  gchar *journal_run;
  GstVoxelVoteSettings settings;

  /* the volume that is voted on; its record as it came last, and as it is sent */
  GstVoxelVolume *volume;
  GstVoxelVolume *record;
  GstCaps *like;
  VoxelVolumeStore *store;
  gboolean streams;
  guint axes; /* that came or are wholly in the journal */
  guint came;
  guint z_first;
  guint z_last;
  guint epoch;

  GstVoxelVoteBallots ballots;
  GstVoxelVoteJournal journal;
};

G_DEFINE_TYPE (GstVoxelVote, gst_voxel_vote, GST_TYPE_VOXEL_HOLDER)
GST_ELEMENT_REGISTER_DEFINE (voxelvote, "voxelvote", GST_RANK_NONE, GST_TYPE_VOXEL_VOTE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static GstVoxelHolderStream *
stream_of (GstVoxelVote *self)
{
  return gst_voxel_holder_get_stream (GST_VOXEL_HOLDER (self));
}

static void
gst_voxel_vote_drop (GstVoxelHolder *holder)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (holder);

  g_clear_pointer (&self->store, voxel_volume_store_free);
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  gst_clear_caps (&self->like);
  gst_voxel_vote_journal_drop (&self->journal);
  self->axes = 0;
  self->came = 0;
}

/* Sends what @ballots of @n_axes decide. */
static GstFlowReturn
send_result (GstVoxelVote *self, const VoxelVoteImage *ballots, guint n_axes, guint index, guint first,
             guint last)
{
  gboolean mask = self->settings.output == GST_VOXEL_VOTE_OUTPUT_MASK;
  GstVoxelSliceMeta *slice;
  GstBuffer *buffer = NULL;
  VoxelVoteImage image;
  GstVideoFrame frame;
  GstFlowReturn flow = gst_voxel_sender_acquire (&stream_of (self)->sender, &buffer, &frame);

  if (flow != GST_FLOW_OK)
    return flow;
  image = gst_voxel_vote_ballots_image (&frame);
  voxel_vote_count (self->settings.mode, ballots, n_axes, self->settings.threshold, &image);
  gst_video_frame_unmap (&frame);
  slice = gst_buffer_add_voxel_slice_meta (buffer, self->record, GST_VOXEL_AXIS_Z,
                                           mask ? GST_VOXEL_CONTENT_MASK : GST_VOXEL_CONTENT_PROBABILITY,
                                           index, first, last);
  slice->epoch = self->epoch;
  return gst_voxel_sender_push (&stream_of (self)->sender, buffer, index - first);
}

/* The z slices of @volume, of which @depth are known. */
static void
renew_record (GstVoxelVote *self, const GstVoxelVolume *volume, guint depth)
{
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  self->record = gst_voxel_volume_copy (volume);
  self->record->axes = 1u << GST_VOXEL_AXIS_Z;
  self->record->shape[0] = depth;
}

static gboolean
begin_result (GstVoxelVote *self, GstVoxelVolume *volume, guint depth, guint width, guint height)
{
  gboolean mask = self->settings.output == GST_VOXEL_VOTE_OUTPUT_MASK;

  renew_record (self, volume, depth);
  if (gst_voxel_sender_begin_pass (&stream_of (self)->sender, self->like,
                                   mask ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_GRAY16_LE, width, height))
    return TRUE;
  GST_ELEMENT_ERROR (self, RESOURCE, FAILED, ("No buffers for slices of %u x %u pixels.", width, height),
                     (NULL));
  return FALSE;
}

static GstFlowReturn
send_held (GstVoxelVote *self)
{
  guint depth = voxel_volume_store_get_depth (self->store), height = self->volume->shape[1],
        width = self->volume->shape[2];
  gboolean has_z = self->axes & 1u << GST_VOXEL_AXIS_Z;
  guint first = has_z ? self->z_first : 0, last = has_z ? MIN (self->z_last, depth - 1) : depth - 1;
  VoxelVoteImage ballots = gst_voxel_vote_ballots_get (&self->ballots, self->settings.mode, width, height);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;

  if (!begin_result (self, self->volume, depth, width, height))
    return GST_FLOW_ERROR;
  GST_INFO_OBJECT (self,
                   "volume \"%s\": slices %u to %u by %u axes, at most %" G_GUINT64_FORMAT
                   " bytes of memory, %" G_GUINT64_FORMAT " of scratch file",
                   self->volume->id, first, last, (guint) __builtin_popcount (self->axes),
                   voxel_volume_store_get_peak_memory (self->store),
                   voxel_volume_store_get_scratch_size (self->store));
  for (guint i = first; i <= last && flow == GST_FLOW_OK; i++) {
    if (!voxel_volume_store_get (self->store, GST_VOXEL_AXIS_Z, i, ballots.pixels, ballots.stride, &error))
      return gst_voxel_holder_fail (GST_ELEMENT (self), error);
    flow = send_result (self, &ballots, (guint) __builtin_popcount (self->axes), i, first, last);
    gst_voxel_holder_post_progress (GST_VOXEL_HOLDER (self), "vote", (guint64) (i - first) + 1,
                                    (guint64) (last - first) + 1);
  }
  gst_voxel_sender_end_pass (&stream_of (self)->sender);
  return flow;
}

/* A volume of which no more slices come. */
static GstFlowReturn
gst_voxel_vote_end (GstVoxelHolder *holder)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (holder);
  guint missing = self->volume ? self->volume->axes & ~self->axes : 0;
  GstFlowReturn flow;

  if (!self->volume)
    return GST_FLOW_OK;
  flow = gst_voxel_vote_journal_end (&self->journal, GST_ELEMENT (self), self->volume, self->came);
  if (flow != GST_FLOW_OK)
    return flow;
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++) {
    if (missing & 1u << axis)
      return gst_voxel_holder_refuse (GST_ELEMENT (self), GST_STREAM_ERROR_FAILED,
                                      "Axis %c of volume \"%s\" was promised, but no slice of it came.",
                                      gst_voxel_axis_to_letter (axis), self->volume->id);
  }
  if (self->streams)
    gst_voxel_sender_end_pass (&stream_of (self)->sender);
  else
    flow = send_held (self);
  gst_voxel_vote_drop (holder);
  return flow;
}

static GstFlowReturn
begin_volume (GstVoxelVote *self, const GstVoxelSliceMeta *slice)
{
  GstFlowReturn flow =
      gst_voxel_vote_journal_begin (&self->journal, GST_ELEMENT (self), slice->volume, &self->settings);

  self->epoch = slice->epoch;
  self->streams = slice->volume->axes == 1u << GST_VOXEL_AXIS_Z && slice->axis == GST_VOXEL_AXIS_Z;
  gst_caps_replace (&self->like, stream_of (self)->caps);
  if (self->streams || flow != GST_FLOW_OK)
    return flow;
  if (slice->volume->shape[0] == 0 && slice->axis != GST_VOXEL_AXIS_Z)
    return gst_voxel_holder_refuse (GST_ELEMENT (self), GST_STREAM_ERROR_FORMAT,
                                    "Slices of axis %c come before the depth of volume \"%s\" is known.",
                                    gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  self->store = gst_voxel_holder_new_store (GST_VOXEL_HOLDER (self), slice->volume->shape,
                                            voxel_vote_sum_bits (self->settings.mode), VOXEL_VOLUME_STORE_ADD,
                                            gst_voxel_holder_get_memory_limit (GST_VOXEL_HOLDER (self)));
  return self->store ? GST_FLOW_OK : GST_FLOW_ERROR;
}

static GstFlowReturn
count_ballots (GstVoxelVote *self, GstVoxelAxis axis, guint index, guint last, const VoxelVoteImage *ballots)
{
  g_autoptr (GError) error = NULL;

  if (self->streams)
    return send_result (self, ballots, 1, index, self->z_first, last);
  if (voxel_volume_store_put (self->store, axis, index, ballots->pixels, ballots->stride, &error))
    return GST_FLOW_OK;
  return gst_voxel_holder_fail (GST_ELEMENT (self), error);
}

/* What earlier runs have voted, as if it came now. */
static GstFlowReturn
replay (GstVoxelVote *self, const GstVoxelSliceMeta *slice)
{
  GstFlowReturn flow = GST_FLOW_OK;
  VoxelVoteRecord record;
  guint axes;

  self->z_first = slice->first;
  while (flow == GST_FLOW_OK &&
         gst_voxel_vote_journal_read (&self->journal, GST_ELEMENT (self), &record, &flow)) {
    VoxelVoteImage ballots =
        gst_voxel_vote_ballots_get (&self->ballots, self->settings.mode, record.width, record.height);

    voxel_vote_journal_get_ballots (self->journal.journal, &ballots);
    if (self->journal.there == 1)
      self->z_first = record.index;
    flow = count_ballots (self, record.axis, record.index, slice->last, &ballots);
  }
  axes = gst_voxel_vote_journal_whole_axes (&self->journal, slice->volume);
  self->axes |= axes;
  if (axes & 1u << GST_VOXEL_AXIS_Z) {
    self->z_first = 0;
    self->z_last = slice->volume->shape[0] - 1;
  }
  return flow;
}

static GstFlowReturn
begin_axis (GstVoxelVote *self, const GstVoxelSliceMeta *slice)
{
  gboolean z = slice->axis == GST_VOXEL_AXIS_Z;
  GstFlowReturn flow;
  guint first;

  if (self->came & 1u << slice->axis)
    return gst_voxel_holder_refuse (GST_ELEMENT (self), GST_STREAM_ERROR_FAILED,
                                    "Axis %c of volume \"%s\" came twice.",
                                    gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  flow = gst_voxel_vote_journal_join (&self->journal, GST_ELEMENT (self), slice, &first);
  if (flow != GST_FLOW_OK)
    return flow;
  self->came |= 1u << slice->axis;
  self->axes |= 1u << slice->axis;
  if (z) {
    self->z_first = first;
    self->z_last = slice->last;
  }
  if (z)
    gst_caps_replace (&self->like, stream_of (self)->caps);
  return gst_voxel_vote_check_cover (GST_ELEMENT (self), slice, first, self->axes, self->z_first,
                                     self->z_last);
}

static GstFlowReturn
begin_pass (GstVoxelVote *self, const GstVoxelSliceMeta *slice, gboolean new_volume)
{
  GstFlowReturn flow = new_volume ? gst_voxel_vote_end (GST_VOXEL_HOLDER (self)) : GST_FLOW_OK;

  if (flow == GST_FLOW_OK && new_volume)
    flow = begin_volume (self, slice);
  if (flow == GST_FLOW_OK)
    flow = gst_voxel_vote_check_size (GST_ELEMENT (self), slice, &stream_of (self)->info);
  if (flow == GST_FLOW_OK && self->streams &&
      !begin_result (self, slice->volume, slice->volume->shape[0], (guint) stream_of (self)->info.width,
                     (guint) stream_of (self)->info.height))
    flow = GST_FLOW_ERROR;
  if (flow == GST_FLOW_OK && new_volume)
    flow = replay (self, slice);
  return flow == GST_FLOW_OK ? begin_axis (self, slice) : flow;
}

static GstFlowReturn
take_slice (GstVoxelVote *self, GstBuffer *buffer, GstVoxelPassStep step)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  GstFlowReturn flow = GST_FLOW_OK;
  VoxelVoteImage ballots;

  if (!gst_voxel_vote_check_kind (GST_ELEMENT (self), buffer, &stream_of (self)->info))
    return GST_FLOW_ERROR;
  if (step != GST_VOXEL_PASS_NEXT)
    flow = begin_pass (self, slice, step == GST_VOXEL_PASS_NEW_VOLUME);
  if (flow != GST_FLOW_OK)
    return flow;
  if (self->volume != slice->volume) {
    g_clear_pointer (&self->volume, gst_voxel_volume_unref);
    self->volume = gst_voxel_volume_ref (slice->volume);
    if (self->streams)
      renew_record (self, slice->volume, slice->volume->shape[0]);
  }
  GST_LOG_OBJECT (self, "slice %u of axis %c", slice->index, gst_voxel_axis_to_letter (slice->axis));
  if (gst_voxel_vote_journal_has (&self->journal, slice->axis, slice->index))
    return GST_FLOW_OK;
  if (!gst_voxel_vote_ballots_cast (&self->ballots, &self->settings, buffer, &stream_of (self)->info,
                                    &ballots))
    return gst_voxel_holder_refuse (GST_ELEMENT (self), GST_STREAM_ERROR_FAILED,
                                    "Slice %u of axis %c of volume \"%s\" is shorter than its caps say.",
                                    slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  flow = gst_voxel_vote_journal_keep (&self->journal, GST_ELEMENT (self), slice, &ballots);
  if (flow != GST_FLOW_OK)
    return flow;
  return count_ballots (self, slice->axis, slice->index, slice->last, &ballots);
}

static GstFlowReturn
gst_voxel_vote_slice (GstVoxelHolder *holder, GstBuffer *buffer, GstVoxelPassStep step)
{
  GstFlowReturn flow = take_slice (GST_VOXEL_VOTE (holder), buffer, step);

  gst_buffer_unref (buffer);
  return flow;
}

static gboolean
gst_voxel_vote_start (GstVoxelHolder *holder, GError **error)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (holder);

  GST_OBJECT_LOCK (self);
  self->settings = self->wanted;
  gst_voxel_vote_journal_start (&self->journal, self->journal_path, self->journal_run);
  GST_OBJECT_UNLOCK (self);
  return gst_voxel_vote_settings_check (&self->settings, error);
}

static void
gst_voxel_vote_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_MODE:
    self->wanted.mode = g_value_get_enum (value);
    break;
  case PROP_THRESHOLD:
    self->wanted.threshold = g_value_get_double (value);
    break;
  case PROP_OUTPUT:
    self->wanted.output = g_value_get_enum (value);
    break;
  case PROP_JOURNAL:
    g_free (self->journal_path);
    self->journal_path = g_value_dup_string (value);
    break;
  case PROP_JOURNAL_RUN:
    g_free (self->journal_run);
    self->journal_run = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_vote_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (object);

  GST_OBJECT_LOCK (self);
  switch (id) {
  case PROP_MODE:
    g_value_set_enum (value, self->wanted.mode);
    break;
  case PROP_THRESHOLD:
    g_value_set_double (value, self->wanted.threshold);
    break;
  case PROP_OUTPUT:
    g_value_set_enum (value, self->wanted.output);
    break;
  case PROP_JOURNAL:
    g_value_set_string (value, self->journal_path);
    break;
  case PROP_JOURNAL_RUN:
    g_value_set_string (value, self->journal_run);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_voxel_vote_finalize (GObject *object)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (object);

  gst_voxel_vote_ballots_clear (&self->ballots);
  gst_voxel_vote_journal_start (&self->journal, NULL, NULL);
  g_free (self->journal_path);
  g_free (self->journal_run);
  G_OBJECT_CLASS (gst_voxel_vote_parent_class)->finalize (object);
}

static void
gst_voxel_vote_class_init (GstVoxelVoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVoxelHolderClass *holder_class = GST_VOXEL_HOLDER_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_vote_debug, "voxelvote", 0, "one mask from those of several axes");
  object_class->set_property = gst_voxel_vote_set_property;
  object_class->get_property = gst_voxel_vote_get_property;
  object_class->finalize = gst_voxel_vote_finalize;
  holder_class->start = gst_voxel_vote_start;
  holder_class->slice = gst_voxel_vote_slice;
  holder_class->end = gst_voxel_vote_end;
  holder_class->drop = gst_voxel_vote_drop;

  g_object_class_install_property (object_class, PROP_MODE,
                                   g_param_spec_enum ("mode", "Mode", "How the axes decide on a voxel",
                                                      gst_voxel_vote_mode_get_type (), defaults.mode, flags));
  g_object_class_install_property (
      object_class, PROP_THRESHOLD,
      g_param_spec_double ("threshold", "Threshold",
                           "Probability above which an axis votes for a voxel, or, with "
                           "mode=mean, above which the mean sets it; masks vote as they are",
                           0., 1., defaults.threshold, flags));
  g_object_class_install_property (
      object_class, PROP_OUTPUT,
      g_param_spec_enum ("output", "Output", "What is sent; probability needs mode=mean",
                         gst_voxel_vote_output_get_type (), defaults.output, flags));
  g_object_class_install_property (
      object_class, PROP_JOURNAL,
      g_param_spec_string ("journal", "Journal",
                           "File that keeps votes as they come, and from which a run goes on where one was "
                           "killed; beside it lies a file with .commit behind its name",
                           NULL, flags));
  g_object_class_install_property (
      object_class, PROP_JOURNAL_RUN,
      g_param_spec_string ("journal-run", "Journal's run",
                           "Any text that differs where votes may; a journal of another run is refused", NULL,
                           flags));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Voxel axis voter", "Filter/Video",
                                         "Makes one mask from those of several axes",
                                         "The gst-voxel authors");
  gst_type_mark_as_plugin_api (gst_voxel_vote_mode_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_voxel_vote_output_get_type (), 0);
}

static void
gst_voxel_vote_init (GstVoxelVote *self)
{
  self->wanted = defaults;
}
