/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelinfersettings.h"

#include <gst/gst.h>

#include "elements/network/gstvoxelprecision.h"

#define DEFAULT_BACKEND "auto"
#define DEFAULT_BATCH 0
#define MAX_BATCH 1024

enum {
  PROP_0,
  PROP_MODEL,
  PROP_ARCHITECTURE,
  PROP_CONFIG,
  PROP_BACKEND,
  PROP_DEVICES,
  PROP_PRECISION,
  PROP_BATCH,
  PROP_BATCH_TIMEOUT,
  PROP_THREADS,
  PROP_MEMORY_LIMIT,
  PROP_SKIP_BELOW,
};

/**
 * gst_voxel_infer_settings_init:
 * @settings: (out): the defaults
 */
void
gst_voxel_infer_settings_init (GstVoxelInferSettings *settings)
{
  *settings = (GstVoxelInferSettings){
      .backend = g_strdup (DEFAULT_BACKEND), .precision = VOXEL_PRECISION_AUTO, .batch = DEFAULT_BATCH};
}

/**
 * gst_voxel_infer_settings_clear:
 * @settings: no longer needed
 */
void
gst_voxel_infer_settings_clear (GstVoxelInferSettings *settings)
{
  g_clear_pointer (&settings->model, g_free);
  g_clear_pointer (&settings->architecture, g_free);
  g_clear_pointer (&settings->config, g_free);
  g_clear_pointer (&settings->backend, g_free);
  g_clear_pointer (&settings->devices, g_free);
}

/**
 * gst_voxel_infer_settings_set:
 * @settings: the settings
 * @id: of a property
 * @value: new value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_infer_settings_set (GstVoxelInferSettings *settings, guint id, const GValue *value)
{
  switch (id) {
  case PROP_MODEL:
    g_free (settings->model);
    settings->model = g_value_dup_string (value);
    break;
  case PROP_ARCHITECTURE:
    g_free (settings->architecture);
    settings->architecture = g_value_dup_string (value);
    break;
  case PROP_CONFIG:
    g_free (settings->config);
    settings->config = g_value_dup_string (value);
    break;
  case PROP_BACKEND:
    g_free (settings->backend);
    settings->backend = g_strdup (g_value_get_string (value) ? g_value_get_string (value) : DEFAULT_BACKEND);
    break;
  case PROP_DEVICES:
    g_free (settings->devices);
    settings->devices = g_value_dup_string (value);
    break;
  case PROP_PRECISION:
    settings->precision = (VoxelPrecision) g_value_get_enum (value);
    break;
  case PROP_BATCH:
    settings->batch = g_value_get_uint (value);
    break;
  case PROP_BATCH_TIMEOUT:
    settings->batch_timeout = g_value_get_uint64 (value);
    break;
  case PROP_THREADS:
    settings->threads = g_value_get_uint (value);
    break;
  case PROP_MEMORY_LIMIT:
    settings->memory_limit = g_value_get_uint64 (value);
    break;
  case PROP_SKIP_BELOW:
    settings->skip_below = g_value_get_uint (value);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_infer_settings_get:
 * @settings: the settings
 * @id: of a property
 * @value: (out): its value
 *
 * Returns: whether there is such a property
 */
gboolean
gst_voxel_infer_settings_get (const GstVoxelInferSettings *settings, guint id, GValue *value)
{
  switch (id) {
  case PROP_MODEL:
    g_value_set_string (value, settings->model);
    break;
  case PROP_ARCHITECTURE:
    g_value_set_string (value, settings->architecture);
    break;
  case PROP_CONFIG:
    g_value_set_string (value, settings->config);
    break;
  case PROP_BACKEND:
    g_value_set_string (value, settings->backend);
    break;
  case PROP_DEVICES:
    g_value_set_string (value, settings->devices);
    break;
  case PROP_PRECISION:
    g_value_set_enum (value, settings->precision);
    break;
  case PROP_BATCH:
    g_value_set_uint (value, settings->batch);
    break;
  case PROP_BATCH_TIMEOUT:
    g_value_set_uint64 (value, settings->batch_timeout);
    break;
  case PROP_THREADS:
    g_value_set_uint (value, settings->threads);
    break;
  case PROP_MEMORY_LIMIT:
    g_value_set_uint64 (value, settings->memory_limit);
    break;
  case PROP_SKIP_BELOW:
    g_value_set_uint (value, settings->skip_below);
    break;
  default:
    return FALSE;
  }
  return TRUE;
}

/**
 * gst_voxel_infer_settings_install:
 * @object_class: of an element that runs networks
 * @threads: whether this machine's may help
 */
void
gst_voxel_infer_settings_install (GObjectClass *object_class, gboolean threads)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  g_object_class_install_property (
      object_class, PROP_MODEL,
      g_param_spec_string ("model", "Model", "Model file (safetensors with a model record)", NULL, flags));
  /**
   * GstVoxelInfer:architecture:
   *
   * What the network is where the file has no model record, as `voxel model list` names it: weights of others, in
   * tensors named as that architecture's. Everything else that a record says is then at its default. Of a file
   * with a record it may only say the same.
   */
  g_object_class_install_property (
      object_class, PROP_ARCHITECTURE,
      g_param_spec_string ("architecture", "Architecture",
                           "What the network is, for a safetensors file without a model record", NULL,
                           flags));
  g_object_class_install_property (
      object_class, PROP_CONFIG,
      g_param_spec_string ("config", "Configuration",
                           "The architecture's configuration as a JSON object, with architecture", NULL,
                           flags));
  g_object_class_install_property (
      object_class, PROP_BACKEND,
      g_param_spec_string ("backend", "Backend",
                           "Who computes: auto (the fastest at hand), cpu, cuda or reference (slow, exact)",
                           DEFAULT_BACKEND, flags));
  /**
   * GstVoxelInfer:devices:
   *
   * Numbers of the devices that compute, such as "0,1", or "all"; nothing for the first. Pictures are spread over
   * them as each gets done; scores and their order are those of one device. Only of a backend that has devices.
   */
  g_object_class_install_property (
      object_class, PROP_DEVICES,
      g_param_spec_string ("devices", "Devices",
                           "Numbers of the backend's devices, such as 0,1, or all (nothing = the first)",
                           NULL, flags));
  g_object_class_install_property (
      object_class, PROP_PRECISION,
      g_param_spec_enum (
          "precision", "Precision",
          "Arithmetic of the network; auto: on the CPU bf16 where it computes that natively, else fp32; on a "
          "device fp16",
          GST_TYPE_VOXEL_PRECISION, VOXEL_PRECISION_AUTO, flags));
  /**
   * GstVoxelInfer:batch:
   *
   * Pictures collected before the network runs; 0: as many tiles of a slice as keep all threads busy. On a device
   * it is also how many are run at once, where memory allows; 0: up to 16 of a slice. It does not change the
   * scores, but that a device may round those of another number of pictures in another way.
   */
  g_object_class_install_property (
      object_class, PROP_BATCH,
      g_param_spec_uint ("batch", "Batch",
                         "Pictures collected before the network runs; 0: as many tiles of a slice as keep "
                         "all threads or the device busy; does not change the scores",
                         0, MAX_BATCH, DEFAULT_BATCH, flags));
  g_object_class_install_property (
      object_class, PROP_BATCH_TIMEOUT,
      g_param_spec_uint64 ("batch-timeout", "Batch timeout",
                           "Nanoseconds without a new picture after which a batch is run that is not full "
                           "(0 = wait for as long as it takes)",
                           0, G_MAXINT64, 0, flags));
  if (threads)
    g_object_class_install_property (object_class, PROP_THREADS,
                                     g_param_spec_uint ("threads", "Threads",
                                                        "Threads of the network (0 = one a core)", 0, 1024, 0,
                                                        flags));
  g_object_class_install_property (
      object_class, PROP_MEMORY_LIMIT,
      g_param_spec_uint64 (
          "memory-limit", "Memory limit",
          "Bytes that pictures may take between the network's layers, here or on each device; "
          "larger ones are run in parts (0 = half of the memory that is available there)",
          0, G_MAXUINT64, 0, flags));
  /**
   * GstVoxelInfer:skip-below:
   *
   * Pictures, or tiles, in which every pixel is below this value are background: the network is not run and every
   * score is the lowest there is (code 0). In pixels as they arrive: behind voxelnormalize bits=8 of 255, otherwise
   * of 65535. 0 skips nothing.
   */
  g_object_class_install_property (
      object_class, PROP_SKIP_BELOW,
      g_param_spec_uint (
          "skip-below", "Skip below",
          "Pictures with all pixels below this value are background, unseen by the network (0 = none)", 0,
          65535, 0, flags));
  gst_type_mark_as_plugin_api (GST_TYPE_VOXEL_PRECISION, 0);
}

/**
 * gst_voxel_infer_settings_install_busy:
 * @object_class: of an element that runs networks
 * @id: of its property, which is read only
 */
void
gst_voxel_infer_settings_install_busy (GObjectClass *object_class, guint id)
{
  /**
   * GstVoxelInfer:busy:
   *
   * Of the last run, once it has ended: the share of the time from the first picture to the last in which the devices
   * had pictures to compute; -1 where there were none. What is missing to 1 they waited for the rest of the pipeline.
   */
  g_object_class_install_property (
      object_class, id,
      g_param_spec_double (
          "busy", "Busy", "Share of the last run's time that devices had pictures to compute (-1 = none had)",
          -1., 1., -1., G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}
