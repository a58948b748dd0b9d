/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *gst_voxel_structure_to_json (const GstStructure *structure);

G_END_DECLS
