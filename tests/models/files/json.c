/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "models/files/json.h"

#include <math.h>
#include <string.h>

#include "models/files/model-record.h"

static VoxelJson *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  VoxelJson *json = voxel_json_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  return json;
}

static void
check_refused (const gchar *text, gsize length, gsize position, const gchar *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelJson) json = voxel_json_parse (text, length, &error);
  g_autofree gchar *begins = g_strdup_printf ("JSON at byte %" G_GSIZE_FORMAT ": ", position);

  if (json)
    g_error ("%.*s is taken", (gint) MIN (length, 100), text);
  g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE);
  if (!g_str_has_prefix (error->message, begins) || !strstr (error->message, says))
    g_error ("%.*s: \"%s\" is not \"%s … %s\"", (gint) MIN (length, 100), text, error->message, begins, says);
}

static void
test_values (void)
{
  g_autoptr (VoxelJson) json =
      parse (" {\"a\" : [1,-2.5e3, true ,false,null,\"\",{},[]],\r\n\t\"\":{\"b\":\"c\"} } ");
  const VoxelJson *array = voxel_json_get (json, "a");

  g_assert_cmpuint (voxel_json_length (json), ==, 2);
  g_assert_cmpstr (voxel_json_nth (json, 0)->name, ==, "a");
  g_assert_cmpuint (voxel_json_length (array), ==, 8);
  g_assert_cmpint (voxel_json_nth (array, 0)->integer, ==, 1);
  g_assert_cmpfloat (voxel_json_nth (array, 1)->number, ==, -2500);
  g_assert_true (voxel_json_nth (array, 2)->boolean);
  g_assert_true (voxel_json_is (voxel_json_nth (array, 3), VOXEL_JSON_BOOLEAN));
  g_assert_false (voxel_json_nth (array, 3)->boolean);
  g_assert_true (voxel_json_is (voxel_json_nth (array, 4), VOXEL_JSON_NULL));
  g_assert_cmpstr (voxel_json_nth (array, 5)->string, ==, "");
  g_assert_cmpuint (voxel_json_length (voxel_json_nth (array, 6)), ==, 0);
  g_assert_null (voxel_json_nth (array, 6)->name);
  g_assert_cmpstr (voxel_json_get_string (voxel_json_get (json, ""), "b"), ==, "c");
  g_assert_null (voxel_json_get_string (json, "a"));
  g_assert_null (voxel_json_get (array, "a"));
  g_assert_null (voxel_json_get (NULL, "a"));
  g_assert_false (voxel_json_is (NULL, VOXEL_JSON_NULL));
}

static void
test_strings (void)
{
  static const struct {
    const gchar *text, *is;
  } cases[] = {
      {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
      {"\"\\u0041\\u00e4\\u20AC\"", "A\xc3\xa4\xe2\x82\xac"},
      {"\"\\ud83d\\ude00\\uDBFF\\uDFFF\"", "\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf"},
      {"\"\xf0\x9f\x98\x80 \x7f\"", "\xf0\x9f\x98\x80 \x7f"},
      {"\"\\ufeff\\uffff\"", "\xef\xbb\xbf\xef\xbf\xbf"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (VoxelJson) json = parse (cases[i].text), again = NULL;
    g_autofree gchar *written = voxel_json_write (json, FALSE);

    g_assert_cmpstr (json->string, ==, cases[i].is);
    again = parse (written);
    g_assert_true (voxel_json_equal (json, again));
  }
}

static void
test_numbers (void)
{
  static const struct {
    const gchar *text;
    gint64 is;
  } whole[] = {{"0", 0},
               {"-1", -1},
               {"9007199254740993", G_GINT64_CONSTANT (9007199254740993)},
               {"9223372036854775807", G_MAXINT64},
               {"-9223372036854775808", G_MININT64}};
  static const struct {
    const gchar *text;
    gdouble is;
  } others[] = {{"9223372036854775808", 0x1p63},
                {"1.0", 1},
                {"1e2", 100},
                {"1E+2", 100},
                {"25e-1", 2.5},
                {"0.1", .1},
                {"5e-324", 0x1p-1074},
                {"1e-400", 0},
                {"1.7976931348623157e308", 1.7976931348623157e308},
                {"0.10000000000000000555111512312578270211815834045410156250", .1}};
  gdouble value;

  for (guint i = 0; i < G_N_ELEMENTS (whole); i++) {
    g_autoptr (VoxelJson) json = parse (whole[i].text);
    g_autofree gchar *written = voxel_json_write (json, FALSE);

    g_assert_true (voxel_json_is (json, VOXEL_JSON_INTEGER));
    g_assert_cmpint (json->integer, ==, whole[i].is);
    g_assert_cmpstr (written, ==, whole[i].text);
  }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (VoxelJson) json = parse (others[i].text), again = NULL;
    g_autofree gchar *written = voxel_json_write (json, FALSE);

    g_assert_true (voxel_json_is (json, VOXEL_JSON_NUMBER));
    g_assert_cmpfloat (json->number, ==, others[i].is);
    again = parse (written);
    g_assert_true (voxel_json_to_double (again, &value) && value == others[i].is);
  }
  g_autoptr (VoxelJson) zero = parse ("-0");
  g_assert_true (voxel_json_to_double (zero, &value) && signbit (value));
}

static void
test_refusals (void)
{
  static const struct {
    const gchar *text;
    gsize position;
    const gchar *says;
  } cases[] = {
      {"", 0, "ends too early"},
      {" ", 1, "ends too early"},
      {"\xef\xbb\xbf{}", 0, "does not have there"},
      {"{", 1, "ends too early"},
      {"[1", 2, "ends too early"},
      {"[1,", 3, "ends too early"},
      {"[1,]", 3, "does not have there"},
      {"[,1]", 1, "does not have there"},
      {"[1 2]", 3, "does not have there"},
      {"[1}", 2, "does not have there"},
      {"]", 0, "does not have there"},
      {"{\"a\":1,}", 7, "does not have there"},
      {"{\"a\" 1}", 5, "does not have there"},
      {"{\"a\":}", 5, "does not have there"},
      {"{a:1}", 1, "does not have there"},
      {"{1:1}", 1, "does not have there"},
      {"{'a':1}", 1, "does not have there"},
      {"{\"a\":1,\"b\":2,\"a\":3}", 13, "has already"},
      {"{\"a\":1,\"\\u0061\":3}", 7, "has already"},
      {"1 2", 2, "follows the end"},
      {"{}{}", 2, "follows the end"},
      {"{} // no", 3, "follows the end"},
      {"[1/**/]", 2, "does not have there"},
      {"\v1", 0, "does not have there"},
      {"\xc2\xa0"
       "1",
       0, "does not have there"},
      {"tru", 3, "ends too early"},
      {"True", 0, "does not have there"},
      {"nul1", 3, "does not have there"},
      {"nulll", 4, "follows the end"},
      {"NaN", 0, "does not have there"},
      {"Infinity", 0, "does not have there"},
      {"-Infinity", 1, "does not have there"},
      {"+1", 0, "does not have there"},
      {"-", 1, "ends too early"},
      {"- 1", 1, "does not have there"},
      {"01", 1, "follows the end"},
      {"-01", 2, "follows the end"},
      {"[0x10]", 2, "does not have there"},
      {".5", 0, "does not have there"},
      {"1.", 2, "ends too early"},
      {"[1.e1]", 3, "does not have there"},
      {"1e", 2, "ends too early"},
      {"1e+", 3, "ends too early"},
      {"[1e999]", 1, "beyond what 64 bits hold"},
      {"[-1e999]", 1, "beyond what 64 bits hold"},
      {"\"", 1, "ends too early"},
      {"\"\\", 2, "ends too early"},
      {"\"\\\"", 3, "ends too early"},
      {"\"\\a\"", 2, "does not have there"},
      {"\"\\'\"", 2, "does not have there"},
      {"\"\\U0041\"", 2, "does not have there"},
      {"\"\\u004\"", 6, "does not have there"},
      {"\"\\u00", 5, "ends too early"},
      {"\"\\u00g0\"", 5, "does not have there"},
      {"\"\\u0000\"", 1, "NUL"},
      {"\"a\\ud800\"", 2, "surrogate"},
      {"\"\\udc00\"", 1, "surrogate"},
      {"\"\\ud800\\n\"", 1, "surrogate"},
      {"\"\\ud800\\ud800\"", 1, "surrogate"},
      {"\"\\ud800\\u0041\"", 1, "surrogate"},
      {"\"\n\"", 1, "control character"},
      {"\"a\tb\"", 2, "control character"},
      {"\"\x1f\"", 1, "control character"},
      {"\"\xff\"", 1, "not UTF-8"},
      {"\"\xc0\x80\"", 1, "not UTF-8"},
      {"\"\xed\xa0\x80\"", 1, "not UTF-8"},
      {"\"\xf4\x90\x80\x80\"", 1, "not UTF-8"},
      {"\"\xe2\x82", 1, "not UTF-8"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    check_refused (cases[i].text, strlen (cases[i].text), cases[i].position, cases[i].says);
  check_refused ("[1]\0", 4, 3, "NUL");
  check_refused ("\"a\0b\"", 5, 2, "NUL");
}

/* What stands behind the text is not looked at: headers lie in front of weights. */
static void
test_length (void)
{
  g_autoptr (VoxelJson) json = voxel_json_parse ("12345", 3, NULL);

  g_assert_nonnull (json);
  g_assert_cmpint (json->integer, ==, 123);
  check_refused ("true", 3, 3, "ends too early");
  check_refused ("\"a\"", 2, 2, "ends too early");
}

static void
test_depth (void)
{
  for (guint depth = VOXEL_JSON_MAX_DEPTH; depth <= 1000000; depth += 999968) {
    g_autofree gchar *open = g_strnfill (depth, '['), *close = g_strnfill (depth, ']');
    g_autofree gchar *text = g_strconcat (open, close, NULL);

    if (depth == VOXEL_JSON_MAX_DEPTH)
      voxel_json_free (parse (text));
    else
      check_refused (text, strlen (text), VOXEL_JSON_MAX_DEPTH, "nested too deeply");
  }
  /* Beside each other, not within. */
  g_autoptr (GString) flat = g_string_new ("[[]");
  for (guint i = 0; i < 1000; i++)
    g_string_append (flat, ",[{}]");
  g_string_append_c (flat, ']');
  voxel_json_free (parse (flat->str));
}

/* Each cut of a good text is refused, and every position is within it. */
static void
test_cut (void)
{
  static const gchar text[] = "{\"a\":[1.5e1,true,\"\\ud83d\\ude00\xc3\xa4\"],\"b\":null}";

  for (gsize length = 0; length < sizeof text - 1; length++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (voxel_json_parse (text, length, &error));
    g_assert_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_FILE);
    g_assert_cmpuint (g_ascii_strtoull (error->message + strlen ("JSON at byte "), NULL, 10), <=, length);
  }
}

/* As many names, or digits, as take minutes where each looks at those before it. */
static void
test_large (void)
{
  g_autoptr (GString) text = g_string_new ("{");
  g_autoptr (VoxelJson) object = NULL, number = NULL;
  g_autofree gchar *digits = g_strnfill (1000000, '3');

  for (guint i = 0; i < 200000; i++)
    g_string_append_printf (text, "%s\"tensor.%u\":[%u]", i ? "," : "", i, i);
  g_string_append_c (text, '}');
  object = parse (text->str);
  g_assert_cmpuint (voxel_json_length (object), ==, 200000);
  g_assert_cmpint (voxel_json_nth (voxel_json_get (object, "tensor.199999"), 0)->integer, ==, 199999);
  g_string_printf (text, "0.%s", digits);
  number = parse (text->str);
  g_assert_cmpfloat (number->number, ==, 1. / 3);
}

static void
test_write (void)
{
  static const gchar compact[] =
      "{\"a\":[0.1,2,\"\\u0001\\u007f\\\"\\\\\\n/\xc3\xa4\"],\"b\":{\"c\":null},\"d\":{},"
      "\"e\":[],\"f\":false,\"g\":0.30000000000000004}";
  static const gchar pretty[] = "{\n  \"a\": [0.1, 2, \"\\u0001\\u007f\\\"\\\\\\n/\xc3\xa4\"],\n  \"b\": {\n"
                                "    \"c\": null\n  },\n  \"d\": {},\n  \"e\": [],\n  \"f\": false,\n"
                                "  \"g\": 0.30000000000000004\n}";
  g_autoptr (VoxelJson) json = parse (compact), again = parse (pretty);
  g_autofree gchar *plain = voxel_json_write (json, FALSE), *lines = voxel_json_write (json, TRUE);

  g_assert_cmpstr (plain, ==, compact);
  g_assert_cmpstr (lines, ==, pretty);
  g_assert_true (voxel_json_equal (json, again));
}

static void
test_change (void)
{
  g_autoptr (VoxelJson) object = voxel_json_new_object ();
  VoxelJson *array = voxel_json_new_array ();
  g_autofree gchar *text = NULL;

  voxel_json_append (array, voxel_json_new_boolean (TRUE));
  voxel_json_append (array, voxel_json_new_number (.5));
  voxel_json_set (object, "a", voxel_json_new_string ("x"));
  voxel_json_set (object, "b", voxel_json_new_null ());
  voxel_json_set (object, "a", array);
  voxel_json_set (object, "c", voxel_json_new_integer (-1));
  text = voxel_json_write (object, FALSE);
  g_assert_cmpstr (text, ==, "{\"a\":[true,0.5],\"b\":null,\"c\":-1}");
}

static void
test_equal (void)
{
  static const struct {
    const gchar *a, *b;
    gboolean equal;
  } cases[] = {
      {"1", "1.0", TRUE},
      {"1", "2", FALSE},
      {"1", "\"1\"", FALSE},
      {"1", "true", FALSE},
      {"null", "null", TRUE},
      {"null", "false", FALSE},
      {"[1,2]", "[2,1]", FALSE},
      {"[1,2]", "[1]", FALSE},
      {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", TRUE},
      {"{\"a\":1}", "{\"b\":1}", FALSE},
      {"{\"a\":1}", "{\"a\":2}", FALSE},
      {"{}", "[]", FALSE},
      {"\"a\"", "\"a\"", TRUE},
      {"9007199254740993", "9007199254740992", FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (VoxelJson) a = parse (cases[i].a), b = parse (cases[i].b);

    g_test_message ("%s %s", cases[i].a, cases[i].b);
    g_assert_true (voxel_json_equal (a, b) == cases[i].equal);
    g_assert_true (voxel_json_equal (b, a) == cases[i].equal);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/models/files/json/values", test_values);
  g_test_add_func ("/models/files/json/strings", test_strings);
  g_test_add_func ("/models/files/json/numbers", test_numbers);
  g_test_add_func ("/models/files/json/refusals", test_refusals);
  g_test_add_func ("/models/files/json/length", test_length);
  g_test_add_func ("/models/files/json/depth", test_depth);
  g_test_add_func ("/models/files/json/cut", test_cut);
  g_test_add_func ("/models/files/json/large", test_large);
  g_test_add_func ("/models/files/json/write", test_write);
  g_test_add_func ("/models/files/json/change", test_change);
  g_test_add_func ("/models/files/json/equal", test_equal);
  return g_test_run ();
}
