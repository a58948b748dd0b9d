/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/packed.h"

#include <string.h>

#include "models/graph/arena.h"
#include "models/memory.h"

/* Weights as backends want them, by key: one copy in the process however many plans and models use it. The
 * table holds no references and goes with its last entry. */

struct _VoxelPacked {
  gchar *key;
  guint refs;
  gpointer data;
};

static GMutex lock;
static GHashTable *table;

static void
packed_free (VoxelPacked *packed)
{
  voxel_memory_free (packed->data);
  g_free (packed->key);
  g_free (packed);
}

static VoxelPacked *
packed_new (const gchar *key, const VoxelConstant *constant, gsize size, VoxelPackFunc pack, gpointer data,
            GError **error)
{
  g_autofree gfloat *values = voxel_constant_evaluate (constant, error);
  VoxelPacked *packed;

  if (!values)
    return NULL;
  packed = g_new0 (VoxelPacked, 1);
  packed->key = g_strdup (key);
  packed->refs = 1;
  packed->data = voxel_memory_alloc (size, error);
  if (!packed->data || !pack (values, &constant->shape, packed->data, data, error)) {
    packed_free (packed);
    return NULL;
  }
  return packed;
}

static VoxelPacked *
find_or_pack (const gchar *key, const VoxelConstant *constant, gsize size, VoxelPackFunc pack, gpointer data,
              GError **error)
{
  VoxelPacked *packed = table ? g_hash_table_lookup (table, key) : NULL;

  if (packed) {
    packed->refs++;
    return packed;
  }
  packed = packed_new (key, constant, size, pack, data, error);
  if (!packed)
    return NULL;
  if (!table)
    table = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (table, packed->key, packed);
  return packed;
}

/**
 * voxel_packed_get:
 * @key: digest of the weights, name of the constant, format and size
 * @constant: what to pack if nobody has yet
 * @size: bytes of the packed form
 * @pack: packs it
 * @data: for @pack
 * @error: of evaluating or packing
 *
 * Returns: (transfer full) (nullable): the packed constant
 */
VoxelPacked *
voxel_packed_get (const gchar *key, const VoxelConstant *constant, gsize size, VoxelPackFunc pack,
                  gpointer data, GError **error)
{
  VoxelPacked *packed;

  g_mutex_lock (&lock);
  packed = find_or_pack (key, constant, size, pack, data, error);
  g_mutex_unlock (&lock);
  return packed;
}

gconstpointer
voxel_packed_data (const VoxelPacked *packed)
{
  return packed->data;
}

static void
drop (VoxelPacked *packed)
{
  if (--packed->refs)
    return;
  g_hash_table_remove (table, packed->key);
  if (g_hash_table_size (table) == 0)
    g_clear_pointer (&table, g_hash_table_unref);
  packed_free (packed);
}

void
voxel_packed_unref (VoxelPacked *packed)
{
  g_mutex_lock (&lock);
  drop (packed);
  g_mutex_unlock (&lock);
}

/**
 * voxel_packed_count:
 *
 * Returns: how many packed constants the process holds
 */
guint
voxel_packed_count (void)
{
  guint count;

  g_mutex_lock (&lock);
  count = table ? g_hash_table_size (table) : 0;
  g_mutex_unlock (&lock);
  return count;
}

/**
 * voxel_prepare_constant:
 * @prepare: of the plan
 * @constant: an operand that is a constant
 * @format: names all that @pack depends on: backend, precision, layout
 * @size: bytes of the packed form
 * @pack: packs it, where nobody has yet
 * @data: for @pack
 * @error: of evaluating or packing
 *
 * In a plan that is only measured nothing is packed, and what is returned must not be read.
 *
 * Returns: (transfer none) (nullable): the packed form, which lives as long as the plan
 */
gconstpointer
voxel_prepare_constant (VoxelPrepare *prepare, const VoxelTensor *constant, const gchar *format, gsize size,
                        VoxelPackFunc pack, gpointer data, GError **error)
{
  static const gchar nothing[64];
  g_autofree gchar *key = NULL;
  VoxelPacked *packed;

  if (!prepare->packed)
    return nothing;
  key = g_strdup_printf ("%s|%s|%s|%" G_GSIZE_FORMAT, prepare->graph->digest, constant->constant->key, format,
                         size);
  packed = voxel_packed_get (key, constant->constant, size, pack, data, error);
  if (!packed)
    return NULL;
  g_ptr_array_add (prepare->packed, packed);
  return voxel_packed_data (packed);
}
