/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-store.h"
#include "brick-layer.h"
#include "volume-store-bricks.h"

#include <string.h>

#define SIDE VOXEL_BRICK_SIDE

/* Neighbouring slices of one axis on their way into or out of the bricks. */
typedef struct {
  guint8 *data;
  guint64 capacity;
  guint axis;
  guint start;
  guint count;
  guint from;
  guint to;
  gboolean dirty;
} Slab;

struct _VoxelVolumeStore {
  guint shape[3];
  gboolean growing;
  VoxelVolumeStoreMode mode;
  const VoxelBrickKernels *kernels;
  VoxelVolumeStorePlan plan;
  VoxelVolumeStoreBricks *bricks;
  Slab slab;
  guint64 peak;
};

static guint
bricks_along (const VoxelVolumeStore *store, guint axis)
{
  return (store->shape[axis] + SIDE - 1) / SIDE;
}

static void
note_peak (VoxelVolumeStore *store)
{
  store->peak = MAX (store->peak, voxel_volume_store_get_memory (store));
}

/**
 * voxel_volume_store_new:
 * @shape: voxels along z, y, x; shape[0] may be 0: the volume then grows with the z slices put
 * @voxel_bits: 8, 16 or 32 (in slices 1, 2 or 4 bytes), or 1 or 2 (in slices a byte)
 * @mode: what putting a slice does
 * @memory_limit: bytes that bricks and slices in memory may take together; never less than one brick and one
 *   slice is taken
 * @scratch: directory for what does not fit
 * @error: #GFileError: INVAL for a shape that cannot be, NOMEM, NOSPC, or why the file cannot be made
 *
 * A volume that starts as zeros, kept in bricks of 64 x 64 x 64 voxels, so that slices of any axis are read
 * with about equal effort. Slices of an axis are meant to be put and read in rising order, but see
 * voxel_volume_store_set_slab(). Not to be used from two threads at once.
 *
 * Returns: (nullable) (transfer full): the store
 */
VoxelVolumeStore *
voxel_volume_store_new (const guint shape[3], guint voxel_bits, VoxelVolumeStoreMode mode,
                        guint64 memory_limit, const gchar *scratch, GError **error)
{
  const VoxelBrickKernels *kernels = voxel_brick_kernels_find (voxel_bits);
  g_autoptr (VoxelVolumeStore) store = NULL;

  g_return_val_if_fail (kernels != NULL, NULL);

  if (shape[1] == 0 || shape[2] == 0 ||
      voxel_volume_store_plan_layer_bytes (shape, voxel_bits) >
          G_MAXINT64 / ((guint64) shape[0] / SIDE + 1)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "a volume of %u x %u x %u voxels cannot be kept",
                 shape[0], shape[1], shape[2]);
    return NULL;
  }
  store = g_new0 (VoxelVolumeStore, 1);
  memcpy (store->shape, shape, sizeof store->shape);
  store->growing = shape[0] == 0;
  store->mode = mode;
  store->kernels = kernels;
  voxel_volume_store_plan (shape, voxel_bits, memory_limit, &store->plan);
  store->bricks = voxel_volume_store_bricks_new (shape, kernels, &store->plan, scratch, error);
  if (!store->bricks)
    return NULL;
  return g_steal_pointer (&store);
}

/* Slices @from to @from + @count - 1, all of them in the slab. */
static gboolean
move_slab (VoxelVolumeStore *store, guint from, guint count, VoxelVolumeStoreDirection direction,
           GError **error)
{
  const Slab *slab = &store->slab;
  gsize pitch = voxel_volume_store_plan_pitch (store->shape, slab->axis);
  gsize slice = (gsize) voxel_volume_store_plan_slice (store->shape, slab->axis);
  VoxelVolumeStoreRun run = {slab->data + (from - slab->start) * slice * store->kernels->bytes,
                             pitch,
                             slice,
                             slab->axis,
                             from,
                             count};
  gboolean moved = voxel_volume_store_bricks_move (store->bricks, &run, direction, store->mode, error);

  note_peak (store);
  return moved;
}

/* One slice between the caller's memory and the bricks. */
static gboolean
move_direct (VoxelVolumeStore *store, guint axis, guint index, guint8 *pixels, gsize stride,
             VoxelVolumeStoreDirection direction, GError **error)
{
  VoxelVolumeStoreRun run = {pixels, stride / store->kernels->bytes, 0, axis, index, 1};
  gboolean moved = voxel_volume_store_bricks_move (store->bricks, &run, direction, store->mode, error);

  note_peak (store);
  return moved;
}

static gboolean
flush_slab (VoxelVolumeStore *store, GError **error)
{
  Slab *slab = &store->slab;
  gboolean was_dirty = slab->dirty;
  guint from = slab->from, count = slab->to - slab->from;

  slab->dirty = FALSE;
  slab->from = slab->to = 0;
  return !was_dirty || move_slab (store, from, count, VOXEL_VOLUME_STORE_WRITE, error);
}

static void
free_slab (Slab *slab)
{
  if (slab->data)
    voxel_brick_layer_free (slab->data, slab->capacity);
  slab->data = NULL;
  slab->capacity = 0;
}

/* An empty slab around @index of @axis. */
static gboolean
begin_slab (VoxelVolumeStore *store, guint axis, guint index, GError **error)
{
  guint64 slice = voxel_volume_store_plan_slice_bytes (store->shape, store->kernels->bits, axis);
  Slab *slab = &store->slab;

  slab->axis = axis;
  slab->count = voxel_volume_store_plan_slab (&store->plan, slice);
  slab->start = index - index % slab->count;
  slab->from = slab->to = index;
  if (slab->capacity == slab->count * slice)
    return TRUE;
  free_slab (slab);
  slab->data = voxel_brick_layer_new (slab->count * slice, TRUE);
  if (!slab->data) {
    voxel_volume_store_plan_set_no_memory (store->shape, slab->count * slice, error);
    return FALSE;
  }
  slab->capacity = slab->count * slice;
  note_peak (store);
  return TRUE;
}

static guint8 *
slab_slice (const VoxelVolumeStore *store, guint index)
{
  const Slab *slab = &store->slab;

  return slab->data + (index - slab->start) * voxel_volume_store_plan_slice_bytes (
                                                  store->shape, store->kernels->bits, slab->axis);
}

static void
copy_rows (const VoxelVolumeStore *store, guint axis, const guint8 *from, gsize from_stride, guint8 *to,
           gsize to_stride)
{
  guint rows = store->shape[(axis + 1) % 3];
  gsize size = (gsize) store->shape[(axis + 2) % 3] * store->kernels->bytes;

  for (guint row = 0; row < rows; row++)
    memcpy (to + row * to_stride, from + row * from_stride, size);
}

/* Sums of what is put must not wrap around in the byte that they are made in. */
static void
limit_voxels (const VoxelVolumeStore *store, guint axis, guint8 *slice)
{
  gsize n = (gsize) store->shape[(axis + 1) % 3] * voxel_volume_store_plan_pitch (store->shape, axis);
  guint8 largest = (guint8) ((1u << store->kernels->bits) - 1);

  for (gsize i = 0; i < n; i++)
    slice[i] = MIN (slice[i], largest);
}

/* Slices that can do without the slab: there is none, or their bricks are in memory, and no cache line is read for a
 * few voxels nor unpacked for a few bits. */
static gboolean
is_direct (const VoxelVolumeStore *store, guint axis, guint index, gsize stride)
{
  if (stride % store->kernels->bytes != 0 || store->kernels->pack)
    return FALSE;
  if (store->plan.slab_bytes == 0)
    return TRUE;
  if (axis == 0)
    return voxel_volume_store_bricks_in_memory (store->bricks, index / SIDE);
  return axis == 1 && store->plan.layers_in_memory >= bricks_along (store, 0);
}

static gboolean
check_index (const VoxelVolumeStore *store, guint axis, guint index, GError **error)
{
  if (index < store->shape[axis] && store->shape[0] > 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "slice %u of axis %c lies outside a volume of %u x %u x %u", index, "zyx"[axis],
               store -> shape[0], store -> shape[1], store -> shape[2]);
  return FALSE;
}

/**
 * voxel_volume_store_put:
 * @store: the store
 * @axis: direction of the slice: 0 z (rows y, columns x), 1 y (rows x, columns z), 2 x (rows z, columns y)
 * @index: of the slice
 * @pixels: its first row
 * @stride: bytes from row to row
 * @error: #GFileError: INVAL for an index outside, NOMEM, NOSPC and what writing may give
 *
 * Returns: whether the slice is kept
 */
gboolean
voxel_volume_store_put (VoxelVolumeStore *store, guint axis, guint index, const void *pixels, gsize stride,
                        GError **error)
{
  Slab *slab = &store->slab;

  g_return_val_if_fail (axis < 3, FALSE);

  if (axis == 0 && store->growing && index >= store->shape[0] && index < G_MAXINT) {
    /* Slices of y and x have other sizes from now on. */
    if (slab->axis != 0 && !flush_slab (store, error))
      return FALSE;
    store->shape[0] = index + 1;
    voxel_volume_store_bricks_set_depth (store->bricks, store->shape[0]);
  }
  if (!check_index (store, axis, index, error))
    return FALSE;
  if (is_direct (store, axis, index, stride))
    return flush_slab (store, error) &&
           move_direct (store, axis, index, (guint8 *) pixels, stride, VOXEL_VOLUME_STORE_WRITE, error);

  if (!slab->dirty || slab->axis != axis || slab->to != index || index >= slab->start + slab->count) {
    if (!flush_slab (store, error) || !begin_slab (store, axis, index, error))
      return FALSE;
  }
  copy_rows (store, axis, pixels, stride, slab_slice (store, index),
             (gsize) voxel_volume_store_plan_pitch (store->shape, axis) * store->kernels->bytes);
  if (store->kernels->pack)
    limit_voxels (store, axis, slab_slice (store, index));
  slab->dirty = TRUE;
  slab->to = index + 1;
  return slab->to < slab->start + slab->count || flush_slab (store, error);
}

/**
 * voxel_volume_store_get:
 * @store: the store
 * @axis: direction of the slice, as in voxel_volume_store_put()
 * @index: of the slice
 * @pixels: (out): room for its first row
 * @stride: bytes from row to row
 * @error: #GFileError: INVAL for an index outside, NOMEM and what reading may give
 *
 * Returns: whether @pixels holds the slice
 */
gboolean
voxel_volume_store_get (VoxelVolumeStore *store, guint axis, guint index, void *pixels, gsize stride,
                        GError **error)
{
  gsize pitch = voxel_volume_store_plan_pitch (store->shape, axis);
  Slab *slab = &store->slab;

  g_return_val_if_fail (axis < 3, FALSE);

  if (!check_index (store, axis, index, error))
    return FALSE;
  if (slab->dirty && !flush_slab (store, error))
    return FALSE;
  if (is_direct (store, axis, index, stride))
    return move_direct (store, axis, index, pixels, stride, VOXEL_VOLUME_STORE_READ, error);

  if (slab->axis != axis || index < slab->from || index >= slab->to) {
    guint to;

    if (!begin_slab (store, axis, index, error))
      return FALSE;
    to = MIN (slab->start + slab->count, store->shape[axis]);
    slab->to = slab->from = slab->start;
    if (!move_slab (store, slab->start, to - slab->start, VOXEL_VOLUME_STORE_READ, error))
      return FALSE;
    slab->to = to;
    if (to % SIDE == 0)
      voxel_volume_store_bricks_expect (store->bricks, axis, to);
  }
  copy_rows (store, axis, slab_slice (store, index), pitch * store->kernels->bytes, pixels, stride);
  return TRUE;
}

/**
 * voxel_volume_store_set_slab:
 * @store: the store
 * @bytes: memory for neighbouring slices that are put or read together; 0 to move each slice alone, which pays where
 *   they are read in any order but costs the more the fewer layers of bricks are in memory: of those in the scratch
 *   file a slice of y or x reads all that it goes through, 64 times its own size
 * @error: #GFileError: NOMEM, NOSPC and what writing may give
 *
 * Gives back what neighbouring slices took and has them take up to @bytes from now on, beside the bricks.
 *
 * Returns: whether slices put before are in their bricks
 */
gboolean
voxel_volume_store_set_slab (VoxelVolumeStore *store, guint64 bytes, GError **error)
{
  if (!flush_slab (store, error))
    return FALSE;
  free_slab (&store->slab);
  store->slab.from = store->slab.to = 0;
  store->plan.slab_bytes = bytes;
  return TRUE;
}

/**
 * voxel_volume_store_open:
 * @store: the store
 * @view: (out): where its voxels are
 * @error: #GFileError: INVAL where there is no slice, NOMEM and what writing may give
 *
 * Returns: (nullable) (transfer none): bricks with all that was put
 */
VoxelVolumeStoreBricks *
voxel_volume_store_open (VoxelVolumeStore *store, VoxelVolumeStoreBricksView *view, GError **error)
{
  gboolean opened;

  if (store->shape[0] == 0) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "a volume without slices cannot be read");
    return NULL;
  }
  opened = flush_slab (store, error) && voxel_volume_store_bricks_open (store->bricks, view, error);
  note_peak (store);
  return opened ? store->bricks : NULL;
}

/**
 * voxel_volume_store_get_depth:
 * @store: the store
 *
 * Returns: z slices: as given, or one more than the highest index put
 */
guint
voxel_volume_store_get_depth (const VoxelVolumeStore *store)
{
  return store->shape[0];
}

/**
 * voxel_volume_store_get_memory:
 * @store: the store
 *
 * Returns: bytes that it has allocated
 */
guint64
voxel_volume_store_get_memory (const VoxelVolumeStore *store)
{
  return store->slab.capacity + voxel_volume_store_bricks_get_memory (store->bricks);
}

/**
 * voxel_volume_store_get_peak_memory:
 * @store: the store
 *
 * Returns: the most bytes that it ever had allocated
 */
guint64
voxel_volume_store_get_peak_memory (const VoxelVolumeStore *store)
{
  return store->peak;
}

/**
 * voxel_volume_store_get_scratch_size:
 * @store: the store
 *
 * Returns: length of its scratch file in bytes, 0 where it has none
 */
guint64
voxel_volume_store_get_scratch_size (const VoxelVolumeStore *store)
{
  return voxel_volume_store_bricks_get_scratch_size (store->bricks);
}

/**
 * voxel_volume_store_free:
 * @store: the store; its scratch file goes with it
 */
void
voxel_volume_store_free (VoxelVolumeStore *store)
{
  g_clear_pointer (&store->bricks, voxel_volume_store_bricks_free);
  free_slab (&store->slab);
  g_free (store);
}
