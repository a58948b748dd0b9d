/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "elements/stream/voxel.h"
#include "gstvoxelvotesettings.h"
#include "vote-journal.h"

G_BEGIN_DECLS

typedef struct _GstVoxelVoteJournal GstVoxelVoteJournal;

/**
 * GstVoxelVoteJournal:
 * @path: (nullable): the file, %NULL for no journal
 * @run: (nullable): what the votes depend on beside the volume's shape and the settings
 * @serial: of the volume that it is of, 0 before one came
 * @journal: (nullable): the file, open
 * @there: slices that it had
 * @again: slices that came though it had them
 *
 * What a voter keeps so that a killed run can go on. Start from zeros.
 */
struct _GstVoxelVoteJournal {
  gchar *path;
  gchar *run;
  guint64 serial;
  VoxelVoteJournal *journal;
  guint there;
  guint again;
};

void gst_voxel_vote_journal_start (GstVoxelVoteJournal *self, const gchar *path, const gchar *run);
GstFlowReturn gst_voxel_vote_journal_begin (GstVoxelVoteJournal *self, GstElement *element,
                                            const GstVoxelVolume *volume,
                                            const GstVoxelVoteSettings *settings);
gboolean gst_voxel_vote_journal_read (GstVoxelVoteJournal *self, GstElement *element, VoxelVoteRecord *record,
                                      GstFlowReturn *flow);
gboolean gst_voxel_vote_journal_has (GstVoxelVoteJournal *self, GstVoxelAxis axis, guint index);
guint gst_voxel_vote_journal_whole_axes (const GstVoxelVoteJournal *self, const GstVoxelVolume *volume);
GstFlowReturn gst_voxel_vote_journal_join (const GstVoxelVoteJournal *self, GstElement *element,
                                           const GstVoxelSliceMeta *slice, guint *first);
GstFlowReturn gst_voxel_vote_journal_keep (GstVoxelVoteJournal *self, GstElement *element,
                                           const GstVoxelSliceMeta *slice, const VoxelVoteImage *ballots);
GstFlowReturn gst_voxel_vote_journal_end (GstVoxelVoteJournal *self, GstElement *element,
                                          const GstVoxelVolume *volume, guint came);
void gst_voxel_vote_journal_drop (GstVoxelVoteJournal *self);

G_END_DECLS
