/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cudnn-error.h"

/* As in cuDNN, what was said adds up until somebody reads it, for each thread. */
static void
free_text (gpointer text)
{
  g_string_free (text, TRUE);
}

static GPrivate said = G_PRIVATE_INIT (free_text);

/* Returns: @status, so that checks can return what this returns. */
cudnnStatus_t
cudnn_refuse (cudnnStatus_t status, const gchar *format, ...)
{
  GString *text = g_private_get (&said);
  va_list arguments;

  if (!text)
    g_private_set (&said, text = g_string_new (NULL));
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
  g_string_append_c (text, '\n');
  return status;
}

/* Returns: (transfer full): all that was said since the last call */
gchar *
cudnn_error_steal (void)
{
  GString *text = g_private_get (&said);
  gchar *all = g_strdup (text ? text->str : "");

  if (text)
    g_string_truncate (text, 0);
  return all;
}

#define NAME(status) \
  { \
    status, #status \
  }

const gchar *
cudnn_error_name (cudnnStatus_t status)
{
  static const struct {
    cudnnStatus_t status;
    const gchar *name;
  } names[] = {
      NAME (CUDNN_STATUS_SUCCESS),
      NAME (CUDNN_STATUS_NOT_INITIALIZED),
      NAME (CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH),
      NAME (CUDNN_STATUS_BAD_PARAM),
      NAME (CUDNN_STATUS_BAD_PARAM_NULL_POINTER),
      NAME (CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER),
      NAME (CUDNN_STATUS_BAD_PARAM_NOT_FINALIZED),
      NAME (CUDNN_STATUS_BAD_PARAM_OUT_OF_BOUND),
      NAME (CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT),
      NAME (CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH),
      NAME (CUDNN_STATUS_BAD_PARAM_DUPLICATED_ENTRIES),
      NAME (CUDNN_STATUS_BAD_PARAM_ATTRIBUTE_TYPE),
      NAME (CUDNN_STATUS_BAD_PARAM_DESCRIPTOR_TYPE),
      NAME (CUDNN_STATUS_NOT_SUPPORTED),
      NAME (CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN),
      NAME (CUDNN_STATUS_NOT_SUPPORTED_DATA_TYPE),
      NAME (CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH),
      NAME (CUDNN_STATUS_INTERNAL_ERROR_COMPILATION_FAILED),
      NAME (CUDNN_STATUS_EXECUTION_FAILED),
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].status == status)
      return names[i].name;
  return "a status that has no name here";
}
