/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "models/packed.h"
#include "models/run.h"

static const gchar *const names[] = {"transposed", "bilinear", "corners", "blocks"};

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

typedef struct {
  VoxelSafetensors *file;
  const VoxelTensorView *input, *output;
  gdouble torch_error;
} Expected;

static Expected
expected (const gchar *name)
{
  g_autofree gchar *file = g_strdup_printf ("unet-%s.io.safetensors", name);
  g_autofree gchar *path = fixture_path (file);
  Expected e = {voxel_safetensors_open (path, NULL), NULL, NULL, 0};

  g_assert_nonnull (e.file);
  e.input = voxel_safetensors_find (e.file, "input");
  e.output = voxel_safetensors_find (e.file, "output");
  memcpy (&e.torch_error, voxel_safetensors_find (e.file, "torch_error")->data, sizeof e.torch_error);
  return e;
}

static VoxelPlan *
get_plan (VoxelModel *model, const gchar *backend, VoxelPrecision precision, guint threads, guint height,
          guint width)
{
  const VoxelPlanKey key = {backend, precision, threads, 1, height, width};
  g_autoptr (GError) error = NULL;
  VoxelPlan *plan = voxel_plan_get (model, &key, &error);

  g_assert_no_error (error);
  return plan;
}

typedef struct {
  const gchar *name;
  const VoxelBackend *backend;
  VoxelPrecision precision;
} Case;

static gdouble
error_of (const gfloat *result, const VoxelTensorView *output, gdouble *largest)
{
  gdouble most = 0;

  *largest = 0;
  for (gsize i = 0; i < output->size / sizeof (gdouble); i++) {
    gdouble value;

    memcpy (&value, output->data + i * sizeof value, sizeof value);
    *largest = MAX (*largest, fabs (value));
    most = fabs (result[i] - value) <= most ? most : fabs (result[i] - value);
  }
  return most;
}

static void
test_output (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (VoxelModel) model = load (c->name);
  Expected e = expected (c->name);
  g_autoptr (VoxelPlan) plan = get_plan (model, c->backend->name, c->precision, 2, (guint) e.input->shape[2],
                                         (guint) e.input->shape[3]);
  g_autoptr (VoxelRun) run = voxel_run_new (plan, NULL);
  gdouble largest, error;

  g_assert_cmpuint (voxel_model_get_in_channels (model), ==, e.input->shape[1]);
  g_assert_cmpuint (voxel_model_get_out_channels (model), ==, e.output->shape[1]);
  g_assert_true (voxel_tensor_view_to_float (e.input, voxel_run_get_input (run), NULL));
  for (guint repeat = 0; repeat < 2; repeat++) {
    g_assert_true (voxel_run_execute (run, NULL, NULL));
    error = error_of (voxel_run_get_output (run), e.output, &largest);
    g_test_message ("error %g, PyTorch's fp32 %g, values to %g", error, e.torch_error, largest);
    g_assert_cmpfloat (largest, >, .3);
    g_assert_cmpfloat (error, <=,
                       c->precision == VOXEL_PRECISION_BF16 ? .03 * largest
                                                            : FIXTURE_ALLOWED_RATIO * e.torch_error);
  }
  for (guint i = 0; i < voxel_plan_get_steps (plan); i++)
    g_assert_false (g_str_has_prefix (voxel_plan_get_step_implementation (plan, i), "ref:"));
  g_assert_cmpuint (voxel_plan_get_arena_size (plan), <=, voxel_plan_get_arena_lower_bound (plan) * 13 / 10);
  voxel_safetensors_free (e.file);
}

static void
test_facts (void)
{
  g_autoptr (VoxelModel) model = load ("blocks");
  g_autoptr (VoxelPlan) plan = get_plan (model, "reference", VOXEL_PRECISION_FP32, 1, 32, 48);
  g_autoptr (VoxelRun) run = voxel_run_new (plan, NULL);
  g_autofree gint64 *ns = g_new0 (gint64, voxel_plan_get_steps (plan));
  guint64 macs = 0;

  /* Level 0: 1 and 16 to 16, 32 and 16 to 16, 9 taps each, and the head; level 1: 16 and 32 to 32; up 2x2. */
  g_assert_cmpuint (voxel_model_get_parameters (model), ==,
                    9 * (16 + 256 + 512 + 1024 + 512 + 256) + 32 * 16 * 4 + 16 + 17 + 2 * (4 * 16 + 2 * 32));
  g_assert_cmpuint (voxel_model_get_stride (model), ==, 2);
  g_assert_cmpuint (voxel_plan_get_macs (plan), ==,
                    32 * 48 * (9 * (16 + 256 + 512 + 256) + 16) + 16 * 24 * (9 * (512 + 1024) + 4 * 512));
  for (guint i = 0; i < voxel_plan_get_steps (plan); i++)
    macs += voxel_plan_get_step_macs (plan, i);
  g_assert_cmpuint (macs, ==, voxel_plan_get_macs (plan));
  /* Folded, fused and joined: 6 convolutions, a pooling, an up-convolution, the head. */
  g_assert_cmpuint (voxel_plan_get_steps (plan), ==, 9);
  g_assert_cmpstr (voxel_plan_get_step_name (plan, 8), ==, "head");
  g_assert_true (voxel_run_execute (run, ns, NULL));
  for (guint i = 0; i < voxel_plan_get_steps (plan); i++)
    g_assert_cmpint (ns[i], >, 0);
}

/* Asking again gives the same plan, until eight others came between. */
static void
test_cache (void)
{
  g_autoptr (VoxelModel) model = load ("transposed");
  g_autoptr (VoxelPlan) first = get_plan (model, "reference", VOXEL_PRECISION_FP32, 1, 16, 16);

  for (guint i = 1; i < 20; i++) {
    g_autoptr (VoxelPlan) other =
        get_plan (model, "reference", VOXEL_PRECISION_FP32, 1, 16 + 4 * (i % 8), 16);
    g_autoptr (VoxelPlan) same = get_plan (model, "reference", VOXEL_PRECISION_FP32, 1, 16, 16);

    g_assert_true (same == first);
    g_assert_true (i % 8 == 0 || other != first);
    g_assert_cmpuint (voxel_plan_get_key (other)->height, ==, 16 + 4 * (i % 8));
  }
  for (guint i = 1; i <= 8; i++)
    voxel_plan_unref (get_plan (model, "reference", VOXEL_PRECISION_FP32, 1, 16, 16 + 4 * i));
  g_autoptr (VoxelPlan) anew = get_plan (model, "reference", VOXEL_PRECISION_FP32, 1, 16, 16);
  g_assert_true (anew != first);
}

static void
test_packed_shared (void)
{
  g_autoptr (VoxelModel) model = load ("transposed");
  g_autoptr (VoxelModel) again = load ("transposed");
  g_autoptr (VoxelPlan) first = get_plan (model, "reference", VOXEL_PRECISION_FP32, 1, 16, 16);
  guint packed = voxel_packed_count ();
  g_autoptr (VoxelPlan) second = get_plan (again, "reference", VOXEL_PRECISION_FP32, 1, 32, 16);

  g_assert_cmpuint (packed, >, 0);
  g_assert_cmpuint (voxel_packed_count (), ==, packed);
  g_clear_pointer (&first, voxel_plan_unref);
  g_clear_pointer (&model, voxel_model_unref);
  g_assert_cmpuint (voxel_packed_count (), ==, packed);
  g_clear_pointer (&again, voxel_model_unref);
  g_assert_cmpuint (voxel_packed_count (), ==, packed);
  g_clear_pointer (&second, voxel_plan_unref);
  g_assert_cmpuint (voxel_packed_count (), ==, 0);
}

/* A plan works on when its model is gone. */
static void
test_outlives_model (void)
{
  VoxelModel *model = load ("corners");
  g_autoptr (VoxelPlan) plan = get_plan (model, "auto", VOXEL_PRECISION_AUTO, 0, 8, 8);
  g_autoptr (VoxelRun) run = NULL;

  voxel_model_unref (model);
  run = voxel_run_new (plan, NULL);
  g_assert_true (voxel_run_execute (run, NULL, NULL));
  g_assert_cmpint (voxel_plan_get_key (plan)->precision, !=, VOXEL_PRECISION_AUTO);
  g_assert_cmpuint (voxel_plan_get_key (plan)->threads, >, 0);
}

/* AUTO goes by the instructions that may be used. */
static void
test_auto (void)
{
  g_autoptr (VoxelModel) model = load ("corners");
  g_autoptr (VoxelPlan) plan = get_plan (model, "auto", VOXEL_PRECISION_AUTO, 0, 8, 8);
  const VoxelPlanKey *key = voxel_plan_get_key (plan);
  const VoxelBackend *const *first = voxel_backends ();

  while (!(*first)->probe ((*first)->fastest (), NULL))
    first++;
  g_assert_cmpstr (key->backend, ==, (*first)->name);
  g_assert_cmpint (key->precision, ==, (*first)->fastest ());
  if (g_strcmp0 (g_getenv ("ONEDNN_MAX_CPU_ISA"), "AVX2") == 0)
    g_assert_cmpint (key->precision, ==, VOXEL_PRECISION_FP32);
}

static void
test_refused (void)
{
  g_autoptr (VoxelModel) model = load ("transposed");
  const struct {
    VoxelPlanKey key;
    const gchar *named;
  } cases[] = {
      {{"auto", VOXEL_PRECISION_FP32, 1, 1, 18, 16}, "multiples of 4"},
      {{"auto", VOXEL_PRECISION_FP32, 1, 1, 16, 0}, "multiples of 4"},
      {{"auto", VOXEL_PRECISION_FP32, 1, 0, 16, 16}, "0 pictures"},
      {{"abacus", VOXEL_PRECISION_FP32, 1, 1, 16, 16}, "abacus"},
      {{"reference", VOXEL_PRECISION_FP16, 1, 1, 16, 16}, "fp16"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_plan_get (model, &cases[i].key, &error));
    g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, cases[i].named));
  }
}

typedef struct {
  VoxelModel *model;
  const gchar *backend;
  gfloat *result;
} Worker;

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  g_autoptr (VoxelPlan) plan = get_plan (worker->model, worker->backend, VOXEL_PRECISION_FP32, 2, 16, 24);
  g_autoptr (VoxelRun) run = voxel_run_new (plan, NULL);
  gfloat *input = voxel_run_get_input (run);

  for (guint i = 0; i < 16 * 24; i++)
    input[i] = (gfloat) sin (i * .37);
  for (guint i = 0; i < 5; i++)
    g_assert_true (voxel_run_execute (run, NULL, NULL));
  worker->result = g_memdup2 (voxel_run_get_output (run), 16 * 24 * sizeof (gfloat));
  return NULL;
}

/* Runs of one plan in several threads give the same bits. */
static void
test_workers (gconstpointer data)
{
  const VoxelBackend *backend = data;
  g_autoptr (VoxelModel) model = load ("transposed");
  Worker workers[4];
  GThread *threads[4];

  for (guint i = 0; i < 4; i++) {
    workers[i] = (Worker){model, backend->name, NULL};
    threads[i] = g_thread_new ("worker", work, &workers[i]);
  }
  for (guint i = 0; i < 4; i++) {
    g_thread_join (threads[i]);
    g_assert_cmpmem (workers[i].result, 16 * 24 * sizeof (gfloat), workers[0].result,
                     16 * 24 * sizeof (gfloat));
  }
  for (guint i = 0; i < 4; i++)
    g_free (workers[i].result);
}

static gfloat *
with_threads (VoxelModel *model, const VoxelBackend *backend, VoxelPrecision precision, guint threads)
{
  g_autoptr (VoxelPlan) plan = get_plan (model, backend->name, precision, threads, 64, 48);
  g_autoptr (VoxelRun) run = voxel_run_new (plan, NULL);

  for (guint i = 0; i < 64 * 48; i++)
    voxel_run_get_input (run)[i] = (gfloat) sin (i * .37);
  g_assert_true (voxel_run_execute (run, NULL, NULL));
  return g_memdup2 (voxel_run_get_output (run), 64 * 48 * sizeof (gfloat));
}

static void
test_threads (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (VoxelModel) model = load (c->name);
  g_autofree gfloat *one = with_threads (model, c->backend, c->precision, 1);
  g_autofree gfloat *two = with_threads (model, c->backend, c->precision, 2);

  g_assert_cmpmem (one, 64 * 48 * sizeof (gfloat), two, 64 * 48 * sizeof (gfloat));
}

static void
add (const gchar *test, const Case *c, GTestDataFunc func)
{
  g_autofree gchar *path = g_strdup_printf ("/unet/%s/%s/%s/%s", test, c->name, c->backend->name,
                                            voxel_precision_to_name (c->precision));

  g_test_add_data_func_full (path, g_memdup2 (c, sizeof *c), func, g_free);
}

int
main (int argc, char **argv)
{
  const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP32, VOXEL_PRECISION_BF16};

  g_test_init (&argc, &argv, NULL);
  for (guint b = 0; voxel_backends ()[b]; b++) {
    const VoxelBackend *backend = voxel_backends ()[b];
    g_autofree gchar *workers = g_strdup_printf ("/unet/workers/%s", backend->name);

    for (guint p = 0; p < G_N_ELEMENTS (precisions); p++)
      for (guint i = 0; i < G_N_ELEMENTS (names) && backend->probe (precisions[p], NULL); i++) {
        const Case c = {names[i], backend, precisions[p]};

        add ("output", &c, test_output);
        if (i == 0 || i == 3)
          add ("threads", &c, test_threads);
      }
    if (backend->probe (VOXEL_PRECISION_FP32, NULL))
      g_test_add_data_func (workers, backend, test_workers);
  }
  g_test_add_func ("/unet/facts", test_facts);
  g_test_add_func ("/unet/auto", test_auto);
  g_test_add_func ("/unet/cache", test_cache);
  g_test_add_func ("/unet/packed-shared", test_packed_shared);
  g_test_add_func ("/unet/outlives-model", test_outlives_model);
  g_test_add_func ("/unet/refused", test_refused);
  return g_test_run ();
}
