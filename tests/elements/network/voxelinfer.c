/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>

#include "elements/tiles/dihedral.h"
#include "tests/elements/network/voxelinfer-fixture.h"
#include "tests/support/conv1x1-model.h"
#include "tests/support/unet-model.h"

#define WIDTH 52
#define HEIGHT 36

static gchar *folder, *by_slice, *by_tile, *steep;
static GstVoxelVolume *volume;

static void
assert_same (GstBuffer *a, GstBuffer *b)
{
  GstMapInfo first, second;

  gst_buffer_map (a, &first, GST_MAP_READ);
  gst_buffer_map (b, &second, GST_MAP_READ);
  g_assert_cmpmem (first.data, first.size, second.data, second.size);
  gst_buffer_unmap (a, &first);
  gst_buffer_unmap (b, &second);
}

static void
test_frame (void)
{
  GstHarness *h = new_harness (by_slice, "");
  g_autoptr (GstBuffer) scores = NULL;
  g_autoptr (GstCaps) caps = NULL, expected = NULL;
  GstBuffer *picture = new_picture (WIDTH - 2, HEIGHT + 1, 3);
  GstVoxelSliceMeta *slice;
  GstMapInfo map;
  guint distinct = 0;

  set_caps (h, "GRAY16_LE", WIDTH - 2, HEIGHT + 1);
  gst_buffer_add_voxel_slice_meta (picture, volume, GST_VOXEL_AXIS_X, GST_VOXEL_CONTENT_INTENSITY, 4, 2, 9);
  scores = gst_harness_push_and_pull (h, picture);
  caps = gst_pad_get_current_caps (h->sinkpad);
  expected = gst_caps_from_string ("video/x-raw,format=GRAY16_LE,width=50,height=37,framerate=0/1");
  g_assert_true (gst_caps_is_subset (caps, expected));
  g_assert_cmpuint (gst_buffer_get_size (scores), ==, (WIDTH - 2) * (HEIGHT + 1) * 2);
  g_assert_cmpuint (GST_BUFFER_PTS (scores), ==, 3 * GST_SECOND);
  slice = gst_buffer_get_voxel_slice_meta (scores);
  g_assert_cmpint (slice->content, ==, GST_VOXEL_CONTENT_LOGIT);
  g_assert_cmpint (slice->axis, ==, GST_VOXEL_AXIS_X);
  g_assert_cmpuint (slice->index, ==, 4);
  g_assert_true (isnan (slice->mean));
  gst_buffer_map (scores, &map, GST_MAP_READ);
  for (gsize i = 1; i < map.size / 2; i++)
    distinct += ((guint16 *) map.data)[i] != ((guint16 *) map.data)[i - 1];
  gst_buffer_unmap (scores, &map);
  g_assert_cmpuint (distinct, >, map.size / 4);
  gst_harness_teardown (h);
}

/* Any batch and number of threads gives the same scores, in order, the rest of a batch at EOS. */
static void
test_batch (void)
{
  static const gchar *const ways[] = {"batch=1 threads=1", "batch=4 threads=2", "batch=7 threads=1",
                                      "batch=256 threads=2"};
  g_autoptr (GPtrArray) first = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++) {
    GstHarness *h = new_harness (by_slice, ways[w]);

    set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
    for (guint i = 0; i < 9; i++)
      g_assert_cmpint (gst_harness_push (h, new_picture (WIDTH, HEIGHT, i)), ==, GST_FLOW_OK);
    gst_harness_push_event (h, gst_event_new_eos ());
    g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 9);
    for (guint i = 0; i < 9; i++) {
      GstBuffer *scores = gst_harness_pull (h);

      g_assert_cmpuint (GST_BUFFER_PTS (scores), ==, i * GST_SECOND);
      if (w == 0) {
        g_ptr_array_add (first, scores);
        continue;
      }
      assert_same (scores, g_ptr_array_index (first, i));
      gst_buffer_unref (scores);
    }
    gst_harness_teardown (h);
  }
}

/* A view that is not rendered gives what its rendered picture gives, turned back. */
static void
test_views (void)
{
  for (guint view = 0; view < GST_VOXEL_N_VIEWS; view++) {
    gboolean swaps = voxel_dihedral_swaps_sides (view);
    guint width = swaps ? HEIGHT : WIDTH, height = swaps ? WIDTH : HEIGHT;
    GstHarness *plain = new_harness (by_slice, "batch=1"), *turned = new_harness (by_slice, "batch=1");
    GstBuffer *picture = new_picture (WIDTH, HEIGHT, 5);
    GstBuffer *rendered = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 2, NULL);
    g_autoptr (GstBuffer) a = NULL, b = NULL, back = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 2, NULL);
    GstMapInfo in, out;

    gst_buffer_map (picture, &in, GST_MAP_READ);
    gst_buffer_map (rendered, &out, GST_MAP_WRITE);
    voxel_dihedral_turn (view, in.data, WIDTH * 2, WIDTH, HEIGHT, 2, out.data, width * 2);
    gst_buffer_unmap (picture, &in);
    gst_buffer_unmap (rendered, &out);
    mark_tile (picture, WIDTH, HEIGHT, view, FALSE);
    mark_tile (rendered, WIDTH, HEIGHT, view, TRUE);

    set_caps (plain, "GRAY16_LE", WIDTH, HEIGHT);
    set_caps (turned, "GRAY16_LE", width, height);
    a = gst_harness_push_and_pull (plain, picture);
    b = gst_harness_push_and_pull (turned, rendered);
    g_assert_false (gst_buffer_get_voxel_tile_meta (a)->rendered);
    g_assert_true (gst_buffer_get_voxel_tile_meta (b)->rendered);
    gst_buffer_map (b, &in, GST_MAP_READ);
    gst_buffer_map (back, &out, GST_MAP_WRITE);
    voxel_dihedral_turn (voxel_dihedral_inverse (view), in.data, width * 2, width, height, 2, out.data,
                         WIDTH * 2);
    gst_buffer_unmap (b, &in);
    gst_buffer_unmap (back, &out);
    assert_same (a, back);
    gst_harness_teardown (plain);
    gst_harness_teardown (turned);
  }
}

#define TILES 5
#define VIEWS 3

/* A view of a tile of a slice, the tile's own picture. */
static GstBuffer *
new_view (guint tile, guint view)
{
  GstBuffer *buffer = new_picture (WIDTH, HEIGHT, 10 + tile);
  GstVoxelTileMeta *meta = mark_tile (buffer, WIDTH, HEIGHT, GST_VOXEL_VIEW_R0 + view, FALSE);

  meta->index = tile;
  meta->count = TILES;
  meta->view_count = VIEWS;
  meta->view_index = view;
  return buffer;
}

/* All of a slice is there as soon as its last view has come, whatever was collected; the same as one by one. */
static void
test_slices (void)
{
  static const gchar *const ways[] = {"batch=1 threads=1", "threads=1",         "threads=2",
                                      "threads=3",         "batch=4 threads=2", "batch=15 threads=2"};
  g_autoptr (GPtrArray) first = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++) {
    GstHarness *h = new_harness (by_tile, ways[w]);

    set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
    for (guint slice = 0; slice < 2; slice++) {
      for (guint i = 0; i < TILES * VIEWS; i++)
        g_assert_cmpint (gst_harness_push (h, new_view (i / VIEWS, i % VIEWS)), ==, GST_FLOW_OK);
      if (w == 4) /* 15 are no multiple of 4 */
        gst_harness_push_event (h, gst_event_new_eos ());
      g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, TILES * VIEWS);
      for (guint i = 0; i < TILES * VIEWS; i++) {
        g_autoptr (GstBuffer) scores = gst_harness_pull (h);
        GstVoxelTileMeta *tile = gst_buffer_get_voxel_tile_meta (scores);

        g_assert_cmpuint (tile->index, ==, i / VIEWS);
        g_assert_cmpuint (tile->view_index, ==, i % VIEWS);
        if (w == 0 && slice == 0)
          g_ptr_array_add (first, gst_buffer_ref (scores));
        assert_same (scores, g_ptr_array_index (first, i));
      }
      if (w == 4)
        break;
    }
    /* A picture of its own waits for nobody. */
    if (w != 4 && w != 5) {
      g_autoptr (GstBuffer) scores = gst_harness_push_and_pull (h, new_picture (WIDTH, HEIGHT, 1));

      g_assert_nonnull (scores);
    }
    gst_harness_teardown (h);
  }
}

/* Pixels below @level but for one at @bright, if any. */
static GstBuffer *
new_dark_picture (guint level, gint bright, guint32 seed)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, WIDTH * HEIGHT * 2, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    ((guint16 *) map.data)[i] =
        GUINT16_TO_LE ((guint16) (i == (guint) bright ? level : (guint) g_rand_int_range (random, 0, level)));
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

/* Scores of pictures one after the other, three views of each. */
static GPtrArray *
score_dark (const gchar *more, guint level, const gint *bright, guint n)
{
  GstHarness *h = new_harness (steep, more);
  GPtrArray *scores = g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
  for (guint i = 0; i < n * VIEWS; i++) {
    GstBuffer *picture = new_dark_picture (level, bright[i / VIEWS], i / VIEWS);
    GstVoxelTileMeta *tile = mark_tile (picture, WIDTH, HEIGHT, GST_VOXEL_VIEW_R90 + i % VIEWS, FALSE);

    tile->index = i / VIEWS;
    tile->count = n;
    tile->view_index = i % VIEWS;
    tile->view_count = VIEWS;
    g_assert_cmpint (gst_harness_push (h, picture), ==, GST_FLOW_OK);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  for (guint i = 0; i < n * VIEWS; i++)
    g_ptr_array_add (scores, gst_harness_pull (h));
  gst_harness_teardown (h);
  return scores;
}

static void
get_extremes (GstBuffer *scores, guint *least, guint *most)
{
  GstMapInfo map;

  *least = G_MAXUINT16;
  *most = 0;
  gst_buffer_map (scores, &map, GST_MAP_READ);
  for (gsize i = 0; i < map.size / 2; i++) {
    guint code = GUINT16_FROM_LE (((const guint16 *) map.data)[i]);

    *least = MIN (*least, code);
    *most = MAX (*most, code);
  }
  gst_buffer_unmap (scores, &map);
}

/* Exactly the pictures in which every pixel is below it get the lowest score, and the network, which finds nothing
 * there either, gives all others what it always gives. */
static void
test_skip_below (void)
{
  enum { LEVEL = 20000, N = 5 };
  static const gint bright[N] = {-1, 0, WIDTH * HEIGHT - 1, -1, WIDTH * 7 + 3};
  static const gchar *const ways[] = {"skip-below=20000 threads=2", "skip-below=20000 threads=2 batch=7",
                                      "skip-below=20000 batch=1", "skip-below=19000", "skip-below=0"};
  g_autoptr (GPtrArray) plain = score_dark ("", LEVEL, bright, N);

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++) {
    g_autoptr (GPtrArray) scores = score_dark (ways[w], LEVEL, bright, N);

    for (guint i = 0; i < N * VIEWS; i++) {
      guint least, most;

      if (w >= 3 || bright[i / VIEWS] >= 0) {
        assert_same (g_ptr_array_index (scores, i), g_ptr_array_index (plain, i));
        continue;
      }
      get_extremes (g_ptr_array_index (plain, i), &least, &most);
      g_assert_cmpuint (least, >, 0);
      g_assert_cmpuint (most, <, GST_VOXEL_LOGIT_ZERO);
      get_extremes (g_ptr_array_index (scores, i), &least, &most);
      g_assert_cmpuint (most, ==, 0);
    }
  }
}

/* Sizes may change; what was collected at the old size goes first. */
static void
test_renegotiation (void)
{
  GstHarness *h = new_harness (by_tile, "batch=8");

  for (guint i = 0; i < 6; i++) {
    set_caps (h, i % 2 ? "GRAY8" : "GRAY16_LE", 32 + 8 * i, 40);
    g_assert_cmpint (gst_harness_push (h, new_picture (32 + 8 * i, 40, i)), ==, GST_FLOW_OK);
    g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, i);
  }
  gst_harness_push_event (h, gst_event_new_eos ());
  for (guint i = 0; i < 6; i++) {
    g_autoptr (GstBuffer) scores = gst_harness_pull (h);

    g_assert_cmpuint (gst_buffer_get_size (scores), ==, (32 + 8 * i) * 40 * 2);
  }
  gst_harness_teardown (h);
}

static void
test_flush (void)
{
  GstHarness *h = new_harness (by_slice, "batch=8");
  g_autoptr (GstBuffer) scores = NULL;
  GstSegment segment;

  set_caps (h, "GRAY16_LE", WIDTH, HEIGHT);
  gst_harness_push (h, new_picture (WIDTH, HEIGHT, 1));
  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  gst_harness_push (h, new_picture (WIDTH, HEIGHT, 2));
  gst_harness_push_event (h, gst_event_new_eos ());
  g_assert_cmpuint (gst_harness_buffers_in_queue (h), ==, 1);
  scores = gst_harness_pull (h);
  g_assert_cmpuint (GST_BUFFER_PTS (scores), ==, 2 * GST_SECOND);
  gst_harness_teardown (h);
}

/* Scores of a picture that is seen as a whole, or in parts that fit into @limit. */
static GstBuffer *
score_within (const gchar *precision, const gchar *limit, guint width, guint height, gchar **said)
{
  g_autofree gchar *more =
      g_strdup_printf ("precision=%s memory-limit=%s threads=1 batch=1", precision, limit);
  GstHarness *h = new_harness (by_slice, more);
  g_autoptr (GstElement) element = gst_harness_find_element (h, "voxelinfer");
  g_autoptr (GstBus) bus = gst_bus_new ();
  GstBuffer *picture = new_picture (width, height, 7), *scores;

  gst_element_set_bus (element, bus);
  set_caps (h, "GRAY16_LE", width, height);
  mark_tile (picture, width, height, GST_VOXEL_VIEW_R90, FALSE);
  g_assert_cmpint (gst_harness_push (h, picture), ==, GST_FLOW_OK);
  scores = gst_harness_pull (h);
  if (gst_bus_have_pending (bus))
    *said = pull_error (bus);
  gst_element_set_bus (element, NULL);
  gst_harness_teardown (h);
  return scores;
}

static gint
largest_difference (GstBuffer *a, GstBuffer *b)
{
  GstMapInfo first, second;
  gint most = 0;

  gst_buffer_map (a, &first, GST_MAP_READ);
  gst_buffer_map (b, &second, GST_MAP_READ);
  g_assert_cmpuint (first.size, ==, second.size);
  for (gsize i = 0; i < first.size / 2; i++)
    most = MAX (most, ABS ((gint) ((guint16 *) first.data)[i] - (gint) ((guint16 *) second.data)[i]));
  gst_buffer_unmap (a, &first);
  gst_buffer_unmap (b, &second);
  return most;
}

/* Beyond the limit a picture is run in parts, which is said. Scores differ by what the precision rounds away,
 * also at borders that are no multiple of the stride. */
static void
test_parts (void)
{
  g_autofree gchar *nothing = NULL;
  g_autoptr (GstBuffer) exact = score_within ("fp32", "0", 250, 331, &nothing);

  for (guint i = 0; i < 2; i++) {
    const gchar *precision = i ? "bf16" : "fp32";
    g_autofree gchar *said = NULL;
    g_autoptr (GstBuffer) whole = score_within (precision, "0", 250, 331, &nothing);
    g_autoptr (GstBuffer) parts = score_within (precision, "1500000", 250, 331, &said);
    gint rounding = MAX (largest_difference (exact, whole), 1);

    g_assert_null (nothing);
    g_assert_nonnull (said);
    g_test_message ("%s; %d, by rounding %d", said, largest_difference (whole, parts), rounding);
    g_assert_nonnull (strstr (said, "Pictures of 250x331 take"));
    g_assert_nonnull (strstr (said, " parts of "));
    g_assert_cmpint (largest_difference (whole, parts), <=, rounding);
  }
}

int
main (int argc, char **argv)
{
  gint result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("voxelinfer-XXXXXX", NULL);
  by_slice = g_build_filename (folder, "by slice.safetensors", NULL);
  by_tile = g_build_filename (folder, "by-tile.safetensors", NULL);
  unet_model_save (by_slice, 4, 2, 1, "slice");
  unet_model_save (by_tile, 4, 2, 1, "tile");
  steep = g_build_filename (folder, "steep.safetensors", NULL);
  /* 0 to 1 become -12 to 8: what is darker than three fifths of white is background. */
  conv1x1_model_save (steep, 1, 1, (const gfloat[]){20}, (const gfloat[]){-12}, "none");
  volume = gst_voxel_volume_new ("scan", 10, 10, 10, 16);
  g_test_add_func ("/network/voxelinfer/frame", test_frame);
  g_test_add_func ("/network/voxelinfer/batch", test_batch);
  g_test_add_func ("/network/voxelinfer/views", test_views);
  g_test_add_func ("/network/voxelinfer/slices", test_slices);
  g_test_add_func ("/network/voxelinfer/skip-below", test_skip_below);
  g_test_add_func ("/network/voxelinfer/renegotiation", test_renegotiation);
  g_test_add_func ("/network/voxelinfer/flush", test_flush);
  g_test_add_func ("/network/voxelinfer/parts", test_parts);
  result = g_test_run ();
  gst_voxel_volume_unref (volume);
  g_remove (by_slice);
  g_remove (by_tile);
  g_remove (steep);
  g_rmdir (folder);
  g_free (folder);
  g_free (by_slice);
  g_free (by_tile);
  g_free (steep);
  return result;
}
