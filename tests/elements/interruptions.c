/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every element in a small pipeline, to which things happen at random moments: flushes, seeks, ends, changes of
 * state and of caps, refusals downstream. It must neither hang nor warn nor fail without a reason nor leak, and
 * a complete run afterwards must give what an undisturbed one gives.
 *
 * VOXEL_INTERRUPTIONS=N does it N times with every element (100 times where it is not set),
 * VOXEL_INTERRUPTIONS_SEED=S in another way. */

#include "interruption.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "elements/stream/voxel.h"
#include "tests/elements/volume/tiff-fixture.h"
#include "tests/support/slice-source.h"
#include "tests/support/unet-model.h"

#define TIMES 100
/* Not all objects: factories, templates and the like live for good. */
#define TRACED \
  "GstBuffer,GstMemory,GstBufferPool,GstEvent,GstQuery,GstMessage,GstCaps,GstElement,GstPad,GstBus"
#define END " ~ fakesink name=end sync=false async=false"
#define SOURCE "slicesource name=source "
#define LOGIT "content=1 "
#define PROBABILITY "content=2 "
#define MASK "content=3 "

static const TrialRow rows[] = {
    {"voxelsrc", "voxelsrc name=source location=stack.tif framerate=1000/1 threads=2 read-ahead=3" END},
    {"voxelsrc, nothing ahead",
     "voxelsrc name=source location=stack.tif labels=labels.tif framerate=1000/1 read-ahead=0" END},
    {"voxelsrc, volumes with labels",
     "voxelsrc name=source location=\"stack.tif;other.tif\" labels=\"labels.tif;other-labels.tif\" "
     "framerate=1000/1 threads=2 read-ahead=3" END},
    {"voxelsrc, followed",
     "voxelsrc name=source location=followed follow=true stop-index=7 follow-timeout=500000000" END},
    {"voxelstamp", SOURCE "plain=true ~ voxelstamp name=it" END},
    {"voxelrescale", SOURCE "~ voxelrescale name=it scale=1.3,.8,.8 threads=2" END},
    {"voxelrescale, back",
     SOURCE MASK "~ voxelrescale scale=.6 ~ voxelvote ~ voxelrescale name=it back=true" END},
    {"voxelreslice", SOURCE "~ voxelreslice name=it" END},
    {"voxelreslice, z live", SOURCE "~ voxelreslice name=it hold=false axes=z,x memory-limit=1" END},
    {"voxelreslice, shuffled",
     SOURCE "~ voxelreslice name=it shuffle=true epochs=3 oblique=5 memory-limit=1" END},
    {"voxelreslice, epochs", SOURCE "~ voxelreslice name=it epochs=2 oblique=3" END},
    {"voxelnormalize", SOURCE "~ voxelreslice axes=z,y ~ voxelnormalize name=it" END},
    {"voxelnormalize, slices", SOURCE "~ voxelnormalize name=it scope=slice bits=8" END},
    {"voxeltile", SOURCE "~ voxeltile name=it size=16 pad-multiple=8" END},
    {"voxeltile, at random", SOURCE "~ voxeltile name=it mode=random size=50 count=3" END},
    {"voxelaugment", SOURCE "~ voxelaugment name=it size=32 threads=3 seed=1" END},
    {"voxelaugment, tiles", SOURCE "~ voxeltile size=16 ~ voxelaugment name=it threads=1" END},
    {"voxelviews", SOURCE "~ voxelviews name=it" END},
    {"voxelinfer", SOURCE "~ voxelinfer name=it backend=cpu model=model.safetensors threads=2 batch=3" END},
    {"voxelinfer, in time", SOURCE
     "~ voxelinfer name=it backend=cpu model=model.safetensors threads=1 batch=3 batch-timeout=200000" END},
    {"voxelinfer, tiles",
     SOURCE "~ voxeltile size=32 pad-multiple=8 ~ voxelviews views=r0,r90 ~ "
            "voxelinfer name=it backend=cpu model=model.safetensors threads=2 batch=0" END},
    {"voxelinfer, on devices",
     SOURCE "~ voxelinfer name=it backend=cuda devices=0,1 model=model.safetensors batch=3" END, NULL, FALSE,
     TRUE},
    {"voxelinfer, tiles on a device",
     SOURCE "~ voxeltile size=0 pad-multiple=8 ~ voxelviews views=r0,r90 ~ "
            "voxelinfer name=it backend=cuda model=model.safetensors" END,
     NULL, FALSE, TRUE},
    {"voxelsliceinfer",
     SOURCE
     "~ voxelsliceinfer name=it model=model.safetensors precision=fp32 size=32 pad-multiple=8 views=r0" END,
     NULL, FALSE, TRUE},
    {"voxelmerge", SOURCE LOGIT "~ voxelviews ~ voxelmerge name=it" END},
    {"voxelstitch", SOURCE LOGIT "~ voxeltile size=16 pad-multiple=8 ~ voxelstitch name=it" END},
    {"voxelvote", SOURCE PROBABILITY "~ voxelreslice ~ voxelvote name=it" END},
    {"voxelvote, z only", SOURCE MASK "~ voxelvote name=it" END},
    {"voxelmask", SOURCE MASK "~ voxelmask name=it location=stack.tif" END},
    {"voxelscore",
     "voxelscore name=it " SOURCE MASK "~ it.truth slicesource name=source2 " MASK "seed=2 ~ it.prediction"},
    {"voxelrlesink", SOURCE MASK "~ voxelrlesink name=it location=mask.csv", "mask.csv"},
    {"voxelsink", SOURCE MASK "~ voxelsink name=it location=mask.tif", "mask.tif", TRUE},
    {"voxelshardsink",
     SOURCE "~ voxelshardsink name=it location=shard-%d.tar labels=optional overwrite=true max-samples=99",
     "shard-0.tar"},
    {"samples",
     "voxelsrc name=source location=stack.tif labels=labels.tif framerate=1000/1 ~ voxelreslice shuffle=true "
     "epochs=2 oblique=3 ~ voxelnormalize ~ voxeltile mode=random size=32 count=2 foreground=.5 ~ "
     "voxelaugment threads=2 ~ voxelshardsink name=it location=sample-%d.tar overwrite=true",
     "sample-0.tar"},
    {"all", SOURCE
     "~ voxelreslice ~ voxelnormalize ~ voxeltile size=16 pad-multiple=8 ~ voxelviews views=r0,r90 ~ "
     "voxelinfer name=it backend=cpu model=model.safetensors threads=2 batch=3 ~ voxelmerge ~ voxelstitch ~ "
     "voxelvote" END},
};

static gchar doing[256];

static void
on_alarm (int number)
{
  static const gchar text[] = " hangs\n";
  gssize ignored = write (STDERR_FILENO, doing, strlen (doing));

  ignored = write (STDERR_FILENO, text, sizeof text - 1);
  (void) ignored;
  abort ();
}

static guint
from_environment (const gchar *name, guint otherwise)
{
  const gchar *text = g_getenv (name);

  return text ? (guint) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

/* Says where it is, for whoever has to look for what went wrong. */
static void
say (const TrialRow *row, guint turn, const gchar *what)
{
  g_snprintf (doing, sizeof doing, "%s, turn %u, %s", row->name, turn, what);
  g_test_message ("%s", doing);
}

static void
interrupt (Trial *trial, guint turn)
{
  for (guint n = (guint) g_rand_int_range (trial->random, 1, 4); n > 0; n--) {
    const TrialAct *act = &trial_acts[g_rand_int_range (trial->random, 0, (gint) trial_n_acts)];

    trial_wait_seen (trial, (guint) g_rand_int_range (trial->random, 0, 10));
    say (trial->row, turn, act->name);
    act->act (trial);
    trial_drain (trial);
  }
}

static guint
count_open_files (void)
{
  GDir *entries = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (entries && g_dir_read_name (entries))
    n++;
  if (entries)
    g_dir_close (entries);
  return n;
}

/* How many objects the tracer that main() asked for knows to be alive. It gives them without a reference, but
 * they are unreferenced with the list. */
static guint
count_objects (void)
{
  GList *tracers = gst_tracing_get_active_tracers ();
  GstStructure *live = NULL;
  const GValue *list;
  guint n;

  g_assert_nonnull (tracers);
  g_signal_emit_by_name (tracers->data, "get-live-objects", &live);
  list = gst_structure_get_value (live, "live-objects-list");
  n = gst_value_list_get_size (list);
  for (guint i = 0; i < n; i++) {
    const GstStructure *entry = gst_value_get_structure (gst_value_list_get_value (list, i));
    const GValue *object = gst_structure_get_value (entry, "object");

    if (G_VALUE_HOLDS_OBJECT (object))
      g_object_ref (g_value_get_object (object));
    else
      gst_mini_object_ref (g_value_get_boxed (object));
  }
  gst_structure_free (live);
  g_list_free_full (tracers, gst_object_unref);
  return n;
}

static guint64
run_undisturbed (const TrialRow *row, GRand *random)
{
  Trial trial;
  guint64 result;

  say (row, 0, "undisturbed");
  trial_open (&trial, row, random);
  result = trial_run (&trial);
  trial_close (&trial);
  return result;
}

static void
test_row (gconstpointer data)
{
  const TrialRow *row = data;
  guint times = from_environment ("VOXEL_INTERRUPTIONS", TIMES);
  g_autoptr (GRand) random = g_rand_new_with_seed (from_environment ("VOXEL_INTERRUPTIONS_SEED", 1));
  guint64 right = run_undisturbed (row, random);
  guint files = count_open_files (), objects = count_objects ();
  Trial trial;

  g_assert_cmpuint (run_undisturbed (row, random), ==, right);
  trial_open (&trial, row, random);
  for (guint turn = 1; turn <= times; turn++) {
    alarm (20);
    gst_element_set_state (trial.pipeline, g_rand_boolean (random) ? GST_STATE_PLAYING : GST_STATE_PAUSED);
    interrupt (&trial, turn);
    say (row, turn, "recovery");
    trial_recover (&trial);
    say (row, turn, "complete run");
    g_assert_cmphex (trial_run (&trial), ==, right);
    if (g_rand_int_range (random, 0, 4))
      continue;
    trial_close (&trial);
    trial_open (&trial, row, random);
  }
  trial_close (&trial);
  alarm (0);
  /* A thread that ended a moment ago may still hold something, here and when it was counted first. */
  for (guint n = 0; n < 1000 && (count_open_files () > files || count_objects () > objects); n++)
    g_usleep (1000);
  g_assert_cmpuint (count_open_files (), <=, files);
  g_assert_cmpuint (count_objects (), <=, objects);
}

static void
skip_row (gconstpointer data)
{
  g_test_skip ("there is no stand-in for a device: CUDA's headers were not found");
}

static void
write_labels (const gchar *name, Fixture form)
{
  static const guint16 values[] = {0, 255};

  form.bits = 8;
  form.values = values;
  form.n_values = G_N_ELEMENTS (values);
  g_free (fixture_write (".", name, &form));
}

static void
make_files (void)
{
  Fixture stack = {.width = 41, .height = 34, .pages = 8, .bits = 8, .photometric = 1};
  Fixture other = {.width = 50, .height = 20, .pages = 3, .bits = 16, .photometric = 1};

  g_free (fixture_write (".", "stack.tif", &stack));
  g_free (fixture_write (".", "other.tif", &other));
  write_labels ("labels.tif", stack);
  write_labels ("other-labels.tif", other);
  stack.pages = 1;
  g_assert_cmpint (g_mkdir ("followed", 0700), ==, 0);
  for (guint k = 0; k < 8; k++) {
    g_autofree gchar *name = g_strdup_printf ("slice_%u.tif", k);

    stack.first_value = k * 1000;
    g_free (fixture_write ("followed", name, &stack));
  }
  unet_model_save ("model.safetensors", 4, 1, 1, "none");
}

int
main (int argc, char **argv)
{
  gchar *folder = fixture_folder_new ();
  int status;

  g_setenv ("GST_TRACERS", "leaks(filters=\"" TRACED "\")", TRUE);
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  signal (SIGALRM, on_alarm);
  g_assert_true (test_slice_source_register ());
  g_assert_cmpint (g_chdir (folder), ==, 0);
  make_files ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree gchar *path = g_strdup_printf ("/interruptions/%s", rows[i].name);

    if (rows[i].device && !g_getenv ("VOXEL_CUDA_MODULE")) {
      g_test_add_data_func (path, &rows[i], skip_row);
      continue;
    }

    g_test_add_data_func (path, &rows[i], test_row);
  }
  status = g_test_run ();
  g_assert_cmpint (g_chdir ("/"), ==, 0);
  fixture_folder_free (folder);
  return status;
}
