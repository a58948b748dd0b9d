/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinfermodel.h"

/**
 * gst_voxel_infer_model_load:
 * @element: who speaks if there is none
 * @settings: that name it
 *
 * Returns: (transfer full) (nullable): the model; an error has been posted otherwise
 */
VoxelModel *
gst_voxel_infer_model_load (GstElement *element, const GstVoxelInferSettings *settings)
{
  g_autoptr (GError) error = NULL;
  VoxelModel *model;

  if (!settings->model || !*settings->model) {
    GST_ELEMENT_ERROR (element, RESOURCE, SETTINGS, ("No model was given."), ("Set model=FILE.safetensors."));
    return NULL;
  }
  model = voxel_model_load_as (settings->model, settings->architecture, settings->config, &error);
  if (!model)
    gst_voxel_infer_model_refuse (element, error);
  return model;
}

/**
 * gst_voxel_infer_model_refuse:
 * @element: who speaks
 * @error: why a model cannot be loaded or run
 */
void
gst_voxel_infer_model_refuse (GstElement *element, const GError *error)
{
  if (g_error_matches (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED))
    GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
                       ("This model cannot be run like that here: %s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (element, RESOURCE, OPEN_READ, ("The model could not be loaded: %s", error->message),
                       (NULL));
}
