/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/initial-weights.h"

#include <string.h>

#include "models/architectures/architecture.h"
#include "models/files/json.h"
#include "models/files/safetensors.h"
#include "models/random.h"

typedef struct {
  VoxelSafetensorsWriter *writer;
  guint64 seed;
} Drawing;

/**
 * voxel_initial_weights_draw:
 * @initial: how they are distributed
 * @seed: of the random numbers
 * @name: of the tensor
 * @values: (out): the weights
 * @n: how many
 *
 * Each tensor has a stream of its own, so that a layer begins alike whatever else the network has.
 */
void
voxel_initial_weights_draw (const VoxelInitial *initial, guint64 seed, const gchar *name, gfloat *values,
                            gsize n)
{
  VoxelRandom random;

  voxel_random_init (&random, seed, voxel_random_stream (name), 0);
  for (gsize i = 0; i < n; i++)
    switch (initial->kind) {
    case VOXEL_INITIAL_CONSTANT:
      values[i] = (gfloat) initial->value;
      break;
    case VOXEL_INITIAL_UNIFORM:
      values[i] = (gfloat) voxel_random_uniform (&random, -initial->value, initial->value);
      break;
    case VOXEL_INITIAL_NORMAL:
      values[i] = (gfloat) (initial->value * voxel_random_normal (&random));
      break;
    }
}

static VoxelConstant *
write_weight (gpointer data, const gchar *name, const VoxelShape *shape, const VoxelInitial *initial,
              GError **error)
{
  const Drawing *drawing = data;
  gsize sides[VOXEL_SHAPE_MAX_DIMS], n = 0;
  g_autofree gfloat *values = NULL;

  if (voxel_shape_elements (shape, &n))
    values = g_try_new (gfloat, n);
  if (!values) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED, "No memory for tensor %s", name);
    return NULL;
  }
  for (guint i = 0; i < shape->n; i++)
    sides[i] = shape->dim[i];
  voxel_initial_weights_draw (initial, drawing->seed, name, values, n);
  voxel_safetensors_writer_add (drawing->writer, name, VOXEL_DTYPE_F32, sides, shape->n, values);
  return voxel_constant_new_absent (name, shape);
}

/**
 * voxel_initial_weights_save:
 * @record: architecture and how to run it
 * @seed: of the random numbers
 * @path: model file to make or to replace
 * @parameters: (out): how many training learns
 * @error: of the record, or of writing
 *
 * Makes a model as it is before training: its weights as PyTorch, or the library that the architecture is of,
 * would begin them. The same record and seed give the same bytes on every machine.
 *
 * Returns: %TRUE on success
 */
gboolean
voxel_initial_weights_save (const VoxelModelRecord *record, guint64 seed, const gchar *path,
                            guint64 *parameters, GError **error)
{
  const VoxelArchitecture *architecture = voxel_architecture_find (record->architecture, error);
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  g_autofree gchar *text = voxel_model_record_to_json (record);
  g_autoptr (VoxelJson) config = NULL;
  Drawing drawing = {writer, seed};

  if (!architecture)
    return FALSE;
  config = voxel_json_parse_object (record->config, strlen (record->config), error);
  if (!config || !voxel_architecture_visit (architecture, config, write_weight, &drawing, parameters, error))
    return FALSE;
  voxel_safetensors_writer_metadata (writer, VOXEL_MODEL_RECORD_KEY, text);
  return voxel_safetensors_writer_save (writer, path, error);
}
