/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tiff-imagej.h"
#include "tiff-ome.h"
#include "tiff-page.h"

#include <math.h>
#include <string.h>

/* Dots per inch that programs fill in when nobody measured anything. */
static const gfloat unmeasured[] = {1.f, 72.f, 96.f, 100.f, 150.f, 200.f, 300.f, 600.f};

static gboolean
is_measured (gfloat dots)
{
  for (guint i = 0; i < G_N_ELEMENTS (unmeasured); i++) {
    if (fabsf (dots - unmeasured[i]) < .02f)
      return FALSE;
  }
  return TRUE;
}

static gdouble
pixel_size (TIFF *tiff, guint32 tag, gdouble unit, gboolean inch)
{
  gfloat resolution = 0.f;

  if (unit <= 0. || !TIFFGetField (tiff, tag, &resolution) || !isfinite (resolution) || resolution <= 0.f)
    return 0.;
  if (inch && !is_measured (resolution))
    return 0.;
  return unit / (gdouble) resolution;
}

/**
 * voxel_tiff_page_read_spacing:
 * @tiff: libtiff's handle at the page's directory
 * @page: its spacing is set
 *
 * In ImageJ's files the resolution counts pixels per unit of the description and "spacing" is the distance
 * of slices; OME-XML says it all. Elsewhere the resolution counts per centimetre or inch; dots per inch that screens and printers
 * have are taken for what they are, unmeasured.
 */
void
voxel_tiff_page_read_spacing (TIFF *tiff, VoxelTiffPage *page)
{
  gchar *description = NULL;
  guint16 resolution_unit = RESUNIT_INCH;
  gdouble unit = 0.;
  VoxelTiffImagej imagej;
  VoxelTiffOme ome;

  TIFFGetField (tiff, TIFFTAG_IMAGEDESCRIPTION, &description);
  if (voxel_tiff_ome_parse (description, &ome) && ome.spacing[2] > 0.) {
    memcpy (page->spacing, ome.spacing, sizeof ome.spacing);
    return;
  }
  TIFFGetFieldDefaulted (tiff, TIFFTAG_RESOLUTIONUNIT, &resolution_unit);
  if (voxel_tiff_imagej_parse (description, &imagej) && imagej.unit > 0.) {
    page->spacing[0] = imagej.spacing * imagej.unit;
    unit = imagej.unit;
    resolution_unit = RESUNIT_NONE;
  } else if (resolution_unit == RESUNIT_CENTIMETER) {
    unit = 1e4;
  } else if (resolution_unit == RESUNIT_INCH) {
    unit = 25400.;
  }
  page->spacing[1] = pixel_size (tiff, TIFFTAG_YRESOLUTION, unit, resolution_unit == RESUNIT_INCH);
  page->spacing[2] = pixel_size (tiff, TIFFTAG_XRESOLUTION, unit, resolution_unit == RESUNIT_INCH);
}
