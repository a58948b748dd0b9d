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
  const VoxelBackendDevice *device; /* NULL: in this process's memory */
  guint number;
};

/**
 * Wanted:
 * @constant: what to pack if nobody has yet
 * @size: bytes of the packed form
 * @pack: packs it
 * @data: for @pack
 * @device: (nullable): where it is to lie
 * @number: of the device
 */
typedef struct {
  const VoxelConstant *constant;
  gsize size;
  VoxelPackFunc pack;
  gpointer data;
  const VoxelBackendDevice *device;
  guint number;
} Wanted;

static GMutex lock;
static GHashTable *table;

static void
packed_free (VoxelPacked *packed)
{
  if (packed->device)
    packed->device->free (packed->number, packed->data);
  else
    voxel_memory_free (packed->data);
  g_free (packed->key);
  g_free (packed);
}

static gpointer
pack_here (const Wanted *wanted, GError **error)
{
  g_autofree gfloat *values = voxel_constant_evaluate (wanted->constant, error);
  gpointer packed = values ? voxel_memory_alloc (wanted->size, error) : NULL;

  if (packed && wanted->pack (values, &wanted->constant->shape, packed, wanted->data, error))
    return packed;
  voxel_memory_free (packed);
  return NULL;
}

static gboolean
upload (const Wanted *wanted, gpointer to, gconstpointer from, GError **error)
{
  gpointer queue = wanted->device->queue_new (wanted->number, error);
  gboolean done;

  if (!queue)
    return FALSE;
  done = wanted->device->copy (queue, to, from, wanted->size, error) && wanted->device->wait (queue, error);
  wanted->device->queue_free (queue);
  return done;
}

static gpointer
pack_there (const Wanted *wanted, GError **error)
{
  gpointer here = pack_here (wanted, error);
  gpointer there = here ? wanted->device->alloc (wanted->number, wanted->size, error) : NULL;

  if (there && !upload (wanted, there, here, error)) {
    wanted->device->free (wanted->number, there);
    there = NULL;
  }
  voxel_memory_free (here);
  return there;
}

static VoxelPacked *
find_or_pack (const gchar *key, const Wanted *wanted, GError **error)
{
  VoxelPacked *packed = table ? g_hash_table_lookup (table, key) : NULL;
  gpointer data;

  if (packed) {
    packed->refs++;
    return packed;
  }
  data = wanted->device ? pack_there (wanted, error) : pack_here (wanted, error);
  if (!data)
    return NULL;
  packed = g_new0 (VoxelPacked, 1);
  *packed = (VoxelPacked){g_strdup (key), 1, data, wanted->device, wanted->number};
  if (!table)
    table = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (table, packed->key, packed);
  return packed;
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
 * @error: of evaluating or packing, or where there is no memory for it
 *
 * On a device it is packed in this process's memory and copied there. In a plan that is only measured nothing is packed, and what is returned must not be read.
 *
 * Returns: (transfer none) (nullable): the packed form, which lives as long as the plan
 */
gconstpointer
voxel_prepare_constant (VoxelPrepare *prepare, const VoxelTensor *constant, const gchar *format, gsize size,
                        VoxelPackFunc pack, gpointer data, GError **error)
{
  static const gchar nothing[64];
  const Wanted wanted = {constant->constant, size, pack, data, prepare->device, prepare->target->device};
  g_autofree gchar *key = NULL;
  VoxelPacked *packed;

  if (!prepare->packed)
    return nothing;
  key = g_strdup_printf ("%s|%s|%s|%" G_GSIZE_FORMAT "|%d", prepare->graph->digest, constant->constant->key,
                         format, size, prepare->device ? (gint) prepare->target->device : -1);
  g_mutex_lock (&lock);
  packed = find_or_pack (key, &wanted, error);
  g_mutex_unlock (&lock);
  if (!packed)
    return NULL;
  g_ptr_array_add (prepare->packed, packed);
  return packed->data;
}
