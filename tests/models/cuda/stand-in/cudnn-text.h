/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cudnn-descriptor.h"

G_BEGIN_DECLS

gchar *cudnn_text_write (const CudnnDescriptor *descriptor);
CudnnDescriptor *cudnn_text_read (const gchar *text);

G_END_DECLS
