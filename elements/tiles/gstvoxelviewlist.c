/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstvoxelviewlist.h"

#include "dihedral.h"

G_STATIC_ASSERT ((gint) GST_VOXEL_VIEW_R90 == (gint) VOXEL_DIHEDRAL_R90);
G_STATIC_ASSERT ((gint) GST_VOXEL_VIEW_FH == (gint) VOXEL_DIHEDRAL_FH);
G_STATIC_ASSERT ((gint) GST_VOXEL_VIEW_AT == (gint) VOXEL_DIHEDRAL_AT);

/**
 * gst_voxel_view_list_parse:
 * @element: who speaks if it is wrong
 * @text: (nullable): names of views with commas between
 * @views: (out): these
 * @n: (out): how many
 *
 * Returns: whether @text names at least one view and none twice; an error has been posted otherwise
 */
gboolean
gst_voxel_view_list_parse (GstElement *element, const gchar *text, GstVoxelView views[GST_VOXEL_N_VIEWS],
                           guint *n)
{
  g_auto (GStrv) names = g_strsplit (text ? text : "", ",", -1);
  guint seen = 0;

  *n = 0;
  for (guint i = 0; names[i]; i++) {
    GstVoxelView view;

    if (!gst_voxel_view_from_name (g_strstrip (names[i]), &view) || seen & (1u << view)) {
      GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS,
                         ("views=\"%s\": \"%s\" is no view or comes twice.", text, names[i]),
                         ("Expected some of r0, r90, r180, r270, fh, fv, t and at, separated by commas."));
      return FALSE;
    }
    seen |= 1u << view;
    views[(*n)++] = view;
  }
  if (*n == 0)
    GST_ELEMENT_ERROR (element, LIBRARY, SETTINGS, ("views=\"\": expected at least one view, such as r0."),
                       (NULL));
  return *n > 0;
}

/**
 * gst_voxel_view_list_install:
 * @object_class: of an element that shows views
 * @id: of its property
 */
void
gst_voxel_view_list_install (GObjectClass *object_class, guint id)
{
  g_object_class_install_property (
      object_class, id,
      g_param_spec_string (
          "views", "Views",
          "Symmetries to show, in this order, separated by commas: r0, r90, r180, r270 (turned left "
          "by so many degrees), fh, fv (mirrored left to right, top to bottom), t, at (transposed "
          "along either diagonal)",
          GST_VOXEL_VIEW_LIST_DEFAULT,
          (GParamFlags) (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)));
}
