/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/resource.h>
#include <signal.h>
#include <tiffio.h>

#include "slices.h"

#define DEPTH 5
#define HEIGHT 130
#define WIDTH 1100

/* Neighbours are alike, as in scans: compression must not hide behind noise. */
static guint16
pixel (guint z, guint y, guint x)
{
  return (guint16) (31 * x + 977 * y + 4099 * z + (x * y) % 7);
}

static GstBuffer *
slice_of (GstVoxelVolume *volume, GstVoxelAxis axis, guint index, gboolean wide)
{
  guint count, height, width;
  g_autoptr (GByteArray) pixels = g_byte_array_new ();

  gst_voxel_volume_get_plane (volume, axis, &count, &height, &width);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      guint16 value = pixel (index, y, x);
      guint8 bytes[2] = {value & 255, value >> 8};

      g_byte_array_append (pixels, wide ? bytes : bytes + 1, wide ? 2 : 1);
    }
    g_byte_array_set_size (pixels, GST_ROUND_UP_4 (pixels->len));
  }
  return slice_new (volume, axis, GST_VOXEL_CONTENT_INTENSITY, index, pixels->data, pixels->len);
}

static void
assert_page (TIFF *tiff, guint z, guint height, guint width, gboolean wide)
{
  gsize row = (gsize) width * (wide ? 2 : 1);
  g_autofree guint8 *line = g_malloc (row);
  guint32 found_width, found_height;
  guint16 bits;

  TIFFGetField (tiff, TIFFTAG_IMAGEWIDTH, &found_width);
  TIFFGetField (tiff, TIFFTAG_IMAGELENGTH, &found_height);
  TIFFGetField (tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  g_assert_cmpuint (found_width, ==, width);
  g_assert_cmpuint (found_height, ==, height);
  g_assert_cmpuint (bits, ==, wide ? 16 : 8);
  for (guint y = 0; y < height; y++) {
    g_assert_cmpint (TIFFReadScanline (tiff, line, y, 0), ==, 1);
    for (guint x = 0; x < width; x++)
      g_assert_cmpuint (wide ? ((guint16 *) (gpointer) line)[x] : line[x], ==,
                        wide ? pixel (z, y, x) : pixel (z, y, x) >> 8);
  }
}

static TIFF *
open_tiff (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);

  return TIFFOpen (path, "r");
}

static GstHarness *
harness_new (const gchar *folder, const gchar *properties, const gchar *format, guint width, guint height)
{
  g_autofree gchar *launch = g_strdup_printf ("voxelsink location=%s/%s", folder, properties);

  return sink_new (launch, format, width, height);
}

static gboolean
is_big (const gchar *folder, const gchar *name)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  g_autofree gchar *bytes = NULL;

  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  return bytes[2] == 43;
}

static void
test_stack (void)
{
  static const gchar *const compressions[] = {"none", "packbits", "lzw", "deflate", "zstd"};

  for (guint i = 0; i < 2 * G_N_ELEMENTS (compressions); i++) {
    gboolean wide = i % 2;
    gchar *folder = folder_new ();
    g_autofree gchar *properties =
        g_strdup_printf ("x.tif compression=%s bigtiff=%s", compressions[i / 2], i < 2 ? "always" : "auto");
    GstHarness *harness = harness_new (folder, properties, wide ? "GRAY16_LE" : "GRAY8", WIDTH, HEIGHT);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("scan", DEPTH, HEIGHT, WIDTH, wide ? 16 : 8);
    TIFF *tiff;
    gfloat resolution;
    gchar *text;

    volume->spacing[0] = 4;
    volume->spacing[1] = .5;
    volume->spacing[2] = .25;
    for (guint z = 0; z < DEPTH; z++)
      g_assert_cmpint (gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, z, wide)), ==,
                       GST_FLOW_OK);
    g_assert_null (open_tiff (folder, "x.tif"));
    g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
    tiff = open_tiff (folder, "x.tif");
    g_assert_cmpint (is_big (folder, "x.tif"), ==, i < 2);
    g_assert_cmpuint (TIFFNumberOfDirectories (tiff), ==, DEPTH);
    TIFFGetField (tiff, TIFFTAG_XRESOLUTION, &resolution);
    g_assert_cmpfloat (resolution, ==, 4);
    TIFFGetField (tiff, TIFFTAG_YRESOLUTION, &resolution);
    g_assert_cmpfloat (resolution, ==, 2);
    TIFFGetField (tiff, TIFFTAG_IMAGEDESCRIPTION, &text);
    assert_like (
        text,
        "ImageJ=*\nimages=5\nslices=5\nunit=micron\nspacing=4\n*volume=scan\naxis=z\ncontent=intensity\n*");
    TIFFGetField (tiff, TIFFTAG_SOFTWARE, &text);
    assert_like (text, "gst-voxel *");
    for (guint z = 0; z < DEPTH; z++) {
      TIFFSetDirectory (tiff, (tdir_t) z);
      assert_page (tiff, z, HEIGHT, WIDTH, wide);
    }
    TIFFGetField (tiff, TIFFTAG_PAGENAME, &text);
    g_assert_cmpstr (text, ==, "0004");
    TIFFClose (tiff);
    gst_harness_teardown (harness);
    g_assert_cmpuint (folder_count (folder), ==, 1);
    folder_remove (folder);
  }
}

/* Where files of single slices go, by location and axis. */
static void
test_places (void)
{
  static const struct {
    const gchar *location;
    GstVoxelAxis axis;
    const gchar *file;
  } cases[] = {
      {"out", GST_VOXEL_AXIS_Z, "out/b.tif"},
      {"out/deeper/", GST_VOXEL_AXIS_Y, "out/deeper/y_0011.tif"},
      {"s%03d.tif", GST_VOXEL_AXIS_Z, "s101.tif"},
      {"100%%{{}}-{index:05}.tif", GST_VOXEL_AXIS_Z, "100%{}-00101.tif"},
      {"{id}/{axis}/{name}.tif", GST_VOXEL_AXIS_X, "a_b/x/x_0001.tif"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = folder_new ();
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("a/b", 3, 4, 8, 8);
    guint count, height, width;
    GstHarness *harness;
    TIFF *tiff;

    gst_voxel_volume_get_plane (volume, cases[i].axis, &count, &height, &width);
    volume->names = g_strsplit ("a b c", " ", -1);
    volume->origin[0] = 100;
    volume->origin[1] = 10;
    harness = harness_new (folder, cases[i].location, "GRAY8", width, height);
    for (guint k = 0; k < count; k++)
      g_assert_cmpint (gst_harness_push (harness, slice_of (volume, cases[i].axis, k, FALSE)), ==,
                       GST_FLOW_OK);
    g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
    tiff = open_tiff (folder, cases[i].file);
    g_assert_nonnull (tiff);
    assert_page (tiff, 1, height, width, FALSE);
    TIFFClose (tiff);
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

static void
test_volumes (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "{id}.tif", "GRAY8", 8, 4);
  g_autoptr (GstVoxelVolume) a = gst_voxel_volume_new ("a", 2, 4, 8, 8),
                             b = gst_voxel_volume_new ("b", 2, 4, 8, 8);
  TIFF *tiff;

  for (guint z = 0; z < 2; z++)
    gst_harness_push (harness, slice_of (a, GST_VOXEL_AXIS_Z, z, FALSE));
  gst_harness_push (harness, slice_of (b, GST_VOXEL_AXIS_Z, 0, FALSE));
  tiff = open_tiff (folder, "a.tif");
  g_assert_cmpuint (TIFFNumberOfDirectories (tiff), ==, 2);
  TIFFClose (tiff);
  g_assert_null (open_tiff (folder, "b.tif"));
  gst_harness_push (harness, slice_of (b, GST_VOXEL_AXIS_Z, 1, FALSE));
  g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
  tiff = open_tiff (folder, "b.tif");
  assert_page (tiff, 0, 4, 8, FALSE);
  TIFFClose (tiff);
  gst_harness_teardown (harness);
  g_assert_cmpuint (folder_count (folder), ==, 2);
  folder_remove (folder);
}

/* Volumes of 2x2x4 voxels; what is sent: pairs of axis and index, 'n' begins another volume. */
static void
test_broken (void)
{
  static const struct {
    const gchar *location, *sent, *message;
    guint left;
  } cases[] = {
      {"x.tif", "z0", "*slice 1 of axis z*missing*", 0},
      {"x.tif", "z1", "*slice 0 of axis z*missing*", 0},
      {"x.tif", "z0z0", "*slice 0 of axis z*came twice*voxelstitch*", 0},
      {"x.tif", "", "*no slice came*", 0},
      {"x.tif", "z0z1nz0", "*a second volume came*{id}*", 0},
      {"out", "z0z1nz0", "*a second volume came*{id}*", 1},
      {"x.tif", "z0z1y0", "*second axis*{axis}*", 0},
      {"{index}.tif", "z0z1y0", "*second axis*{axis}*", 2},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gchar *folder = folder_new ();
    GstHarness *harness = harness_new (folder, cases[i].location, "GRAY8", 4, 4);
    g_autoptr (GstBus) bus = harness_bus (harness);
    GstVoxelVolume *volume = gst_voxel_volume_new ("v", 2, 4, 4, 8);
    g_autofree gchar *error = NULL;

    for (const gchar *sent = cases[i].sent; *sent; sent++) {
      if (*sent == 'n') {
        gst_voxel_volume_unref (volume);
        volume = gst_voxel_volume_new ("w", 2, 4, 4, 8);
        continue;
      }
      /* The slices along y are 4x2 voxels. */
      if (*sent == 'y')
        gst_harness_set_src_caps_str (harness, "video/x-raw,format=GRAY8,width=2,height=4,framerate=1/1");
      gst_harness_push (harness, slice_of (volume, *sent == 'z' ? GST_VOXEL_AXIS_Z : GST_VOXEL_AXIS_Y,
                                           (guint) (sent[1] - '0'), FALSE));
      sent++;
    }
    gst_harness_push_event (harness, gst_event_new_eos ());
    error = bus_error (bus);
    assert_like (error, cases[i].message);
    g_assert_cmpuint (folder_count (folder), ==, cases[i].left);
    gst_voxel_volume_unref (volume);
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

static void
test_depth_changes (void)
{
  gchar *folder = folder_new ();
  GstHarness *harness = harness_new (folder, "x.tif", "GRAY8", 8, 4);
  g_autoptr (GstBus) bus = harness_bus (harness);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 2, 4, 8, 8);
  g_autofree gchar *error = NULL;

  gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, 0, FALSE));
  gst_harness_set_src_caps_str (harness, "video/x-raw,format=GRAY16_LE,width=8,height=4,framerate=1/1");
  g_assert_cmpint (gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, 1, TRUE)), ==,
                   GST_FLOW_ERROR);
  error = bus_error (bus);
  assert_like (error, "*change from 8 to 16 bits*");
  g_assert_cmpuint (folder_count (folder), ==, 0);
  gst_element_set_bus (harness->element, NULL);
  gst_harness_teardown (harness);
  folder_remove (folder);
}

static void
test_stopped (void)
{
  gchar *folder = folder_new ();
  g_autofree gchar *path = g_build_filename (folder, "x.tif", NULL);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 2, 4, 8, 8);
  g_autofree gchar *text = NULL;
  GstHarness *harness;

  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  for (guint i = 0; i < 3; i++) {
    harness = harness_new (folder, "x.tif", "GRAY8", 8, 4);
    for (guint z = 0; z < i; z++)
      gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, z, FALSE));
    gst_element_set_state (harness->element, GST_STATE_NULL);
    gst_harness_teardown (harness);
  }
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "before");
  g_assert_cmpuint (folder_count (folder), ==, 1);
  folder_remove (folder);
}

/* Killed in the middle: a child writes slices until its parent has seen enough. */
static void
test_killed (void)
{
  gchar *folder;
  g_autofree gchar *path = NULL;

  if (g_test_subprocess ()) {
    GstHarness *harness = harness_new (g_getenv ("VOXEL_TEST_FOLDER"), "x.tif", "GRAY8", WIDTH, HEIGHT);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 1000, HEIGHT, WIDTH, 8);

    for (guint z = 0; z < 20; z++)
      gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, z, FALSE));
    raise (SIGKILL);
  }
  folder = folder_new ();
  path = g_build_filename (folder, "x.tif", NULL);
  g_setenv ("VOXEL_TEST_FOLDER", folder, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_assert_false (g_test_trap_has_passed ());
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  /* It had begun to write. */
  g_assert_cmpuint (folder_count (folder), ==, 1);
  folder_remove (folder);
}

/* A limit on the size of files stands for a full disk. */
static void
test_no_space (void)
{
  static const gchar *const locations[] = {"x.tif", "out"};
  struct rlimit before, limit;

  getrlimit (RLIMIT_FSIZE, &before);
  signal (SIGXFSZ, SIG_IGN);
  for (guint i = 0; i < G_N_ELEMENTS (locations); i++) {
    gchar *folder = folder_new ();
    g_autofree gchar *properties = g_strdup_printf ("%s compression=none", locations[i]);
    GstHarness *harness = harness_new (folder, properties, "GRAY8", WIDTH, HEIGHT);
    g_autoptr (GstBus) bus = harness_bus (harness);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 8);
    g_autofree gchar *error = NULL, *path = g_build_filename (folder, "x.tif", NULL);
    GstFlowReturn flow = GST_FLOW_OK;

    limit = (struct rlimit){i ? 100000 : 400000, before.rlim_max};
    setrlimit (RLIMIT_FSIZE, &limit);
    for (guint z = 0; z < DEPTH && flow == GST_FLOW_OK; z++)
      flow = gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, z, FALSE));
    setrlimit (RLIMIT_FSIZE, &before);
    g_assert_cmpint (flow, ==, GST_FLOW_ERROR);
    error = bus_error (bus);
    assert_like (error, i ? "*/out/0000.tif: File too large*" : "*/x.tif: File too large*");
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    g_assert_cmpuint (folder_count (folder), ==, i);
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

static void
test_unwritable (void)
{
  static const struct {
    const gchar *location, *message;
  } cases[] = {
      {"/dev/null/x.tif", "*Cannot make the folder /dev/null*"},
      {"/dev/null/out", "*Cannot make the folder /dev/null/out*"},
      {"/proc/x.tif", "*Cannot create /proc/x.tif*"},
  };
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", 1, 4, 8, 8);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *launch = g_strdup_printf ("voxelsink location=%s", cases[i].location);
    GstHarness *harness = sink_new (launch, "GRAY8", 8, 4);
    g_autoptr (GstBus) bus = harness_bus (harness);
    g_autofree gchar *error = NULL;

    g_assert_cmpint (gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, 0, FALSE)), ==,
                     GST_FLOW_ERROR);
    error = bus_error (bus);
    assert_like (error, cases[i].message);
    gst_element_set_bus (harness->element, NULL);
    gst_harness_teardown (harness);
  }
}

static void
test_settings (void)
{
  static const struct {
    const gchar *launch, *message;
  } cases[] = {
      {"voxelsink", "*property location*"},
      {"voxelsink location=a%s.tif", "*location*character 2*%04d*"},
      {"voxelsink location=a{nme}.tif", "*location*character 2: unknown token*{name}*"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i].launch, cases[i].message);
}

/* What voxelsrc reads of what voxelsink wrote is what went in, names and spacing too. */
static void
test_read_back (void)
{
  static const gchar *const locations[] = {"x.tif", "out"};

  for (guint i = 0; i < G_N_ELEMENTS (locations); i++) {
    gchar *folder = folder_new ();
    g_autofree gchar *path = g_build_filename (folder, locations[i], NULL);
    g_autofree gchar *launch = g_strdup_printf ("voxelsrc location=%s", path);
    GstHarness *harness = harness_new (folder, locations[i], "GRAY16_LE", WIDTH, HEIGHT);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("v", DEPTH, HEIGHT, WIDTH, 16);

    volume->spacing[0] = 2;
    volume->spacing[1] = volume->spacing[2] = 1.5;
    for (guint z = 0; z < DEPTH; z++)
      gst_harness_push (harness, slice_of (volume, GST_VOXEL_AXIS_Z, z, TRUE));
    g_assert_true (gst_harness_push_event (harness, gst_event_new_eos ()));
    gst_harness_teardown (harness);

    harness = gst_harness_new_parse (launch);
    gst_harness_play (harness);
    for (guint z = 0; z < DEPTH; z++) {
      GstBuffer *read = gst_harness_pull (harness), *sent = slice_of (volume, GST_VOXEL_AXIS_Z, z, TRUE);
      GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (read);
      GstMapInfo map;

      gst_buffer_map (sent, &map, GST_MAP_READ);
      g_assert_cmpint (gst_buffer_memcmp (read, 0, map.data, map.size), ==, 0);
      g_assert_cmpfloat_with_epsilon (slice->volume->spacing[0], 2, 1e-6);
      g_assert_cmpfloat_with_epsilon (slice->volume->spacing[2], 1.5, 1e-6);
      gst_buffer_unmap (sent, &map);
      gst_buffer_unref (sent);
      gst_buffer_unref (read);
    }
    gst_harness_teardown (harness);
    folder_remove (folder);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  TIFFSetErrorHandler (NULL);
  g_test_add_func ("/voxelsink/stack", test_stack);
  g_test_add_func ("/voxelsink/places", test_places);
  g_test_add_func ("/voxelsink/volumes", test_volumes);
  g_test_add_func ("/voxelsink/broken", test_broken);
  g_test_add_func ("/voxelsink/depth-changes", test_depth_changes);
  g_test_add_func ("/voxelsink/stopped", test_stopped);
  g_test_add_func ("/voxelsink/killed", test_killed);
  g_test_add_func ("/voxelsink/no-space", test_no_space);
  g_test_add_func ("/voxelsink/unwritable", test_unwritable);
  g_test_add_func ("/voxelsink/settings", test_settings);
  g_test_add_func ("/voxelsink/read-back", test_read_back);
  return g_test_run ();
}
