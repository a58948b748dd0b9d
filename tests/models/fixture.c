/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <math.h>

#include "models/selftest/interpret.h"

gchar *
fixture_path (const gchar *name)
{
  return g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
}

/* Largest difference; anything that is no number is infinitely far off. */
gdouble
fixture_difference (const gfloat *a, const gfloat *b, gsize n)
{
  gdouble most = 0;

  for (gsize i = 0; i < n; i++) {
    gdouble difference = fabs ((gdouble) a[i] - b[i]);

    if (!(difference <= most))
      most = isnan (difference) ? INFINITY : difference;
  }
  return most;
}

/* The graph as it was built. */
gfloat *
fixture_interpret (const VoxelGraph *graph, const gfloat *input)
{
  g_autoptr (GError) error = NULL;
  gfloat *output = voxel_interpret (graph, input, NULL, NULL, &error);

  g_assert_no_error (error);
  return output;
}

/* Takes the graph; returns what a plan of it computes. */
gfloat *
fixture_execute (VoxelGraph *graph, const VoxelBackend *backend, VoxelPrecision precision, guint threads,
                 const gfloat *input, GError **error)
{
  const VoxelPlanKey key = {backend->name, precision, threads, 1, 0, 0};

  return voxel_interpret_plan (graph, backend, &key, input, error);
}
