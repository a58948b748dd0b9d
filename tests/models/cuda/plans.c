/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "planned.h"

#include "models/cuda/backend.h"

/* What cuDNN is asked to compute of every architecture, as the backend lowers and joins it, planned for devices that are
 * described to cuDNN: its own checks pass, kernels exist or compile, and each plan can be kept. Nothing is run. */

#define SIDE 512

typedef struct {
  const gchar *name;
  const gchar *architecture;
  const gchar *config;
  gboolean odd; /* a choice that others than the encoder make: one picture will do */
} Network;

#define ENCODER(name) \
  { \
    name, "smp-unet", "{\"encoder_name\": \"" name "\"}", FALSE \
  }

static const Network networks[] = {
    {"unet", "unet", "{}", FALSE},
    {"unet-bilinear", "unet", "{\"up\": \"bilinear\"}", TRUE},
    {"attention-unet", "attention-unet", "{}", FALSE},
    {"attention-unet-narrow", "attention-unet",
     "{\"width\": 6, \"depth\": 2, \"in_channels\": 3, \"out_channels\": 2, \"up\": \"bilinear\"}", TRUE},
    ENCODER ("resnet18"),
    ENCODER ("resnet34"),
    ENCODER ("resnet50"),
    ENCODER ("resnext50_32x4d"),
    ENCODER ("se_resnext50_32x4d"),
    ENCODER ("mit_b0"),
    ENCODER ("mit_b1"),
    ENCODER ("mit_b2"),
    {"resnet18-scse", "smp-unet", "{\"encoder_name\": \"resnet18\", \"decoder_attention_type\": \"scse\"}",
     TRUE},
    {"mit_b0-scse", "smp-unet", "{\"encoder_name\": \"mit_b0\", \"decoder_attention_type\": \"scse\"}", TRUE},
};

typedef struct {
  const VoxelCudnnLibrary *library;
  GHashTable *known; /* keys of what was planned already */
  const Network *network;
  guint version;
  VoxelPrecision precision;
  guint n;
} Case;

typedef struct {
  guint planned;
  guint compiled;
  guint known;
  guint ours;
} Counts;

/* What users keep must come back. */
static gboolean
is_kept (const Case *c, VoxelCudnnPlan *plan, GError **error)
{
  g_autofree gchar *json = voxel_cudnn_plan_write (plan, error);
  g_autoptr (VoxelCudnnPlan) read = NULL;

  if (json)
    read = voxel_cudnn_plan_read (c->library, voxel_cudnn_device_find (c->version), json, error);
  if (!read)
    return FALSE;
  g_assert_cmpint (read->engine, ==, plan->engine);
  g_assert_cmpuint (read->workspace, ==, plan->workspace);
  return TRUE;
}

static gboolean
plan_node (const Case *c, const VoxelNode *node, Counts *counts, GError **error)
{
  const VoxelCudnnDevice *device = voxel_cudnn_device_find (c->version);
  VoxelCudnnFloat floats = voxel_cudnn_float (c->precision);
  g_autoptr (VoxelCudnnGraph) graph = voxel_cudnn_graph_new (c->library, node, error);
  g_autoptr (VoxelCudnnPlan) plan = NULL;
  g_autofree gchar *implementation = NULL;

  if (!graph)
    return FALSE;
  if (!g_hash_table_add (c->known, voxel_cudnn_plan_key (graph, device, floats))) {
    counts->known++;
    return TRUE;
  }
  plan = voxel_cudnn_plan_new (graph, device, floats, error);
  if (!plan || !is_kept (c, plan, error))
    return FALSE;
  implementation = voxel_cudnn_plan_implementation (plan);
  g_test_message ("%s (%s): %s, workspace %" G_GSIZE_FORMAT, node->name, node->op->name, implementation,
                  plan->workspace);
  counts->planned++;
  counts->compiled += plan->compiled;
  return TRUE;
}

/* All that is refused is told, not the first alone. */
static void
test_network (gconstpointer data)
{
  const Case *c = data;
  const Network *network = c->network;
  g_autoptr (VoxelJson) config = voxel_json_parse_object (network->config, strlen (network->config), NULL);
  g_autoptr (VoxelGraph) graph =
      planned_graph (voxel_architecture_find (network->architecture, NULL), config, c->n, SIDE, c->precision);
  Counts counts = {0};

  for (guint i = 0; i < graph->nodes->len; i++) {
    const VoxelNode *node = graph->nodes->pdata[i];
    g_autoptr (GError) error = NULL;

    if (!voxel_cuda_asks_cudnn (node, c->precision))
      counts.ours++;
    else if (!plan_node (c, node, &counts, &error))
      g_test_fail_printf ("%s", error->message);
  }
  g_test_message ("%u planned, %u of them compiled, %u as before, %u of our own", counts.planned,
                  counts.compiled, counts.known, counts.ours);
  g_assert_cmpuint (counts.planned + counts.known, >, 10);
}

/* Compiling takes up to a second a kernel. Without -m slow all architectures are planned for one device and precision,
 * and of the others a network that has layers of its kind. */
static gboolean
is_quick (const Case *c)
{
  static const struct {
    const gchar *name;
    guint version;
    VoxelPrecision precision;
    guint n;
  } samples[] = {
      {"resnet18", 80, VOXEL_PRECISION_BF16, 16}, {"mit_b0", 80, VOXEL_PRECISION_TF32, 1},
      {"mit_b0", 89, VOXEL_PRECISION_BF16, 1},    {"attention-unet", 89, VOXEL_PRECISION_FP32, 16},
      {"resnet18", 89, VOXEL_PRECISION_FP32, 1},
  };

  if (c->version == 90 && c->precision == VOXEL_PRECISION_FP16 && c->n == 1 && !c->network->odd)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    if (g_str_equal (samples[i].name, c->network->name) && samples[i].version == c->version &&
        samples[i].precision == c->precision && samples[i].n == c->n)
      return TRUE;
  return FALSE;
}

static void
add_case (const Case *c)
{
  g_autofree gchar *path = g_strdup_printf ("/cuda/plans/sm_%u/%s/%u/%s", c->version,
                                            voxel_precision_to_name (c->precision), c->n, c->network->name);

  if ((g_test_slow () && (c->n == 1 || !c->network->odd)) || is_quick (c))
    g_test_add_data_func_full (path, g_memdup2 (c, sizeof *c), test_network, g_free);
}

static void
add_device (Case c)
{
  static const guint numbers[] = {1, 16};
  static const VoxelPrecision precisions[] = {VOXEL_PRECISION_FP16, VOXEL_PRECISION_BF16,
                                              VOXEL_PRECISION_TF32, VOXEL_PRECISION_FP32};

  for (guint p = 0; p < G_N_ELEMENTS (precisions); p++)
    for (guint n = 0; n < G_N_ELEMENTS (numbers); n++)
      for (guint i = 0; i < G_N_ELEMENTS (networks); i++) {
        c.precision = precisions[p];
        c.n = numbers[n];
        c.network = &networks[i];
        add_case (&c);
      }
}

int
main (int argc, char **argv)
{
  static const guint versions[] = {80, 89, 90};
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (VoxelCudnnLibrary) library = NULL;

  g_test_init (&argc, &argv, NULL);
  library = planned_library ();
  if (!library)
    return 0;
  for (guint v = 0; v < G_N_ELEMENTS (versions); v++)
    add_device ((Case){.library = library, .known = known, .version = versions[v]});
  return g_test_run ();
}
