/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/selftest/selftest-network.h"

#include <string.h>

#include "models/graph/bf16.h"
#include "models/initial-weights.h"
#include "models/random.h"
#include "models/selftest/interpret.h"

typedef struct {
  VoxelInitial initial;
  gfloat *values;
} Weight;

static void
weight_free (gpointer data)
{
  Weight *weight = data;

  g_free (weight->values);
  g_free (weight);
}

/* Drawn when it is first asked for: most networks are only looked at. */
static gfloat *
weigh (const VoxelConstant *constant)
{
  Weight *weight = constant->data;
  gsize n = 0;

  g_return_val_if_fail (voxel_shape_elements (&constant->shape, &n), NULL);
  if (!weight->values) {
    weight->values = g_new (gfloat, n);
    voxel_initial_weights_draw (&weight->initial, 1, constant->key, weight->values, n);
  }
  return weight->values;
}

static gboolean
copy_values (const VoxelConstant *constant, gfloat *values, GError **error)
{
  gsize n = 0;

  voxel_shape_elements (&constant->shape, &n);
  memcpy (values, weigh (constant), n * sizeof *values);
  return TRUE;
}

/* Matrices only, as everywhere at bf16. */
static gboolean
copy_rounded (const VoxelConstant *constant, gfloat *values, GError **error)
{
  gsize n = 0;

  if (!copy_values (constant, values, error))
    return FALSE;
  voxel_shape_elements (&constant->shape, &n);
  for (gsize i = 0; constant->shape.n > 1 && i < n; i++)
    values[i] = voxel_bf16_to_float (voxel_bf16_from_float (values[i]));
  return TRUE;
}

typedef struct {
  VoxelSelftestNetwork *network;
  VoxelConstantFunc copy;
} Search;

/* The network keeps the values: graphs of it share them. */
static VoxelConstant *
find_weight (gpointer data, const gchar *name, const VoxelShape *shape, const VoxelInitial *initial,
             GError **error)
{
  const Search *search = data;
  Weight *weight = g_hash_table_lookup (search->network->weights, name);

  if (!weight) {
    weight = g_new0 (Weight, 1);
    weight->initial = *initial;
    g_hash_table_insert (search->network->weights, g_strdup (name), weight);
  }
  return voxel_constant_new (name, shape, search->copy, weight, NULL);
}

/**
 * voxel_selftest_network_build:
 * @network: a network, which outlives the graph
 * @n: pictures
 * @side: of them, a multiple of the stride
 * @rounded: whether its weights are rounded to bf16
 * @error: of the architecture
 *
 * Returns: (transfer full) (nullable): its graph
 */
VoxelGraph *
voxel_selftest_network_build (VoxelSelftestNetwork *network, guint n, guint side, gboolean rounded,
                              GError **error)
{
  g_autofree gchar *digest = g_strconcat (rounded ? "selftest rounded " : "selftest ", network->name, NULL);
  Search search = {network, rounded ? copy_rounded : copy_values};

  return voxel_architecture_graph (network->architecture, network->config, digest, n, side, find_weight,
                                   &search, error);
}

/* Noise of grains of 1, 4 and 16 pixels, of variance 1 all together: something for every level of a network to see. */
static void
fill_plane (gfloat *plane, guint side, guint32 stream)
{
  for (guint grain = 1; grain <= 16; grain *= 4)
    for (guint y = 0; y < side; y++) {
      VoxelRandom random;
      gdouble value = 0;

      voxel_random_init (&random, grain, stream, (guint64) (y / grain) << 16);
      for (guint x = 0; x < side; x++) {
        if (x % grain == 0)
          value = voxel_random_uniform (&random, -1, 1);
        plane[(gsize) y * side + x] += (gfloat) value;
      }
    }
}

/**
 * voxel_selftest_network_input:
 * @network: a network
 * @n: pictures, of which no two are alike
 * @side: of them
 *
 * Returns: (transfer full): its input, of about variance 1
 */
gfloat *
voxel_selftest_network_input (const VoxelSelftestNetwork *network, guint n, guint side)
{
  gsize pixels = (gsize) side * side, planes = (gsize) n * network->channels;
  gfloat *input = g_new0 (gfloat, planes * pixels);

  for (guint p = 0; p < planes; p++)
    fill_plane (input + p * pixels, side, p);
  return input;
}

static gdouble
mean_of (const gfloat *x, gsize n)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += x[i];
  return sum / (gdouble) n;
}

static gdouble
variance_of (const gfloat *x, gsize n, gdouble mean)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (x[i] - mean) * (x[i] - mean);
  return sum / (gdouble) MAX (n - 1, 1);
}

/* The mean of each channel, and one variance for all: of a few pixels that of a single one would be chance. */
static void
calibrate_norm (const VoxelNode *node, gfloat *const *inputs, gpointer data)
{
  const guint *dim = node->inputs[VOXEL_BATCH_NORM_X]->shape.dim;
  gsize pixels = (gsize) dim[2] * dim[3];
  gfloat *mean, *variance;
  gdouble sum = 0;

  if (node->op != &voxel_op_batch_norm)
    return;
  mean = weigh (node->inputs[VOXEL_BATCH_NORM_MEAN]->constant);
  variance = weigh (node->inputs[VOXEL_BATCH_NORM_VARIANCE]->constant);
  for (guint c = 0; c < dim[1]; c++) {
    const gfloat *x = inputs[VOXEL_BATCH_NORM_X] + c * pixels;

    mean[c] = (gfloat) mean_of (x, pixels);
    sum += variance_of (x, pixels, mean[c]);
  }
  for (guint c = 0; c < dim[1]; c++)
    variance[c] = (gfloat) (sum / dim[1]);
}

/**
 * voxel_selftest_network_calibrate:
 * @network: a network
 * @side: of a picture
 * @error: of the architecture
 *
 * Sets the statistics of its batch norms to those of one picture. Without them signals of untrained networks grow or
 * vanish from layer to layer, and results of any precision, or of none, would agree.
 *
 * Returns: (transfer full) (nullable): what that picture becomes, computed with sums in double
 */
gfloat *
voxel_selftest_network_calibrate (VoxelSelftestNetwork *network, guint side, GError **error)
{
  g_autofree gfloat *input = voxel_selftest_network_input (network, 1, side);
  g_autoptr (VoxelGraph) graph = voxel_selftest_network_build (network, 1, side, FALSE, error);

  return graph ? voxel_interpret (graph, input, calibrate_norm, network, error) : NULL;
}

/**
 * voxel_selftest_network_least:
 * @network: a network
 *
 * Returns: side of the smallest pictures that leave it more than one pixel to see where they are smallest
 */
guint
voxel_selftest_network_least (const VoxelSelftestNetwork *network)
{
  return MAX (2 * network->stride, 32);
}

/**
 * voxel_selftest_network_forget:
 * @network: a network of which there are no graphs
 *
 * Gives the weights' memory back.
 */
void
voxel_selftest_network_forget (VoxelSelftestNetwork *network)
{
  g_hash_table_remove_all (network->weights);
}

static void
network_free (gpointer data)
{
  VoxelSelftestNetwork *network = data;

  g_hash_table_unref (network->weights);
  g_free (network->config);
  g_free (network->name);
  g_free (network);
}

/* @field: (nullable): the one that is @choice */
static VoxelSelftestNetwork *
network_new (const VoxelArchitecture *architecture, const gchar *field, const gchar *choice)
{
  VoxelSelftestNetwork *network = g_new0 (VoxelSelftestNetwork, 1);
  g_autoptr (VoxelGraph) smallest = NULL;
  g_autoptr (GError) error = NULL;

  network->architecture = architecture;
  network->name =
      choice ? g_strdup_printf ("%s %s", architecture->name, choice) : g_strdup (architecture->name);
  network->config = choice ? g_strdup_printf ("{\"%s\":\"%s\"}", field, choice) : g_strdup ("{}");
  network->weights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, weight_free);
  smallest = voxel_selftest_network_build (network, 1, 0, FALSE, &error);
  if (!smallest)
    g_error ("%s: %s", network->name, error->message); /* its own table says that it can be built */
  network->channels = smallest->input->shape.dim[1];
  network->results = smallest->output->shape.dim[1];
  network->stride = smallest->input->shape.dim[2];
  return network;
}

static gboolean
is_fallback (const VoxelArchitectureField *field, const gchar *choice)
{
  g_autofree gchar *quoted = g_strdup_printf ("\"%s\"", choice);

  return g_str_equal (field->fallback, choice) || g_str_equal (field->fallback, quoted);
}

/**
 * voxel_selftest_network_all:
 *
 * Returns: (transfer full) (element-type VoxelSelftestNetwork): every architecture as it is by default, and with
 *   every other choice of each of its fields
 */
GPtrArray *
voxel_selftest_network_all (void)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (network_free);
  const VoxelArchitecture *architecture;

  for (guint n = 0; (architecture = voxel_architecture_nth (n)) != NULL; n++) {
    g_ptr_array_add (all, network_new (architecture, NULL, NULL));
    for (const VoxelArchitectureField *field = architecture->fields; field->name; field++)
      for (const gchar *const *choice = field->choices; choice && *choice; choice++)
        if (!is_fallback (field, *choice))
          g_ptr_array_add (all, network_new (architecture, field->name, *choice));
  }
  return all;
}
