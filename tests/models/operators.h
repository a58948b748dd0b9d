/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "models/files/json.h"
#include "models/ops/ops.h"

/**
 * FixtureOperator:
 * @op: the operator
 * @attributes: from a case's JSON; %NULL where it has none
 * @inputs: operands, 0 for as many as the case has
 * @pictures: how many of them are computed tensors rather than weights, as many as there are in the case for
 *   %G_MAXUINT
 */
typedef struct {
  const VoxelOp *op;
  gpointer (*attributes) (const VoxelJson *json);
  guint inputs, pictures;
} FixtureOperator;

const FixtureOperator *fixture_operator (const gchar *name);
