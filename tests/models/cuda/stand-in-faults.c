/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stand-in-fixture.h"

#include <stdlib.h>

/* That the stand-in for a device finds the faults of its callers, and is what the environment says. Each in a process of
 * its own. */

/* Faults of callers. Each ends the process. */

static void
fault_outside (StandInFixture *f)
{
  f->cuda->copy (f->device + 1, f->host, STAND_IN_N * sizeof (gfloat), f->stream);
}

static void
fault_host_operand (StandInFixture *f)
{
  gfloat values[STAND_IN_N] = {0};

  stand_in_relu (f, values, f->device, STAND_IN_N);
}

static void
fault_host_copy (StandInFixture *f)
{
  gfloat values[2] = {0};

  f->cuda->copy (values, values + 1, sizeof (gfloat), f->stream);
}

static void
fault_double_free (StandInFixture *f)
{
  f->cuda->free (f->device);
  f->cuda->free (f->device);
}

static void
fault_other_free (StandInFixture *f)
{
  f->cuda->free_host (f->device);
}

static void
fault_freed_operand (StandInFixture *f)
{
  f->cuda->free (f->device);
  stand_in_relu (f, f->device, f->device, STAND_IN_N);
}

/* The same floats by a kernel that goes further than its operand, which nothing but the memory itself shows. */
static void
fault_overrun (StandInFixture *f)
{
  stand_in_relu (f, f->device, f->device, STAND_IN_N + 64);
  f->cuda->stream_wait (f->stream);
}

static void
fault_small_overrun (StandInFixture *f)
{
  stand_in_relu (f, f->device, f->device, STAND_IN_N + 1);
  f->cuda->free (f->device);
}

static void
fault_peek (StandInFixture *f)
{
  f->device[0] = 1;
}

static void
fault_freed_stream (StandInFixture *f)
{
  f->cuda->stream_free (f->stream);
  f->cuda->stream_wait (f->stream);
}

static void
fault_early_free (StandInFixture *f)
{
  stand_in_relu (f, f->device, f->device, STAND_IN_N);
  f->cuda->stream_free (f->stream);
}

static void
fault_kind (StandInFixture *f)
{
  f->cuda->event_free (f->stream);
}

static void
fault_leak (StandInFixture *f)
{
  exit (0);
}

#ifdef __SANITIZE_ADDRESS__
#define SMALL_OVERRUN "*use-after-poison*"
#else
#define SMALL_OVERRUN "*wrote 4000 bytes behind the beginning of 4000 bytes*"
#endif

static const struct {
  const gchar *name;
  void (*func) (StandInFixture *f);
  const gchar *message; /* NULL: a signal */
} faults[] = {
    {"copy outside", fault_outside, "*copy to: 4000 bytes from 4 on are outside of 4000 bytes*"},
    {"operand of the host", fault_host_operand, "*pointwise is handed * not the device's memory*"},
    {"copy within the host", fault_host_copy, "*nothing to do with a device*"},
    {"double free", fault_double_free, "*freed twice*"},
    {"free of the other kind", fault_other_free, "*no memory of the process to free*"},
    {"freed operand", fault_freed_operand, "*pointwise: memory of 4000 bytes was freed*"},
    {"overrun", fault_overrun, NULL},
    {"small overrun", fault_small_overrun, SMALL_OVERRUN},
    {"peek", fault_peek, NULL},
    {"freed stream", fault_freed_stream, "*this stream was freed*"},
    {"stream freed early", fault_early_free, "*freed before its work is done*"},
    {"stream for an event", fault_kind, "*a stream in place of a event*"},
    {"leak", fault_leak, "*left at the exit: 2 pieces of memory, 8000 bytes, 1 streams*"},
};

static void
test_fault (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  StandInFixture f;

  if (g_test_subprocess ()) {
    stand_in_set_up (&f, NULL);
    faults[i].func (&f);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  if (faults[i].message)
    g_test_trap_assert_stderr (faults[i].message);
  else
    g_test_trap_assert_stderr_unmatched ("*stand-in device*");
}

/* Worlds that the environment describes. */

static void
run_in_world (const gchar *variable, const gchar *value)
{
  g_setenv (variable, value, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_unsetenv (variable);
  g_test_trap_assert_passed ();
}

static void
test_no_device (void)
{
  int n = 7;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_DEVICES", "0");
    return;
  }
  g_assert_cmpstr (voxel_cuda_module ()->error_name (voxel_cuda_module ()->count (&n)), ==,
                   "cudaErrorNoDevice");
}

static void
test_no_driver (void)
{
  int n = 7;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_DRIVER", "0");
    return;
  }
  g_assert_cmpint (voxel_cuda_module ()->count (&n), ==, 35);
  stand_in_ok (voxel_cuda_module ()->driver (&n));
  g_assert_cmpint (n, ==, 0);
}

static void
test_out_of_memory (void)
{
  const VoxelCudaModule *cuda = voxel_cuda_module ();
  size_t available, all;
  void *memory, *more;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_MEMORY", "1000");
    return;
  }
  stand_in_ok (cuda->alloc (&memory, 900));
  g_assert_cmpint (cuda->alloc (&more, 101), ==, 2);
  g_assert_null (more);
  stand_in_ok (cuda->memory (&available, &all));
  g_assert_cmpuint (available, ==, 100);
  g_assert_cmpuint (all, ==, 1000);
  stand_in_ok (cuda->free (memory));
  stand_in_ok (cuda->alloc (&memory, 1000));
  stand_in_ok (cuda->free (memory));
}

static void
test_refused_launch (void)
{
  StandInFixture f;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_REFUSED_LAUNCH", "2");
    return;
  }
  stand_in_set_up (&f, NULL);
  for (guint i = 1; i <= 3; i++)
    g_assert_cmpint (stand_in_relu (&f, f.device, f.device, STAND_IN_N), ==, i == 2 ? 701 : 0);
  stand_in_tear_down (&f, NULL);
}

/* The error is that of whatever comes later; what is freed is free. */
static void
test_lost (void)
{
  StandInFixture f;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_LOST_AT", "2");
    return;
  }
  stand_in_set_up (&f, NULL);
  stand_in_fill (&f, 1);
  stand_in_add_round_trip (&f);
  g_assert_cmpint (f.cuda->stream_wait (f.stream), ==, 700);
  g_assert_cmpint (stand_in_relu (&f, f.device, f.device, STAND_IN_N), ==, 700);
  stand_in_tear_down (&f, NULL);
}

static void
test_no_records (void)
{
  gpointer graph;
  StandInFixture f;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_RECORDS", "0");
    return;
  }
  stand_in_set_up (&f, NULL);
  stand_in_ok (f.cuda->capture (f.stream));
  stand_in_add_round_trip (&f);
  stand_in_ok (f.cuda->capture_end (f.stream, &graph));
  g_assert_null (graph);
  stand_in_tear_down (&f, NULL);
}

static void
test_early (void)
{
  StandInFixture f;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_EARLY", "1");
    return;
  }
  stand_in_set_up (&f, NULL);
  stand_in_fill (&f, -1);
  stand_in_add_round_trip (&f);
  g_assert_cmpfloat (f.host[STAND_IN_N - 1], ==, 0);
  stand_in_tear_down (&f, NULL);
}

static void
test_other_device (void)
{
  StandInFixture f;

  if (!g_test_subprocess ()) {
    run_in_world ("VOXEL_STAND_IN_DEVICES", "2");
    return;
  }
  stand_in_set_up (&f, NULL);
  g_assert_cmpint (f.cuda->use (2), ==, 101);
  stand_in_ok (f.cuda->use (1));
  g_assert_cmpint (stand_in_relu (&f, f.device, f.device, STAND_IN_N), ==, 400);
  stand_in_tear_down (&f, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree gchar *path = g_strconcat ("/cuda/stand-in/fault/", faults[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_fault);
  }
  g_test_add_func ("/cuda/stand-in/world/no-device", test_no_device);
  g_test_add_func ("/cuda/stand-in/world/no-driver", test_no_driver);
  g_test_add_func ("/cuda/stand-in/world/out-of-memory", test_out_of_memory);
  g_test_add_func ("/cuda/stand-in/world/refused-launch", test_refused_launch);
  g_test_add_func ("/cuda/stand-in/world/lost", test_lost);
  g_test_add_func ("/cuda/stand-in/world/no-records", test_no_records);
  g_test_add_func ("/cuda/stand-in/world/early", test_early);
  g_test_add_func ("/cuda/stand-in/world/other-device", test_other_device);
  return g_test_run ();
}
