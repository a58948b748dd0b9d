/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-text.h"

#include <string.h>

#include "cudnn-kind.h"

/* Descriptors as text and back: a table in which each comes after those that it refers to, which it does by their
 * number. Reading it sets and finalizes them as a program would, so that what is damaged is refused. */

#define TABLE "a(ua(uuay))"

typedef struct {
  GVariantBuilder table;
  GHashTable *numbers;
} Writer;

static guint number_of (Writer *writer, const CudnnDescriptor *descriptor);

static GVariant *
write_values (Writer *writer, const CudnnAttribute *attribute)
{
  gsize size = attribute->n * cudnn_attribute_size (attribute->type);
  g_autofree guint32 *numbers = NULL;

  if (attribute->type != CUDNN_TYPE_BACKEND_DESCRIPTOR)
    return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, attribute->values, size, 1);
  numbers = g_new (guint32, attribute->n);
  for (gsize i = 0; i < attribute->n; i++)
    numbers[i] = number_of (writer, ((CudnnDescriptor **) attribute->values)[i]);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, numbers, attribute->n * sizeof *numbers, 1);
}

static guint
number_of (Writer *writer, const CudnnDescriptor *descriptor)
{
  gpointer known = g_hash_table_lookup (writer->numbers, descriptor);
  GVariantBuilder attributes = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uuay)"));
  guint number;

  if (known)
    return GPOINTER_TO_UINT (known) - 1;
  for (guint i = 0; i < descriptor->attributes->len; i++) {
    const CudnnAttribute *attribute = descriptor->attributes->pdata[i];

    if (attribute->type != CUDNN_TYPE_HANDLE)
      g_variant_builder_add (&attributes, "(uu@ay)", attribute->name, attribute->type,
                             write_values (writer, attribute));
  }
  number = g_hash_table_size (writer->numbers);
  g_hash_table_insert (writer->numbers, (gpointer) descriptor, GUINT_TO_POINTER (number + 1));
  g_variant_builder_add (&writer->table, "(u@a(uuay))", descriptor->kind->type,
                         g_variant_builder_end (&attributes));
  return number;
}

/* Returns: (transfer full) */
gchar *
cudnn_text_write (const CudnnDescriptor *descriptor)
{
  Writer writer = {G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (TABLE)), g_hash_table_new (NULL, NULL)};
  g_autoptr (GVariant) table = NULL;

  number_of (&writer, descriptor);
  g_hash_table_unref (writer.numbers);
  table = g_variant_ref_sink (g_variant_builder_end (&writer.table));
  return g_base64_encode (g_variant_get_data (table), g_variant_get_size (table));
}

static gboolean
read_attribute (const GPtrArray *before, CudnnDescriptor *descriptor, guint name, guint type,
                GVariant *values)
{
  gsize size = 0;
  gconstpointer bytes = g_variant_get_fixed_array (values, &size, 1);
  g_autoptr (GPtrArray) descriptors = g_ptr_array_new ();

  if (type != CUDNN_TYPE_BACKEND_DESCRIPTOR)
    return !cudnn_descriptor_set (descriptor, name, type, (gint64) (size / cudnn_attribute_size (type)),
                                  bytes);
  for (gsize i = 0; i + sizeof (guint32) <= size; i += sizeof (guint32)) {
    guint32 number;

    memcpy (&number, (const guint8 *) bytes + i, sizeof number);
    if (number >= before->len)
      return FALSE;
    g_ptr_array_add (descriptors, before->pdata[number]);
  }
  return !cudnn_descriptor_set (descriptor, name, type, descriptors->len, descriptors->pdata);
}

static gboolean
read_descriptor (GPtrArray *read, guint type, GVariantIter *attributes)
{
  const CudnnKind *kind = cudnn_kind_find (type);
  CudnnDescriptor *descriptor;
  gboolean well = TRUE;
  GVariant *values;
  guint name;

  if (!kind)
    return FALSE;
  descriptor = cudnn_descriptor_new (kind);
  while (g_variant_iter_next (attributes, "(uu@ay)", &name, &type, &values)) {
    well = well && read_attribute (read, descriptor, name, type, values);
    g_variant_unref (values);
  }
  well = well && !cudnn_descriptor_finalize (descriptor);
  g_ptr_array_add (read, descriptor);
  return well;
}

/* Returns: (transfer full) (nullable): the last of them, a graph; %NULL for what is damaged */
CudnnDescriptor *
cudnn_text_read (const gchar *text)
{
  gsize size = 0;
  g_autofree gchar *encoded = g_strndup (text, strcspn (text, "\""));
  guint8 *bytes = g_base64_decode (encoded, &size);
  g_autoptr (GVariant) table = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE (TABLE), bytes, size, FALSE, g_free, bytes));
  g_autoptr (GPtrArray) read = g_ptr_array_new_with_free_func ((GDestroyNotify) cudnn_descriptor_unref);
  GVariantIter iter, *attributes;
  gboolean well = g_variant_is_normal_form (table);
  guint type;

  g_variant_iter_init (&iter, table);
  while (well && g_variant_iter_next (&iter, "(ua(uuay))", &type, &attributes)) {
    well = read_descriptor (read, type, attributes);
    g_variant_iter_free (attributes);
  }
  if (!well || !read->len || ((CudnnDescriptor *) read->pdata[read->len - 1])->kind != &cudnn_kind_graph)
    return NULL;
  return cudnn_descriptor_ref (read->pdata[read->len - 1]);
}
