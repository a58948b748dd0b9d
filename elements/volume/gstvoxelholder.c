/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The common half of elements that hold volumes and send them when they are complete. They run no thread: they
 * store in the chain function and push from there, when another volume begins, and from the handlers of EOS and
 * SEGMENT_DONE. What downstream answers stops them; after a failure no end is told, since a sink would take what
 * it has for the whole. */

#include "gstvoxelholder.h"

enum { PROP_0, PROP_MEMORY_LIMIT, PROP_SCRATCH };

typedef struct {
  GstVoxelHolderStream stream;
  GstFlowReturn flow;
  GstVoxelPass pass;
  GstVoxelProgress progress;
  guint64 memory_limit;
  gchar *scratch;
} GstVoxelHolderPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstVoxelHolder, gst_voxel_holder, GST_TYPE_ELEMENT)

static GstVoxelHolderPrivate *
private_of (GstVoxelHolder *self)
{
  return gst_voxel_holder_get_instance_private (self);
}

/**
 * gst_voxel_holder_get_stream:
 * @holder: an element that holds volumes
 *
 * Returns: (transfer none): what the stream has said so far
 */
GstVoxelHolderStream *
gst_voxel_holder_get_stream (GstVoxelHolder *holder)
{
  return &private_of (holder)->stream;
}

static gint
resource_code (const GError *error)
{
  if (error->domain != G_FILE_ERROR)
    return GST_RESOURCE_ERROR_FAILED;
  if (error->code == G_FILE_ERROR_NOSPC)
    return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
  if (error->code == G_FILE_ERROR_NOENT || error->code == G_FILE_ERROR_ACCES ||
      error->code == G_FILE_ERROR_NOTDIR || error->code == G_FILE_ERROR_ROFS)
    return GST_RESOURCE_ERROR_OPEN_WRITE;
  return GST_RESOURCE_ERROR_FAILED;
}

/**
 * gst_voxel_holder_fail:
 * @element: who failed
 * @error: #GFileError of a volume store, or a stream's error
 *
 * Posts @error in the domain that it belongs to.
 *
 * Returns: GST_FLOW_ERROR
 */
GstFlowReturn
gst_voxel_holder_fail (GstElement *element, const GError *error)
{
  gboolean of_stream = error->domain == GST_STREAM_ERROR;

  gst_element_message_full (element, GST_MESSAGE_ERROR, of_stream ? GST_STREAM_ERROR : GST_RESOURCE_ERROR,
                            of_stream ? error->code : resource_code (error), g_strdup (error->message), NULL,
                            __FILE__, GST_FUNCTION, __LINE__);
  return GST_FLOW_ERROR;
}

/**
 * gst_voxel_holder_refuse:
 * @element: who cannot take the stream
 * @code: why
 * @format: what is wrong and what helps, as for printf()
 * @...: arguments for @format
 *
 * Posts a stream's error.
 *
 * Returns: GST_FLOW_ERROR
 */
GstFlowReturn
gst_voxel_holder_refuse (GstElement *element, GstStreamError code, const gchar *format, ...)
{
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  gst_element_message_full (element, GST_MESSAGE_ERROR, GST_STREAM_ERROR, code, g_steal_pointer (&text), NULL,
                            __FILE__, GST_FUNCTION, __LINE__);
  return GST_FLOW_ERROR;
}

/**
 * gst_voxel_holder_new_store:
 * @holder: an element that holds volumes
 * @shape: voxels along z, y, x; shape[0] is 0 while the depth is unknown
 * @voxel_bits: as for voxel_volume_store_new()
 * @mode: what putting a slice does
 * @memory_limit: bytes that it may take of those of gst_voxel_holder_get_memory_limit()
 *
 * Returns: (transfer full) (nullable): a store with the element's scratch, %NULL where an error was posted
 */
VoxelVolumeStore *
gst_voxel_holder_new_store (GstVoxelHolder *holder, const guint shape[GST_VOXEL_N_AXES], guint voxel_bits,
                            VoxelVolumeStoreMode mode, guint64 memory_limit)
{
  GstVoxelHolderPrivate *priv = private_of (holder);
  g_autofree gchar *scratch = NULL;
  g_autoptr (GError) error = NULL;
  VoxelVolumeStore *store;

  GST_OBJECT_LOCK (holder);
  scratch = g_strdup (priv->scratch ? priv->scratch : g_get_tmp_dir ());
  GST_OBJECT_UNLOCK (holder);
  store = voxel_volume_store_new (shape, voxel_bits, mode, memory_limit, scratch, &error);
  if (!store)
    gst_voxel_holder_fail (GST_ELEMENT (holder), error);
  return store;
}

/**
 * gst_voxel_holder_get_memory_limit:
 * @holder: an element that holds volumes
 *
 * Returns: bytes for all that it holds
 */
guint64
gst_voxel_holder_get_memory_limit (GstVoxelHolder *holder)
{
  guint64 limit;

  GST_OBJECT_LOCK (holder);
  limit = private_of (holder)->memory_limit;
  GST_OBJECT_UNLOCK (holder);
  return limit;
}

/**
 * gst_voxel_holder_post_progress:
 * @holder: an element that holds volumes
 * @stage: what it is doing
 * @current: slices done
 * @total: slices in all; 0 while unknown
 */
void
gst_voxel_holder_post_progress (GstVoxelHolder *holder, const gchar *stage, guint64 current, guint64 total)
{
  gst_voxel_progress_post (GST_ELEMENT (holder), &private_of (holder)->progress, stage, current, total);
}

static void
reset (GstVoxelHolder *self)
{
  GstVoxelHolderPrivate *priv = private_of (self);

  GST_VOXEL_HOLDER_GET_CLASS (self)->drop (self);
  gst_voxel_pass_reset (&priv->pass);
  gst_voxel_sender_reset (&priv->stream.sender);
  priv->stream.segment_is_new = TRUE;
  g_atomic_int_set (&priv->stream.seek_waits, FALSE);
  priv->flow = GST_FLOW_OK;
}

/* Takes @buffer. */
static GstFlowReturn
take_slice (GstVoxelHolder *self, GstBuffer *buffer)
{
  const GstVoxelSliceMeta *slice = gst_voxel_slice_meta_require (GST_ELEMENT (self), buffer);
  GstVoxelPassStep step = GST_VOXEL_PASS_BROKEN;
  g_autoptr (GError) error = NULL;

  if (slice)
    step = gst_voxel_pass_advance (&private_of (self)->pass, slice, &error);
  if (step != GST_VOXEL_PASS_BROKEN && !gst_voxel_pass_check_order (&private_of (self)->pass, &error))
    step = GST_VOXEL_PASS_BROKEN;
  if (error)
    gst_voxel_holder_fail (GST_ELEMENT (self), error);
  if (step == GST_VOXEL_PASS_SAME)
    gst_voxel_holder_refuse (
        GST_ELEMENT (self), GST_STREAM_ERROR_FAILED,
        "Slice %u of axis %c of volume \"%s\" came twice: tiles are no slices, voxelstitch joins "
        "them.",
        slice->index, gst_voxel_axis_to_letter (slice->axis), slice->volume->id);
  if (step != GST_VOXEL_PASS_BROKEN && step != GST_VOXEL_PASS_SAME)
    return GST_VOXEL_HOLDER_GET_CLASS (self)->slice (self, buffer, step);
  gst_buffer_unref (buffer);
  return GST_FLOW_ERROR;
}

static GstFlowReturn
gst_voxel_holder_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstVoxelHolder *self = GST_VOXEL_HOLDER (parent);
  GstVoxelHolderPrivate *priv = private_of (self);

  if (priv->flow != GST_FLOW_OK) {
    gst_buffer_unref (buffer);
    return priv->flow;
  }
  priv->flow = take_slice (self, buffer);
  if (priv->flow != GST_FLOW_OK)
    GST_VOXEL_HOLDER_GET_CLASS (self)->drop (self);
  return priv->flow;
}

/* Returns whether the stream came this far unharmed, so that its end may be told. */
static gboolean
finish (GstVoxelHolder *self)
{
  GstVoxelHolderPrivate *priv = private_of (self);
  g_autoptr (GError) error = NULL;

  if (priv->flow == GST_FLOW_OK && !gst_voxel_pass_finish (&priv->pass, &error)) {
    priv->flow = gst_voxel_holder_fail (GST_ELEMENT (self), error);
  } else if (priv->flow == GST_FLOW_OK) {
    priv->flow = GST_VOXEL_HOLDER_GET_CLASS (self)->end (self);
    if (priv->flow != GST_FLOW_OK && priv->flow != GST_FLOW_FLUSHING && priv->flow != GST_FLOW_EOS)
      GST_ELEMENT_FLOW_ERROR (self, priv->flow);
  }
  GST_VOXEL_HOLDER_GET_CLASS (self)->drop (self);
  gst_voxel_pass_reset (&priv->pass);
  return priv->flow == GST_FLOW_OK || priv->flow == GST_FLOW_EOS;
}

static gboolean
take_caps (GstVoxelHolderStream *stream, GstEvent *event)
{
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  if (!gst_video_info_from_caps (&stream->info, caps))
    return FALSE;
  gst_caps_replace (&stream->caps, caps);
  return TRUE;
}

static gboolean
gst_voxel_holder_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelHolder *self = GST_VOXEL_HOLDER (parent);
  GstVoxelHolderStream *stream = &private_of (self)->stream;
  gboolean result = TRUE;

  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_CAPS:
    result = take_caps (stream, event);
    break;
  case GST_EVENT_SEGMENT:
    gst_event_copy_segment (event, &stream->segment);
    stream->sender.seqnum = gst_event_get_seqnum (event);
    stream->segment_is_new = TRUE;
    g_atomic_int_set (&stream->seek_waits, FALSE);
    break;
  case GST_EVENT_GAP:
    /* Its time is not that of what comes out. */
    break;
  case GST_EVENT_FLUSH_STOP:
    reset (self);
    return gst_pad_event_default (pad, parent, event);
  case GST_EVENT_EOS:
  case GST_EVENT_SEGMENT_DONE:
    result = finish (self);
    if (!result)
      break;
    return gst_pad_event_default (pad, parent, event);
  default:
    return gst_pad_event_default (pad, parent, event);
  }
  gst_event_unref (event);
  return result;
}

static gboolean
gst_voxel_holder_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstVoxelHolderStream *stream = &private_of (GST_VOXEL_HOLDER (parent))->stream;
  GstSeekFlags flags = GST_SEEK_FLAG_FLUSH;

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK)
    gst_event_parse_seek (event, NULL, NULL, &flags, NULL, NULL, NULL, NULL);
  if (flags & GST_SEEK_FLAG_FLUSH)
    return gst_pad_event_default (pad, parent, event);
  g_atomic_int_set (&stream->seek_waits, TRUE);
  if (gst_pad_event_default (pad, parent, event))
    return TRUE;
  g_atomic_int_set (&stream->seek_waits, FALSE);
  return FALSE;
}

/* Voxels are copied out of any buffer, so upstream need not know what downstream wants. */
static gboolean
gst_voxel_holder_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return gst_pad_query_default (pad, parent, query);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static GstStateChangeReturn
gst_voxel_holder_change_state (GstElement *element, GstStateChange transition)
{
  GstVoxelHolder *self = GST_VOXEL_HOLDER (element);
  GstVoxelHolderStream *stream = &private_of (self)->stream;
  g_autoptr (GError) error = NULL;
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED &&
      !GST_VOXEL_HOLDER_GET_CLASS (self)->start (self, &error)) {
    GST_ELEMENT_ERROR (self, LIBRARY, SETTINGS, ("%s", error->message), (NULL));
    return GST_STATE_CHANGE_FAILURE;
  }
  result = GST_ELEMENT_CLASS (gst_voxel_holder_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    reset (self);
    gst_clear_caps (&stream->caps);
    gst_video_info_init (&stream->info);
  }
  return result;
}

static void
gst_voxel_holder_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstVoxelHolderPrivate *priv = private_of (GST_VOXEL_HOLDER (object));

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_MEMORY_LIMIT:
    priv->memory_limit = g_value_get_uint64 (value);
    break;
  case PROP_SCRATCH:
    g_free (priv->scratch);
    priv->scratch = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_voxel_holder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstVoxelHolderPrivate *priv = private_of (GST_VOXEL_HOLDER (object));

  GST_OBJECT_LOCK (object);
  switch (id) {
  case PROP_MEMORY_LIMIT:
    g_value_set_uint64 (value, priv->memory_limit);
    break;
  case PROP_SCRATCH:
    g_value_set_string (value, priv->scratch);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_voxel_holder_dispose (GObject *object)
{
  reset (GST_VOXEL_HOLDER (object));
  G_OBJECT_CLASS (gst_voxel_holder_parent_class)->dispose (object);
}

static void
gst_voxel_holder_finalize (GObject *object)
{
  GstVoxelHolderPrivate *priv = private_of (GST_VOXEL_HOLDER (object));

  gst_clear_caps (&priv->stream.caps);
  g_free (priv->scratch);
  G_OBJECT_CLASS (gst_voxel_holder_parent_class)->finalize (object);
}

static GstPad *
add_pad (GstVoxelHolder *self, const gchar *name)
{
  GstPadTemplate *template = gst_element_class_get_pad_template (GST_ELEMENT_GET_CLASS (self), name);
  GstPad *pad = gst_pad_new_from_template (template, name);

  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
gst_voxel_holder_constructed (GObject *object)
{
  GstVoxelHolder *self = GST_VOXEL_HOLDER (object);
  GstPad *sink = add_pad (self, "sink");
  GstPad *src = add_pad (self, "src");

  gst_pad_set_chain_function (sink, gst_voxel_holder_chain);
  gst_pad_set_event_function (sink, gst_voxel_holder_sink_event);
  gst_pad_set_query_function (sink, gst_voxel_holder_sink_query);
  gst_pad_set_event_function (src, gst_voxel_holder_src_event);
  gst_pad_use_fixed_caps (src);
  gst_voxel_sender_init (&private_of (self)->stream.sender, src);
  G_OBJECT_CLASS (gst_voxel_holder_parent_class)->constructed (object);
}

static void
gst_voxel_holder_class_init (GstVoxelHolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = gst_voxel_holder_set_property;
  object_class->get_property = gst_voxel_holder_get_property;
  object_class->constructed = gst_voxel_holder_constructed;
  object_class->dispose = gst_voxel_holder_dispose;
  object_class->finalize = gst_voxel_holder_finalize;
  GST_ELEMENT_CLASS (klass)->change_state = gst_voxel_holder_change_state;
  g_object_class_install_property (
      object_class, PROP_MEMORY_LIMIT,
      g_param_spec_uint64 (
          "memory-limit", "Memory limit",
          "Bytes of memory for what is held of a volume; what does not "
          "fit goes to the scratch file (never less than one brick of 64 cubed and one slice is taken)",
          0, G_MAXUINT64, VOXEL_VOLUME_STORE_MEMORY_LIMIT, flags));
  g_object_class_install_property (
      object_class, PROP_SCRATCH,
      g_param_spec_string ("scratch", "Scratch directory",
                           "Directory for what does not fit in memory, in a file without "
                           "a name (default: TMPDIR, else /tmp)",
                           g_get_tmp_dir (), flags));
  gst_type_mark_as_plugin_api (GST_TYPE_VOXEL_HOLDER, 0);
}

static void
gst_voxel_holder_init (GstVoxelHolder *self)
{
  GstVoxelHolderPrivate *priv = private_of (self);

  priv->memory_limit = VOXEL_VOLUME_STORE_MEMORY_LIMIT;
  priv->scratch = g_strdup (g_get_tmp_dir ());
  gst_segment_init (&priv->stream.segment, GST_FORMAT_TIME);
  gst_video_info_init (&priv->stream.info);
}
