/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/masks/vote-journal.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_SLICES (5u + 6u + 70u)

typedef struct {
  gchar *folder;
  gchar *path;
  gchar *commit;
  VoxelVoteJournalSubject subject;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer mode)
{
  fixture->folder = g_dir_make_tmp ("voxel-journal-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "votes", NULL);
  fixture->commit = g_build_filename (fixture->folder, "votes.commit", NULL);
  fixture->subject =
      (VoxelVoteJournalSubject){{5, 6, 70}, (VoxelVoteMode) GPOINTER_TO_UINT (mode), .5, 7, "run"};
}

static void
tear_down (Fixture *fixture, gconstpointer mode)
{
  g_remove (fixture->path);
  g_remove (fixture->commit);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->commit);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* Not flushed to disk: a test does this many times. */
static void
rewrite (const gchar *path, const gchar *data, gssize size)
{
  g_autoptr (GError) error = NULL;

  /* It would not be shortened. */
  g_remove (path);
  g_file_set_contents_full (path, data, size, G_FILE_SET_CONTENTS_NONE, 0666, &error);
  g_assert_no_error (error);
}

static guint
ballot (VoxelVoteMode mode, guint axis, guint index, guint pixel)
{
  guint h = (axis * 2654435761u) ^ (index * 73856093u) ^ (pixel * 19349663u);

  h = (h ^ h >> 13) * 1274126177u >> 16;
  return mode == VOXEL_VOTE_MEAN ? h & 0xffff : h & 1;
}

/* Ballots with a gap behind each row. */
static VoxelVoteImage
make_image (const Fixture *fixture, guint axis)
{
  guint bytes = voxel_vote_ballot_bytes (fixture->subject.mode);
  guint height = fixture->subject.shape[(axis + 1) % 3], width = fixture->subject.shape[(axis + 2) % 3];
  gsize stride = (width + 3) * bytes;

  return (VoxelVoteImage){g_malloc0 (height * stride), stride, bytes, width, height};
}

static guint
get (const VoxelVoteImage *image, guint y, guint x)
{
  const guint8 *row = image->pixels + y * image->stride;

  return image->bytes == 1 ? row[x] : ((const guint32 *) (gconstpointer) row)[x];
}

static void
append (VoxelVoteJournal *journal, const Fixture *fixture, guint axis, guint index)
{
  VoxelVoteImage image = make_image (fixture, axis);
  g_autoptr (GError) error = NULL;

  for (guint y = 0; y < image.height; y++) {
    guint8 *row = image.pixels + y * image.stride;

    for (guint x = 0; x < image.width; x++) {
      guint value = ballot (fixture->subject.mode, axis, index, y * image.width + x);

      if (image.bytes == 1)
        row[x] = (guint8) value;
      else
        ((guint32 *) (gpointer) row)[x] = value;
    }
  }
  voxel_vote_journal_append (journal, axis, index, &image, &error);
  g_assert_no_error (error);
  g_free (image.pixels);
}

/* Appends slices @from to @to - 1 of all, z before y before x. */
static void
append_slices (VoxelVoteJournal *journal, const Fixture *fixture, guint from, guint to)
{
  const guint *shape = fixture->subject.shape;

  for (guint i = from; i < to; i++) {
    guint axis = i < shape[0] ? 0 : i < shape[0] + shape[1] ? 1 : 2;

    append (journal, fixture, axis, i - (axis > 0 ? shape[0] : 0) - (axis > 1 ? shape[1] : 0));
  }
}

/* Reads what there is, all of it as it was appended. Returns how many slices. */
static guint
read_slices (VoxelVoteJournal *journal, const Fixture *fixture, GError **error)
{
  VoxelVoteRecord record;
  guint n = 0;

  while (voxel_vote_journal_read (journal, &record, error)) {
    VoxelVoteImage image = make_image (fixture, record.axis);

    voxel_vote_journal_get_ballots (journal, &image);
    for (guint y = 0; y < image.height; y++) {
      for (guint x = 0; x < image.width; x++)
        g_assert_cmpuint (get (&image, y, x), ==,
                          ballot (fixture->subject.mode, record.axis, record.index, y * image.width + x));
    }
    g_free (image.pixels);
    n++;
  }
  return n;
}

static VoxelVoteJournal *
reopen (const Fixture *fixture, guint expected)
{
  g_autoptr (GError) error = NULL;
  VoxelVoteJournal *journal = voxel_vote_journal_open (fixture->path, &fixture->subject, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (read_slices (journal, fixture, &error), ==, expected);
  g_assert_no_error (error);
  return journal;
}

static void
write_journal (const Fixture *fixture, guint n)
{
  VoxelVoteJournal *journal = reopen (fixture, 0);

  append_slices (journal, fixture, 0, n);
  voxel_vote_journal_close (journal);
}

static void
test_continue (Fixture *fixture, gconstpointer mode)
{
  VoxelVoteJournalRange ranges[3];
  g_autoptr (GError) error = NULL;
  guint64 bytes;

  for (guint n = 0; n < N_SLICES; n += 9) {
    VoxelVoteJournal *journal = reopen (fixture, n);

    append_slices (journal, fixture, n, MIN (n + 9, N_SLICES));
    voxel_vote_journal_close (journal);
  }
  voxel_vote_journal_close (reopen (fixture, N_SLICES));
  g_assert_true (voxel_vote_journal_survey (fixture->path, &fixture->subject, ranges, &bytes, &error));
  g_assert_no_error (error);
  for (guint axis = 0; axis < 3; axis++) {
    g_assert_cmpuint (ranges[axis].first, ==, 0);
    g_assert_cmpuint (ranges[axis].end, ==, fixture->subject.shape[axis]);
  }
  g_assert_cmpuint (bytes, ==, voxel_vote_journal_estimate (&fixture->subject));
}

static void
test_survey_of_nothing (Fixture *fixture, gconstpointer mode)
{
  VoxelVoteJournalRange ranges[3] = {{9, 9}, {9, 9}, {9, 9}};
  g_autoptr (GError) error = NULL;
  guint64 bytes;

  g_assert_true (voxel_vote_journal_survey (fixture->path, &fixture->subject, ranges, &bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ranges[2].end, ==, 0);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fixture->commit, G_FILE_TEST_EXISTS));
}

/* A kill leaves a record that is not whole, a loss of power also zeros or what was on the disk before; whatever the
 * length, only that record is lost and those behind it. */
static void
test_torn_tail (Fixture *fixture, gconstpointer mode)
{
  g_autofree gchar *whole = NULL, *commit = NULL;
  gsize size, committed, commit_size;
  VoxelVoteJournal *journal = reopen (fixture, 0);

  append_slices (journal, fixture, 0, 4);
  g_assert_true (voxel_vote_journal_commit (journal, NULL));
  g_assert_true (g_file_get_contents (fixture->commit, &commit, &commit_size, NULL));
  g_assert_true (g_file_get_contents (fixture->path, &whole, &committed, NULL));
  append_slices (journal, fixture, 4, 7);
  voxel_vote_journal_close (journal);
  g_clear_pointer (&whole, g_free);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  for (gsize cut = committed; cut <= size; cut += 23) {
    guint kept = 4;
    g_autofree gchar *torn = g_memdup2 (whole, size);

    for (gsize i = cut; i < size; i++)
      torn[i] = cut % 3 == 1 ? 0 : (gchar) ~whole[i];
    rewrite (fixture->path, torn, (gssize) (cut % 3 ? size : cut));
    rewrite (fixture->commit, commit, (gssize) commit_size);
    for (guint n = 5; n <= 7; n++) {
      gsize slice = 40 + voxel_vote_record_size (fixture->subject.mode, n <= 5 ? 6 : 70, n <= 5 ? 70 : 5);
      static gsize end;

      end = n == 5 ? committed + slice : end + slice;
      kept += cut >= end;
    }
    journal = reopen (fixture, kept);
    append_slices (journal, fixture, kept, 9);
    voxel_vote_journal_close (journal);
  }
  voxel_vote_journal_close (reopen (fixture, 9));
}

static gboolean
is_refused_once (const Fixture *fixture, gboolean writable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelVoteJournal) journal =
      voxel_vote_journal_open (fixture->path, &fixture->subject, writable, &error);

  if (journal)
    read_slices (journal, fixture, &error);
  if (error && !strstr (error->message, fixture->path))
    g_error ("\"%s\" does not name the file", error->message);
  return error != NULL;
}

/* Opening or reading says no, each time that it is tried; never is a slice read as it was not. Returns whether
 * it said so. */
static gboolean
is_refused (const Fixture *fixture)
{
  gboolean refused = is_refused_once (fixture, TRUE);

  g_assert_cmpint (is_refused_once (fixture, FALSE), ==, refused);
  return refused;
}

static void
test_shortened (Fixture *fixture, gconstpointer mode)
{
  g_autofree gchar *whole = NULL;
  gsize size;

  write_journal (fixture, 12);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  for (gsize cut = 0; cut < size; cut += cut < 400 ? 1 : 37) {
    rewrite (fixture->path, whole, (gssize) cut);
    g_assert_true (is_refused (fixture));
  }
  g_remove (fixture->path);
  g_assert_true (is_refused (fixture));
  rewrite (fixture->path, whole, (gssize) size);
  g_assert_false (is_refused (fixture));
  g_remove (fixture->commit);
  g_assert_true (is_refused (fixture));
}

/* Every bit of the journal and of its commit file. */
static void
test_altered (Fixture *fixture, gconstpointer mode)
{
  const gchar *files[] = {fixture->path, fixture->commit};

  write_journal (fixture, 3);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree gchar *whole = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (files[i], &whole, &size, NULL));
    for (gsize bit = 0; bit < 8 * size; bit += bit < 8 * 200 ? 1 : 11) {
      whole[bit / 8] ^= (gchar) (1 << bit % 8);
      rewrite (files[i], whole, (gssize) size);
      if (!is_refused (fixture))
        g_error ("bit %" G_GSIZE_FORMAT " of %s", bit, files[i]);
      whole[bit / 8] ^= (gchar) (1 << bit % 8);
    }
    rewrite (files[i], whole, (gssize) size);
    g_assert_false (is_refused (fixture));
  }
}

/* Whole records in the wrong place, or of another journal of the same subject. */
static void
test_exchanged (Fixture *fixture, gconstpointer mode)
{
  gsize record = 40 + voxel_vote_record_size (fixture->subject.mode, 6, 70), size;
  g_autofree gchar *whole = NULL, *other = NULL;

  write_journal (fixture, 4);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  g_assert_cmpuint (size, ==, 120 + 4 * record);
  other = g_memdup2 (whole, size);
  memcpy (other + 120 + record, whole + 120 + 2 * record, record);
  memcpy (other + 120 + 2 * record, whole + 120 + record, record);
  rewrite (fixture->path, other, (gssize) size);
  g_assert_true (is_refused (fixture));
  g_remove (fixture->path);
  g_remove (fixture->commit);
  write_journal (fixture, 3);
  rewrite (fixture->path, whole, (gssize) size);
  g_assert_false (is_refused (fixture)); /* a longer journal of the same is what a kill leaves */
}

/* Killed between the first commit and the journal's name. */
static void
test_never_named (Fixture *fixture, gconstpointer mode)
{
  g_autofree gchar *temporary = g_strconcat (fixture->path, ".new", NULL);

  write_journal (fixture, 0);
  g_assert_cmpint (g_rename (fixture->path, temporary), ==, 0);
  write_journal (fixture, 2);
  g_assert_false (g_file_test (temporary, G_FILE_TEST_EXISTS));
  voxel_vote_journal_close (reopen (fixture, 2));
}

static void
test_other_subject (Fixture *fixture, gconstpointer mode)
{
  const struct {
    VoxelVoteJournalSubject subject;
    const gchar *says;
  } cases[] = {
      {{{5, 7, 70}, fixture->subject.mode, .5, 7, "run"}, "5 x 6 x 70 voxels, this one has 5 x 7 x 70"},
      {{{5, 6, 70}, VOXEL_VOTE_UNION, .5, 7, "run"}, "of mode"},
      {{{5, 6, 70}, fixture->subject.mode, .25, 7, "run"}, "of threshold 0.5, this vote of 0.25"},
      {{{5, 6, 70}, fixture->subject.mode, .5, 1, "run"}, "of another choice of axes"},
      {{{5, 6, 70}, fixture->subject.mode, .5, 7, "rum"}, "of another run"},
      {{{5, 6, 70}, fixture->subject.mode, .5, 7, NULL}, "of another run"},
  };

  write_journal (fixture, 3);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_vote_journal_open (fixture->path, &cases[i].subject, TRUE, &error));
    g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    if (!strstr (error->message, cases[i].says) || !strstr (error->message, "start anew"))
      g_error ("\"%s\" does not say \"%s\"", error->message, cases[i].says);
  }
  voxel_vote_journal_close (reopen (fixture, 3));
}

static void
test_one_writer (Fixture *fixture, gconstpointer mode)
{
  VoxelVoteJournal *journal = reopen (fixture, 0);
  g_autoptr (GError) error = NULL;

  append_slices (journal, fixture, 0, 2);
  g_assert_null (voxel_vote_journal_open (fixture->path, &fixture->subject, TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
  voxel_vote_journal_close (journal);
  voxel_vote_journal_close (reopen (fixture, 2));
}

static void
test_out_of_order (Fixture *fixture, gconstpointer mode)
{
  VoxelVoteJournal *journal = reopen (fixture, 0);
  VoxelVoteImage image = make_image (fixture, 0);
  g_autoptr (GError) error = NULL;

  append_slices (journal, fixture, 0, 2);
  g_assert_false (voxel_vote_journal_append (journal, 0, 3, &image, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  g_assert_false (voxel_vote_journal_append (journal, 0, 1, &image, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  voxel_vote_journal_close (journal);
  g_free (image.pixels);
  voxel_vote_journal_close (reopen (fixture, 2));
}

static void
test_no_folder (Fixture *fixture, gconstpointer mode)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (voxel_vote_journal_open ("/nowhere/at/all", &fixture->subject, TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* No change within a word leaves the checksum as it was: the mixing is one to one. */
static void
test_checksum (void)
{
  guint8 data[67] = {0};
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (gsize size = 0; size <= sizeof data; size++) {
    guint64 sum = voxel_vote_record_checksum (1, data, size);

    g_assert_true (g_hash_table_add (seen, g_memdup2 (&sum, sizeof sum)));
  }
  for (guint bit = 0; bit < 8 * sizeof data; bit++) {
    guint64 sum;

    data[bit / 8] ^= (guint8) (1 << bit % 8);
    sum = voxel_vote_record_checksum (1, data, sizeof data);
    g_assert_true (g_hash_table_add (seen, g_memdup2 (&sum, sizeof sum)));
    data[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  g_assert_cmpuint (voxel_vote_record_checksum (1, data, 8), !=, voxel_vote_record_checksum (2, data, 8));
}

int
main (int argc, char **argv)
{
  static const struct {
    const gchar *name;
    void (*run) (Fixture *fixture, gconstpointer mode);
  } tests[] = {
      {"continue", test_continue},       {"survey-of-nothing", test_survey_of_nothing},
      {"torn-tail", test_torn_tail},     {"shortened", test_shortened},
      {"altered", test_altered},         {"exchanged", test_exchanged},
      {"never-named", test_never_named}, {"other-subject", test_other_subject},
      {"one-writer", test_one_writer},   {"out-of-order", test_out_of_order},
      {"no-folder", test_no_folder},
  };
  static const struct {
    const gchar *name;
    VoxelVoteMode mode;
  } modes[] = {{"majority", VOXEL_VOTE_MAJORITY}, {"mean", VOXEL_VOTE_MEAN}};

  /* In memory, where flushing takes no time: these tests do it thousands of times. */
  if (access ("/dev/shm", W_OK | X_OK) == 0)
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    for (gsize m = 0; m < G_N_ELEMENTS (modes); m++) {
      g_autofree gchar *path = g_strdup_printf ("/vote-journal/%s/%s", tests[i].name, modes[m].name);

      g_test_add (path, Fixture, GUINT_TO_POINTER (modes[m].mode), set_up, tests[i].run, tear_down);
    }
  }
  g_test_add_func ("/vote-journal/checksum", test_checksum);
  return g_test_run ();
}
