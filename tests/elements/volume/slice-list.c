/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <unistd.h>

#include "elements/volume/slice-list.h"
#include "elements/volume/slice-list-files.h"
#include "elements/volume/slice-prefetch.h"
#include "elements/volume/slice-spacing.h"
#include "tiff-fixture.h"

static const Fixture form = {.width = 19, .height = 11, .bits = 8, .photometric = 1};

static void
test_order (void)
{
  static const gchar *const sorted[] = {"1",
                                        "1a",
                                        "2",
                                        "02",
                                        "10",
                                        "a",
                                        "a1",
                                        "a1b2",
                                        "a1b10",
                                        "a2",
                                        "a010",
                                        "b",
                                        "z99999999999999999999998",
                                        "z99999999999999999999999"};

  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sorted); k++) {
      gint order = voxel_slice_list_compare_names (sorted[i], sorted[k]);
      /* Equal numbers of other lengths are ordered in some way, the same each time. */
      gboolean same_number = (i == 2 && k == 3) || (i == 3 && k == 2);

      if (!same_number)
        g_assert_cmpint (CLAMP (order, -1, 1), ==, i < k ? -1 : i > k);
      g_assert_cmpint (order > 0, ==, voxel_slice_list_compare_names (sorted[k], sorted[i]) < 0);
    }
}

static void
test_names (void)
{
  static const struct {
    const gchar *path;
    const gchar *id;
    const gchar *stem;
  } cases[] = {
      {"/data/kidney_1/images/0001.tif", "kidney_1", "0001"},
      {"/data/kidney_1/labels/0001.TIFF", "kidney_1", "0001"},
      {"/data/kidney_1/0001.ome.tif", "kidney_1", "0001.ome"},
      {"/data/../scan/x.png", "scan", "x.png"},
      {"/images/x.tif", "volume", "x"},
      {"/x.tif", "volume", "x"},
      {"/a/.tif", "a", ".tif"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *id = voxel_slice_list_make_id (cases[i].path);
    g_autofree gchar *stem = voxel_slice_list_make_stem (cases[i].path);

    g_assert_cmpstr (id, ==, cases[i].id);
    g_assert_cmpstr (stem, ==, cases[i].stem);
  }
}

static void
test_folder (void)
{
  static const gchar *const files[] = {"s10.tif", "s2.TIF", "s1.tiff", ".s3.tif", "notes.txt", "s4.tif.bak"};
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *pattern = g_build_filename (folder, "s1*", NULL);
  g_autoptr (VoxelSliceList) list = NULL, matched = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_free (fixture_write (folder, files[i], &form));
  list = voxel_slice_list_new (folder, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (voxel_slice_list_get_length (list), ==, 3);
  g_assert_cmpuint (voxel_slice_list_get_ignored (list), ==, 3);
  g_assert_cmpstr (voxel_slice_list_get_name (list, 0), ==, "s1");
  g_assert_cmpstr (voxel_slice_list_get_name (list, 1), ==, "s2");
  g_assert_cmpstr (voxel_slice_list_get_name (list, 2), ==, "s10");

  matched = voxel_slice_list_new (pattern, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (voxel_slice_list_get_length (matched), ==, 2);
  g_assert_cmpstr (voxel_slice_list_get_name (matched, 1), ==, "s10");
  fixture_folder_free (folder);
}

/* A name with pattern characters is that file first. */
static void
test_literal_name (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *path = fixture_write (folder, "a[1].tif", &form);
  g_autoptr (VoxelSliceList) list = NULL;

  /* What the pattern would match. */
  g_free (fixture_write (folder, "a1.tif", &form));
  list = voxel_slice_list_new (path, 1, NULL);
  g_assert_cmpuint (voxel_slice_list_get_length (list), ==, 1);
  g_assert_cmpstr (voxel_slice_list_get_name (list, 0), ==, "a[1]");
  fixture_folder_free (folder);
}

static void
test_pages (void)
{
  gchar *folder = fixture_folder_new ();
  Fixture stack = form;
  g_autoptr (VoxelSliceList) list = NULL;
  VoxelTiffRegion all = {0, 0, form.width, form.height};
  guint8 pixels[19 * 11];

  stack.pages = 3;
  stack.compression = COMPRESSION_LZW;
  g_free (fixture_write (folder, "a.tif", &stack));
  stack.pages = 2;
  stack.first_value = 500;
  g_free (fixture_write (folder, "b.tif", &stack));
  list = voxel_slice_list_new (folder, 4, NULL);
  g_assert_cmpuint (voxel_slice_list_get_length (list), ==, 5);
  g_assert_cmpstr (voxel_slice_list_get_name (list, 2), ==, "a_0002");
  g_assert_cmpstr (voxel_slice_list_get_name (list, 3), ==, "b_0000");
  for (guint turn = 0; turn < 3; turn++)
    for (guint i = 5; i-- > 0;) {
      stack.first_value = i < 3 ? 0 : 500;
      g_assert_true (voxel_slice_list_decode (list, i, &all, pixels, form.width, NULL));
      for (guint k = 0; k < sizeof pixels; k++)
        g_assert_cmpuint (pixels[k], ==, fixture_expected (&stack, i < 3 ? i : i - 3, k % 19, k / 19));
    }
  fixture_folder_free (folder);
}

static void
assert_refused (const gchar *location, VoxelTiffError code, const gchar *a, const gchar *b)
{
  for (guint threads = 1; threads < 5; threads += 3) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_slice_list_new (location, threads, &error));
    g_assert_error (error, VOXEL_TIFF_ERROR, (gint) code);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, a));
    g_assert_nonnull (strstr (error->message, b));
  }
}

static void
test_refused (void)
{
  gchar *folder = fixture_folder_new ();
  g_autofree gchar *pattern = g_build_filename (folder, "*", NULL),
                   *text = g_build_filename (folder, "b.txt", NULL);
  Fixture deep = form;

  assert_refused (folder, VOXEL_TIFF_ERROR_NOT_FOUND, folder, "no *.tif");
  assert_refused (pattern, VOXEL_TIFF_ERROR_NOT_FOUND, pattern, "pattern");
  g_free (fixture_write (folder, "a1.tif", &form));
  g_free (fixture_write (folder, "a2.tif", &form));
  g_free (fixture_write (folder, "a1.tiff", &form));
  assert_refused (folder, VOXEL_TIFF_ERROR_MIXED, "a1.tiff", "second slice is called \"a1\"");
  g_free (fixture_write (folder, "a1.tiff", &deep));
  deep.bits = 16;
  g_free (fixture_write (folder, "a2.tif", &deep));
  assert_refused (folder, VOXEL_TIFF_ERROR_MIXED, "a2.tif\" is 19 x 11 pixels of 16 bits", "a1.tif");
  g_free (fixture_write (folder, "b.txt", &form));
  g_assert_true (g_file_set_contents (text, "hello", -1, NULL));
  assert_refused (text, VOXEL_TIFF_ERROR_NOT_TIFF, "b.txt", "no TIFF");
  fixture_folder_free (folder);
}

static void
count_free (gpointer data, gpointer user_data)
{
  g_clear_error (&((VoxelSliceJob *) data)->error);
  g_free (((VoxelSliceJob *) data)->pixels);
  g_free (data);
  (*(guint *) user_data)++;
}

static VoxelSliceJob *
job_new (VoxelSliceList *list, guint index)
{
  VoxelSliceJob *job = g_new0 (VoxelSliceJob, 1);

  job->list = list;
  job->index = index;
  job->region = (VoxelTiffRegion){0, 0, form.width, form.height};
  job->stride = form.width;
  job->pixels = g_malloc ((gsize) form.width * form.height);
  return job;
}

static void
test_prefetch (void)
{
  gchar *folder = fixture_folder_new ();
  Fixture stack = form;
  g_autofree gchar *path = NULL;
  g_autoptr (VoxelSliceList) list = NULL;

  stack.pages = 40;
  stack.compression = COMPRESSION_ADOBE_DEFLATE;
  path = fixture_write (folder, "a.tif", &stack);
  list = voxel_slice_list_new (path, 1, NULL);
  for (guint threads = 0; threads < 4; threads++) {
    VoxelSlicePrefetch *prefetch = voxel_slice_prefetch_new (threads);
    guint freed = 0;

    for (guint i = 0; i < 40; i++)
      voxel_slice_prefetch_push (prefetch, job_new (list, i));
    for (guint i = 0; i < 25; i++) {
      VoxelSliceJob *job = voxel_slice_prefetch_pop (prefetch);

      g_assert_cmpuint (job->index, ==, i);
      g_assert_no_error (job->error);
      g_assert_cmpuint (job->pixels[30], ==, fixture_expected (&stack, i, 11, 1));
      count_free (job, &freed);
    }
    voxel_slice_prefetch_set_flushing (prefetch, TRUE);
    g_assert_null (voxel_slice_prefetch_pop (prefetch));
    g_assert_cmpuint (voxel_slice_prefetch_get_length (prefetch), ==, 15);
    voxel_slice_prefetch_clear (prefetch, count_free, &freed);
    g_assert_cmpuint (freed, ==, 40);
    voxel_slice_prefetch_free (prefetch);
  }
  fixture_folder_free (folder);
}

static void
test_spacing (void)
{
  static const gchar *const wrong[] = {"",       "x",       "1,2",     "1,2,3,4", "1,2,x",
                                       "1,2,3x", "1,2,nan", "inf,1,1", "1,-1,1"};
  gdouble spacing[3] = {9., 9., 9.};

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (voxel_slice_spacing_parse (wrong[i], spacing));
  g_assert_cmpfloat (spacing[2], ==, 9.);
  g_assert_true (voxel_slice_spacing_parse (" 1.5, 2e1 ,0", spacing));
  g_assert_cmpfloat (spacing[0], ==, 1.5);
  g_assert_cmpfloat (spacing[1], ==, 20.);
  g_assert_cmpfloat (spacing[2], ==, 0.);
  g_assert_true (voxel_slice_spacing_parse ("2.5", spacing));
  g_assert_cmpfloat (spacing[0], ==, 2.5);
  g_assert_cmpfloat (spacing[2], ==, 2.5);
}

typedef struct {
  const gchar *path;
  gsize from;
  gsize size;
  gint go;
} Rewriter;

static gpointer
rewrite (gpointer data)
{
  Rewriter *rewriter = data;
  gint fd = open (rewriter->path, O_WRONLY);
  g_autofree guint8 *white = g_malloc (rewriter->size);

  memset (white, 0xff, rewriter->size);
  while (!g_atomic_int_get (&rewriter->go))
    g_thread_yield ();
  g_assert_cmpint (pwrite (fd, white, rewriter->size, (off_t) rewriter->from), ==, (gssize) rewriter->size);
  close (fd);
  return NULL;
}

/* A slice that is written to while it is decoded is never given as half old, half new. */
static void
test_rewritten_while_decoded (void)
{
  const Fixture large = {.width = 1500, .height = 1000, .bits = 16, .photometric = 1};
  const VoxelTiffRegion all = {0, 0, large.width, large.height};
  const gsize size = (gsize) large.width * large.height * 2;
  g_autofree guint8 *before = g_malloc (size);
  g_autofree guint8 *pixels = g_malloc (size);

  for (guint run = 0; run < 10; run++) {
    gchar *folder = fixture_folder_new ();
    g_autofree gchar *path = fixture_write (folder, "large.tif", &large);
    g_autoptr (VoxelSliceList) list = voxel_slice_list_new (path, 1, NULL);
    Rewriter rewriter = {path, 8, size, 0};
    GThread *thread = g_thread_new ("rewriter", rewrite, &rewriter);
    g_autoptr (GError) error = NULL;

    /* Beyond the grain of the file system's time. */
    g_usleep (20000);
    g_assert_true (voxel_slice_list_decode (list, 0, &all, before, large.width * 2, NULL));
    g_atomic_int_set (&rewriter.go, TRUE);
    while (voxel_slice_list_decode (list, 0, &all, pixels, large.width * 2, &error))
      g_assert_cmpmem (pixels, size, before, size);
    g_assert_error (error, VOXEL_TIFF_ERROR, VOXEL_TIFF_ERROR_CHANGED);
    g_thread_join (thread);
    fixture_folder_free (folder);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slice-list/order", test_order);
  g_test_add_func ("/slice-list/names", test_names);
  g_test_add_func ("/slice-list/folder", test_folder);
  g_test_add_func ("/slice-list/literal-name", test_literal_name);
  g_test_add_func ("/slice-list/pages", test_pages);
  g_test_add_func ("/slice-list/refused", test_refused);
  g_test_add_func ("/slice-list/prefetch", test_prefetch);
  g_test_add_func ("/slice-list/spacing", test_spacing);
  g_test_add_func ("/slice-list/rewritten-while-decoded", test_rewritten_while_decoded);
  return g_test_run ();
}
