/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VOXEL_JSON_MAX_DEPTH 32

typedef enum {
  VOXEL_JSON_NULL,
  VOXEL_JSON_BOOLEAN,
  VOXEL_JSON_INTEGER,
  VOXEL_JSON_NUMBER,
  VOXEL_JSON_STRING,
  VOXEL_JSON_ARRAY,
  VOXEL_JSON_OBJECT,
} VoxelJsonKind;

typedef struct _VoxelJson VoxelJson;

/**
 * VoxelJson:
 * @kind: which of the others holds
 * @name: (nullable): of a member of an object
 * @boolean: a truth value
 * @integer: a whole number written without fraction and exponent that 64 bits hold
 * @number: any other number; finite
 * @string: UTF-8
 * @items: (element-type VoxelJson): of an array, or the members of an object in their order
 * @by_name: of an object: its members by name
 *
 * A value of JSON (RFC 8259), to be read as it lies here and changed by the functions below.
 */
struct _VoxelJson {
  VoxelJsonKind kind;
  gchar *name;
  union {
    gboolean boolean;
    gint64 integer;
    gdouble number;
    gchar *string;
    struct {
      GPtrArray *items;
      GHashTable *by_name;
    };
  };
};

VoxelJson *voxel_json_parse (const gchar *text, gsize length, GError **error);
VoxelJson *voxel_json_parse_object (const gchar *text, gsize length, GError **error);
gchar *voxel_json_write (const VoxelJson *json, gboolean pretty);

VoxelJson *voxel_json_new_null (void);
VoxelJson *voxel_json_new_boolean (gboolean boolean);
VoxelJson *voxel_json_new_integer (gint64 integer);
VoxelJson *voxel_json_new_number (gdouble number);
VoxelJson *voxel_json_new_string (const gchar *string);
VoxelJson *voxel_json_new_array (void);
VoxelJson *voxel_json_new_object (void);
void voxel_json_free (VoxelJson *json);
void voxel_json_append (VoxelJson *array, VoxelJson *item);
void voxel_json_set (VoxelJson *object, const gchar *name, VoxelJson *member);

gboolean voxel_json_is (const VoxelJson *json, VoxelJsonKind kind);
guint voxel_json_length (const VoxelJson *json);
VoxelJson *voxel_json_nth (const VoxelJson *json, guint n);
VoxelJson *voxel_json_get (const VoxelJson *object, const gchar *name);
const gchar *voxel_json_get_string (const VoxelJson *object, const gchar *name);
gboolean voxel_json_to_double (const VoxelJson *json, gdouble *value);
gboolean voxel_json_equal (const VoxelJson *a, const VoxelJson *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VoxelJson, voxel_json_free)

G_END_DECLS
