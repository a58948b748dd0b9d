/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The folder of a run that can go on: run.json says what its votes depend on, a journal (with its commit file) for
 * each voter has the votes, lock is held by the process that writes. Once all outputs are complete run.json
 * becomes a file beside the folder, FOLDER.done, then the folder is removed and that file last of all: a run killed
 * in between is known to be complete. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "command.h"
#include "elements/outputs/output-file.h"
#include "segment-identity.h"
#include "segment-outputs.h"
#include "segment-state.h"

#define LOCK "lock"
#define RUN "run.json"
#define DONE ".done"
#define TEMPORARY ".new"

static const gchar *const files[] = {
    VOXEL_SEGMENT_STATE_VOTES,
    VOXEL_SEGMENT_STATE_VOTES TEMPORARY,
    VOXEL_SEGMENT_STATE_VOTES ".commit",
    VOXEL_SEGMENT_STATE_VOTES ".commit" TEMPORARY,
    VOXEL_SEGMENT_STATE_SOFT,
    VOXEL_SEGMENT_STATE_SOFT TEMPORARY,
    VOXEL_SEGMENT_STATE_SOFT ".commit",
    VOXEL_SEGMENT_STATE_SOFT ".commit" TEMPORARY,
    RUN TEMPORARY,
};

/**
 * voxel_segment_state_folder:
 * @output: the first output
 *
 * Returns: (transfer full): the folder of its run: x.tif.voxel-run beside x.tif
 */
gchar *
voxel_segment_state_folder (const gchar *output)
{
  g_autofree gchar *trimmed = voxel_output_without_slashes (output);

  return g_strconcat (trimmed, VOXEL_SEGMENT_STATE_SUFFIX, NULL);
}

static gchar *
remedy (const gchar *folder)
{
  g_autofree gchar *quoted = g_shell_quote (folder);

  return g_strconcat ("To start anew: rm -r ", quoted, NULL);
}

static gboolean fail (GError **error, const gchar *folder, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (GError **error, const gchar *folder, const gchar *format, ...)
{
  g_autofree gchar *text = NULL, *help = remedy (folder);
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, "%s\n%s", text, help);
  return FALSE;
}

static gboolean
fail_errno (GError **error, const gchar *doing, const gchar *path)
{
  gint code = errno;
  const gchar *help = voxel_output_file_get_remedy (code);

  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED, "cannot %s %s: %s%s%s", doing, path,
               g_strerror (code), help ? "; " : "", help ? help : "");
  return FALSE;
}

/**
 * voxel_segment_state_absent:
 * @folder: of a run
 * @error: VOXEL_COMMAND_ERROR_USAGE with what to do
 *
 * Hours of work are not thrown away without a word.
 *
 * Returns: whether no earlier run can go on
 */
gboolean
voxel_segment_state_absent (const gchar *folder, GError **error)
{
  g_autofree gchar *trimmed = voxel_output_without_slashes (folder);
  g_autofree gchar *done = g_strconcat (trimmed, DONE, NULL);

  if (!g_file_test (folder, G_FILE_TEST_EXISTS)) {
    /* Nothing is to be taken for the end of this run. */
    unlink (done);
    return TRUE;
  }
  return fail (error, folder, "%s has what an earlier run has done: say --resume to go on with it", folder);
}

/* A lock file that its holder has removed meanwhile is no lock. */
static gboolean
take_lock (VoxelSegmentState *state, gboolean *again, GError **error)
{
  g_autofree gchar *path = voxel_segment_state_path (state, LOCK);
  struct stat held, named;

  *again = FALSE;
  if (g_mkdir (state->folder, 0777) < 0 && errno != EEXIST)
    return fail_errno (error, "make the folder", state->folder);
  state->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (state->lock < 0 && errno == ENOENT)
    *again = TRUE;
  if (state->lock < 0)
    return *again ? FALSE : fail_errno (error, "open", path);
  if (flock (state->lock, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
    g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_FAILED,
                 "%s is in use: another process runs with the same state\nWait for it, or stop it first",
                 state->folder);
    return FALSE;
  }
  if (fstat (state->lock, &held) == 0 && stat (path, &named) == 0 && held.st_dev == named.st_dev &&
      held.st_ino == named.st_ino)
    return TRUE;
  close (state->lock);
  state->lock = -1;
  *again = TRUE;
  return FALSE;
}

static gboolean
lock (VoxelSegmentState *state, GError **error)
{
  gboolean again = TRUE, locked = FALSE;

  while (again && !locked)
    locked = take_lock (state, &again, error);
  return locked;
}

/* Returns whether there is one that can be read; none is no error. */
static JsonObject *
load (const VoxelSegmentState *state, const gchar *path, GError **error)
{
  g_autofree gchar *text = NULL;
  g_autoptr (GError) problem = NULL;
  JsonObject *identity;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, &problem)) {
    if (!g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      fail (error, state->folder, "%s cannot be read: %s", path, problem->message);
    return NULL;
  }
  identity = voxel_segment_identity_from_text (text, size, &problem);
  if (!identity)
    fail (error, state->folder, "%s %s, so it is not known what the votes in its folder are of", path,
          problem->message);
  return identity;
}

/* Written to a temporary name, flushed, renamed. */
static gboolean
save (const VoxelSegmentState *state, const gchar *text, GError **error)
{
  g_autofree gchar *path = voxel_segment_state_path (state, RUN);
  g_autofree gchar *temporary = g_strconcat (path, TEMPORARY, NULL);
  g_autofree gchar *above = g_path_get_dirname (state->folder);
  gint fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  gsize size = strlen (text);
  gboolean written = fd >= 0;

  for (gssize n; written && size; text += n, size -= (gsize) n) {
    n = write (fd, text, size);
    written = n > 0;
  }
  written = written && fsync (fd) == 0;
  if (fd >= 0)
    close (fd);
  if (!written || rename (temporary, path) < 0)
    return fail_errno (error, "write", path);
  voxel_output_file_sync_folder (state->folder);
  voxel_output_file_sync_folder (above);
  return TRUE;
}

static gboolean
has (const VoxelSegmentState *state, const gchar *name)
{
  g_autofree gchar *path = voxel_segment_state_path (state, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
remove_file (const VoxelSegmentState *state, const gchar *name)
{
  g_autofree gchar *path = voxel_segment_state_path (state, name);

  unlink (path);
}

static void
remove_votes (const VoxelSegmentState *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    remove_file (state, files[i]);
}

static gboolean
all_exist (const gchar *const *paths)
{
  for (; *paths; paths++) {
    if (!g_file_test (*paths, G_FILE_TEST_EXISTS))
      return FALSE;
  }
  return TRUE;
}

/* A run that was killed while it cleaned up: it is complete if it was this one, else its remains go. */
static void
look_at_done (VoxelSegmentState *state, JsonObject *identity, const gchar *const *outputs)
{
  g_autoptr (JsonObject) was = load (state, state->done, NULL);
  g_autofree gchar *difference = was ? voxel_segment_identity_difference (was, identity) : NULL;

  /* With a run.json of its own the folder is that of a later run. */
  if (!g_file_test (state->done, G_FILE_TEST_EXISTS) || has (state, RUN))
    return;
  remove_votes (state);
  state->complete = was && !difference && all_exist (outputs);
  if (!state->complete)
    unlink (state->done);
}

static gboolean
look_at_run (VoxelSegmentState *state, JsonObject *identity, const gchar *text, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree gchar *path = voxel_segment_state_path (state, RUN);
  g_autoptr (JsonObject) was = load (state, path, &problem);
  g_autofree gchar *difference = was ? voxel_segment_identity_difference (was, identity) : NULL;

  if (problem) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (difference)
    return fail (error, state->folder, "%s has another run: %s; give it again what it was given then",
                 state->folder, difference);
  if (was)
    return TRUE;
  if (has (state, VOXEL_SEGMENT_STATE_VOTES) || has (state, VOXEL_SEGMENT_STATE_SOFT))
    return fail (error, state->folder, "%s has votes, but no " RUN " that says what they are of",
                 state->folder);
  return save (state, text, error);
}

/**
 * voxel_segment_state_open:
 * @folder: of a run
 * @identity: what its votes depend on
 * @outputs: (array zero-terminated=1): what is there once it is complete
 * @error: VOXEL_COMMAND_ERROR_USAGE where the folder is of another run or damaged: it names what differs and the
 *   remedy; VOXEL_COMMAND_ERROR_FAILED where another process has it
 *
 * Begins a run, or takes up the one that is there.
 *
 * Returns: (nullable) (transfer full): the run
 */
VoxelSegmentState *
voxel_segment_state_open (const gchar *folder, JsonObject *identity, const gchar *const *outputs,
                          GError **error)
{
  g_autoptr (VoxelSegmentState) state = g_new0 (VoxelSegmentState, 1);
  g_autofree gchar *text = voxel_segment_identity_to_text (identity, &state->run);

  state->folder = voxel_output_without_slashes (folder);
  state->done = g_strconcat (state->folder, DONE, NULL);
  state->lock = -1;
  if (!lock (state, error))
    return NULL;
  look_at_done (state, identity, outputs);
  if (!state->complete && !look_at_run (state, identity, text, error))
    return NULL;
  return g_steal_pointer (&state);
}

/**
 * voxel_segment_state_path:
 * @state: a run
 * @name: of a file in its folder
 *
 * Returns: (transfer full): its path
 */
gchar *
voxel_segment_state_path (const VoxelSegmentState *state, const gchar *name)
{
  return g_build_filename (state->folder, name, NULL);
}

/**
 * voxel_segment_state_finish:
 * @state: a run all of whose outputs are complete
 * @error: VOXEL_COMMAND_ERROR_FAILED where files of others lie in the folder
 *
 * Removes the folder. What still says that the run is complete goes with voxel_segment_state_forget().
 *
 * Returns: whether it is gone
 */
gboolean
voxel_segment_state_finish (VoxelSegmentState *state, GError **error)
{
  g_autofree gchar *run = voxel_segment_state_path (state, RUN);

  if (!state->complete && rename (run, state->done) < 0)
    return fail_errno (error, "rename", run);
  state->complete = TRUE;
  remove_votes (state);
  remove_file (state, LOCK);
  if (rmdir (state->folder) < 0)
    return fail_errno (error, "remove the folder", state->folder);
  return TRUE;
}

/**
 * voxel_segment_state_forget:
 * @state: a run after voxel_segment_state_finish(), of which all has been told
 *
 * To be called last: a process that is killed from now on had done its work.
 */
void
voxel_segment_state_forget (VoxelSegmentState *state)
{
  unlink (state->done);
}

/**
 * voxel_segment_state_free:
 * @state: a run that this process works on no more
 */
void
voxel_segment_state_free (VoxelSegmentState *state)
{
  if (state->lock >= 0)
    close (state->lock);
  g_free (state->folder);
  g_free (state->done);
  g_free (state->run);
  g_free (state);
}
