/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * VoxelTiffCompression:
 * @VOXEL_TIFF_COMPRESSION_NONE: as it is
 * @VOXEL_TIFF_COMPRESSION_PACKBITS: runs of bytes; fast, good for masks
 * @VOXEL_TIFF_COMPRESSION_LZW: read by everything
 * @VOXEL_TIFF_COMPRESSION_DEFLATE: smaller than LZW, read by nearly everything
 * @VOXEL_TIFF_COMPRESSION_ZSTD: faster than Deflate, read by libtiff and tifffile
 */
typedef enum {
  VOXEL_TIFF_COMPRESSION_NONE,
  VOXEL_TIFF_COMPRESSION_PACKBITS,
  VOXEL_TIFF_COMPRESSION_LZW,
  VOXEL_TIFF_COMPRESSION_DEFLATE,
  VOXEL_TIFF_COMPRESSION_ZSTD,
} VoxelTiffCompression;

/**
 * VoxelTiffFormat:
 * @width: columns of a page
 * @height: rows of a page
 * @bits: 8 or 16 a pixel
 * @n_pages: how many will come; 0 where nobody knows
 * @spacing: distance of pages, rows and columns in micrometres; 0 where unknown
 * @compression: of the pixels
 * @big: BigTIFF in any case, not only where the file may grow beyond 4 GB
 * @software: (nullable): who writes
 * @remarks: (nullable): lines "key=value\n" for the description
 */
typedef struct {
  guint width;
  guint height;
  guint bits;
  guint64 n_pages;
  gdouble spacing[3];
  VoxelTiffCompression compression;
  gboolean big;
  const gchar *software;
  const gchar *remarks;
} VoxelTiffFormat;

typedef struct _VoxelTiffWriter VoxelTiffWriter;

VoxelTiffWriter *voxel_tiff_writer_new (const gchar *path, const VoxelTiffFormat *format, GError **error);
gboolean voxel_tiff_writer_add (VoxelTiffWriter *self, gconstpointer pixels, gsize stride, const gchar *name,
                                GError **error);
gboolean voxel_tiff_writer_finish (VoxelTiffWriter *self, gboolean durable, GError **error);
void voxel_tiff_writer_abort (VoxelTiffWriter *self);
gboolean voxel_tiff_writer_supports (VoxelTiffCompression compression);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelTiffWriter, voxel_tiff_writer_abort)

G_END_DECLS
