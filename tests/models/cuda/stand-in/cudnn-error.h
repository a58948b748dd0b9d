/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cudnn_graph.h>
#include <glib.h>

G_BEGIN_DECLS

cudnnStatus_t cudnn_refuse (cudnnStatus_t status, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
gchar *cudnn_error_steal (void);
const gchar *cudnn_error_name (cudnnStatus_t status);

G_END_DECLS
