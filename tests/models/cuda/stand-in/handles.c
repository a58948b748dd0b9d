/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream.h"

static const gchar *const kinds[] = {"stream", "event", "graph"};

typedef struct {
  StandInKind kind;
  gpointer object;
} Handle;

/* By number, counted from 1; the object is %NULL where it was freed. */
static GArray *all;

void *
stand_in_handle_new (StandInKind kind, gpointer object)
{
  Handle handle = {kind, object};

  if (!all)
    all = g_array_new (FALSE, FALSE, sizeof (Handle));
  g_array_append_val (all, handle);
  return GUINT_TO_POINTER (all->len);
}

static Handle *
find (StandInKind kind, void *handle)
{
  guint number = GPOINTER_TO_UINT (handle);
  Handle *found;

  if (GPOINTER_TO_SIZE (handle) == 0 || !all || GPOINTER_TO_SIZE (handle) > all->len)
    g_error ("stand-in device: %p is no %s", handle, kinds[kind]);
  found = &g_array_index (all, Handle, number - 1);
  if (found->kind != kind)
    g_error ("stand-in device: a %s in place of a %s", kinds[found->kind], kinds[kind]);
  if (!found->object)
    g_error ("stand-in device: this %s was freed", kinds[kind]);
  return found;
}

/* Of a kind, or the process ends. */
gpointer
stand_in_handle_get (StandInKind kind, void *handle)
{
  return find (kind, handle)->object;
}

gpointer
stand_in_handle_steal (StandInKind kind, void *handle)
{
  return g_steal_pointer (&find (kind, handle)->object);
}

void
stand_in_handle_each (StandInKind kind, GFunc func, gpointer data)
{
  for (guint i = 0; all && i < all->len; i++) {
    const Handle *handle = &g_array_index (all, Handle, i);

    if (handle->kind == kind && handle->object)
      func (handle->object, data);
  }
}

/* In words, %NULL where nothing is. */
gchar *
stand_in_handles_left (void)
{
  GString *text = g_string_new (NULL);

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++) {
    guint n = 0;

    for (guint i = 0; all && i < all->len; i++)
      n += g_array_index (all, Handle, i).kind == kind && g_array_index (all, Handle, i).object;
    if (n)
      g_string_append_printf (text, "%s%u %ss", text->len ? ", " : "", n, kinds[kind]);
  }
  return g_string_free (text, text->len == 0);
}
