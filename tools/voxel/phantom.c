/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "phantom.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "phantom-field.h"
#include "models/random.h"
#include "phantom-tree.h"

#define VESSEL_SHARE .006
#define DRIFT_HEIGHT .5
#define TEXTURE_HEIGHT .15
#define TEXTURE_LENGTH 2.0
#define BLOB_HEIGHT .5
#define VOXELS_PER_BLOB 40000
#define BLOB_MIN_RADIUS 3.0
#define BLOB_MAX_RADIUS 8.0
#define POINT_SPREAD .8

/* Noise of deviation .25 half way between tissue and vessel, its variance half of the detector's electronics
 * (Gaussian, the same everywhere) and half of counted photons (Poisson, growing with brightness). Tissue
 * gives as many photons as a vessel adds to it. */
#define NOISE .25
#define ELECTRONIC_VARIANCE (NOISE * NOISE / 2)
#define TISSUE 3.0
#define PHOTONS ((TISSUE + .5) / (NOISE * NOISE / 2))

/* Detector: counts of tissue and of the contrast. */
#define BLACK 21000.0
#define GAIN 8000.0

enum { STREAM_TREES, STREAM_BLOBS, STREAM_TEXTURE, STREAM_DRIFT, STREAM_ELECTRONIC, STREAM_PHOTONS };

typedef struct {
  VoxelPhantom *phantom;
  gfloat *signal; /* distance to the wall, then brightness */
  gfloat *texture;
  gdouble texture_scale;
  VoxelDrift *drift;
  guint64 seed;
} Scene;

static void
label_slice (gpointer data, gsize z)
{
  Scene *scene = data;
  gsize slab = scene->phantom->shape[1] * scene->phantom->shape[2];
  gfloat *signal = scene->signal + z * slab;
  guint8 *label = scene->phantom->label + z * slab;

  for (gsize i = 0; i < slab; i++) {
    label[i] = signal[i] < 0 ? 255 : 0;
    signal[i] = CLAMP (.5f - signal[i], 0, 1); /* the part of the voxel that is inside */
  }
}

static void
add_blob (Scene *scene, VoxelRandom *random)
{
  const gsize *shape = scene->phantom->shape;
  gsize low[3], high[3];
  gdouble centre[3], radius;

  for (guint i = 0; i < 3; i++)
    centre[i] = voxel_random_uniform (random, 0, (gdouble) shape[i]);
  radius = voxel_random_uniform (random, BLOB_MIN_RADIUS, BLOB_MAX_RADIUS);
  for (guint i = 0; i < 3; i++) {
    low[i] = (gsize) MAX (0, centre[i] - radius - 1);
    high[i] = MIN (shape[i], (gsize) (centre[i] + radius + 2));
  }
  for (gsize z = low[0]; z < high[0]; z++) {
    for (gsize y = low[1]; y < high[1]; y++) {
      gfloat *row = scene->signal + (z * shape[1] + y) * shape[2];

      for (gsize x = low[2]; x < high[2]; x++) {
        gdouble dz = (gdouble) z - centre[0], dy = (gdouble) y - centre[1], dx = (gdouble) x - centre[2];
        gdouble distance = sqrt (dz * dz + dy * dy + dx * dx) - radius;
        gfloat height = (gfloat) (BLOB_HEIGHT * CLAMP (.5 - distance, 0, 1));

        /* Vessels are not covered, hence told apart by sign; blobs do not add up. */
        if (row[x] < .01f && height > -row[x])
          row[x] = -height;
      }
    }
  }
}

/* Poisson by the first terms of its Cornish-Fisher expansion around the normal, right to a fraction of a
 * photon at the tens of photons that come here. */
static gdouble
photon_noise (gdouble brightness, VoxelRandom *random)
{
  gdouble expected = PHOTONS * MAX (brightness + TISSUE, .1), z = voxel_random_normal (random);
  gdouble counted = floor (expected + sqrt (expected) * z + (z * z - 1) / 6 + .5);

  return (MAX (counted, 0) - expected) / PHOTONS;
}

static void
expose_slice (gpointer data, gsize z)
{
  Scene *scene = data;
  const gsize *shape = scene->phantom->shape;
  g_autofree gfloat *drift = g_new (gfloat, shape[2]);
  VoxelRandom electronic, photons;

  voxel_random_init (&electronic, scene->seed, STREAM_ELECTRONIC, (guint64) z * shape[1] * shape[2]);
  voxel_random_init (&photons, scene->seed, STREAM_PHOTONS, (guint64) z * shape[1] * shape[2]);
  for (gsize y = 0; y < shape[1]; y++) {
    gsize row = (z * shape[1] + y) * shape[2];

    voxel_drift_row (scene->drift, z, y, drift, shape[2]);
    for (gsize x = 0; x < shape[2]; x++) {
      gdouble value =
          scene->signal[row + x] + scene->texture_scale * scene->texture[row + x] + DRIFT_HEIGHT * drift[x];

      value +=
          photon_noise (value, &photons) + sqrt (ELECTRONIC_VARIANCE) * voxel_random_normal (&electronic);
      scene->phantom->image[row + x] = (guint16) CLAMP (floor (BLACK + GAIN * value + .5), 0, 65535);
    }
  }
}

static gboolean
allocate (Scene *scene, gsize voxels, GError **error)
{
  scene->phantom->image = g_try_new (guint16, voxels);
  scene->phantom->label = g_try_new (guint8, voxels);
  scene->signal = g_try_new (gfloat, voxels);
  scene->texture = g_try_new (gfloat, voxels);
  if (scene->phantom->image && scene->phantom->label && scene->signal && scene->texture)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               "no memory for a phantom of %" G_GSIZE_FORMAT " voxels: it takes %" G_GSIZE_FORMAT
               " MB while it is made; choose a smaller size",
               voxels, voxels / 1000000 * 11);
  return FALSE;
}

/**
 * voxel_phantom_new:
 * @shape: z, y, x, each from 16 to 2048 voxels
 * @seed: another seed, another phantom; the same one gives the same bytes on every machine
 * @threads: that share the work; the result does not depend on it
 * @error: G_IO_ERROR_INVALID_ARGUMENT for a shape, G_IO_ERROR_NO_SPACE for memory (11 bytes a voxel)
 *
 * Branching tubes (radii 1.5 to 7, Murray's law) that fill at least .6 % of the volume, brighter than the tissue by a
 * contrast of 1, blurred by a point spread of .8. Against them: a drift of deviation .5 with correlation
 * length N/6 (N the geometric mean of the sides), texture of deviation .15 with correlation 2, blobs of
 * radius 3 to 8 and height .5, one per 40000 voxels, and noise of .25, Poisson and Gaussian.
 *
 * Returns: (transfer full): the phantom
 */
VoxelPhantom *
voxel_phantom_new (const gsize shape[3], guint64 seed, guint threads, GError **error)
{
  g_autoptr (VoxelPhantom) phantom = g_new0 (VoxelPhantom, 1);
  g_autoptr (VoxelDrift) drift = NULL;
  g_autofree gfloat *signal = NULL, *texture = NULL;
  Scene scene = {.phantom = phantom, .seed = seed};
  gsize voxels = shape[0] * shape[1] * shape[2];
  VoxelRandom random;
  gboolean ok;

  for (guint i = 0; i < 3; i++) {
    if (shape[i] < VOXEL_PHANTOM_MIN_SIDE || shape[i] > VOXEL_PHANTOM_MAX_SIDE) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "a side of %" G_GSIZE_FORMAT " voxels is not within %d to %d", shape[i],
                   VOXEL_PHANTOM_MIN_SIDE, VOXEL_PHANTOM_MAX_SIDE);
      return NULL;
    }
    phantom->shape[i] = shape[i];
  }
  ok = allocate (&scene, voxels, error);
  signal = scene.signal;
  texture = scene.texture;
  if (!ok)
    return NULL;

  for (gsize i = 0; i < voxels; i++)
    signal[i] = 1e3f;
  voxel_phantom_grow (signal, shape, VESSEL_SHARE, seed, STREAM_TREES);
  voxel_slabs_each (shape[0], threads, label_slice, &scene);
  voxel_random_init (&random, seed, STREAM_BLOBS, 0);
  for (gsize n = voxels / VOXELS_PER_BLOB; n > 0; n--)
    add_blob (&scene, &random);
  for (gsize i = 0; i < voxels; i++)
    signal[i] = fabsf (signal[i]);
  voxel_field_blur (signal, shape, POINT_SPREAD, FALSE, threads);

  voxel_field_noise (texture, shape, seed, STREAM_TEXTURE, threads);
  scene.texture_scale = TEXTURE_HEIGHT / voxel_field_blur (texture, shape, TEXTURE_LENGTH, TRUE, threads);
  scene.drift = drift =
      voxel_drift_new (shape, voxel_math_cbrt ((gdouble) voxels * 0x1p-33) * 2048 / 6, seed, STREAM_DRIFT);
  voxel_slabs_each (shape[0], threads, expose_slice, &scene);
  return g_steal_pointer (&phantom);
}

/**
 * voxel_phantom_free:
 * @phantom: (nullable): a phantom
 */
void
voxel_phantom_free (VoxelPhantom *phantom)
{
  if (!phantom)
    return;
  g_free (phantom->image);
  g_free (phantom->label);
  g_free (phantom);
}
