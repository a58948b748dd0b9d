/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/tiles/augment-crew.h"

typedef struct {
  guint number;
  guint result;
} Task;

static void
work (gpointer data, VoxelAugmentScratch *scratch)
{
  Task *task = data;
  guint *memory = voxel_augment_scratch_get (scratch, 64 + task->number % 7 * 1000);

  memory[0] = task->number;
  if (task->number % 5 == 0)
    g_usleep (500);
  g_assert_cmpuint (memory[0], ==, task->number);
  task->result = task->number + 1;
}

/* In order, each once, and no more under way than the crew likes. */
static void
test_order (gconstpointer threads)
{
  g_autoptr (VoxelAugmentCrew) crew = voxel_augment_crew_new (GPOINTER_TO_UINT (threads), work);
  Task tasks[100] = {{0}};
  guint taken = 0, most = 0;

  g_assert_null (voxel_augment_crew_pop (crew));
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++) {
    tasks[i].number = i;
    voxel_augment_crew_push (crew, &tasks[i]);
    most = MAX (most, voxel_augment_crew_get_length (crew));
    if (voxel_augment_crew_is_full (crew))
      g_assert_true (voxel_augment_crew_pop (crew) == &tasks[taken++]);
  }
  while (voxel_augment_crew_get_length (crew) > 0)
    g_assert_true (voxel_augment_crew_pop (crew) == &tasks[taken++]);
  g_assert_cmpuint (taken, ==, G_N_ELEMENTS (tasks));
  g_assert_cmpuint (most, ==, GPOINTER_TO_UINT (threads) == 1 ? 1 : 2 * GPOINTER_TO_UINT (threads));
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    g_assert_cmpuint (tasks[i].result, ==, i + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/crew/1", GUINT_TO_POINTER (1), test_order);
  g_test_add_data_func ("/crew/2", GUINT_TO_POINTER (2), test_order);
  g_test_add_data_func ("/crew/4", GUINT_TO_POINTER (4), test_order);
  return g_test_run ();
}
