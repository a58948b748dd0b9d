/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* plane-time LOCATION SIZE COUNT linear|nearest BITS MEMORY_LIMIT THREADS FILE: takes turns (see turns.c) with planes
 * of a volume in the brick store. COUNT pictures of SIZE squared in random directions, of the stack in LOCATION as 16
 * bits or its upper 8. FILE gets their planes, nine doubles each, and then their pixels. Result: bytes of the
 * scratch file. */

#include <stdio.h>

#include "elements/volume/slice-list.h"
#include "elements/volume/volume-plane.h"
#include "elements/volume/volume-store-sample.h"
#include "turns.h"

typedef struct {
  guint shape[3];
  guint size;
  guint count;
  guint bits;
  VoxelVolumeStoreSampling sampling;
  VoxelVolumeStore *store;
  gdouble (*planes)[3][3];
  guint8 *pixels;
} Planes;

static gsize
picture_bytes (const Planes *p)
{
  return (gsize) p->size * p->size * (p->bits / 8);
}

static gboolean
put_slice (Planes *p, guint z, guint16 *pixels, GError **error)
{
  gsize n = (gsize) p->shape[1] * p->shape[2];
  guint8 *bytes = (guint8 *) pixels;

  for (gsize i = 0; i < n && p->bits == 8; i++)
    bytes[i] = bytes[2 * i + 1];
  return voxel_volume_store_put (p->store, 0, z, pixels, (gsize) p->shape[2] * (p->bits / 8), error);
}

static gboolean
fill (Planes *p, const gchar *location, guint64 memory_limit, GError **error)
{
  g_autoptr (VoxelSliceList) list = voxel_slice_list_new (location, 1, error);
  g_autofree guint16 *pixels = NULL;
  const VoxelTiffPage *form;

  if (!list)
    return FALSE;
  form = voxel_slice_list_get_form (list);
  p->shape[0] = voxel_slice_list_get_length (list);
  p->shape[1] = form->height;
  p->shape[2] = form->width;
  p->store = voxel_volume_store_new (p->shape, p->bits, VOXEL_VOLUME_STORE_REPLACE, memory_limit,
                                     g_get_tmp_dir (), error);
  pixels = g_new (guint16, (gsize) form->width * form->height);
  for (guint z = 0; p->store && z < p->shape[0]; z++) {
    if (!voxel_slice_list_decode (list, z, &(VoxelTiffRegion){0, 0, form->width, form->height},
                                  (guint8 *) pixels, form->width * 2, error) ||
        !put_slice (p, z, pixels, error))
      return FALSE;
  }
  return p->store != NULL;
}

static gboolean
sample (gpointer data, GError **error)
{
  Planes *p = data;

  for (guint i = 0; i < p->count; i++) {
    if (!voxel_volume_store_sample (p->store, p->planes[i], p->size, p->size, p->sampling,
                                    p->pixels + i * picture_bytes (p), (gsize) p->size * (p->bits / 8),
                                    error))
      return FALSE;
  }
  return TRUE;
}

static void
draw (Planes *p)
{
  VoxelRandom random;

  voxel_random_init (&random, 1, voxel_random_stream ("plane-time"), 0);
  p->planes = g_malloc (p->count * sizeof *p->planes);
  p->pixels = g_malloc (p->count * picture_bytes (p));
  for (guint i = 0; i < p->count; i++)
    voxel_volume_plane_draw (&random, p->shape, p->size, p->size, p->planes[i]);
}

static gboolean
write_file (const Planes *p, const gchar *path, GError **error)
{
  g_autoptr (GString) all = g_string_new_len ((gchar *) p->planes, (gssize) (p->count * sizeof *p->planes));

  g_string_append_len (all, (gchar *) p->pixels, (gssize) (p->count * picture_bytes (p)));
  return g_file_set_contents (path, all->str, (gssize) all->len, error);
}

static void
clear (Planes *p)
{
  g_clear_pointer (&p->store, voxel_volume_store_free);
  g_free (p->planes);
  g_free (p->pixels);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Planes, clear)

int
main (int argc, char **argv)
{
  g_auto (Planes) p = {{0}};
  g_autofree gchar *result = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 9) {
    g_printerr ("plane-time LOCATION SIZE COUNT linear|nearest BITS MEMORY_LIMIT THREADS FILE\n");
    return 2;
  }
  p.size = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  p.count = (guint) g_ascii_strtoull (argv[3], NULL, 10);
  p.sampling = g_str_equal (argv[4], "linear") ? VOXEL_VOLUME_STORE_LINEAR : VOXEL_VOLUME_STORE_NEAREST;
  p.bits = (guint) g_ascii_strtoull (argv[5], NULL, 10);
  voxel_turns_keep_to ((guint) g_ascii_strtoull (argv[7], NULL, 10));
  if (fill (&p, argv[1], g_ascii_strtoull (argv[6], NULL, 10), &error)) {
    draw (&p);
    result = g_strdup_printf ("%" G_GUINT64_FORMAT, voxel_volume_store_get_scratch_size (p.store));
    if (sample (&p, &error) && write_file (&p, argv[8], &error) &&
        voxel_turns_serve (result, sample, &p, &error))
      return 0;
  }
  g_printerr ("plane-time: %s\n", error->message);
  return 1;
}
