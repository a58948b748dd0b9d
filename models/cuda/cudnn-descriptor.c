/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cuda/cudnn-descriptor.h"

#include <stdbool.h>
#include <string.h>

void
voxel_cudnn_descriptors_init (VoxelCudnnDescriptors *all, const VoxelCudnnLibrary *library)
{
  *all = (VoxelCudnnDescriptors){library, g_ptr_array_new (), NULL, NULL};
  /* What was said before is not about these. */
  g_free (voxel_cudnn_library_reason (library));
}

void
voxel_cudnn_descriptors_clear (VoxelCudnnDescriptors *all)
{
  if (!all->made)
    return;
  for (guint i = all->made->len; i-- > 0;)
    all->library->destroy (all->made->pdata[i]);
  g_clear_pointer (&all->made, g_ptr_array_unref);
  g_clear_error (&all->error);
  if (all->told)
    g_string_free (g_steal_pointer (&all->told), TRUE);
}

/**
 * voxel_cudnn_descriptors_check:
 * @all: descriptors
 * @error: the first that occurred, which is forgotten here
 *
 * Returns: whether all went well
 */
gboolean
voxel_cudnn_descriptors_check (VoxelCudnnDescriptors *all, GError **error)
{
  if (!all->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&all->error));
  return FALSE;
}

cudnnBackendDescriptor_t
voxel_cudnn_new (VoxelCudnnDescriptors *all, cudnnBackendDescriptorType_t type)
{
  cudnnBackendDescriptor_t descriptor = NULL;

  if (all->error || !voxel_cudnn_library_check (all->library, all->library->create (type, &descriptor),
                                                &all->error, "a descriptor of type %d", (gint) type))
    return NULL;
  g_ptr_array_add (all->made, descriptor);
  if (all->told)
    g_string_append_printf (all->told, "%u: %d\n", all->made->len - 1, (gint) type);
  return descriptor;
}

/**
 * voxel_cudnn_finalize:
 * @all: descriptors
 * @descriptor: one with all its attributes; cuDNN checks them together here
 * @what: that it describes, for messages
 *
 * Returns: (transfer none): @descriptor
 */
cudnnBackendDescriptor_t
voxel_cudnn_finalize (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor, const gchar *what)
{
  if (!all->error)
    voxel_cudnn_library_check (all->library, all->library->finalize (descriptor), &all->error, "%s", what);
  return descriptor;
}

static guint
index_of (const VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor)
{
  guint index = G_MAXUINT;

  g_ptr_array_find (all->made, descriptor, &index);
  return index;
}

/* Values as their bytes, descriptors as their places: addresses differ from one time to the next. */
static void
tell (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
      cudnnBackendAttributeType_t type, gsize size, gconstpointer values)
{
  const guint8 *bytes = values;
  const cudnnBackendDescriptor_t *others = values;

  g_string_append_printf (all->told, "%u.%d=%d:", index_of (all, descriptor), (gint) name, (gint) type);
  if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR)
    for (gsize i = 0; i < size / sizeof *others; i++)
      g_string_append_printf (all->told, " %u", index_of (all, others[i]));
  else
    for (gsize i = 0; i < size; i++)
      g_string_append_printf (all->told, "%02x", bytes[i]);
  g_string_append_c (all->told, '\n');
}

static void
set (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
     cudnnBackendAttributeType_t type, gint64 n, gsize size, gconstpointer values)
{
  if (all->error ||
      !voxel_cudnn_library_check (all->library, all->library->set (descriptor, name, type, n, values),
                                  &all->error, "attribute %d", (gint) name))
    return;
  if (all->told)
    tell (all, descriptor, name, type, (gsize) n * size, values);
}

void
voxel_cudnn_set_integers (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                          cudnnBackendAttributeName_t name, const gint64 *values, guint n)
{
  set (all, descriptor, name, CUDNN_TYPE_INT64, n, sizeof *values, values);
}

void
voxel_cudnn_set_integer (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                         cudnnBackendAttributeName_t name, gint64 value)
{
  voxel_cudnn_set_integers (all, descriptor, name, &value, 1);
}

void
voxel_cudnn_set_double (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                        cudnnBackendAttributeName_t name, gdouble value)
{
  set (all, descriptor, name, CUDNN_TYPE_DOUBLE, 1, sizeof value, &value);
}

void
voxel_cudnn_set_true (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                      cudnnBackendAttributeName_t name)
{
  set (all, descriptor, name, CUDNN_TYPE_BOOLEAN, 1, sizeof (bool), &(bool){true});
}

/* Enumerations all have the size of an int; @type tells cuDNN which it is. */
void
voxel_cudnn_set_choice (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                        cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, gint value)
{
  set (all, descriptor, name, type, 1, sizeof value, &value);
}

void
voxel_cudnn_set_type (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                      cudnnBackendAttributeName_t name, cudnnDataType_t type)
{
  voxel_cudnn_set_choice (all, descriptor, name, CUDNN_TYPE_DATA_TYPE, type);
}

void
voxel_cudnn_set_text (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                      cudnnBackendAttributeName_t name, const gchar *text)
{
  set (all, descriptor, name, CUDNN_TYPE_CHAR, (gint64) strlen (text), 1, text);
}

void
voxel_cudnn_set_descriptor (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                            cudnnBackendAttributeName_t name, cudnnBackendDescriptor_t value)
{
  set (all, descriptor, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, sizeof value, &value);
}

void
voxel_cudnn_set_pointers (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                          cudnnBackendAttributeName_t name, const gpointer *values, guint n)
{
  set (all, descriptor, name, CUDNN_TYPE_VOID_PTR, n, sizeof *values, values);
}

void
voxel_cudnn_set_descriptors (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                             cudnnBackendAttributeName_t name, const GPtrArray *values)
{
  set (all, descriptor, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, values->len, sizeof *values->pdata,
       values->pdata);
}

static gint64
get (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
     cudnnBackendAttributeType_t type, gint64 most, gpointer values)
{
  gint64 n = 0;

  if (all->error ||
      !voxel_cudnn_library_check (all->library, all->library->get (descriptor, name, type, most, &n, values),
                                  &all->error, "to tell attribute %d", (gint) name))
    return 0;
  return n;
}

gint64
voxel_cudnn_get_integer (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                         cudnnBackendAttributeName_t name)
{
  gint64 value = 0;

  get (all, descriptor, name, CUDNN_TYPE_INT64, 1, &value);
  return value;
}

/* Makes @value, which is not finalized, what the attribute is. */
void
voxel_cudnn_fill_descriptor (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                             cudnnBackendAttributeName_t name, cudnnBackendDescriptor_t value)
{
  get (all, descriptor, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value);
}

/* Returns: (transfer full) (nullable) */
gchar *
voxel_cudnn_get_text (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t descriptor,
                      cudnnBackendAttributeName_t name)
{
  gint64 n = get (all, descriptor, name, CUDNN_TYPE_CHAR, 0, NULL);
  g_autofree gchar *text = g_malloc0 ((gsize) n + 1);

  get (all, descriptor, name, CUDNN_TYPE_CHAR, n, text);
  return all->error ? NULL : g_steal_pointer (&text);
}

/**
 * voxel_cudnn_has_note:
 * @all: descriptors
 * @engine: an engine
 * @name: which notes, numerical or of behaviour
 * @type: likewise
 * @note: the note
 *
 * Returns: whether the engine carries it
 */
gboolean
voxel_cudnn_has_note (VoxelCudnnDescriptors *all, cudnnBackendDescriptor_t engine,
                      cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, gint note)
{
  gint notes[64] = {0};
  gint64 n = get (all, engine, name, type, G_N_ELEMENTS (notes), notes);

  for (gint64 i = 0; i < MIN (n, (gint64) G_N_ELEMENTS (notes)); i++)
    if (notes[i] == note)
      return TRUE;
  return FALSE;
}
