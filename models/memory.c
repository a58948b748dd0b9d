/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "models/files/model-record.h"
#include "models/graph/arena.h"

#define HUGE_PAGE ((gsize) 2 << 20)

/**
 * voxel_memory_alloc:
 * @size: bytes
 * @error: where there is not as much
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

  if (size > G_MAXSIZE - alignment || posix_memalign (&memory, alignment, MAX (size, 1)) != 0) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_UNSUPPORTED,
                 "No memory for %" G_GSIZE_FORMAT " bytes; use smaller tiles", size);
    return NULL;
  }
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
