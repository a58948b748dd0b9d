/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stream.h"

#include "memory.h"

int
stand_in_stream_new (void **stream)
{
  StandInStream *added;
  STAND_IN_ENTER;

  added = g_new0 (StandInStream, 1);
  added->device = stand_in_device ();
  g_queue_init (&added->works);
  *stream = stand_in_handle_new (STAND_IN_STREAM, added);
  return CUDA_OK;
}

void
stand_in_work_free (gpointer data)
{
  StandInWork *work = data;

  if (work->free)
    work->free (work->data);
  g_free (work);
}

/* CUDA would do such work some time later, when what it needs may be gone. */
static void
check_done (gpointer data, gpointer unused)
{
  const StandInWork *work = data;

  if (!work->mark && !stand_in_world.lost)
    g_error ("stand-in device: a stream is freed before its work is done");
}

int
stand_in_stream_free (void *handle)
{
  StandInStream *stream;
  STAND_IN_LOCK;

  stream = stand_in_handle_steal (STAND_IN_STREAM, handle);
  if (stream->record)
    g_error ("stand-in device: a stream is freed while it is recorded");
  g_queue_foreach (&stream->works, check_done, NULL);
  stand_in_stream_do (stream, NULL);
  g_free (stream);
  return stand_in_ready ();
}

int
stand_in_stream_wait (void *handle)
{
  StandInStream *stream;
  STAND_IN_ENTER;

  stream = stand_in_handle_get (STAND_IN_STREAM, handle);
  if (stream->record) {
    stream->spoilt = TRUE;
    return CUDA_CAPTURE_UNSUPPORTED;
  }
  stand_in_stream_do (stream, NULL);
  return stand_in_world.lost;
}

/**
 * stand_in_stream_add:
 * @stream: not freed
 * @work: to be done, or recorded; its data is taken
 *
 * Returns: a cudaError_t
 */
int
stand_in_stream_add (StandInStream *stream, StandInWork work)
{
  StandInWork *added = g_memdup2 (&work, sizeof work);

  if (stream->record && stream->spoilt) {
    stand_in_work_free (added);
    return CUDA_CAPTURE_INVALIDATED;
  }
  if (stream->record) {
    g_ptr_array_add (stream->record, added);
    return CUDA_OK;
  }
  g_queue_push_tail (&stream->works, added);
  if (stand_in_world.early)
    stand_in_stream_do (stream, NULL);
  return CUDA_OK;
}

/* After the device is lost only what others wait for goes on. */
void
stand_in_work_do (const StandInWork *work)
{
  StandInWorld *world = &stand_in_world;
  int error;

  if (!work->mark && world->lost)
    return;
  error = work->func (work->data);
  if (!work->mark && ++world->works == world->lost_at)
    error = CUDA_ILLEGAL_ADDRESS;
  if (error)
    world->lost = error;
}

/**
 * stand_in_stream_do:
 * @stream: not recorded
 * @until: where enough is done; %NULL for all
 *
 * Does what waits in a stream.
 */
void
stand_in_stream_do (StandInStream *stream, const gboolean *until)
{
  StandInWork *work;

  stand_in_memory_open ();
  while (!(until && *until) && (work = g_queue_pop_head (&stream->works))) {
    stand_in_work_do (work);
    stand_in_work_free (work);
  }
  stand_in_memory_close ();
}

static void
do_one (gpointer stream, gpointer unused)
{
  stand_in_stream_do (stream, NULL);
}

void
stand_in_stream_do_all (void)
{
  stand_in_handle_each (STAND_IN_STREAM, do_one, NULL);
}

/**
 * voxel_cuda_stand_in_add:
 * @stream: of the module
 * @func: the work
 * @data: (transfer full): for @func, as often as it is done
 * @free: (nullable): frees @data
 *
 * Returns: a cudaError_t
 */
__attribute__ ((visibility ("default"))) int
voxel_cuda_stand_in_add (gpointer stream, VoxelCudaStandInFunc func, gpointer data, GDestroyNotify free)
{
  int error;
  STAND_IN_LOCK;

  error = stand_in_ready ();
  if (!error)
    error = stand_in_launch ();
  if (!error)
    return stand_in_stream_add (stand_in_handle_get (STAND_IN_STREAM, stream),
                                (StandInWork){func, data, free, FALSE});
  if (free)
    free (data);
  return error;
}
