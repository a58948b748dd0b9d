/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VOXEL_MODEL_RECORD_KEY "voxel"
#define VOXEL_MODEL_RECORD_VERSION 1

#define VOXEL_MODEL_ERROR (voxel_model_error_quark ())
GQuark voxel_model_error_quark (void);

/**
 * VoxelModelError:
 * @VOXEL_MODEL_ERROR_FILE: the file cannot be read, is cut short or is no safetensors file
 * @VOXEL_MODEL_ERROR_RECORD: the model record is missing, of a newer version or has a wrong field
 * @VOXEL_MODEL_ERROR_TENSOR: a tensor is missing, left over, or of another shape or type
 * @VOXEL_MODEL_ERROR_UNSUPPORTED: this build, backend or CPU cannot run it
 */
typedef enum {
  VOXEL_MODEL_ERROR_FILE,
  VOXEL_MODEL_ERROR_RECORD,
  VOXEL_MODEL_ERROR_TENSOR,
  VOXEL_MODEL_ERROR_UNSUPPORTED,
} VoxelModelError;

/**
 * VoxelPreprocess:
 * @range: how intensities become black and white before the network: "percentile", "fixed" or "full"
 * @range_scope: "volume" or "slice"
 * @range_low: percent for "percentile", intensity as scanned for "fixed"
 * @range_high: likewise
 * @bits: 8 or 16: depth to which the range is stretched
 * @zscore: over what mean and deviation are taken: "slice", "tile" or "none"
 * @epsilon: added to the deviation (population) before dividing
 * @clip_low: z below this is softened
 * @clip_high: z above this is softened
 * @clip_slope: slope beyond the clip: v > high -> high + (v - high) slope
 * @channels: what fills several channels: "replicate": the slice, in each; "neighbours": the slice in the middle
 *   one, those before and behind it along the axis around, each prepared by its own mean and deviation as if it were
 *   the only one, the volume's outermost repeated beyond its border. 2.5-D training prepares a stack of slices so
 *   where every slice is normalised before it is stacked, or every channel on its own (reshape to (-1, H, W))
 * @spacing: size in micrometres, along all axes, of the voxels that the network was trained at: scans are resampled
 *   to it and masks back (voxelrescale); 0 for any, then scans are taken as they are
 *
 * From pixels to the network's input, the same for inference and training.
 */
typedef struct {
  gchar *range;
  gchar *range_scope;
  gdouble range_low;
  gdouble range_high;
  guint bits;
  gchar *zscore;
  gdouble epsilon;
  gdouble clip_low;
  gdouble clip_high;
  gdouble clip_slope;
  gchar *channels;
  gdouble spacing;
} VoxelPreprocess;

/**
 * VoxelInference:
 * @axes: such as "z,y,x"
 * @views: such as "r0,r90,r180,r270,fh,fv"
 * @tile: side in pixels
 * @overlap: 0 to below 1, share of the side
 * @grid: "minimal" or "origin"
 * @edge: "reflect" or "skip"
 * @pad_multiple: sides of a tile must be multiples of this; 0: as the architecture asks
 * @pad_mode: "reflect"
 * @merge: views: "mean-logit", "mean", "max" or "union"
 * @stitch: tiles: "or", "mean" or "gaussian"
 * @vote: axes: "majority", "union" or "mean"
 * @activation: "sigmoid"
 * @output_channel: which channel of the network is the vessel
 * @threshold: probability above which a voxel is vessel
 *
 * How a model wants to be run where nobody says otherwise.
 */
typedef struct {
  gchar *axes;
  gchar *views;
  guint tile;
  gdouble overlap;
  gchar *grid;
  gchar *edge;
  guint pad_multiple;
  gchar *pad_mode;
  gchar *merge;
  gchar *stitch;
  gchar *vote;
  gchar *activation;
  guint output_channel;
  gdouble threshold;
} VoxelInference;

/**
 * VoxelModelRecord:
 * @architecture: such as "unet"
 * @config: JSON object, the architecture's own configuration
 * @preprocess: from pixels to input
 * @inference: how to run it
 * @training: JSON object of free form: recipe, data, digest
 *
 * What a model file says of itself: one JSON text under the key "voxel" of the safetensors header's
 * __metadata__.
 */
typedef struct {
  gchar *architecture;
  gchar *config;
  VoxelPreprocess preprocess;
  VoxelInference inference;
  gchar *training;
} VoxelModelRecord;

VoxelModelRecord *voxel_model_record_new (const gchar *architecture, const gchar *config);
VoxelModelRecord *voxel_model_record_parse (const gchar *json, GError **error);
VoxelModelRecord *voxel_model_record_choose (const gchar *text, const gchar *architecture,
                                             const gchar *config, GError **error);
gchar *voxel_model_record_to_json (const VoxelModelRecord *record);
void voxel_model_record_free (VoxelModelRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelModelRecord, voxel_model_record_free)

G_END_DECLS
