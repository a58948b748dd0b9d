/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that belong to the decoder: before and behind what it writes, and behind what it reads. */
#define VOXEL_TIFF_LZW_BEFORE 256
#define VOXEL_TIFF_LZW_BEHIND 4096
#define VOXEL_TIFF_LZW_SPARE 4

gboolean voxel_tiff_lzw_decode (const guint8 *codes, gsize n_codes, guint8 *bytes, gsize n_bytes);

G_END_DECLS
