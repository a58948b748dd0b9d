/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* identity-model PATH: writes a model whose scores are its input, a 1x1 convolution of weight 1 and bias 0,
 * with the published entry's z-score and soft clip: what such a run takes is the flow of data around a
 * network. */

#include "models/files/model-record.h"
#include "models/files/safetensors.h"

int
main (int argc, char **argv)
{
  g_autoptr (VoxelSafetensorsWriter) writer = voxel_safetensors_writer_new ();
  g_autoptr (VoxelModelRecord) record =
      voxel_model_record_new ("conv1x1", "{\"in_channels\":1,\"out_channels\":1}");
  const gsize shape[] = {1, 1, 1, 1};
  const gfloat one = 1, zero = 0;
  g_autofree gchar *json = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 2) {
    g_printerr ("identity-model PATH\n");
    return 2;
  }
  record->preprocess.epsilon = 1e-5;
  json = voxel_model_record_to_json (record);
  voxel_safetensors_writer_metadata (writer, VOXEL_MODEL_RECORD_KEY, json);
  voxel_safetensors_writer_add (writer, "weight", VOXEL_DTYPE_F32, shape, 4, &one);
  voxel_safetensors_writer_add (writer, "bias", VOXEL_DTYPE_F32, shape, 1, &zero);
  if (voxel_safetensors_writer_save (writer, argv[1], &error))
    return 0;
  g_printerr ("identity-model: %s\n", error->message);
  return 1;
}
