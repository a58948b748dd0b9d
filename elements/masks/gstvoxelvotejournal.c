/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelvotejournal.h"

#include "elements/volume/gstvoxelholder.h"

GST_DEBUG_CATEGORY_EXTERN (gst_voxel_vote_debug);
#define GST_CAT_DEFAULT gst_voxel_vote_debug

/**
 * gst_voxel_vote_journal_start:
 * @self: the journal
 * @path: (nullable): of the file, %NULL for none
 * @run: (nullable): what the votes depend on beside the volume's shape and the settings
 *
 * Before data flow, and with %NULL at last.
 */
void
gst_voxel_vote_journal_start (GstVoxelVoteJournal *self, const gchar *path, const gchar *run)
{
  gst_voxel_vote_journal_drop (self);
  g_free (self->path);
  g_free (self->run);
  self->path = path && *path ? g_strdup (path) : NULL;
  self->run = g_strdup (run);
  self->serial = 0;
}

/**
 * gst_voxel_vote_journal_begin:
 * @self: the journal
 * @element: who speaks
 * @volume: that is going to be voted on
 * @settings: how votes are counted
 *
 * Opens the file, if one is asked for: what is in it is to be read next.
 *
 * Returns: GST_FLOW_OK, otherwise an error was posted
 */
GstFlowReturn
gst_voxel_vote_journal_begin (GstVoxelVoteJournal *self, GstElement *element, const GstVoxelVolume *volume,
                              const GstVoxelVoteSettings *settings)
{
  VoxelVoteJournalSubject subject = {
      .mode = settings->mode, .threshold = settings->threshold, .axes = volume->axes, .run = self->run};
  g_autoptr (GError) error = NULL;

  if (!self->path)
    return GST_FLOW_OK;
  if (volume->shape[0] == 0)
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FORMAT,
        "The depth of volume \"%s\" is not known yet, so there can be no journal of "
        "it: put voxelreslice with hold=true before voxelvote.",
        volume->id);
  if (self->serial && self->serial != volume->serial)
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FORMAT,
        "A second volume, \"%s\", comes, and a journal is of one: segment one volume "
        "at a time.",
        volume->id);
  self->serial = volume->serial;
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++)
    subject.shape[axis] = volume->shape[axis];
  self->journal = voxel_vote_journal_open (self->path, &subject, TRUE, &error);
  return self->journal ? GST_FLOW_OK : gst_voxel_holder_fail (element, error);
}

/**
 * gst_voxel_vote_journal_read:
 * @self: the journal
 * @element: who speaks
 * @record: (out): a slice that an earlier run has voted on
 * @flow: (out): GST_FLOW_ERROR where an error was posted
 *
 * Returns: whether there is one more
 */
gboolean
gst_voxel_vote_journal_read (GstVoxelVoteJournal *self, GstElement *element, VoxelVoteRecord *record,
                             GstFlowReturn *flow)
{
  g_autoptr (GError) error = NULL;

  if (!self->journal)
    return FALSE;
  if (voxel_vote_journal_read (self->journal, record, &error)) {
    self->there++;
    return TRUE;
  }
  if (error)
    *flow = gst_voxel_holder_fail (element, error);
  return FALSE;
}

/**
 * gst_voxel_vote_journal_has:
 * @self: the journal, all of it read
 * @axis: direction of a slice
 * @index: of the slice that comes now
 *
 * Returns: whether it was voted on before, so that it is to be ignored
 */
gboolean
gst_voxel_vote_journal_has (GstVoxelVoteJournal *self, GstVoxelAxis axis, guint index)
{
  gboolean has = self->journal && index < voxel_vote_journal_get_range (self->journal, axis).end;

  self->again += has;
  return has;
}

/**
 * gst_voxel_vote_journal_whole_axes:
 * @self: the journal, all of it read
 * @volume: that it is of
 *
 * Returns: bits (1 << GstVoxelAxis) of the axes that need not come any more
 */
guint
gst_voxel_vote_journal_whole_axes (const GstVoxelVoteJournal *self, const GstVoxelVolume *volume)
{
  guint whole = 0;

  for (guint axis = 0; self->journal && axis < GST_VOXEL_N_AXES; axis++) {
    VoxelVoteJournalRange range = voxel_vote_journal_get_range (self->journal, axis);

    if (range.first == 0 && range.end == volume->shape[axis])
      whole |= 1u << axis;
  }
  return whole;
}

/**
 * gst_voxel_vote_journal_join:
 * @self: the journal, all of it read
 * @element: who speaks
 * @slice: the first one of a pass
 * @first: (out): the first slice of its axis, whether in this pass or in the journal
 *
 * Returns: GST_FLOW_OK where the pass goes on where the journal ends, or before; otherwise an error was posted
 */
GstFlowReturn
gst_voxel_vote_journal_join (const GstVoxelVoteJournal *self, GstElement *element,
                             const GstVoxelSliceMeta *slice, guint *first)
{
  gchar letter = gst_voxel_axis_to_letter (slice->axis);
  VoxelVoteJournalRange range = {0, 0};

  if (self->journal)
    range = voxel_vote_journal_get_range (self->journal, slice->axis);
  *first = slice->first;
  if (range.first == range.end)
    return GST_FLOW_OK;
  *first = range.first;
  if (slice->first >= range.first && slice->first <= range.end && slice->last >= range.end - 1)
    return GST_FLOW_OK;
  return gst_voxel_holder_refuse (
      element, GST_STREAM_ERROR_FAILED,
      "Axis %c of volume \"%s\" comes with slices %u to %u, but the journal \"%s\" has "
      "slices %u to %u: set skip=%c:%u on voxelreslice, or remove the journal.",
      letter, slice->volume->id, slice->first, slice->last, self->path, range.first, range.end - 1, letter,
      range.end);
}

/**
 * gst_voxel_vote_journal_keep:
 * @self: the journal, all of it read
 * @element: who speaks
 * @slice: that has come
 * @ballots: of it
 *
 * Returns: GST_FLOW_OK, otherwise an error was posted
 */
GstFlowReturn
gst_voxel_vote_journal_keep (GstVoxelVoteJournal *self, GstElement *element, const GstVoxelSliceMeta *slice,
                             const VoxelVoteImage *ballots)
{
  g_autoptr (GError) error = NULL;

  if (!self->journal || voxel_vote_journal_append (self->journal, slice->axis, slice->index, ballots, &error))
    return GST_FLOW_OK;
  return gst_voxel_holder_fail (element, error);
}

/**
 * gst_voxel_vote_journal_end:
 * @self: the journal
 * @element: who speaks
 * @volume: of which no more slices come
 * @came: bits of the axes that came in this run
 *
 * Makes sure that the journal is on disk before anything is sent, and that no axis of it was left as it was.
 *
 * Returns: GST_FLOW_OK, otherwise an error was posted
 */
GstFlowReturn
gst_voxel_vote_journal_end (GstVoxelVoteJournal *self, GstElement *element, const GstVoxelVolume *volume,
                            guint came)
{
  guint done = came | gst_voxel_vote_journal_whole_axes (self, volume);
  g_autoptr (GError) error = NULL;

  if (!self->journal)
    return GST_FLOW_OK;
  for (guint axis = 0; axis < GST_VOXEL_N_AXES; axis++) {
    VoxelVoteJournalRange range = voxel_vote_journal_get_range (self->journal, axis);

    if (range.first < range.end && !(done & 1u << axis))
      return gst_voxel_holder_refuse (
          element, GST_STREAM_ERROR_FAILED,
          "The rest of axis %c of volume \"%s\" did not come: the journal \"%s\" has "
          "slices %u to %u of %u.",
          gst_voxel_axis_to_letter (axis), volume->id, self->path, range.first, range.end - 1,
          volume->shape[axis]);
  }
  GST_INFO_OBJECT (element, "journal \"%s\": %u slices were there, %u of them came again", self->path,
                   self->there, self->again);
  if (!voxel_vote_journal_commit (self->journal, &error))
    return gst_voxel_holder_fail (element, error);
  return GST_FLOW_OK;
}

/**
 * gst_voxel_vote_journal_drop:
 * @self: the journal; the file stays
 */
void
gst_voxel_vote_journal_drop (GstVoxelVoteJournal *self)
{
  g_clear_pointer (&self->journal, voxel_vote_journal_close);
  self->there = 0;
  self->again = 0;
}
