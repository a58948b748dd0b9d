/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/cuda/module.h"

G_BEGIN_DECLS

/* Version of CUDA that it says it is. */
#define STAND_IN_RUNTIME 13000

/* Of CUDA's errors those that the stand-in knows. */
enum {
  CUDA_OK = 0,
  CUDA_INVALID_VALUE = 1,
  CUDA_OUT_OF_MEMORY = 2,
  CUDA_INVALID_CONFIGURATION = 9,
  CUDA_INSUFFICIENT_DRIVER = 35,
  CUDA_NO_DEVICE = 100,
  CUDA_INVALID_DEVICE = 101,
  CUDA_INVALID_HANDLE = 400,
  CUDA_NOT_READY = 600,
  CUDA_ILLEGAL_ADDRESS = 700,
  CUDA_LAUNCH_OUT_OF_RESOURCES = 701,
  CUDA_CAPTURE_UNSUPPORTED = 900,
  CUDA_CAPTURE_INVALIDATED = 901,
  CUDA_CAPTURE_ISOLATION = 905,
  CUDA_CAPTURED_EVENT = 907,
  CUDA_CAPTURE_WRONG_THREAD = 908,
};

/**
 * StandInWorld:
 * @lock: held in every call and while work is done
 * @early: work is done when it is added
 * @records: whether a capture can become a graph
 * @leaks: whether what is left at the exit is no fault
 * @refused_launch: which launch is refused, counted from 1; 0 for none
 * @lost_at: after which piece of work the device is lost, likewise
 * @launches: so far
 * @works: so far
 * @lost: the error of all further calls
 *
 * What the machine is like: numbers, as the README lists them, and what happened since.
 */
typedef struct {
  GRecMutex lock;
  guint64 abi;
  guint64 driver;
  guint64 devices;
  guint64 version;
  guint64 memory;
  guint64 host_memory;
  guint64 early;
  guint64 records;
  guint64 leaks;
  guint64 refused_launch;
  guint64 lost_at;
  guint64 launches;
  guint64 works;
  int lost;
} StandInWorld;

extern StandInWorld stand_in_world;

int stand_in_ready (void);
int stand_in_launch (void);
guint stand_in_device (void);
int stand_in_use (int device);

#define STAND_IN_LOCK \
  G_GNUC_UNUSED g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&stand_in_world.lock)

/* Calls end with the error that the device or the driver has anyway. */
#define STAND_IN_ENTER \
  STAND_IN_LOCK; \
  int not_ready = stand_in_ready (); \
\
  if (not_ready) \
  return not_ready

/* errors.c */
const char *stand_in_error_name (int error);
const char *stand_in_error_text (int error);

G_END_DECLS
