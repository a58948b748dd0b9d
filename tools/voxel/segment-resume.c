/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "elements/masks/vote-journal.h"
#include "pipeline-values.h"
#include "segment-identity.h"
#include "segment-rescale.h"
#include "segment-resume.h"

/* A voter and its journal. */
typedef struct {
  const gchar *file;
  const gchar *variable;
  VoxelVoteJournalSubject subject;
} Voter;

#define MAX_VOTERS 2

/**
 * voxel_segment_resume_folder:
 * @request: a command line
 *
 * Returns: (transfer full): where a run keeps what it has done
 */
gchar *
voxel_segment_resume_folder (const VoxelSegmentRequest *request)
{
  return request->state ? g_strdup (request->state) : voxel_segment_state_folder (request->outputs[0]);
}

/* Every output, the probability's with them. */
static GPtrArray *
all_outputs (const VoxelSegmentRequest *request)
{
  GPtrArray *all = g_ptr_array_new ();

  for (gchar **path = request->outputs; *path; path++)
    g_ptr_array_add (all, *path);
  if (request->probability)
    g_ptr_array_add (all, request->probability);
  g_ptr_array_add (all, NULL);
  return all;
}

/**
 * voxel_segment_resume_check_fresh:
 * @request: a command line without --resume
 * @error: VOXEL_COMMAND_ERROR_USAGE with what to do
 *
 * Returns: whether no earlier run could go on
 */
gboolean
voxel_segment_resume_check_fresh (const VoxelSegmentRequest *request, GError **error)
{
  g_autofree gchar *folder = voxel_segment_resume_folder (request);

  if (!request->state)
    return voxel_segment_state_absent (folder, error);
  g_set_error (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE,
               "--state %s: only a run with --resume keeps what it has done\nAdd --resume", request->state);
  return FALSE;
}

static guint64
number_of (GHashTable *values, const gchar *name, guint64 fallback)
{
  GPtrArray *list = g_hash_table_lookup (values, name);

  return list ? g_ascii_strtoull (g_ptr_array_index (list, 0), NULL, 10) : fallback;
}

static const gchar *
axes_of (const VoxelSegmentRequest *request)
{
  return voxel_segment_settings_get (request->settings, "axes");
}

static guint
axis_of (gchar letter)
{
  return letter == 'z' ? 0 : letter == 'y' ? 1 : 2;
}

static VoxelVoteMode
mode_of (const gchar *vote)
{
  if (strcmp (vote, "union") == 0)
    return VOXEL_VOTE_UNION;
  return strcmp (vote, "mean") == 0 ? VOXEL_VOTE_MEAN : VOXEL_VOTE_MAJORITY;
}

/* As segment.gst sets the voters up, of which the second has the element's own threshold. */
static guint
list_voters (const VoxelSegmentRequest *request, const guint shape[3], const gchar *run,
             Voter voters[MAX_VOTERS])
{
  const gchar *threshold = voxel_segment_settings_get (request->settings, "threshold");
  VoxelVoteJournalSubject subject = {
      .mode = mode_of (voxel_segment_settings_get (request->settings, "vote")),
      .threshold = g_ascii_strtod (threshold ? threshold : "0.5", NULL),
      .run = run,
  };

  memcpy (subject.shape, shape, sizeof subject.shape);
  for (const gchar *letter = axes_of (request); *letter; letter++) {
    if (*letter != ',')
      subject.axes |= 1u << axis_of (*letter);
  }
  voters[0] = (Voter){VOXEL_SEGMENT_STATE_VOTES, "journal", subject};
  subject.mode = VOXEL_VOTE_MEAN;
  subject.threshold = .5;
  voters[1] = (Voter){VOXEL_SEGMENT_STATE_SOFT, "soft-journal", subject};
  return request->probability ? 2 : 1;
}

/**
 * voxel_segment_resume_bytes:
 * @request: a command line with --resume, its settings resolved
 * @shape: slices, rows and columns that are voted on
 *
 * Returns: the most that is still going to be written to the folder of voxel_segment_resume_folder()
 */
guint64
voxel_segment_resume_bytes (const VoxelSegmentRequest *request, const guint shape[3])
{
  g_autofree gchar *folder = voxel_segment_resume_folder (request);
  Voter voters[MAX_VOTERS];
  guint n_voters = list_voters (request, shape, NULL, voters);
  guint64 bytes = 0;

  for (guint i = 0; i < n_voters; i++) {
    g_autofree gchar *path = g_build_filename (folder, voters[i].file, NULL);
    guint64 whole = voxel_vote_journal_estimate (&voters[i].subject);
    struct stat status;

    bytes += whole - (stat (path, &status) == 0 ? MIN (whole, (guint64) status.st_size) : 0);
  }
  return bytes;
}

/* What all journals have, of each axis; axes whose slices are smaller than the tile are no voter's. */
static gboolean
survey (const gchar *folder, Voter *voters, guint n_voters, guint done[VOXEL_SEGMENT_AXES], GError **error)
{
  for (guint axis = 0; axis < VOXEL_SEGMENT_AXES; axis++)
    done[axis] = G_MAXUINT;
  for (guint i = 0; i < n_voters; i++) {
    g_autofree gchar *path = g_build_filename (folder, voters[i].file, NULL);
    VoxelVoteJournalRange ranges[VOXEL_VOTE_JOURNAL_AXES];
    guint64 bytes;

    if (!voxel_vote_journal_survey (path, &voters[i].subject, ranges, &bytes, error))
      return FALSE;
    for (guint axis = 0; axis < VOXEL_SEGMENT_AXES; axis++)
      done[axis] = MIN (done[axis], ranges[axis].end);
  }
  return TRUE;
}

/* The last slice of the last axis is run again if nothing else is left: something has to flow. So are the @reach
 * slices before the first one that is new, whose neighbours they are; the votes that the journal has count. */
static gchar *
plan_skip (const gchar *axes, const guint shape[3], guint promised, guint reach,
           guint done[VOXEL_SEGMENT_AXES])
{
  GString *skip = g_string_new (NULL);
  guint last = 0;
  gboolean left = FALSE;

  for (; *axes; axes++) {
    guint axis = axis_of (*axes);

    if (*axes == ',' || !(promised & 1u << axis))
      continue;
    last = axis;
    left |= done[axis] < shape[axis];
  }
  if (!left)
    done[last]--;
  for (guint axis = 0; axis < VOXEL_SEGMENT_AXES; axis++) {
    guint from = done[axis] < shape[axis] ? done[axis] - MIN (done[axis], reach) : done[axis];

    if (from)
      g_string_append_printf (skip, "%s%c:%u", skip->len ? "," : "", "zyx"[axis], from);
  }
  return g_string_free (skip, FALSE);
}

static gboolean
take_up (VoxelSegmentResume *resume, const VoxelSegmentRequest *request, const gchar *folder,
         const guint shape[3], Voter *voters, guint n_voters, GHashTable *values, GError **error)
{
  g_autofree gchar *skip = NULL;

  if (!survey (folder, voters, n_voters, resume->done, error))
    return FALSE;
  skip = plan_skip (axes_of (request), shape, voters[0].subject.axes,
                    (guint) number_of (values, "neighbours", 0), resume->done);
  if (*skip)
    voxel_pipeline_values_add (values, "skip", skip);
  for (guint axis = 0; axis < VOXEL_SEGMENT_AXES; axis++) {
    resume->slices += resume->done[axis];
    resume->voxels += (guint64) resume->done[axis] * shape[(axis + 1) % 3] * shape[(axis + 2) % 3];
  }
  voxel_pipeline_values_add (values, "run", voters[0].subject.run);
  for (guint i = 0; i < n_voters; i++) {
    g_autofree gchar *path = g_build_filename (folder, voters[i].file, NULL);

    voxel_pipeline_values_add (values, voters[i].variable, path);
  }
  return TRUE;
}

/**
 * voxel_segment_resume_new:
 * @request: a command line with --resume
 * @values: of voxel_segment_plan() for it; gets the variables that make the run go on
 * @look_only: whether nothing is to be written
 * @error: VOXEL_COMMAND_ERROR, and what inputs and journals may give
 *
 * Returns: (nullable) (transfer full): what earlier runs have done
 */
VoxelSegmentResume *
voxel_segment_resume_new (const VoxelSegmentRequest *request, GHashTable *values, gboolean look_only,
                          GError **error)
{
  g_autoptr (VoxelSegmentResume) resume = g_new0 (VoxelSegmentResume, 1);
  g_autoptr (GPtrArray) outputs = all_outputs (request);
  g_autofree gchar *folder = voxel_segment_resume_folder (request), *text = NULL, *run = NULL;
  guint shape[3], n_voters;
  g_autoptr (JsonObject) identity = voxel_segment_identity_new (request, values, shape, error);
  Voter voters[MAX_VOTERS];

  if (!identity)
    return NULL;
  text = voxel_segment_identity_to_text (identity, &run);
  shape[0] = (guint) (number_of (values, "last", shape[0] - 1) - number_of (values, "first", 0) + 1);
  voxel_segment_rescale_shape (request->settings, shape);
  n_voters = list_voters (request, shape, run, voters);
  if (!look_only)
    resume->state = voxel_segment_state_open (folder, identity, (const gchar *const *) outputs->pdata, error);
  if (!look_only && !resume->state)
    return NULL;
  if (!look_only && resume->state->complete)
    return g_steal_pointer (&resume);
  return take_up (resume, request, folder, shape, voters, n_voters, values, error) ? g_steal_pointer (&resume)
                                                                                   : NULL;
}

/**
 * voxel_segment_resume_free:
 * @resume: no longer needed; the run's folder stays
 */
void
voxel_segment_resume_free (VoxelSegmentResume *resume)
{
  g_clear_pointer (&resume->state, voxel_segment_state_free);
  g_free (resume);
}
