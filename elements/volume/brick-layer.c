/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "brick-layer.h"

#include <sys/mman.h>

/* Whole large pages: others may lie across their borders. */
#define LARGE_PAGE ((gsize) 2 << 20)

static gsize
mapped (gsize size)
{
  return (size + VOXEL_BRICK_SLACK + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
}

/**
 * voxel_brick_layer_new:
 * @size: bytes
 * @full: whether most of it is going to be used
 *
 * Zeros straight from the system: what is never written takes no memory. Full layers ask for large pages, since
 * bricks are walked through with strides of a page and more.
 *
 * Returns: (nullable): the memory, %NULL where there is none
 */
guint8 *
voxel_brick_layer_new (gsize size, gboolean full)
{
  void *layer = mmap (NULL, mapped (size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (layer == MAP_FAILED)
    return NULL;
  if (full)
    madvise (layer, size, MADV_HUGEPAGE);
  return layer;
}

/**
 * voxel_brick_layer_free:
 * @layer: from voxel_brick_layer_new()
 * @size: bytes
 */
void
voxel_brick_layer_free (guint8 *layer, gsize size)
{
  munmap (layer, mapped (size));
}
