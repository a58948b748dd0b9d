/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned.h"

/* What cuDNN is asked to compute of every architecture, planned for devices that are described to it: its own checks
 * pass and kernels exist or compile. Nothing is run. */

#define SIDE 512

typedef struct {
  const VoxelCudnnLibrary *library;
  const VoxelArchitecture *architecture;
  VoxelJson *config;
  GHashTable *known; /* steps that were planned already */
  guint version;
  VoxelPrecision precision;
  guint n;
} Case;

static void
sign_tensor (GString *text, const VoxelTensor *tensor)
{
  g_autofree gchar *shape = tensor ? voxel_shape_to_string (&tensor->shape) : g_strdup ("none");

  g_string_append_printf (text, " %s", shape);
  if (tensor)
    g_string_append_printf (text, ":%d:%d:%zu", tensor->type, tensor->layout,
                            tensor->constant ? 0 : voxel_tensor_pitch (tensor));
}

/* All that a plan depends on. */
static gchar *
sign (const Case *c, const VoxelNode *node)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree gchar *attributes = g_base64_encode (node->attributes, node->op->attributes_size);

  g_string_append_printf (text, "%u %s %s", c->version, node->op->name, attributes);
  for (guint i = 0; i < node->n_inputs; i++)
    sign_tensor (text, node->inputs[i]);
  sign_tensor (text, node->outputs[0]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
plan_node (const Case *c, const VoxelNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelCudnnGraph) graph = voxel_cudnn_graph_new (c->library, node, &error);
  g_autoptr (VoxelCudnnPlan) plan = NULL;

  if (!graph)
    g_error ("%s", error->message);
  plan = voxel_cudnn_plan_new (graph, voxel_cudnn_device_find (c->version), VOXEL_CUDNN_FLOAT_TF32, &error);
  if (!plan)
    g_error ("%s", error->message);
  g_test_message ("%s (%s): engine %" G_GINT64_FORMAT "%s%s, workspace %" G_GSIZE_FORMAT, node->name,
                  node->op->name, plan->engine, plan->tensor_cores ? ", tensor cores" : "",
                  plan->compiled ? ", compiled" : "", plan->workspace);
}

static void
test_network (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (VoxelGraph) graph = planned_graph (c->architecture, c->config, c->n, SIDE, c->precision);
  guint planned = 0, known = 0, ours = 0;

  for (guint i = 0; i < graph->nodes->len; i++) {
    const VoxelNode *node = graph->nodes->pdata[i];

    if (!voxel_cudnn_graph_takes (node))
      ours++;
    else if (!g_hash_table_add (c->known, sign (c, node)))
      known++;
    else {
      plan_node (c, node);
      planned++;
    }
  }
  g_test_message ("%u planned, %u as before, %u of our own", planned, known, ours);
  g_assert_cmpuint (planned + known, >, 10);
}

static void
add_case (const Case *c, const gchar *name)
{
  g_autofree gchar *path = g_strdup_printf ("/cuda/plans/sm_%u/%s/%u/%s", c->version,
                                            voxel_precision_to_name (c->precision), c->n, name);

  g_test_add_data_func_full (path, g_memdup2 (c, sizeof *c), test_network, g_free);
}

/* Compiling takes up to a second a kernel: without -m slow each device and precision has a network with layers of
 * its kind. */
static gboolean
is_taken (const gchar *name, const Case *c)
{
  static const struct {
    const gchar *name;
    guint version;
    VoxelPrecision precision;
  } quick[] = {
      {"smp-unet-se-resnext50", 90, VOXEL_PRECISION_FP16},
      {"smp-unet-mit-b0", 89, VOXEL_PRECISION_BF16},
      {"attention-unet-transposed", 80, VOXEL_PRECISION_FP32},
  };

  for (guint i = 0; i < G_N_ELEMENTS (quick); i++)
    if (c->n == 1 && g_str_equal (quick[i].name, name) && quick[i].version == c->version &&
        quick[i].precision == c->precision)
      return TRUE;
  return g_test_slow ();
}

static void
add_network (Case c, const gchar *name)
{
  static const guint versions[] = {90, 89, 80}, numbers[] = {1, 16};
  static const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP16, VOXEL_PRECISION_BF16,
                                              VOXEL_PRECISION_FP32};

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++)
    for (guint p = 0; p < G_N_ELEMENTS (precisions); p++)
      for (guint n = 0; n < G_N_ELEMENTS (numbers); n++) {
        c.version = versions[v];
        c.precision = precisions[p];
        c.n = numbers[n];
        if (is_taken (name, &c))
          add_case (&c, name);
      }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (VoxelJson) config = voxel_json_new_object ();
  g_autoptr (VoxelCudnnLibrary) library = NULL;

  g_test_init (&argc, &argv, NULL);
  library = planned_library ();
  if (!library)
    return 0;
  add_network ((Case){library, voxel_architecture_find ("unet", NULL), config, known}, "unet");
  networks = fixture_networks ();
  for (guint i = 0; i < networks->len; i++) {
    const FixtureNetwork *network = networks->pdata[i];

    add_network ((Case){library, network->architecture, voxel_json_get (network->about, "config"), known},
                 network->name);
  }
  return g_test_run ();
}
