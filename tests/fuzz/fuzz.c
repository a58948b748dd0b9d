/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A target under libFuzzer: half of the mutations know the format, half are libFuzzer's own. With
 * VOXEL_FUZZ_SEEDS=FOLDER the good files are written there first. */

#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator (guint8 *data, size_t size, size_t room, unsigned int seed);
size_t LLVMFuzzerMutate (guint8 *data, size_t size, size_t room);

__attribute__ ((visibility ("default"))) int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  const gchar *folder = g_getenv ("VOXEL_FUZZ_SEEDS");
  g_autoptr (GPtrArray) seeds = folder ? fuzz_seeds () : NULL;

  for (guint i = 0; seeds && i < seeds->len; i++) {
    g_autofree gchar *name = g_strdup_printf ("seed-%03u", i);
    g_autofree gchar *path = g_build_filename (folder, name, NULL);
    gsize size;
    const gchar *data = g_bytes_get_data (seeds->pdata[i], &size);

    if (!g_file_set_contents (path, data, (gssize) size, NULL))
      g_error ("cannot write \"%s\"", path);
  }
  return 0;
}

__attribute__ ((visibility ("default"))) size_t
LLVMFuzzerCustomMutator (guint8 *data, size_t size, size_t room, unsigned int seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  if (g_rand_boolean (random))
    return LLVMFuzzerMutate (data, size, room);
  size = fuzz_mutate (data, size, room, random);
  return MAX (size, 1);
}
