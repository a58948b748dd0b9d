/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "interruption.h"

#include <glib/gstdio.h>
#include <gst/video/video.h>

#include "elements/stream/voxel.h"
#include "tests/support/slice-source.h"

#define SLICES 8
#define PATIENCE (15 * G_TIME_SPAN_SECOND)
#define FNV_OFFSET G_GUINT64_CONSTANT (0xcbf29ce484222325)
#define FNV_PRIME G_GUINT64_CONSTANT (0x100000001b3)
#define FLUSHED "flushed"

static guint64
mix (guint64 digest, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < size; i++)
    digest = (digest ^ bytes[i]) * FNV_PRIME;
  return digest;
}

static guint64
mix_number (guint64 digest, guint64 number)
{
  return mix (digest, &number, sizeof number);
}

/* The pixels, whatever lies between rows, and where they belong. */
static guint64
mix_buffer (guint64 digest, GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (buffer);
  const GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (buffer);
  GstVideoInfo info;
  GstVideoFrame frame;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (guint y = 0; y < (guint) GST_VIDEO_INFO_HEIGHT (&info); y++)
    digest = mix (digest,
                  (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                      y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                  (gsize) GST_VIDEO_INFO_WIDTH (&info) * (gsize) GST_VIDEO_INFO_COMP_PSTRIDE (&info, 0));
  gst_video_frame_unmap (&frame);
  if (slice)
    digest = mix_number (digest, slice->axis * 1000u + slice->index);
  if (tile)
    digest = mix_number (digest, tile->index * 1000u + tile->view_index);
  return digest;
}

/* What comes to the element on trial, or out of it where nothing comes in. */
static GstPadProbeReturn
count (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Trial *trial = data;

  g_mutex_lock (&trial->lock);
  trial->seen++;
  g_cond_broadcast (&trial->changed);
  g_mutex_unlock (&trial->lock);
  return GST_PAD_PROBE_OK;
}

/* Whether downstream is to answer by itself now. */
static gboolean
is_due (Trial *trial)
{
  return trial->answer != GST_FLOW_OK && trial->answer_after-- <= 0;
}

static GstPadProbeReturn
take_buffer (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Trial *trial = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gboolean due;

  g_mutex_lock (&trial->lock);
  due = is_due (trial);
  if (due)
    GST_PAD_PROBE_INFO_FLOW_RETURN (info) = trial->answer;
  else
    trial->digest = mix_buffer (trial->digest, pad, buffer);
  g_mutex_unlock (&trial->lock);
  if (!due)
    return GST_PAD_PROBE_OK;
  gst_buffer_unref (buffer);
  return GST_PAD_PROBE_HANDLED;
}

static guint *
find_ends (Trial *trial, GstPad *pad)
{
  for (guint i = 0; i < trial->n_last; i++) {
    if (trial->last[i].pad == pad)
      return &trial->last[i].ends;
  }
  g_assert_not_reached ();
}

static GstPadProbeReturn
take_event (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Trial *trial = data;
  GstEventType type = GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info));

  g_mutex_lock (&trial->lock);
  if (type == GST_EVENT_FLUSH_STOP) {
    *find_ends (trial, pad) = 0;
    trial->digest = FNV_OFFSET;
  }
  if (type == GST_EVENT_EOS || type == GST_EVENT_SEGMENT_DONE) {
    ++*find_ends (trial, pad);
    trial->finished = trial->digest;
    trial->digest = FNV_OFFSET;
  }
  g_mutex_unlock (&trial->lock);
  return GST_PAD_PROBE_OK;
}

/* Parts what was posted before a flush from what came after it. */
static GstPadProbeReturn
mark_flush (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Trial *trial = data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_FLUSH_STOP)
    gst_bus_post (trial->bus, gst_message_new_application (NULL, gst_structure_new_empty (FLUSHED)));
  return GST_PAD_PROBE_OK;
}

static gchar *
insert_queues (const gchar *text, GRand *random)
{
  GString *all = g_string_new (NULL);

  for (const gchar *c = text; *c; c++) {
    if (*c != '~')
      g_string_append_c (all, *c);
    else
      g_string_append (all, g_rand_int_range (random, 0, 3) ? "!" : "! queue max-size-buffers=2 !");
  }
  return g_string_free (all, FALSE);
}

static void
watch_last (Trial *trial, GstPad *pad)
{
  g_assert_cmpuint (trial->n_last, <, TRIAL_MAX_LAST_PADS);
  trial->last[trial->n_last++].pad = pad;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH, take_event,
                     trial, NULL);
}

static void
watch (Trial *trial)
{
  GstElement *it = trial->it;

  for (GList *item = it->sinkpads ? it->sinkpads : it->srcpads; item; item = item->next)
    gst_pad_add_probe (item->data, GST_PAD_PROBE_TYPE_BUFFER, count, trial, NULL);
  for (GList *item = trial->end ? trial->end->sinkpads : it->sinkpads; item; item = item->next)
    watch_last (trial, item->data);
  if (trial->end)
    gst_pad_add_probe (trial->last[0].pad, GST_PAD_PROBE_TYPE_BUFFER, take_buffer, trial, NULL);
}

static void
add_source (Trial *trial, const gchar *name)
{
  GstElement *source = gst_bin_get_by_name (GST_BIN (trial->pipeline), name);

  if (!source)
    return;
  g_ptr_array_add (trial->sources, source);
  gst_pad_add_probe (source->srcpads->data, GST_PAD_PROBE_TYPE_EVENT_FLUSH, mark_flush, trial, NULL);
}

/**
 * trial_open:
 * @trial: not yet in use
 * @row: what is on trial
 * @random: decides where queues stand, and what is done to it
 */
void
trial_open (Trial *trial, const TrialRow *row, GRand *random)
{
  g_autofree gchar *text = insert_queues (row->pipeline, random);
  g_autoptr (GError) error = NULL;

  *trial = (Trial){.row = row, .random = random, .digest = FNV_OFFSET, .answer = GST_FLOW_OK};
  g_mutex_init (&trial->lock);
  g_cond_init (&trial->changed);
  trial->pipeline = gst_parse_launch (text, &error);
  g_assert_no_error (error);
  trial->bus = gst_element_get_bus (trial->pipeline);
  trial->it = gst_bin_get_by_name (GST_BIN (trial->pipeline), "it");
  trial->end = gst_bin_get_by_name (GST_BIN (trial->pipeline), "end");
  trial->sources = g_ptr_array_new_with_free_func (gst_object_unref);
  add_source (trial, "source");
  add_source (trial, "source2");
  if (!trial->it)
    trial->it = gst_object_ref (g_ptr_array_index (trial->sources, 0));
  watch (trial);
}

/**
 * trial_close:
 * @trial: to be brought down and given up
 */
void
trial_close (Trial *trial)
{
  g_assert_cmpint (gst_element_set_state (trial->pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  trial_drain (trial);
  g_ptr_array_unref (trial->sources);
  gst_clear_object (&trial->it);
  gst_clear_object (&trial->end);
  gst_clear_object (&trial->bus);
  gst_clear_object (&trial->pipeline);
  g_cond_clear (&trial->changed);
  g_mutex_clear (&trial->lock);
}

/**
 * trial_forget:
 * @trial: what has come so far is not part of a result
 */
void
trial_forget (Trial *trial)
{
  g_mutex_lock (&trial->lock);
  trial->digest = FNV_OFFSET;
  g_mutex_unlock (&trial->lock);
}

/**
 * trial_answer:
 * @trial: with something behind the element
 * @answer: what that says, if not #GST_FLOW_OK
 * @after: how many buffers it takes before
 */
void
trial_answer (Trial *trial, GstFlowReturn answer, gint after)
{
  g_mutex_lock (&trial->lock);
  trial->answer = answer;
  trial->answer_after = after;
  g_mutex_unlock (&trial->lock);
}

/**
 * trial_wait_seen:
 * @trial: it runs or does not
 * @more: buffers to come
 *
 * Returns: whether they came, before long
 */
gboolean
trial_wait_seen (Trial *trial, guint more)
{
  gint64 until = g_get_monotonic_time () + 5 * G_TIME_SPAN_MILLISECOND;
  gboolean came = TRUE;
  guint wanted;

  g_mutex_lock (&trial->lock);
  wanted = trial->seen + more;
  while (came && trial->seen < wanted)
    came = g_cond_wait_until (&trial->changed, &trial->lock, until);
  g_mutex_unlock (&trial->lock);
  return came;
}

static gboolean
have_ended (Trial *trial, guint times)
{
  gboolean ended = TRUE;

  g_mutex_lock (&trial->lock);
  for (guint i = 0; i < trial->n_last; i++)
    ended &= trial->last[i].ends >= times;
  g_mutex_unlock (&trial->lock);
  return ended;
}

/**
 * trial_wait_ends:
 * @trial: it plays
 * @times: how often EOS or SEGMENT_DONE is to come to each of the last pads, counted from the last flush; an
 *   error, or that they do not come, fails the test
 */
void
trial_wait_ends (Trial *trial, guint times)
{
  gint64 until = g_get_monotonic_time () + PATIENCE;

  while (!have_ended (trial, times)) {
    trial_drain (trial);
    if (g_get_monotonic_time () > until)
      g_error ("%s: the end of a segment does not come", trial->row->name);
    g_usleep (200);
  }
}

static void
check_message (Trial *trial, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR || trial->may_fail)
    return;
  gst_message_parse_error (message, &error, &debug);
  g_error ("%s: %s: %s (%s)", trial->row->name, GST_OBJECT_NAME (GST_MESSAGE_SRC (message)), error->message,
           debug);
}

/**
 * trial_drain:
 * @trial: whose messages are read; an error that nothing explains fails the test
 */
void
trial_drain (Trial *trial)
{
  GstMessage *message;

  while ((message = gst_bus_pop (trial->bus))) {
    check_message (trial, message);
    gst_message_unref (message);
  }
}

/* Reads on to where all sources have flushed. */
static void
drain_to_flush (Trial *trial)
{
  for (guint flushed = 0; flushed < trial->sources->len;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop (trial->bus, PATIENCE * 1000);

    if (!message)
      g_error ("%s: not every source was flushed by a seek", trial->row->name);
    check_message (trial, message);
    flushed +=
        GST_MESSAGE_TYPE (message) == GST_MESSAGE_APPLICATION && gst_message_has_name (message, FLUSHED);
  }
}

static gboolean
recover_by_seek (Trial *trial)
{
  if (GST_STATE_TARGET (trial->pipeline) < GST_STATE_PAUSED)
    return FALSE;
  /* On its way to PLAYING, and not behind the mark, a bin repeats an end that came before. */
  gst_element_set_state (trial->pipeline, GST_STATE_PLAYING);
  trial_drain (trial);
  if (!gst_element_seek (trial->pipeline, 1., GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
                         GST_SEEK_TYPE_SET, SLICES * GST_MSECOND))
    return FALSE;
  drain_to_flush (trial);
  return TRUE;
}

/**
 * trial_recover:
 * @trial: whatever was done to it
 *
 * Brings it to where a complete run may begin: by a seek, READY or NULL.
 */
void
trial_recover (Trial *trial)
{
  gboolean seek = g_rand_boolean (trial->random);

  if (trial->row->file)
    g_remove (trial->row->file);
  trial_answer (trial, GST_FLOW_OK, 0);
  for (guint i = 0; i < trial->sources->len; i++) {
    if (TEST_IS_SLICE_SOURCE (g_ptr_array_index (trial->sources, i)))
      test_slice_source_change_caps_after (g_ptr_array_index (trial->sources, i), -1);
  }
  if (!seek || !recover_by_seek (trial)) {
    g_assert_cmpint (gst_element_set_state (trial->pipeline, g_rand_boolean (trial->random) ? GST_STATE_READY
                                                                                            : GST_STATE_NULL),
                     ==, GST_STATE_CHANGE_SUCCESS);
    trial_drain (trial);
    trial_forget (trial);
  }
  trial->may_fail = FALSE;
}

/* What a sink has made of it. */
static guint64
read_result (Trial *trial)
{
  g_autofree gchar *contents = NULL;
  g_autoptr (GstStructure) result = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (trial->end)
    return trial->finished;
  if (trial->row->file) {
    g_file_get_contents (trial->row->file, &contents, &size, &error);
    g_assert_no_error (error);
    return mix (FNV_OFFSET, contents, size);
  }
  g_object_get (trial->it, "result", &result, NULL);
  g_assert_nonnull (result);
  contents = gst_structure_to_string (result);
  return mix (FNV_OFFSET, contents, strlen (contents));
}

/**
 * trial_run:
 * @trial: fresh or recovered
 *
 * Plays to the end; an error, or that it does not come, fails the test.
 *
 * Returns: a number that stands for all that came out
 */
guint64
trial_run (Trial *trial)
{
  gst_element_set_state (trial->pipeline, GST_STATE_PLAYING);
  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop (trial->bus, PATIENCE * 1000);

    if (!message)
      g_error ("%s: the end of the stream does not come", trial->row->name);
    check_message (trial, message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
      break;
  }
  return read_result (trial);
}
