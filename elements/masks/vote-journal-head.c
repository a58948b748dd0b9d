/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a journal begins, little endian: "voxvotes", version, bytes of this head, shape z, y, x, mode, axes, 0 (32
 * bits each), threshold (double), SHA-256 of the run's text (64 hexadecimal digits), checksum (64 bits). */

#include "vote-journal-head.h"

#include <string.h>

#define MAGIC "voxvotes"
#define VERSION 1
#define CHECKED (VOXEL_VOTE_JOURNAL_HEAD - 8)
#define DIGEST 64

typedef struct {
  gchar magic[8];
  guint32 version;
  guint32 size;
  guint32 shape[VOXEL_VOTE_JOURNAL_AXES];
  guint32 mode;
  guint32 axes;
  guint32 zero;
  guint64 threshold;
  gchar run[DIGEST];
  guint64 checksum;
} Head;

G_STATIC_ASSERT (sizeof (Head) == VOXEL_VOTE_JOURNAL_HEAD);

static guint64
bits_of (gdouble number)
{
  guint64 bits;

  memcpy (&bits, &number, sizeof bits);
  return bits;
}

static gdouble
number_of (guint64 bits)
{
  gdouble number;

  memcpy (&number, &bits, sizeof number);
  return number;
}

/**
 * voxel_vote_journal_head_write:
 * @subject: what the journal is of
 * @head: (out): VOXEL_VOTE_JOURNAL_HEAD bytes
 *
 * Returns: their checksum, with which those of records begin
 */
guint64
voxel_vote_journal_head_write (const VoxelVoteJournalSubject *subject, guint8 *head)
{
  g_autofree gchar *digest =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, subject->run ? subject->run : "", -1);
  Head out = {.version = GUINT32_TO_LE (VERSION), .size = GUINT32_TO_LE (sizeof (Head))};
  guint64 chain;

  memcpy (out.magic, MAGIC, sizeof out.magic);
  for (guint i = 0; i < VOXEL_VOTE_JOURNAL_AXES; i++)
    out.shape[i] = GUINT32_TO_LE (subject->shape[i]);
  out.mode = GUINT32_TO_LE ((guint32) subject->mode);
  out.axes = GUINT32_TO_LE (subject->axes);
  out.threshold = GUINT64_TO_LE (bits_of (subject->threshold));
  memcpy (out.run, digest, DIGEST);
  chain = voxel_vote_record_checksum (0, &out, CHECKED);
  out.checksum = GUINT64_TO_LE (chain);
  memcpy (head, &out, sizeof out);
  return chain;
}

static gboolean
differs (GError **error, const gchar *format, ...)
{
  va_list arguments;
  g_autofree gchar *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, text);
  return FALSE;
}

static gboolean
check_subject (const Head *is, const VoxelVoteJournalSubject *subject, GError **error)
{
  static const gchar *const modes[] = {"majority", "union", "mean"};
  Head should;
  guint mode = GUINT32_FROM_LE (is->mode);

  voxel_vote_journal_head_write (subject, (guint8 *) &should);
  if (memcmp (is->shape, should.shape, sizeof is->shape) != 0)
    return differs (error, "is of a volume of %u x %u x %u voxels, this one has %u x %u x %u",
                    GUINT32_FROM_LE (is->shape[0]), GUINT32_FROM_LE (is->shape[1]),
                    GUINT32_FROM_LE (is->shape[2]), subject->shape[0], subject->shape[1], subject->shape[2]);
  if (is->mode != should.mode)
    return differs (error, "is of mode %s, this vote of mode %s",
                    mode < G_N_ELEMENTS (modes) ? modes[mode] : "unknown", modes[subject->mode]);
  if (is->threshold != should.threshold)
    return differs (error, "is of threshold %g, this vote of %g", number_of (GUINT64_FROM_LE (is->threshold)),
                    subject->threshold);
  if (is->axes != should.axes)
    return differs (error, "is of another choice of axes than this vote");
  return memcmp (is->run, should.run, DIGEST) == 0 ||
         differs (error, "is of another run: of other slices, another model or other options");
}

/**
 * voxel_vote_journal_head_check:
 * @head: VOXEL_VOTE_JOURNAL_HEAD bytes
 * @subject: what the journal should be of
 * @chain: (out): checksum with which those of records begin
 * @error: G_FILE_ERROR_INVAL, without the file's name
 *
 * Returns: whether it is whole and of @subject
 */
gboolean
voxel_vote_journal_head_check (const guint8 *head, const VoxelVoteJournalSubject *subject, guint64 *chain,
                               GError **error)
{
  Head is;

  memcpy (&is, head, sizeof is);
  *chain = voxel_vote_record_checksum (0, &is, CHECKED);
  if (memcmp (is.magic, MAGIC, sizeof is.magic) != 0)
    return differs (error, "is no vote journal");
  if (*chain != GUINT64_FROM_LE (is.checksum))
    return differs (error, "is damaged in its first %u bytes", VOXEL_VOTE_JOURNAL_HEAD);
  if (GUINT32_FROM_LE (is.version) != VERSION)
    return differs (error, "is of version %u, this program reads version %u", GUINT32_FROM_LE (is.version),
                    VERSION);
  return check_subject (&is, subject, error);
}

/**
 * voxel_vote_journal_head_axes:
 * @head: VOXEL_VOTE_JOURNAL_HEAD bytes, not yet checked
 *
 * Returns: the axes that it says are promised
 */
guint
voxel_vote_journal_head_axes (const guint8 *head)
{
  Head is;

  memcpy (&is, head, sizeof is);
  return GUINT32_FROM_LE (is.axes);
}
