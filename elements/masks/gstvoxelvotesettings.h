/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "vote-ballot.h"

G_BEGIN_DECLS

/**
 * GstVoxelVoteOutput:
 * @GST_VOXEL_VOTE_OUTPUT_MASK: GRAY8, 0 or 255
 * @GST_VOXEL_VOTE_OUTPUT_PROBABILITY: GRAY16_LE, p = v / 65535
 */
typedef enum {
  GST_VOXEL_VOTE_OUTPUT_MASK,
  GST_VOXEL_VOTE_OUTPUT_PROBABILITY,
} GstVoxelVoteOutput;

typedef struct _GstVoxelVoteSettings GstVoxelVoteSettings;

/**
 * GstVoxelVoteSettings:
 * @mode: how votes are counted
 * @threshold: probability above which a voxel is set
 * @output: what is sent
 */
struct _GstVoxelVoteSettings {
  VoxelVoteMode mode;
  gdouble threshold;
  GstVoxelVoteOutput output;
};

GType gst_voxel_vote_mode_get_type (void);
GType gst_voxel_vote_output_get_type (void);
gboolean gst_voxel_vote_settings_check (const GstVoxelVoteSettings *settings, GError **error);

G_END_DECLS
