/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-plan.h"

#include <string.h>

#include "cudnn-device.h"
#include "cudnn-engine.h"
#include "cudnn-text.h"

/* The order of the members is not cuDNN's, their names are. */
#define VERSION "\"cudnnVersion\":"
#define PROFILE "\"GPUProfile\":"
#define ENGINE "\"engine\":"
#define GRAPH "\"operationGraph\":\""

const CudnnDescriptor *
cudnn_plan_engine (const CudnnDescriptor *plan)
{
  return cudnn_attribute_descriptor (
      cudnn_attribute_descriptor (plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG),
      CUDNN_ATTR_ENGINECFG_ENGINE);
}

const CudnnDescriptor *
cudnn_plan_graph (const CudnnDescriptor *plan)
{
  return cudnn_attribute_descriptor (cudnn_plan_engine (plan), CUDNN_ATTR_ENGINE_OPERATION_GRAPH);
}

gsize
cudnn_plan_workspace (const CudnnDescriptor *plan)
{
  return (gsize) cudnn_attribute_integer (plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, 0);
}

static void
write_text (CudnnDescriptor *plan, const gchar *device)
{
  const CudnnDescriptor *engine = cudnn_plan_engine (plan);
  g_autofree gchar *graph = cudnn_text_write (cudnn_plan_graph (plan));
  g_autofree gchar *text = g_strdup_printf (
      "{\"schemaVersion\":4," VERSION "%d," PROFILE "%s," ENGINE "%" G_GINT64_FORMAT "," GRAPH "%s\"}",
      CUDNN_STAND_IN_VERSION, device, cudnn_attribute_integer (engine, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, 0),
      graph);

  cudnn_descriptor_put (plan, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, strlen (text),
                        text);
}

/* Puts the engine that a text names in its place. */
static cudnnStatus_t
read_text (CudnnDescriptor *plan, const gchar *text, const gchar *device)
{
  const gchar *version = strstr (text, VERSION), *engine = strstr (text, ENGINE),
              *graph = strstr (text, GRAPH);
  const gchar *profile = strstr (text, PROFILE);
  g_autoptr (CudnnDescriptor) read = NULL, config = NULL;
  guint64 index;

  if (!version || !profile || !engine || !graph || !g_str_has_suffix (text, "\"}"))
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "!d.IsObject()");
  if (g_ascii_strtoull (version + strlen (VERSION), NULL, 10) != CUDNN_STAND_IN_VERSION)
    return cudnn_refuse (CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH, "a plan of another version");
  if (cudnn_device_version (profile) != cudnn_device_version (device))
    return cudnn_refuse (CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH, "a plan for another kind of device");
  index = g_ascii_strtoull (engine + strlen (ENGINE), NULL, 10);
  read = cudnn_text_read (graph + strlen (GRAPH));
  if (!read)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a plan that is damaged");
  config = cudnn_engine_config (read, index % CUDNN_ENGINES);
  cudnn_descriptor_put (plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1,
                        &config);
  return CUDNN_STATUS_SUCCESS;
}

static cudnnStatus_t
check (CudnnDescriptor *plan)
{
  const CudnnDescriptor *device = cudnn_attribute_descriptor (plan, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP);
  const CudnnAttribute *text = cudnn_attribute (plan, CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION);
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;
  gint64 workspace;

  if (!device)
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a plan for no device");
  if (text) {
    g_autofree gchar *json = g_strndup (text->values, text->n);

    status = read_text (plan, json, cudnn_device_text (device));
  } else if (!cudnn_attribute (plan, CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG))
    return cudnn_refuse (CUDNN_STATUS_BAD_PARAM, "a plan without an engine");
  if (!status)
    status = cudnn_support (cudnn_plan_graph (plan), cudnn_device_version (cudnn_device_text (device)));
  if (status)
    return status;
  workspace = (gint64) cudnn_support_workspace (cudnn_plan_graph (plan));
  cudnn_descriptor_put (plan, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1, &workspace);
  write_text (plan, cudnn_device_text (device));
  return CUDNN_STATUS_SUCCESS;
}

const CudnnKind cudnn_kind_plan = {
    .type = CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR,
    .rules =
        {
            {CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, 1,
             &cudnn_kind_engine_config},
            {CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, 0, G_MAXINT},
            {CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, 1, &cudnn_kind_device},
        },
    .check = check,
};
