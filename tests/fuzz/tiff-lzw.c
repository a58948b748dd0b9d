/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes as the LZW codes of a strip, decoded here and by libtiff: where both take them, every pixel must be
 * the same; what libtiff takes must be taken here. */

#include "fuzz.h"

#include <string.h>

#include "elements/volume/tiff-lzw.h"
#include "tests/elements/volume/tiff-fixture.h"

#define SIDE 96
#define BYTES (SIDE * SIDE)

gboolean fuzz_accepted;

typedef struct {
  const guint8 *data;
  gsize size, at;
} Memory;

static tmsize_t
memory_read (thandle_t handle, void *buffer, tmsize_t size)
{
  Memory *memory = handle;
  gsize n = MIN ((gsize) size, memory->size - MIN (memory->at, memory->size));

  memcpy (buffer, memory->data + memory->at, n);
  memory->at += n;
  return (tmsize_t) n;
}

static tmsize_t
memory_write (thandle_t handle, void *buffer, tmsize_t size)
{
  return -1;
}

static toff_t
memory_seek (thandle_t handle, toff_t offset, int whence)
{
  Memory *memory = handle;

  memory->at = (gsize) offset + (whence == SEEK_CUR ? memory->at : whence == SEEK_END ? memory->size : 0);
  return memory->at;
}

static int
memory_close (thandle_t handle)
{
  return 0;
}

static toff_t
memory_size (thandle_t handle)
{
  return ((Memory *) handle)->size;
}

static int
say_nothing (TIFF *tiff, void *user_data, const char *module, const char *format, va_list arguments)
{
  return 1;
}

static TIFF *
open_memory (Memory *memory)
{
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc ();
  TIFF *tiff;

  TIFFOpenOptionsSetErrorHandlerExtR (options, say_nothing, NULL);
  TIFFOpenOptionsSetWarningHandlerExtR (options, say_nothing, NULL);
  tiff = TIFFClientOpenExt ("memory", "rmc", memory, memory_read, memory_write, memory_seek, memory_close,
                            memory_size, NULL, NULL, options);
  TIFFOpenOptionsFree (options);
  return tiff;
}

/* A file of one strip, its codes as they are. */
static GByteArray *
wrap (const guint8 *codes, gsize n_codes)
{
  const guint32 tags[][3] = {
      {TIFFTAG_IMAGEWIDTH, 4, SIDE},   {TIFFTAG_IMAGELENGTH, 4, SIDE},
      {TIFFTAG_BITSPERSAMPLE, 3, 8},   {TIFFTAG_COMPRESSION, 3, COMPRESSION_LZW},
      {TIFFTAG_PHOTOMETRIC, 3, 1},     {TIFFTAG_STRIPOFFSETS, 4, 8 + 2 + 12 * 8 + 4},
      {TIFFTAG_ROWSPERSTRIP, 4, SIDE}, {TIFFTAG_STRIPBYTECOUNTS, 4, (guint32) n_codes},
  };
  GByteArray *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) "II", 2);
  raw_append (file, 42, 2, FALSE);
  raw_append (file, 8, 4, FALSE);
  raw_append (file, G_N_ELEMENTS (tags), 2, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++) {
    raw_append (file, tags[i][0], 2, FALSE);
    raw_append (file, tags[i][1], 2, FALSE);
    raw_append (file, 1, 4, FALSE);
    raw_append (file, tags[i][2], 4, FALSE);
  }
  raw_append (file, 0, 4, FALSE);
  g_byte_array_append (file, codes, (guint) n_codes);
  return file;
}

static gboolean
decode_by_libtiff (const guint8 *codes, gsize n_codes, guint8 *bytes)
{
  g_autoptr (GByteArray) file = wrap (codes, n_codes);
  Memory memory = {file->data, file->len, 0};
  TIFF *tiff = open_memory (&memory);
  gboolean decoded = tiff && TIFFReadEncodedStrip (tiff, 0, bytes, BYTES) == BYTES;

  if (tiff)
    TIFFClose (tiff);
  return decoded;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree guint8 *codes = g_malloc0 (size + VOXEL_TIFF_LZW_SPARE);
  g_autofree guint8 *memory = g_malloc0 (VOXEL_TIFF_LZW_BEFORE + BYTES + VOXEL_TIFF_LZW_BEHIND);
  g_autofree guint8 *theirs = g_malloc0 (BYTES);
  guint8 *ours = memory + VOXEL_TIFF_LZW_BEFORE;
  gboolean taken;

  fuzz_accepted = FALSE;
  /* The first code is CLEAR, or it is the LZW of before 1988, which is left to libtiff. */
  if (size < 2 || data[0] != 0x80)
    return 0;
  memcpy (codes, data, size);
  fuzz_accepted = voxel_tiff_lzw_decode (codes, size, ours, BYTES);
  taken = decode_by_libtiff (data, size, theirs);
  if (fuzz_accepted && taken && memcmp (ours, theirs, BYTES) != 0)
    g_error ("libtiff decodes these codes to other pixels");
  if (taken && !fuzz_accepted)
    g_error ("libtiff takes these codes");
  return 0;
}

static void
add (GPtrArray *seeds, const gchar *folder, const Fixture *fixture)
{
  g_autofree gchar *path = fixture_write (folder, "x.tif", fixture);
  TIFF *tiff = TIFFOpen (path, "r");
  gsize size = (gsize) TIFFGetStrileByteCount (tiff, 0);
  guint8 *codes = g_malloc (size);

  if (TIFFReadRawStrip (tiff, 0, codes, (tmsize_t) size) != (tmsize_t) size)
    g_error ("cannot read \"%s\"", path);
  TIFFClose (tiff);
  g_ptr_array_add (seeds, g_bytes_new_take (codes, size));
}

/* Noise, which fills the table, with runs, whose strings end with their own first byte. */
GPtrArray *
fuzz_seeds (void)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gchar *folder = fixture_folder_new ();

  for (guint i = 0; i < 3; i++)
    add (seeds, folder,
         &(Fixture){.width = SIDE,
                    .height = SIDE,
                    .bits = 8,
                    .photometric = 1,
                    .compression = COMPRESSION_LZW,
                    .first_value = 977 * i});
  /* A row of so many bits is as long as one of SIDE bytes. */
  add (seeds, folder,
       &(Fixture){
           .width = SIDE * 8, .height = SIDE, .bits = 1, .photometric = 1, .compression = COMPRESSION_LZW});
  fixture_folder_free (folder);
  return seeds;
}

/* Half of the changes are another code in place of one. */
gsize
fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random)
{
  static const guint special[] = {0, 255, 256, 257, 258, 259, 510, 511, 512, 1023, 2047, 4093, 4094, 4095};
  guint bits = (guint) g_rand_int_range (random, 9, 13), code;
  gsize first;

  if (size < 8 || g_rand_boolean (random))
    return fuzz_mutate_bytes (data, size, room, random);
  code = g_rand_boolean (random) ? special[g_rand_int_range (random, 0, G_N_ELEMENTS (special))]
                                 : g_rand_int (random);
  first = 9 + bits * (gsize) g_rand_int_range (random, 0, (gint) ((8 * size - 9 - bits) / bits));
  for (guint i = 0; i < bits; i++) {
    guint8 mask = (guint8) (0x80 >> (first + i) % 8);

    if (code >> (bits - 1 - i) & 1)
      data[(first + i) / 8] |= mask;
    else
      data[(first + i) / 8] &= (guint8) ~mask;
  }
  return size;
}
