/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* JSON from anybody; what is taken comes back the same after it was written. */

#include "fuzz.h"

#include <string.h>

#include "models/files/json.h"

gboolean fuzz_accepted;

GPtrArray *
fuzz_seeds (void)
{
  static const gchar *const texts[] = {
      "{\"a\":[0,-1,1.5e-3,9223372036854775807,1e300],\"b\":{\"c\":null,\"d\":[true,false]}}",
      "[\"\\u00e4\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\xc3\xa4\xf0\x9f\x98\x80\",\"\"]",
      "\r\n{\"__metadata__\" :{ \"voxel\":\"{\\\"a\\\":1}\"},\t\"w\":{\"shape\":[2,1]}} ",
      "[[[[{\"a\":[[[{}]]]}]]],[],{},0.30000000000000004]",
  };
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (seeds, g_bytes_new_static (texts[i], strlen (texts[i])));
  return seeds;
}

gsize
fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random)
{
  return fuzz_mutate_bytes (data, size, room, random);
}

static void
check_written (const VoxelJson *json, gboolean pretty)
{
  g_autofree gchar *text = voxel_json_write (json, pretty);
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelJson) again = voxel_json_parse (text, strlen (text), &error);

  if (!again)
    g_error ("%s was written, but %s", text, error->message);
  if (!voxel_json_equal (json, again))
    g_error ("%s is not what was written", text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree gchar *exact = g_memdup2 (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelJson) json = voxel_json_parse (exact ? exact : "", size, &error);

  fuzz_accepted = json != NULL;
  if ((json != NULL) == (error != NULL) ||
      (error && g_ascii_strtoull (error->message + strlen ("JSON at byte "), NULL, 10) > size))
    g_error ("an error without a place, or with a value: %s", error ? error->message : "");
  if (json) {
    check_written (json, FALSE);
    check_written (json, TRUE);
  }
  return 0;
}
