/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "augment-recipe.h"

#include <string.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

/* The list of the Kaggle entry this began with: albumentations' defaults but for what is written here. */
static const gchar origin[] =
    "scale(p=.5, low=.8, high=1.25) gamma(p=.75) brightness-contrast(p=.5) "
    "gaussian-blur(p=.5) motion-blur(p=.5) grid-distortion(p=.5) noise(p=1, high=.5) "
    "rot90(p=1) flip-h(p=.5) flip-v(p=.5)";

struct _VoxelAugmentRecipe {
  GArray *settings; /* of VoxelAugmentSetting, in the order of application */
};

/* Where the reader is. */
typedef struct {
  const gchar *text;
  const gchar *at;
} Reader;

G_DEFINE_QUARK (voxel - augment - recipe - error - quark, voxel_augment_recipe_error)

static guint
rank (const VoxelAugmentTransform *transform)
{
  guint n;
  const VoxelAugmentTransform *const *all = voxel_augment_transforms (&n);

  for (guint i = 0; transform->place && i < n; i++) {
    if (all[i] == transform)
      return i;
  }
  return n;
}

/* What moves pixels is done at once, in the table's order, before all that is done to intensities. */
static VoxelAugmentSetting *
add (VoxelAugmentRecipe *recipe, const VoxelAugmentTransform *transform)
{
  VoxelAugmentSetting setting = {transform, {0}};
  guint place = 0;

  for (guint i = 0; transform->parameters[i].name; i++)
    setting.values[i] = transform->parameters[i].value;
  while (place < recipe->settings->len &&
         rank (g_array_index (recipe->settings, VoxelAugmentSetting, place).transform) <= rank (transform))
    place++;
  g_array_insert_val (recipe->settings, place, setting);
  return &g_array_index (recipe->settings, VoxelAugmentSetting, place);
}

static VoxelAugmentSetting *
find (const VoxelAugmentRecipe *recipe, const VoxelAugmentTransform *transform)
{
  for (guint i = 0; i < recipe->settings->len; i++) {
    VoxelAugmentSetting *setting = &g_array_index (recipe->settings, VoxelAugmentSetting, i);

    if (setting->transform == transform)
      return setting;
  }
  return NULL;
}

static gboolean
check_value (const VoxelAugmentTransform *transform, guint index, gdouble value, GError **error)
{
  const VoxelAugmentParameter *parameter = &transform->parameters[index];

  if (value >= parameter->least && value <= parameter->most)
    return TRUE;
  g_set_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_RANGE,
               "%s of %s is %g, but may be from %g to %g", parameter->name, transform->name, value,
               parameter->least, parameter->most);
  return FALSE;
}

static void
skip (Reader *reader)
{
  for (;;) {
    reader->at += strspn (reader->at, " \t\r\n");
    if (*reader->at != '#')
      return;
    reader->at += strcspn (reader->at, "\n");
  }
}

static void
place_error (GError **error, const Reader *reader, const gchar *at)
{
  guint line = 1, column = 1;

  for (const gchar *c = reader->text; c < at; c = g_utf8_next_char (c)) {
    column = *c == '\n' ? 1 : column + 1;
    line += *c == '\n';
  }
  g_prefix_error (error, "line %u, character %u: ", line, column);
}

static gchar *
read_name (Reader *reader)
{
  gsize length = strspn (reader->at, NAME_CHARACTERS);
  gchar *name = g_strndup (reader->at, length);

  reader->at += length;
  return name;
}

static gboolean
find_parameter (const VoxelAugmentTransform *transform, const gchar *name, guint *index, GError **error)
{
  g_autofree gchar *known = voxel_augment_transform_parameters (transform);

  for (*index = 0; transform->parameters[*index].name; (*index)++) {
    if (g_str_equal (transform->parameters[*index].name, name))
      return TRUE;
  }
  g_set_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN,
               "%s has no parameter \"%s\"; it has: %s", transform->name, name, known);
  return FALSE;
}

/* name=number */
static gboolean
read_parameter (Reader *reader, VoxelAugmentSetting *setting, GError **error)
{
  const gchar *start = reader->at;
  g_autofree gchar *name = read_name (reader);
  gdouble value;
  gchar *end;
  guint index;

  if (!find_parameter (setting->transform, name, &index, error)) {
    place_error (error, reader, start);
    return FALSE;
  }
  skip (reader);
  if (*reader->at == '=') {
    reader->at++;
    skip (reader);
    start = reader->at;
    value = g_ascii_strtod (start, &end);
    if (end > start) {
      reader->at = end;
      if (check_value (setting->transform, index, value, error)) {
        setting->values[index] = value;
        return TRUE;
      }
      place_error (error, reader, start);
      return FALSE;
    }
  }
  g_set_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX, "expected %s=NUMBER",
               name);
  place_error (error, reader, reader->at);
  return FALSE;
}

/* What stands in brackets, the opening one being read. */
static gboolean
read_parameters (Reader *reader, VoxelAugmentSetting *setting, GError **error)
{
  skip (reader);
  while (*reader->at != ')') {
    if (!read_parameter (reader, setting, error))
      return FALSE;
    skip (reader);
    if (*reader->at == ',') {
      reader->at++;
      skip (reader);
    } else if (*reader->at != ')') {
      g_set_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX,
                   "expected \",\" or \")\" in %s(…)", setting->transform->name);
      place_error (error, reader, reader->at);
      return FALSE;
    }
  }
  reader->at++;
  return TRUE;
}

static gboolean
read_transform (Reader *reader, VoxelAugmentRecipe *recipe, GError **error)
{
  const gchar *start = reader->at;
  g_autofree gchar *name = read_name (reader), *known = NULL;
  const VoxelAugmentTransform *transform = voxel_augment_transform_find (name);

  if (!transform) {
    known = voxel_augment_transform_names ();
    g_set_error (
        error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN,
        "no transform \"%.*s\", and no file of that name; there are: none or origin alone, or some of %s",
        (int) MAX (strcspn (start, " \t\r\n(,"), 1), start, known);
    place_error (error, reader, start);
    return FALSE;
  }
  if (find (recipe, transform)) {
    g_set_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX, "%s comes twice",
                 name);
    place_error (error, reader, start);
    return FALSE;
  }
  skip (reader);
  if (*reader->at != '(') {
    add (recipe, transform);
    return TRUE;
  }
  reader->at++;
  return read_parameters (reader, add (recipe, transform), error);
}

static gboolean
read_all (VoxelAugmentRecipe *recipe, const gchar *text, GError **error)
{
  Reader reader = {text, text};

  for (skip (&reader); *reader.at; skip (&reader)) {
    if (!read_transform (&reader, recipe, error))
      return FALSE;
  }
  return TRUE;
}

/* The text of a file, where @text is the path of one. */
static gboolean
read_file (const gchar *text, gchar **contents, GError **error)
{
  if (!g_file_test (text, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  if (!g_file_get_contents (text, contents, NULL, error))
    return FALSE;
  if (g_utf8_validate (*contents, -1, NULL))
    return TRUE;
  g_set_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX,
               "\"%s\" is no text in UTF-8", text);
  return FALSE;
}

/**
 * voxel_augment_recipe_new:
 * @text: "none", "origin", transforms such as "gamma(p=.75, low=.8, high=1.2) flip-h", or the path of a file with
 *   the same and comments from # to the end of the line
 * @error: return location; says line and character
 *
 * Whatever their order in @text, transforms that move pixels are done first, in the order of
 * voxel_augment_transforms(); the others in that of @text.
 *
 * Returns: (transfer full) (nullable): the recipe, or %NULL with @error in the domain VOXEL_AUGMENT_RECIPE_ERROR or
 *   G_FILE_ERROR
 */
VoxelAugmentRecipe *
voxel_augment_recipe_new (const gchar *text, GError **error)
{
  g_autoptr (VoxelAugmentRecipe) recipe = g_new0 (VoxelAugmentRecipe, 1);
  g_autofree gchar *contents = NULL;
  g_autofree gchar *word = g_strstrip (g_strdup (text));

  recipe->settings = g_array_new (FALSE, FALSE, sizeof (VoxelAugmentSetting));
  if (g_str_equal (word, "none"))
    return g_steal_pointer (&recipe);
  if (g_str_equal (word, "origin"))
    text = origin;
  else if (!read_file (text, &contents, error))
    return NULL;
  if (!read_all (recipe, contents ? contents : text, error)) {
    if (contents)
      g_prefix_error (error, "\"%s\", ", text);
    return NULL;
  }
  return g_steal_pointer (&recipe);
}

/**
 * voxel_augment_recipe_free:
 * @recipe: no longer needed
 */
void
voxel_augment_recipe_free (VoxelAugmentRecipe *recipe)
{
  g_array_unref (recipe->settings);
  g_free (recipe);
}

/**
 * voxel_augment_recipe_set:
 * @recipe: a recipe
 * @transform: a transform; it joins @recipe if it was not in it
 * @parameter: which of its parameters
 * @value: of the parameter
 * @error: return location
 *
 * Returns: whether @value is allowed
 */
gboolean
voxel_augment_recipe_set (VoxelAugmentRecipe *recipe, const VoxelAugmentTransform *transform, guint parameter,
                          gdouble value, GError **error)
{
  VoxelAugmentSetting *setting = find (recipe, transform);

  if (!check_value (transform, parameter, value, error))
    return FALSE;
  if (!setting)
    setting = add (recipe, transform);
  setting->values[parameter] = value;
  return TRUE;
}

/**
 * voxel_augment_recipe_check:
 * @recipe: a recipe
 * @error: return location
 *
 * Returns: whether no range ends below where it begins
 */
gboolean
voxel_augment_recipe_check (const VoxelAugmentRecipe *recipe, GError **error)
{
  for (guint i = 0; i < recipe->settings->len; i++) {
    const VoxelAugmentSetting *setting = &g_array_index (recipe->settings, VoxelAugmentSetting, i);
    const VoxelAugmentParameter *parameters = setting->transform->parameters;

    for (guint k = 0; parameters[k].name; k++) {
      if (!g_str_has_prefix (parameters[k].name, "low") || setting->values[k] <= setting->values[k + 1])
        continue;
      g_set_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_RANGE,
                   "%s of %s is %g, above %s, which is %g", parameters[k].name, setting->transform->name,
                   setting->values[k], parameters[k + 1].name, setting->values[k + 1]);
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * voxel_augment_recipe_get:
 * @recipe: a recipe
 * @n: (out): how many there are
 *
 * Returns: (transfer none) (array length=n): its transforms in the order of application
 */
const VoxelAugmentSetting *
voxel_augment_recipe_get (const VoxelAugmentRecipe *recipe, guint *n)
{
  *n = recipe->settings->len;
  return (const VoxelAugmentSetting *) (gconstpointer) recipe->settings->data;
}

/**
 * voxel_augment_recipe_find:
 * @recipe: a recipe
 * @name: of a transform
 *
 * Returns: (transfer none) (nullable): what @recipe says of it
 */
const VoxelAugmentSetting *
voxel_augment_recipe_find (const VoxelAugmentRecipe *recipe, const gchar *name)
{
  const VoxelAugmentTransform *transform = voxel_augment_transform_find (name);

  return transform ? find (recipe, transform) : NULL;
}
