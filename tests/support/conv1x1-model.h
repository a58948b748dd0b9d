/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Writes a model file with a single 1x1 convolution: @weights of @out x @in, @bias of @out; z-score "slice",
 * "tile" or "none". */
void conv1x1_model_save (const gchar *path, guint in, guint out, const gfloat *weights, const gfloat *bias,
                         const gchar *zscore);

/* The same for a network that sees @in neighbouring slices. */
void conv1x1_model_save_neighbours (const gchar *path, guint in, const gfloat *weights, const gfloat *bias,
                                    const gchar *zscore);
