/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "volume-store.h"
#include "brick-layer.h"
#include "brick-scratch.h"
#include "volume-store-plan.h"

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
  gchar *directory;
  GPtrArray *layers;
  VoxelBrickScratch *scratch;
  guint8 *brick;
  Slab slab;
  guint64 memory;
  guint64 peak;
};

typedef enum { READ, WRITE } Direction;

static guint
bricks_along (const VoxelVolumeStore *store, guint axis)
{
  return (store->shape[axis] + SIDE - 1) / SIDE;
}

static gboolean
account (VoxelVolumeStore *store, const void *data, guint64 size, GError **error)
{
  g_autofree gchar *text = NULL;

  if (data) {
    store->memory += size;
    store->peak = MAX (store->peak, store->memory);
    return TRUE;
  }
  text = g_format_size (size);
  g_set_error (
      error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
      "no memory for %s of a volume of %u x %u x %u voxels: lower memory-limit, the rest then goes to the "
      "scratch file",
      text, store->shape[0], store->shape[1], store->shape[2]);
  return FALSE;
}

static guint8 *
allocate (VoxelVolumeStore *store, guint64 size, GError **error)
{
  guint8 *data = size <= G_MAXSIZE ? g_try_malloc0 ((gsize) size) : NULL;

  account (store, data, size, error);
  return data;
}

static void
release (VoxelVolumeStore *store, guint8 **data, guint64 size)
{
  if (!*data)
    return;
  g_clear_pointer (data, g_free);
  store->memory -= size;
}

/**
 * voxel_volume_store_new:
 * @shape: voxels along z, y, x; shape[0] may be 0: the volume then grows with the z slices put
 * @voxel_bytes: 1, 2 or 4
 * @mode: what putting a slice does
 * @memory_limit: bytes that bricks and slices in memory may take together; never less than one brick and one
 *   slice is taken
 * @scratch: directory for what does not fit
 * @error: #GFileError: INVAL for a shape that cannot be, NOMEM, NOSPC, or why the file cannot be made
 *
 * A volume that starts as zeros, kept in bricks of 64 x 64 x 64 voxels, so that slices of any axis are read
 * with about equal effort. Slices of an axis are meant to be put and read in rising order. Not to be used
 * from two threads at once.
 *
 * Returns: (nullable) (transfer full): the store
 */
VoxelVolumeStore *
voxel_volume_store_new (const guint shape[3], guint voxel_bytes, VoxelVolumeStoreMode mode,
                        guint64 memory_limit, const gchar *scratch, GError **error)
{
  const VoxelBrickKernels *kernels = voxel_brick_kernels_find (voxel_bytes);
  g_autoptr (VoxelVolumeStore) store = NULL;

  g_return_val_if_fail (kernels != NULL, NULL);

  if (shape[1] == 0 || shape[2] == 0 ||
      voxel_volume_store_plan_layer_bytes (shape, voxel_bytes) >
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
  store->directory = g_strdup (scratch);
  store->layers = g_ptr_array_new ();
  voxel_volume_store_plan (shape, voxel_bytes, memory_limit, &store->plan);
  if (store->plan.scratch_bytes > 0) {
    store->scratch = voxel_brick_scratch_new (scratch, store->plan.scratch_bytes, error);
    if (!store->scratch)
      return NULL;
  }
  return g_steal_pointer (&store);
}

static gboolean
in_memory (const VoxelVolumeStore *store, guint layer)
{
  return layer < store->plan.layers_in_memory;
}

static guint64
brick_bytes (const VoxelVolumeStore *store)
{
  return (guint64) VOXEL_BRICK_VOXELS * store->kernels->bytes;
}

static guint8 *
layer_in_memory (VoxelVolumeStore *store, guint layer, GError **error)
{
  guint64 size = voxel_volume_store_plan_layer_bytes (store->shape, store->kernels->bytes);

  while (store->layers->len <= layer) {
    guint64 end = ((guint64) store->layers->len + 1) * SIDE;
    guint8 *data = voxel_brick_layer_new ((gsize) size, end <= (guint64) store->shape[0] + SIDE / 2);

    if (!account (store, data, size, error))
      return NULL;
    g_ptr_array_add (store->layers, data);
  }
  return g_ptr_array_index (store->layers, layer);
}

static gboolean
prepare_scratch (VoxelVolumeStore *store, GError **error)
{
  if (!store->scratch)
    store->scratch = voxel_brick_scratch_new (store->directory, 0, error);
  if (store->scratch && !store->brick)
    store->brick = allocate (store, brick_bytes (store), error);
  return store->scratch != NULL && store->brick != NULL;
}

static void
move (VoxelVolumeStore *store, guint8 *brick, const VoxelBrickSlices *slices, Direction direction)
{
  if (direction == READ)
    voxel_brick_read (store->kernels, brick, slices);
  else if (store->mode == VOXEL_VOLUME_STORE_ADD)
    voxel_brick_add (store->kernels, brick, slices);
  else
    voxel_brick_write (store->kernels, brick, slices);
}

/* One brick of the file: only the planes that the slices touch are read and written. */
static gboolean
move_scratch (VoxelVolumeStore *store, const guint at[3], const VoxelBrickSlices *slices, Direction direction,
              GError **error)
{
  guint64 plane = (guint64) VOXEL_BRICK_PLANE * store->kernels->bytes;
  guint first = slices->axis == 0 ? slices->from : 0;
  guint planes = slices->axis == 0 ? slices->count : MIN (SIDE, store->shape[0] - at[0] * SIDE);
  guint64 number, offset;
  guint8 *data;

  if (!prepare_scratch (store, error))
    return FALSE;
  number =
      ((at[0] - store->plan.layers_in_memory) * bricks_along (store, 1) + at[1]) * bricks_along (store, 2) +
      at[2];
  offset = number * brick_bytes (store) + first * plane;
  data = store->brick + first * plane;
  if ((direction == READ || store->mode == VOXEL_VOLUME_STORE_ADD || slices->axis != 0) &&
      !voxel_brick_scratch_read (store->scratch, offset, data, (gsize) (planes * plane), error))
    return FALSE;
  move (store, store->brick, slices, direction);
  return direction == READ ||
         voxel_brick_scratch_write (store->scratch, offset, data, (gsize) (planes * plane), error);
}

/* Slices @from to @from + @count - 1 of @axis, all in the same layer of bricks across that axis, between
 * @data (first slice, first row; @pitch and @slice in voxels) and the bricks. */
static gboolean
transfer (VoxelVolumeStore *store, guint axis, guint from, guint count, guint8 *data, gsize pitch,
          gsize slice, Direction direction, GError **error)
{
  guint row_axis = (axis + 1) % 3, column_axis = (axis + 2) % 3;
  guint first[3] = {0, 0, 0};
  guint last[3] = {bricks_along (store, 0), bricks_along (store, 1), bricks_along (store, 2)};
  guint at[3];

  first[axis] = from / SIDE;
  last[axis] = first[axis] + 1;
  for (at[0] = first[0]; at[0] < last[0]; at[0]++) {
    guint8 *layer = NULL;

    if (in_memory (store, at[0])) {
      layer = layer_in_memory (store, at[0], error);
      if (!layer)
        return FALSE;
    }
    for (at[1] = first[1]; at[1] < last[1]; at[1]++) {
      for (at[2] = first[2]; at[2] < last[2]; at[2]++) {
        gsize row = (gsize) at[row_axis] * SIDE, column = (gsize) at[column_axis] * SIDE;
        VoxelBrickSlices slices = {data + (row * pitch + column) * store->kernels->bytes,
                                   pitch,
                                   slice,
                                   axis,
                                   from % SIDE,
                                   count,
                                   MIN (SIDE, store->shape[row_axis] - (guint) row),
                                   MIN (SIDE, store->shape[column_axis] - (guint) column)};

        if (!layer) {
          if (!move_scratch (store, at, &slices, direction, error))
            return FALSE;
          continue;
        }
        move (store, layer + ((gsize) at[1] * bricks_along (store, 2) + at[2]) * brick_bytes (store), &slices,
              direction);
      }
    }
  }
  return TRUE;
}

static gboolean
flush_slab (VoxelVolumeStore *store, GError **error)
{
  Slab *slab = &store->slab;
  gsize pitch = voxel_volume_store_plan_pitch (store->shape, slab->axis);
  gsize slice = (gsize) voxel_volume_store_plan_slice (store->shape, slab->axis);
  gboolean was_dirty = slab->dirty;
  guint from = slab->from, count = slab->to - slab->from;

  slab->dirty = FALSE;
  slab->from = slab->to = 0;
  if (!was_dirty)
    return TRUE;
  return transfer (store, slab->axis, from, count,
                   slab->data + (from - slab->start) * slice * store->kernels->bytes, pitch, slice, WRITE,
                   error);
}

/* An empty slab around @index of @axis. */
static gboolean
begin_slab (VoxelVolumeStore *store, guint axis, guint index, GError **error)
{
  guint64 slice = voxel_volume_store_plan_slice_bytes (store->shape, store->kernels->bytes, axis);
  Slab *slab = &store->slab;

  slab->axis = axis;
  slab->count = voxel_volume_store_plan_slab (&store->plan, slice);
  if (slab->capacity != slab->count * slice) {
    release (store, &slab->data, slab->capacity);
    slab->capacity = slab->count * slice;
  }
  if (!slab->data)
    slab->data = allocate (store, slab->capacity, error);
  slab->start = index - index % slab->count;
  slab->from = slab->to = index;
  return slab->data != NULL;
}

static guint8 *
slab_slice (const VoxelVolumeStore *store, guint index)
{
  const Slab *slab = &store->slab;

  return slab->data + (index - slab->start) * voxel_volume_store_plan_slice_bytes (
                                                  store->shape, store->kernels->bytes, slab->axis);
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

/* Slices that can do without the slab: their bricks are in memory, and no cache line is read for a few
 * voxels. */
static gboolean
is_direct (const VoxelVolumeStore *store, guint axis, guint index, gsize stride)
{
  if (stride % store->kernels->bytes != 0)
    return FALSE;
  if (axis == 0)
    return in_memory (store, index / SIDE);
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
  }
  if (!check_index (store, axis, index, error))
    return FALSE;
  if (is_direct (store, axis, index, stride))
    return flush_slab (store, error) && transfer (store, axis, index, 1, (guint8 *) pixels,
                                                  stride / store->kernels->bytes, 0, WRITE, error);

  if (!slab->dirty || slab->axis != axis || slab->to != index || index >= slab->start + slab->count) {
    if (!flush_slab (store, error) || !begin_slab (store, axis, index, error))
      return FALSE;
  }
  copy_rows (store, axis, pixels, stride, slab_slice (store, index),
             (gsize) voxel_volume_store_plan_pitch (store->shape, axis) * store->kernels->bytes);
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
    return transfer (store, axis, index, 1, pixels, stride / store->kernels->bytes, 0, READ, error);

  if (slab->axis != axis || index < slab->from || index >= slab->to) {
    guint to;

    if (!begin_slab (store, axis, index, error))
      return FALSE;
    to = MIN (slab->start + slab->count, store->shape[axis]);
    slab->to = slab->from = slab->start;
    if (!transfer (store, axis, slab->start, to - slab->start, slab->data, pitch,
                   (gsize) voxel_volume_store_plan_slice (store->shape, axis), READ, error))
      return FALSE;
    slab->to = to;
  }
  copy_rows (store, axis, slab_slice (store, index), pitch * store->kernels->bytes, pixels, stride);
  return TRUE;
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
  return store->scratch ? voxel_brick_scratch_get_size (store->scratch) : 0;
}

/**
 * voxel_volume_store_free:
 * @store: the store; its scratch file goes with it
 */
void
voxel_volume_store_free (VoxelVolumeStore *store)
{
  g_clear_pointer (&store->scratch, voxel_brick_scratch_free);
  for (guint i = 0; i < store->layers->len; i++)
    voxel_brick_layer_free (
        g_ptr_array_index (store->layers, i),
        (gsize) voxel_volume_store_plan_layer_bytes (store->shape, store->kernels->bytes));
  g_ptr_array_unref (store->layers);
  g_free (store->slab.data);
  g_free (store->brick);
  g_free (store->directory);
  g_free (store);
}
