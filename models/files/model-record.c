/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-record.h"

#include <math.h>
#include <string.h>

#include "json.h"

G_DEFINE_QUARK (voxel - model - error - quark, voxel_model_error)

typedef enum {
  CHOICE, /* one of the words */
  LIST,   /* several of the words, each once, with commas between */
  COUNT,  /* guint from low to high */
  NUMBER, /* gdouble from low to high */
} FieldKind;

typedef struct {
  const gchar *name;
  FieldKind kind;
  gsize offset;
  const gchar *text; /* default of a word or list */
  gdouble value;     /* default of a number */
  gdouble low, high;
  const gchar *words;
} Field;

#define PREPROCESS(member) G_STRUCT_OFFSET (VoxelPreprocess, member)
#define INFERENCE(member) G_STRUCT_OFFSET (VoxelInference, member)

static const Field preprocess_fields[] = {
    {"range", CHOICE, PREPROCESS (range), "percentile", .words = "percentile,fixed,full"},
    {"range_scope", CHOICE, PREPROCESS (range_scope), "volume", .words = "volume,slice"},
    {"range_low", NUMBER, PREPROCESS (range_low), NULL, .1, 0, 65535},
    {"range_high", NUMBER, PREPROCESS (range_high), NULL, 99.9, 0, 65535},
    {"bits", COUNT, PREPROCESS (bits), NULL, 16, 8, 16},
    {"zscore", CHOICE, PREPROCESS (zscore), "slice", .words = "slice,tile,none"},
    {"epsilon", NUMBER, PREPROCESS (epsilon), NULL, 1e-6, 0, 1e6},
    {"clip_low", NUMBER, PREPROCESS (clip_low), NULL, -3, -1e9, 1e9},
    {"clip_high", NUMBER, PREPROCESS (clip_high), NULL, 5, -1e9, 1e9},
    {"clip_slope", NUMBER, PREPROCESS (clip_slope), NULL, .001, 0, 1},
    {"channels", CHOICE, PREPROCESS (channels), "replicate", .words = "replicate,neighbours"},
    {"spacing", NUMBER, PREPROCESS (spacing), NULL, 0, 0, 1e9},
};

static const Field inference_fields[] = {
    {"axes", LIST, INFERENCE (axes), "z,y,x", .words = "z,y,x"},
    {"views", LIST, INFERENCE (views), "r0,r90,r180,r270,fh,fv", .words = "r0,r90,r180,r270,fh,fv,t,at"},
    {"tile", COUNT, INFERENCE (tile), NULL, 512, 0, 65536},
    {"overlap", NUMBER, INFERENCE (overlap), NULL, .5, 0, .95},
    {"grid", CHOICE, INFERENCE (grid), "minimal", .words = "minimal,origin"},
    {"edge", CHOICE, INFERENCE (edge), "reflect", .words = "reflect,skip"},
    {"pad_multiple", COUNT, INFERENCE (pad_multiple), NULL, 0, 0, 1024},
    {"pad_mode", CHOICE, INFERENCE (pad_mode), "reflect", .words = "reflect"},
    {"merge", CHOICE, INFERENCE (merge), "mean-logit", .words = "mean-logit,mean,max,union"},
    {"stitch", CHOICE, INFERENCE (stitch), "mean", .words = "or,mean,gaussian"},
    {"vote", CHOICE, INFERENCE (vote), "majority", .words = "majority,union,mean"},
    {"activation", CHOICE, INFERENCE (activation), "sigmoid", .words = "sigmoid"},
    {"output_channel", COUNT, INFERENCE (output_channel), NULL, 0, 0, 1023},
    {"threshold", NUMBER, INFERENCE (threshold), NULL, .5, 0, 1},
};

typedef struct {
  const gchar *name;
  gsize offset;
  const Field *fields;
  guint n_fields;
} Section;

static const Section sections[] = {
    {"preprocess", G_STRUCT_OFFSET (VoxelModelRecord, preprocess), preprocess_fields,
     G_N_ELEMENTS (preprocess_fields)},
    {"inference", G_STRUCT_OFFSET (VoxelModelRecord, inference), inference_fields,
     G_N_ELEMENTS (inference_fields)},
};

static gpointer
member_of (const VoxelModelRecord *record, const Section *section, const Field *field)
{
  return (guint8 *) record + section->offset + field->offset;
}

static void G_GNUC_PRINTF (3, 4)
    set_record_error (GError **error, const gchar *where, const gchar *format, ...)
{
  g_autofree gchar *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD, "model record, %s: %s", where, what);
}

static gboolean
words_hold (const gchar *words, const gchar *list)
{
  g_auto (GStrv) known = g_strsplit (words, ",", -1);
  g_auto (GStrv) given = g_strsplit (list, ",", -1);

  if (!given[0])
    return FALSE;
  for (guint i = 0; given[i]; i++) {
    if (!g_strv_contains ((const gchar *const *) known, given[i]))
      return FALSE;
    for (guint j = 0; j < i; j++) {
      if (g_str_equal (given[i], given[j]))
        return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_words (const Field *field, const VoxelJson *value, const gchar *where, gchar **member, GError **error)
{
  gboolean single = field->kind == CHOICE;
  const gchar *text;

  if (value->kind != VOXEL_JSON_STRING) {
    set_record_error (error, where, "must be a string");
    return FALSE;
  }
  text = value->string;
  if ((single && strchr (text, ',')) || !words_hold (field->words, text)) {
    set_record_error (error, where, "\"%s\" is not %s of %s", text, single ? "one" : "a list", field->words);
    return FALSE;
  }
  g_free (*member);
  *member = g_strdup (text);
  return TRUE;
}

static gboolean
read_number (const Field *field, const VoxelJson *json, const gchar *where, gpointer member, GError **error)
{
  gdouble value;

  if (!voxel_json_to_double (json, &value)) {
    set_record_error (error, where, "must be a number");
    return FALSE;
  }
  if (field->kind == COUNT && value != floor (value)) {
    set_record_error (error, where, "%g must be a whole number", value);
    return FALSE;
  }
  if (!(value >= field->low && value <= field->high)) {
    set_record_error (error, where, "%g is not within %g to %g", value, field->low, field->high);
    return FALSE;
  }
  if (field->kind == COUNT)
    *(guint *) member = (guint) value;
  else
    *(gdouble *) member = value;
  return TRUE;
}

static const Field *
find_field (const Section *section, const gchar *name)
{
  for (guint i = 0; i < section->n_fields; i++) {
    if (g_str_equal (section->fields[i].name, name))
      return &section->fields[i];
  }
  return NULL;
}

static gboolean
read_section (VoxelModelRecord *record, const Section *section, const VoxelJson *object, GError **error)
{
  if (object->kind != VOXEL_JSON_OBJECT) {
    set_record_error (error, section->name, "must be an object");
    return FALSE;
  }
  for (guint i = 0; i < voxel_json_length (object); i++) {
    const VoxelJson *value = voxel_json_nth (object, i);
    const Field *field = find_field (section, value->name);
    g_autofree gchar *where = g_strdup_printf ("%s.%s", section->name, value->name);
    gpointer member;
    gboolean ok;

    if (!field) {
      set_record_error (error, where, "no such field");
      return FALSE;
    }
    member = member_of (record, section, field);
    if (field->kind == CHOICE || field->kind == LIST)
      ok = read_words (field, value, where, member, error);
    else
      ok = read_number (field, value, where, member, error);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

/* What no field can say alone. */
static gboolean
check_together (const VoxelModelRecord *record, GError **error)
{
  const VoxelPreprocess *p = &record->preprocess;

  if (p->bits != 8 && p->bits != 16) {
    set_record_error (error, "preprocess.bits", "%u is neither 8 nor 16", p->bits);
    return FALSE;
  }
  if (!g_str_equal (p->range, "full") && p->range_low >= p->range_high) {
    set_record_error (error, "preprocess.range_low", "%g is not below range_high, %g", p->range_low,
                      p->range_high);
    return FALSE;
  }
  if (g_str_equal (p->range, "percentile") && p->range_high > 100) {
    set_record_error (error, "preprocess.range_high", "%g percent", p->range_high);
    return FALSE;
  }
  if (p->clip_low >= p->clip_high) {
    set_record_error (error, "preprocess.clip_low", "%g is not below clip_high, %g", p->clip_low,
                      p->clip_high);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_object (const VoxelJson *root, const gchar *name, gchar **text, GError **error)
{
  const VoxelJson *object = voxel_json_get (root, name);

  if (!object)
    return TRUE;
  if (object->kind != VOXEL_JSON_OBJECT) {
    set_record_error (error, name, "must be an object");
    return FALSE;
  }
  g_free (*text);
  *text = voxel_json_write (object, FALSE);
  return TRUE;
}

static gboolean
check_version (const VoxelJson *root, GError **error)
{
  const VoxelJson *member = voxel_json_get (root, "version");
  gint64 version;

  if (!voxel_json_is (member, VOXEL_JSON_INTEGER)) {
    set_record_error (error, "version", "must be a whole number");
    return FALSE;
  }
  version = member->integer;
  if (version > VOXEL_MODEL_RECORD_VERSION) {
    set_record_error (error, "version",
                      "%" G_GINT64_FORMAT
                      " was made by a newer gst-voxel; this one reads %d: update gst-voxel",
                      version, VOXEL_MODEL_RECORD_VERSION);
    return FALSE;
  }
  if (version < 1) {
    set_record_error (error, "version", "%" G_GINT64_FORMAT " never was", version);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_names (const VoxelJson *root, GError **error)
{
  static const gchar *const names[] = {"version",   "architecture", "config", "preprocess",
                                       "inference", "training",     NULL};

  for (guint i = 0; i < voxel_json_length (root); i++) {
    const gchar *name = voxel_json_nth (root, i)->name;

    if (!g_strv_contains (names, name)) {
      set_record_error (error, name, "no such field");
      return FALSE;
    }
  }
  return TRUE;
}

/**
 * voxel_model_record_new:
 * @architecture: such as "unet"
 * @config: (nullable): JSON object of the architecture, NULL for an empty one
 *
 * Returns: (transfer full): a record with every other field at its default: intensities from the .1 to the
 * 99.9 percentile of the volume stretched to 16 bits, z-score of the slice with epsilon 1e-6, soft clip below
 * -3 and above 5 with slope .001, grey replicated; axes z,y,x, views r0,r90,r180,r270,fh,fv, tiles of 512
 * overlapping by half on the minimal grid, edges reflected, mean of logits over views, mean over tiles,
 * majority over axes, sigmoid, threshold .5
 */
VoxelModelRecord *
voxel_model_record_new (const gchar *architecture, const gchar *config)
{
  VoxelModelRecord *record = g_new0 (VoxelModelRecord, 1);

  record->architecture = g_strdup (architecture);
  record->config = g_strdup (config ? config : "{}");
  record->training = g_strdup ("{}");
  for (guint s = 0; s < G_N_ELEMENTS (sections); s++) {
    for (guint i = 0; i < sections[s].n_fields; i++) {
      const Field *field = &sections[s].fields[i];
      gpointer member = member_of (record, &sections[s], field);

      if (field->kind == COUNT)
        *(guint *) member = (guint) field->value;
      else if (field->kind == NUMBER)
        *(gdouble *) member = field->value;
      else
        *(gchar **) member = g_strdup (field->text);
    }
  }
  return record;
}

/**
 * voxel_model_record_parse:
 * @json: text of the record
 * @error: VOXEL_MODEL_ERROR_RECORD, naming the field
 *
 * Strict: unknown names, wrong types, values out of range and records of a later version are errors. Fields
 * that are absent get the defaults of voxel_model_record_new().
 *
 * Returns: (transfer full): the record
 */
VoxelModelRecord *
voxel_model_record_parse (const gchar *json, GError **error)
{
  g_autoptr (VoxelModelRecord) record = NULL;
  g_autoptr (VoxelJson) root = NULL;
  g_autoptr (GError) problem = NULL;
  const gchar *architecture;

  root = voxel_json_parse_object (json, strlen (json), &problem);
  if (!root) {
    g_set_error (error, VOXEL_MODEL_ERROR, VOXEL_MODEL_ERROR_RECORD, "model record: %s", problem->message);
    return NULL;
  }
  if (!check_version (root, error) || !check_names (root, error))
    return NULL;
  architecture = voxel_json_get_string (root, "architecture");
  if (!architecture || !*architecture) {
    set_record_error (error, "architecture", "must be a name");
    return NULL;
  }
  record = voxel_model_record_new (architecture, NULL);
  if (!read_object (root, "config", &record->config, error) ||
      !read_object (root, "training", &record->training, error))
    return NULL;
  for (guint s = 0; s < G_N_ELEMENTS (sections); s++) {
    const VoxelJson *section = voxel_json_get (root, sections[s].name);

    if (section && !read_section (record, &sections[s], section, error))
      return NULL;
  }
  if (!check_together (record, error))
    return NULL;
  return g_steal_pointer (&record);
}

static VoxelJson *
write_section (const VoxelModelRecord *record, const Section *section)
{
  VoxelJson *object = voxel_json_new_object ();

  for (guint i = 0; i < section->n_fields; i++) {
    const Field *field = &section->fields[i];
    gpointer member = member_of (record, section, field);

    if (field->kind == COUNT)
      voxel_json_set (object, field->name, voxel_json_new_integer (*(guint *) member));
    else if (field->kind == NUMBER)
      voxel_json_set (object, field->name, voxel_json_new_number (*(gdouble *) member));
    else
      voxel_json_set (object, field->name, voxel_json_new_string (*(gchar **) member));
  }
  return object;
}

static VoxelJson *
parse_or_empty (const gchar *text)
{
  VoxelJson *object = text ? voxel_json_parse_object (text, strlen (text), NULL) : NULL;

  return object ? object : voxel_json_new_object ();
}

/**
 * voxel_model_record_to_json:
 * @record: a record
 *
 * Returns: (transfer full): JSON with every field, so that a later change of a default changes no model
 */
gchar *
voxel_model_record_to_json (const VoxelModelRecord *record)
{
  g_autoptr (VoxelJson) root = voxel_json_new_object ();

  voxel_json_set (root, "version", voxel_json_new_integer (VOXEL_MODEL_RECORD_VERSION));
  voxel_json_set (root, "architecture", voxel_json_new_string (record->architecture));
  voxel_json_set (root, "config", parse_or_empty (record->config));
  for (guint s = 0; s < G_N_ELEMENTS (sections); s++)
    voxel_json_set (root, sections[s].name, write_section (record, &sections[s]));
  voxel_json_set (root, "training", parse_or_empty (record->training));
  return voxel_json_write (root, FALSE);
}

/**
 * voxel_model_record_free:
 * @record: (nullable): a record
 */
void
voxel_model_record_free (VoxelModelRecord *record)
{
  if (!record)
    return;
  for (guint s = 0; s < G_N_ELEMENTS (sections); s++) {
    for (guint i = 0; i < sections[s].n_fields; i++) {
      const Field *field = &sections[s].fields[i];

      if (field->kind == CHOICE || field->kind == LIST)
        g_free (*(gchar **) member_of (record, &sections[s], field));
    }
  }
  g_free (record->architecture);
  g_free (record->config);
  g_free (record->training);
  g_free (record);
}
