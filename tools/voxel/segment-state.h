/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Of a state folder: what is in it. */
#define VOXEL_SEGMENT_STATE_SUFFIX ".voxel-run"
#define VOXEL_SEGMENT_STATE_VOTES "votes.journal"
#define VOXEL_SEGMENT_STATE_SOFT "probability.journal"

/**
 * VoxelSegmentState:
 * @folder: where a run keeps what it has done
 * @done: file that says that it has come to its end
 * @run: digest of all that its votes depend on
 * @complete: whether it had come to its end, so that nothing is left to do
 * @lock: descriptor of the lock file
 *
 * A run that can go on, held by this process alone.
 */
typedef struct {
  gchar *folder;
  gchar *done;
  gchar *run;
  gboolean complete;
  gint lock;
} VoxelSegmentState;

gchar *voxel_segment_state_folder (const gchar *output);
gboolean voxel_segment_state_absent (const gchar *folder, GError **error);
VoxelSegmentState *voxel_segment_state_open (const gchar *folder, JsonObject *identity,
                                             const gchar *const *outputs, GError **error);
gchar *voxel_segment_state_path (const VoxelSegmentState *state, const gchar *name);
gboolean voxel_segment_state_finish (VoxelSegmentState *state, GError **error);
void voxel_segment_state_forget (VoxelSegmentState *state);
void voxel_segment_state_free (VoxelSegmentState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelSegmentState, voxel_segment_state_free)

G_END_DECLS
