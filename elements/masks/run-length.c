/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Run lengths as Kaggle's submissions write them: pairs "start length" of the pixels that are set, row by
 * row, counted from 1, separated by single spaces; "1 0" for an empty mask. */

#include "run-length.h"

/* Two numbers of up to 20 digits and their spaces, for each of the at most 32 runs that end in a word, and
 * the one more that ends with the mask; and what put_number() writes beyond. */
#define WORD_TEXT (33 * 42 + 8)
#define SPLIT 100000000

static void
reserve (GString *text, gsize more)
{
  gsize length = text->len;

  if (text->allocated_len - length > more)
    return;
  g_string_set_size (text, length + MAX (more, length));
  g_string_truncate (text, length);
}

/* The eight digits of a number below 10^8, the first in the lowest byte: halves, quarters, then digits, side by
 * side. Products stand for divisions: x * 10486 >> 20 is x / 100 below 43699, x * 103 >> 10 is x / 10 below 179. */
static inline guint64
digits_of (guint32 number)
{
  guint64 x = number / 10000 | (guint64) (number % 10000) << 32;
  guint64 high = (x * 10486 >> 20) & G_GUINT64_CONSTANT (0x0000007f0000007f);

  x = high | (x - 100 * high) << 16;
  high = (x * 103 >> 10) & G_GUINT64_CONSTANT (0x000f000f000f000f);
  return high | (x - 10 * high) << 8;
}

static inline gchar *
put_digits (gchar *at, guint64 digits, guint skipped)
{
  digits = GUINT64_TO_LE ((digits | G_GUINT64_CONSTANT (0x3030303030303030)) >> (8 * skipped));
  memcpy (at, &digits, 8);
  return at + 8 - skipped;
}

/* A number other than 0 and a space; up to 7 bytes more are written. */
static inline gchar *
put_number (gchar *at, guint64 number)
{
  guint64 digits;

  if (G_UNLIKELY (number >= SPLIT)) {
    at = put_number (at, number / SPLIT) - 1;
    at = put_digits (at, digits_of (number % SPLIT), 0);
  } else {
    digits = digits_of ((guint32) number);
    at = put_digits (at, digits, (guint) __builtin_ctzll (digits) / 8);
  }
  *at = ' ';
  return at + 1;
}

static gchar *
put_run (VoxelRunLength *self, gchar *at, guint64 end)
{
  at = put_number (at, self->start + 1);
  self->any = TRUE;
  return put_number (at, end - self->start);
}

/**
 * voxel_run_length_add:
 * @self: the encoder
 * @text: what has been written of this mask; runs that end in this row are appended
 * @bits: the next row at one bit a pixel (see mask-bits.h)
 * @width: pixels of the row
 */
void
voxel_run_length_add (VoxelRunLength *self, GString *text, const guint64 *bits, gsize width)
{
  for (gsize i = 0; 64 * i < width; i++) {
    guint n = (guint) MIN (64, width - 64 * i);
    guint64 changes = bits[i] ^ (bits[i] << 1 | (guint) self->inside);
    gchar *at;

    if (n < 64)
      changes &= (G_GUINT64_CONSTANT (1) << n) - 1;
    if (changes) {
      reserve (text, WORD_TEXT);
      at = text->str + text->len;
      for (; changes; changes &= changes - 1) {
        guint64 position = self->position + (guint) __builtin_ctzll (changes);

        if (self->inside)
          at = put_run (self, at, position);
        self->start = position;
        self->inside = !self->inside;
      }
      *at = '\0';
      text->len = (gsize) (at - text->str);
    }
    self->position += n;
  }
}

/**
 * voxel_run_length_finish:
 * @self: the encoder; ready for the next mask afterwards
 * @text: what has been written of this mask; completed
 */
void
voxel_run_length_finish (VoxelRunLength *self, GString *text)
{
  if (self->inside) {
    reserve (text, WORD_TEXT);
    text->len = (gsize) (put_run (self, text->str + text->len, self->position) - text->str);
  }
  if (self->any)
    g_string_truncate (text, text->len - 1);
  else
    g_string_append (text, "1 0");
  *self = (VoxelRunLength){0};
}

static gboolean refuse (GError **error, guint64 run, const gchar *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, guint64 run, const gchar *format, ...)
{
  g_autofree gchar *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "run %" G_GUINT64_FORMAT ": %s", run, what);
  return FALSE;
}

static const gchar *
skip_spaces (const gchar *text)
{
  while (*text == ' ')
    text++;
  return text;
}

/* Digits up to a space or the end. Returns what follows, or NULL. */
static const gchar *
read_number (const gchar *text, guint64 *number)
{
  const gchar *at = text;
  guint64 sum = 0;

  for (; g_ascii_isdigit (*at); at++) {
    if (sum > (G_MAXUINT64 - 9) / 10)
      return NULL;
    sum = 10 * sum + (guint) (*at - '0');
  }
  if (at == text || (*at != ' ' && *at != '\0'))
    return NULL;
  *number = sum;
  return skip_spaces (at);
}

/**
 * voxel_run_length_decode:
 * @text: runs in ascending order that do not overlap
 * @mask: (out): @n_pixels bytes; all of them are written
 * @n_pixels: pixels of the mask
 * @value: of the pixels that are set; the others become 0
 * @error: G_IO_ERROR_INVALID_DATA, naming the run (counted from 1) that is wrong and how
 *
 * Returns: whether @text describes a mask of this size
 */
gboolean
voxel_run_length_decode (const gchar *text, guint8 *mask, gsize n_pixels, guint8 value, GError **error)
{
  guint64 begun = 0;
  guint64 run = 1;
  const gchar *at = skip_spaces (text);

  memset (mask, 0, n_pixels);
  if (*at == '\0')
    return refuse (error, run, "nothing there (an empty mask is written as 1 0)");
  for (; *at; run++) {
    const gchar *from = at;
    guint64 start, length;

    at = read_number (at, &start);
    if (!at)
      return refuse (error, run, "\"%.20s\" does not begin with a number", from);
    if (*at == '\0')
      return refuse (error, run, "start %" G_GUINT64_FORMAT " has no length", start);
    from = at;
    at = read_number (at, &length);
    if (!at)
      return refuse (error, run, "\"%.20s\" does not begin with a number", from);
    if (run == 1 && start == 1 && length == 0 && *at == '\0')
      return TRUE;
    if (start == 0 || length == 0)
      return refuse (error, run,
                     "start and length count from 1, found \"%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\"",
                     start, length);
    if (start > n_pixels || length > n_pixels - (start - 1))
      return refuse (error, run,
                     "\"%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\" ends beyond the %" G_GSIZE_FORMAT
                     " pixels of the mask",
                     start, length, n_pixels);
    if (start <= begun)
      return refuse (error, run,
                     "start %" G_GUINT64_FORMAT
                     " lies within or before the run before, which ends at %" G_GUINT64_FORMAT,
                     start, begun);
    memset (mask + start - 1, value, length);
    begun = start + length - 1;
  }
  return TRUE;
}
