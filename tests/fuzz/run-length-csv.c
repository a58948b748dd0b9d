/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Run lengths from anybody, as voxel score and voxel view read them. */

#include "fuzz.h"

#include <string.h>

#include "elements/masks/run-length-csv.h"

#define PIXELS 64

gboolean fuzz_accepted;

GPtrArray *
fuzz_seeds (void)
{
  static const gchar *const texts[] = {
      "id,rle\na_0000,1 3 10 5\na_0001,1 0\na_0002,64 1\n",
      "id,rle\r\na_0000,1 64\r\n\"odd \"\"id\"\", yes\",5 5\r\n",
      "\xef\xbb\xbfid,rle\na,1 1 3 1 5 1 7 1\nb,\"1 0\"",
  };
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (seeds, g_bytes_new_static (texts[i], strlen (texts[i])));
  return seeds;
}

static gboolean
decode_all (VoxelRunLengthCsv *csv, const gchar *path)
{
  g_autoptr (GError) error = NULL;
  const gchar *id, *runs;
  gboolean all = TRUE;

  while (voxel_run_length_csv_next (csv, &id, &runs, &error)) {
    guint8 mask[PIXELS] = {0};
    g_autoptr (GError) broken = NULL;

    if (!id || !runs || error)
      g_error ("a row without a field, or with an error");
    if (!voxel_run_length_csv_decode (csv, mask, PIXELS, 255, &broken)) {
      if (!broken || !strstr (broken->message, path))
        g_error ("an error without a message: %s", broken ? broken->message : "");
      all = FALSE;
    }
  }
  if (error && !strstr (error->message, path))
    g_error ("no name in: %s", error->message);
  return all && !error;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  VoxelRunLengthCsv *csv;
  FuzzInput input;

  fuzz_input_open (&input, data, size);
  fuzz_allocation_reset ();
  csv = voxel_run_length_csv_open (input.path, &error);
  if ((csv != NULL) == (error != NULL) || (error && !strstr (error->message, input.path)))
    g_error ("an error without a message: %s", error ? error->message : "");
  fuzz_accepted = csv && decode_all (csv, input.path);
  g_clear_pointer (&csv, voxel_run_length_csv_close);
  if (fuzz_allocation_largest () > 8 * size + (1 << 16))
    g_error ("%" G_GSIZE_FORMAT " bytes took a block of %" G_GSIZE_FORMAT, size, fuzz_allocation_largest ());
  fuzz_input_close (&input);
  return 0;
}

gsize
fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random)
{
  static const gchar characters[] = "0123456789 ,\"\n\r-+eid";

  if (size == 0 || g_rand_int_range (random, 0, 3) == 0)
    return fuzz_mutate_bytes (data, size, room, random);
  data[g_rand_int_range (random, 0, (gint) size)] =
      (guint8) characters[g_rand_int_range (random, 0, sizeof characters - 1)];
  return size;
}
