/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tile-stream.h"
#include "elements/tiles/dihedral.h"

#define SIDE 96
#define N 6

static TileStream
open_stream (const gchar *text, const gchar *format, guint width, guint height)
{
  TileStream stream = tile_stream_new (text);

  tile_stream_set_size (&stream, format, width, height);
  return stream;
}

/* Every third slice has no label, for voxelaugment takes either. */
static GstBuffer *
make_slice (const TileStream *stream, GstVoxelVolume *volume, guint index, guint epoch)
{
  GstBuffer *slice =
      tile_stream_slice (stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, index, N - 1);

  gst_buffer_get_voxel_slice_meta (slice)->epoch = epoch;
  if (index % 3 != 2)
    tile_stream_add_label (stream, slice, index);
  return slice;
}

static void
add_bytes (GChecksum *sum, GstBuffer *buffer)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_checksum_update (sum, map.data, (gssize) map.size);
  gst_buffer_unmap (buffer, &map);
}

/* Pixels, label and what was done. */
static gchar *
digest (GstBuffer *sample)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (sample);
  const GstVoxelAugmentMeta *augment = gst_buffer_get_voxel_augment_meta (sample);
  const GstVoxelNeighboursMeta *around = gst_buffer_get_voxel_neighbours_meta (sample);
  g_autofree gchar *applied = NULL;

  g_assert_nonnull (augment);
  applied = gst_structure_to_string (augment->applied);
  add_bytes (sum, sample);
  if (label)
    add_bytes (sum, label->label);
  for (guint i = 0; around && i < 2 * around->reach; i++)
    add_bytes (sum, around->pictures[i]);
  g_checksum_update (sum, (const guchar *) applied, -1);
  return g_strdup (g_checksum_get_string (sum));
}

/* What comes of N slices. */
static gchar *
run (const gchar *text, const gchar *format, guint epoch)
{
  g_auto (TileStream) stream = open_stream (text, format, SIDE, SIDE);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", N, SIDE, SIDE, 16);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < N; i++)
    g_assert_cmpint (gst_harness_push (stream.harness, make_slice (&stream, volume, i, epoch)), ==,
                     GST_FLOW_OK);
  g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_eos ()));
  for (guint i = 0; i < N; i++) {
    g_autoptr (GstBuffer) sample = gst_harness_pull (stream.harness);
    g_autofree gchar *own = NULL;

    g_assert_nonnull (sample);
    g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (sample)->index, ==, i);
    g_assert_cmpuint (GST_BUFFER_PTS (sample), ==, i * GST_SECOND);
    g_assert_true (!gst_buffer_get_voxel_label_meta (sample) == (i % 3 == 2));
    own = digest (sample);
    g_string_append_printf (all, "%s\n", own);
  }
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, 0);
  tile_stream_assert_quiet (&stream);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
test_threads (gconstpointer format)
{
  g_autofree gchar *one = run ("voxelaugment seed=3 threads=1", format, 0);
  static const gchar *const same[] = {"voxelaugment seed=3 threads=1", "voxelaugment seed=3 threads=2",
                                      "voxelaugment seed=3 threads=4", "voxelaugment seed=3 threads=0",
                                      "queue ! voxelaugment seed=3 threads=2 ! queue"};
  g_autofree gchar *seed = run ("voxelaugment seed=4 threads=1", format, 0);
  g_autofree gchar *epoch = run ("voxelaugment seed=3 threads=1", format, 1);

  for (guint i = 0; i < G_N_ELEMENTS (same); i++) {
    g_autofree gchar *other = run (same[i], format, 0);

    g_assert_cmpstr (other, ==, one);
  }
  g_assert_cmpstr (seed, !=, one);
  g_assert_cmpstr (epoch, !=, one);
}

static void
map (GstVideoFrame *frame, GstBuffer *buffer, GstVideoFormat format, guint width, guint height)
{
  GstVideoInfo info;

  gst_video_info_set_format (&info, format, width, height);
  g_assert_true (gst_video_frame_map (frame, &info, buffer, GST_MAP_READ));
}

static guint
pixel_at (const GstVideoFrame *frame, guint x, guint y)
{
  const guint8 *row = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (frame, 0) +
                      y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, 0);

  return row[x];
}

/* Discs of @level on black, no two slices alike. */
static GstBuffer *
discs (guint slice, guint level)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, SIDE * SIDE, NULL);
  GstMapInfo info;

  g_assert_true (gst_buffer_map (buffer, &info, GST_MAP_WRITE));
  for (gint y = 0; y < SIDE; y++)
    for (gint x = 0; x < SIDE; x++) {
      gint dx = (x + 7 * (gint) slice) % 32 - 12, dy = (y + 5 * (gint) slice) % 40 - 17;

      info.data[y * SIDE + x] = (guint8) (dx * dx + dy * dy < 90 ? level : 0);
    }
  gst_buffer_unmap (buffer, &info);
  return buffer;
}

/* A label is augmented as an image and as itself: where the image is still as bright or as dark as can be, that is
 * what the label says. Returns at how many pixels the image, seen so, does not speak for the label @dx to the side. */
static guint
count_apart (GstBuffer *sample, guint side, guint dx, gboolean *all)
{
  const GstVoxelLabelMeta *label = gst_buffer_get_voxel_label_meta (sample);
  GstVideoFrame image, mask;
  guint apart = 0, set = 0;

  map (&image, sample, GST_VIDEO_FORMAT_GRAY8, side, side);
  map (&mask, label->label, GST_VIDEO_FORMAT_GRAY8, side, side);
  for (guint y = 0; y < side; y++)
    for (guint x = 0; x + dx < side; x++) {
      guint code = pixel_at (&mask, x + dx, y);

      g_assert_true (code == 0 || code == 255);
      set += code == 255;
      apart += (pixel_at (&image, x, y) >= 128) != (code == 255);
    }
  gst_video_frame_unmap (&image);
  gst_video_frame_unmap (&mask);
  *all = set > side && set < side * side - side;
  return apart;
}

static GstBuffer *
label_as_image (GstVoxelVolume *volume, guint index)
{
  GstBuffer *buffer = discs (index, 255);
  g_autoptr (GstBuffer) label = discs (index, 255);

  gst_buffer_add_voxel_slice_meta (buffer, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, index, 0,
                                   19);
  gst_buffer_add_voxel_label_meta (buffer, label, .5);
  return buffer;
}

/* How many pixels of 20 samples are apart, the label being looked at @dx to the side. */
static guint
apart_with (const gchar *recipe, guint dx, guint *pixels)
{
  g_autofree gchar *text = g_strdup_printf ("voxelaugment threads=1 size=80 recipe=\"%s\"", recipe);
  g_auto (TileStream) stream = open_stream (text, "GRAY8", SIDE, SIDE);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 20, SIDE, SIDE, 8);
  guint apart = 0;

  *pixels = 20 * 80 * 80;
  for (guint i = 0; i < 20; i++) {
    g_autoptr (GstBuffer) sample = gst_harness_push_and_pull (stream.harness, label_as_image (volume, i));
    gboolean both;

    g_assert_nonnull (sample);
    apart += count_apart (sample, 80, dx, &both);
    g_assert_true (both);
  }
  tile_stream_assert_quiet (&stream);
  return apart;
}

/* Half a pixel at the rim of each disc is all that may differ between nearest and interpolated pixels; looked at one
 * pixel to the side they differ at the whole rim. */
static void
test_alignment (void)
{
  static const gchar *const exact[] = {"none", "rot90 flip-h flip-v"};
  static const gchar *const near[] = {"scale(p=1)", "grid-distortion(p=1)", "rotate(p=1)",
                                      "elastic(p=1, alpha=40, sigma=8)",
                                      "scale(p=1) grid-distortion(p=1) rot90 flip-h flip-v"};
  guint pixels;

  for (guint i = 0; i < G_N_ELEMENTS (exact); i++) {
    g_assert_cmpuint (apart_with (exact[i], 0, &pixels), ==, 0);
    g_assert_cmpuint (apart_with (exact[i], 1, &pixels), >, pixels / 50);
  }
  for (guint i = 0; i < G_N_ELEMENTS (near); i++) {
    guint apart = apart_with (near[i], 0, &pixels), aside = apart_with (near[i], 1, &pixels);

    g_test_message ("%s: %u of %u, aside %u", near[i], apart, pixels, aside);
    g_assert_cmpuint (apart, <, pixels / 100);
    g_assert_cmpuint (aside, >, 4 * apart);
  }
}

/* What the meta tells is what was done, and an undisturbed picture stays. */
static void
test_provenance (void)
{
  g_auto (TileStream) stream =
      open_stream ("voxelaugment threads=1 recipe=\"rot90 flip-h(p=.5)\" seed=9", "GRAY8", SIDE, SIDE);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 40, SIDE, SIDE, 8);
  guint turned = 0, flipped = 0;

  for (guint i = 0; i < 40; i++) {
    g_autoptr (GstBuffer) before =
        tile_stream_slice (&stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY, i, 39);
    g_autoptr (GstBuffer) sample = gst_harness_push_and_pull (stream.harness, gst_buffer_ref (before));
    const GstStructure *applied = gst_buffer_get_voxel_augment_meta (sample)->applied, *rot90;
    g_autofree guint8 *once = g_malloc (SIDE * SIDE), *twice = g_malloc (SIDE * SIDE);
    gdouble turns;
    guint64 seed;
    GstMapInfo from;

    g_assert_true (gst_structure_get_uint64 (applied, "seed", &seed));
    g_assert_cmpuint (seed, ==, 9);
    rot90 = gst_value_get_structure (gst_structure_get_value (applied, "rot90"));
    g_assert_true (gst_structure_get_double (rot90, "quarter-turns", &turns));
    g_assert_true (gst_buffer_map (before, &from, GST_MAP_READ));
    voxel_dihedral_turn ((VoxelDihedral) turns, from.data, SIDE, SIDE, SIDE, 1, once, SIDE);
    voxel_dihedral_turn (gst_structure_has_field (applied, "flip-h") ? VOXEL_DIHEDRAL_FH : VOXEL_DIHEDRAL_R0,
                         once, SIDE, SIDE, SIDE, 1, twice, SIDE);
    gst_buffer_unmap (before, &from);
    g_assert_cmpint (gst_buffer_memcmp (sample, 0, twice, SIDE * SIDE), ==, 0);
    turned += turns > 0;
    flipped += gst_structure_has_field (applied, "flip-h");
  }
  g_assert_cmpuint (turned, >, 20);
  g_assert_cmpuint (flipped, >, 5);
  g_assert_cmpuint (flipped, <, 35);
  tile_stream_assert_quiet (&stream);
}

/* Two in a row tell of both. */
static void
test_two (void)
{
  g_auto (TileStream) stream =
      open_stream ("voxelaugment recipe=invert invert-p=1 ! voxelaugment recipe=invert invert-p=1 seed=2",
                   "GRAY16_LE", SIDE, SIDE);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", N, SIDE, SIDE, 16);

  for (guint i = 0; i < N; i++)
    gst_harness_push (stream.harness, make_slice (&stream, volume, i, 0));
  gst_harness_push_event (stream.harness, gst_event_new_eos ());
  for (guint i = 0; i < N; i++) {
    g_autoptr (GstBuffer) sample = gst_harness_pull (stream.harness);
    const GstStructure *applied = gst_buffer_get_voxel_augment_meta (sample)->applied;

    g_assert_true (gst_structure_has_field (applied, "invert"));
    g_assert_true (gst_structure_has_field (
        gst_value_get_structure (gst_structure_get_value (applied, "before")), "invert"));
    tile_stream_assert_picture (&stream, sample, i);
    if (i % 3 != 2)
      tile_stream_assert_label (&stream, sample);
  }
  tile_stream_assert_quiet (&stream);
}

/* Two slices on either side: three pictures alike, two others. */
static void
add_neighbours (const TileStream *stream, GstVoxelVolume *volume, GstBuffer *slice)
{
  GstVoxelNeighboursMeta *around = gst_buffer_add_voxel_neighbours_meta (slice, 2);

  for (guint i = 0; i < 4; i++)
    around->pictures[i] = tile_stream_slice (stream, volume, GST_VOXEL_AXIS_Z, GST_VOXEL_CONTENT_INTENSITY,
                                             i < 2 ? gst_buffer_get_voxel_slice_meta (slice)->index : 17, 20);
}

static gboolean
same_bytes (GstBuffer *a, GstBuffer *b)
{
  GstMapInfo info;
  gboolean same;

  g_assert_true (gst_buffer_map (a, &info, GST_MAP_READ));
  same = gst_buffer_get_size (b) == info.size && gst_buffer_memcmp (b, 0, info.data, info.size) == 0;
  gst_buffer_unmap (a, &info);
  return same;
}

/* The same is done to all, but that each has noise of its own. */
static void
test_neighbours (void)
{
  static const gchar *const texts[] = {"voxelaugment threads=2 noise-p=0 scale-p=1 gamma-p=1 "
                                       "gaussian-blur-p=1 motion-blur-p=1 grid-distortion-p=1",
                                       "voxelaugment threads=2 recipe=noise noise-p=1"};

  for (guint noise = 0; noise < 2; noise++) {
    g_auto (TileStream) stream = open_stream (texts[noise], "GRAY16_LE", SIDE, SIDE);
    g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", 20, SIDE, SIDE, 16);
    GstBuffer *slice = make_slice (&stream, volume, 3, 0);
    g_autoptr (GstBuffer) sample = NULL;
    const GstVoxelNeighboursMeta *around;

    add_neighbours (&stream, volume, slice);
    gst_harness_push (stream.harness, slice);
    gst_harness_push_event (stream.harness, gst_event_new_eos ());
    sample = gst_harness_pull (stream.harness);
    around = gst_buffer_get_voxel_neighbours_meta (sample);
    g_assert_nonnull (around);
    g_assert_cmpuint (around->reach, ==, 2);
    g_assert_true (same_bytes (sample, around->pictures[0]) == !noise);
    g_assert_true (same_bytes (around->pictures[0], around->pictures[1]) == !noise);
    g_assert_true (same_bytes (around->pictures[2], around->pictures[3]) == !noise);
    g_assert_false (same_bytes (sample, around->pictures[2]));
    g_assert_cmpuint (gst_buffer_get_voxel_slice_meta (around->pictures[2])->index, ==, 17);
    tile_stream_assert_quiet (&stream);
  }
}

/* The middle of a tile, and the tile meta says so. */
static void
test_size (void)
{
  g_auto (TileStream) stream =
      open_stream ("voxelaugment recipe=none size=40 threads=1", "GRAY8", SIDE, SIDE - 20);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", N, SIDE - 20, SIDE, 8);
  GstBuffer *slice = make_slice (&stream, volume, 0, 0);
  GstVoxelTileMeta *tile = gst_buffer_add_voxel_tile_meta (slice);
  g_autoptr (GstBuffer) sample = NULL;
  GstVideoFrame frame;

  tile->x = 5;
  tile->y = 6;
  sample = gst_harness_push_and_pull (stream.harness, slice);
  g_assert_nonnull (sample);
  tile = gst_buffer_get_voxel_tile_meta (sample);
  g_assert_cmpuint (tile->x, ==, 5 + 28);
  g_assert_cmpuint (tile->y, ==, 6 + 18);
  g_assert_cmpuint (tile->width, ==, 40);
  g_assert_cmpuint (tile->height, ==, 40);
  map (&frame, sample, GST_VIDEO_FORMAT_GRAY8, 40, 40);
  for (guint y = 0; y < 40; y++)
    for (guint x = 0; x < 40; x++)
      g_assert_cmphex (pixel_at (&frame, x, y), ==, (guint8) tile_pixel (0, 28 + x, 18 + y));
  gst_video_frame_unmap (&frame);
  tile_stream_assert_label (&stream, sample);
  tile_stream_assert_quiet (&stream);
}

/* What is under way when a flush comes is dropped; what comes after it is as ever. */
static void
test_flush (void)
{
  g_auto (TileStream) stream = open_stream ("voxelaugment threads=4 seed=3", "GRAY8", SIDE, SIDE);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", N, SIDE, SIDE, 8);
  g_autoptr (GstBuffer) after = NULL;
  g_autofree gchar *all = run ("voxelaugment threads=1 seed=3", "GRAY8", 0), *own = NULL;
  GstSegment segment;

  for (guint i = 0; i < 3; i++)
    gst_harness_push (stream.harness, make_slice (&stream, volume, i, 0));
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, 0);
  g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_flush_start ()));
  g_assert_true (gst_harness_push_event (stream.harness, gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (stream.harness, gst_event_new_segment (&segment));
  g_assert_cmpint (gst_harness_push (stream.harness, make_slice (&stream, volume, 0, 0)), ==, GST_FLOW_OK);
  gst_harness_push_event (stream.harness, gst_event_new_segment_done (GST_FORMAT_TIME, 0));
  g_assert_cmpuint (gst_harness_buffers_in_queue (stream.harness), ==, 1);
  after = gst_harness_pull (stream.harness);
  own = digest (after);
  g_assert_true (g_str_has_prefix (all, own));
  tile_stream_assert_quiet (&stream);
}

/* Pictures of another form come while some are under way. */
static void
test_caps (void)
{
  g_auto (TileStream) stream =
      open_stream ("voxelaugment threads=4 recipe=noise noise-p=1", "GRAY8", SIDE, SIDE);
  g_autoptr (GstVoxelVolume) volume = gst_voxel_volume_new ("kidney", N, SIDE, SIDE, 8);

  for (guint i = 0; i < 6; i++) {
    if (i == 3)
      tile_stream_set_size (&stream, "GRAY16_LE", SIDE + 9, SIDE);
    gst_harness_push (stream.harness, make_slice (&stream, volume, i, 0));
  }
  gst_harness_push_event (stream.harness, gst_event_new_eos ());
  for (guint i = 0; i < 6; i++) {
    g_autoptr (GstBuffer) sample = gst_harness_pull (stream.harness);

    g_assert_cmpuint (gst_buffer_get_size (sample), ==,
                      i < 3 ? SIDE * SIDE : GST_ROUND_UP_4 (2 * (SIDE + 9)) * SIDE);
  }
  tile_stream_assert_quiet (&stream);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/voxelaugment/threads/8", "GRAY8", test_threads);
  g_test_add_data_func ("/voxelaugment/threads/16", "GRAY16_LE", test_threads);
  g_test_add_func ("/voxelaugment/alignment", test_alignment);
  g_test_add_func ("/voxelaugment/provenance", test_provenance);
  g_test_add_func ("/voxelaugment/two", test_two);
  g_test_add_func ("/voxelaugment/neighbours", test_neighbours);
  g_test_add_func ("/voxelaugment/size", test_size);
  g_test_add_func ("/voxelaugment/flush", test_flush);
  g_test_add_func ("/voxelaugment/caps", test_caps);
  return g_test_run ();
}
