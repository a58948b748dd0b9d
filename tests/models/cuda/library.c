/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-library.h"

#include "models/files/model-record.h"

/* What users are told where cuDNN is not as it should be; none of it needs cuDNN. */

static void
check_message (const gchar *name, const gchar *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnLibrary) library = voxel_cudnn_library_open (name, &error);

  g_assert_null (library);
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("another message: %s", error->message);
}

static void
test_missing (void)
{
  check_message ("libcudnn-that-is-not-there.so.9",
                 "cuDNN cannot be opened (libcudnn-that-is-not-there.so.9: *). Install cuDNN 9, *");
}

static void
test_other (void)
{
  check_message ("libglib-2.0.so.0",
                 "libglib-2.0.so.0 is not cuDNN 9, or is damaged: it has no function cudnnGetVersion");
}

static void
test_old (void)
{
  check_message (OLD_CUDNN, "cuDNN 9.5.1 is too old: 9.13 or newer is needed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/library/missing", test_missing);
  g_test_add_func ("/cuda/library/other", test_other);
  g_test_add_func ("/cuda/library/old", test_old);
  return g_test_run ();
}
