/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tests/support/unet-model.h"

#include <math.h>

#include "models/files/safetensors.h"

typedef struct {
  VoxelSafetensorsWriter *writer;
  GRand *random;
  GPtrArray *blocks;
} Maker;

static void add (Maker *maker, gdouble low, gdouble high, const gsize *shape, guint n_dims,
                 const gchar *format, ...) G_GNUC_PRINTF (6, 7);

static void
add (Maker *maker, gdouble low, gdouble high, const gsize *shape, guint n_dims, const gchar *format, ...)
{
  g_autofree gchar *name = NULL;
  gfloat *values;
  gsize n = 1;
  va_list args;

  va_start (args, format);
  name = g_strdup_vprintf (format, args);
  va_end (args);
  for (guint i = 0; i < n_dims; i++)
    n *= shape[i];
  values = g_new (gfloat, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (gfloat) g_rand_double_range (maker->random, low, high);
  g_ptr_array_add (maker->blocks, values);
  voxel_safetensors_writer_add (maker->writer, name, VOXEL_DTYPE_F32, shape, n_dims, values);
}

static void
add_double (Maker *maker, const gchar *name, guint k, gsize in, gsize out)
{
  for (guint i = 0; i < 2; i++) {
    const gsize kernel[] = {out, i == 0 ? in : out, 3, 3};
    gdouble bound = sqrt (6. / (9. * (gdouble) kernel[1]));

    add (maker, -bound, bound, kernel, 4, "%s.%u.%u.weight", name, k, 3 * i);
    add (maker, .5, 1.5, &out, 1, "%s.%u.%u.weight", name, k, 3 * i + 1);
    add (maker, -.1, .1, &out, 1, "%s.%u.%u.bias", name, k, 3 * i + 1);
    add (maker, -.1, .1, &out, 1, "%s.%u.%u.running_mean", name, k, 3 * i + 1);
    add (maker, .5, 1.5, &out, 1, "%s.%u.%u.running_var", name, k, 3 * i + 1);
  }
}

void
unet_model_save (const gchar *path, guint width, guint depth, guint32 seed, const gchar *zscore)
{
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autofree gchar *config =
      g_strdup_printf ("{\"width\":%u,\"depth\":%u,\"in_channels\":1,\"out_channels\":1,"
                       "\"up\":\"transposed\"}",
                       width, depth);
  g_autoptr (VoxelModelRecord) record = voxel_model_record_new ("unet", config);
  Maker maker = {.writer = writer, .random = random, .blocks = blocks};
  const gsize head[] = {1, width, 1, 1}, one = 1;
  g_autofree gchar *json = NULL;
  g_autoptr (GError) error = NULL;

  g_free (record->preprocess.zscore);
  record->preprocess.zscore = g_strdup (zscore);
  json = voxel_model_record_to_json (record);
  voxel_safetensors_writer_metadata (writer, VOXEL_MODEL_RECORD_KEY, json);
  for (guint k = 0; k <= depth; k++)
    add_double (&maker, "down", k, k ? (gsize) width << (k - 1) : 1, (gsize) width << k);
  for (guint k = 0; k < depth; k++) {
    const gsize inner = (gsize) width << k, up[] = {2 * inner, inner, 2, 2};
    gdouble bound = sqrt (3. / (2. * (gdouble) inner));

    add (&maker, -bound, bound, up, 4, "up.%u.weight", k);
    add (&maker, -.1, .1, &inner, 1, "up.%u.bias", k);
    add_double (&maker, "dec", k, 2 * inner, inner);
  }
  add (&maker, -1., 1., head, 4, "head.weight");
  add (&maker, -.1, .1, &one, 1, "head.bias");
  voxel_safetensors_writer_save (writer, path, &error);
  g_assert_no_error (error);
}
