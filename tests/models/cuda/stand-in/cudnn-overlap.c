/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-overlap.h"

#include <string.h>

#include "cudnn-graph.h"

/* Here everything is read before anything is written, on a device it is not: an operand may lie where the result does
 * only if each of its elements is read just where that element of the result is written. */

static gboolean
same_place (const CudnnTensor *a, const CudnnTensor *b)
{
  return a->type == b->type && a->n == b->n && !memcmp (a->dim, b->dim, a->n * sizeof a->dim[0]) &&
         !memcmp (a->stride, b->stride, a->n * sizeof a->stride[0]);
}

/* Channels of a joint buffer lie between each other without sharing a byte, so elements are compared. */
static gboolean
share_bytes (const CudnnTensor *read, const guint8 *from, const CudnnTensor *written, const guint8 *to)
{
  gsize size = cudnn_tensor_element_size (read), step = cudnn_tensor_element_size (written);
  gsize span = cudnn_tensor_span (written) * step;
  g_autofree guint8 *taken = NULL;

  if (from + cudnn_tensor_span (read) * size <= to || to + span <= from)
    return FALSE;
  taken = g_malloc0 (span);
  for (gsize i = 0; i < cudnn_tensor_elements (written); i++)
    memset (taken + cudnn_tensor_place (written, i) * step, 1, step);
  for (gsize i = 0; i < cudnn_tensor_elements (read); i++) {
    gssize first = (from - to) + (gssize) (cudnn_tensor_place (read, i) * size);

    for (gssize at = MAX (first, 0); at < MIN (first + (gssize) size, (gssize) span); at++)
      if (taken[at])
        return TRUE;
  }
  return FALSE;
}

static cudnnStatus_t
check_pair (const CudnnOperand *read, const CudnnOperand *written, GArray *bindings)
{
  const guint8 *from = cudnn_binding_find (bindings, read->tensor.id)->memory;
  const guint8 *to = cudnn_binding_find (bindings, written->tensor.id)->memory;

  if (read->tensor.id == written->tensor.id)
    return CUDNN_STATUS_SUCCESS;
  if (read->use == CUDNN_USE_READ_AT && from == to && same_place (&read->tensor, &written->tensor))
    return CUDNN_STATUS_SUCCESS;
  if (!share_bytes (&read->tensor, from, &written->tensor, to))
    return CUDNN_STATUS_SUCCESS;
  return cudnn_refuse (CUDNN_STATUS_EXECUTION_FAILED,
                       "tensor %" G_GINT64_FORMAT " lies where %" G_GINT64_FORMAT " is written",
                       read->tensor.id, written->tensor.id);
}

/**
 * cudnn_overlap_check:
 * @operands: of #CudnnOperand, a graph's
 * @bindings: of #CudnnBinding, with all that are not virtual
 *
 * Returns: an error where a result would be written over what is still to be read
 */
cudnnStatus_t
cudnn_overlap_check (const GArray *operands, GArray *bindings)
{
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;

  for (guint i = 0; i < operands->len && !status; i++)
    for (guint k = 0; k < operands->len && !status; k++) {
      const CudnnOperand *read = &g_array_index (operands, CudnnOperand, i);
      const CudnnOperand *written = &g_array_index (operands, CudnnOperand, k);

      if (read->use != CUDNN_USE_WRITE && written->use == CUDNN_USE_WRITE && !read->tensor.is_virtual &&
          !written->tensor.is_virtual)
        status = check_pair (read, written, bindings);
    }
  return status;
}
