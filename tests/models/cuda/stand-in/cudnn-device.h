/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-descriptor.h"

G_BEGIN_DECLS

const gchar *cudnn_device_text (const CudnnDescriptor *device);
guint cudnn_device_version (const gchar *text);

G_END_DECLS
