/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * A target is the function that libFuzzer calls with an input, the good files to begin with, and a mutation
 * that knows the format. Both fuzz.c (libFuzzer) and replay.c (a test without it) run any target.
 */

/* What one input does; crashes, sanitizers' reports and g_error() are findings. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* (transfer full) (element-type GBytes): files that the reader takes, small. */
GPtrArray *fuzz_seeds (void);

/* Whether the last input was taken; the seeds must be, or nothing is tested. */
extern gboolean fuzz_accepted;

/* Changes @data in place, at most @room bytes; returns the new size. */
gsize fuzz_mutate (guint8 *data, gsize size, gsize room, GRand *random);

/* mutate.c: what any format gets: bits, bytes, numbers, pieces moved, cut and repeated. */
gsize fuzz_mutate_bytes (guint8 *data, gsize size, gsize room, GRand *random);

/* input.c: an anonymous file in memory that can be opened by @path as often as one likes. */
typedef struct {
  gint fd;
  gchar path[32];
} FuzzInput;

void fuzz_input_open (FuzzInput *input, const guint8 *data, gsize size);
void fuzz_input_close (FuzzInput *input);

/* allocation.c: the largest block asked for since the last reset; 0 where that cannot be watched. */
void fuzz_allocation_reset (void);
gsize fuzz_allocation_largest (void);

G_END_DECLS
