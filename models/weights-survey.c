/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/weights-survey.h"

#include "models/files/tensor-dtype.h"

/**
 * voxel_weights_survey_find:
 * @survey: a #VoxelWeightsSurvey
 * @name: of a tensor
 * @shape: that it must have
 * @initial: unused
 * @error: unused: what is wrong is kept in @survey
 *
 * A #VoxelBuilderFind that goes on to the network's end.
 *
 * Returns: (transfer full): the tensor, or one that stands in for it
 */
VoxelConstant *
voxel_weights_survey_find (gpointer survey, const gchar *name, const VoxelShape *shape,
                           const VoxelInitial *initial, GError **error)
{
  VoxelWeightsSurvey *self = survey;
  const VoxelTensorView *tensor = voxel_safetensors_find (voxel_weights_file (self->weights), name);
  g_autoptr (GError) problem = NULL;
  VoxelConstant *constant = voxel_weights_find (self->weights, name, shape, &problem);

  if (constant)
    return constant;
  self->missing += !tensor;
  if (!self->error) {
    self->error = g_steal_pointer (&problem);
    if (!tensor || voxel_dtype_is_weight (tensor->dtype))
      self->misfit = g_strdup (name);
  }
  return voxel_constant_new_absent (name, shape);
}

/* PyTorch counts the batches behind running statistics; nothing here needs the number. */
static gboolean
ignored (const gchar *name)
{
  return g_str_has_suffix (name, ".num_batches_tracked");
}

/**
 * voxel_weights_survey_rest:
 * @survey: after the network was looked at
 * @used: names of all tensors it asked for
 * @architecture: its name
 *
 * Looks at tensors that it did not ask for, and at all values of the others.
 */
void
voxel_weights_survey_rest (VoxelWeightsSurvey *survey, GHashTable *used, const gchar *architecture)
{
  const VoxelSafetensors *file = voxel_weights_file (survey->weights);

  for (guint i = 0; i < voxel_safetensors_count (file); i++) {
    const VoxelTensorView *tensor = voxel_safetensors_nth (file, i);

    if (ignored (tensor->name))
      continue;
    if (g_hash_table_contains (used, tensor->name)) {
      if (!survey->error)
        voxel_weights_check_values (tensor, &survey->error);
      continue;
    }
    survey->left_over++;
    if (survey->error)
      continue;
    survey->misfit = g_strdup (tensor->name);
    survey->error = g_error_new (VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR,
                                 "Tensor %s belongs to no layer of this %s", tensor->name, architecture);
  }
}

/* A wrapper's prefix, such as DataParallel's "module.": the only difference is then in the names. */
static const gchar *
find_wrapped (const VoxelWeightsSurvey *survey, const gchar *name)
{
  const VoxelSafetensors *file = voxel_weights_file (survey->weights);
  g_autofree gchar *suffix = g_strconcat (".", name, NULL);

  for (guint i = 0; i < voxel_safetensors_count (file); i++)
    if (g_str_has_suffix (voxel_safetensors_nth (file, i)->name, suffix))
      return voxel_safetensors_nth (file, i)->name;
  return NULL;
}

/**
 * voxel_weights_survey_judge:
 * @survey: after voxel_weights_survey_rest()
 * @remedy: what to do where the weights are another network's
 * @error: %VOXEL_MODEL_ERROR_TENSOR naming the first tensor that is wrong, and how many are
 *
 * Returns: whether all weights are there and good, and nothing else
 */
gboolean
voxel_weights_survey_judge (VoxelWeightsSurvey *survey, const gchar *remedy, GError **error)
{
  const gchar *wrapped;
  GString *text;

  if (!survey->error)
    return TRUE;
  if (!survey->misfit) {
    g_propagate_error (error, g_steal_pointer (&survey->error));
    return FALSE;
  }
  text = g_string_new (survey->error->message);
  if (survey->missing + survey->left_over > 1)
    g_string_append_printf (text, " (%u missing, %u left over)", survey->missing, survey->left_over);
  wrapped = survey->missing ? find_wrapped (survey, survey->misfit) : NULL;
  if (wrapped)
    g_string_append_printf (text, ": the file has it as %s; convert it with tools/convert-checkpoint",
                            wrapped);
  else
    g_string_append_printf (text, ": %s", remedy);
  g_set_error_literal (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_TENSOR, text->str);
  g_string_free (text, TRUE);
  return FALSE;
}

void
voxel_weights_survey_clear (VoxelWeightsSurvey *survey)
{
  g_clear_pointer (&survey->misfit, g_free);
  g_clear_error (&survey->error);
}
