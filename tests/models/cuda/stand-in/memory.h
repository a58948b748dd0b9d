/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "world.h"

G_BEGIN_DECLS

/* memory.c: that of the devices, which this process may touch only while work is done, and that of the process which
 * devices may touch. */
#define STAND_IN_HOST (-1)

int stand_in_memory_alloc (void **memory, gsize size, gint device);
void stand_in_memory_free (void *memory, gboolean host);
gsize stand_in_memory_used (gint device);
gboolean stand_in_memory_is (gconstpointer memory, gsize size, gint *device, const gchar *what);
void stand_in_memory_open (void);
void stand_in_memory_close (void);
gchar *stand_in_memory_left (void);

G_END_DECLS
