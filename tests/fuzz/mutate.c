/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include <string.h>

/* Numbers on which sizes and signs turn over. */
static const guint64 edges[] = {0,
                                1,
                                2,
                                7,
                                8,
                                16,
                                127,
                                128,
                                255,
                                256,
                                32767,
                                32768,
                                65535,
                                65536,
                                100000,
                                0x7fffffff,
                                0x80000000,
                                0xfffffffe,
                                0xffffffff,
                                G_GUINT64_CONSTANT (0x100000000),
                                G_GUINT64_CONSTANT (0x7fffffffffffffff),
                                G_GUINT64_CONSTANT (0xffffffffffffffff)};

static gsize
below (GRand *random, gsize limit)
{
  return limit ? (gsize) (g_rand_double (random) * (gdouble) limit) : 0;
}

/* MIN () evaluates what it is given twice, and a second draw is another number. */
static gsize
some_bytes (GRand *random, gsize most, gsize room)
{
  gsize bytes = 1 + below (random, most);

  return MIN (bytes, room);
}

static void
put_edge (guint8 *data, gsize size, GRand *random)
{
  guint64 value = edges[below (random, G_N_ELEMENTS (edges))];
  gsize bytes = (gsize) 1 << below (random, 4), at = below (random, size);
  gboolean big_endian = g_rand_boolean (random);

  for (gsize i = 0; i < bytes && at + i < size; i++)
    data[at + i] = (guint8) (value >> 8 * (big_endian ? bytes - 1 - i : i));
}

static void
copy_piece (guint8 *data, gsize size, GRand *random)
{
  gsize from = below (random, size), to = below (random, size);

  memmove (data + to, data + from, some_bytes (random, 32, size - MAX (from, to)));
}

static gsize
insert_piece (guint8 *data, gsize size, gsize room, GRand *random)
{
  gsize at = below (random, size), bytes = some_bytes (random, 64, room - size);
  guint8 fill = (guint8) g_rand_int (random);

  memmove (data + at + bytes, data + at, size - at);
  memset (data + at, fill, bytes);
  return size + bytes;
}

static gsize
remove_piece (guint8 *data, gsize size, GRand *random)
{
  gsize at = below (random, size), bytes = some_bytes (random, 64, size - at);

  memmove (data + at, data + at + bytes, size - at - bytes);
  return size - bytes;
}

gsize
fuzz_mutate_bytes (guint8 *data, gsize size, gsize room, GRand *random)
{
  if (size == 0)
    return 0;
  switch (below (random, 7)) {
  case 0:
    data[below (random, size)] ^= (guint8) (1 << below (random, 8));
    return size;
  case 1:
    data[below (random, size)] = (guint8) g_rand_int (random);
    return size;
  case 2:
    put_edge (data, size, random);
    return size;
  case 3:
    copy_piece (data, size, random);
    return size;
  case 4:
    return size < room ? insert_piece (data, size, room, random) : size;
  case 5:
    return remove_piece (data, size, random);
  default:
    /* Cut short, but not often so short that nothing is left to read. */
    return g_rand_int_range (random, 0, 4) ? size : below (random, size);
  }
}
