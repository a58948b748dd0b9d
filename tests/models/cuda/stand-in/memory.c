/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "memory.h"

#include <sanitizer/asan_interface.h>
#include <string.h>
#include <sys/mman.h>

#include "stand-in.h"

#define PAGE ((gsize) 4096)
#define ALIGNMENT ((gsize) 256)
#define POISON 0xff
#define ROUND_UP(size, to) (((size) + (to) -1) / (to) * (to))

/**
 * Memory:
 * @base: what callers have
 * @size: what they asked for
 * @pages: where it lies, between two pages that nobody may touch, as near to the second as alignment allows
 * @length: of these
 * @device: whose, or %STAND_IN_HOST
 * @freed: the addresses are not used again, so that nobody touches what he gave back
 */
typedef struct {
  guint8 *base;
  gsize size;
  guint8 *pages;
  gsize length;
  gint device;
  gboolean freed;
} Memory;

static GPtrArray *all;
static guint opened;

static void
protect (const Memory *memory, int protection)
{
  if (mprotect (memory->pages, memory->length, protection) != 0)
    g_error ("stand-in device: mprotect() fails");
}

/* What is around it in its pages. AddressSanitizer, where it is there, finds whoever touches that. */
static void
forbid_rim (const Memory *memory)
{
  const guint8 *end = memory->base + memory->size;

  ASAN_POISON_MEMORY_REGION (memory->pages, memory->base - memory->pages);
  ASAN_POISON_MEMORY_REGION (end, memory->pages + memory->length - end);
}

static gboolean
is_device (const Memory *memory)
{
  return memory->device != STAND_IN_HOST;
}

/**
 * stand_in_memory_alloc:
 * @memory: (out): filled with 0xff, which are NaNs of any type
 * @size: bytes
 * @device: whose, or %STAND_IN_HOST
 *
 * Returns: a cudaError_t
 */
int
stand_in_memory_alloc (void **memory, gsize size, gint device)
{
  const gsize most = device == STAND_IN_HOST ? stand_in_world.host_memory : stand_in_world.memory;
  gsize length = ROUND_UP (size, PAGE);
  guint8 *place;
  Memory *added;

  *memory = NULL;
  if (size == 0)
    return CUDA_OK;
  if (size > most - stand_in_memory_used (device))
    return CUDA_OUT_OF_MEMORY;
  place = mmap (NULL, length + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED)
    return CUDA_OUT_OF_MEMORY;
  added = g_new (Memory, 1);
  *added =
      (Memory){place + PAGE + length - ROUND_UP (size, ALIGNMENT), size, place + PAGE, length, device, FALSE};
  protect (added, PROT_READ | PROT_WRITE);
  memset (added->pages, POISON, length);
  forbid_rim (added);
  if (is_device (added) && !opened)
    protect (added, PROT_NONE);
  if (!all)
    all = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (all, added);
  *memory = added->base;
  return CUDA_OK;
}

/* Where an address is in; the newest first, as these are asked for most. */
static Memory *
find (gconstpointer address)
{
  for (guint i = all ? all->len : 0; i-- > 0;) {
    Memory *memory = all->pdata[i];

    if ((const guint8 *) address >= memory->pages &&
        (const guint8 *) address < memory->pages + memory->length)
      return memory;
  }
  return NULL;
}

static void
check_rim (const Memory *memory)
{
  for (const guint8 *at = memory->pages; at < memory->pages + memory->length; at++) {
    if (at == memory->base)
      at += memory->size;
    if (at < memory->pages + memory->length && *at != POISON)
      g_error ("stand-in device: somebody wrote %" G_GSSIZE_FORMAT
               " bytes behind the beginning of %" G_GSIZE_FORMAT " bytes",
               (gssize) (at - memory->base), memory->size);
  }
}

void
stand_in_memory_free (void *address, gboolean host)
{
  Memory *memory = find (address);

  if (!address)
    return;
  if (!memory || memory->base != address || is_device (memory) == host)
    g_error ("stand-in device: %p is no memory of %s to free", address, host ? "the process" : "a device");
  if (memory->freed)
    g_error ("stand-in device: memory of %" G_GSIZE_FORMAT " bytes is freed twice", memory->size);
  protect (memory, PROT_READ | PROT_WRITE);
  ASAN_UNPOISON_MEMORY_REGION (memory->pages, memory->length);
  check_rim (memory);
  memory->freed = TRUE;
  if (mmap (memory->pages, memory->length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
            -1, 0) == MAP_FAILED)
    g_error ("stand-in device: mmap() fails");
}

gsize
stand_in_memory_used (gint device)
{
  gsize used = 0;

  for (guint i = 0; all && i < all->len; i++) {
    const Memory *memory = all->pdata[i];

    if (!memory->freed && memory->device == device)
      used += memory->size;
  }
  return used;
}

/**
 * stand_in_memory_is:
 * @memory: an address
 * @size: bytes from there that somebody will touch
 * @device: (out): whose, or %STAND_IN_HOST
 * @what: for whom, should it be wrong
 *
 * Returns: whether it is memory that a device may touch; %FALSE for any other memory of this process
 */
gboolean
stand_in_memory_is (gconstpointer memory, gsize size, gint *device, const gchar *what)
{
  const Memory *found = find (memory);

  if (!found)
    return FALSE;
  if (found->freed)
    g_error ("stand-in device: %s: memory of %" G_GSIZE_FORMAT " bytes was freed", what, found->size);
  if ((const guint8 *) memory < found->base ||
      size > found->size - (gsize) ((const guint8 *) memory - found->base))
    g_error ("stand-in device: %s: %" G_GSIZE_FORMAT " bytes from %" G_GSSIZE_FORMAT
             " on are outside of %" G_GSIZE_FORMAT " bytes",
             what, size, (gssize) ((const guint8 *) memory - found->base), found->size);
  *device = found->device;
  return TRUE;
}

/**
 * voxel_cuda_stand_in_check:
 * @memory: an address
 * @size: bytes from there that work will touch
 * @what: for the message
 *
 * Ends the process unless these are memory of a device, or of the process for devices.
 */
__attribute__ ((visibility ("default"))) void
voxel_cuda_stand_in_check (gconstpointer memory, gsize size, const gchar *what)
{
  gint device;
  STAND_IN_LOCK;

  if (!stand_in_memory_is (memory, size, &device, what))
    g_error ("stand-in device: %s: %p is not the device's memory", what, memory);
}

static void
protect_all (int protection)
{
  for (guint i = 0; all && i < all->len; i++) {
    const Memory *memory = all->pdata[i];

    if (!memory->freed && is_device (memory))
      protect (memory, protection);
  }
}

/* While work is done; may be nested. */
void
stand_in_memory_open (void)
{
  if (opened++ == 0)
    protect_all (PROT_READ | PROT_WRITE);
}

void
stand_in_memory_close (void)
{
  if (--opened == 0)
    protect_all (PROT_NONE);
}

/* In words, %NULL where nothing is. */
gchar *
stand_in_memory_left (void)
{
  guint n = 0;
  gsize bytes = 0;

  for (guint i = 0; all && i < all->len; i++) {
    const Memory *memory = all->pdata[i];

    n += !memory->freed;
    bytes += memory->freed ? 0 : memory->size;
  }
  return n ? g_strdup_printf ("%u pieces of memory, %" G_GSIZE_FORMAT " bytes", n, bytes) : NULL;
}
