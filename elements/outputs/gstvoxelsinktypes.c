/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelsinktypes.h"

#include "elements/outputs/tiff-writer.h"

GType
gst_voxel_tiff_compression_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
      {VOXEL_TIFF_COMPRESSION_NONE, "No compression", "none"},
      {VOXEL_TIFF_COMPRESSION_PACKBITS, "Runs of bytes: fast, good for masks", "packbits"},
      {VOXEL_TIFF_COMPRESSION_LZW, "Read by everything", "lzw"},
      {VOXEL_TIFF_COMPRESSION_DEFLATE, "Smaller than LZW, read by nearly everything", "deflate"},
      {VOXEL_TIFF_COMPRESSION_ZSTD, "Faster than Deflate, read by libtiff and tifffile", "zstd"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelTiffCompression", values));
  return type;
}

GType
gst_voxel_big_tiff_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
      {GST_VOXEL_BIG_TIFF_AUTO, "Where a file may grow beyond 4 GB", "auto"},
      {GST_VOXEL_BIG_TIFF_ALWAYS, "For all files", "always"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelBigTiff", values));
  return type;
}

GType
gst_voxel_shard_labels_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
      {GST_VOXEL_SHARD_LABELS_REQUIRED, "Every sample must have a label", "required"},
      {GST_VOXEL_SHARD_LABELS_OPTIONAL, "Samples without a label are written without", "optional"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstVoxelShardLabels", values));
  return type;
}
