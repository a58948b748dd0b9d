/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How pictures are spread over devices and put together, whatever these are: here each is this process's CPU. */

#include "elements/network/tile-batch.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "elements/tiles/dihedral.h"
#include "tests/support/conv1x1-model.h"
#include "tests/support/unet-model.h"

#define WIDTH 52
#define HEIGHT 36
#define PIXELS (WIDTH * HEIGHT)
#define TILES 7
#define VIEWS 3
#define JOBS (TILES * VIEWS)

static VoxelModel *model, *infinite;

/* Tiles with their views, and where the scores go. */
typedef struct {
  guint16 pixels[TILES][PIXELS];
  guint16 scores[JOBS][PIXELS];
  VoxelTilePlane planes[TILES];
  VoxelTileJob jobs[JOBS];
} Tiles;

static Tiles *
tiles_new (guint32 seed)
{
  Tiles *tiles = g_new0 (Tiles, 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (guint i = 0; i < TILES; i++) {
    /* The last but one is dark. */
    for (guint k = 0; k < PIXELS; k++)
      tiles->pixels[i][k] =
          GUINT16_TO_LE ((guint16) g_rand_int_range (random, 0, i == TILES - 2 ? 99 : 65536));
    tiles->planes[i] =
        (VoxelTilePlane){.pixels = tiles->pixels[i], .stride = 2 * WIDTH, .mean = NAN, .stddev = NAN};
  }
  for (guint i = 0; i < JOBS; i++)
    tiles->jobs[i] = (VoxelTileJob){
        .planes = &tiles->planes[i / VIEWS],
        .bytes = 2,
        .width = WIDTH,
        .height = HEIGHT,
        .view = (i % VIEWS) * 2 + i / VIEWS % 2,
        .company = JOBS,
        .logits = tiles->scores[i],
        .logit_stride = 2 * WIDTH,
    };
  return tiles;
}

/* Who runs them: this many devices, pictures at once, and bytes on each. */
typedef struct {
  VoxelTileRules rules;
  GArray *numbers;
  VoxelTileDevices *devices;
} Bench;

static void
bench_open (Bench *bench, const gchar *backend, VoxelModel *of, guint n_devices, guint batch, guint64 limit)
{
  const VoxelPlanKey key = {backend, VOXEL_PRECISION_FP32, 2, 1, 0, 0};

  bench->rules = (VoxelTileRules){of, VOXEL_PRECISION_FP32, 1, 100};
  bench->numbers = g_array_new (FALSE, TRUE, sizeof (guint));
  g_array_set_size (bench->numbers, n_devices);
  bench->devices = voxel_tile_devices_new (&bench->rules, &key, bench->numbers, batch, limit);
}

static void
bench_close (Bench *bench)
{
  voxel_tile_devices_free (bench->devices);
  g_array_unref (bench->numbers);
}

static VoxelTileBatch *
begin (Bench *bench, const VoxelTileJob *jobs, guint n)
{
  VoxelTileBatch *batch = voxel_tile_batch_new (&bench->rules, jobs, n);
  g_autoptr (GError) error = NULL;
  gboolean begun = voxel_tile_devices_begin (bench->devices, batch, &error);

  g_assert_no_error (error);
  g_assert_true (begun);
  return batch;
}

static void
end (VoxelTileBatch *batch)
{
  g_autoptr (GError) error = NULL;
  gboolean done = voxel_tile_batch_end (batch, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static Tiles *
run_one_by_one (const gchar *backend, guint32 seed)
{
  const VoxelTileNetworkWish wish = {
      .backend = backend, .precision = VOXEL_PRECISION_FP32, .threads = 1, .skip_below = 100};
  g_autoptr (VoxelTileNetwork) network = voxel_tile_network_new (model, &wish, NULL);
  Tiles *tiles = tiles_new (seed);

  for (guint i = 0; i < JOBS; i++)
    g_assert_true (voxel_tile_network_run (network, &tiles->jobs[i], 1, NULL));
  return tiles;
}

/* Batches of all sizes, two at a time on their way, on one device and several: the scores of one picture after the
 * other, and those of the dark tile. */
static void
test_spread (void)
{
  static const guint batches[] = {1, 3, 5, 16, 40};
  g_autofree Tiles *expected = run_one_by_one ("cpu", 1);

  for (guint way = 0; way < 3 * G_N_ELEMENTS (batches); way++) {
    guint at_once = batches[way / 3], step = way % 2 ? 4 : JOBS;
    g_autofree Tiles *tiles = tiles_new (1);
    VoxelTileBatch *before = NULL;
    Bench bench;

    bench_open (&bench, "cpu", model, 1 + way % 3, at_once, 0);
    for (guint first = 0; first < JOBS; first += step) {
      VoxelTileBatch *batch = begin (&bench, &tiles->jobs[first], MIN (step, JOBS - first));

      if (before)
        end (before);
      before = batch;
    }
    end (before);
    g_assert_cmpmem (tiles->scores, sizeof tiles->scores, expected->scores, sizeof expected->scores);
    bench_close (&bench);
  }
  for (guint k = 0; k < PIXELS; k++)
    g_assert_cmpuint (expected->scores[(TILES - 2) * VIEWS][k], ==, 0);
}

/* Where memory is too little there are fewer at once, and no more is taken than is allowed. */
static void
test_limit (void)
{
  g_autofree Tiles *expected = run_one_by_one ("reference", 2);
  VoxelPlanKey key = {"reference", VOXEL_PRECISION_FP32, 2, 8, 36, 52};
  VoxelPlanSize eight;

  g_assert_true (voxel_plan_measure (model, &key, &eight, NULL));
  for (guint i = 0; i < 3; i++) {
    static const guint shares[] = {1, 2, 8};
    guint64 limit = 2 * eight.arena / shares[i];
    g_autofree Tiles *tiles = tiles_new (2);
    const VoxelNetworkSize *size;
    gboolean news;
    Bench bench;

    bench_open (&bench, "reference", model, 2, 8, limit);
    end (begin (&bench, tiles->jobs, JOBS));
    g_assert_cmpmem (tiles->scores, sizeof tiles->scores, expected->scores, sizeof expected->scores);
    size = voxel_tile_devices_look (bench.devices, 8, 36, 52, &news, NULL);
    g_assert_false (news);
    g_assert_cmpuint (size->n, <=, 8 / shares[i]);
    g_assert_cmpuint (voxel_picture_parts_count (size->parts), ==, 1);
    g_assert_cmpuint (2 * size->whole, <=, limit);
    bench_close (&bench);
  }
}

/* Parts of pictures are pictures of their own on the way. */
static void
test_parts (void)
{
  enum { SIDE = 256 };
  g_autofree guint16 *pixels = g_new (guint16, SIDE * SIDE), *scores = g_new0 (guint16, 4 * SIDE * SIDE);
  const VoxelTilePlane plane = {.pixels = pixels, .stride = 2 * SIDE, .mean = NAN, .stddev = NAN};
  VoxelTileJob jobs[4];

  for (guint k = 0; k < SIDE * SIDE; k++)
    pixels[k] = GUINT16_TO_LE ((guint16) (30000 + 9000 * sin (k / 11.) + k % 4999));
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    jobs[i] = (VoxelTileJob){&plane, 2, SIDE, SIDE, i / 2, 0, scores + i * SIDE * SIDE, 2 * SIDE};
  for (guint i = 0; i < 2; i++) {
    VoxelPlanKey key = {"cpu", VOXEL_PRECISION_FP32, 2, 1, SIDE, SIDE};
    const VoxelNetworkSize *size;
    VoxelPlanSize one;
    gboolean news;
    Bench bench;

    g_assert_true (voxel_plan_measure (model, &key, &one, NULL));
    bench_open (&bench, "cpu", model, 2, 8, i ? 2 * one.arena - 2 : 0);
    for (guint k = 0; k < 2; k++)
      end (begin (&bench, &jobs[2 * k + i], 1));
    size = voxel_tile_devices_look (bench.devices, 8, SIDE, SIDE, &news, NULL);
    g_assert_cmpuint (voxel_picture_parts_count (size->parts) > 1, ==, i);
    bench_close (&bench);
  }
  for (guint k = 0; k < 2; k++)
    for (guint x = 0; x < SIDE * SIDE; x++)
      g_assert_cmpint (
          ABS ((gint) scores[2 * k * SIDE * SIDE + x] - (gint) scores[(2 * k + 1) * SIDE * SIDE + x]), <=, 1);
}

/* Alone a picture is run alone; pictures of a slice are run with as many as there are, up to 16. */
static void
test_company (void)
{
  static const guint company[] = {0, 1, 6, 16, 54}, n[] = {1, 1, 6, 16, 16};
  g_autofree Tiles *tiles = tiles_new (4);
  Bench bench;

  bench_open (&bench, "cpu", model, 1, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (company); i++) {
    VoxelTileBatch *batch;

    tiles->jobs[0].company = company[i];
    batch = begin (&bench, tiles->jobs, 1);
    g_assert_cmpuint (batch->sizes[0]->n, ==, n[i]);
    end (batch);
  }
  bench_close (&bench);
}

/* The error of the first picture that failed, in that batch alone. */
static void
test_failure (void)
{
  g_autofree Tiles *tiles = tiles_new (5);
  Bench bench;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;
    VoxelTileBatch *batch;

    bench_open (&bench, "cpu", infinite, 2, 4, 0);
    batch = begin (&bench, tiles->jobs, i ? JOBS : 2);
    g_assert_false (voxel_tile_batch_end (batch, &error));
    g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR);
    g_assert_nonnull (strstr (error->message, "not finite"));
    /* Background is not seen by the network. */
    end (begin (&bench, &tiles->jobs[(TILES - 2) * VIEWS], VIEWS));
    bench_close (&bench);
  }
}

int
main (int argc, char **argv)
{
  g_autofree gchar *folder = g_dir_make_tmp ("tile-devices-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "m.safetensors", NULL);
  gint result;

  g_test_init (&argc, &argv, NULL);
  unet_model_save (path, 4, 2, 1, "tile");
  model = voxel_model_load (path, NULL);
  conv1x1_model_save (path, 1, 1, (const gfloat[]){3e38f}, (const gfloat[]){3e38f}, "none");
  infinite = voxel_model_load (path, NULL);
  g_assert_nonnull (infinite);
  g_test_add_func ("/network/tile-devices/spread", test_spread);
  g_test_add_func ("/network/tile-devices/limit", test_limit);
  g_test_add_func ("/network/tile-devices/parts", test_parts);
  g_test_add_func ("/network/tile-devices/company", test_company);
  g_test_add_func ("/network/tile-devices/failure", test_failure);
  result = g_test_run ();
  voxel_model_unref (model);
  voxel_model_unref (infinite);
  g_remove (path);
  g_rmdir (folder);
  return result;
}
