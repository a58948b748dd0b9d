/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every element of the plugin through every change of state, alone and in a pipeline, with and without what it
 * needs; after GStreamer's generic test of states, but nothing it answers is left unlooked at. */

#include <gst/gst.h>

#include "tests/elements/volume/tiff-fixture.h"
#include "tests/support/unet-model.h"

#define PLUGIN "voxel"

/* What an element cannot start without, a device maybe; any other must start as it is made. */
typedef struct {
  const gchar *element;
  const gchar *property;
  const gchar *file;
  gboolean device;
} Need;

static const Need needs[] = {
    {"voxelinfer", "model", "model.safetensors"}, {"voxelmask", "location", "stack.tif"},
    {"voxelrlesink", "location", "mask.csv"},     {"voxelshardsink", "location", "shard-%d.tar"},
    {"voxelsink", "location", "mask.tif"},        {"voxelsliceinfer", "model", "model.safetensors", TRUE},
    {"voxelsrc", "location", "stack.tif"},
};

static gchar *folder;

static const Need *
find_need (const gchar *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (needs); i++) {
    if (g_str_equal (needs[i].element, element))
      return &needs[i];
  }
  return NULL;
}

static GstElement *
make (const gchar *name, gboolean complete)
{
  GstElement *element = gst_element_factory_make (name, NULL);
  const Need *need = complete ? find_need (name) : NULL;

  g_assert_nonnull (element);
  gst_object_ref_sink (element);
  if (need) {
    g_autofree gchar *path = g_build_filename (folder, need->file, NULL);

    g_object_set (element, need->property, path, NULL);
  }
  return element;
}

/* Nobody may keep an element beyond its owner. */
static void
release (GstElement *element)
{
  gpointer watched = element;

  g_object_add_weak_pointer (G_OBJECT (element), &watched);
  gst_object_unref (element);
  g_assert_null (watched);
}

static void
assert_pads (GstElement *element, gboolean active)
{
  GstIterator *pads = gst_element_iterate_pads (element);
  GValue item = G_VALUE_INIT;

  while (gst_iterator_next (pads, &item) == GST_ITERATOR_OK) {
    GstPad *pad = g_value_get_object (&item);

    if (gst_pad_is_active (pad) != active)
      g_error ("pad %s of %s is %s", GST_PAD_NAME (pad), GST_ELEMENT_NAME (element),
               active ? "not active" : "still active");
    g_value_reset (&item);
  }
  g_value_unset (&item);
  gst_iterator_free (pads);
}

static void
change (GstElement *element, GstState to)
{
  GstStateChangeReturn result = gst_element_set_state (element, to);

  if (result == GST_STATE_CHANGE_FAILURE)
    g_error ("%s does not go to %s", GST_ELEMENT_NAME (element), gst_element_state_get_name (to));
  /* A sink stays on its way to PAUSED until a buffer comes. */
  if (result == GST_STATE_CHANGE_SUCCESS)
    g_assert_cmpint (GST_STATE (element), ==, to);
  assert_pads (element, to >= GST_STATE_PAUSED);
}

/* From every state to every state, the same one too, twice. */
static void
walk (GstElement *element)
{
  for (guint turn = 0; turn < 2; turn++) {
    for (GstState from = GST_STATE_NULL; from <= GST_STATE_PLAYING; from++) {
      for (GstState to = GST_STATE_NULL; to <= GST_STATE_PLAYING; to++) {
        change (element, from);
        change (element, to);
      }
    }
  }
  change (element, GST_STATE_NULL);
}

static void
test_complete (gconstpointer name)
{
  GstElement *element = make (name, TRUE);

  walk (element);
  release (element);
}

/* What lacks something says so, once it is to start and not before, comes back, and starts once it has it. */
static void
test_bare (gconstpointer name)
{
  GstElement *element = make (name, FALSE);
  const Need *need = find_need (name);
  g_autoptr (GstBus) bus = gst_bus_new ();

  if (!need) {
    walk (element);
    release (element);
    return;
  }
  gst_element_set_bus (element, bus);
  for (guint turn = 0; turn < 2; turn++) {
    g_autofree gchar *path = g_build_filename (folder, need->file, NULL);
    g_autoptr (GstMessage) message = NULL;

    g_assert_cmpint (gst_element_set_state (element, GST_STATE_PLAYING), ==, GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
    g_assert_nonnull (message);
    /* What is set in READY counts too. A pad may be left active there by what failed. */
    g_assert_cmpint (gst_element_set_state (element, turn ? GST_STATE_NULL : GST_STATE_READY), ==,
                     GST_STATE_CHANGE_SUCCESS);
    if (turn)
      assert_pads (element, FALSE);
    g_object_set (element, need->property, path, NULL);
    change (element, GST_STATE_PLAYING);
    walk (element);
    g_object_set (element, need->property, NULL, NULL);
  }
  gst_element_set_bus (element, NULL);
  gst_bus_set_flushing (bus, TRUE);
  release (element);
}

/* Each source pad gets a sink that waits for nothing, so that only the element decides. */
static void
link_sources (GstBin *bin, GstElement *element)
{
  for (GList *item = element->srcpads; item; item = item->next) {
    GstElement *sink = gst_element_factory_make ("fakesink", NULL);
    g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");

    g_object_set (sink, "async", FALSE, "sync", FALSE, NULL);
    gst_bin_add (bin, sink);
    g_assert_cmpint (gst_pad_link (item->data, pad), ==, GST_PAD_LINK_OK);
  }
}

static void
walk_in_pipeline (GstElement *pipeline, GstElement *element)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  for (guint turn = 0; turn < 2; turn++) {
    for (GstState from = GST_STATE_NULL; from <= GST_STATE_PLAYING; from++) {
      for (GstState to = GST_STATE_NULL; to <= GST_STATE_PLAYING; to++) {
        g_assert_cmpint (gst_element_set_state (pipeline, from), !=, GST_STATE_CHANGE_FAILURE);
        g_assert_cmpint (gst_element_set_state (pipeline, to), !=, GST_STATE_CHANGE_FAILURE);
        /* A message would be dropped on the way to NULL. */
        message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
        g_assert_null (message);
      }
    }
  }
  g_assert_cmpint (gst_element_set_state (pipeline, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
  assert_pads (element, FALSE);
}

static void
test_in_pipeline (gconstpointer name)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *element = make (name, TRUE);

  gst_bin_add (GST_BIN (pipeline), element);
  link_sources (GST_BIN (pipeline), element);
  walk_in_pipeline (pipeline, element);
  release (pipeline);
  release (element);
}

/* Taken out of a pipeline that plays, brought down, put into it again. */
static void
test_moved (gconstpointer name)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *element = make (name, TRUE);

  for (GstState state = GST_STATE_READY; state <= GST_STATE_PLAYING; state++) {
    gst_element_set_state (pipeline, state);
    g_assert_true (gst_bin_add (GST_BIN (pipeline), element));
    g_assert_true (gst_element_sync_state_with_parent (element));
    assert_pads (element, state >= GST_STATE_PAUSED);
    g_assert_true (gst_bin_remove (GST_BIN (pipeline), element));
    g_assert_cmpint (gst_element_set_state (element, GST_STATE_NULL), ==, GST_STATE_CHANGE_SUCCESS);
    assert_pads (element, FALSE);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  release (pipeline);
  release (element);
}

static void
make_files (void)
{
  Fixture stack = {.width = 20, .height = 12, .pages = 3, .bits = 8, .photometric = 1};
  g_autofree gchar *model = NULL;

  folder = fixture_folder_new ();
  g_free (fixture_write (folder, "stack.tif", &stack));
  model = g_build_filename (folder, "model.safetensors", NULL);
  unet_model_save (model, 4, 1, 1, "slice");
}

static void
skip (gconstpointer name)
{
  g_test_skip ("there is no stand-in for a device: CUDA's headers were not found");
}

static void
add (const gchar *name, const gchar *what, GTestDataFunc function)
{
  g_autofree gchar *path = g_strdup_printf ("/states/%s/%s", name, what);
  const Need *need = find_need (name);

  g_test_add_data_func (path, name,
                        need && need->device && !g_getenv ("VOXEL_CUDA_MODULE") ? skip : function);
}

int
main (int argc, char **argv)
{
  GList *features;
  int status;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  make_files ();
  features = gst_registry_get_feature_list_by_plugin (gst_registry_get (), PLUGIN);
  g_assert_nonnull (features);
  for (GList *item = features; item; item = item->next) {
    const gchar *name = gst_plugin_feature_get_name (item->data);

    if (!GST_IS_ELEMENT_FACTORY (item->data))
      continue;
    add (name, "complete", test_complete);
    add (name, "bare", test_bare);
    add (name, "in a pipeline", test_in_pipeline);
    add (name, "moved", test_moved);
  }
  status = g_test_run ();
  gst_plugin_feature_list_free (features);
  fixture_folder_free (folder);
  return status;
}
