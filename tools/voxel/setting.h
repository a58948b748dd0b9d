/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * VoxelSettingKind:
 * @VOXEL_SETTING_CHOICE: one of the words
 * @VOXEL_SETTING_LIST: several of the words, each once, with commas between
 * @VOXEL_SETTING_COUNT: a whole number from low to high
 * @VOXEL_SETTING_NUMBER: a number from low to high
 * @VOXEL_SETTING_TEXT: anything
 *
 * What an option takes.
 */
typedef enum {
  VOXEL_SETTING_CHOICE,
  VOXEL_SETTING_LIST,
  VOXEL_SETTING_COUNT,
  VOXEL_SETTING_NUMBER,
  VOXEL_SETTING_TEXT,
} VoxelSettingKind;

/**
 * VoxelSetting:
 * @name: of the option and of the pipeline's variable
 * @argument: what --help calls its value
 * @help: a line
 * @kind: of its value
 * @words: with commas between, for words
 * @low: least number
 * @high: greatest number
 * @origin: what --parity-origin sets, %NULL for nothing
 * @fallback: where nothing else speaks; %NULL leaves the pipeline's own default
 *
 * What can be said on the command line of how a pipeline runs.
 */
typedef struct {
  const gchar *name;
  const gchar *argument;
  const gchar *help;
  VoxelSettingKind kind;
  const gchar *words;
  gdouble low, high;
  const gchar *origin;
  const gchar *fallback;
} VoxelSetting;

void voxel_settings_add_options (const VoxelSetting *settings, gsize n, gchar **given,
                                 GOptionContext *context);
gboolean voxel_settings_check (const VoxelSetting *settings, gsize n, gchar *const *given, GError **error);
gboolean voxel_setting_parse_number (const gchar *text, gdouble *value);
gchar *voxel_setting_format_number (gdouble value);

G_END_DECLS
