/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/network/tile-devices.h"

#include "elements/network/tile-load.h"

/* Pictures a run where nothing else is said: all of a device has work in the deepest layers too. */
#define PICTURES 16

typedef struct {
  guint loads;     /* in the hands of its workers */
  guint runs;      /* that it was given and that nobody has waited for yet */
  gint64 since;    /* when the first of them began */
  gint64 computed; /* microseconds in which it had runs */
} Device;

/* A thread with a run of each size on one device. */
typedef struct {
  VoxelTileDevices *devices;
  Device *device;
  GThread *thread;
  guint index;
} Worker;

/**
 * VoxelTileDevices:
 *
 * Tiles that are run on devices with memory of their own, several at once.
 *
 * Pictures are put together as they come, also those of two batches; a run always has as many as were decided for
 * its size, and where nothing follows the last picture is repeated. Another plan for what is left would be quicker
 * there, but every plan takes up to seconds to make, and an engine that was chosen for another number of pictures
 * may round in another way: then scores would depend on how fast pictures come.
 */
struct _VoxelTileDevices {
  const VoxelTileRules *rules;
  VoxelNetworkRuns *runs;
  guint threads;
  guint batch;
  guint n_devices;
  guint n_workers;
  Worker *workers;

  GMutex lock;
  GCond changed;
  Device *all;
  GQueue open;  /* of VoxelTileLoad: not full yet, of different sizes */
  GQueue loads; /* of VoxelTileLoad: to be run */
  guint left;   /* loads that are not done */
  gint64 first; /* when a device was first given a run */
  gint64 last;  /* when a run was last waited for */
  gboolean stopping;
};

static void
note_start (const Worker *worker)
{
  VoxelTileDevices *devices = worker->devices;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);
  gint64 now = g_get_monotonic_time ();

  if (!devices->first)
    devices->first = now;
  if (worker->device->runs++ == 0)
    worker->device->since = now;
}

static void
note_end (const Worker *worker)
{
  VoxelTileDevices *devices = worker->devices;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);

  devices->last = g_get_monotonic_time ();
  if (--worker->device->runs == 0)
    worker->device->computed += devices->last - worker->device->since;
}

static gboolean
compute (const Worker *worker, VoxelRun *run, GError **error)
{
  gboolean done;

  note_start (worker);
  done = voxel_run_start (run, error) && voxel_run_wait (run, error);
  note_end (worker);
  return done;
}

static void
run_load (const Worker *worker, const VoxelTileLoad *load)
{
  guint threads = worker->devices->threads;
  VoxelRun *run = load->size->runs[worker->index];
  g_autoptr (GError) error = NULL;

  voxel_tile_load_fill (load, run, threads);
  if (compute (worker, run, &error))
    voxel_tile_load_code (load, run, threads);
  else
    voxel_tile_load_fail (load, error);
}

/* A device takes no more than the others have as long as it has a worker that waits. */
static gboolean
is_my_turn (const Worker *worker)
{
  const VoxelTileDevices *devices = worker->devices;

  for (guint i = 0; i < devices->n_devices; i++)
    if (devices->all[i].loads < worker->device->loads)
      return FALSE;
  return devices->loads.length > 0;
}

static VoxelTileLoad *
take_load (Worker *worker)
{
  VoxelTileDevices *devices = worker->devices;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);

  while (!devices->stopping && !is_my_turn (worker))
    g_cond_wait (&devices->changed, &devices->lock);
  if (devices->stopping)
    return NULL;
  worker->device->loads++;
  g_cond_broadcast (&devices->changed);
  return g_queue_pop_head (&devices->loads);
}

static void
put_done (Worker *worker, VoxelTileLoad *load)
{
  VoxelTileDevices *devices = worker->devices;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);

  for (guint i = 0; i < load->n; i++)
    load->parts[i].batch->left--;
  worker->device->loads--;
  devices->left--;
  g_cond_broadcast (&devices->changed);
  g_free (load);
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  VoxelTileLoad *load;

  while ((load = take_load (worker))) {
    run_load (worker, load);
    put_done (worker, load);
  }
  return NULL;
}

/**
 * voxel_tile_devices_new:
 * @rules: how tiles are shown; kept by the caller
 * @key: of the plans: a backend with devices, a precision, threads of this machine that help
 * @devices: (element-type guint): of the backend
 * @batch: pictures a run, 0 for as many as pay
 * @memory_limit: bytes that runs may take on each device, 0 for half of what is free
 *
 * Returns: (transfer full): idle devices
 */
VoxelTileDevices *
voxel_tile_devices_new (const VoxelTileRules *rules, const VoxelPlanKey *key, const GArray *devices,
                        guint batch, guint64 memory_limit)
{
  VoxelTileDevices *self = g_new0 (VoxelTileDevices, 1);

  self->rules = rules;
  self->runs = voxel_network_runs_new_on (rules->model, key, devices, VOXEL_TILE_DEVICES_RUNS);
  voxel_network_runs_set_limit (self->runs, memory_limit);
  self->threads = key->threads;
  self->batch = batch;
  self->n_devices = devices->len;
  self->n_workers = VOXEL_TILE_DEVICES_RUNS * devices->len;
  self->workers = g_new0 (Worker, self->n_workers);
  self->all = g_new0 (Device, devices->len);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->open);
  g_queue_init (&self->loads);
  for (guint i = 0; i < self->n_workers; i++) {
    self->workers[i] = (Worker){.devices = self, .index = i, .device = &self->all[i % self->n_devices]};
    self->workers[i].thread = g_thread_new ("voxel-device", work, &self->workers[i]);
  }
  return self;
}

/**
 * voxel_tile_devices_free:
 * @devices: (transfer full): idle devices
 */
void
voxel_tile_devices_free (VoxelTileDevices *devices)
{
  g_mutex_lock (&devices->lock);
  devices->stopping = TRUE;
  g_cond_broadcast (&devices->changed);
  g_mutex_unlock (&devices->lock);
  for (guint i = 0; i < devices->n_workers; i++)
    g_thread_join (devices->workers[i].thread);
  voxel_network_runs_free (devices->runs);
  g_cond_clear (&devices->changed);
  g_mutex_clear (&devices->lock);
  g_free (devices->workers);
  g_free (devices->all);
  g_free (devices);
}

/**
 * voxel_tile_devices_get_batch:
 * @devices: devices
 *
 * Returns: how many pictures give each device work while the next as many are collected
 */
guint
voxel_tile_devices_get_batch (const VoxelTileDevices *devices)
{
  return (devices->batch ? devices->batch : PICTURES) * devices->n_devices;
}

/**
 * voxel_tile_devices_get_busy:
 * @devices: idle devices
 *
 * Returns: the share, 0 to 1, of the time from their first run to their last in which they had runs to compute, as
 *   seen from here: a device counts as busy until somebody has noticed that it is done
 */
gdouble
voxel_tile_devices_get_busy (VoxelTileDevices *devices)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);
  gint64 computed = 0, all = (devices->last - devices->first) * devices->n_devices;

  for (guint i = 0; i < devices->n_devices; i++)
    computed += devices->all[i].computed;
  return all > 0 ? (gdouble) computed / (gdouble) all : 0.;
}

/* With the lock held. */
static void
close_load (VoxelTileDevices *devices, VoxelTileLoad *load)
{
  g_queue_remove (&devices->open, load);
  g_queue_push_tail (&devices->loads, load);
  g_cond_broadcast (&devices->changed);
}

/* What is not full and has pictures of @batch, or any if that is NULL, is run as it is. With the lock held. */
static void
close_loads (VoxelTileDevices *devices, const VoxelTileBatch *batch)
{
  for (GList *link = devices->open.head, *next; link; link = next) {
    next = link->next;
    if (!batch || voxel_tile_load_holds (link->data, batch))
      close_load (devices, link->data);
  }
}

static VoxelTileLoad *
open_load (VoxelTileDevices *devices, const VoxelNetworkSize *size)
{
  VoxelTileLoad *load;

  for (GList *link = devices->open.head; link; link = link->next) {
    load = link->data;
    if (load->size == size)
      return load;
  }
  load = voxel_tile_load_new (size);
  g_queue_push_tail (&devices->open, load);
  devices->left++;
  return load;
}

static void
add_job (VoxelTileDevices *devices, VoxelTileBatch *batch, guint job)
{
  const VoxelNetworkSize *size = batch->sizes[job];

  for (guint part = 0; part < voxel_picture_parts_count (size->parts); part++) {
    VoxelTileLoad *load = open_load (devices, size);

    voxel_tile_load_add (load, batch, job, part);
    batch->left++;
    if (load->n == size->n)
      close_load (devices, load);
  }
}

/* Runs are only made while no other is under way: they may be given the memory of those that were there. */
static void
wait_for_all (VoxelTileDevices *devices)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);

  close_loads (devices, NULL);
  while (devices->left > 0)
    g_cond_wait (&devices->changed, &devices->lock);
}

/* Pictures that are run at once, of so many that come together. */
static guint
wanted (const VoxelTileDevices *devices, guint company)
{
  return devices->batch ? devices->batch : CLAMP (company, 1, PICTURES);
}

/**
 * voxel_tile_devices_look:
 * @devices: devices
 * @company: how many pictures of a slice come together
 * @height: rows of the pictures, a multiple of the network's stride
 * @width: columns, likewise
 * @news: (out): whether that was not asked before
 * @error: why the network cannot take them
 *
 * Returns: (transfer none) (nullable): how such pictures would be run; stays while no more than a few other sizes come
 */
const VoxelNetworkSize *
voxel_tile_devices_look (VoxelTileDevices *devices, guint company, guint height, guint width, gboolean *news,
                         GError **error)
{
  return voxel_network_runs_look (devices->runs, wanted (devices, company), height, width, news, error);
}

static const VoxelNetworkSize *
find_size (VoxelTileDevices *devices, const VoxelTileBatch *batch, guint job, GError **error)
{
  guint company = batch->jobs[job].company, height, width;
  const VoxelNetworkSize *size;
  gboolean news;

  voxel_tile_batch_get_sides (batch, job, &height, &width);
  size = voxel_tile_devices_look (devices, company, height, width, &news, error);
  if (!size || size->n_runs == devices->n_workers)
    return size;
  wait_for_all (devices);
  return voxel_network_runs_find (devices->runs, wanted (devices, company), height, width, error);
}

static void
look (gpointer data)
{
  voxel_tile_batch_look (data);
}

/**
 * voxel_tile_devices_begin:
 * @devices: devices
 * @batch: tiles that come after all others
 * @error: what the network cannot do
 *
 * Returns: whether the devices have them
 */
gboolean
voxel_tile_devices_begin (VoxelTileDevices *devices, VoxelTileBatch *batch, GError **error)
{
  for (guint i = 0; i < batch->n_jobs; i++) {
    batch->sizes[i] = find_size (devices, batch, i, error);
    if (!batch->sizes[i])
      return FALSE;
  }
  voxel_executor_call (devices->threads, look, batch);
  batch->devices = devices;
  g_mutex_lock (&devices->lock);
  for (guint i = 0; i < batch->n_jobs; i++)
    if (!voxel_tile_batch_is_empty (batch, i))
      add_job (devices, batch, i);
  g_mutex_unlock (&devices->lock);
  for (guint i = 0; i < batch->n_jobs; i++)
    if (voxel_tile_batch_is_empty (batch, i))
      voxel_tile_pass_background (&batch->jobs[i]);
  return TRUE;
}

/**
 * voxel_tile_devices_end:
 * @devices: devices
 * @batch: that was begun
 *
 * Waits until all of it is done.
 */
void
voxel_tile_devices_end (VoxelTileDevices *devices, VoxelTileBatch *batch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&devices->lock);

  close_loads (devices, batch);
  while (batch->left > 0)
    g_cond_wait (&devices->changed, &devices->lock);
}
