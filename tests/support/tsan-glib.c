/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tells ThreadSanitizer what GLib and GStreamer, which are not built for it, do between threads. It sees locks of
 * the C library; GLib's mutexes and conditions are futexes of its own, and reference counts, queues and buses are
 * atomics in libraries that it does not look into. Without this it takes every hand-over by them for a race.
 *
 * To be preloaded (`tools/test thread` does). Each function calls the real one and says: what was done before
 * a release happened before what follows an acquire of the same address. Two threads that drop references to
 * one object are so taken to be in order, which is true of the last one. */

#include <dlfcn.h>
#include <gst/gst.h>

/* Of the sanitizer's runtime; not there in programs that are not built for it, such as the shell. */
extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

#define EXPORT __attribute__ ((visibility ("default")))

static void
acquire (gconstpointer address)
{
  if (__tsan_acquire && address)
    __tsan_acquire ((void *) address);
}

static void
release (gconstpointer address)
{
  if (__tsan_release && address)
    __tsan_release ((void *) address);
}

/* The next definition of the function that this stands in; two threads may look at once. */
static void *
real (void **found, const char *name)
{
  void *function = __atomic_load_n (found, __ATOMIC_RELAXED);

  if (!function) {
    function = dlsym (RTLD_NEXT, name);
    __atomic_store_n (found, function, __ATOMIC_RELAXED);
  }
  return function;
}

/* BEFORE and AFTER are what to say around the call. Where a name is a macro as well it is in brackets. */
#define WRAP_VOID(name, parameters, arguments, BEFORE, AFTER) \
  EXPORT void (name) parameters \
  { \
    static void *found; \
    BEFORE; \
    ((void (*) parameters) real (&found, #name)) arguments; \
    AFTER; \
  }
#define WRAP(type, name, parameters, arguments, BEFORE, AFTER) \
  EXPORT type (name) parameters \
  { \
    static void *found; \
    type result; \
    BEFORE; \
    result = ((type (*) parameters) real (&found, #name)) arguments; \
    AFTER; \
    return result; \
  }
#define NOTHING (void) 0

/* Locks. A condition's mutex is left and taken again inside of GLib. */
WRAP_VOID (g_mutex_lock, (GMutex * mutex), (mutex), NOTHING, acquire (mutex))
WRAP_VOID (g_mutex_unlock, (GMutex * mutex), (mutex), release (mutex), NOTHING)
WRAP (gboolean, g_mutex_trylock, (GMutex * mutex), (mutex), NOTHING, acquire (result ? mutex : NULL))
WRAP_VOID (g_cond_wait, (GCond * cond, GMutex *mutex), (cond, mutex), release (mutex), acquire (mutex))
WRAP (gboolean, g_cond_wait_until, (GCond * cond, GMutex *mutex, gint64 until), (cond, mutex, until),
      release (mutex), acquire (mutex))

/* What is made once. */
#undef g_once_init_enter
#undef g_once_init_leave
WRAP (gboolean, g_once_init_enter, (volatile void *place), (place), NOTHING, acquire ((void *) place))
WRAP_VOID (g_once_init_leave, (volatile void *place, gsize value), (place, value), release ((void *) place),
           NOTHING)
WRAP (gpointer, g_once_impl, (GOnce * once, GThreadFunc make, gpointer data), (once, make, data), NOTHING,
      (release (once), acquire (once)))

/* References. */
static void
hand_over_held (GstMiniObject *object)
{
  GstBuffer *buffer =
      GST_MINI_OBJECT_TYPE (object) == GST_TYPE_SAMPLE ? gst_sample_get_buffer ((GstSample *) object) : NULL;

  release (buffer);
  acquire (buffer);
}

#define WRAP_UNREF(name, type) \
  WRAP_VOID (name, (type object), (object), (release (object), acquire (object)), NOTHING)
WRAP_UNREF (g_object_unref, gpointer)
WRAP_UNREF (gst_object_unref, gpointer)
/* With a sample goes what it holds, inside of GStreamer. */
WRAP_VOID (gst_mini_object_unref, (GstMiniObject * object), (object),
           (release (object), acquire (object), hand_over_held (object)), NOTHING)
WRAP_UNREF (g_bytes_unref, GBytes *)
WRAP (gboolean, gst_mini_object_replace, (GstMiniObject * *place, GstMiniObject *with), (place, with),
      (release (*place), acquire (*place)), NOTHING)
/* A buffer's writability is a question of how many refer to it. */
WRAP (gboolean, gst_mini_object_is_writable, (const GstMiniObject *object), (object), NOTHING,
      acquire (object))
/* It copies what others refer to too, and then drops its own reference. */
WRAP (GstMiniObject *, gst_mini_object_make_writable, (GstMiniObject * object), (object),
      (release (object), acquire (object)), release (object))

/* Queues with GLib's own locks, and without: pools of buffers, buses. */
WRAP_VOID (g_async_queue_push, (GAsyncQueue * queue, gpointer data), (queue, data), release (queue), NOTHING)
WRAP_VOID (g_async_queue_push_unlocked, (GAsyncQueue * queue, gpointer data), (queue, data), release (queue),
           NOTHING)
WRAP (gpointer, g_async_queue_pop, (GAsyncQueue * queue), (queue), NOTHING, acquire (queue))
WRAP (gpointer, g_async_queue_try_pop, (GAsyncQueue * queue), (queue), NOTHING, acquire (queue))
WRAP (gpointer, g_async_queue_timeout_pop, (GAsyncQueue * queue, guint64 timeout), (queue, timeout), NOTHING,
      acquire (queue))
WRAP (GstFlowReturn, gst_buffer_pool_acquire_buffer,
      (GstBufferPool * pool, GstBuffer **buffer, GstBufferPoolAcquireParams *params), (pool, buffer, params),
      NOTHING, acquire (result == GST_FLOW_OK ? *buffer : NULL))
WRAP (gboolean, gst_bus_post, (GstBus * bus, GstMessage *message), (bus, message), release (bus), NOTHING)
WRAP (gboolean, gst_element_post_message, (GstElement * element, GstMessage *message), (element, message),
      release (message), NOTHING)
WRAP (GstMessage *, gst_bus_pop, (GstBus * bus), (bus), NOTHING, (acquire (bus), acquire (result)))
WRAP (GstMessage *, gst_bus_pop_filtered, (GstBus * bus, GstMessageType types), (bus, types), NOTHING,
      (acquire (bus), acquire (result)))
WRAP (GstMessage *, gst_bus_timed_pop, (GstBus * bus, GstClockTime timeout), (bus, timeout), NOTHING,
      (acquire (bus), acquire (result)))
WRAP (GstMessage *, gst_bus_timed_pop_filtered, (GstBus * bus, GstClockTime timeout, GstMessageType types),
      (bus, timeout, types), NOTHING, (acquire (bus), acquire (result)))

/* Pools of threads: what is pushed comes to a worker, and when the pool is freed all has been done. */
typedef struct {
  GFunc func;
  gpointer data;
} Work;

static void
work (gpointer task, gpointer data)
{
  Work *own = data;

  acquire (task);
  own->func (task, own->data);
  release (own);
}

EXPORT GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, gint threads, gboolean exclusive, GError **error)
{
  static void *found;
  GThreadPool *(*make) (GFunc, gpointer, gint, gboolean, GError **) = real (&found, "g_thread_pool_new");
  Work *own = g_new (Work, 1);

  *own = (Work){func, data};
  return make (work, own, threads, exclusive, error);
}

WRAP (gboolean, g_thread_pool_push, (GThreadPool * pool, gpointer task, GError **error), (pool, task, error),
      release (task), NOTHING)

/* A worker may still be on its way out: what it works with stays. */
EXPORT void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  static void *found;
  void (*free_pool) (GThreadPool *, gboolean, gboolean) = real (&found, "g_thread_pool_free");
  Work *own = pool->user_data;

  free_pool (pool, immediate, wait);
  acquire (own);
}
