/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A pipeline file from anybody, expanded as voxel run does, up to the text that GStreamer would get. */

#include "fuzz.h"

#include <string.h>

#include "tools/voxel/pipeline-text.h"
#include "tools/voxel/pipeline-values.h"

gboolean fuzz_accepted;

GPtrArray *
fuzz_seeds (void)
{
  static const gchar *const texts[] = {
      "# a comment\nvoxelsrc location=${scan} ! identity # another\n! voxelsink location=${out:-a.tif}\n",
      "voxelsrc location=\"${scan}/x\" stop-index=${last:--1} name=a a. ! queue ! fakesink\n",
      "fakesrc num-buffers=${n:-3} ! capsfilter caps=\"video/x-raw,format=GRAY8\" ! fakesink\n",
  };
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (seeds, g_bytes_new_static (texts[i], strlen (texts[i])));
  return seeds;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = g_strndup ((const gchar *) data, size);
  g_autoptr (GHashTable) values = voxel_pipeline_values_new ();
  g_autoptr (VoxelPipelineText) pipeline = NULL;

  /* A value that no variable takes is an error, too. */
  if (strstr (text, "${scan"))
    voxel_pipeline_values_add (values, "scan", "a \"b\\ c");
  if (strstr (text, "${output"))
    voxel_pipeline_values_add (values, "output", "$x'y");
  pipeline = voxel_pipeline_text_expand ("x.gst", text, values, &error);
  if ((pipeline != NULL) == (error != NULL))
    g_error ("an error without a message, or with a pipeline: %s", error ? error->message : "");
  fuzz_accepted = pipeline != NULL;
  if (pipeline) {
    g_autofree gchar *launch = voxel_pipeline_text_to_launch (pipeline);
    g_autofree gchar *shell = voxel_pipeline_text_to_shell (pipeline);

    if (!launch || !shell)
      g_error ("a pipeline without a text");
  }
  return 0;
}

gsize
fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random)
{
  static const gchar characters[] = "${}:-\"'\\#! =\n.a(";

  if (size == 0 || g_rand_int_range (random, 0, 3) == 0)
    return fuzz_mutate_bytes (data, size, room, random);
  data[g_rand_int_range (random, 0, (gint) size)] =
      (guint8) characters[g_rand_int_range (random, 0, sizeof characters - 1)];
  return size;
}
