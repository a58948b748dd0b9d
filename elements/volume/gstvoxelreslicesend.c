/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How volumes that are complete are sent: axis after axis, or all slices of an epoch in one random order. */

#include "gstvoxelreslicesend.h"
#include "gstvoxelreslicevolume.h"
#include "reslice-order.h"
#include "slice-skip.h"
#include "volume-plane.h"

#include "elements/tiles/gstvoxelpicture.h"
#include "elements/tiles/gstvoxelpool.h"
#include "elements/tiles/gstvoxelsample.h"

GST_DEBUG_CATEGORY_EXTERN (gst_voxel_reslice_debug);
#define GST_CAT_DEFAULT gst_voxel_reslice_debug

typedef struct {
  GstVoxelHolder *holder;
  GstVoxelSender *sender;
  const GstVoxelReslicePlan *plan;
  GPtrArray *volumes;
  GArray *runs;
  guint epoch;
  const GstVoxelResliceVolume *read_last;
  GstVoxelPool label_pool;
} Sending;

/* A seek that does not flush waits for the end, of which an endless stream has none. */
static gboolean
is_enough (const Sending *sending)
{
  return sending->plan->epochs == 0 &&
         g_atomic_int_get (&gst_voxel_holder_get_stream (sending->holder)->seek_waits);
}

static const VoxelResliceRun *
run_of (const Sending *sending, const VoxelResliceItem *item)
{
  return &g_array_index (sending->runs, VoxelResliceRun, item->run);
}

static GstVoxelResliceVolume *
volume_of (const Sending *sending, const VoxelResliceItem *item)
{
  return g_ptr_array_index (sending->volumes, run_of (sending, item)->volume);
}

static void
get_plane (const Sending *sending, const GstVoxelVolume *record, GstVoxelAxis axis, guint *count,
           guint *height, guint *width)
{
  guint side = sending->plan->oblique_size;

  gst_voxel_volume_get_plane (record, axis, count, height, width);
  if (axis != GST_VOXEL_AXIS_OBLIQUE)
    return;
  *count = sending->plan->oblique;
  *height = *width = side > 0 ? side : MAX (record->shape[1], record->shape[2]);
}

static void
list_runs (Sending *sending)
{
  const GstVoxelReslicePlan *plan = sending->plan;

  for (guint v = 0; v < sending->volumes->len; v++) {
    const GstVoxelResliceVolume *volume = g_ptr_array_index (sending->volumes, v);

    for (guint i = 0; i < plan->axes->len; i++) {
      GstVoxelAxis axis = g_array_index (plan->axes, GstVoxelAxis, i);
      VoxelResliceRun run = {v, axis, axis < GST_VOXEL_N_AXES ? plan->skipped[axis] : 0, 0};
      guint height, width;

      get_plane (sending, volume->record, axis, &run.end, &height, &width);
      if (plan->hold || axis != GST_VOXEL_AXIS_Z)
        g_array_append_val (sending->runs, run);
    }
  }
}

static GstFlowReturn
add_label (Sending *sending, GstVoxelResliceVolume *volume, const GstVoxelSliceMeta *slice, GstBuffer *buffer)
{
  GstElement *element = GST_ELEMENT (sending->holder);
  const GstVideoInfo *like = &sending->sender->info;
  g_autoptr (GstBuffer) label = NULL;
  g_autoptr (GError) error = NULL;
  GstVideoFrame frame;
  GstVideoInfo info;
  GstFlowReturn flow;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, (guint) like->width, (guint) like->height);
  flow = gst_voxel_pool_acquire (&sending->label_pool, element, &info, &label);
  if (flow != GST_FLOW_OK)
    return flow;
  if (!gst_voxel_picture_map_new (element, &info, &frame, label))
    return GST_FLOW_ERROR;
  gst_voxel_reslice_volume_get_label (volume, slice, &frame, &error);
  gst_video_frame_unmap (&frame);
  if (error)
    return gst_voxel_holder_fail (element, error);
  gst_buffer_add_voxel_label_meta (buffer, label, volume->weight);
  return GST_FLOW_OK;
}

static GstVoxelSliceMeta *
add_slice_meta (const Sending *sending, const VoxelResliceItem *item, GstBuffer *buffer)
{
  const VoxelResliceRun *run = run_of (sending, item);
  const GstVoxelResliceVolume *volume = volume_of (sending, item);
  const GstVideoInfo *info = &sending->sender->info;
  gboolean alone = sending->plan->shuffle;
  GstVoxelSliceMeta *slice =
      gst_buffer_add_voxel_slice_meta (buffer, volume->record, run->axis, volume->content, item->index,
                                       alone ? item->index : run->first, alone ? item->index : run->end - 1);
  VoxelRandom random;

  slice->epoch = volume->epoch + sending->epoch;
  if (slice->axis != GST_VOXEL_AXIS_OBLIQUE)
    return slice;
  gst_voxel_sample_random (&random, sending->plan->seed, "oblique", slice, NULL);
  voxel_volume_plane_draw (&random, volume->record->shape, (guint) info->width, (guint) info->height,
                           slice->plane);
  return slice;
}

static GstFlowReturn
send_slice (Sending *sending, const VoxelResliceItem *item, guint position)
{
  GstVoxelResliceVolume *volume = volume_of (sending, item);
  GstVoxelSliceMeta *slice;
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoFrame frame;
  GstFlowReturn flow = gst_voxel_sender_acquire (sending->sender, &buffer, &frame);
  g_autoptr (GError) error = NULL;

  if (flow != GST_FLOW_OK)
    return flow;
  slice = add_slice_meta (sending, item, buffer);
  gst_voxel_reslice_volume_get (volume, slice, &frame, &error);
  gst_video_frame_unmap (&frame);
  if (error)
    return gst_voxel_holder_fail (GST_ELEMENT (sending->holder), error);
  if (volume->labels)
    flow = add_label (sending, volume, slice, buffer);
  if (flow != GST_FLOW_OK)
    return flow;
  return gst_voxel_sender_push (sending->sender, g_steal_pointer (&buffer), position);
}

/* Volumes that are held together share the memory: neighbouring slices of the one that is read have what bricks leave.
 */
static GstFlowReturn
lend_slab (Sending *sending, GstVoxelResliceVolume *volume)
{
  guint64 left = gst_voxel_holder_get_memory_limit (sending->holder);
  g_autoptr (GError) error = NULL;

  if (!gst_voxel_reslice_plan_holds_all (sending->plan) || sending->plan->shuffle ||
      sending->read_last == volume)
    return GST_FLOW_OK;
  sending->read_last = volume;
  for (guint i = 0; i < sending->volumes->len; i++) {
    GstVoxelResliceVolume *other = g_ptr_array_index (sending->volumes, i);

    if (!gst_voxel_reslice_volume_set_slab (other, 0, &error))
      return gst_voxel_holder_fail (GST_ELEMENT (sending->holder), error);
    left -= MIN (left, gst_voxel_reslice_volume_get_memory (other));
  }
  if (!gst_voxel_reslice_volume_set_slab (volume, left, &error))
    return gst_voxel_holder_fail (GST_ELEMENT (sending->holder), error);
  return GST_FLOW_OK;
}

/* Before a slice of another run than the last one. An epoch that is shuffled has one segment, hence one framerate. */
static GstFlowReturn
begin_run (Sending *sending, const VoxelResliceItem *item, gboolean new_pass)
{
  const VoxelResliceRun *run = run_of (sending, item);
  GstVoxelResliceVolume *volume = volume_of (sending, item);
  const GstVoxelResliceVolume *first = g_ptr_array_index (sending->volumes, 0);
  GstCaps *like = sending->plan->shuffle ? first->caps : volume->caps;
  GstVideoFormat format = GST_VIDEO_INFO_FORMAT (&volume->info);
  guint count, height, width;
  gboolean begun;

  get_plane (sending, volume->record, run->axis, &count, &height, &width);
  GST_LOG_OBJECT (sending->holder, "sending slices of %u x %u along %c", width, height,
                  gst_voxel_axis_to_letter (run->axis));
  if (new_pass)
    begun = gst_voxel_sender_begin_pass (sending->sender, like, format, width, height);
  else
    begun = gst_voxel_sender_change_size (sending->sender, like, format, width, height);
  if (begun)
    return lend_slab (sending, volume);
  GST_ELEMENT_ERROR (sending->holder, RESOURCE, FAILED,
                     ("No buffers for slices of %u x %u pixels along axis %c.", width, height,
                      gst_voxel_axis_to_letter (run->axis)),
                     (NULL));
  return GST_FLOW_ERROR;
}

static void
post_progress (const Sending *sending, const VoxelResliceItem *item, guint position, guint total)
{
  const VoxelResliceRun *run = run_of (sending, item);
  g_autofree gchar *stage = NULL;

  if (gst_voxel_reslice_plan_holds_all (sending->plan)) {
    stage = g_strdup_printf ("epoch %u", sending->epoch + 1);
    gst_voxel_holder_post_progress (sending->holder, stage, (guint64) position + 1, total);
    return;
  }
  stage = g_strdup_printf ("axis %c", gst_voxel_axis_to_letter (run->axis));
  gst_voxel_holder_post_progress (sending->holder, stage, (guint64) item->index + 1, run->end);
}

static void
tell_memory (const Sending *sending, guint slices)
{
  guint64 memory = 0;

  for (guint i = 0; i < sending->volumes->len; i++)
    memory += gst_voxel_reslice_volume_get_memory (g_ptr_array_index (sending->volumes, i));
  GST_INFO_OBJECT (sending->holder,
                   "epoch %u: %u slices of %u volumes in %" G_GUINT64_FORMAT " bytes of memory",
                   sending->epoch, slices, sending->volumes->len, memory);
}

static GstFlowReturn
send_epoch (Sending *sending)
{
  g_autoptr (GArray) order =
      voxel_reslice_order_new ((VoxelResliceRun *) (gpointer) sending->runs->data, sending->runs->len);
  gboolean shuffle = sending->plan->shuffle;
  GstFlowReturn flow = GST_FLOW_OK;
  guint run = G_MAXUINT;

  if (shuffle)
    voxel_reslice_order_shuffle (order, sending->plan->seed, sending->epoch);
  for (guint i = 0; i < order->len && flow == GST_FLOW_OK && !is_enough (sending); i++) {
    const VoxelResliceItem *item = &g_array_index (order, VoxelResliceItem, i);
    gboolean new_pass = i == 0 || (!shuffle && item->run != run);

    if (new_pass && i > 0)
      gst_voxel_sender_end_pass (sending->sender);
    if (item->run != run)
      flow = begin_run (sending, item, new_pass);
    run = item->run;
    if (flow == GST_FLOW_OK)
      flow = send_slice (sending, item, shuffle ? i : item->index);
    post_progress (sending, item, i, order->len);
  }
  gst_voxel_sender_end_pass (sending->sender);
  tell_memory (sending, order->len);
  return flow;
}

static GstFlowReturn
check (const Sending *sending)
{
  GstElement *element = GST_ELEMENT (sending->holder);

  if (sending->volumes->len == 0)
    return gst_voxel_holder_refuse (
        element, GST_STREAM_ERROR_FAILED,
        "No slice came, so there is nothing to shuffle or to send again: does what comes before find any?");
  for (guint i = 0; i < sending->volumes->len; i++) {
    const GstVoxelVolume *record =
        ((GstVoxelResliceVolume *) g_ptr_array_index (sending->volumes, i))->record;

    if (!voxel_slice_skip_leaves (sending->plan->skipped, record->axes, record->shape))
      return gst_voxel_holder_refuse (
          element, GST_STREAM_ERROR_FAILED,
          "skip leaves no slice of volume \"%s\": nobody would see it; send the last one again.", record->id);
  }
  return GST_FLOW_OK;
}

/**
 * gst_voxel_reslice_send:
 * @holder: voxelreslice
 * @plan: what is sent, how often, in which order
 * @volumes: (element-type GstVoxelResliceVolume): all of them complete
 *
 * Returns: what downstream said last; where something is wrong here an error was posted
 */
GstFlowReturn
gst_voxel_reslice_send (GstVoxelHolder *holder, const GstVoxelReslicePlan *plan, GPtrArray *volumes)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (VoxelResliceRun));
  Sending sending = {.holder = holder,
                     .sender = &gst_voxel_holder_get_stream (holder)->sender,
                     .plan = plan,
                     .volumes = volumes,
                     .runs = runs};
  GstFlowReturn flow = check (&sending);

  list_runs (&sending);
  for (guint n = 0; flow == GST_FLOW_OK && (plan->epochs == 0 || n < plan->epochs) && !is_enough (&sending);
       n++) {
    sending.epoch = n;
    flow = send_epoch (&sending);
  }
  gst_voxel_pool_clear (&sending.label_pool);
  return flow;
}
