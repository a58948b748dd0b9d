/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "segment-network.h"

#include <string.h>

#include "elements/network/tile-devices.h"
#include "models/memory.h"
#include "models/plan-fit.h"

/* Axes with slices of a shorter side are left out by voxeltile. */
#define LEAST_SIDE 32
/* Tiles below that are borders more than anything else. */
#define LEAST_TILE 64

/* The slices that need the most. */
typedef struct {
  VoxelPlanKey key;
  VoxelPlanSize size;
} Most;

static guint
round_up (guint side, guint multiple)
{
  return (side + multiple - 1) / multiple * multiple;
}

static VoxelPlanKey
key_of (const VoxelSegmentBackend *backend)
{
  return (VoxelPlanKey){
      .backend = backend->backend->name,
      .precision = backend->precision,
      .threads = backend->threads,
      .n = 1,
      .device = backend->devices->len ? g_array_index (backend->devices, guint, 0) : 0,
  };
}

/* What a run may take: on a device its share of what voxelinfer takes there, here half of the limit. */
static guint64
budget_of (const VoxelSegmentBackend *backend, guint64 limit)
{
  const VoxelBackendDevice *device = backend->backend->device;
  guint64 least = G_MAXUINT64;

  if (!device)
    return (limit ? limit : voxel_memory_available ()) / 2;
  for (guint i = 0; i < backend->devices->len; i++)
    least = MIN (least, device->available (g_array_index (backend->devices, guint, i)));
  return least / 2 / VOXEL_TILE_DEVICES_RUNS;
}

/* Axes are cyclic: z has rows y and columns x, y has rows x and columns z, x has rows z and columns y. */
static gboolean
look_at_axis (const VoxelSegmentSettings *settings, VoxelModel *model, const guint shape[3], gchar axis,
              Most *most, GError **error)
{
  guint stride = voxel_model_get_stride (model), multiple = voxel_segment_settings_get_multiple (settings);
  guint first = axis == 'z' ? 1 : axis == 'y' ? 2 : 0;
  guint height = shape[first], width = shape[(first + 1) % 3];
  VoxelPlanKey key = most->key;
  VoxelPlanSize size;

  if (MIN (height, width) < LEAST_SIDE)
    return TRUE;
  key.height = round_up (round_up (height, multiple), stride);
  key.width = round_up (round_up (width, multiple), stride);
  if (!voxel_plan_measure (model, &key, &size, error))
    return FALSE;
  if (size.arena > most->size.arena) {
    most->key = key;
    most->size = size;
  }
  return TRUE;
}

/* Where the scores depend on all of a slice, parts would not join: tiles, which overlap as the record says. */
static gboolean
fall_back (VoxelSegmentSettings *settings, VoxelModel *model, const Most *most, guint64 budget,
           VoxelSegmentNetwork *result, GError **error)
{
  guint multiple = voxel_segment_settings_get_multiple (settings);
  guint least = round_up (round_up (LEAST_TILE, multiple), voxel_model_get_stride (model));
  g_autofree gchar *wanted = voxel_memory_to_text (most->size.arena);
  g_autofree gchar *allowed = voxel_memory_to_text (budget);
  g_autofree gchar *tile = NULL;
  VoxelPlanKey key = most->key;
  VoxelPlanSize whole;
  guint side;

  if (!voxel_plan_fit (model, &key, least, budget, &whole, error))
    return FALSE;
  side = MAX (key.height, key.width);
  tile = g_strdup_printf ("%u", side / multiple * multiple);
  result->note = g_strdup_printf ("slices of %ux%u take %s in the network, %s are for it, and its scores "
                                  "depend on all of a slice: tiles of %s are used, which overlap by %s",
                                  most->key.width, most->key.height, wanted, allowed, tile,
                                  voxel_segment_settings_get (settings, "overlap"));
  voxel_segment_settings_set (settings, "tile", tile);
  return TRUE;
}

/**
 * voxel_segment_network_plan:
 * @settings: resolved; the tile may change
 * @model: that is run
 * @shape: slices, rows and columns of what is segmented; zeros where they are not known
 * @backend: who runs it
 * @limit: bytes of this machine for all, 0 for none
 * @result: (out): what the network gets
 * @error: where not even small tiles fit
 *
 * Whole slices (tile 0) get what the largest of them takes, up to half of the limit, or of the memory that is
 * available; on a device nothing of the limit. What exceeds that voxelinfer runs in parts, to the same result, unless the network forbids it.
 *
 * Returns: whether there is a way
 */
gboolean
voxel_segment_network_plan (VoxelSegmentSettings *settings, VoxelModel *model, const guint shape[3],
                            const VoxelSegmentBackend *backend, guint64 limit, VoxelSegmentNetwork *result,
                            GError **error)
{
  guint64 budget = budget_of (backend, limit);
  Most most = {.key = key_of (backend)};
  guint64 total;

  *result = (VoxelSegmentNetwork){.slicewise = backend->backend->device != NULL};
  if (strcmp (voxel_segment_settings_get (settings, "tile"), "0") != 0)
    return TRUE;
  for (const gchar *axis = voxel_segment_settings_get (settings, "axes"); *axis; axis++)
    if (*axis != ',' && !look_at_axis (settings, model, shape, *axis, &most, error))
      return FALSE;
  total = most.size.arena;
  if (total > budget && most.size.reach == G_MAXUINT) {
    result->memory_limit = backend->backend->device ? 0 : budget;
    return fall_back (settings, model, &most, budget, result, error);
  }
  result->slicewise = result->slicewise && total <= budget;
  if (limit && !backend->backend->device)
    result->memory_limit = total > 0 ? MIN (total, budget) : budget;
  return TRUE;
}

void
voxel_segment_network_clear (VoxelSegmentNetwork *result)
{
  g_free (result->note);
}
