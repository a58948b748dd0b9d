/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "models/files/model-record.h"

#include <string.h>

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelModelRecord) record =
      voxel_model_record_parse ("{\"version\":1,\"architecture\":\"unet\"}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (record->architecture, ==, "unet");
  g_assert_cmpstr (record->config, ==, "{}");
  g_assert_cmpstr (record->preprocess.range, ==, "percentile");
  g_assert_cmpstr (record->preprocess.range_scope, ==, "volume");
  g_assert_cmpfloat (record->preprocess.range_low, ==, .1);
  g_assert_cmpfloat (record->preprocess.range_high, ==, 99.9);
  g_assert_cmpuint (record->preprocess.bits, ==, 16);
  g_assert_cmpstr (record->preprocess.zscore, ==, "slice");
  g_assert_cmpfloat (record->preprocess.epsilon, ==, 1e-6);
  g_assert_cmpfloat (record->preprocess.clip_low, ==, -3);
  g_assert_cmpfloat (record->preprocess.clip_high, ==, 5);
  g_assert_cmpfloat (record->preprocess.clip_slope, ==, .001);
  g_assert_cmpstr (record->preprocess.channels, ==, "replicate");
  g_assert_cmpstr (record->inference.axes, ==, "z,y,x");
  g_assert_cmpstr (record->inference.views, ==, "r0,r90,r180,r270,fh,fv");
  g_assert_cmpuint (record->inference.tile, ==, 512);
  g_assert_cmpfloat (record->inference.overlap, ==, .5);
  g_assert_cmpstr (record->inference.grid, ==, "minimal");
  g_assert_cmpstr (record->inference.edge, ==, "reflect");
  g_assert_cmpstr (record->inference.merge, ==, "mean-logit");
  g_assert_cmpstr (record->inference.stitch, ==, "mean");
  g_assert_cmpstr (record->inference.vote, ==, "majority");
  g_assert_cmpstr (record->inference.activation, ==, "sigmoid");
  g_assert_cmpfloat (record->inference.threshold, ==, .5);
}

static void
test_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelModelRecord) record = voxel_model_record_new ("unet", "{\"width\":16,\"depth\":3}");
  g_autoptr (VoxelModelRecord) again = NULL;
  g_autofree gchar *json = NULL, *json_again = NULL;

  g_free (record->inference.axes);
  record->inference.axes = g_strdup ("y,z");
  g_free (record->training);
  record->training = g_strdup ("{\"note\":\"\\u00fc\\n\\\"\"}");
  record->inference.tile = 256;
  record->inference.threshold = .1 + .2;
  record->preprocess.bits = 8;
  json = voxel_model_record_to_json (record);
  g_assert_nonnull (strstr (json, "\"range_low\":0.1,"));
  g_assert_nonnull (strstr (json, "\"threshold\":0.30000000000000004"));
  again = voxel_model_record_parse (json, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->config, ==, "{\"width\":16,\"depth\":3}");
  g_assert_cmpstr (again->inference.axes, ==, "y,z");
  g_assert_cmpuint (again->inference.tile, ==, 256);
  g_assert_cmpfloat (again->inference.threshold, ==, .1 + .2);
  g_assert_cmpuint (again->preprocess.bits, ==, 8);
  json_again = voxel_model_record_to_json (again);
  g_assert_cmpstr (json, ==, json_again);
}

static void
test_refusals (void)
{
  static const struct {
    const gchar *json, *says;
  } cases[] = {
      {"", "model record"},
      {"[]", "not an object"},
      {"{\"version\":1,\"architecture\":\"unet\"", "ends too early"},
      {"{\"version\":1,\"architecture\":\"unet\"}x", "follows"},
      {"{\"version\":1 /* */,\"architecture\":\"unet\"}", "does not have there"},
      {"{\"architecture\":\"unet\"}", "version: must be"},
      {"{\"version\":\"1\",\"architecture\":\"unet\"}", "version: must be"},
      {"{\"version\":0,\"architecture\":\"unet\"}", "never was"},
      {"{\"version\":2,\"architecture\":\"unet\"}", "made by a newer gst-voxel"},
      {"{\"version\":2,\"architecture\":\"unet\",\"later\":1}", "made by a newer gst-voxel"},
      {"{\"version\":1}", "architecture"},
      {"{\"version\":1,\"architecture\":\"\"}", "architecture"},
      {"{\"version\":1,\"architecture\":null}", "architecture"},
      {"{\"version\":1,\"architecture\":\"unet\",\"tile\":3}", "tile: no such field"},
      {"{\"version\":1,\"architecture\":\"unet\",\"config\":[]}", "config: must be an object"},
      {"{\"version\":1,\"architecture\":\"unet\",\"training\":1}", "training: must be an object"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":null}", "inference: must be an object"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"tiel\":256}}",
       "inference.tiel: no such field"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"tile\":\"256\"}}",
       "inference.tile: must be a number"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"tile\":[256]}}",
       "inference.tile: must be a number"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"tile\":null}}",
       "inference.tile: must be a number"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"tile\":1.5}}", "whole number"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"tile\":-1}}", "not within 0 to 65536"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"tile\":1e300}}", "not within 0 to 65536"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"overlap\":1}}", "inference.overlap"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"threshold\":1.01}}", "inference.threshold"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"axes\":3}}",
       "inference.axes: must be a string"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"axes\":\"\"}}", "inference.axes"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"axes\":\"z,,y\"}}", "inference.axes"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"axes\":\"z,z\"}}", "inference.axes"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"views\":\"r0,r45\"}}", "inference.views"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"merge\":\"mean,max\"}}", "inference.merge"},
      {"{\"version\":1,\"architecture\":\"unet\",\"inference\":{\"activation\":\"softmax\"}}",
       "inference.activation"},
      {"{\"version\":1,\"architecture\":\"unet\",\"preprocess\":{\"bits\":12}}", "neither 8 nor 16"},
      {"{\"version\":1,\"architecture\":\"unet\",\"preprocess\":{\"range_low\":99.9}}", "range_low"},
      {"{\"version\":1,\"architecture\":\"unet\",\"preprocess\":{\"range_high\":200}}", "range_high"},
      {"{\"version\":1,\"architecture\":\"unet\",\"preprocess\":{\"clip_low\":5}}", "clip_low"},
      {"{\"version\":1,\"architecture\":\"unet\",\"preprocess\":{\"epsilon\":-1e-9}}", "epsilon"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (VoxelModelRecord) record = voxel_model_record_parse (cases[i].json, &error);

    g_test_message ("%s", cases[i].json);
    g_assert_null (record);
    g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD);
    if (!strstr (error->message, cases[i].says))
      g_error ("\"%s\" does not say \"%s\"", error->message, cases[i].says);
  }
}

static void
test_depth (void)
{
  g_autoptr (GString) json = g_string_new ("{\"version\":1,\"architecture\":\"unet\",\"config\":{\"a\":");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (json, '[');
  g_assert_null (voxel_model_record_parse (json->str, &error));
  g_assert_nonnull (strstr (error->message, "too deeply"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/models/files/model-record/defaults", test_defaults);
  g_test_add_func ("/models/files/model-record/round-trip", test_round_trip);
  g_test_add_func ("/models/files/model-record/refusals", test_refusals);
  g_test_add_func ("/models/files/model-record/depth", test_depth);
  return g_test_run ();
}
