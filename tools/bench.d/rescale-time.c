/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* rescale-time LOCATION SCALE linear|cubic BITS THREADS FILE: takes turns (see turns.c) with a volume that is resampled
 * to SCALE times as many voxels along each axis: the stack in LOCATION as 16 bits or its upper 8. FILE gets the voxels
 * that come out. Result: how many those are along z, y and x, with commas between. */

#include "elements/volume/slice-list.h"
#include "elements/volume/volume-rescale.h"
#include "turns.h"

typedef struct {
  guint in[3], out[3];
  gsize bytes; /* of a voxel */
  guint8 *voxels;
  guint8 *scaled;
  VoxelVolumeRescale *rescale;
  VoxelVolumeRescaleSlice *slices;
} Rescaling;

static gboolean
read_stack (Rescaling *r, const gchar *location, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, 1, error);
  const VoxelTiffPage *form;
  gsize n;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  r->in[0] = voxel_slice_list_get_length (list);
  r->in[1] = form->height;
  r->in[2] = form->width;
  n = (gsize) form->height * form->width;
  r->voxels = g_malloc (r->in[0] * n * 2);
  for (guint z = 0; z < r->in[0]; z++)
    if (!voxel_slice_list_decode (list, z, &(VoxelTiffRegion){0, 0, form->width, form->height},
                                  r->voxels + z * n * 2, form->width * 2, error))
      return FALSE;
  for (gsize i = 0; r->bytes == 1 && i < r->in[0] * n; i++)
    r->voxels[i] = r->voxels[2 * i + 1];
  return TRUE;
}

static gboolean
rescale (gpointer data, GError **error)
{
  Rescaling *r = data;
  gsize in_stride = r->in[2] * r->bytes, out_stride = r->out[2] * r->bytes;
  guint taps;

  for (guint z = 0; z < r->out[0]; z++) {
    gint64 first = voxel_volume_rescale_window (r->rescale, z, &taps);

    for (guint k = 0; k < taps; k++) {
      gsize from = (gsize) CLAMP (first + k, 0, (gint64) r->in[0] - 1);

      r->slices[k] = (VoxelVolumeRescaleSlice){r->voxels + from * r->in[1] * in_stride, in_stride};
    }
    voxel_volume_rescale_slice (r->rescale, z, r->slices, r->scaled + z * (gsize) r->out[1] * out_stride,
                                out_stride);
  }
  return TRUE;
}

static gboolean
prepare (Rescaling *r, gchar **arguments, GError **error)
{
  gdouble ratio = 1. / g_ascii_strtod (arguments[1], NULL);
  VoxelVolumeRescaleForm form = {.ratio = {ratio, ratio, ratio}, .antialias = TRUE};
  gsize size = 1;
  guint taps;

  form.method = g_str_equal (arguments[2], "cubic") ? VOXEL_RESCALE_CUBIC : VOXEL_RESCALE_LINEAR;
  form.pixel_size = g_str_equal (arguments[3], "8") ? 1 : 2;
  r->bytes = form.pixel_size;
  if (!read_stack (r, arguments[0], error))
    return FALSE;
  for (guint i = 0; i < 3; i++)
    size *= r->out[i] = voxel_rescale_side (r->in[i], ratio);
  for (guint i = 0; i < 2; i++) {
    form.in[i] = r->in[1 + i];
    form.out[i] = r->out[1 + i];
  }
  r->scaled = g_malloc (size * r->bytes);
  r->rescale = voxel_volume_rescale_new (&form, (guint) g_ascii_strtoull (arguments[4], NULL, 10));
  voxel_volume_rescale_window (r->rescale, 0, &taps);
  r->slices = g_new (VoxelVolumeRescaleSlice, taps);
  rescale (r, NULL);
  return g_file_set_contents (arguments[5], (const gchar *) r->scaled, (gssize) (size * r->bytes), error);
}

int
main (int argc, char **argv)
{
  Rescaling r = {0};
  g_autoptr (GError) error = NULL;
  g_autofree gchar *result = NULL;

  if (argc != 7) {
    g_printerr ("rescale-time LOCATION SCALE linear|cubic BITS THREADS FILE\n");
    return 2;
  }
  if (prepare (&r, argv + 1, &error)) {
    result = g_strdup_printf ("%u,%u,%u", r.out[0], r.out[1], r.out[2]);
    voxel_turns_serve (result, rescale, &r, &error);
    voxel_volume_rescale_free (r.rescale);
  }
  g_free (r.voxels);
  g_free (r.scaled);
  g_free (r.slices);
  if (!error)
    return 0;
  g_printerr ("rescale-time: %s\n", error->message);
  return 1;
}
