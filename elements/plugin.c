/* SPDX-License-Identifier: LGPL-2.1-or-later */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <gst/gst.h>

/* One line an element: GST_ELEMENT_REGISTER_DECLARE (voxelsrc) and, in the table, E (voxelsrc). */

GST_ELEMENT_REGISTER_DECLARE (voxelaugment)
GST_ELEMENT_REGISTER_DECLARE (voxelinfer)
GST_ELEMENT_REGISTER_DECLARE (voxelmask)
GST_ELEMENT_REGISTER_DECLARE (voxelmerge)
GST_ELEMENT_REGISTER_DECLARE (voxelneighbours)
GST_ELEMENT_REGISTER_DECLARE (voxelnormalize)
GST_ELEMENT_REGISTER_DECLARE (voxelrescale)
GST_ELEMENT_REGISTER_DECLARE (voxelreslice)
GST_ELEMENT_REGISTER_DECLARE (voxelrlesink)
GST_ELEMENT_REGISTER_DECLARE (voxelscore)
GST_ELEMENT_REGISTER_DECLARE (voxelshardsink)
GST_ELEMENT_REGISTER_DECLARE (voxelsink)
GST_ELEMENT_REGISTER_DECLARE (voxelsliceinfer)
GST_ELEMENT_REGISTER_DECLARE (voxelsrc)
GST_ELEMENT_REGISTER_DECLARE (voxelstamp)
GST_ELEMENT_REGISTER_DECLARE (voxelstitch)
GST_ELEMENT_REGISTER_DECLARE (voxeltile)
GST_ELEMENT_REGISTER_DECLARE (voxelviews)
GST_ELEMENT_REGISTER_DECLARE (voxelvote)

#define E(name) gst_element_register_##name

/* clang-format off */
static gboolean (*const elements[]) (GstPlugin *) = {
  E (voxelaugment),
  E (voxelinfer),
  E (voxelmask),
  E (voxelmerge),
  E (voxelneighbours),
  E (voxelnormalize),
  E (voxelrescale),
  E (voxelreslice),
  E (voxelrlesink),
  E (voxelscore),
  E (voxelshardsink),
  E (voxelsink),
  E (voxelsliceinfer),
  E (voxelsrc),
  E (voxelstamp),
  E (voxelstitch),
  E (voxeltile),
  E (voxelviews),
  E (voxelvote),
  NULL,
};
/* clang-format on */

static gboolean
plugin_init (GstPlugin *plugin)
{
  for (guint i = 0; elements[i]; i++) {
    if (!elements[i](plugin))
      return FALSE;
  }
  return TRUE;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, voxel, "Vessels in scans: slices in, masks out",
                   plugin_init, PACKAGE_VERSION, "LGPL", PACKAGE, "Unknown package origin")
