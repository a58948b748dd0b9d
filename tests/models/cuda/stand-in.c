/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stand-in-fixture.h"

/* That the stand-in for a device does its work late, but in order, and what it records. */

static void
test_late (StandInFixture *f, gconstpointer data)
{
  stand_in_fill (f, -1);
  stand_in_add_round_trip (f);
  g_assert_cmpfloat (f->host[STAND_IN_N - 1], ==, -1);
  stand_in_fill (f, 3);
  stand_in_ok (f->cuda->stream_wait (f->stream));
  g_assert_cmpfloat (f->host[STAND_IN_N - 1], ==, 3);
}

static void
test_poison (StandInFixture *f, gconstpointer data)
{
  stand_in_fill (f, 1);
  stand_in_ok (f->cuda->copy (f->host, f->device, STAND_IN_N * sizeof (gfloat), f->stream));
  stand_in_ok (f->cuda->stream_wait (f->stream));
  g_assert_true (f->host[0] != f->host[0]);
}

/* What another stream needs is done first where it waits, and only there. */
static void
test_event (StandInFixture *f, gconstpointer waits)
{
  gpointer other, event, later;
  gfloat ms = -1;

  stand_in_ok (f->cuda->stream_new (&other));
  stand_in_ok (f->cuda->event_new (&event));
  stand_in_ok (f->cuda->event_new (&later));
  stand_in_fill (f, 5);
  stand_in_ok (f->cuda->copy (f->device, f->host, STAND_IN_N * sizeof (gfloat), f->stream));
  stand_in_ok (f->cuda->event_record (event, f->stream));
  g_assert_cmpstr (f->cuda->error_name (f->cuda->event_ms (&ms, event, event)), ==, "cudaErrorNotReady");
  if (waits)
    stand_in_ok (f->cuda->event_wait (event, other));
  stand_in_ok (f->cuda->copy (f->host + STAND_IN_N / 2, f->device, sizeof (gfloat), other));
  stand_in_ok (f->cuda->event_record (later, other));
  stand_in_ok (f->cuda->stream_wait (other));
  g_assert_true ((f->host[STAND_IN_N / 2] == 5) == (waits != NULL));
  stand_in_ok (f->cuda->stream_wait (f->stream));
  stand_in_ok (f->cuda->event_ms (&ms, event, later));
  g_assert_true (waits ? ms >= 0 : ms <= 0);
  stand_in_ok (f->cuda->event_free (event));
  stand_in_ok (f->cuda->event_free (later));
  stand_in_ok (f->cuda->stream_free (other));
}

static void
test_capture (StandInFixture *f, gconstpointer data)
{
  gpointer graph;

  stand_in_fill (f, 2);
  stand_in_ok (f->cuda->capture (f->stream));
  stand_in_add_round_trip (f);
  stand_in_ok (f->cuda->capture_end (f->stream, &graph));
  g_assert_nonnull (graph);
  stand_in_ok (f->cuda->stream_wait (f->stream));
  g_assert_cmpfloat (f->host[0], ==, 2);
  for (gint value = -1; value < 2; value++) {
    stand_in_fill (f, value);
    stand_in_ok (f->cuda->play (graph, f->stream));
    stand_in_ok (f->cuda->stream_wait (f->stream));
    g_assert_cmpfloat (f->host[0], ==, MAX (value, 0));
  }
  stand_in_fill (f, -4);
  stand_in_ok (f->cuda->play (graph, f->stream));
  stand_in_ok (f->cuda->graph_free (graph));
  stand_in_ok (f->cuda->stream_wait (f->stream));
  g_assert_cmpfloat (f->host[0], ==, 0);
}

static gpointer
alloc_elsewhere (gpointer data)
{
  const VoxelCudaModule *cuda = data;
  void *memory;

  stand_in_ok (cuda->alloc (&memory, 100));
  return memory;
}

/* Other threads may do as they like. */
static void
test_spoilt_capture (StandInFixture *f, gconstpointer what)
{
  gpointer graph = f, elsewhere, event = NULL;
  void *memory;
  const gchar *error = "cudaErrorStreamCaptureUnsupported";

  stand_in_ok (f->cuda->event_new (&event));
  stand_in_ok (f->cuda->event_record (event, f->stream));
  stand_in_ok (f->cuda->capture (f->stream));
  elsewhere = g_thread_join (g_thread_new ("other", alloc_elsewhere, (gpointer) f->cuda));
  stand_in_ok (stand_in_relu (f, f->device, f->device, STAND_IN_N));
  if (g_str_equal (what, "wait"))
    g_assert_cmpstr (f->cuda->error_name (f->cuda->stream_wait (f->stream)), ==, error);
  if (g_str_equal (what, "alloc"))
    g_assert_cmpstr (f->cuda->error_name (f->cuda->alloc (&memory, 1)), ==, error);
  if (g_str_equal (what, "event"))
    g_assert_cmpstr (f->cuda->error_name (f->cuda->event_wait (event, f->stream)), ==,
                     "cudaErrorStreamCaptureIsolation");
  g_assert_cmpstr (f->cuda->error_name (stand_in_relu (f, f->device, f->device, STAND_IN_N)), ==,
                   "cudaErrorStreamCaptureInvalidated");
  stand_in_ok (f->cuda->capture_end (f->stream, &graph));
  g_assert_null (graph);
  stand_in_ok (f->cuda->free (elsewhere));
  stand_in_ok (f->cuda->event_free (event));
}

static int
add_one (gpointer data)
{
  **(gfloat **) data += 1;
  return 0;
}

/* As a stand-in for cuDNN adds what it is to execute. */
static void
test_add (StandInFixture *f, gconstpointer data)
{
  stand_in_ok (f->cuda->copy (f->device, f->host, sizeof (gfloat), f->stream));
  stand_in_ok (
      voxel_cuda_stand_in_add (f->stream, add_one, g_memdup2 (&f->device, sizeof f->device), g_free));
  stand_in_ok (f->cuda->copy (f->host, f->device, sizeof (gfloat), f->stream));
  f->host[0] = 6;
  stand_in_ok (f->cuda->stream_wait (f->stream));
  g_assert_cmpfloat (f->host[0], ==, 7);
  voxel_cuda_stand_in_check (f->device + STAND_IN_N - 1, sizeof (gfloat), "add");
}

static void
test_launches (StandInFixture *f, gconstpointer data)
{
  const VoxelCudaEntry entry = f->cuda->kernels[VOXEL_CUDA_KERNEL_POINTWISE];
  const VoxelCudaMemory memory = {.out = f->device};
  const VoxelCudaPointwise params = {0};
  VoxelCudaLaunch launch = {.blocks = {1, 1}, .threads = 2048, .type = VOXEL_CUDA_ANY};

  g_assert_cmpstr (f->cuda->error_name (entry (&launch, &params, &memory, f->stream)), ==,
                   "cudaErrorInvalidConfiguration");
  launch.threads = 128;
  launch.blocks[1] = 65536;
  g_assert_cmpint (entry (&launch, &params, &memory, f->stream), !=, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) \
  g_test_add ("/cuda/stand-in/" path, StandInFixture, data, stand_in_set_up, func, stand_in_tear_down)
  ADD ("late", NULL, test_late);
  ADD ("poison", NULL, test_poison);
  ADD ("event", NULL, test_event);
  ADD ("event/waited-for", "", test_event);
  ADD ("capture", NULL, test_capture);
  ADD ("capture/wait", "wait", test_spoilt_capture);
  ADD ("capture/alloc", "alloc", test_spoilt_capture);
  ADD ("capture/event", "event", test_spoilt_capture);
  ADD ("add", NULL, test_add);
  ADD ("launches", NULL, test_launches);
  return g_test_run ();
}
