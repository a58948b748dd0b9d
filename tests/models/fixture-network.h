/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/architectures/architecture.h"
#include "models/files/safetensors.h"

/* A file of fixtures/networks: which network, and what PyTorch gives. */
typedef struct {
  VoxelSafetensors *file;
  VoxelJson *about;
  const VoxelArchitecture *architecture;
  VoxelArchitectureInfo info;
  gchar *name;
} FixtureNetwork;

GPtrArray *fixture_networks (void);
