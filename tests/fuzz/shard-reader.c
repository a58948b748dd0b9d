/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shards from anybody, as voxel view reads them. */

#include "fuzz.h"

#include <glib/gstdio.h>
#include <string.h>

#include "elements/outputs/shard-reader.h"
#include "elements/outputs/shard-writer.h"

#define SIDE 5
/* The library's, and that of the reader's own. */
#define BUFFERS (4 << 20)

gboolean fuzz_accepted;

static void
write_samples (const gchar *folder, guint n, guint bits)
{
  g_autofree gchar *location = g_build_filename (folder, "%d.tar", NULL);
  g_autoptr (VoxelShardPlace) place = voxel_shard_place_new (location, "", NULL);
  g_autoptr (VoxelShardWriter) writer = voxel_shard_writer_new (place, n, G_MAXUINT64, NULL);
  const guint8 pixels[2 * SIDE * SIDE] = {0, VOXEL_LABEL_IGNORE, VOXEL_LABEL_SET};
  const VoxelShardPicture image = {{bits, SIDE, SIDE}, pixels, SIDE * bits / 8},
                          label = {{8, SIDE, SIDE}, pixels, SIDE};

  for (guint k = 0; k < n; k++) {
    g_autoptr (JsonObject) record = json_object_new ();

    json_object_set_double_member (record, "weight", .5);
    if (!voxel_shard_writer_add (writer, &image, &label, record, NULL))
      g_error ("cannot write a shard");
  }
  if (!voxel_shard_writer_finish (writer, NULL))
    g_error ("cannot finish a shard");
}

GPtrArray *
fuzz_seeds (void)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *folder = g_dir_make_tmp ("voxel-fuzz-XXXXXX", NULL);
    g_autofree gchar *path = g_build_filename (folder, "0.tar", NULL);
    gchar *contents;
    gsize size;

    write_samples (folder, 1 + i, 8 + 8 * i);
    if (!g_file_get_contents (path, &contents, &size, NULL))
      g_error ("cannot read %s", path);
    g_ptr_array_add (seeds, g_bytes_new_take (contents, size));
    g_unlink (path);
    g_rmdir (folder);
  }
  return seeds;
}

/* Touches every pixel: what lies outside of the file's bytes is found. */
static void
use (const VoxelShardSample *sample)
{
  gsize n = voxel_npy_get_size (&sample->form);
  VoxelLabelCount count;
  guint sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += sample->image[i];
  if (sample->label && !voxel_label_count (sample->label, sample->form.width, sample->form.width,
                                           sample->form.height, &count, NULL))
    g_error ("a label with other codes, of an image of sum %u", sum);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  VoxelShardReader *reader;
  const VoxelShardSample *sample;
  FuzzInput input;

  fuzz_input_open (&input, data, size);
  fuzz_allocation_reset ();
  reader = voxel_shard_reader_new (input.path, FALSE, &error);
  if ((reader != NULL) == (error != NULL))
    g_error ("a reader with an error, or neither");
  while (reader && (sample = voxel_shard_reader_next (reader, &error)))
    use (sample);
  if (error && !strstr (error->message, input.path))
    g_error ("no name in: %s", error->message);
  fuzz_accepted = !error;
  g_clear_pointer (&reader, voxel_shard_reader_free);
  if (fuzz_allocation_largest () > 64 * size + BUFFERS)
    g_error ("%" G_GSIZE_FORMAT " bytes took a block of %" G_GSIZE_FORMAT, size, fuzz_allocation_largest ());
  fuzz_input_close (&input);
  return 0;
}

/* Sums over a header hide what is changed in it from the rest of the reader: mended, as often as not. */
static void
mend (guint8 *header)
{
  guint sum = 0;

  memset (header + 148, ' ', 8);
  for (guint i = 0; i < 512; i++)
    sum += header[i];
  g_snprintf ((gchar *) header + 148, 8, "%06o", sum);
}

gsize
fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random)
{
  size = fuzz_mutate_bytes (data, size, room, random);
  for (gsize at = 0; at + 512 <= size; at += 512) {
    if (memcmp (data + at + 257, "ustar", 5) == 0 && g_rand_boolean (random))
      mend (data + at);
  }
  return size;
}
