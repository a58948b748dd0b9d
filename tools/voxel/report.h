/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void voxel_report_number (JsonBuilder *json, const gchar *name, gdouble value);
void voxel_report_string (JsonBuilder *json, const gchar *name, const gchar *value);
void voxel_report_integer (JsonBuilder *json, const gchar *name, gint64 value);
void voxel_report_strings (JsonBuilder *json, const gchar *name, const GPtrArray *values);
void voxel_report_settings (JsonBuilder *json, GHashTable *values);
void voxel_report_structure (JsonBuilder *json, const GstStructure *structure);
void voxel_report_print_node (JsonNode *root);
void voxel_report_print (JsonBuilder *json);
void voxel_report_print_error (const GError *error);

G_END_DECLS
