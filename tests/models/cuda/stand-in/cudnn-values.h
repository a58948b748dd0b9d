/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-tensor.h"

G_BEGIN_DECLS

/**
 * CudnnBinding:
 * @id: of a tensor
 * @memory: where it lies; of values that are handed over in @value
 * @value: a copy of them, in their own type
 *
 * What a variant pack says of a tensor.
 */
typedef struct {
  gint64 id;
  gpointer memory;
  guint64 value;
} CudnnBinding;

/**
 * CudnnValues:
 * @bindings: of #CudnnBinding
 * @known: by tensor, what was computed or read so far, side by side in double
 * @tf32: factors are rounded to 10 bits of mantissa
 *
 * What operations read and write in one execution of a plan.
 */
typedef struct {
  GArray *bindings;
  GHashTable *known;
  gboolean tf32;
} CudnnValues;

void cudnn_values_init (CudnnValues *values, GArray *bindings, gboolean tf32);
void cudnn_values_clear (CudnnValues *values);
CudnnBinding *cudnn_binding_find (GArray *bindings, gint64 id);
const gdouble *cudnn_values_read (CudnnValues *values, const CudnnTensor *tensor);
gdouble *cudnn_values_read_factors (CudnnValues *values, const CudnnTensor *tensor);
void cudnn_values_write (CudnnValues *values, const CudnnTensor *tensor, gdouble *result);

G_END_DECLS
