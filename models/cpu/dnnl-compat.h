/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <oneapi/dnnl/dnnl.h>

/* One source for oneDNN 2 and 3: version 3's calls, which for version 2 fill the operation descriptors that
 * it had in between, and memory descriptors behind a pointer in both. Version 2 also tells when two descriptors
 * are of the same form: their digests are equal. */

#if DNNL_VERSION_MAJOR >= 3

typedef dnnl_memory_desc_t VoxelDnnlDesc;
typedef const_dnnl_memory_desc_t VoxelDnnlConstDesc;

#define voxel_dnnl_desc_new dnnl_memory_desc_create_with_tag
#define voxel_dnnl_desc_free dnnl_memory_desc_destroy
#define voxel_dnnl_convolution dnnl_convolution_forward_primitive_desc_create
#define voxel_dnnl_append_eltwise dnnl_post_ops_append_eltwise

/* What is behind the pointer is not for others to read. */
static inline gchar *
voxel_dnnl_desc_digest (VoxelDnnlConstDesc desc)
{
  return NULL;
}

#else

typedef dnnl_memory_desc_t *VoxelDnnlDesc;
typedef const dnnl_memory_desc_t *VoxelDnnlConstDesc;

static inline dnnl_status_t
voxel_dnnl_desc_new (VoxelDnnlDesc *desc, gint n_dims, const dnnl_dims_t dims, dnnl_data_type_t type,
                     dnnl_format_tag_t tag)
{
  *desc = g_new0 (dnnl_memory_desc_t, 1);
  return dnnl_memory_desc_init_by_tag (*desc, n_dims, dims, type, tag);
}

static inline void
voxel_dnnl_desc_free (VoxelDnnlDesc desc)
{
  g_free (desc);
}

static inline dnnl_status_t
voxel_dnnl_convolution (dnnl_primitive_desc_t *primitive, dnnl_engine_t engine, dnnl_prop_kind_t kind,
                        dnnl_alg_kind_t algorithm, VoxelDnnlConstDesc src, VoxelDnnlConstDesc weights,
                        VoxelDnnlConstDesc bias, VoxelDnnlConstDesc dst, const dnnl_dims_t strides,
                        const dnnl_dims_t dilates, const dnnl_dims_t before, const dnnl_dims_t after,
                        const_dnnl_primitive_attr_t attributes)
{
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init (
      &operation, kind, algorithm, src, weights, bias, dst, strides, dilates, before, after);

  if (status != dnnl_success)
    return status;
  return dnnl_primitive_desc_create (primitive, &operation, attributes, engine, NULL);
}

static inline gchar *
voxel_dnnl_desc_digest (VoxelDnnlConstDesc desc)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA1, (const guchar *) desc, sizeof *desc);
}

static inline dnnl_status_t
voxel_dnnl_append_eltwise (dnnl_post_ops_t ops, dnnl_alg_kind_t algorithm, gfloat alpha, gfloat beta)
{
  return dnnl_post_ops_append_eltwise (ops, 1, algorithm, alpha, beta);
}

#endif
