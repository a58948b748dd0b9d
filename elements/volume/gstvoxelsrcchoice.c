/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsrcchoice.h"
#include "slice-spacing.h"

#include <stdio.h>
#include <string.h>

static gboolean
choose_slices (const GstVoxelSrcSettings *settings, const gchar *location, const VoxelSliceList *list,
               GstVoxelSrcChoice *choice, GError **error)
{
  guint length = voxel_slice_list_get_length (list);
  guint last = settings->stop_index < 0 ? length - 1 : (guint) settings->stop_index;

  if (settings->follow) {
    choice->offset = settings->start_index;
    choice->depth = settings->stop_index < 0 ? 0 : last - settings->start_index + 1;
    return TRUE;
  }
  if (settings->start_index > last || last >= length) {
    g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
                 "start-index=%u, stop-index=%d: \"%s\" has slices 0 to %u", settings->start_index,
                 settings->stop_index, location, length - 1);
    return FALSE;
  }
  choice->offset = settings->start_index;
  choice->depth = last - settings->start_index + 1;
  return TRUE;
}

static gboolean
choose_region (const GstVoxelSrcSettings *settings, const gchar *location, const VoxelTiffPage *form,
               GstVoxelSrcChoice *choice, GError **error)
{
  VoxelTiffRegion *region = &choice->region;
  gchar end;

  *region = (VoxelTiffRegion){0, 0, form->width, form->height};
  if (!settings->crop || !*settings->crop)
    return TRUE;
  if (sscanf (settings->crop, "%u ,%u ,%u ,%u %c", &region->x, &region->y, &region->width, &region->height,
              &end) == 4 &&
      region->width > 0 && region->height > 0 && region->x < form->width && region->y < form->height &&
      region->width <= form->width - region->x && region->height <= form->height - region->y)
    return TRUE;
  g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
               "crop=\"%s\": expected x,y,width,height within slices of %u x %u pixels (\"%s\")",
               settings->crop, form->width, form->height, location);
  return FALSE;
}

static gboolean
choose_spacing (const GstVoxelSrcSettings *settings, const VoxelTiffPage *form, GstVoxelSrcChoice *choice,
                GError **error)
{
  memcpy (choice->spacing, form->spacing, sizeof choice->spacing);
  if (!settings->spacing || !*settings->spacing ||
      voxel_slice_spacing_parse (settings->spacing, choice->spacing))
    return TRUE;
  g_set_error (error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
               "spacing=\"%s\": expected z,y,x in micrometres, such as 50,50,50 (0 = unknown)",
               settings->spacing);
  return FALSE;
}

static gboolean
choose_format (const GstVoxelSrcSettings *settings, const VoxelTiffPage *form, GstVoxelSrcChoice *choice,
               GError **error)
{
  GstVideoFormat format;

  choice->mask = settings->content == GST_VOXEL_SRC_CONTENT_MASK ||
                 (settings->content == GST_VOXEL_SRC_CONTENT_AUTO && form->bits == 1);
  format = form->bits <= 8 || choice->mask ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_GRAY16_LE;
  if (!gst_video_info_set_format (&choice->info, format, choice->region.width, choice->region.height)) {
    g_set_error (
        error, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS,
        "Slices of %u x %u pixels are larger than a video frame may be (32767): read parts with crop",
        choice->region.width, choice->region.height);
    return FALSE;
  }
  choice->info.fps_n = settings->framerate_n;
  choice->info.fps_d = settings->framerate_d;
  return TRUE;
}

/**
 * gst_voxel_src_choose:
 * @settings: what is wanted
 * @location: name of @list, for errors
 * @list: what there is; one slice of many where they are followed
 * @choice: (out): what it comes to
 * @error: GST_LIBRARY_ERROR_SETTINGS
 *
 * Returns: whether @settings go with @list
 */
gboolean
gst_voxel_src_choose (const GstVoxelSrcSettings *settings, const gchar *location, const VoxelSliceList *list,
                      GstVoxelSrcChoice *choice, GError **error)
{
  const VoxelTiffPage *form = voxel_slice_list_get_form (list);

  return choose_slices (settings, location, list, choice, error) &&
         choose_region (settings, location, form, choice, error) &&
         choose_spacing (settings, form, choice, error) && choose_format (settings, form, choice, error);
}

/**
 * gst_voxel_src_choice_make_volume:
 * @choice: part of @list
 * @id: name of the volume
 * @list: a list
 * @names: (transfer full) (nullable): of the slices, @choice->depth of them
 *
 * Returns: (transfer full): a record with a new serial
 */
GstVoxelVolume *
gst_voxel_src_choice_make_volume (const GstVoxelSrcChoice *choice, const gchar *id,
                                  const VoxelSliceList *list, gchar **names)
{
  const VoxelTiffPage *form = voxel_slice_list_get_form (list);
  GstVoxelVolume *volume =
      gst_voxel_volume_new (id, choice->depth, choice->region.height, choice->region.width, form->bits);

  volume->origin[GST_VOXEL_AXIS_Z] = choice->offset;
  volume->origin[GST_VOXEL_AXIS_Y] = choice->region.y;
  volume->origin[GST_VOXEL_AXIS_X] = choice->region.x;
  memcpy (volume->spacing, choice->spacing, sizeof volume->spacing);
  volume->names = names;
  return volume;
}
