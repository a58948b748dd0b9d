/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define TEST_TYPE_SLICE_SOURCE (test_slice_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSliceSource, test_slice_source, TEST, SLICE_SOURCE, GstPushSrc)

/* The element "slicesource": a small volume made in memory, in which one may seek. */
#define TEST_SLICE_SOURCE_DURATION (GST_MSECOND)

gboolean test_slice_source_register (void);

/* From the slice after @n more on, pixels have the other depth: 8 bits for 16, 16 for 8, until the first slice comes
 * again; never where @n is negative. */
void test_slice_source_change_caps_after (TestSliceSource *self, gint n);

G_END_DECLS
