/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <gst/gst.h>

#include "tools/voxel/command.h"
#include "tools/voxel/pipeline-text.h"
#include "tools/voxel/pipeline-values.h"

static const gchar *const nasty[] = {
    "plain",
    "with space",
    " leading and trailing ",
    "a\"b",
    "\"quoted\"",
    "a\\b",
    "ends in \\",
    "ends in \\\\",
    "it's",
    "a!b",
    " ! fakesink",
    "#no comment",
    "$HOME",
    "${scan}",
    "${scan:-x}",
    "\303\251\346\274\242",
    "two\nlines",
    "-o",
    "a=b name=c",
    "a=b",
    "a;b",
    "(x) [y] {z}",
    "a,b",
    "",
    "\\\"",
    "\"\\",
    "tab\tin it",
    "\\n",
    "\"",
    "\\",
    "'",
    "%05d",
    "video/x-raw",
    "*?[a]",
    "a\\ b",
};

/* Name and value pairs up to NULL. */
static GHashTable *
values_of (const gchar *name, ...)
{
  GHashTable *values = voxel_pipeline_values_new ();
  va_list list;

  va_start (list, name);
  for (; name; name = va_arg (list, const gchar *))
    voxel_pipeline_values_add (values, name, va_arg (list, const gchar *));
  va_end (list);
  return values;
}

static gchar *
expand (const gchar *text, GHashTable *values, GError **error)
{
  g_autoptr (VoxelPipelineText) pipeline = voxel_pipeline_text_expand ("t.gst", text, values, error);

  g_hash_table_unref (values);
  return pipeline ? voxel_pipeline_text_to_launch (pipeline) : NULL;
}

static void
assert_expands (const gchar *text, GHashTable *values, const gchar *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *got = expand (text, values, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (got, ==, expected);
}

static void
assert_refused (const gchar *text, GHashTable *values, const gchar *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *got = expand (text, values, &error);

  g_assert_null (got);
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_comments (void)
{
  assert_expands ("# first\na ! # to the end\n b x=\"# is no comment\" y=c#d\n#last", values_of (NULL),
                  "a ! b x=\"# is no comment\" y=c#d");
  assert_expands ("a x='it # is' # gone ${nothing}", values_of (NULL), "a x='it # is'");
}

static void
test_variables (void)
{
  assert_expands ("a x=${x} y=${y:-7} z=${z:-}", values_of ("x", "1", NULL), "a x=1 y=7 z=\"\"");
  assert_expands ("a x=${x:-one two}", values_of (NULL), "a x=\"one two\"");
  assert_expands ("a x = ${x}", values_of ("x", "b c", NULL), "a x = \"b c\"");
  assert_expands ("a x=${d}/s-%05d.png", values_of ("d", "my dir", NULL), "a x=\"my dir/s-%05d.png\"");
  assert_expands ("a x=\"${d}/it's \\\" mine\"", values_of ("d", "e", NULL), "a x=\"e/it's \\\" mine\"");
  assert_expands ("video/x-raw,width=${w},height=${h}", values_of ("w", "5", "h", "6", NULL),
                  "video/x-raw,width=5,height=6");
  assert_expands ("a ! ${encoder} ! b", values_of ("encoder", "pngenc", NULL), "a ! pngenc ! b");
}

static void
test_each (void)
{
  const gchar *text = "a ! tee name=t\n${each o}\nt. ! b to=${o}\n${end}";

  assert_expands (text, values_of (NULL), "a ! tee name=t");
  assert_expands (text, values_of ("o", "1", NULL), "a ! tee name=t t. ! b to=1");
  assert_expands (text, values_of ("o", "1", "o", "2 3", NULL),
                  "a ! tee name=t t. ! b to=1 t. ! b to=\"2 3\"");
  assert_expands ("${each a} x=${a} ${each b} y=${b} z=${a} ${end} ${end}",
                  values_of ("a", "1", "a", "2", "b", "3", NULL), "x=1 y=3 z=1 x=2 y=3 z=2");
}

/* What only stands in a block that is left out may be given nevertheless. */
static void
test_none (void)
{
  const gchar *text = "${none o} a x=${x} ${each y} y=${y} ${end} ! ${end} ${each o} b z=${z:-3} ! ${end} c";

  assert_expands (text, values_of ("x", "1", NULL), "a x=1 ! c");
  assert_expands (text, values_of ("o", "yes", "x", "1", "y", "2", "z", "4", NULL), "b z=4 ! c");
  assert_expands (text, values_of ("o", "yes", NULL), "b z=3 ! c");
  assert_refused ("a ! ${none x} b", values_of (NULL), "t.gst:1: ${none x} has no ${end}");
}

static void
test_errors (void)
{
  assert_refused ("a\nb x=${x}", values_of (NULL),
                  "t.gst:2: ${x} has no value and no default\nGive it: x=VALUE");
  assert_refused ("a", values_of ("foo", "1", NULL), "no ${foo} in this pipeline, t.gst");
  assert_refused ("a x=${x}", values_of ("x", "1", "x", "2", NULL),
                  "t.gst:1: ${x} takes one value here, 2 are given");
  assert_refused ("a\n\n x=\"open", values_of (NULL), "t.gst:3: the end of a quoted string is missing");
  assert_refused ("a x=${open", values_of (NULL), "t.gst:1: the end of a variable, }, is missing");
  assert_refused ("a x=${}", values_of (NULL), "t.gst:1: \"${}\" names no variable");
  assert_refused ("a x=${a b}", values_of (NULL), "t.gst:1: \"${a b}\" names no variable");
  assert_refused ("a ! ${each x} b", values_of (NULL), "t.gst:1: ${each x} has no ${end}");
  assert_refused ("a ${end}", values_of (NULL), "t.gst:1: ${end} has no ${each name} before it");
  assert_refused ("a x=${x}", values_of ("x", "\351", NULL),
                  "the value of ${x}, \"\357\277\275\", is not UTF-8, which GStreamer needs\n"
                  "Rename the file or link to it");
  assert_refused ("a ! ${e} ! b", values_of ("e", "x ! y", NULL),
                  "t.gst:1: \"x ! y\" cannot stand in \"${e}\": only the value of a property takes any text");
}

static void
assert_location (GstElement *pipeline, const gchar *name, const gchar *expected)
{
  g_autoptr (GstElement) element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autofree gchar *location = NULL;

  g_assert_nonnull (element);
  g_object_get (element, "location", &location, NULL);
  g_assert_cmpstr (location, ==, expected);
}

/* Through gst_parse every value arrives as it was. */
static void
test_nasty_launch (gconstpointer data)
{
  const gchar *value = data;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *launch = expand ("filesrc location=${v} name=\"s\" ! filesink name=\"d\" location=${v}",
                                     values_of ("v", value, NULL), &error);
  g_autoptr (GstElement) pipeline = NULL;

  g_assert_no_error (error);
  pipeline = gst_parse_launch_full (launch, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_assert_no_error (error);
  assert_location (pipeline, "s", value);
  assert_location (pipeline, "d", value);
}

/* And as words of a shell and of gst-launch-1.0 likewise. */
static void
test_nasty_shell (gconstpointer data)
{
  const gchar *value = data;
  g_autoptr (GHashTable) values = values_of ("v", value, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (VoxelPipelineText) pipeline = NULL;
  g_autofree gchar *shell = NULL;
  g_auto (GStrv) argv = NULL;
  g_autoptr (GstElement) parsed = NULL;

  pipeline = voxel_pipeline_text_expand (
      "t.gst", "filesrc location=${v} name=\"s\"\n! filesink name=\"d\" location=${v}", values, &error);
  g_assert_no_error (error);
  shell = voxel_pipeline_text_to_shell (pipeline);
  g_assert_true (g_shell_parse_argv (shell, NULL, &argv, &error));
  g_assert_no_error (error);
  parsed = gst_parse_launchv_full ((const gchar **) argv + 2, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_assert_no_error (error);
  assert_location (parsed, "s", value);
  assert_location (parsed, "d", value);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline-text/comments", test_comments);
  g_test_add_func ("/pipeline-text/variables", test_variables);
  g_test_add_func ("/pipeline-text/each", test_each);
  g_test_add_func ("/pipeline-text/none", test_none);
  g_test_add_func ("/pipeline-text/errors", test_errors);
  for (gsize i = 0; i < G_N_ELEMENTS (nasty); i++) {
    g_autofree gchar *launch = g_strdup_printf ("/pipeline-text/launch/%" G_GSIZE_FORMAT, i);
    g_autofree gchar *shell = g_strdup_printf ("/pipeline-text/shell/%" G_GSIZE_FORMAT, i);

    g_test_add_data_func (launch, nasty[i], test_nasty_launch);
    g_test_add_data_func (shell, nasty[i], test_nasty_shell);
  }
  return g_test_run ();
}
