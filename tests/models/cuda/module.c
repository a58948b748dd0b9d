/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/module.h"

#include <glib/gstdio.h>

#include "config.h"
#include "models/cuda/cuda.h"
#include "models/files/model-record.h"

/* Opening what is the module or is not, and what it says of this machine. What the environment says is read when a process
 * begins, so such cases have their own. */

static void
check_message (GError *error, const gchar *pattern)
{
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("another message: %s", error->message);
}

static void
check_refused (const gchar *name, const gchar *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (voxel_cuda_module_open (name, &error));
  check_message (error, pattern);
}

static void
check_no_device (const gchar *name, const gchar *pattern)
{
  g_autoptr (GError) error = NULL;
  const VoxelCudaModule *module = voxel_cuda_module_open (name, &error);
  guint driver = 7;

  g_assert_no_error (error);
  g_assert_cmpuint (voxel_cuda_module_count (module, &driver, &error), ==, 0);
  check_message (error, pattern);
}

/* This test again with a variable set. Returns: whether this is that process */
static gboolean
is_where (const gchar *variable, const gchar *value)
{
  g_autofree gchar *before = g_strdup (g_getenv (variable));

  if (g_test_subprocess ())
    return TRUE;
  g_setenv (variable, value, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  if (before)
    g_setenv (variable, before, TRUE);
  else
    g_unsetenv (variable);
  g_test_trap_assert_passed ();
  return FALSE;
}

static void
test_missing (void)
{
  check_refused (
      "/nowhere/libvoxelcuda.so",
      "The CUDA module /nowhere/libvoxelcuda.so is not there: correct VOXEL_CUDA_MODULE, or unset it");
}

static void
test_damaged (void)
{
  g_autofree gchar *name = NULL;
  g_autoptr (GError) error = NULL;
  gint fd = g_file_open_tmp ("voxel-XXXXXX.so", &name, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  check_refused (name, "The CUDA module cannot be loaded: *voxel-*.so: file too short. Install it again, *");
  g_unlink (name);
}

static void
test_other (void)
{
  check_refused ("libglib-2.0.so.0",
                 "libglib-2.0.so.0 is no CUDA module: it has no function voxel_cuda_module.*");
}

static void
test_version (void)
{
  if (is_where ("VOXEL_STAND_IN_ABI", "4711"))
    check_refused (
        STAND_IN,
        "* is of another version: its interface is number 4711, not *. Install plugin and module of "
        "one build");
}

/* Whatever else CUDA may say is passed on. */
static void
test_lost (void)
{
  g_autoptr (GError) error = NULL;
  const VoxelCudaModule *module;
  void *stream, *memory, *host;
  guint driver;

  if (!is_where ("VOXEL_STAND_IN_LOST_AT", "1"))
    return;
  module = voxel_cuda_module_open (STAND_IN, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (voxel_cuda_module_count (module, &driver, &error), ==, 1);
  g_assert_cmpuint (driver, ==, 13000);
  g_assert_cmpint (module->stream_new (&stream), ==, 0);
  g_assert_cmpint (module->alloc (&memory, 8), ==, 0);
  g_assert_cmpint (module->alloc_host (&host, 8), ==, 0);
  g_assert_cmpint (module->copy (memory, host, 8, stream), ==, 0);
  g_assert_cmpint (module->stream_wait (stream), !=, 0);
  check_no_device (STAND_IN, "CUDA cannot begin: cudaErrorIllegalAddress (*). nvidia-smi may say more");
  module->stream_free (stream);
  module->free (memory);
  module->free_host (host);
}

static gchar *
run_copy (const gchar *program)
{
  const gchar *command[] = {program, "--open", NULL};
  g_auto (GStrv) environment = g_environ_unsetenv (g_get_environ (), "LD_LIBRARY_PATH");
  g_autoptr (GError) error = NULL;
  gchar *said = NULL;

  g_spawn_sync (NULL, (gchar **) command, environment, 0, NULL, NULL, &said, NULL, NULL, &error);
  g_assert_no_error (error);
  return said;
}

static void
copy_file (const gchar *from, const gchar *folder, const gchar *to)
{
  g_autofree gchar *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_get_contents (from, &bytes, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (to, bytes, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0700, &error);
  g_assert_no_error (error);
}

/* A program in a folder of its own finds no module, then one that is installed beside it. */
static void
test_places (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *root = g_dir_make_tmp ("voxel-XXXXXX", &error);
  g_autofree gchar *bin = g_build_filename (root, "bin", NULL);
  g_autofree gchar *program = g_build_filename (bin, "program", NULL);
  g_autofree gchar *folder = g_build_filename (root, LIBDIR, "gst-voxel", NULL);
  g_autofree gchar *module = g_build_filename (folder, "libvoxelcuda.so", NULL);
  g_autofree gchar *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree gchar *before = NULL, *after = NULL;
  const gchar *made[] = {program, bin, module, folder};

  g_assert_no_error (error);
  copy_file (self, bin, program);
  before = run_copy (program);
  if (!g_pattern_match_simple ("The CUDA module is not installed: there is no libvoxelcuda.so in *", before))
    g_error ("another message: %s", before);
  copy_file (STAND_IN, folder, module);
  after = run_copy (program);
  g_assert_cmpstr (after, ==, "opened");
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    g_assert_cmpint (g_remove (made[i]), ==, 0);
  for (g_autofree gchar *left = g_path_get_dirname (folder); g_str_has_prefix (left, root);) {
    gchar *next = g_path_get_dirname (left);

    g_assert_cmpint (g_remove (left), ==, 0);
    g_free (left);
    left = next;
  }
}

#ifdef MODULE
/* With the driver library of this machine. */
static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  const VoxelCudaModule *module;
  guint driver = 7;

  if (!is_where ("LD_LIBRARY_PATH", ""))
    return;
  module = voxel_cuda_module_open (MODULE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (module->runtime, >=, 12000);
  g_assert_cmpstr (module->error_name (2), ==, "cudaErrorMemoryAllocation");
  for (guint i = 0; i < VOXEL_CUDA_N_KERNELS; i++)
    g_assert_nonnull (module->kernels[i]);
  if (voxel_cuda_module_count (module, &driver, &error) > 0)
    return;
  check_message (error, driver ? "*NVIDIA d*" : "No NVIDIA driver: *");
}

/* With a driver library that finds none. */
static void
test_real_no_device (void)
{
  if (is_where ("LD_LIBRARY_PATH", NO_DEVICE))
    check_no_device (MODULE, "No NVIDIA device: *");
}
#endif

static int
print_open (void)
{
  g_autoptr (GError) error = NULL;

  g_print ("%s", voxel_cuda_module_open (NULL, &error) ? "opened" : error->message);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--open"))
    return print_open ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/module/missing", test_missing);
  g_test_add_func ("/cuda/module/damaged", test_damaged);
  g_test_add_func ("/cuda/module/other", test_other);
  g_test_add_func ("/cuda/module/version", test_version);
  g_test_add_func ("/cuda/module/places", test_places);
  g_test_add_func ("/cuda/module/lost", test_lost);
#ifdef MODULE
  g_test_add_func ("/cuda/module/real", test_real);
  g_test_add_func ("/cuda/module/none-found", test_real_no_device);
#endif
  return g_test_run ();
}
