/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* voxelsliceinfer against the chain of elements that it stands for, with the network on the same device: to the bit. And
 * against the same chain on the CPU: within the rounding of fp32. */

#include "tests/elements/network/voxelsliceinfer-fixture.h"

#define DEPTH 3

typedef struct {
  const gchar *name;
  const gchar *model;
  GstVideoFormat format;
  guint width, height;
  const gchar *tile;
  const gchar *views;
  const gchar *merge; /* of voxelmerge */
  const gchar *stitch;
  const gchar *network;
} Case;

#define G8 GST_VIDEO_FORMAT_GRAY8
#define G16 GST_VIDEO_FORMAT_GRAY16_LE

static const Case cases[] = {
    {"mask", "slice", G16, 50, 37, "size=32", "r0,r90,r180,r270,fh,fv", "mode=mean-logit", "blend=or", ""},
    {"mask above .3", "slice", G8, 53, 41, "size=32 overlap=.2", "r0,fh", "mode=mean-logit",
     "blend=or threshold=.3", ""},
    {"mean", "slice", G8, 51, 64, "size=32 overlap=0", "r0,r90,fh", "mode=mean-logit", "blend=mean", ""},
    {"gaussian", "slice", G16, 70, 45, "size=32", "t,at,fv", "mode=mean-logit", "blend=gaussian", ""},
    {"mean of probabilities", "none", G16, 40, 48, "size=32", "r0,r180,r270", "mode=mean", "blend=mean", ""},
    {"highest", "none", G16, 40, 48, "size=32", "r0,r180,r270", "mode=max", "blend=gaussian", ""},
    {"union", "none", G8, 40, 48, "size=32", "r0,r90", "mode=union threshold=.4", "blend=mean", ""},
    {"one view", "slice", G16, 40, 48, "size=32", "r90", "mode=mean", "blend=mean", ""},
    {"smaller than tiles", "slice", G16, 45, 34, "size=64 pad-multiple=8", "r0,r90", "mode=mean-logit",
     "blend=mean", ""},
    {"the stride's padding", "slice", G8, 33, 47, "size=0 pad-multiple=1", "r0,r270,at", "mode=mean-logit",
     "blend=mean", ""},
    {"two sizes", "tile", G16, 70, 34, "size=48 pad-multiple=10", "r90,r0,t,fv", "mode=mean",
     "blend=gaussian", ""},
    {"origin's grid", "slice", G16, 70, 70, "size=32 grid=origin edge=skip", "r0", "mode=mean-logit",
     "blend=mean", ""},
    {"by tile", "tile", G16, 48, 48, "size=32", "r0,fh", "mode=mean-logit", "blend=mean", ""},
    {"background", "steep", G16, 100, 90, "size=32 overlap=0", "r0,r90", "mode=mean", "blend=mean",
     "skip-below=2000"},
    {"background everywhere", "steep", G16, 40, 40, "size=32", "r0,r90", "mode=union threshold=0",
     "blend=mean", "skip-below=65535"},
    {"batches of 1", "slice", G16, 40, 40, "size=32", "r0,r90,fh", "mode=mean-logit", "blend=mean",
     "batch=1"},
    {"batches of 5", "slice", G16, 70, 40, "size=32", "r0,r90,fh", "mode=mean-logit", "blend=mean",
     "batch=5"},
    {"little memory", "slice", G16, 70, 40, "size=32", "r0,r90,fh", "mode=mean-logit", "blend=mean",
     "memory-limit=300000"},
    {"two devices", "slice", G16, 40, 40, "size=32", "r0,fh", "mode=mean-logit", "blend=mean", "devices=1,0"},
    {"half precision", "slice", G16, 40, 40, "size=32", "r0,fh", "mode=mean-logit", "blend=mean",
     "precision=fp16"},
    {"bf16", "slice", G16, 40, 40, "size=32", "r0,fh", "mode=mean-logit", "blend=mean", "precision=bf16"},
    {"neighbours", "neighbours", G16, 41, 50, "size=32", "r0,r90", "mode=mean-logit", "blend=mean", ""},
    {"neighbours of 8 bits", "neighbours", G8, 41, 50, "size=0", "r0,t", "mode=mean-logit", "blend=or", ""},
};

static GPtrArray *
run_chain (const Case *c, const gchar *model, const gchar *around, const gchar *network)
{
  g_autofree gchar *launch =
      g_strdup_printf ("%s voxeltile %s ! voxelviews views=%s ! voxelinfer model=\"%s\" %s %s ! voxelmerge "
                       "%s ! voxelstitch %s",
                       around, c->tile, c->views, model, network, c->network, c->merge, c->stitch);

  return slices_through (launch, c->format, c->width, c->height, DEPTH);
}

static GPtrArray *
run_one (const Case *c, const gchar *model, const gchar *around)
{
  g_auto (GStrv) words = g_strsplit (c->merge, " ", -1);
  g_autofree gchar *merge = g_strdup_printf ("merge=%s %s%s", words[0] + strlen ("mode="),
                                             words[1] ? "merge-" : "", words[1] ? words[1] : "");
  g_autofree gchar *launch =
      g_strdup_printf ("%s voxelsliceinfer backend=cuda precision=fp32 model=\"%s\" %s %s views=%s %s %s",
                       around, model, c->network, c->tile, c->views, merge, c->stitch);

  return slices_through (launch, c->format, c->width, c->height, DEPTH);
}

static void
assert_same_metas (GstBuffer *a, GstBuffer *b)
{
  const GstVoxelSliceMeta *one = gst_buffer_get_voxel_slice_meta (a),
                          *two = gst_buffer_get_voxel_slice_meta (b);

  g_assert_cmpint (one->content, ==, two->content);
  g_assert_cmpint (one->axis, ==, two->axis);
  g_assert_cmpuint (one->index, ==, two->index);
  g_assert_cmpuint (one->first, ==, two->first);
  g_assert_cmpuint (one->last, ==, two->last);
  g_assert_cmpuint (one->volume->axes, ==, two->volume->axes);
  g_assert_true (isnan (one->mean) && isnan (two->mean));
  g_assert_cmpuint (GST_BUFFER_PTS (a), ==, GST_BUFFER_PTS (b));
  g_assert_cmpuint (GST_BUFFER_FLAGS (a), ==, GST_BUFFER_FLAGS (b));
  g_assert_null (gst_buffer_get_voxel_tile_meta (a));
  g_assert_null (gst_buffer_get_voxel_neighbours_meta (a));
}

static void
assert_same (const GPtrArray *one, const GPtrArray *chain, guint *distinct)
{
  *distinct = 0;
  g_assert_cmpuint (one->len, ==, DEPTH);
  g_assert_cmpuint (chain->len, ==, DEPTH);
  for (guint i = 0; i < DEPTH; i++) {
    GstMapInfo a, b;

    assert_same_metas (one->pdata[i], chain->pdata[i]);
    gst_buffer_map (one->pdata[i], &a, GST_MAP_READ);
    gst_buffer_map (chain->pdata[i], &b, GST_MAP_READ);
    g_assert_cmpmem (a.data, a.size, b.data, b.size);
    for (gsize k = 1; k < a.size; k++)
      *distinct += a.data[k] != a.data[k - 1];
    gst_buffer_unmap (one->pdata[i], &a);
    gst_buffer_unmap (chain->pdata[i], &b);
  }
}

/* Of probabilities, in 65535ths. */
static guint
largest_difference (const GPtrArray *one, const GPtrArray *other)
{
  guint most = 0;

  for (guint i = 0; i < DEPTH; i++) {
    GstMapInfo a, b;

    gst_buffer_map (one->pdata[i], &a, GST_MAP_READ);
    gst_buffer_map (other->pdata[i], &b, GST_MAP_READ);
    g_assert_cmpuint (a.size, ==, b.size);
    for (gsize k = 0; k < a.size / 2; k++)
      most = MAX (most,
                  (guint) ABS ((gint) ((const guint16 *) a.data)[k] - (gint) ((const guint16 *) b.data)[k]));
    gst_buffer_unmap (one->pdata[i], &a);
    gst_buffer_unmap (other->pdata[i], &b);
  }
  return most;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autofree gchar *model = slice_model (c->model);
  const gchar *around = g_str_equal (c->model, "neighbours") ? "voxelneighbours reach=1 !" : "";
  g_autoptr (GPtrArray) one = run_one (c, model, around);
  g_autoptr (GPtrArray) chain = run_chain (c, model, around, "backend=cuda precision=fp32");
  gboolean device_only =
      strstr (c->network, "precision") || strstr (c->network, "devices") || strstr (c->network, "memory");
  guint distinct;

  assert_same (one, chain, &distinct);
  if (!strstr (c->name, "everywhere"))
    g_assert_cmpuint (distinct, >, 50);
  if (strstr (c->stitch, "blend=or") || strstr (c->merge, "union") || device_only)
    return;
  /* A logit that is rounded otherwise is another code, at most the next one: 65535 / 2048 / 4 = 8 of the probability,
   * whose own rounding adds 1. */
  g_ptr_array_unref (g_steal_pointer (&chain));
  chain = run_chain (c, model, around, "backend=cpu precision=fp32");
  g_test_message ("%s: %u from the CPU's", c->name, largest_difference (one, chain));
  g_assert_cmpuint (largest_difference (one, chain), <=, 9);
}

/* Whoever measures it. */
static void
test_unmeasured (void)
{
  static const guint measured[] = {0, 21}; /* one plane, three */

  for (guint i = 0; i < G_N_ELEMENTS (measured); i++) {
    const Case *c = &cases[measured[i]];
    g_autofree gchar *model = slice_model (c->model);
    const gchar *around = i ? "voxelneighbours reach=1 !" : "";
    g_autoptr (GPtrArray) expected = run_one (c, model, around), one = NULL;
    guint distinct;

    slice_unmeasured = TRUE;
    one = run_one (c, model, around);
    slice_unmeasured = FALSE;
    assert_same (one, expected, &distinct);
  }
}

int
main (int argc, char **argv)
{
  gint result;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  slice_models_save ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = g_strdup_printf ("/network/voxelsliceinfer/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/network/voxelsliceinfer/unmeasured", test_unmeasured);
  result = g_test_run ();
  slice_models_remove ();
  return result;
}
