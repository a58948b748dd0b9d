/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A model file from anybody, loaded as voxelinfer does; one that is taken must also become a plan and run. */

#include "fuzz.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "models/run.h"
#include "tests/support/unet-model.h"

gboolean fuzz_accepted;

GPtrArray *
fuzz_seeds (void)
{
  static const gchar *const zscores[] = {"slice", "tile", "none"};
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree gchar *folder = g_dir_make_tmp ("voxel-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "model.safetensors", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (zscores); i++) {
    gchar *contents;
    gsize size;

    unet_model_save (path, 1, 1 + i % 2, i, zscores[i]);
    if (!g_file_get_contents (path, &contents, &size, NULL))
      g_error ("cannot read \"%s\"", path);
    g_ptr_array_add (seeds, g_bytes_new_take (contents, size));
    g_unlink (path);
  }
  g_rmdir (folder);
  return seeds;
}

static gboolean
run_model (VoxelModel *model)
{
  guint stride = voxel_model_get_stride (model), channels = voxel_model_get_in_channels (model);
  VoxelPlanKey key = {.backend = "reference",
                      .precision = VOXEL_PRECISION_FP32,
                      .threads = 1,
                      .n = 1,
                      .height = stride,
                      .width = stride};
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelPlan) plan = voxel_plan_get (model, &key, &error);
  g_autoptr (VoxelRun) run = plan ? voxel_run_new (plan, &error) : NULL;

  if (!run)
    g_error ("a model was loaded, but cannot be run: %s", error->message);
  for (gsize i = 0; i < (gsize) stride * stride * channels; i++)
    voxel_run_get_input (run)[i] = (gfloat) (i % 7) - 3.f;
  if (!voxel_run_execute (run, NULL, &error))
    g_error ("a model was loaded, but does not run: %s", error->message);
  return TRUE;
}

static gboolean
load (const gchar *path, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelModel) model = NULL;

  fuzz_allocation_reset ();
  model = voxel_model_load (path, &error);
  if ((model != NULL) == (error != NULL) || (error && !strstr (error->message, path)))
    g_error ("an error without a message, or with a model: %s", error ? error->message : "");
  /* JSON's tree is larger than its text; nothing else is. */
  if (fuzz_allocation_largest () > 64 * size + (1 << 20))
    g_error ("a file of %" G_GSIZE_FORMAT " bytes took a block of %" G_GSIZE_FORMAT, size,
             fuzz_allocation_largest ());
  return model && run_model (model);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input;

  fuzz_input_open (&input, data, size);
  fuzz_accepted = load (input.path, size);
  fuzz_input_close (&input);
  return 0;
}
