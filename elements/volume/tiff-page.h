/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "tiff-file.h"

G_BEGIN_DECLS

typedef struct _VoxelTiffPage VoxelTiffPage;
typedef struct _VoxelTiffRegion VoxelTiffRegion;

/**
 * VoxelTiffRegion:
 * @x: first column
 * @y: first row
 * @width: columns
 * @height: rows
 *
 * A part of a page, in pixels.
 */
struct _VoxelTiffRegion {
  guint x;
  guint y;
  guint width;
  guint height;
};

/**
 * VoxelTiffPage:
 * @number: its place in the file, from 0
 * @directory: offset of its directory
 * @width: columns
 * @height: rows
 * @bits: of a pixel: 1, 8, 12 or 16
 * @inverted: whether 0 is white
 * @tiled: whether its chunks are tiles; otherwise strips
 * @chunk_width: columns of a tile; of a strip @width
 * @chunk_height: rows of a tile or strip
 * @raw: whether its pixels lie at @raw_offset as they are, row by row without gaps
 * @raw_offset: see @raw
 * @lzw: whether its chunks are LZW of whole bytes with the high bit first, which is decoded here
 * @differences: whether @lzw gives the difference of each pixel from the one left of it
 * @spacing: of voxels along z, y, x in micrometres, 0 where the file does not say
 *
 * What a page's directory says, checked: it is grey, in a coding read here, and its data are in the file.
 */
struct _VoxelTiffPage {
  guint number;
  guint64 directory;
  guint width;
  guint height;
  guint bits;
  gboolean inverted;
  gboolean tiled;
  guint chunk_width;
  guint chunk_height;
  gboolean raw;
  guint64 raw_offset;
  gboolean lzw;
  gboolean differences;
  gdouble spacing[3];
};

gboolean voxel_tiff_page_read (VoxelTiffFile *file, guint number, VoxelTiffPage *page, GError **error);
guint64 voxel_tiff_page_bytes (const VoxelTiffPage *page);
gboolean voxel_tiff_page_same_form (const VoxelTiffPage *a, const VoxelTiffPage *b);
gboolean voxel_tiff_page_decode (VoxelTiffFile *file, const VoxelTiffPage *page,
                                 const VoxelTiffRegion *region, guint8 *pixels, gsize stride, GError **error);

/* tiff-chunks.c */
gboolean voxel_tiff_page_check_chunks (VoxelTiffFile *file, VoxelTiffPage *page, guint16 compression,
                                       GError **error);
/* tiff-spacing.c */
void voxel_tiff_page_read_spacing (TIFF *tiff, VoxelTiffPage *page);

G_END_DECLS
