/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-voxelscore
 * @title: voxelscore
 *
 * Compares a prediction with the truth: surface dice at tolerance 0, Dice, intersection over union, precision
 * and recall of each volume, as a message on the bus and, if wanted, a JSON file.
 *
 * In, on the pads truth and prediction: z slices with a slice meta, of volumes of the same shape in the same
 * order: masks or labels (set from #GstVoxelScore:label-threshold of 255 on), logits or probabilities (set
 * above #GstVoxelScore:threshold). It has no output and ends the pipeline when both sides have ended.
 *
 * No side waits for the other: what is ahead is kept at one bit a voxel, so that both may come from one tee
 * even where a branch holds the whole volume. It does not wait for the clock or for preroll either.
 *
 * For each volume an element message named voxel-score is posted, with the doubles surface-dice, dice, iou,
 * precision and recall (NaN where undefined: surface-dice, dice and iou where both masks are empty, precision
 * without a prediction, recall without a truth), the unsigned 64-bit integers truth-voxels,
 * prediction-voxels, common-voxels and voxels, and the strings truth and prediction, the ids of both volumes.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 -m voxelsrc location=labels ! tee name=t t. ! queue ! score.truth t. ! queue ! score.prediction voxelscore name=score location=score.json
 * ]|
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstvoxelscore.h"

#include "elements/masks/gstvoxelmaskrows.h"
#include "elements/masks/gstvoxelscoreinput.h"
#include "elements/masks/gstvoxelscorereport.h"
#include "elements/masks/mask-pairing.h"

GST_DEBUG_CATEGORY_STATIC (gst_voxel_score_debug);
#define GST_CAT_DEFAULT gst_voxel_score_debug

#define DEFAULT_THRESHOLD .5
#define DEFAULT_SPACING "1,1,1"

enum {
  PROP_0,
  PROP_THRESHOLD,
  PROP_LABEL_THRESHOLD,
  PROP_SPACING,
  PROP_LOCATION,
  PROP_RESULT,
};

#define GST_VOXEL_SCORE(object) (G_TYPE_CHECK_INSTANCE_CAST ((object), GST_TYPE_VOXEL_SCORE, GstVoxelScore))

/**
 * GstVoxelScore:
 *
 * The element.
 */
typedef struct {
  GstElement parent;
  gdouble threshold;
  guint label_threshold;
  gchar *spacing_text;
  gchar *location;

  GstVoxelScoreInput inputs[VOXEL_MASK_N_SIDES];
  gdouble spacing[3];

  GMutex lock;
  VoxelMaskPairing *pairing;
  GstVoxelScoreReport report;
  gboolean playing;
  gboolean ended;
  gboolean failed;
  guint32 seqnum;
} GstVoxelScore;

typedef struct {
  GstElementClass parent_class;
} GstVoxelScoreClass;

G_DEFINE_TYPE (GstVoxelScore, gst_voxel_score, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE (voxelscore, "voxelscore", GST_RANK_NONE, GST_TYPE_VOXEL_SCORE)

static GstStaticPadTemplate truth_template =
    GST_STATIC_PAD_TEMPLATE ("truth", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));
static GstStaticPadTemplate prediction_template = GST_STATIC_PAD_TEMPLATE (
    "prediction", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

static void
post_end (GstVoxelScore *self)
{
  GstMessage *message = gst_message_new_eos (GST_OBJECT (self));

  if (self->seqnum != GST_SEQNUM_INVALID)
    gst_message_set_seqnum (message, self->seqnum);
  gst_element_post_message (GST_ELEMENT (self), message);
}

/* Keeps a volume's score and returns the message that tells it. */
static GstMessage *
record (GstVoxelScore *self, const VoxelMaskScoreResult *score)
{
  g_autofree gchar *truth = g_queue_pop_head (&self->inputs[VOXEL_MASK_TRUTH].ids);
  g_autofree gchar *prediction = g_queue_pop_head (&self->inputs[VOXEL_MASK_PREDICTION].ids);

  gst_voxel_score_report_add (&self->report, score, truth, prediction);
  return gst_message_new_element (GST_OBJECT (self), gst_structure_copy (self->report.last));
}

/* Scores what can be scored. Messages are collected under the lock and posted outside of it. */
static gboolean
advance (GstVoxelScore *self)
{
  VoxelMaskPairingStep step;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  VoxelMaskScoreResult score;
  gboolean ends = FALSE, failed;

  g_mutex_lock (&self->lock);
  failed = self->failed;
  do {
    step = failed ? VOXEL_MASK_PAIRING_WAITS
                  : voxel_mask_pairing_advance (self->pairing, self->spacing, &score, &error);
    if (step == VOXEL_MASK_PAIRING_SCORED)
      g_ptr_array_add (messages, record (self, &score));
    if (step == VOXEL_MASK_PAIRING_SCORED && self->location &&
        !gst_voxel_score_report_write (&self->report, self->location, &error))
      step = VOXEL_MASK_PAIRING_BROKEN;
  } while (step == VOXEL_MASK_PAIRING_SCORED);
  if (step == VOXEL_MASK_PAIRING_BROKEN)
    self->failed = TRUE;
  if (step == VOXEL_MASK_PAIRING_ENDED) {
    ends = self->playing && !self->ended;
    self->ended = TRUE;
  }
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < messages->len; i++)
    gst_element_post_message (GST_ELEMENT (self), g_ptr_array_index (messages, i));
  if (error)
    return gst_voxel_score_report_post_failure (GST_ELEMENT (self), error);
  if (ends)
    post_end (self);
  return !failed;
}

static gboolean
take_slice (GstVoxelScore *self, GstVoxelScoreInput *input, GstBuffer *buffer)
{
  gboolean open = input->pass.volume != NULL, begins;
  guint64 *bits = gst_voxel_score_input_read (input, GST_ELEMENT (self), buffer, self->threshold,
                                              self->label_threshold, &begins);

  if (!bits)
    return FALSE;
  g_mutex_lock (&self->lock);
  if (begins && open)
    voxel_mask_pairing_end_volume (self->pairing, input->side);
  if (voxel_mask_pairing_add_slice (self->pairing, input->side, bits,
                                    (gsize) GST_VIDEO_INFO_HEIGHT (&input->info),
                                    (gsize) GST_VIDEO_INFO_WIDTH (&input->info), begins) &&
      begins)
    g_queue_push_tail (&input->ids, g_strdup (input->pass.volume->id));
  g_mutex_unlock (&self->lock);
  return advance (self);
}

static GstFlowReturn
gst_voxel_score_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelScore *self = GST_VOXEL_SCORE (parent);
  gboolean taken = take_slice (self, gst_pad_get_element_private (pad), buffer);

  gst_buffer_unref (buffer);
  return taken ? GST_FLOW_OK : GST_FLOW_ERROR;
}

/* A volume ends here; at @eos nothing follows. */
static gboolean
end_volume (GstVoxelScore *self, GstVoxelScoreInput *input, gboolean eos)
{
  g_autoptr (GError) error = NULL;

  if (!gst_voxel_pass_finish (&input->pass, &error)) {
    GST_ELEMENT_ERROR (self, STREAM, FAILED, ("On pad %s: %s.", GST_PAD_NAME (input->pad), error->message),
                       (NULL));
    g_mutex_lock (&self->lock);
    self->failed |= !voxel_mask_pairing_is_old (self->pairing, input->side);
    g_mutex_unlock (&self->lock);
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  if (input->pass.volume)
    voxel_mask_pairing_end_volume (self->pairing, input->side);
  if (eos)
    voxel_mask_pairing_end (self->pairing, input->side);
  g_mutex_unlock (&self->lock);
  gst_voxel_pass_reset (&input->pass);
  return advance (self);
}

static void
flush (GstVoxelScore *self, GstVoxelScoreInput *input)
{
  gst_voxel_pass_reset (&input->pass);
  g_mutex_lock (&self->lock);
  if (voxel_mask_pairing_flush (self->pairing, input->side))
    g_queue_clear_full (&self->inputs[!input->side].ids, g_free);
  g_queue_clear_full (&input->ids, g_free);
  self->ended = FALSE;
  self->failed = FALSE;
  g_mutex_unlock (&self->lock);
}

static gboolean
gst_voxel_score_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelScore *self = GST_VOXEL_SCORE (parent);
  GstVoxelScoreInput *input = gst_pad_get_element_private (pad);
  gboolean handled = TRUE;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    gst_event_parse_caps (event, &caps);
    handled = gst_video_info_from_caps (&input->info, caps);
    break;
  case GST_EVENT_EOS:
    g_mutex_lock (&self->lock);
    self->seqnum = gst_event_get_seqnum (event);
    g_mutex_unlock (&self->lock);
    handled = end_volume (self, input, TRUE);
    break;
  case GST_EVENT_SEGMENT_DONE:
    handled = end_volume (self, input, FALSE);
    break;
  case GST_EVENT_FLUSH_STOP:
    flush (self, input);
    break;
  default:
    break;
  }
  gst_event_unref (event);
  return handled;
}

static void
expect_flush (GstVoxelScore *self, VoxelMaskSide side, gboolean expected)
{
  g_mutex_lock (&self->lock);
  if (self->pairing)
    voxel_mask_pairing_expect_flush (self->pairing, side, expected);
  g_mutex_unlock (&self->lock);
}

/* Seeks go up both sides, or one would begin again without the other. */
static gboolean
gst_voxel_score_send_event (GstElement *element, GstEvent *event)
{
  GstVoxelScore *self = GST_VOXEL_SCORE (element);
  GstSeekFlags flags = GST_SEEK_FLAG_NONE;
  gboolean sent = FALSE;

  if (!GST_EVENT_IS_UPSTREAM (event))
    return GST_ELEMENT_CLASS (gst_voxel_score_parent_class)->send_event (element, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK)
    gst_event_parse_seek (event, NULL, NULL, &flags, NULL, NULL, NULL, NULL);
  for (guint i = 0; i < VOXEL_MASK_N_SIDES; i++)
    expect_flush (self, i, (flags & GST_SEEK_FLAG_FLUSH) != 0);
  for (guint i = 0; i < VOXEL_MASK_N_SIDES; i++) {
    sent |= gst_pad_push_event (self->inputs[i].pad, gst_event_ref (event));
    expect_flush (self, i, FALSE);
  }
  gst_event_unref (event);
  return sent;
}

static void
reset (GstVoxelScore *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < VOXEL_MASK_N_SIDES; i++) {
    gst_voxel_pass_reset (&self->inputs[i].pass);
    self->inputs[i].warned = FALSE;
    g_queue_clear_full (&self->inputs[i].ids, g_free);
  }
  g_clear_pointer (&self->pairing, voxel_mask_pairing_free);
  self->ended = FALSE;
  self->failed = FALSE;
  self->seqnum = GST_SEQNUM_INVALID;
  g_mutex_unlock (&self->lock);
}

static gboolean
start (GstVoxelScore *self)
{
  if (!gst_voxel_score_report_parse_spacing (self->spacing_text, self->spacing)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("The property spacing cannot be read."),
                       ("spacing \"%s\": expected three positive numbers, z,y,x.", self->spacing_text));
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  self->pairing = voxel_mask_pairing_new ();
  gst_voxel_score_report_clear (&self->report);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* As a sink it answers for the end of the stream, which counts while it plays. */
static void
set_playing (GstVoxelScore *self, gboolean playing)
{
  gboolean ends;

  g_mutex_lock (&self->lock);
  self->playing = playing;
  ends = playing && self->ended;
  g_mutex_unlock (&self->lock);
  if (ends)
    post_end (self);
}

static GstStateChangeReturn
gst_voxel_score_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelScore *self = GST_VOXEL_SCORE (element);
  GstStateChangeReturn changed;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    set_playing (self, FALSE);
  changed = GST_ELEMENT_CLASS (gst_voxel_score_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && changed != GST_STATE_CHANGE_FAILURE)
    set_playing (self, TRUE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    reset (self);
  return changed;
}

static void
gst_voxel_score_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  GstVoxelScore *self = GST_VOXEL_SCORE (object);

  switch (id) {
  case PROP_THRESHOLD:
    self->threshold = g_value_get_double (value);
    break;
  case PROP_LABEL_THRESHOLD:
    self->label_threshold = g_value_get_uint (value);
    break;
  case PROP_SPACING:
    g_free (self->spacing_text);
    self->spacing_text = g_strdup (g_value_get_string (value) ? g_value_get_string (value) : DEFAULT_SPACING);
    break;
  case PROP_LOCATION:
    g_free (self->location);
    self->location = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_score_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  GstVoxelScore *self = GST_VOXEL_SCORE (object);

  switch (id) {
  case PROP_THRESHOLD:
    g_value_set_double (value, self->threshold);
    break;
  case PROP_LABEL_THRESHOLD:
    g_value_set_uint (value, self->label_threshold);
    break;
  case PROP_SPACING:
    g_value_set_string (value, self->spacing_text);
    break;
  case PROP_LOCATION:
    g_value_set_string (value, self->location);
    break;
  case PROP_RESULT:
    g_mutex_lock (&self->lock);
    g_value_set_boxed (value, self->report.last);
    g_mutex_unlock (&self->lock);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
gst_voxel_score_finalize (GObject *object)
{
  GstVoxelScore *self = GST_VOXEL_SCORE (object);

  gst_voxel_score_report_clear (&self->report);
  g_free (self->spacing_text);
  g_free (self->location);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_voxel_score_parent_class)->finalize (object);
}

static void
gst_voxel_score_init (GstVoxelScore *self)
{
  self->threshold = DEFAULT_THRESHOLD;
  self->label_threshold = GST_VOXEL_MASK_LABEL_THRESHOLD;
  self->spacing_text = g_strdup (DEFAULT_SPACING);
  self->seqnum = GST_SEQNUM_INVALID;
  g_mutex_init (&self->lock);
  gst_voxel_score_input_add (&self->inputs[VOXEL_MASK_TRUTH], GST_ELEMENT (self), VOXEL_MASK_TRUTH,
                             gst_voxel_score_chain, gst_voxel_score_sink_event);
  gst_voxel_score_input_add (&self->inputs[VOXEL_MASK_PREDICTION], GST_ELEMENT (self), VOXEL_MASK_PREDICTION,
                             gst_voxel_score_chain, gst_voxel_score_sink_event);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}

static void
gst_voxel_score_class_init (GstVoxelScoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  GST_DEBUG_CATEGORY_INIT (gst_voxel_score_debug, "voxelscore", 0, "scores of masks");
  object_class->set_property = gst_voxel_score_set_property;
  object_class->get_property = gst_voxel_score_get_property;
  object_class->finalize = gst_voxel_score_finalize;

  /**
   * GstVoxelScore:threshold:
   *
   * The probability above which a voxel is set, where logits or probabilities come instead of masks.
   */
  g_object_class_install_property (object_class, PROP_THRESHOLD,
                                   g_param_spec_double ("threshold", "Threshold",
                                                        "Probability above which a voxel of a score is set",
                                                        0., 1., DEFAULT_THRESHOLD, flags));
  /**
   * GstVoxelScore:label-threshold:
   *
   * The value of 0..255 from which on a voxel of a mask or label is set; in 16 bits 257 times as much. Labels
   * of 0 and 1 need 1.
   */
  g_object_class_install_property (
      object_class, PROP_LABEL_THRESHOLD,
      g_param_spec_uint ("label-threshold", "Label threshold",
                         "Value of 0..255 from which on a voxel of a label is set", 1, 255,
                         GST_VOXEL_MASK_LABEL_THRESHOLD, flags));
  /**
   * GstVoxelScore:spacing:
   *
   * Distance of voxels along z, y and x in any unit, by which areas of the surface are weighed. The
   * competition's score has 1,1,1.
   */
  g_object_class_install_property (object_class, PROP_SPACING,
                                   g_param_spec_string ("spacing", "Spacing",
                                                        "Distance of voxels along z,y,x in any unit",
                                                        DEFAULT_SPACING, flags));
  /**
   * GstVoxelScore:location:
   *
   * A JSON file for the scores: an object with a list "volumes". It is replaced after each volume.
   */
  g_object_class_install_property (
      object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location", "JSON file to write, none by default", NULL, flags));
  /**
   * GstVoxelScore:result:
   *
   * The score of the last volume, as in the message; %NULL before there is one.
   */
  g_object_class_install_property (object_class, PROP_RESULT,
                                   g_param_spec_boxed ("result", "Result", "Score of the last volume",
                                                       GST_TYPE_STRUCTURE,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_element_class_add_static_pad_template (element_class, &truth_template);
  gst_element_class_add_static_pad_template (element_class, &prediction_template);
  gst_element_class_set_static_metadata (
      element_class, "Voxel mask score", "Sink/Analyzer/Video",
      "Compares masks with the truth: surface dice, Dice, precision, recall", "The gst-voxel authors");
  element_class->change_state = GST_DEBUG_FUNCPTR (gst_voxel_score_change_state);
  element_class->send_event = GST_DEBUG_FUNCPTR (gst_voxel_score_send_event);
}
