/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "json.h"

static VoxelJson *
new_value (VoxelJsonKind kind)
{
  VoxelJson *json = g_new0 (VoxelJson, 1);

  json->kind = kind;
  return json;
}

static gboolean
has_items (const VoxelJson *json)
{
  return json && (json->kind == VOXEL_JSON_ARRAY || json->kind == VOXEL_JSON_OBJECT);
}

VoxelJson *
voxel_json_new_null (void)
{
  return new_value (VOXEL_JSON_NULL);
}

VoxelJson *
voxel_json_new_boolean (gboolean boolean)
{
  VoxelJson *json = new_value (VOXEL_JSON_BOOLEAN);

  json->boolean = boolean;
  return json;
}

VoxelJson *
voxel_json_new_integer (gint64 integer)
{
  VoxelJson *json = new_value (VOXEL_JSON_INTEGER);

  json->integer = integer;
  return json;
}

/**
 * voxel_json_new_number:
 * @number: finite: JSON has no other numbers
 *
 * Returns: (transfer full): the number as a value
 */
VoxelJson *
voxel_json_new_number (gdouble number)
{
  VoxelJson *json = new_value (VOXEL_JSON_NUMBER);

  json->number = number;
  return json;
}

/**
 * voxel_json_new_string:
 * @string: UTF-8; copied
 *
 * Returns: (transfer full): the text as a value
 */
VoxelJson *
voxel_json_new_string (const gchar *string)
{
  VoxelJson *json = new_value (VOXEL_JSON_STRING);

  json->string = g_strdup (string);
  return json;
}

VoxelJson *
voxel_json_new_array (void)
{
  VoxelJson *json = new_value (VOXEL_JSON_ARRAY);

  json->items = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_json_free);
  return json;
}

VoxelJson *
voxel_json_new_object (void)
{
  VoxelJson *json = new_value (VOXEL_JSON_OBJECT);

  json->items = g_ptr_array_new_with_free_func ((GDestroyNotify) voxel_json_free);
  json->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return json;
}

/**
 * voxel_json_free:
 * @json: (nullable): a value that is in no other one; all in it goes with it
 */
void
voxel_json_free (VoxelJson *json)
{
  if (!json)
    return;
  if (json->kind == VOXEL_JSON_STRING)
    g_free (json->string);
  if (json->kind == VOXEL_JSON_OBJECT)
    g_hash_table_unref (json->by_name);
  if (has_items (json))
    g_ptr_array_unref (json->items);
  g_free (json->name);
  g_free (json);
}

/**
 * voxel_json_append:
 * @array: an array
 * @item: (transfer full): its new last item
 */
void
voxel_json_append (VoxelJson *array, VoxelJson *item)
{
  g_return_if_fail (voxel_json_is (array, VOXEL_JSON_ARRAY));
  g_ptr_array_add (array->items, item);
}

/**
 * voxel_json_set:
 * @object: an object
 * @name: UTF-8
 * @member: (transfer full): what @name is from now on, in the place of what it was, or behind all others
 */
void
voxel_json_set (VoxelJson *object, const gchar *name, VoxelJson *member)
{
  VoxelJson *old = voxel_json_get (object, name);
  guint n;

  g_return_if_fail (voxel_json_is (object, VOXEL_JSON_OBJECT));
  g_free (member->name);
  member->name = g_strdup (name);
  g_hash_table_replace (object->by_name, member->name, member);
  if (!old) {
    g_ptr_array_add (object->items, member);
  } else if (g_ptr_array_find (object->items, old, &n)) {
    object->items->pdata[n] = member;
    voxel_json_free (old);
  }
}

/**
 * voxel_json_is:
 * @json: (nullable): a value
 * @kind: a kind
 *
 * Returns: whether @json is there and of that kind
 */
gboolean
voxel_json_is (const VoxelJson *json, VoxelJsonKind kind)
{
  return json && json->kind == kind;
}

/**
 * voxel_json_length:
 * @json: (nullable): a value
 *
 * Returns: how many items an array or members an object has; 0 for anything else
 */
guint
voxel_json_length (const VoxelJson *json)
{
  return has_items (json) ? json->items->len : 0;
}

/**
 * voxel_json_nth:
 * @json: an array or object
 * @n: below voxel_json_length()
 *
 * Returns: (transfer none): the item, or the member in the order of the text
 */
VoxelJson *
voxel_json_nth (const VoxelJson *json, guint n)
{
  g_return_val_if_fail (n < voxel_json_length (json), NULL);
  return json->items->pdata[n];
}

/**
 * voxel_json_get:
 * @object: (nullable): a value
 * @name: of a member
 *
 * Returns: (transfer none) (nullable): the member; %NULL where there is none or @object is no object
 */
VoxelJson *
voxel_json_get (const VoxelJson *object, const gchar *name)
{
  return voxel_json_is (object, VOXEL_JSON_OBJECT) ? g_hash_table_lookup (object->by_name, name) : NULL;
}

/**
 * voxel_json_get_string:
 * @object: (nullable): a value
 * @name: of a member
 *
 * Returns: (nullable): the member's text; %NULL where there is none that is a string
 */
const gchar *
voxel_json_get_string (const VoxelJson *object, const gchar *name)
{
  const VoxelJson *member = voxel_json_get (object, name);

  return voxel_json_is (member, VOXEL_JSON_STRING) ? member->string : NULL;
}

/**
 * voxel_json_to_double:
 * @json: (nullable): a value
 * @value: (out): the number, rounded where it is whole and of more than 53 bits
 *
 * Returns: whether @json is a number
 */
gboolean
voxel_json_to_double (const VoxelJson *json, gdouble *value)
{
  if (voxel_json_is (json, VOXEL_JSON_INTEGER))
    *value = (gdouble) json->integer;
  else if (voxel_json_is (json, VOXEL_JSON_NUMBER))
    *value = json->number;
  else
    return FALSE;
  return TRUE;
}

static gboolean
items_equal (const VoxelJson *a, const VoxelJson *b)
{
  if (a->items->len != b->items->len)
    return FALSE;
  for (guint i = 0; i < a->items->len; i++) {
    const VoxelJson *item = voxel_json_nth (a, i);
    const VoxelJson *other = item->name ? voxel_json_get (b, item->name) : voxel_json_nth (b, i);

    if (!other || !voxel_json_equal (item, other))
      return FALSE;
  }
  return TRUE;
}

/**
 * voxel_json_equal:
 * @a: a value
 * @b: a value
 *
 * Returns: whether they mean the same: 1 is 1.0, and an object's order does not count
 */
gboolean
voxel_json_equal (const VoxelJson *a, const VoxelJson *b)
{
  gdouble x, y;

  if (a->kind != b->kind)
    return voxel_json_to_double (a, &x) && voxel_json_to_double (b, &y) && x == y;
  switch (a->kind) {
  case VOXEL_JSON_NULL:
    return TRUE;
  case VOXEL_JSON_BOOLEAN:
    return !a->boolean == !b->boolean;
  case VOXEL_JSON_INTEGER:
    return a->integer == b->integer;
  case VOXEL_JSON_NUMBER:
    return a->number == b->number;
  case VOXEL_JSON_STRING:
    return g_str_equal (a->string, b->string);
  default:
    return items_equal (a, b);
  }
}
