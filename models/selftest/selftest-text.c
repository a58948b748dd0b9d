/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "models/selftest/selftest-text.h"

#include <stdio.h>

#include "models/memory.h"

/**
 * voxel_selftest_text_machine:
 * @machine: what there is to compute with
 *
 * Prints it.
 */
void
voxel_selftest_text_machine (const VoxelSelftestMachine *machine)
{
  g_print ("voxel %s on %s, %u threads, instructions %s\n", PACKAGE_VERSION, machine->cpu, machine->threads,
           machine->instructions);
  for (guint i = 0; i < machine->devices->len; i++)
    g_print ("%s\n", (const gchar *) machine->devices->pdata[i]);
  for (guint i = 0; i < machine->missing->len; i++)
    g_print ("%s\n", (const gchar *) machine->missing->pdata[i]);
}

void
voxel_selftest_text_begin (VoxelSelftestText *text, const gchar *backend, gboolean terminal)
{
  *text = (VoxelSelftestText){backend, terminal, g_ptr_array_new (), FALSE};
}

static void
wipe (const VoxelSelftestText *text)
{
  if (text->terminal)
    g_printerr ("\r\033[K");
}

static gchar *
where_of (const VoxelSelftestText *text, const VoxelSelftestResult *result)
{
  const gchar *precision = voxel_precision_to_name (result->precision);

  return result->group == VOXEL_SELFTEST_YARDSTICK
             ? g_strdup_printf ("*cpu %s", precision)
             : g_strdup_printf ("%s %u %s", text->backend, result->device, precision);
}

/* How many cases were refused, and of what all of them. */
static void
print_refused (const GPtrArray *group, guint refused)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < group->len; i++) {
    const VoxelSelftestResult *result = group->pdata[i];

    if (result->refused == result->cases)
      g_string_append_printf (names, "%s%s", names->len ? ", " : "", result->name);
  }
  g_print (", %u refused", refused);
  if (names->len)
    g_print (" (all of %s)", names->str);
}

/* Parts of the same kind, in a line. */
static void
print_group (VoxelSelftestText *text)
{
  const VoxelSelftestResult *worst = text->group->len ? text->group->pdata[0] : NULL;
  g_autofree gchar *where = worst ? where_of (text, worst) : NULL;
  guint cases = 0, refused = 0, failed = 0;

  for (guint i = 0; i < text->group->len; i++) {
    const VoxelSelftestResult *result = text->group->pdata[i];

    cases += result->cases;
    refused += result->refused;
    failed += !result->passed;
    worst = result->largest > worst->largest ? result : worst;
  }
  if (!worst)
    return;
  wipe (text);
  g_print ("%s: %u %s", where, cases,
           worst->group == VOXEL_SELFTEST_OPERATOR ? "operators" : "graphs of operators");
  if (refused)
    print_refused (text->group, refused);
  g_print (", largest difference %.2g (%s; %.2g allowed)%s\n", worst->largest, worst->name,
           worst->largest_bound, failed ? "  FAIL" : "");
  g_ptr_array_set_size (text->group, 0);
}

static void
print_head (VoxelSelftestText *text)
{
  if (!text->table)
    g_print ("\n%-30s %4s %-14s %2s  %8s %8s  %8s %8s  %10s %10s %9s\n", "network", "side", "computed by",
             "n", "mean", "allowed", "largest", "allowed", "ms/picture", "pictures/s", "memory");
  text->table = TRUE;
}

static void
print_network (VoxelSelftestText *text, const VoxelSelftestResult *result)
{
  g_autofree gchar *where = where_of (text, result);

  wipe (text);
  print_head (text);
  g_print ("%-30s %4u %-14s %2u  ", result->name, result->side, where, result->n);
  if (result->mean_bound > 0)
    g_print ("%8.2g %8.2g  %8.2g %8.2g", result->mean, result->mean_bound, result->largest,
             result->largest_bound);
  else
    g_print ("%8s %8s  %8s %8s", "-", "-", "-", "-");
  if (result->pictures > 0) {
    g_autofree gchar *memory = voxel_memory_to_text (result->arena);

    g_print ("  %10.2f %10.1f %9s", result->ms / result->n, result->pictures, memory);
  }
  g_print ("%s\n", result->passed ? "" : "  FAIL");
}

static gboolean
continues (const VoxelSelftestText *text, const VoxelSelftestResult *result)
{
  const VoxelSelftestResult *first = text->group->len ? text->group->pdata[0] : NULL;

  return !first || (first->group == result->group && first->device == result->device &&
                    first->precision == result->precision);
}

/**
 * voxel_selftest_text_result:
 * @result: one more
 * @text: where
 *
 * Prints it, or keeps it until its group is complete.
 */
void
voxel_selftest_text_result (const VoxelSelftestResult *result, gpointer text)
{
  VoxelSelftestText *self = text;

  if (!continues (self, result))
    print_group (self);
  if (result->group == VOXEL_SELFTEST_OPERATOR || result->group == VOXEL_SELFTEST_GRAPHS)
    g_ptr_array_add (self->group, (gpointer) result);
  else
    print_network (self, result);
  if (self->terminal)
    g_printerr ("\r\033[K%s %s …", result->name, voxel_precision_to_name (result->precision));
  fflush (stdout);
}

static guint
print_failures (const VoxelSelftestText *text, const GPtrArray *results)
{
  guint failed = 0;

  for (guint i = 0; i < results->len; i++) {
    const VoxelSelftestResult *result = results->pdata[i];
    g_autofree gchar *where = NULL;

    if (result->passed)
      continue;
    where = where_of (text, result);
    g_print ("%s%s %s", failed++ ? "" : "\n", where, result->name);
    if (result->n > 1)
      g_print (", %u pictures", result->n);
    g_print (": %s\n", result->why);
  }
  return failed;
}

/**
 * voxel_selftest_text_end:
 * @text: where
 * @results: all of them
 *
 * Prints what remains: what failed, and the verdict.
 */
void
voxel_selftest_text_end (VoxelSelftestText *text, const GPtrArray *results)
{
  guint failed;

  print_group (text);
  wipe (text);
  if (text->table)
    g_print (
        "\nDifferences are from the CPU's fp32, * of that from sums in double, in parts of the standard "
        "deviation of the\nlogits. Each row ran the same picture some ten times, alone and twice at once, "
        "to the same bits.\n");
  failed = print_failures (text, results);
  if (failed)
    g_print ("\nFAIL: %u of %u\n", failed, results->len);
  else
    g_print ("\npass: all %u\n", results->len);
}

void
voxel_selftest_text_clear (VoxelSelftestText *text)
{
  g_clear_pointer (&text->group, g_ptr_array_unref);
}
