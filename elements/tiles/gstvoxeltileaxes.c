/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxeltileaxes.h"

#define MIN_SIDE 32

static gboolean
is_too_small (const GstVoxelTileSettings *settings, guint width, guint height)
{
  guint side = MIN (width, height);

  return side < MIN_SIDE || (settings->edge == GST_VOXEL_TILE_EDGE_SKIP && side < settings->size);
}

/* Whether this is the first time. In random order volumes take turns. */
static gboolean
note_left_out (GstVoxelTileAxes *self, const GstVoxelVolume *volume, GstVoxelAxis axis)
{
  gpointer serial = GSIZE_TO_POINTER (volume->serial);
  guint told;

  if (!self->told)
    self->told = g_hash_table_new (NULL, NULL);
  told = GPOINTER_TO_UINT (g_hash_table_lookup (self->told, serial));
  g_hash_table_insert (self->told, serial, GUINT_TO_POINTER (told | 1u << axis));
  return !(told >> axis & 1);
}

static void
tell_left_out (GstVoxelTileAxes *self, GstElement *element, const GstVoxelTileSettings *settings,
               GstVoxelVolume *volume, GstVoxelAxis axis, guint width, guint height)
{
  if (!note_left_out (self, volume, axis))
    return;
  if (MIN (width, height) < MIN_SIDE)
    GST_ELEMENT_WARNING (
        element, STREAM, FORMAT,
        ("Axis %c of volume \"%s\" is left out: its slices are %ux%u pixels, a side needs %d.",
         gst_voxel_axis_to_letter (axis), volume->id, width, height, MIN_SIDE),
        (NULL));
  else
    GST_ELEMENT_WARNING (element, STREAM, FORMAT,
                         ("Axis %c of volume \"%s\" is left out: its slices are %ux%u pixels, tiles have %u.",
                          gst_voxel_axis_to_letter (axis), volume->id, width, height, settings->size),
                         ("edge=reflect would take them, so would a smaller size."));
}

/* In random order every slice may be of another axis: the record stays the same as long as it says the same. */
static void
keep_record (GstVoxelTileAxes *self, const GstVoxelSliceMeta *slice, guint left_out)
{
  GstVoxelVolume *volume = slice->volume;

  self->axis = slice->axis;
  if (self->volume == volume && self->record->axes == (volume->axes & ~left_out))
    return;
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  if (volume->axes & left_out) {
    self->record = gst_voxel_volume_copy (volume);
    self->record->axes &= ~left_out;
  } else {
    self->record = gst_voxel_volume_ref (volume);
  }
  gst_voxel_volume_ref (volume);
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  self->volume = volume;
}

/* Which axes go on depends on the shape alone, so all are decided at the first slice: whoever waits for the
 * promised axes never waits for one that is left out. */
static gboolean
decide (GstVoxelTileAxes *self, GstElement *element, const GstVoxelTileSettings *settings,
        const GstVoxelSliceMeta *slice, guint width, guint height)
{
  GstVoxelVolume *volume = slice->volume;
  guint promised = volume->axes | (1u << slice->axis), left_out = 0;

  if (self->volume == volume && self->axis == slice->axis)
    return TRUE;
  for (guint axis = 0; axis <= GST_VOXEL_AXIS_OBLIQUE; axis++) {
    guint count, w, h;

    gst_voxel_volume_get_plane (volume, (GstVoxelAxis) axis, &count, &h, &w);
    if (axis == (guint) slice->axis) {
      w = width;
      h = height;
    }
    if (!(promised & (1u << axis)) || w == 0 || h == 0 || !is_too_small (settings, w, h))
      continue;
    left_out |= 1u << axis;
    tell_left_out (self, element, settings, volume, (GstVoxelAxis) axis, w, h);
  }
  if (left_out == promised) {
    GST_ELEMENT_ERROR (
        element, STREAM, FORMAT,
        ("Volume \"%s\" is too small for tiles of %u pixels: no axis is left.", volume->id, settings->size),
        ("Slices are %ux%u pixels; a side needs %d at least, with edge=skip the tile's size.", width, height,
         MIN_SIDE));
    return FALSE;
  }
  keep_record (self, slice, left_out);
  return TRUE;
}

/**
 * gst_voxel_tile_axes_judge:
 * @self: what came before
 * @element: who speaks of what is left out
 * @settings: size of tiles, and what to do at edges
 * @slice: of a picture
 * @width: of that picture
 * @height: of that picture
 *
 * Returns: whether it is cut into tiles, left out as a warning has said, or refused by an error that was posted
 */
GstVoxelTileAxesVerdict
gst_voxel_tile_axes_judge (GstVoxelTileAxes *self, GstElement *element, const GstVoxelTileSettings *settings,
                           const GstVoxelSliceMeta *slice, guint width, guint height)
{
  if (!decide (self, element, settings, slice, width, height))
    return GST_VOXEL_TILE_AXES_ERROR;
  if (!is_too_small (settings, width, height))
    return GST_VOXEL_TILE_AXES_TAKE;
  if (!(self->record->axes & (1u << slice->axis)))
    return GST_VOXEL_TILE_AXES_LEAVE_OUT;
  GST_ELEMENT_ERROR (
      element, STREAM, FORMAT,
      ("Slice %u of axis %c of volume \"%s\" is %ux%u pixels, which is too small and not what the "
       "slices before were.",
       slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id, width, height),
      (NULL));
  return GST_VOXEL_TILE_AXES_ERROR;
}

/**
 * gst_voxel_tile_axes_clear:
 * @self: to be forgotten
 */
void
gst_voxel_tile_axes_clear (GstVoxelTileAxes *self)
{
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  g_clear_pointer (&self->record, gst_voxel_volume_unref);
  g_clear_pointer (&self->told, g_hash_table_unref);
}
