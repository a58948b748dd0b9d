/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>

#include "models/cuda/disk-cache.h"
#include "planned.h"

/* Plans that are found again: in the process and on disk, where the same is asked and nowhere else. */

typedef struct {
  guint channels;
  guint side;
  VoxelDtype type;
  VoxelActivation activation;
  gfloat slope;
  guint pitch;
  guint first;
  guint version;
  VoxelCudnnFloat floats;
  guint driver;
} Asked;

#define USUAL \
  { \
    64, 32, VOXEL_DTYPE_F16, VOXEL_ACTIVATION_LEAKY_RELU, .1f, 64, 0, 90, VOXEL_CUDNN_FLOAT_TF32, 13000 \
  }

static VoxelCudnnDevice
device_of (const Asked *asked)
{
  VoxelCudnnDevice device = *voxel_cudnn_device_find (asked->version);

  device.driver = asked->driver;
  return device;
}

static VoxelNode *
add_node (VoxelGraph *graph, const Asked *asked)
{
  const VoxelConv2d conv = {{1, 1}, {1, 1}, {1, 1}, 1, asked->activation, asked->slope};
  VoxelTensor *x = voxel_graph_input (graph, &VOXEL_SHAPE_4 (1, asked->channels, asked->side, asked->side));
  VoxelNode *node;

  x->type = asked->type;
  node = planned_conv (graph, &voxel_op_conv2d, x, &VOXEL_SHAPE_4 (64, asked->channels, 3, 3), &conv);
  if (asked->pitch > 64) {
    VoxelTensor *root = voxel_graph_constant (
        graph,
        voxel_constant_new_absent ("joint", &VOXEL_SHAPE_4 (1, asked->pitch, asked->side, asked->side)));

    root->layout = VOXEL_LAYOUT_NHWC;
    node->outputs[0]->joint = root;
    node->outputs[0]->joint_channel = asked->first;
  }
  return node;
}

static gchar *
key_of (const VoxelCudnnLibrary *library, const Asked *asked)
{
  const VoxelCudnnDevice device = device_of (asked);
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("asked");
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnGraph) made = voxel_cudnn_graph_new (library, add_node (graph, asked), &error);

  g_assert_no_error (error);
  return voxel_cudnn_plan_key (made, &device, asked->floats);
}

static VoxelCudnnPlan *
find (const VoxelCudnnLibrary *library, const Asked *asked)
{
  const VoxelCudnnDevice device = device_of (asked);
  g_autoptr (VoxelGraph) graph = voxel_graph_new ("asked");
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnGraph) made = voxel_cudnn_graph_new (library, add_node (graph, asked), &error);
  VoxelCudnnPlan *plan;

  g_assert_no_error (error);
  plan = voxel_cudnn_plan_find (made, &device, asked->floats, &error);
  g_assert_no_error (error);
  return plan;
}

static void
test_key (gconstpointer library)
{
  static const Asked usual = USUAL;
  Asked others[10];
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    others[i] = usual;
  others[1].channels = 128;
  others[2].side = 33;
  others[3].type = VOXEL_DTYPE_BF16;
  others[4].activation = VOXEL_ACTIVATION_RELU;
  others[5].slope = .2f;
  others[6].pitch = 128;
  others[7] = others[6];
  others[7].first = 4; /* begins at a multiple of 8 bytes */
  others[8].version = 80;
  others[9].driver = 12080;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_true (g_hash_table_add (keys, key_of (library, &others[i])));
  others[0].floats = VOXEL_CUDNN_FLOAT_FULL;
  g_assert_true (g_hash_table_add (keys, key_of (library, &others[0])));
  g_assert_false (g_hash_table_add (keys, key_of (library, &usual)));
}

static void
test_once (gconstpointer library)
{
  const Asked asked = USUAL;
  g_autoptr (VoxelCudnnPlan) first = find (library, &asked), again = find (library, &asked);
  Asked other = USUAL;
  g_autoptr (VoxelCudnnPlan) another = NULL;

  other.side = 33;
  another = find (library, &other);
  g_assert_true (again == first);
  g_assert_true (another != first);
}

static VoxelDiskCache *
open_folder (void)
{
  g_autofree gchar *folder = g_build_filename (g_getenv ("VOXEL_CACHE_DIR"), "cudnn-plans", NULL);

  return voxel_disk_cache_new (folder, 1 << 30);
}

/* That what lies on disk is taken is seen by what it is: another graph's plan, of an engine that would not be
 * chosen. What cuDNN does not take is made again. */
static void
test_kept (gconstpointer library)
{
  const Asked compiled = USUAL;
  Asked other = USUAL;
  g_autoptr (VoxelDiskCache) cache = open_folder ();
  g_autofree gchar *key = key_of (library, &compiled), *text = NULL, *again = NULL;
  VoxelCudnnPlan *plan = find (library, &compiled);
  gint64 engine = plan->engine, other_engine;

  g_assert_true (plan->compiled);
  voxel_cudnn_plan_free (plan);
  other.activation = VOXEL_ACTIVATION_NONE;
  plan = find (library, &other);
  other_engine = plan->engine;
  text = voxel_cudnn_plan_write (plan, NULL);
  voxel_cudnn_plan_free (plan);
  g_assert_nonnull (text);
  if (other_engine == engine) {
    g_test_skip ("this cuDNN has one engine for both graphs");
    return;
  }

  voxel_disk_cache_write (cache, key, text);
  plan = find (library, &compiled);
  g_assert_cmpint (plan->engine, ==, other_engine);
  g_assert_false (plan->compiled);
  voxel_cudnn_plan_free (plan);

  voxel_disk_cache_write (cache, key, "{}");
  plan = find (library, &compiled);
  g_assert_cmpint (plan->engine, ==, engine);
  voxel_cudnn_plan_free (plan);
  again = voxel_disk_cache_read (cache, key);
  g_assert_cmpstr (again, !=, "{}");
}

static void
test_implementation (gconstpointer library)
{
  const Asked compiled = USUAL;
  g_autoptr (VoxelCudnnPlan) plan = find (library, &compiled);
  g_autofree gchar *text = voxel_cudnn_plan_implementation (plan);
  g_autofree gchar *expected =
      g_strdup_printf ("cudnn:e%" G_GINT64_FORMAT "%s%s", plan->engine, plan->tensor_cores ? "+tc" : "",
                       plan->compiled ? "+rtc" : "");

  g_assert_cmpstr (text, ==, expected);
}

static void
empty (const gchar *folder)
{
  g_autofree gchar *plans = g_build_filename (folder, "cudnn-plans", NULL);
  g_autoptr (GDir) dir = g_dir_open (plans, 0, NULL);
  const gchar *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree gchar *path = g_build_filename (plans, name, NULL);

    g_remove (path);
  }
  g_remove (plans);
  g_remove (folder);
}

int
main (int argc, char **argv)
{
  g_autoptr (VoxelCudnnLibrary) library = NULL;
  g_autofree gchar *folder = NULL;
  gint status;

  g_test_init (&argc, &argv, NULL);
  library = planned_library ();
  if (!library)
    return 0;
  folder = g_dir_make_tmp ("plans-XXXXXX", NULL);
  g_setenv ("VOXEL_CACHE_DIR", folder, TRUE);
  g_test_add_data_func ("/cuda/find/key", library, test_key);
  g_test_add_data_func ("/cuda/find/once", library, test_once);
  g_test_add_data_func ("/cuda/find/kept", library, test_kept);
  g_test_add_data_func ("/cuda/find/implementation", library, test_implementation);
  status = g_test_run ();
  empty (folder);
  return status;
}
