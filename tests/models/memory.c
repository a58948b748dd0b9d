/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/memory.h"

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "models/packed.h"
#include "models/run.h"

/* What pictures of any size take, what they share, and how far apart they may be cut. */

static VoxelModel *
load (const gchar *name)
{
  g_autofree gchar *file = g_strdup_printf ("unet-%s.safetensors", name);
  g_autofree gchar *path = fixture_path (file);
  g_autoptr (GError) error = NULL;
  VoxelModel *model = voxel_model_load (path, &error);

  g_assert_no_error (error);
  return model;
}

static VoxelPlan *
get_plan (VoxelModel *model, VoxelPlanKey key, guint height, guint width)
{
  g_autoptr (GError) error = NULL;
  VoxelPlan *plan;

  key.height = height;
  key.width = width;
  plan = voxel_plan_get (model, &key, &error);
  g_assert_no_error (error);
  return plan;
}

static gsize
pixels (VoxelPlan *plan)
{
  return (gsize) voxel_plan_get_key (plan)->height * voxel_plan_get_key (plan)->width;
}

static const VoxelPlanKey keys[] = {
    {"cpu", VOXEL_PRECISION_FP32, 2, 1, 0, 0},
    {"cpu", VOXEL_PRECISION_BF16, 1, 1, 0, 0},
    {"reference", VOXEL_PRECISION_FP32, 1, 1, 0, 0},
};

/* Announced without packing a weight, and what the plan then takes. */
static void
test_announced (void)
{
  g_autoptr (VoxelModel) model = load ("blocks");

  for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
    for (guint side = 32; side <= 512; side *= 4) {
      VoxelPlanKey key = keys[k];
      g_autoptr (VoxelPlan) plan = NULL;
      g_autoptr (GError) error = NULL;
      VoxelPlanSize size;

      key.height = side;
      key.width = side + 16;
      g_assert_true (voxel_plan_measure (model, &key, &size, &error));
      g_assert_cmpuint (voxel_packed_count (), ==, 0);
      {
        g_autoptr (VoxelModel) other = load ("blocks");

        plan = get_plan (other, key, key.height, key.width);
      }
      g_assert_cmpuint (size.arena, ==, voxel_plan_get_arena_size (plan));
      g_assert_cmpuint (size.lower_bound, ==, voxel_plan_get_arena_lower_bound (plan));
      g_assert_cmpuint (size.reach, ==, voxel_plan_get_reach (plan));
      /* One picture of 16 channels at least is alive between two layers. */
      g_assert_cmpuint (size.arena, >, pixels (plan) * 16 * (key.precision == VOXEL_PRECISION_BF16 ? 2 : 4));
    }
}

static void
fill (gfloat *values, gsize n, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) g_rand_double_range (random, -2, 2);
}

static gfloat *
execute (VoxelRun *run, gsize n, guint32 seed)
{
  g_autoptr (GError) error = NULL;

  fill (voxel_run_get_input (run), n, seed);
  g_assert_true (voxel_run_execute (run, NULL, &error));
  return g_memdup2 (voxel_run_get_output (run), n * sizeof (gfloat));
}

/* Pictures that take turns in one memory: the scores are those of memory of their own, and no plan is made
 * twice. */
static void
test_shared (void)
{
  static const guint sides[][2] = {{64, 128}, {128, 64}, {96, 96}, {32, 256}, {256, 32}, {48, 80}};
  g_autoptr (VoxelModel) model = load ("transposed");
  VoxelPlan *plans[G_N_ELEMENTS (sides)];
  VoxelRun *runs[G_N_ELEMENTS (sides)];
  gfloat *alone[G_N_ELEMENTS (sides)];
  VoxelRunMemory *memory = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_autoptr (VoxelRun) run = NULL;

    plans[i] = get_plan (model, keys[0], sides[i][0], sides[i][1]);
    run = voxel_run_new (plans[i], NULL);
    alone[i] = execute (run, pixels (plans[i]), i);
    if (memory && voxel_run_memory_holds (memory, plans[i]))
      continue;
    g_clear_pointer (&memory, voxel_run_memory_unref);
    memory = voxel_run_memory_new (voxel_plan_get_arena_size (plans[i]), NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_assert_true (voxel_run_memory_holds (memory, plans[i]));
    runs[i] = voxel_run_new_in (plans[i], memory, NULL);
  }
  for (guint turn = 0; turn < 2; turn++)
    for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
      g_autoptr (VoxelPlan) again = get_plan (model, keys[0], sides[i][0], sides[i][1]);
      g_autofree gfloat *values = execute (runs[i], pixels (plans[i]), i);

      g_assert_true (again == plans[i]);
      g_assert_cmpmem (values, pixels (again) * sizeof (gfloat), alone[i], pixels (again) * sizeof (gfloat));
    }
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    voxel_run_free (runs[i]);
    voxel_plan_unref (plans[i]);
    g_free (alone[i]);
  }
  voxel_run_memory_unref (memory);
}

#define SIDE 64

/* How far from (@y, @x) results change with the input there. */
static guint
spread_of (VoxelRun *run, const gfloat *before, guint y, guint x)
{
  gfloat *pixel = voxel_run_get_input (run) + y * SIDE + x, value = *pixel;
  const gfloat *after = voxel_run_get_output (run);
  guint most = 0;

  *pixel = value + 1000;
  g_assert_true (voxel_run_execute (run, NULL, NULL));
  *pixel = value;
  for (guint i = 0; i < SIDE * SIDE; i++)
    if (after[i] != before[i])
      most = MAX (most, (guint) MAX (ABS ((gint) (i / SIDE - y)), ABS ((gint) (i % SIDE - x))));
  return most;
}

/* The bound holds at every place of the network's grid, and is not far from what is seen. */
static void
test_reach (gconstpointer data)
{
  g_autoptr (VoxelModel) model = load (data);
  g_autoptr (VoxelPlan) plan = get_plan (model, keys[2], SIDE, SIDE);
  g_autoptr (VoxelRun) run = voxel_run_new (plan, NULL);
  guint channels = voxel_model_get_in_channels (model), stride = voxel_model_get_stride (model);
  guint reach = voxel_plan_get_reach (plan), seen = 0;
  g_autofree gfloat *before = NULL;

  fill (voxel_run_get_input (run), (gsize) SIDE * SIDE * channels, 3);
  g_assert_true (voxel_run_execute (run, NULL, NULL));
  before = g_memdup2 (voxel_run_get_output (run), SIDE * SIDE * sizeof (gfloat));
  for (guint i = 0; i <= stride; i++)
    seen = MAX (seen, spread_of (run, before, SIDE / 2 + i, SIDE / 2 - i));
  g_test_message ("reach %u, seen %u", reach, seen);
  g_assert_cmpuint (seen, <=, reach);
  g_assert_cmpuint (seen + stride, >=, reach);
}

/* A cut-out gives what the whole picture gives there, from the network's reach on: to the last bit where sums are
 * exact, to roundings elsewhere. */
static void
test_cut (gconstpointer data)
{
  const VoxelPlanKey *key = data;
  const guint whole = 192, part = 96, x = 40, y = 64;
  g_autoptr (VoxelModel) model = load ("transposed");
  g_autoptr (VoxelPlan) of_whole = get_plan (model, *key, whole, whole);
  g_autoptr (VoxelPlan) of_part = get_plan (model, *key, part, part);
  g_autoptr (VoxelRun) large = voxel_run_new (of_whole, NULL);
  g_autoptr (VoxelRun) small = voxel_run_new (of_part, NULL);
  guint reach = voxel_plan_get_reach (of_whole);
  gdouble most = 0, border = 0;

  fill (voxel_run_get_input (large), (gsize) whole * whole, 5);
  for (guint row = 0; row < part; row++)
    memcpy (voxel_run_get_input (small) + row * part, voxel_run_get_input (large) + (y + row) * whole + x,
            part * sizeof (gfloat));
  g_assert_true (voxel_run_execute (large, NULL, NULL) && voxel_run_execute (small, NULL, NULL));
  for (guint row = 0; row < part; row++)
    for (guint column = 0; column < part; column++) {
      gboolean inside = row >= reach && column >= reach && row + reach < part && column + reach < part;
      gdouble off = fabs (voxel_run_get_output (small)[row * part + column] -
                          voxel_run_get_output (large)[(y + row) * whole + x + column]);

      border = MAX (border, off);
      most = inside ? MAX (most, off) : most;
    }
  g_test_message ("%g off inside, %g at borders", most, border);
  g_assert_cmpfloat (most, <=, key == &keys[2] ? 0 : 2e-5);
  g_assert_cmpfloat (border, >, 1e-3);
}

static void
test_no_bound (void)
{
  g_autoptr (VoxelModel) model = load ("corners");
  g_autoptr (VoxelPlan) plan = get_plan (model, keys[2], 32, 32);

  g_assert_cmpuint (voxel_plan_get_reach (plan), ==, G_MAXUINT);
}

/* Asked before the system is: it would promise, and kill later. */
static void
test_refused (void)
{
  guint64 there = voxel_memory_available ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (there, >, 0);
  if (there > G_MAXSIZE / 2) {
    g_test_skip ("the system does not say how much there is");
    return;
  }
  g_assert_null (voxel_memory_alloc ((gsize) there + ((gsize) 1 << 40), &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "TiB between"));
  g_assert_nonnull (strstr (error->message, "smaller tiles"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/announced", test_announced);
  g_test_add_func ("/memory/shared", test_shared);
  g_test_add_data_func ("/memory/reach/transposed", "transposed", test_reach);
  g_test_add_data_func ("/memory/reach/bilinear", "bilinear", test_reach);
  g_test_add_data_func ("/memory/reach/blocks", "blocks", test_reach);
  g_test_add_data_func ("/memory/cut/cpu", &keys[0], test_cut);
  g_test_add_data_func ("/memory/cut/reference", &keys[2], test_cut);
  g_test_add_func ("/memory/no-bound", test_no_bound);
  g_test_add_func ("/memory/refused", test_refused);
  return g_test_run ();
}
