/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <string.h>

#include "cudnn-kind.h"

static void
attribute_free (gpointer data)
{
  CudnnAttribute *attribute = data;

  if (attribute->type == CUDNN_TYPE_BACKEND_DESCRIPTOR)
    for (gsize i = 0; i < attribute->n; i++)
      cudnn_descriptor_unref (((CudnnDescriptor **) attribute->values)[i]);
  g_free (attribute->values);
  g_free (attribute);
}

CudnnDescriptor *
cudnn_descriptor_new (const CudnnKind *kind)
{
  CudnnDescriptor *descriptor = g_atomic_rc_box_new0 (CudnnDescriptor);

  descriptor->kind = kind;
  descriptor->attributes = g_ptr_array_new_with_free_func (attribute_free);
  return descriptor;
}

CudnnDescriptor *
cudnn_descriptor_ref (CudnnDescriptor *descriptor)
{
  return g_atomic_rc_box_acquire (descriptor);
}

static void
clear (gpointer data)
{
  g_ptr_array_unref (((CudnnDescriptor *) data)->attributes);
}

void
cudnn_descriptor_unref (CudnnDescriptor *descriptor)
{
  g_atomic_rc_box_release_full (descriptor, clear);
}

/* Makes a descriptor another name of one of its kind. */
void
cudnn_descriptor_fill (CudnnDescriptor *descriptor, const CudnnDescriptor *from)
{
  g_ptr_array_unref (descriptor->attributes);
  descriptor->attributes = g_ptr_array_ref (from->attributes);
  descriptor->finalized = TRUE;
}

gsize
cudnn_attribute_size (cudnnBackendAttributeType_t type)
{
  if (type == CUDNN_TYPE_HANDLE || type == CUDNN_TYPE_VOID_PTR || type == CUDNN_TYPE_BACKEND_DESCRIPTOR)
    return sizeof (gpointer);
  if (type == CUDNN_TYPE_INT64 || type == CUDNN_TYPE_DOUBLE)
    return 8;
  if (type == CUDNN_TYPE_FRACTION)
    return sizeof (cudnnFraction_t);
  if (type == CUDNN_TYPE_BOOLEAN)
    return sizeof (bool);
  return type == CUDNN_TYPE_CHAR ? 1 : 4;
}

const CudnnAttribute *
cudnn_attribute (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name)
{
  for (guint i = 0; i < descriptor->attributes->len; i++) {
    const CudnnAttribute *attribute = descriptor->attributes->pdata[i];

    if (attribute->name == name)
      return attribute;
  }
  return NULL;
}

/* Without any check, for what is not set from outside. What was set before is replaced. */
void
cudnn_descriptor_put (CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name,
                      cudnnBackendAttributeType_t type, gsize n, gconstpointer values)
{
  CudnnAttribute *attribute = g_new (CudnnAttribute, 1);

  for (guint i = 0; i < descriptor->attributes->len; i++)
    if (((const CudnnAttribute *) descriptor->attributes->pdata[i])->name == name)
      g_ptr_array_remove_index (descriptor->attributes, i--);
  *attribute = (CudnnAttribute){name, type, n, g_memdup2 (values, n * cudnn_attribute_size (type))};
  if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR)
    for (gsize i = 0; i < n; i++)
      cudnn_descriptor_ref (((CudnnDescriptor **) attribute->values)[i]);
  g_ptr_array_add (descriptor->attributes, attribute);
}

static cudnnStatus_t
check_descriptors (const CudnnRule *rule, gint64 n, CudnnDescriptor *const *values)
{
  for (gint64 i = 0; i < n; i++) {
    if (!values[i])
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "attribute %d: no descriptor", rule->name);
    if (!values[i]->finalized)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED,
                           "attribute %d: its descriptor is not finalized", rule->name);
    if (rule->of && values[i]->kind != rule->of)
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d: a descriptor of type %d", rule->name,
                           values[i]->kind->type);
  }
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t
cudnn_descriptor_set (CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name,
                      cudnnBackendAttributeType_t type, gint64 n, gconstpointer values)
{
  const CudnnRule *rule = cudnn_kind_rule (descriptor->kind, name);
  cudnnStatus_t status;

  if (descriptor->finalized)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d: the descriptor is finalized", name);
  if (!rule)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d: not of a descriptor of type %d", name,
                         descriptor->kind->type);
  if (!values)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM_NULL_POINTER, "attribute %d: no values", name);
  if (type != rule->type)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d: type %d where %d is due", name, type,
                         rule->type);
  if (n < MAX (rule->least, 1) || n > rule->most)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d: %" G_GINT64_FORMAT " elements", name, n);
  status = type == CUDNN_TYPE_BACKEND_DESCRIPTOR ? check_descriptors (rule, n, values) : CUDNN_STATUS_SUCCESS;
  if (!status)
    cudnn_descriptor_put (descriptor, name, type, (gsize) n, values);
  return status;
}

cudnnStatus_t
cudnn_descriptor_finalize (CudnnDescriptor *descriptor)
{
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;

  if (descriptor->finalized)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "finalized twice");
  for (const CudnnRule *rule = descriptor->kind->rules; rule->most; rule++)
    if (rule->least && !cudnn_attribute (descriptor, rule->name))
      return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "attribute %d of a descriptor of type %d is not set",
                           rule->name, descriptor->kind->type);
  if (descriptor->kind->check)
    status = descriptor->kind->check (descriptor);
  descriptor->finalized = !status;
  return status;
}

gint64
cudnn_attribute_integer (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name, gint64 absent)
{
  const CudnnAttribute *attribute = cudnn_attribute (descriptor, name);

  return attribute ? *(const gint64 *) attribute->values : absent;
}

gint
cudnn_attribute_choice (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name, gint absent)
{
  const CudnnAttribute *attribute = cudnn_attribute (descriptor, name);

  return attribute ? *(const gint *) attribute->values : absent;
}

gdouble
cudnn_attribute_double (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name, gdouble absent)
{
  const CudnnAttribute *attribute = cudnn_attribute (descriptor, name);

  return attribute ? *(const gdouble *) attribute->values : absent;
}

gboolean
cudnn_attribute_true (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name)
{
  const CudnnAttribute *attribute = cudnn_attribute (descriptor, name);

  return attribute && *(const bool *) attribute->values;
}

/* Returns: (transfer none) (nullable): the first */
CudnnDescriptor *
cudnn_attribute_descriptor (const CudnnDescriptor *descriptor, cudnnBackendAttributeName_t name)
{
  const CudnnAttribute *attribute = cudnn_attribute (descriptor, name);

  return attribute ? *(CudnnDescriptor **) attribute->values : NULL;
}
