/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "world.h"

#include <stdlib.h>

#include "memory.h"
#include "stand-in.h"
#include "stream.h"

StandInWorld stand_in_world;

static const struct {
  const gchar *name;
  guint64 *value;
  guint64 otherwise;
} settings[] = {
    {"VOXEL_STAND_IN_ABI", &stand_in_world.abi, VOXEL_CUDA_MODULE_ABI},
    {"VOXEL_STAND_IN_DRIVER", &stand_in_world.driver, STAND_IN_RUNTIME},
    {"VOXEL_STAND_IN_DEVICES", &stand_in_world.devices, 1},
    {"VOXEL_STAND_IN_VERSION", &stand_in_world.version, 90},
    {"VOXEL_STAND_IN_MEMORY", &stand_in_world.memory, G_GUINT64_CONSTANT (8) << 30},
    {"VOXEL_STAND_IN_HOST_MEMORY", &stand_in_world.host_memory, G_GUINT64_CONSTANT (8) << 30},
    {"VOXEL_STAND_IN_EARLY", &stand_in_world.early, FALSE},
    {"VOXEL_STAND_IN_RECORDS", &stand_in_world.records, TRUE},
    {"VOXEL_STAND_IN_LEAKS", &stand_in_world.leaks, FALSE},
    {"VOXEL_STAND_IN_REFUSED_LAUNCH", &stand_in_world.refused_launch, 0},
    {"VOXEL_STAND_IN_LOST_AT", &stand_in_world.lost_at, 0},
};

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
  g_rec_mutex_init (&stand_in_world.lock);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    const gchar *text = g_getenv (settings[i].name);

    *settings[i].value = settings[i].otherwise;
    if (text && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, settings[i].value, NULL))
      g_error ("%s=%s is no number", settings[i].name, text);
  }
  on_exit (finish, NULL);
}

/**
 * voxel_cuda_stand_in_set:
 * @name: of a variable of the environment
 * @value: that it has from now on
 *
 * Launches and pieces of work are counted anew. A device that was lost is another now.
 */
__attribute__ ((visibility ("default"))) void
voxel_cuda_stand_in_set (const gchar *name, guint64 value)
{
  guint i = 0;
  STAND_IN_LOCK;

  while (i < G_N_ELEMENTS (settings) && !g_str_equal (settings[i].name, name))
    i++;
  if (i == G_N_ELEMENTS (settings))
    g_error ("stand-in device: there is no setting %s", name);
  *settings[i].value = value;
  stand_in_world.launches = stand_in_world.works = 0;
  stand_in_world.lost = 0;
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

/* Counts. Returns: the error of the launch */
int
stand_in_launch (void)
{
  return ++stand_in_world.launches == stand_in_world.refused_launch ? CUDA_LAUNCH_OUT_OF_RESOURCES : CUDA_OK;
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
