/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/cuda/module.h"
#include "stand-in/stand-in.h"

G_BEGIN_DECLS

#define STAND_IN_N 1000

/**
 * StandInFixture:
 * @cuda: the stand-in's table
 * @stream: of device 0
 * @device: %STAND_IN_N floats of its memory
 * @host: as many of the process's
 */
typedef struct {
  const VoxelCudaModule *cuda;
  gpointer stream;
  gfloat *device;
  gfloat *host;
} StandInFixture;

void stand_in_ok (int error);
void stand_in_set_up (StandInFixture *f, gconstpointer data);
void stand_in_tear_down (StandInFixture *f, gconstpointer data);
int stand_in_relu (const StandInFixture *f, const gfloat *from, gfloat *to, guint n);
void stand_in_fill (const StandInFixture *f, gfloat value);
void stand_in_add_round_trip (const StandInFixture *f);

G_END_DECLS
