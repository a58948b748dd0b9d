/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "command.h"
#include "pipeline-values.h"
#include "segment-follow.h"

#define MAX_TIMEOUT 1e9

/**
 * voxel_segment_follow_add_options:
 * @follow: gets what is said; outlives @context
 * @context: of the command line
 */
void
voxel_segment_follow_add_options (VoxelSegmentFollow *follow, GOptionContext *context)
{
  const GOptionEntry entries[] = {
      {"follow", 0, 0, G_OPTION_ARG_NONE, &follow->wanted,
       "SCAN is a folder that slices are still written to, one a file: wait for them", NULL},
      {"follow-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &follow->timeout,
       "Without a new slice for so long the scan has ended; 0: wait for ever (60)", "SECONDS"},
      {"count", 0, 0, G_OPTION_ARG_INT, &follow->count,
       "So many slices are promised: fewer are an error; names of files are known to CSV files only then",
       "N"},
      {NULL},
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

/**
 * voxel_segment_follow_check:
 * @follow: after the command line was read
 * @slices: (nullable): the part of the scan that is asked for
 * @mask: (nullable): the stack outside of which nothing is a vessel
 * @error: VOXEL_COMMAND_ERROR_USAGE naming the option
 *
 * Returns: whether these go together
 */
gboolean
voxel_segment_follow_check (const VoxelSegmentFollow *follow, const gchar *slices, const gchar *mask,
                            GError **error)
{
  const gchar *problem = NULL;

  if (!follow->wanted && follow->count != 0)
    problem = "--count goes with --follow; say --slices :N for a part of a scan";
  else if (follow->wanted && slices)
    problem = "--slices and --follow: nobody knows yet which slices there are; say --count N for the first N";
  else if (follow->wanted && mask)
    problem = "--mask and --follow: a mask is compared with the scan, which is not there yet";
  else if (follow->count < 0)
    problem = "--count: expected a number of slices, at least 1";
  else if (!(follow->timeout >= 0. && follow->timeout <= MAX_TIMEOUT))
    problem = "--follow-timeout: expected seconds, 0 or more";
  if (!problem)
    return TRUE;
  g_set_error_literal (error, VOXEL_COMMAND_ERROR, VOXEL_COMMAND_ERROR_USAGE, problem);
  return FALSE;
}

/**
 * voxel_segment_follow_add_values:
 * @follow: after voxel_segment_follow_check(), wanted
 * @hold: whether no slice can be looked at before the last one has come
 * @values: gets the variables of segment.gst
 */
void
voxel_segment_follow_add_values (const VoxelSegmentFollow *follow, gboolean hold, GHashTable *values)
{
  g_autofree gchar *timeout = g_strdup_printf ("%" G_GUINT64_FORMAT, (guint64) (follow->timeout * 1e9));
  g_autofree gchar *last = g_strdup_printf ("%d", follow->count - 1);

  voxel_pipeline_values_add (values, "follow-timeout", timeout);
  voxel_pipeline_values_add (values, "last", last);
  voxel_pipeline_values_add (values, "hold", hold ? "true" : "false");
}
