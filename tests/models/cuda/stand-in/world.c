/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

#include <stdlib.h>

#include "memory.h"
#include "stream.h"

StandInWorld stand_in_world;

static guint64
setting (const gchar *name, guint64 otherwise)
{
  const gchar *text = g_getenv (name);
  guint64 value = otherwise;

  if (text && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &value, NULL))
    g_error ("%s=%s is no number", name, text);
  return value;
}

/* A process that fails has another message to give. */
static void
finish (int status, void *data)
{
  g_autofree gchar *memory = NULL, *handles = NULL;

  if (status || stand_in_world.leaks)
    return;
  memory = stand_in_memory_left ();
  handles = stand_in_handles_left ();
  if (memory || handles)
    g_error ("stand-in device: left at the exit: %s%s%s", memory ? memory : "", memory && handles ? ", " : "",
             handles ? handles : "");
}

__attribute__ ((constructor)) static void
begin (void)
{
  StandInWorld *world = &stand_in_world;

  g_rec_mutex_init (&world->lock);
  world->abi = (guint) setting ("VOXEL_STAND_IN_ABI", VOXEL_CUDA_MODULE_ABI);
  world->driver = (int) setting ("VOXEL_STAND_IN_DRIVER", STAND_IN_RUNTIME);
  world->devices = (guint) setting ("VOXEL_STAND_IN_DEVICES", 1);
  world->version = (guint) setting ("VOXEL_STAND_IN_VERSION", 90);
  world->memory = setting ("VOXEL_STAND_IN_MEMORY", (gsize) 8 << 30);
  world->host_memory = setting ("VOXEL_STAND_IN_HOST_MEMORY", (gsize) 8 << 30);
  world->early = setting ("VOXEL_STAND_IN_EARLY", FALSE) != 0;
  world->records = setting ("VOXEL_STAND_IN_RECORDS", TRUE) != 0;
  world->leaks = setting ("VOXEL_STAND_IN_LEAKS", FALSE) != 0;
  world->refused_launch = (guint) setting ("VOXEL_STAND_IN_REFUSED_LAUNCH", 0);
  world->lost_at = (guint) setting ("VOXEL_STAND_IN_LOST_AT", 0);
  on_exit (finish, NULL);
}

/* What any call ends with, whatever it was to do; as CUDA's runtime has it, the driver's version comes first. */
int
stand_in_ready (void)
{
  if (stand_in_world.driver < STAND_IN_RUNTIME)
    return CUDA_INSUFFICIENT_DRIVER;
  if (stand_in_world.devices == 0)
    return CUDA_NO_DEVICE;
  return stand_in_world.lost;
}

static __thread guint current;

/* Of the calling thread. */
guint
stand_in_device (void)
{
  return current;
}

int
stand_in_use (int device)
{
  STAND_IN_ENTER;
  if (device < 0 || (guint) device >= stand_in_world.devices)
    return CUDA_INVALID_DEVICE;
  current = (guint) device;
  return CUDA_OK;
}
