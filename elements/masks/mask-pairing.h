/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "mask-score.h"

G_BEGIN_DECLS

typedef enum {
  VOXEL_MASK_TRUTH,
  VOXEL_MASK_PREDICTION,
} VoxelMaskSide;

#define VOXEL_MASK_N_SIDES 2

/**
 * VoxelMaskPairingStep:
 * @VOXEL_MASK_PAIRING_WAITS: more has to come, from either side
 * @VOXEL_MASK_PAIRING_SCORED: a volume is complete and its score given; ask again
 * @VOXEL_MASK_PAIRING_ENDED: both sides have ended
 * @VOXEL_MASK_PAIRING_BROKEN: the sides do not fit together
 */
typedef enum {
  VOXEL_MASK_PAIRING_WAITS,
  VOXEL_MASK_PAIRING_SCORED,
  VOXEL_MASK_PAIRING_ENDED,
  VOXEL_MASK_PAIRING_BROKEN,
} VoxelMaskPairingStep;

typedef struct _VoxelMaskPairing VoxelMaskPairing;

VoxelMaskPairing *voxel_mask_pairing_new (void);
gboolean voxel_mask_pairing_add_slice (VoxelMaskPairing *self, VoxelMaskSide side, guint64 *bits,
                                       gsize height, gsize width, gboolean first);
void voxel_mask_pairing_end_volume (VoxelMaskPairing *self, VoxelMaskSide side);
void voxel_mask_pairing_end (VoxelMaskPairing *self, VoxelMaskSide side);
void voxel_mask_pairing_expect_flush (VoxelMaskPairing *self, VoxelMaskSide side, gboolean expected);
gboolean voxel_mask_pairing_is_old (const VoxelMaskPairing *self, VoxelMaskSide side);
gboolean voxel_mask_pairing_flush (VoxelMaskPairing *self, VoxelMaskSide side);
VoxelMaskPairingStep voxel_mask_pairing_advance (VoxelMaskPairing *self, const gdouble spacing[3],
                                                 VoxelMaskScoreResult *result, GError **error);
void voxel_mask_pairing_free (VoxelMaskPairing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelMaskPairing, voxel_mask_pairing_free)

G_END_DECLS
