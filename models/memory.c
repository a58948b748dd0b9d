/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "models/files/model-record.h"
#include "models/graph/arena.h"

#define HUGE_PAGE ((gsize) 2 << 20)
/* From here on it is worth asking first: the system promises memory that it does not have, and kills later. */
#define LARGE ((gsize) 64 << 20)

static gboolean
refuse (gsize size, GError **error)
{
  g_autofree gchar *wanted = voxel_memory_to_text (size);
  g_autofree gchar *there = voxel_memory_to_text (voxel_memory_available ());

  g_set_error (
      error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
      "No memory for %s between the layers of the network (%s are free): use smaller tiles or a lower "
      "memory limit",
      wanted, there);
  return FALSE;
}

/**
 * voxel_memory_alloc:
 * @size: bytes
 * @error: where there is not as much, saying how much and what helps
 *
 * Large areas begin at huge pages, as they are walked over again and again. An area of nothing is still an
 * address.
 *
 * Returns: zeroed memory, 64-byte aligned; free with voxel_memory_free()
 */
gpointer
voxel_memory_alloc (gsize size, GError **error)
{
  gsize alignment = size >= HUGE_PAGE ? HUGE_PAGE : VOXEL_ARENA_ALIGNMENT;
  gpointer memory = NULL;

  if (size > G_MAXSIZE - alignment || (size >= LARGE && size > voxel_memory_available ()) ||
      posix_memalign (&memory, alignment, MAX (size, 1)) != 0)
    return refuse (size, error), NULL;
  if (alignment == HUGE_PAGE)
    madvise (memory, size, MADV_HUGEPAGE);
  memset (memory, 0, size);
  return memory;
}

void
voxel_memory_free (gpointer memory)
{
  free (memory);
}
