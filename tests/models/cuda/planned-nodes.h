/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "planned.h"

/**
 * PlannedNode:
 * @op: operator
 * @attributes: its own
 * @inputs: shapes; 0 dimensions where there is none
 * @constants: whether the input is one
 *
 * A node that no architecture has, or not in this form.
 */
typedef struct {
  const gchar *name;
  const VoxelOp *op;
  gconstpointer attributes;
  VoxelShape inputs[4];
  gboolean constants[4];
} PlannedNode;

/* Ends with one that has no name. */
extern const PlannedNode planned_nodes[];

VoxelNode *planned_node (VoxelGraph *graph, const PlannedNode *node, VoxelDtype type);
