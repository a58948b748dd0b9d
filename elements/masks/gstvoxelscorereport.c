/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelscorereport.h"

/**
 * gst_voxel_score_report_add:
 * @self: a report
 * @score: of a volume
 * @truth: the volume's id on the truth's side
 * @prediction: its id on the prediction's side
 */
void
gst_voxel_score_report_add (GstVoxelScoreReport *self, const VoxelMaskScoreResult *score, const gchar *truth,
                            const gchar *prediction)
{
  JsonObject *object = voxel_mask_score_result_to_json (score);

  json_object_set_string_member (object, "truth", truth);
  json_object_set_string_member (object, "prediction", prediction);
  if (!self->volumes)
    self->volumes = json_array_new ();
  json_array_add_object_element (self->volumes, object);
  g_clear_pointer (&self->last, gst_structure_free);
  self->last = gst_structure_new (
      "voxel-score", "surface-dice", G_TYPE_DOUBLE, score->surface_dice, "dice", G_TYPE_DOUBLE, score->dice,
      "iou", G_TYPE_DOUBLE, score->iou, "precision", G_TYPE_DOUBLE, score->precision, "recall", G_TYPE_DOUBLE,
      score->recall, "truth-voxels", G_TYPE_UINT64, score->truth_voxels, "prediction-voxels", G_TYPE_UINT64,
      score->prediction_voxels, "common-voxels", G_TYPE_UINT64, score->common_voxels, "voxels", G_TYPE_UINT64,
      score->n_voxels, "truth", G_TYPE_STRING, truth, "prediction", G_TYPE_STRING, prediction, NULL);
}

/**
 * gst_voxel_score_report_write:
 * @self: a report with a score at least
 * @path: a JSON file, replaced at once
 * @error: G_FILE_ERROR, naming the file
 *
 * Returns: whether it was written
 */
gboolean
gst_voxel_score_report_write (const GstVoxelScoreReport *self, const gchar *path, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  g_autofree gchar *text = NULL;

  json_object_set_array_member (object, "volumes", json_array_ref (self->volumes));
  json_node_set_object (root, object);
  text = json_to_string (root, TRUE);
  return g_file_set_contents_full (path, text, -1,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666, error);
}

/**
 * gst_voxel_score_report_clear:
 * @self: a report, to be forgotten
 */
void
gst_voxel_score_report_clear (GstVoxelScoreReport *self)
{
  g_clear_pointer (&self->last, gst_structure_free);
  g_clear_pointer (&self->volumes, json_array_unref);
}

/**
 * gst_voxel_score_report_post_failure:
 * @element: where it happened
 * @error: G_FILE_ERROR of the report, or what is wrong with the volumes
 *
 * Posts @error on @element.
 *
 * Returns: %FALSE
 */
gboolean
gst_voxel_score_report_post_failure (GstElement *element, const GError *error)
{
  if (error->domain == G_FILE_ERROR)
    GST_ELEMENT_ERROR (element, RESOURCE, WRITE, ("Cannot write the scores: %s", error->message), (NULL));
  else
    GST_ELEMENT_ERROR (element, STREAM, FAILED,
                       ("Truth and prediction do not fit together: %s.", error->message), (NULL));
  return FALSE;
}

/**
 * gst_voxel_score_report_parse_spacing:
 * @text: three positive numbers with commas between them
 * @spacing: (out): the numbers, z,y,x
 *
 * Returns: whether @text could be read
 */
gboolean
gst_voxel_score_report_parse_spacing (const gchar *text, gdouble spacing[3])
{
  g_auto (GStrv) numbers = g_strsplit (text, ",", -1);

  if (g_strv_length (numbers) != 3)
    return FALSE;
  for (guint i = 0; i < 3; i++) {
    gchar *end;

    spacing[i] = g_ascii_strtod (numbers[i], &end);
    if (end == numbers[i] || *end != '\0' || !(spacing[i] > 0 && spacing[i] < 1e30))
      return FALSE;
  }
  return TRUE;
}
