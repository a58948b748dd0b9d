/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/initial-weights.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "fixture-json.h"
#include "models/files/safetensors.h"
#include "models/model.h"

/* Weights before training, against moments of those that PyTorch and smp begin with. */

enum { MEAN, DEVIATION, KURTOSIS, MOMENTS };

static gchar *
save (const gchar *architecture, const gchar *config, guint64 seed, guint64 *parameters)
{
  g_autofree gchar *name = g_strdup_printf ("voxel-initial-%u.safetensors", g_random_int ());
  gchar *path = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autoptr (VoxelModelRecord) record = voxel_model_record_new (architecture, config);
  g_autoptr (GError) error = NULL;

  voxel_initial_weights_save (record, seed, path, parameters, &error);
  g_assert_no_error (error);
  return path;
}

static void
measure (const VoxelTensorView *tensor, gsize n, gdouble *moments)
{
  g_autofree gfloat *values = g_new (gfloat, n);
  gdouble mean = 0, square = 0, fourth = 0;

  g_assert_true (voxel_tensor_view_to_float (tensor, values, NULL));
  for (gsize i = 0; i < n; i++)
    mean += values[i] / (gdouble) n;
  for (gsize i = 0; i < n; i++) {
    gdouble d = (values[i] - mean) * (values[i] - mean);

    square += d / (gdouble) n;
    fourth += d * d / (gdouble) n;
  }
  moments[MEAN] = mean;
  moments[DEVIATION] = sqrt (square);
  moments[KURTOSIS] = square > 0 ? fourth / (square * square) : 0;
}

/* Two samples of @n differ by chance: five deviations of the difference are allowed, which are, of the mean,
 * sqrt (2 / n), of the deviation, relatively, sqrt ((k - 1) / 2n) with kurtosis k (1.8 uniform, 3 normal), and of
 * the kurtosis of a normal distribution sqrt (48 / n). */
static void
check_tensor (const VoxelTensorView *tensor, const VoxelJson *expected)
{
  gsize n = tensor->size / sizeof (gfloat);
  gdouble ours[MOMENTS], theirs[MOMENTS], chance = 5 / sqrt ((gdouble) n);

  measure (tensor, n, ours);
  for (guint i = 0; i < MOMENTS; i++)
    g_assert_true (voxel_json_to_double (voxel_json_nth (expected, i), &theirs[i]));
  if (n == 1) {
    g_assert_true ((ours[MEAN] == 0) == (theirs[MEAN] == 0));
    return;
  }
  if (theirs[DEVIATION] == 0) {
    g_assert_cmpfloat_with_epsilon (ours[MEAN], theirs[MEAN], 1e-12);
    g_assert_cmpfloat_with_epsilon (ours[DEVIATION], 0, 1e-12);
    return;
  }
  g_assert_cmpfloat (ours[DEVIATION], >, 0);
  if (fabs (ours[MEAN] - theirs[MEAN]) > sqrt (2) * chance * theirs[DEVIATION] ||
      (n >= 32 && fabs (ours[DEVIATION] / theirs[DEVIATION] - 1) > chance) ||
      (n >= 1000 && fabs (ours[KURTOSIS] - theirs[KURTOSIS]) > MIN (sqrt (48) * chance, .6)))
    g_error ("%s of %" G_GSIZE_FORMAT ": mean %g, deviation %g, kurtosis %g where PyTorch has %g, %g, %g",
             tensor->name, n, ours[MEAN], ours[DEVIATION], ours[KURTOSIS], theirs[MEAN], theirs[DEVIATION],
             theirs[KURTOSIS]);
}

static void
check_network (const VoxelJson *network)
{
  const VoxelJson *tensors = voxel_json_get (network, "tensors");
  g_autofree gchar *config = voxel_json_write (voxel_json_get (network, "config"), FALSE);
  g_autoptr (GError) error = NULL;
  guint64 parameters = 0;
  g_autofree gchar *path = save (voxel_json_get_string (network, "architecture"), config, 7, &parameters);
  g_autoptr (VoxelModel) model = voxel_model_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (VoxelSafetensors) file = voxel_safetensors_open (path, &error);
  g_assert_no_error (error);

  g_unlink (path);
  g_assert_cmpuint (voxel_model_get_parameters (model), ==, parameters);
  g_assert_cmpuint (voxel_safetensors_count (file), ==, voxel_json_length (tensors));
  for (guint i = 0; i < voxel_json_length (tensors); i++) {
    const VoxelJson *expected = voxel_json_nth (tensors, i);
    const VoxelTensorView *tensor = voxel_safetensors_find (file, expected->name);

    if (!tensor)
      g_error ("there is no tensor %s", expected->name);
    check_tensor (tensor, expected);
  }
}

static void
test_distributions (void)
{
  g_autofree gchar *path = fixture_path ("initial.safetensors");
  g_autoptr (VoxelSafetensors) file = voxel_safetensors_open (path, NULL);
  g_autoptr (VoxelJson) networks = NULL;

  g_assert_nonnull (file);
  networks = fixture_json_parse (voxel_safetensors_metadata (file, "networks"));
  g_assert_cmpuint (voxel_json_length (networks), >, 3);
  for (guint i = 0; i < voxel_json_length (networks); i++)
    check_network (voxel_json_nth (networks, i));
}

static gchar *
digest_of (const gchar *architecture, const gchar *config, guint64 seed)
{
  guint64 parameters;
  g_autofree gchar *path = save (architecture, config, seed, &parameters);
  g_autoptr (VoxelSafetensors) file = voxel_safetensors_open (path, NULL);

  g_assert_nonnull (file);
  g_unlink (path);
  return g_strdup (voxel_safetensors_digest (file));
}

/* One with uniform and one with normal weights: what the seed names is the same on every machine. */
static void
test_seeds (void)
{
  static const struct {
    const gchar *architecture, *config, *digest;
  } known[] = {
      {"unet", "{\"width\":4,\"depth\":2}",
       "3d3b937045c5099b6118f4b631fc0d391ae7016dac7a61f2b9a8243983a612fe"},
      {"smp-unet", "{\"encoder_name\":\"mit_b0\",\"decoder_channels\":[8,8,8,8,8]}",
       "3aa74e806239eaf1e72a7f15c13c5d3e7d3bdbfd5473dc2610b53d54fce0e32f"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autofree gchar *first = digest_of (known[i].architecture, known[i].config, 1);
    g_autofree gchar *second = digest_of (known[i].architecture, known[i].config, 2);

    g_assert_cmpstr (first, ==, known[i].digest);
    g_assert_cmpstr (second, !=, first);
  }
}

static void
test_refused (void)
{
  static const struct {
    const gchar *architecture, *config, *named;
  } cases[] = {
      {"abacus", "{}", "smp-unet"},
      {"unet", "{\"beads\":1}", "beads"},
      {"unet", "{\"width\":0}", "width"},
      {"unet", "{\"width\":\"wide\"}", "width"},
      {"unet", "{\"up\":\"down\"}", "transposed"},
      {"attention-unet", "{\"width\":1}", "width"},
      {"smp-unet", "{\"encoder_name\":\"vgg16\"}", "resnet18"},
      {"smp-unet", "{\"encoder_depth\":2}", "3 to 5"},
      {"smp-unet", "{\"decoder_channels\":[64,32]}", "list of 5"},
      {"smp-unet", "{\"decoder_channels\":[64,32,16,8,0]}", "decoder_channels"},
      {"smp-unet", "{\"decoder_channels\":32}", "decoder_channels"},
      {"smp-unet", "{\"decoder_channels\":[64,32,16,8,8],\"decoder_attention_type\":\"scse\"}", "16 to"},
      {"smp-unet", "{\"decoder_use_norm\":\"layernorm\"}", "batchnorm"},
      {"smp-unet", "{\"decoder_use_norm\":false}", "decoder_use_norm"},
      {"smp-unet", "{\"decoder_interpolation\":\"bicubic\"}", "bilinear"},
      {"smp-unet", "{\"activation\":\"sigmoid\"}", "activation"},
      {"smp-unet", "{\"in_channels\":0}", "in_channels"},
  };
  g_autofree gchar *path = g_build_filename (g_get_tmp_dir (), "voxel-initial-none.safetensors", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (VoxelModelRecord) record = voxel_model_record_new (cases[i].architecture, cases[i].config);
    g_autoptr (GError) error = NULL;
    guint64 parameters;

    g_assert_false (voxel_initial_weights_save (record, 1, path, &parameters, &error));
    g_assert_true (error && error->domain == VOXEL_MODEL_ERROR);
    if (!strstr (error->message, cases[i].named))
      g_error ("%s: %s", cases[i].config, error->message);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/initial-weights/distributions", test_distributions);
  g_test_add_func ("/initial-weights/seeds", test_seeds);
  g_test_add_func ("/initial-weights/refused", test_refused);
  return g_test_run ();
}
