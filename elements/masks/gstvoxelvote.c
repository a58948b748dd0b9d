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
 * Votes take a byte a voxel (probabilities four), in memory as far as #GstVoxelVote:memory-limit goes, beyond it
 * in a nameless file in #GstVoxelVote:scratch. Slice i has the time i / framerate (25 slices a second where the
 * caps say no framerate) in a segment that begins where the volume before ended.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 voxelsrc location=slices ! voxelreslice ! voxelnormalize ! voxelinfer model=model.safetensors ! voxelvote ! voxelrlesink location=vessels.csv
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelvote.h"
#include "gstvoxelvotesettings.h"
#include "elements/tiles/gstvoxelplace.h"
#include "elements/volume/gstvoxelholder.h"
#include "elements/volume/volume-store.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_vote_debug);
#define GST_CAT_DEFAULT gst_voxel_vote_debug

#define DEFAULT_MEMORY_LIMIT (G_GUINT64_CONSTANT (4) << 30)
/* Masks are 0 or 255, whoever made them. */
#define MASK_SET 128

static const GstVoxelVoteSettings defaults = {VOXEL_VOTE_MAJORITY, .5, GST_VOXEL_VOTE_OUTPUT_MASK};

enum { PROP_0, PROP_MODE, PROP_THRESHOLD, PROP_OUTPUT, PROP_MEMORY_LIMIT, PROP_SCRATCH, N_PROPERTIES };

static GParamSpec *properties[N_PROPERTIES];

struct _GstVoxelVote {
  GstElement element;
  GstPad *sinkpad;

  GstVoxelVoteSettings wanted;
  guint64 memory_limit;
  gchar *scratch;

  GstVoxelVoteSettings settings;
  GstCaps *caps;
  GstVideoInfo info;
  GstFlowReturn flow;
  GstVoxelHolder holder;
  GstVoxelProgress progress;

  /* the volume that is voted on; its record as it came last */
  GstVoxelPass pass;
  GstVoxelVolume *volume;
  GstVoxelVolume *record;
  GstCaps *like;
  VoxelVolumeStore *store;
  gboolean streams;
  guint axes;
  guint z_first;
  guint z_last;
  guint epoch;

  /* one slice of ballots, and what probability a pixel of some content means */
  guint8 *ballots;
  gsize ballots_size;
  guint16 *probabilities;
  GstVoxelContent probabilities_of;
};

G_DEFINE_TYPE (GstVoxelVote, gst_voxel_vote, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (voxelvote, "voxelvote", GST_RANK_NONE, GST_TYPE_VOXEL_VOTE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static void
drop_volume (GstVoxelVote *self)
{
  g_clear_pointer (&self->store, voxel_volume_store_free);
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  gst_clear_caps (&self->like);
  self->axes = 0;
}

static void
reset (GstVoxelVote *self)
{
  drop_volume (self);
  gst_voxel_pass_reset (&self->pass);
  gst_voxel_holder_reset (&self->holder);
  self->flow = GST_FLOW_OK;
}

static guint
count_bits (guint axes)
{
  return (axes & 1) + (axes >> 1 & 1) + (axes >> 2 & 1);
}

static GstFlowReturn refuse (GstVoxelVote *self, gint code, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

static GstFlowReturn
refuse (GstVoxelVote *self, gint code, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  gst_element_message_full (GST_ELEMENT (self), GST_MESSAGE_ERROR, GST_STREAM_ERROR, code,
                            g_steal_pointer (&text), NULL, __FILE__, GST_FUNCTION, __LINE__);
  return GST_FLOW_ERROR;
}

static GstFlowReturn
fail (GstVoxelVote *self, const GError *error)
{
  gst_voxel_holder_post_error (GST_ELEMENT (self), error);
  return GST_FLOW_ERROR;
}

static VoxelVoteImage
image_of (const GstVideoFrame *frame)
{
  return (VoxelVoteImage){GST_VIDEO_FRAME_PLANE_DATA (frame, 0),
                          (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0),
                          (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0),
                          (guint) GST_VIDEO_FRAME_WIDTH (frame), (guint) GST_VIDEO_FRAME_HEIGHT (frame)};
}

static VoxelVoteImage
ballots_for (GstVoxelVote *self, guint width, guint height)
{
  guint bytes = voxel_vote_ballot_bytes (self->settings.mode);
  gsize size = (gsize) width * height * bytes;

  if (self->ballots_size < size) {
    g_free (self->ballots);
    self->ballots = g_malloc (size);
    self->ballots_size = size;
  }
  return (VoxelVoteImage){self->ballots, (gsize) width * bytes, bytes, width, height};
}

static const guint16 *
probabilities_of (GstVoxelVote *self, GstVoxelContent content)
{
  if (content == GST_VOXEL_CONTENT_LOGIT)
    return gst_voxel_logit_probability_table ();
  if (!self->probabilities || self->probabilities_of != content) {
    if (!self->probabilities)
      self->probabilities = g_new (guint16, VOXEL_VOTE_CODES);
    for (guint v = 0; v < VOXEL_VOTE_CODES; v++)
      self->probabilities[v] = content == GST_VOXEL_CONTENT_PROBABILITY ? v
                               : v >= MASK_SET                          ? VOXEL_VOTE_ONE
                                                                        : 0;
    self->probabilities_of = content;
  }
  return self->probabilities;
}

/* The votes of one slice. */
static gboolean
cast_votes (GstVoxelVote *self, GstBuffer *buffer, const GstVoxelSliceMeta *slice, VoxelVoteImage *ballots)
{
  guint first_set = slice->content == GST_VOXEL_CONTENT_MASK
                        ? MASK_SET
                        : gst_voxel_place_first_code_above (slice->content, self->settings.threshold);
  VoxelVoteImage image;
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ)) {
    refuse (self, GST_STREAM_ERROR_FAILED,
            "Slice %u of axis %c of volume \"%s\" is shorter than its caps say.", slice->index,
            gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
    return FALSE;
  }
  image = image_of (&frame);
  *ballots = ballots_for (self, image.width, image.height);
  voxel_vote_cast (self->settings.mode, &image, first_set,
                   self->settings.mode == VOXEL_VOTE_MEAN ? probabilities_of (self, slice->content) : NULL,
                   ballots);
  gst_video_frame_unmap (&frame);
  return TRUE;
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
  GstFlowReturn flow = gst_voxel_holder_acquire (&self->holder, &buffer, &frame);

  if (flow != GST_FLOW_OK)
    return flow;
  image = image_of (&frame);
  voxel_vote_count (self->settings.mode, ballots, n_axes, self->settings.threshold, &image);
  gst_video_frame_unmap (&frame);
  slice = gst_buffer_add_voxel_slice_meta (buffer, self->record, GST_VOXEL_AXIS_Z,
                                           mask ? GST_VOXEL_CONTENT_MASK : GST_VOXEL_CONTENT_PROBABILITY,
                                           index, first, last);
  slice->epoch = self->epoch;
  return gst_voxel_holder_push (&self->holder, buffer, index - first);
}

static gboolean
begin_result (GstVoxelVote *self, GstVoxelVolume *volume, guint depth, guint width, guint height)
{
  gboolean mask = self->settings.output == GST_VOXEL_VOTE_OUTPUT_MASK;

  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  self->record = gst_voxel_volume_copy (volume);
  self->record->axes = 1u << GST_VOXEL_AXIS_Z;
  self->record->shape[0] = depth;
  if (gst_voxel_holder_begin_pass (&self->holder, self->like,
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
  VoxelVoteImage ballots = ballots_for (self, width, height);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;

  if (!begin_result (self, self->volume, depth, width, height))
    return GST_FLOW_ERROR;
  GST_INFO_OBJECT (self,
                   "volume \"%s\": slices %u to %u by %u axes, at most %" G_GUINT64_FORMAT
                   " bytes of memory, %" G_GUINT64_FORMAT " of scratch file",
                   self->volume->id, first, last, count_bits (self->axes),
                   voxel_volume_store_get_peak_memory (self->store),
                   voxel_volume_store_get_scratch_size (self->store));
  for (guint i = first; i <= last && flow == GST_FLOW_OK; i++) {
    if (!voxel_volume_store_get (self->store, GST_VOXEL_AXIS_Z, i, ballots.pixels, ballots.stride, &error))
      return fail (self, error);
    flow = send_result (self, &ballots, count_bits (self->axes), i, first, last);
    gst_voxel_progress_post (GST_ELEMENT (self), &self->progress, "vote", (guint64) (i - first) + 1,
                             (guint64) (last - first) + 1);
  }
  gst_voxel_holder_end_pass (&self->holder);
  return flow;
}

/* A volume of which no more slices come. */
static GstFlowReturn
end_volume (GstVoxelVote *self)
{
  guint missing = self->volume ? self->volume->axes & ~self->axes : 0;
  GstFlowReturn flow = GST_FLOW_OK;

  if (!self->volume)
    return GST_FLOW_OK;
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++) {
    if (missing & 1u << axis)
      return refuse (self, GST_STREAM_ERROR_FAILED,
                     "Axis %c of volume \"%s\" was promised, but no slice of it came.",
                     gst_voxel_axis_to_letter (axis), self->volume->id);
  }
  if (self->streams)
    gst_voxel_holder_end_pass (&self->holder);
  else
    flow = send_held (self);
  drop_volume (self);
  return flow;
}

static GstFlowReturn
begin_volume (GstVoxelVote *self, const GstVoxelSliceMeta *slice)
{
  g_autofree gchar *scratch = NULL;
  g_autoptr (GError) error = NULL;
  guint64 limit;

  self->epoch = slice->epoch;
  self->streams = slice->volume->axes == 1u << GST_VOXEL_AXIS_Z && slice->axis == GST_VOXEL_AXIS_Z;
  if (self->streams)
    return GST_FLOW_OK;
  if (slice->volume->shape[0] == 0 && slice->axis != GST_VOXEL_AXIS_Z)
    return refuse (self, GST_STREAM_ERROR_FORMAT,
                   "Slices of axis %c come before the depth of volume \"%s\" is known.",
                   gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  GST_OBJECT_LOCK (self);
  limit = self->memory_limit;
  scratch = g_strdup (self->scratch ? self->scratch : g_get_tmp_dir ());
  GST_OBJECT_UNLOCK (self);
  self->store = voxel_volume_store_new (slice->volume->shape, voxel_vote_ballot_bytes (self->settings.mode),
                                        VOXEL_VOLUME_STORE_ADD, limit, scratch, &error);
  return self->store ? GST_FLOW_OK : fail (self, error);
}

/* Where one axis is all there is, a part of it will do; several must cover the same voxels. */
static GstFlowReturn
begin_axis (GstVoxelVote *self, const GstVoxelSliceMeta *slice)
{
  gchar letter = gst_voxel_axis_to_letter (slice->axis);
  gboolean z = slice->axis == GST_VOXEL_AXIS_Z;
  guint count, height, width;

  gst_voxel_volume_get_plane (slice->volume, slice->axis, &count, &height, &width);
  if ((height > 0 && height != (guint) self->info.height) || (width > 0 && width != (guint) self->info.width))
    return refuse (self, GST_STREAM_ERROR_FORMAT,
                   "Slices of axis %c of volume \"%s\" have %d x %d pixels, not %u x %u.", letter,
                   slice->volume->id, self->info.width, self->info.height, width, height);
  if (self->axes & 1u << slice->axis)
    return refuse (self, GST_STREAM_ERROR_FAILED, "Axis %c of volume \"%s\" came twice.", letter,
                   slice->volume->id);
  self->axes |= 1u << slice->axis;
  if (z) {
    self->z_first = slice->first;
    self->z_last = slice->last;
  }
  if (z || !self->like)
    gst_caps_replace (&self->like, self->caps);
  if (self->axes == 1u << GST_VOXEL_AXIS_Z || count == 0)
    return GST_FLOW_OK;
  if (slice->first > 0 || (slice->last != GST_VOXEL_INDEX_UNKNOWN && slice->last != count - 1))
    return refuse (
        self, GST_STREAM_ERROR_FAILED,
        "Axis %c of volume \"%s\" has slices %u to %u only, of %u: a vote needs all of each axis; put "
        "voxelreslice behind what chooses the part.",
        letter, slice->volume->id, slice->first, slice->last, count);
  if (self->axes & 1u << GST_VOXEL_AXIS_Z &&
      (self->z_first > 0 ||
       (self->z_last != GST_VOXEL_INDEX_UNKNOWN && self->z_last != slice->volume->shape[0] - 1)))
    return refuse (
        self, GST_STREAM_ERROR_FAILED,
        "Axis z of volume \"%s\" has slices %u to %u only, axis %c has all: a vote needs all of each axis.",
        slice->volume->id, self->z_first, self->z_last, letter);
  return GST_FLOW_OK;
}

static gboolean
check_kind (GstVoxelVote *self, GstBuffer *buffer, const GstVoxelSliceMeta *slice)
{
  guint depth = (guint) GST_VIDEO_INFO_COMP_DEPTH (&self->info, 0);

  if (slice->content == GST_VOXEL_CONTENT_INTENSITY)
    refuse (self, GST_STREAM_ERROR_WRONG_TYPE,
            "voxelvote takes masks, probabilities or logits, not intensities: put voxelinfer before it.");
  else if (depth != (slice->content == GST_VOXEL_CONTENT_MASK ? 8 : 16))
    refuse (self, GST_STREAM_ERROR_WRONG_TYPE,
            "voxelvote takes masks of 8 bits and scores of 16, these have %u.", depth);
  else if (gst_buffer_get_voxel_tile_meta (buffer))
    refuse (self, GST_STREAM_ERROR_WRONG_TYPE,
            "voxelvote takes whole slices, not tiles: put voxelstitch before it.");
  else
    return TRUE;
  return FALSE;
}

static GstFlowReturn
begin_pass (GstVoxelVote *self, const GstVoxelSliceMeta *slice, gboolean new_volume)
{
  GstFlowReturn flow = GST_FLOW_OK;

  if (new_volume) {
    flow = end_volume (self);
    if (flow == GST_FLOW_OK)
      flow = begin_volume (self, slice);
  }
  if (flow == GST_FLOW_OK)
    flow = begin_axis (self, slice);
  if (flow == GST_FLOW_OK && self->streams &&
      !begin_result (self, slice->volume, slice->volume->shape[0], (guint) self->info.width,
                     (guint) self->info.height))
    flow = GST_FLOW_ERROR;
  return flow;
}

static GstFlowReturn
take_slice (GstVoxelVote *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), buffer);
  GstFlowReturn flow = GST_FLOW_OK;
  g_autoptr (GError) error = NULL;
  VoxelVoteImage ballots;
  GstVoxelPassStep step;

  if (!slice || !check_kind (self, buffer, slice))
    return GST_FLOW_ERROR;
  step = gst_voxel_pass_advance (&self->pass, slice, &error);
  if (step == GST_VOXEL_PASS_BROKEN)
    return fail (self, error);
  if (step == GST_VOXEL_PASS_SAME)
    return refuse (self, GST_STREAM_ERROR_FAILED, "Slice %u of axis %c of volume \"%s\" came twice.",
                   slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  if (step != GST_VOXEL_PASS_NEXT)
    flow = begin_pass (self, slice, step == GST_VOXEL_PASS_NEW_VOLUME);
  if (flow != GST_FLOW_OK)
    return flow;
  if (self->volume != slice->volume) {
    g_clear_pointer (&self->volume, gst_voxel_volume_unref);
    self->volume = gst_voxel_volume_ref (slice->volume);
  }
  if (!cast_votes (self, buffer, slice, &ballots))
    return GST_FLOW_ERROR;
  if (self->streams)
    return send_result (self, &ballots, 1, slice->index, slice->first, slice->last);
  if (!voxel_volume_store_put (self->store, slice->axis, slice->index, ballots.pixels, ballots.stride,
                               &error))
    return fail (self, error);
  return GST_FLOW_OK;
}

static GstFlowReturn
gst_voxel_vote_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (parent);

  if (self->flow == GST_FLOW_OK)
    self->flow = take_slice (self, buffer);
  gst_buffer_unref (buffer);
  if (self->flow != GST_FLOW_OK)
    drop_volume (self);
  return self->flow;
}

/* Returns whether the stream came this far unharmed, so that its end may be told. */
static gboolean
finish (GstVoxelVote *self)
{
  g_autoptr (GError) error = NULL;

  if (self->flow == GST_FLOW_OK) {
    if (gst_voxel_pass_finish (&self->pass, &error))
      self->flow = end_volume (self);
    else
      self->flow = fail (self, error);
    if (!error && self->flow != GST_FLOW_OK && self->flow != GST_FLOW_FLUSHING && self->flow != GST_FLOW_EOS)
      GST_ELEMENT_FLOW_ERROR (self, self->flow);
  }
  drop_volume (self);
  gst_voxel_pass_reset (&self->pass);
  return self->flow == GST_FLOW_OK || self->flow == GST_FLOW_EOS;
}

static gboolean
take_caps (GstVoxelVote *self, GstEvent *event)
{
  GstCaps *caps;
  gboolean ok;

  gst_event_parse_caps (event, &caps);
  ok = gst_video_info_from_caps (&self->info, caps);
  if (ok)
    gst_caps_replace (&self->caps, caps);
  gst_event_unref (event);
  return ok;
}

static gboolean
gst_voxel_vote_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (parent);

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    return take_caps (self, event);
  case GST_EVENT_SEGMENT:
    self->holder.seqnum = gst_event_get_seqnum (event);
    gst_event_unref (event);
    return TRUE;
  case GST_EVENT_GAP:
    /* Its time is not that of what comes out. */
    gst_event_unref (event);
    return TRUE;
  case GST_EVENT_FLUSH_STOP:
    reset (self);
    break;
  case GST_EVENT_EOS:
  case GST_EVENT_SEGMENT_DONE:
    if (!finish (self)) {
      gst_event_unref (event);
      return FALSE;
    }
    break;
  default:
    break;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* Votes are copied out of any buffer, so upstream need not know what downstream wants. */
static gboolean
gst_voxel_vote_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static gboolean
start (GstVoxelVote *self)
{
  g_autoptr (GError) error = NULL;

  GST_OBJECT_LOCK (self);
  self->settings = self->wanted;
  GST_OBJECT_UNLOCK (self);
  if (gst_voxel_vote_settings_check (&self->settings, &error))
    return TRUE;
  GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
  return FALSE;
}

static GstStateChangeReturn
gst_voxel_vote_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelVote *self = GST_VOXEL_VOTE (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  result = GST_ELEMENT_CLASS (gst_voxel_vote_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    reset (self);
    gst_clear_caps (&self->caps);
    g_clear_pointer (&self->ballots, g_free);
    self->ballots_size = 0;
  }
  return result;
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
  case PROP_MEMORY_LIMIT:
    self->memory_limit = g_value_get_uint64 (value);
    break;
  case PROP_SCRATCH:
    g_free (self->scratch);
    self->scratch = g_value_dup_string (value);
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
  case PROP_MEMORY_LIMIT:
    g_value_set_uint64 (value, self->memory_limit);
    break;
  case PROP_SCRATCH:
    g_value_set_string (value, self->scratch);
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

  reset (self);
  gst_clear_caps (&self->caps);
  g_free (self->ballots);
  g_free (self->probabilities);
  g_free (self->scratch);
  G_OBJECT_CLASS (gst_voxel_vote_parent_class)->finalize (object);
}

static void
gst_voxel_vote_class_init (GstVoxelVoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_vote_debug, "voxelvote", 0, "one mask from those of several axes");
  object_class->set_property = gst_voxel_vote_set_property;
  object_class->get_property = gst_voxel_vote_get_property;
  object_class->finalize = gst_voxel_vote_finalize;
  element_class->change_state = gst_voxel_vote_change_state;

  properties[PROP_MODE] = g_param_spec_enum ("mode", "Mode", "How the axes decide on a voxel",
                                             gst_voxel_vote_mode_get_type (), defaults.mode, flags);
  properties[PROP_THRESHOLD] =
      g_param_spec_double ("threshold", "Threshold",
                           "Probability above which an axis votes for a voxel, or, with "
                           "mode=mean, above which the mean sets it; masks vote as they are",
                           0., 1., defaults.threshold, flags);
  properties[PROP_OUTPUT] =
      g_param_spec_enum ("output", "Output", "What is sent; probability needs mode=mean",
                         gst_voxel_vote_output_get_type (), defaults.output, flags);
  properties[PROP_MEMORY_LIMIT] =
      g_param_spec_uint64 ("memory-limit", "Memory limit",
                           "Bytes of memory for the votes; what does not fit goes to "
                           "the scratch file (never less than one brick of 64 cubed and one slice is taken)",
                           0, G_MAXUINT64, DEFAULT_MEMORY_LIMIT, flags);
  properties[PROP_SCRATCH] = g_param_spec_string ("scratch", "Scratch directory",
                                                  "Directory for the part of the votes that does not fit in "
                                                  "memory (default: TMPDIR, else /tmp)",
                                                  g_get_tmp_dir (), flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

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
  GstPad *srcpad = gst_pad_new_from_static_template (&src_template, "src");

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sinkpad, gst_voxel_vote_chain);
  gst_pad_set_event_function (self->sinkpad, gst_voxel_vote_sink_event);
  gst_pad_set_query_function (self->sinkpad, gst_voxel_vote_sink_query);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
  gst_pad_use_fixed_caps (srcpad);
  gst_element_add_pad (GST_ELEMENT (self), srcpad);

  gst_voxel_holder_init (&self->holder, srcpad);
  self->wanted = defaults;
  self->memory_limit = DEFAULT_MEMORY_LIMIT;
  self->scratch = g_strdup (g_get_tmp_dir ());
  gst_video_info_init (&self->info);
}
