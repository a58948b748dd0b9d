/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "models/devices.h"

/* A backend whose devices are names alone. */
static guint n_devices;

static guint
count (GError **error)
{
  if (!n_devices)
    g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "all are out");
  return n_devices;
}

static gchar *
describe (guint device)
{
  return g_strdup_printf ("Abacus %c", 'A' + (gchar) device);
}

static const VoxelBackendDevice device = {.count = count, .describe = describe};
static const VoxelBackend abacus = {.name = "abacus", .device = &device};
static const VoxelBackend fingers = {.name = "fingers"};

static void
assert_parsed (const VoxelBackend *backend, const gchar *text, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) devices = voxel_devices_parse (backend, text, &error);
  g_autoptr (GString) numbers = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < devices->len; i++)
    g_string_append_printf (numbers, "%u ", g_array_index (devices, guint, i));
  g_assert_cmpstr (numbers->str, ==, expected);
}

static void
test_parse (void)
{
  n_devices = 3;
  assert_parsed (&abacus, NULL, "0 ");
  assert_parsed (&abacus, "", "0 ");
  assert_parsed (&abacus, "2", "2 ");
  assert_parsed (&abacus, "2,0", "2 0 ");
  assert_parsed (&abacus, "0, 1", "0 1 ");
  assert_parsed (&abacus, "all", "0 1 2 ");
  assert_parsed (&fingers, NULL, "");
  assert_parsed (&fingers, "", "");
}

static void
assert_refused (const VoxelBackend *backend, const gchar *text, const gchar *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (voxel_devices_parse (backend, text, &error));
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_refused (void)
{
  n_devices = 2;
  assert_refused (&abacus, "0,2",
                  "devices \"0,2\": there is no device 2; there are 2 devices: 0 Abacus A, 1 Abacus B");
  assert_refused (&abacus, "1,1",
                  "devices \"1,1\": 1 is named twice; there are 2 devices: 0 Abacus A, 1 Abacus B");
  n_devices = 1;
  for (guint i = 0; i < 6; i++) {
    static const gchar *const texts[] = {"GPU", "0,", "-1", ",", "0;1", "all,0"};
    g_autofree gchar *message = g_strdup_printf (
        "devices \"%s\": expected numbers with commas between, or all; there is 1 device: 0 Abacus A",
        texts[i]);

    assert_refused (&abacus, texts[i], message);
  }
  n_devices = 0;
  assert_refused (&abacus, NULL, "all are out");
  assert_refused (&abacus, "all", "all are out");
  assert_refused (&fingers, "0",
                  "devices \"0\": the backend fingers has no devices to choose from: leave it out or set "
                  "backend=cuda");
}

static void
test_describe (void)
{
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (guint));
  static const struct {
    const gchar *devices;
    const gchar *text;
  } cases[] = {{"1", "abacus, Abacus B, fp16"}, {"1,0", "abacus, 2 devices: 1 Abacus B, 0 Abacus A, fp16"}};
  g_autofree gchar *one = voxel_devices_describe (&fingers, none, VOXEL_PRECISION_FP32, 1);
  g_autofree gchar *ten = voxel_devices_describe (&fingers, none, VOXEL_PRECISION_BF16, 10);

  g_assert_cmpstr (one, ==, "fingers, 1 thread, fp32");
  g_assert_cmpstr (ten, ==, "fingers, 10 threads, bf16");
  n_devices = 2;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) some = voxel_devices_parse (&abacus, cases[i].devices, NULL);
    g_autofree gchar *text = voxel_devices_describe (&abacus, some, VOXEL_PRECISION_FP16, 10);

    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/devices/parse", test_parse);
  g_test_add_func ("/devices/refused", test_refused);
  g_test_add_func ("/devices/describe", test_describe);
  return g_test_run ();
}
