/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/augment-sample.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
assert_value (const VoxelAugmentRecipe *recipe, const gchar *name, guint parameter, gdouble value)
{
  const VoxelAugmentSetting *setting = voxel_augment_recipe_find (recipe, name);

  g_assert_nonnull (setting);
  g_assert_cmpfloat (setting->values[parameter], ==, value);
}

static void
assert_order (const VoxelAugmentRecipe *recipe, const gchar *names)
{
  guint n;
  const VoxelAugmentSetting *settings = voxel_augment_recipe_get (recipe, &n);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (all, "%s%s", i ? " " : "", settings[i].transform->name);
  g_assert_cmpstr (all->str, ==, names);
}

static VoxelAugmentRecipe *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  VoxelAugmentRecipe *recipe = voxel_augment_recipe_new (text, &error);

  g_assert_no_error (error);
  return recipe;
}

static void
test_text (void)
{
  g_autoptr (VoxelAugmentRecipe) recipe =
      parse ("noise ( p = 1,high=.25 )\n\tgamma(low=.5) flip-h # flip-v\nscale()\r\nrot90");

  assert_order (recipe, "scale rot90 flip-h noise gamma");
  assert_value (recipe, "noise", 0, 1);
  assert_value (recipe, "noise", 1, 0);
  assert_value (recipe, "noise", 2, .25);
  assert_value (recipe, "gamma", 1, .5);
  assert_value (recipe, "gamma", 2, 1.2);
  g_assert_null (voxel_augment_recipe_find (recipe, "flip-v"));
}

static void
test_named (void)
{
  g_autoptr (VoxelAugmentRecipe) origin = parse ("origin"), none = parse (" none\n"), empty = parse ("");

  assert_order (origin, "scale grid-distortion rot90 flip-h flip-v gamma brightness-contrast gaussian-blur "
                        "motion-blur noise");
  assert_value (origin, "gamma", 0, .75);
  assert_value (origin, "scale", 1, .8);
  assert_value (origin, "noise", 2, .5);
  assert_order (none, "");
  assert_order (empty, "");
}

static void
test_file (void)
{
  g_autofree gchar *path = NULL;
  g_autoptr (GError) error = NULL;
  gint file = g_file_open_tmp ("recipe-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (file);
  g_assert_true (g_file_set_contents (path, "# mine\nrot90(p=.5) # turns\n\nflip-h\n", -1, NULL));
  {
    g_autoptr (VoxelAugmentRecipe) recipe = parse (path);

    assert_order (recipe, "rot90 flip-h");
  }
  g_assert_true (g_file_set_contents (path, "rot90\nflop", -1, NULL));
  g_assert_null (voxel_augment_recipe_new (path, &error));
  g_assert_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN);
  g_assert_true (strstr (error->message, path) && strstr (error->message, "line 2, character 1"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "\xff\xfe", -1, NULL));
  g_assert_null (voxel_augment_recipe_new (path, &error));
  g_assert_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX);
  g_unlink (path);
}

/* What is wrong is named with its place and with what would be right. */
static void
test_errors (void)
{
  static const struct {
    const gchar *text;
    VoxelAugmentRecipeError code;
    const gchar *place;
    const gchar *word;
  } rows[] = {
      {"gama", VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN, "line 1, character 1:", "brightness-contrast"},
      {"flip-h Gamma(p=1)", VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN, "line 1, character 8:", "\"Gamma\""},
      {"no/such/file.txt", VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN, "line 1, character 1:", "no file"},
      {"gamma(q=1)", VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN, "line 1, character 7:", "p, low, high"},
      {"gamma(\n p=1.5)", VOXEL_AUGMENT_RECIPE_ERROR_RANGE, "line 2, character 4:", "from 0 to 1"},
      {"gamma(p=nan)", VOXEL_AUGMENT_RECIPE_ERROR_RANGE, "line 1, character 9:", "from 0 to 1"},
      {"gamma(p)", VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX, "line 1, character 8:", "p=NUMBER"},
      {"gamma(p=)", VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX, "line 1, character 9:", "p=NUMBER"},
      {"gamma(p=1 low=2)", VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX, "line 1, character 11:", "\",\""},
      {"gamma(p=1", VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX, "line 1, character 10:", "\")\""},
      {"gamma(", VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN, "line 1, character 7:", "p, low, high"},
      {"gamma gamma", VOXEL_AUGMENT_RECIPE_ERROR_SYNTAX, "line 1, character 7:", "twice"},
      {"origin gamma", VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN, "line 1, character 1:", "origin"},
      {"\xc3\xa4", VOXEL_AUGMENT_RECIPE_ERROR_UNKNOWN, "line 1, character 1:", "none"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_augment_recipe_new (rows[i].text, &error));
    g_test_message ("%s", error->message);
    g_assert_error (error, VOXEL_AUGMENT_RECIPE_ERROR, (gint) rows[i].code);
    g_assert_true (g_str_has_prefix (error->message, rows[i].place));
    g_assert_nonnull (strstr (error->message, rows[i].word));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
}

static void
test_set (void)
{
  g_autoptr (VoxelAugmentRecipe) recipe = parse ("gamma noise");
  g_autoptr (GError) error = NULL;

  g_assert_true (voxel_augment_recipe_set (recipe, voxel_augment_transform_find ("flip-v"), 0, .25, &error));
  g_assert_true (voxel_augment_recipe_set (recipe, voxel_augment_transform_find ("gamma"), 1, 1.1, &error));
  assert_order (recipe, "flip-v gamma noise");
  assert_value (recipe, "flip-v", 0, .25);
  g_assert_true (voxel_augment_recipe_check (recipe, &error));
  g_assert_true (voxel_augment_recipe_set (recipe, voxel_augment_transform_find ("gamma"), 1, 1.3, &error));
  g_assert_false (voxel_augment_recipe_check (recipe, &error));
  g_assert_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_RANGE);
  g_clear_error (&error);
  g_assert_false (voxel_augment_recipe_set (recipe, voxel_augment_transform_find ("gamma"), 1, 0, &error));
  g_assert_error (error, VOXEL_AUGMENT_RECIPE_ERROR, VOXEL_AUGMENT_RECIPE_ERROR_RANGE);
}

/* The table keeps what the rest takes for granted. */
static void
test_table (void)
{
  guint n;
  const VoxelAugmentTransform *const *all = voxel_augment_transforms (&n);

  g_assert_cmpuint (n, <=, VOXEL_AUGMENT_MOST_STEPS_OF_SAMPLE);
  for (guint i = 0; i < n; i++) {
    const VoxelAugmentParameter *parameters = all[i]->parameters;

    g_assert_true (voxel_augment_transform_find (all[i]->name) == all[i]);
    g_assert_cmpint (!!all[i]->place + !!all[i]->curve + !!all[i]->filter, ==, 1);
    g_assert_cmpstr (parameters[0].name, ==, "p");
    for (guint k = 0; parameters[k].name; k++) {
      g_assert_cmpfloat (parameters[k].value, >=, parameters[k].least);
      g_assert_cmpfloat (parameters[k].value, <=, parameters[k].most);
      if (g_str_has_prefix (parameters[k].name, "low"))
        g_assert_true (parameters[k + 1].name && g_str_has_prefix (parameters[k + 1].name, "high"));
    }
    g_assert_false (i > 0 && all[i]->place && !all[i - 1]->place);
  }
}

static void
draw (VoxelAugmentSample *sample, const gchar *text, guint64 seed)
{
  g_autoptr (VoxelAugmentRecipe) recipe = parse (text);
  VoxelRandom random;

  voxel_random_init (&random, seed, 5, 0);
  voxel_augment_sample_draw (sample, recipe, &random);
}

/* What else is done changes no transform's numbers; another sample's are others; probabilities are kept. */
static void
test_draw (void)
{
  guint applied = 0, differ = 0;

  for (guint64 seed = 0; seed < 1000; seed++) {
    VoxelAugmentSample alone, other, among;

    draw (&alone, "noise(p=.3)", seed);
    draw (&other, "noise(p=.3)", seed + 1000000);
    draw (&among, "scale(p=1) gamma(p=1) motion-blur(p=1) noise(p=.3) flip-h(p=1)", seed);
    g_assert_cmpuint (among.n, ==, alone.n + 4);
    applied += alone.n;
    if (alone.n == 0)
      continue;
    g_assert_true (among.steps[4].transform == alone.steps[0].transform);
    g_assert_cmpfloat (among.steps[4].numbers[0], ==, alone.steps[0].numbers[0]);
    g_assert_cmpfloat (alone.steps[0].numbers[0], >=, 0);
    g_assert_cmpfloat (alone.steps[0].numbers[0], <=, .5);
    differ += other.n == 0 || other.steps[0].numbers[0] != alone.steps[0].numbers[0];
  }
  /* Five deviations of 1000 trials. */
  g_assert_cmpuint (applied, >, 300 - 73);
  g_assert_cmpuint (applied, <, 300 + 73);
  g_assert_cmpuint (differ, ==, applied);
}

/* All quarter turns and sizes of a motion come, and no others. */
static void
test_draw_whole (void)
{
  guint turns[4] = {0}, sizes[16] = {0};

  for (guint64 seed = 0; seed < 1000; seed++) {
    VoxelAugmentSample sample;

    draw (&sample, "rot90 motion-blur(p=1, low=4, high=8)", seed);
    g_assert_cmpuint (sample.n, ==, 2);
    g_assert_cmpfloat (sample.steps[0].numbers[0], <, 4);
    turns[(guint) sample.steps[0].numbers[0]]++;
    g_assert_cmpfloat (sample.steps[1].numbers[0], <, 16);
    sizes[(guint) sample.steps[1].numbers[0]]++;
  }
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (turns[i], >, 250 - 69);
  g_assert_cmpuint (sizes[5] + sizes[7] + sizes[9], ==, 1000);
  g_assert_cmpuint (MIN (sizes[5], MIN (sizes[7], sizes[9])), >, 333 - 75);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recipe/text", test_text);
  g_test_add_func ("/recipe/named", test_named);
  g_test_add_func ("/recipe/file", test_file);
  g_test_add_func ("/recipe/errors", test_errors);
  g_test_add_func ("/recipe/set", test_set);
  g_test_add_func ("/recipe/table", test_table);
  g_test_add_func ("/recipe/draw", test_draw);
  g_test_add_func ("/recipe/draw whole", test_draw_whole);
  return g_test_run ();
}
