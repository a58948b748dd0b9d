/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tests/support/conv1x1-model.h"

#include "models/files/model-record.h"
#include "models/files/safetensors.h"

static void
save (const gchar *path, guint in, guint out, const gfloat *weights, const gfloat *bias, const gchar *zscore,
      const gchar *channels)
{
  g_autofree gchar *config = g_strdup_printf ("{\"in_channels\":%u,\"out_channels\":%u}", in, out);
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  g_autoptr (VoxelModelRecord) record = voxel_model_record_new ("conv1x1", config);
  const gsize shape[] = {out, in, 1, 1};
  g_autofree gchar *json = NULL;
  g_autoptr (GError) error = NULL;

  g_free (record->preprocess.zscore);
  record->preprocess.zscore = g_strdup (zscore);
  g_free (record->preprocess.channels);
  record->preprocess.channels = g_strdup (channels);
  json = voxel_model_record_to_json (record);
  voxel_safetensors_writer_metadata (writer, VOXEL_MODEL_RECORD_KEY, json);
  voxel_safetensors_writer_add (writer, "weight", VOXEL_DTYPE_F32, shape, 4, weights);
  voxel_safetensors_writer_add (writer, "bias", VOXEL_DTYPE_F32, shape, 1, bias);
  voxel_safetensors_writer_save (writer, path, &error);
  g_assert_no_error (error);
}

void
conv1x1_model_save (const gchar *path, guint in, guint out, const gfloat *weights, const gfloat *bias,
                    const gchar *zscore)
{
  save (path, in, out, weights, bias, zscore, "replicate");
}

void
conv1x1_model_save_neighbours (const gchar *path, guint in, const gfloat *weights, const gfloat *bias,
                               const gchar *zscore)
{
  save (path, in, 1, weights, bias, zscore, "neighbours");
}
