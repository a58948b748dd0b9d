/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include <string.h>
#include <tiff.h>

/* Where an entry's parts lie, Classic and Big (TIFF 6.0, section 2; BigTIFF design). */
typedef struct {
  gboolean big_endian;
  guint count_bytes, entry_bytes, number_bytes;
} Layout;

static const guint16 tags[] = {
    TIFFTAG_SUBFILETYPE,     TIFFTAG_IMAGEWIDTH,       TIFFTAG_IMAGELENGTH,     TIFFTAG_BITSPERSAMPLE,
    TIFFTAG_COMPRESSION,     TIFFTAG_PHOTOMETRIC,      TIFFTAG_FILLORDER,       TIFFTAG_IMAGEDESCRIPTION,
    TIFFTAG_STRIPOFFSETS,    TIFFTAG_ORIENTATION,      TIFFTAG_SAMPLESPERPIXEL, TIFFTAG_ROWSPERSTRIP,
    TIFFTAG_XRESOLUTION,     TIFFTAG_STRIPBYTECOUNTS,  TIFFTAG_PLANARCONFIG,    TIFFTAG_RESOLUTIONUNIT,
    TIFFTAG_PREDICTOR,       TIFFTAG_COLORMAP,         TIFFTAG_TILEWIDTH,       TIFFTAG_TILELENGTH,
    TIFFTAG_TILEOFFSETS,     TIFFTAG_TILEBYTECOUNTS,   TIFFTAG_SUBIFD,          TIFFTAG_SAMPLEFORMAT,
    TIFFTAG_SMINSAMPLEVALUE, TIFFTAG_YCBCRSUBSAMPLING, TIFFTAG_JPEGTABLES};

static const guint16 small_values[] = {0,  1,  2,  3,    4,     5,     7,     8,     9,     12,    16,
                                       32, 33, 64, 0xff, 32773, 32946, 34712, 34887, 34925, 50000, 0xffff};

static guint64
get (const guint8 *at, guint bytes, gboolean big_endian)
{
  guint64 value = 0;

  for (guint i = 0; i < bytes; i++)
    value = value << 8 | at[big_endian ? i : bytes - 1 - i];
  return value;
}

static void
put (guint8 *at, guint bytes, gboolean big_endian, guint64 value)
{
  for (guint i = 0; i < bytes; i++)
    at[i] = (guint8) (value >> 8 * (big_endian ? bytes - 1 - i : i));
}

/* Of the first few directories one at random. */
static gboolean
find_directory (const guint8 *data, gsize size, GRand *random, Layout *layout, gsize *directory,
                guint64 *count)
{
  guint64 offset, version;
  gboolean found = FALSE;

  if (size < 16)
    return FALSE;
  layout->big_endian = data[0] == 'M';
  version = get (data + 2, 2, layout->big_endian);
  *layout = version == 43 ? (Layout){layout->big_endian, 8, 20, 8} : (Layout){layout->big_endian, 2, 12, 4};
  offset = get (data + (version == 43 ? 8 : 4), layout->number_bytes, layout->big_endian);
  for (guint i = 0; i < 4 && offset < size && size - offset > layout->count_bytes; i++) {
    guint64 entries = get (data + offset, layout->count_bytes, layout->big_endian);
    guint64 end = layout->count_bytes + entries * layout->entry_bytes;

    if (entries == 0 || entries > 64 || end + layout->number_bytes > size - offset)
      break;
    if (!found || g_rand_int_range (random, 0, (gint) i + 1) == 0) {
      *directory = (gsize) offset;
      *count = entries;
      found = TRUE;
    }
    offset = get (data + offset + end, layout->number_bytes, layout->big_endian);
  }
  return found;
}

static guint64
some_number (GRand *random, gsize size)
{
  switch (g_rand_int_range (random, 0, 5)) {
  case 0:
    return small_values[g_rand_int_range (random, 0, G_N_ELEMENTS (small_values))];
  case 1:
    return (guint64) 1 << g_rand_int_range (random, 0, 64);
  case 2:
    return ((guint64) 1 << g_rand_int_range (random, 0, 64)) - 1;
  case 3:
    return g_rand_int (random);
  default:
    return (guint64) (g_rand_double (random) * (gdouble) size);
  }
}

static void
change_entry (guint8 *data, gsize size, const Layout *layout, gsize directory, guint64 count, GRand *random)
{
  gsize first = directory + layout->count_bytes;
  guint8 *entry = data + first + layout->entry_bytes * (gsize) g_rand_int_range (random, 0, (gint) count);
  guint8 *other = data + first + layout->entry_bytes * (gsize) g_rand_int_range (random, 0, (gint) count);
  guint width = layout->number_bytes;
  guint8 *value = entry + 4 + width;

  switch (g_rand_int_range (random, 0, 8)) {
  case 0:
    put (entry, 2, layout->big_endian, tags[g_rand_int_range (random, 0, G_N_ELEMENTS (tags))]);
    break;
  case 1:
    put (entry + 2, 2, layout->big_endian, (guint64) g_rand_int_range (random, 0, 20));
    break;
  case 2:
    put (entry + 4, width, layout->big_endian, some_number (random, size));
    break;
  case 3:
    memmove (entry + 2, other + 2, layout->entry_bytes - 2);
    break;
  case 4:
    put (data + first + count * layout->entry_bytes, width, layout->big_endian, some_number (random, size));
    break;
  case 5:
    put (data + directory, layout->count_bytes, layout->big_endian, count - 1);
    break;
  default:
    /* A SHORT lies at the beginning of the field in either byte order. */
    put (value, get (entry + 2, 2, layout->big_endian) == TIFF_SHORT ? 2 : width, layout->big_endian,
         some_number (random, size));
  }
}

gsize
fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random)
{
  Layout layout;
  gsize directory;
  guint64 count;

  if (g_rand_int_range (random, 0, 3) == 0 ||
      !find_directory (data, size, random, &layout, &directory, &count))
    return fuzz_mutate_bytes (data, size, room, random);
  change_entry (data, size, &layout, directory, count, random);
  return size;
}
