/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/slice-devices.h"

#include <math.h>

#include "elements/network/preprocess.h"
#include "elements/tiles/reflect.h"

G_STATIC_ASSERT ((guint) VOXEL_CUDA_MERGE_MEAN == VOXEL_VIEW_MERGE_MEAN);
G_STATIC_ASSERT ((guint) VOXEL_CUDA_MERGE_MAX == VOXEL_VIEW_MERGE_MAX);
G_STATIC_ASSERT ((guint) VOXEL_CUDA_MERGE_UNION == VOXEL_VIEW_MERGE_UNION);
G_STATIC_ASSERT (sizeof (VoxelPreprocessMap) == sizeof (VoxelCudaPixels));
G_STATIC_ASSERT (G_STRUCT_OFFSET (VoxelPreprocessMap, slope) == G_STRUCT_OFFSET (VoxelCudaPixels, slope));

/* By the formulas of VoxelDihedral. */
static const guint8 turns[VOXEL_N_DIHEDRALS] = {
    [VOXEL_DIHEDRAL_R0] = 0,
    [VOXEL_DIHEDRAL_R90] = VOXEL_CUDA_TURN_SWAP | VOXEL_CUDA_TURN_COLUMNS,
    [VOXEL_DIHEDRAL_R180] = VOXEL_CUDA_TURN_COLUMNS | VOXEL_CUDA_TURN_ROWS,
    [VOXEL_DIHEDRAL_R270] = VOXEL_CUDA_TURN_SWAP | VOXEL_CUDA_TURN_ROWS,
    [VOXEL_DIHEDRAL_FH] = VOXEL_CUDA_TURN_COLUMNS,
    [VOXEL_DIHEDRAL_FV] = VOXEL_CUDA_TURN_ROWS,
    [VOXEL_DIHEDRAL_T] = VOXEL_CUDA_TURN_SWAP,
    [VOXEL_DIHEDRAL_AT] = VOXEL_CUDA_TURN_SWAP | VOXEL_CUDA_TURN_COLUMNS | VOXEL_CUDA_TURN_ROWS,
};

/**
 * voxel_slice_turn:
 * @view: a symmetry
 *
 * Returns: #VoxelCudaTurn of it
 */
guint8
voxel_slice_turn (VoxelDihedral view)
{
  return turns[view];
}

/**
 * VoxelSliceDevices:
 *
 * Devices that take turns at slices. One caller at a time.
 */
struct _VoxelSliceDevices {
  VoxelModel *model;
  VoxelCudaSlice slice;
  guint *xs, *ys;
  guint skip_below;
  GPtrArray *slices; /* of VoxelCudaSlices, one a device */
  guint64 started;
  guint64 done;
  VoxelPreprocessMap *maps; /* by tile and plane */
  gboolean *empty;          /* by tile */
  guint8 *padded;           /* room for a tile */
};

static guint16 *
make_weights (VoxelTileBlendMode blend, guint size)
{
  guint16 *weights = g_new (guint16, size);

  for (guint i = 0; i < size; i++)
    weights[i] = 1;
  if (blend == VOXEL_TILE_BLEND_GAUSSIAN)
    voxel_tile_blend_gaussian (weights, size);
  return weights;
}

static gboolean
add_devices (VoxelSliceDevices *self, const VoxelSliceWish *wish, GError **error)
{
  const VoxelInference *inference = &voxel_model_get_record (self->model)->inference;
  g_autofree guint16 *across = make_weights (wish->blend, self->slice.tile_width);
  g_autofree guint16 *down = make_weights (wish->blend, self->slice.tile_height);
  gboolean several = wish->n_views > 1;
  guint8 views[VOXEL_N_DIHEDRALS];
  VoxelCudaSlicesForm form = {
      .precision = wish->precision,
      .batch = wish->batch,
      .memory_limit = wish->memory_limit,
      .slice = self->slice,
      .xs = self->xs,
      .ys = self->ys,
      .across = across,
      .down = down,
      .turns = views,
      .n_views = wish->n_views,
      .channel = inference->output_channel,
      .merge = several ? (VoxelCudaSliceMerge) wish->merge : VOXEL_CUDA_MERGE_MEAN,
      .least = wish->least,
      .values = several ? wish->values : NULL,
      .codes = several ? wish->codes : NULL,
      .mask = wish->blend == VOXEL_TILE_BLEND_OR,
      .threshold = wish->threshold,
      .results = wish->results,
  };

  for (guint i = 0; i < wish->n_views; i++)
    views[i] = voxel_slice_turn (wish->views[i]);
  for (guint i = 0; i < wish->devices->len; i++) {
    VoxelCudaSlices *slices;

    form.device = g_array_index (wish->devices, guint, i);
    slices = voxel_cuda_slices_new (self->model, &form, error);
    if (!slices)
      return FALSE;
    g_ptr_array_add (self->slices, slices);
  }
  return TRUE;
}

/**
 * voxel_slice_devices_new:
 * @model: (transfer none): what is run, its preprocessing checked
 * @wish: what is to be done
 * @error: %VOXEL_MODEL_ERROR_UNSUPPORTED
 *
 * Returns: (transfer full) (nullable): devices ready for slices of the wish's size
 */
VoxelSliceDevices *
voxel_slice_devices_new (VoxelModel *model, const VoxelSliceWish *wish, GError **error)
{
  g_autoptr (VoxelSliceDevices) self = g_new0 (VoxelSliceDevices, 1);
  const VoxelTileGrid *grid = wish->grid;
  guint tiles = grid->columns * grid->rows;

  self->model = voxel_model_ref (model);
  self->slice = (VoxelCudaSlice){
      .width = wish->width,
      .height = wish->height,
      .bytes = wish->bytes,
      .planes = voxel_preprocess_planes (&voxel_model_get_record (model)->preprocess,
                                         voxel_model_get_in_channels (model)),
      .columns = grid->columns,
      .rows = grid->rows,
      .tile_width = grid->tile_width,
      .tile_height = grid->tile_height,
  };
  self->xs = g_memdup2 (grid->xs, grid->columns * sizeof *grid->xs);
  self->ys = g_memdup2 (grid->ys, grid->rows * sizeof *grid->ys);
  self->skip_below = wish->skip_below;
  self->maps = g_new0 (VoxelPreprocessMap, (gsize) tiles * self->slice.planes);
  self->empty = g_new0 (gboolean, tiles);
  self->padded = g_malloc ((gsize) grid->tile_width * grid->tile_height * wish->bytes);
  self->slices = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_cuda_slices_free);
  if (!add_devices (self, wish, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * voxel_slice_devices_free:
 * @devices: (transfer full): devices; what is under way is waited for
 */
void
voxel_slice_devices_free (VoxelSliceDevices *devices)
{
  g_clear_pointer (&devices->slices, g_ptr_array_unref);
  voxel_model_unref (devices->model);
  g_free (devices->xs);
  g_free (devices->ys);
  g_free (devices->maps);
  g_free (devices->empty);
  g_free (devices->padded);
  g_free (devices);
}

static VoxelCudaSlices *
slices_of (const VoxelSliceDevices *devices, guint64 number)
{
  return g_ptr_array_index (devices->slices, number % devices->slices->len);
}

/**
 * voxel_slice_devices_is_full:
 * @devices: devices
 *
 * Returns: whether a slice must be waited for before the next one is started
 */
gboolean
voxel_slice_devices_is_full (const VoxelSliceDevices *devices)
{
  return voxel_cuda_slices_get_under_way (slices_of (devices, devices->started)) == VOXEL_CUDA_SLICES_AHEAD;
}

/* A tile that reaches beyond the slice is looked at with what is reflected, as the network sees it. */
static void
look_at_plane (VoxelSliceDevices *devices, const VoxelTilePlane *plane, guint x, guint y,
               VoxelPreprocessMap *map)
{
  const VoxelCudaSlice *slice = &devices->slice;
  const VoxelPreprocess *preprocess = &voxel_model_get_record (devices->model)->preprocess;
  guint width = MIN (slice->tile_width, slice->width - x),
        height = MIN (slice->tile_height, slice->height - y);
  const guint8 *pixels = (const guint8 *) plane->pixels + y * plane->stride + (gsize) x * slice->bytes;
  gsize stride = plane->stride;

  if (voxel_preprocess_measures (preprocess, plane->mean) &&
      (width < slice->tile_width || height < slice->tile_height)) {
    stride = (gsize) slice->tile_width * slice->bytes;
    voxel_reflect_pad (pixels, plane->stride, width, height, slice->bytes, devices->padded, stride,
                       slice->tile_width, slice->tile_height);
    pixels = devices->padded;
  }
  voxel_preprocess_look (preprocess, pixels, slice->bytes, slice->tile_width, slice->tile_height, stride,
                         plane->mean, plane->stddev, map);
}

/* Who cuts a slice into tiles has it all; of a single tile what it shows counts, as for voxelinfer. */
static void
measure (const VoxelSliceDevices *devices, VoxelTilePlane *plane)
{
  const VoxelCudaSlice *slice = &devices->slice;

  if (isnan (plane->mean) && slice->columns * slice->rows > 1 &&
      voxel_preprocess_wants_statistics (&voxel_model_get_record (devices->model)->preprocess))
    voxel_preprocess_statistics (plane->pixels, slice->bytes, slice->width, slice->height, plane->stride,
                                 &plane->mean, &plane->stddev);
}

static gboolean
is_empty (const VoxelSliceDevices *devices, const VoxelTilePlane *plane, guint x, guint y)
{
  const VoxelCudaSlice *slice = &devices->slice;

  return devices->skip_below > 0 &&
         voxel_preprocess_is_below (
             (const guint8 *) plane->pixels + y * plane->stride + (gsize) x * slice->bytes, slice->bytes,
             MIN (slice->tile_width, slice->width - x), MIN (slice->tile_height, slice->height - y),
             plane->stride, devices->skip_below);
}

/**
 * voxel_slice_devices_start:
 * @devices: devices that are not full
 * @planes: (array): as many slices as the network sees, the one that is scored in the middle; read before this returns
 * @keys: (array): what tells them from others
 * @error: what a device says
 *
 * Returns: whether a device has it
 */
gboolean
voxel_slice_devices_start (VoxelSliceDevices *devices, const VoxelTilePlane *planes,
                           const VoxelCudaSliceKey *keys, GError **error)
{
  const VoxelCudaSlice *slice = &devices->slice;
  g_autofree VoxelCudaPlane *sent = g_new (VoxelCudaPlane, slice->planes);
  g_autofree VoxelTilePlane *known = g_memdup2 (planes, slice->planes * sizeof *planes);
  const VoxelCudaSlicesInput input = {sent, (const VoxelCudaPixels *) devices->maps, devices->empty};

  for (guint i = 0; i < slice->planes; i++) {
    sent[i] = (VoxelCudaPlane){planes[i].pixels, planes[i].stride, keys[i]};
    measure (devices, &known[i]);
  }
  for (guint t = 0; t < slice->columns * slice->rows; t++) {
    guint x = devices->xs[t % slice->columns], y = devices->ys[t / slice->columns];

    devices->empty[t] = is_empty (devices, &planes[slice->planes / 2], x, y);
    for (guint i = 0; i < slice->planes && !devices->empty[t]; i++)
      look_at_plane (devices, &known[i], x, y, &devices->maps[t * slice->planes + i]);
  }
  if (!voxel_cuda_slices_start (slices_of (devices, devices->started), &input, error))
    return FALSE;
  devices->started++;
  return TRUE;
}

/**
 * voxel_slice_devices_wait:
 * @devices: devices that a slice is under way on
 * @out: what comes of the one that was started first: bytes of a mask, or words of 16 bits
 * @stride: bytes from row to row
 * @error: what the network could not do
 *
 * Returns: whether @out was written
 */
gboolean
voxel_slice_devices_wait (VoxelSliceDevices *devices, gpointer out, gsize stride, GError **error)
{
  return voxel_cuda_slices_wait (slices_of (devices, devices->done++), out, stride, error);
}

/**
 * voxel_slice_devices_get_seconds:
 * @devices: devices
 *
 * Returns: how long a device computed, in the mean of them
 */
gdouble
voxel_slice_devices_get_seconds (const VoxelSliceDevices *devices)
{
  gdouble seconds = 0.;

  for (guint i = 0; i < devices->slices->len; i++)
    seconds += voxel_cuda_slices_get_seconds (g_ptr_array_index (devices->slices, i));
  return seconds / devices->slices->len;
}

/**
 * voxel_slice_devices_forget:
 * @devices: devices
 *
 * Waits for what is under way; nobody wants to know what came of it.
 */
void
voxel_slice_devices_forget (VoxelSliceDevices *devices)
{
  for (guint i = 0; i < devices->slices->len; i++)
    voxel_cuda_slices_forget (g_ptr_array_index (devices->slices, i));
  devices->done = devices->started;
}
