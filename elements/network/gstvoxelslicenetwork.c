/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelslicenetwork.h"

#include "elements/network/gstvoxelinfermodel.h"
#include "elements/network/gstvoxelplanes.h"
#include "elements/network/preprocess.h"
#include "elements/tiles/gstvoxelplace.h"
#include "elements/tiles/gstvoxelviewlist.h"
#include "models/devices.h"

#define CHAIN "voxeltile ! voxelviews ! voxelinfer ! voxelmerge ! voxelstitch"

/**
 * GstVoxelSliceNetwork:
 *
 * What voxelsliceinfer runs slices on, from its start to its stop. Whatever fails posts an error.
 */
struct _GstVoxelSliceNetwork {
  GstElement *element;
  const GstVoxelSliceInferSettings *settings;
  VoxelModel *model;
  GArray *numbers; /* of devices */
  guint planes;    /* that the model sees */
  VoxelDihedral views[GST_VOXEL_N_VIEWS];
  guint n_views;
  GstVideoInfo form;
  VoxelSliceDevices *devices; /* for slices of the form */
  gdouble seconds;            /* that devices computed for other forms */
  gint64 first;               /* when the first slice was started, 0 for never */
  gint64 last;                /* when the last one was there */
};

static gboolean
refuse_backend (GstVoxelSliceNetwork *self, const gchar *why)
{
  GST_ELEMENT_ERROR (
      self->element, LIBRARY, SETTINGS,
      ("voxelsliceinfer runs networks on devices only: %s. On the CPU %s does the same.", why, CHAIN),
      (NULL));
  return FALSE;
}

/* auto is the only one there is. */
static gboolean
find_devices (GstVoxelSliceNetwork *self)
{
  const GstVoxelInferSettings *settings = &self->settings->infer;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *why = NULL;
  const VoxelBackend *backend;

  if (!g_str_equal (settings->backend, "auto") && !g_str_equal (settings->backend, "cuda")) {
    why = g_strdup_printf ("backend=%s has none, backend=cuda may have", settings->backend);
    return refuse_backend (self, why);
  }
  backend = voxel_backend_find ("cuda", settings->precision, &error);
  self->numbers = backend ? voxel_devices_parse (backend, settings->devices, &error) : NULL;
  return self->numbers || refuse_backend (self, error->message);
}

static gboolean
load (GstVoxelSliceNetwork *self)
{
  const VoxelPreprocess *preprocess;
  g_autoptr (GError) error = NULL;

  self->model = gst_voxel_infer_model_load (self->element, &self->settings->infer);
  if (!self->model)
    return FALSE;
  preprocess = &voxel_model_get_record (self->model)->preprocess;
  self->planes = voxel_preprocess_planes (preprocess, voxel_model_get_in_channels (self->model));
  if (voxel_preprocess_check (preprocess, voxel_model_get_in_channels (self->model), &error))
    return TRUE;
  gst_voxel_infer_model_refuse (self->element, error);
  return FALSE;
}

static gboolean
parse_views (GstVoxelSliceNetwork *self)
{
  GstVoxelView views[GST_VOXEL_N_VIEWS];

  if (!gst_voxel_view_list_parse (self->element, self->settings->views, views, &self->n_views))
    return FALSE;
  for (guint i = 0; i < self->n_views; i++)
    self->views[i] = (VoxelDihedral) views[i];
  return TRUE;
}

/**
 * gst_voxel_slice_network_new:
 * @element: (transfer none): who speaks
 * @settings: (transfer none): its properties, which stay as they are
 *
 * Returns: (transfer full) (nullable): a network ready for slices of any form
 */
GstVoxelSliceNetwork *
gst_voxel_slice_network_new (GstElement *element, const GstVoxelSliceInferSettings *settings)
{
  g_autoptr (GstVoxelSliceNetwork) self = g_new0 (GstVoxelSliceNetwork, 1);

  self->element = element;
  self->settings = settings;
  gst_video_info_init (&self->form);
  if (!parse_views (self) || !load (self) || !find_devices (self))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * gst_voxel_slice_network_free:
 * @network: (transfer full): a network
 */
void
gst_voxel_slice_network_free (GstVoxelSliceNetwork *network)
{
  g_clear_pointer (&network->devices, voxel_slice_devices_free);
  g_clear_pointer (&network->model, voxel_model_unref);
  g_clear_pointer (&network->numbers, g_array_unref);
  g_free (network);
}

/**
 * gst_voxel_slice_network_get_model:
 * @network: a network
 *
 * Returns: (transfer none): what is run
 */
VoxelModel *
gst_voxel_slice_network_get_model (GstVoxelSliceNetwork *network)
{
  return network->model;
}

/**
 * gst_voxel_slice_network_get_form:
 * @network: a network
 *
 * Returns: what the slices are that were started last
 */
const GstVideoInfo *
gst_voxel_slice_network_get_form (GstVoxelSliceNetwork *network)
{
  return &network->form;
}

/**
 * gst_voxel_slice_network_fits:
 * @network: a network
 * @info: of slices to come
 *
 * Returns: whether it is ready for these
 */
gboolean
gst_voxel_slice_network_fits (GstVoxelSliceNetwork *network, const GstVideoInfo *info)
{
  const GstVideoInfo *form = &network->form;

  return network->devices && GST_VIDEO_INFO_FORMAT (info) == GST_VIDEO_INFO_FORMAT (form) &&
         GST_VIDEO_INFO_WIDTH (info) == GST_VIDEO_INFO_WIDTH (form) &&
         GST_VIDEO_INFO_HEIGHT (info) == GST_VIDEO_INFO_HEIGHT (form);
}

static VoxelSliceDevices *
make_devices (GstVoxelSliceNetwork *self, const GstVideoInfo *info, GError **error)
{
  const GstVoxelSliceInferSettings *settings = self->settings;
  guint width = (guint) GST_VIDEO_INFO_WIDTH (info), height = (guint) GST_VIDEO_INFO_HEIGHT (info);
  g_autoptr (VoxelTileGrid) grid = gst_voxel_tile_settings_lay (&settings->tile, width, height);
  gboolean probabilities = settings->merge == GST_VOXEL_MERGE_MEAN;
  const VoxelSliceWish wish = {
      .devices = self->numbers,
      .precision = settings->infer.precision,
      .batch = settings->infer.batch,
      .memory_limit = settings->infer.memory_limit,
      .skip_below = settings->infer.skip_below,
      .width = width,
      .height = height,
      .bytes = (guint) GST_VIDEO_INFO_COMP_PSTRIDE (info, 0),
      .grid = grid,
      .views = self->views,
      .n_views = self->n_views,
      .merge = gst_voxel_merge_mode_get_rule (settings->merge)->how,
      .least = gst_voxel_place_first_code_above (GST_VOXEL_CONTENT_LOGIT, settings->merge_threshold),
      .values = probabilities ? gst_voxel_logit_probability_table () : NULL,
      .codes = probabilities ? gst_voxel_merge_mode_get_logits () : NULL,
      .blend = settings->blend,
      .threshold = gst_voxel_place_first_code_above (GST_VOXEL_CONTENT_LOGIT, settings->threshold),
      .results = gst_voxel_logit_probability_table (),
  };

  return voxel_slice_devices_new (self->model, &wish, error);
}

/**
 * gst_voxel_slice_network_fit:
 * @network: a network that no slice is under way in
 * @info: of slices to come
 *
 * Returns: whether it is ready for these now
 */
gboolean
gst_voxel_slice_network_fit (GstVoxelSliceNetwork *network, const GstVideoInfo *info)
{
  g_autoptr (GError) error = NULL;

  if (network->devices)
    network->seconds += voxel_slice_devices_get_seconds (network->devices);
  g_clear_pointer (&network->devices, voxel_slice_devices_free);
  network->devices = make_devices (network, info, &error);
  network->form = *info;
  if (network->devices)
    return TRUE;
  GST_ELEMENT_ERROR (network->element, RESOURCE, NO_SPACE_LEFT,
                     ("Slices of %dx%d pixels cannot be run on a device: %s.", GST_VIDEO_INFO_WIDTH (info),
                      GST_VIDEO_INFO_HEIGHT (info), error->message),
                     ("%s runs in parts what needs too much memory at once.", CHAIN));
  return FALSE;
}

/**
 * gst_voxel_slice_network_is_full:
 * @network: a network
 *
 * Returns: whether a slice must be waited for before the next one is started
 */
gboolean
gst_voxel_slice_network_is_full (GstVoxelSliceNetwork *network)
{
  return voxel_slice_devices_is_full (network->devices);
}

/* Neighbours come again as those of the next slice; what is seen once is like nothing else. */
static VoxelCudaSliceKey
key_of (const GstVoxelSliceNetwork *self, GstBuffer *picture)
{
  const GstVoxelSliceMeta *slice = gst_buffer_get_voxel_slice_meta (picture);

  if (self->planes == 1 || !slice)
    return (VoxelCudaSliceKey){0};
  return (VoxelCudaSliceKey){slice->volume->serial, (guint) slice->axis, slice->epoch, slice->index};
}

static gboolean
refuse_picture (GstVoxelSliceNetwork *self, GstBuffer *picture)
{
  GST_ELEMENT_ERROR (self->element, STREAM, FORMAT,
                     ("A buffer of %" G_GSIZE_FORMAT " bytes is no picture of %dx%d pixels.",
                      gst_buffer_get_size (picture), GST_VIDEO_INFO_WIDTH (&self->form),
                      GST_VIDEO_INFO_HEIGHT (&self->form)),
                     (NULL));
  return FALSE;
}

static gboolean
fail (GstVoxelSliceNetwork *self, const GError *error)
{
  GST_ELEMENT_ERROR (self->element, LIBRARY, FAILED, ("The network could not be run: %s", error->message),
                     (NULL));
  return FALSE;
}

/**
 * gst_voxel_slice_network_start:
 * @network: that fits and is not full
 * @slice: (transfer none): with neighbours where the model sees them
 *
 * Returns: whether it is under way
 */
gboolean
gst_voxel_slice_network_start (GstVoxelSliceNetwork *network, GstBuffer *slice)
{
  g_autofree GstVideoFrame *frames = g_new (GstVideoFrame, network->planes);
  g_autofree VoxelTilePlane *planes = g_new (VoxelTilePlane, network->planes);
  g_autofree VoxelCudaSliceKey *keys = g_new (VoxelCudaSliceKey, network->planes);
  g_autoptr (GError) error = NULL;
  guint n = gst_voxel_planes_map (slice, &network->form, network->planes, frames, planes);
  gboolean started = FALSE;

  if (!network->first)
    network->first = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    keys[i] = key_of (network, gst_voxel_planes_get (slice, network->planes, i));
  if (n == network->planes)
    started = voxel_slice_devices_start (network->devices, planes, keys, &error);
  for (guint i = 0; i < n; i++)
    gst_video_frame_unmap (&frames[i]);
  if (n < network->planes)
    return refuse_picture (network, gst_voxel_planes_get (slice, network->planes, n));
  return started || fail (network, error);
}

/**
 * gst_voxel_slice_network_wait:
 * @network: a network
 * @result: where to put what comes of the slice that was started first, which is then no longer under way
 *
 * Returns: whether it is there
 */
gboolean
gst_voxel_slice_network_wait (GstVoxelSliceNetwork *network, GstVideoFrame *result)
{
  g_autoptr (GError) error = NULL;
  gboolean done = voxel_slice_devices_wait (network->devices, GST_VIDEO_FRAME_PLANE_DATA (result, 0),
                                            (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (result, 0), &error);

  network->last = g_get_monotonic_time ();
  return done || fail (network, error);
}

/**
 * gst_voxel_slice_network_get_busy:
 * @network: a network
 *
 * Returns: the share, 0 to 1, of the time from the first slice to the last in which devices computed, by their clocks
 */
gdouble
gst_voxel_slice_network_get_busy (GstVoxelSliceNetwork *network)
{
  gdouble all = (gdouble) (network->last - network->first) / G_USEC_PER_SEC;
  gdouble seconds =
      network->seconds + (network->devices ? voxel_slice_devices_get_seconds (network->devices) : 0.);

  return network->first && all > 0. ? MIN (seconds / all, 1.) : 0.;
}

/**
 * gst_voxel_slice_network_forget:
 * @network: a network
 *
 * Nobody wants to know what comes of the slices under way.
 */
void
gst_voxel_slice_network_forget (GstVoxelSliceNetwork *network)
{
  if (network->devices)
    voxel_slice_devices_forget (network->devices);
}
