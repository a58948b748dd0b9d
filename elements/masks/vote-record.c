/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a slice's ballots lie in a journal, little endian: "vote", axis, index, rows, columns, 0 (32 bits each),
 * bytes of the ballots and the checksum of all so far (64 bits each), then the ballots: a bit a voxel, rows of
 * 64-bit words; or, of probabilities, 16 bits a voxel. */

#include "vote-record.h"

#include "mask-bits.h"

#include <string.h>

#define MAGIC "vote"
#define CHECKED 32

/* Any odd number with bits all over; this one is 2^64 over the golden ratio. */
#define MULTIPLIER G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

/* One to one in either argument, so that a change within one word never goes unseen. */
static inline guint64
mix (guint64 state, guint64 word)
{
  state = (state ^ word) * MULTIPLIER;
  return state ^ state >> 29;
}

/**
 * voxel_vote_record_checksum:
 * @before: checksum of what comes before @data
 * @data: bytes
 * @size: how many
 *
 * Returns: the checksum of all
 */
guint64
voxel_vote_record_checksum (guint64 before, gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  guint64 state = mix (before, size), word = 0;

  for (; size >= sizeof word; bytes += sizeof word, size -= sizeof word) {
    memcpy (&word, bytes, sizeof word);
    state = mix (state, GUINT64_FROM_LE (word));
  }
  word = 0;
  memcpy (&word, bytes, size);
  return mix (mix (state, GUINT64_FROM_LE (word)), 0);
}

/**
 * voxel_vote_record_size:
 * @mode: how votes are counted
 * @height: rows
 * @width: columns
 *
 * Returns: bytes of a slice's ballots
 */
gsize
voxel_vote_record_size (VoxelVoteMode mode, guint height, guint width)
{
  return mode == VOXEL_VOTE_MEAN ? (gsize) height * width * sizeof (guint16)
                                 : height * voxel_mask_bits_words (width) * sizeof (guint64);
}

/**
 * voxel_vote_record_pack:
 * @mode: how votes are counted
 * @ballots: of a slice, as voxel_vote_cast() makes them
 * @data: (out): voxel_vote_record_size() bytes, aligned to 8
 */
void
voxel_vote_record_pack (VoxelVoteMode mode, const VoxelVoteImage *ballots, guint8 *data)
{
  gsize words = voxel_mask_bits_words (ballots->width);

  for (guint y = 0; y < ballots->height; y++) {
    const guint8 *row = ballots->pixels + y * ballots->stride;

    if (mode == VOXEL_VOTE_MEAN) {
      const guint32 *sums = (const guint32 *) (gconstpointer) row;
      guint16 *codes = (guint16 *) (gpointer) data + (gsize) y * ballots->width;

      for (guint x = 0; x < ballots->width; x++)
        codes[x] = GUINT16_TO_LE ((guint16) sums[x]);
    } else {
      guint64 *bits = (guint64 *) (gpointer) data + y * words;

      voxel_mask_bits_pack8 (bits, row, ballots->width, 1);
      for (gsize i = 0; i < words; i++)
        bits[i] = GUINT64_TO_LE (bits[i]);
    }
  }
}

/**
 * voxel_vote_record_unpack:
 * @mode: how votes are counted
 * @data: of voxel_vote_record_pack()
 * @ballots: (out): of the same size
 */
void
voxel_vote_record_unpack (VoxelVoteMode mode, const guint8 *data, const VoxelVoteImage *ballots)
{
  gsize words = voxel_mask_bits_words (ballots->width);

  for (guint y = 0; y < ballots->height; y++) {
    guint8 *row = ballots->pixels + y * ballots->stride;

    if (mode == VOXEL_VOTE_MEAN) {
      const guint16 *codes = (const guint16 *) (gconstpointer) data + (gsize) y * ballots->width;
      guint32 *sums = (guint32 *) (gpointer) row;

      for (guint x = 0; x < ballots->width; x++)
        sums[x] = GUINT16_FROM_LE (codes[x]);
    } else {
      const guint64 *bits = (const guint64 *) (gconstpointer) data + y * words;

      for (guint x = 0; x < ballots->width; x++)
        row[x] = GUINT64_FROM_LE (bits[x / 64]) >> x % 64 & 1;
    }
  }
}

static void
put32 (guint8 *at, guint32 number)
{
  number = GUINT32_TO_LE (number);
  memcpy (at, &number, sizeof number);
}

static void
put64 (guint8 *at, guint64 number)
{
  number = GUINT64_TO_LE (number);
  memcpy (at, &number, sizeof number);
}

static guint32
get32 (const guint8 *at)
{
  guint32 number;

  memcpy (&number, at, sizeof number);
  return GUINT32_FROM_LE (number);
}

static guint64
get64 (const guint8 *at)
{
  guint64 number;

  memcpy (&number, at, sizeof number);
  return GUINT64_FROM_LE (number);
}

static guint64
chain (guint64 before, const guint8 *head, const guint8 *data, gsize size)
{
  return voxel_vote_record_checksum (voxel_vote_record_checksum (before, head, CHECKED), data, size);
}

/**
 * voxel_vote_record_seal:
 * @record: a slice; gets its checksum
 * @before: checksum of the records before
 * @data: its ballots
 * @head: (out): VOXEL_VOTE_RECORD_HEAD bytes to write before @data
 */
void
voxel_vote_record_seal (VoxelVoteRecord *record, guint64 before, const guint8 *data, guint8 *head)
{
  memcpy (head, MAGIC, 4);
  put32 (head + 4, record->axis);
  put32 (head + 8, record->index);
  put32 (head + 12, record->height);
  put32 (head + 16, record->width);
  put32 (head + 20, 0);
  put64 (head + 24, record->size);
  record->chain = chain (before, head, data, record->size);
  put64 (head + CHECKED, record->chain);
}

/**
 * voxel_vote_record_parse:
 * @record: (out): what @head says
 * @head: VOXEL_VOTE_RECORD_HEAD bytes
 *
 * Returns: whether they are a record's; nothing in it is to be trusted before voxel_vote_record_holds()
 */
gboolean
voxel_vote_record_parse (VoxelVoteRecord *record, const guint8 *head)
{
  record->axis = get32 (head + 4);
  record->index = get32 (head + 8);
  record->height = get32 (head + 12);
  record->width = get32 (head + 16);
  record->size = get64 (head + 24);
  record->chain = get64 (head + CHECKED);
  return memcmp (head, MAGIC, 4) == 0;
}

/**
 * voxel_vote_record_holds:
 * @record: of voxel_vote_record_parse()
 * @before: checksum of the records before
 * @head: of the record
 * @data: its ballots
 *
 * Returns: whether the checksum is right
 */
gboolean
voxel_vote_record_holds (const VoxelVoteRecord *record, guint64 before, const guint8 *head,
                         const guint8 *data)
{
  return record->chain == chain (before, head, data, record->size);
}
