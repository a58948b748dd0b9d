/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A reader that believes what a broken header says asks for memory that the file cannot fill. The address
 * sanitizer tells of every block; without it, this file stands between the program and glibc. */

#include "fuzz.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#endif

static gsize largest;

static void
note (gsize size)
{
  gsize seen = __atomic_load_n (&largest, __ATOMIC_RELAXED);

  while (size > seen &&
         !__atomic_compare_exchange_n (&largest, &seen, size, TRUE, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
}

#ifdef WITH_ASAN

int __sanitizer_install_malloc_and_free_hooks (void (*on_malloc) (const volatile void *, size_t),
                                               void (*on_free) (const volatile void *));

static void
on_malloc (const volatile void *block, size_t size)
{
  note (size);
}

static void
on_free (const volatile void *block)
{
}

__attribute__ ((constructor)) static void
install (void)
{
  __sanitizer_install_malloc_and_free_hooks (on_malloc, on_free);
}

#elif defined(__GLIBC__)

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *block, size_t size);

__attribute__ ((visibility ("default"))) void *
malloc (size_t size)
{
  note (size);
  return __libc_malloc (size);
}

__attribute__ ((visibility ("default"))) void *
calloc (size_t count, size_t size)
{
  gsize bytes;

  note (g_size_checked_mul (&bytes, count, size) ? bytes : G_MAXSIZE);
  return __libc_calloc (count, size);
}

__attribute__ ((visibility ("default"))) void *
realloc (void *block, size_t size)
{
  note (size);
  return __libc_realloc (block, size);
}

#endif

void
fuzz_allocation_reset (void)
{
  __atomic_store_n (&largest, 0, __ATOMIC_RELAXED);
}

gsize
fuzz_allocation_largest (void)
{
  return __atomic_load_n (&largest, __ATOMIC_RELAXED);
}
