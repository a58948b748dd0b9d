/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "elements/volume/volume-rescale.h"

#include <math.h>
#include <string.h>

#include "rescale-values.h"

/* A whole volume in rows without gaps. */
typedef struct {
  guint shape[3];
  guint size; /* bytes a voxel */
  guint8 *voxels;
} Volume;

static Volume
volume_new (const guint shape[3], guint size)
{
  Volume volume = {{shape[0], shape[1], shape[2]}, size, NULL};

  volume.voxels = g_malloc ((gsize) shape[0] * shape[1] * shape[2] * size);
  return volume;
}

static gsize
n_voxels (const Volume *volume)
{
  return (gsize) volume->shape[0] * volume->shape[1] * volume->shape[2];
}

static guint
voxel_at (const Volume *volume, gint64 z, gint64 y, gint64 x)
{
  gint64 at[] = {z, y, x};
  gsize index = 0;

  for (guint a = 0; a < 3; a++)
    index = index * volume->shape[a] + (gsize) CLAMP (at[a], 0, (gint64) volume->shape[a] - 1);
  return volume->size == 1 ? volume->voxels[index] : ((guint16 *) (gpointer) volume->voxels)[index];
}

static void
fill (Volume *volume, GRand *random)
{
  for (gsize i = 0; i < n_voxels (volume) * volume->size; i++)
    volume->voxels[i] = (guint8) g_rand_int (random);
}

/* What the element does, the volume being there. */
static Volume
rescale (const Volume *in, const gdouble ratio[3], VoxelRescaleMethod method, gboolean antialias,
         gboolean mask, guint threads)
{
  VoxelVolumeRescaleForm form = {.in = {in->shape[1], in->shape[2]},
                                 .ratio = {ratio[0], ratio[1], ratio[2]},
                                 .method = method,
                                 .antialias = antialias,
                                 .pixel_size = in->size,
                                 .mask = mask};
  guint shape[3], taps;
  g_autoptr (VoxelVolumeRescale) rescale = NULL;
  g_autofree VoxelVolumeRescaleSlice *slices = NULL;
  gsize stride, in_stride = (gsize) in->shape[2] * in->size;
  Volume out;

  for (guint a = 0; a < 3; a++)
    shape[a] = voxel_rescale_side (in->shape[a], ratio[a]);
  form.out[0] = shape[1];
  form.out[1] = shape[2];
  out = volume_new (shape, in->size);
  stride = (gsize) shape[2] * in->size;
  rescale = voxel_volume_rescale_new (&form, threads);
  voxel_volume_rescale_window (rescale, 0, &taps);
  slices = g_new (VoxelVolumeRescaleSlice, taps);
  for (guint z = 0; z < shape[0]; z++) {
    gint64 first = voxel_volume_rescale_window (rescale, z, &taps);

    for (guint k = 0; k < taps; k++) {
      gint64 from = CLAMP (first + k, 0, (gint64) in->shape[0] - 1);

      slices[k] = (VoxelVolumeRescaleSlice){in->voxels + (gsize) from * in->shape[1] * in_stride, in_stride};
    }
    voxel_volume_rescale_slice (rescale, z, slices, out.voxels + (gsize) z * shape[1] * stride, stride);
  }
  return out;
}

/* Keys' curve as he writes it, a = -3/4 or, widened, -1/2. */
static gdouble
curve (gdouble x, VoxelRescaleMethod method, gdouble wide)
{
  gdouble s = fabs (x) / wide, a = wide > 1. ? -.5 : -.75;

  if (method == VOXEL_RESCALE_LINEAR)
    return s < 1. ? 1. - s : 0.;
  if (s <= 1.)
    return (a + 2.) * pow (s, 3.) - (a + 3.) * pow (s, 2.) + 1.;
  return s < 2. ? a * pow (s, 3.) - 5. * a * pow (s, 2.) + 8. * a * s - 4. * a : 0.;
}

/* Each voxel as the sum over all that its curves reach. */
static gdouble
naive (const Volume *in, const gdouble ratio[3], const guint at[3], VoxelRescaleMethod method,
       gboolean antialias)
{
  gdouble middle[3], wide[3], sum = 0., all = 0.;
  gint64 from[3], to[3];

  for (guint a = 0; a < 3; a++) {
    middle[a] = (at[a] + .5) * ratio[a] - .5;
    wide[a] = antialias && ratio[a] > 1. ? ratio[a] : 1.;
    from[a] = (gint64) floor (middle[a] - 2. * wide[a]);
    to[a] = (gint64) ceil (middle[a] + 2. * wide[a]);
  }
  for (gint64 z = from[0]; z <= to[0]; z++)
    for (gint64 y = from[1]; y <= to[1]; y++)
      for (gint64 x = from[2]; x <= to[2]; x++) {
        gdouble weight = curve ((gdouble) z - middle[0], method, wide[0]) *
                         curve ((gdouble) y - middle[1], method, wide[1]) *
                         curve ((gdouble) x - middle[2], method, wide[2]);

        all += weight;
        sum += weight * voxel_at (in, z, y, x);
      }
  return sum / all;
}

/* Nowhere is more than half a unit between the exact value and the voxel, but for float's seven digits. */
static void
check_against_naive (const Volume *in, const Volume *out, const gdouble ratio[3], VoxelRescaleMethod method,
                     gboolean antialias)
{
  gdouble top = in->size == 1 ? 255. : 65535.;

  for (guint z = 0; z < out->shape[0]; z++)
    for (guint y = 0; y < out->shape[1]; y++)
      for (guint x = 0; x < out->shape[2]; x++) {
        const guint at[] = {z, y, x};
        gdouble exact = CLAMP (naive (in, ratio, at, method, antialias), 0., top);
        guint voxel = voxel_at (out, z, y, x);

        if (fabs (voxel - exact) > .5 + top * 1e-6)
          g_error ("voxel %u,%u,%u by %g,%g,%g: %u, not %.6f", z, y, x, ratio[0], ratio[1], ratio[2], voxel,
                   exact);
      }
}

static const guint shapes[][3] = {{7, 9, 13}, {1, 6, 5}, {5, 1, 8}, {4, 7, 1}, {1, 1, 1}, {3, 33, 18}};
static const gdouble ratios[][3] = {
    {1. / 1.26, 1. / 1.26, 1. / 1.26},
    {1. / 1.2, 1., 1.},
    {2., 1., .5},
    {1., 1.2, 1.3},
    {1.5, 1.7, 2.3},
    {.37, 3.4, 1.},
    {5.2, .21, 1. / 3.},
    {1., 1., 1.},
};

static void
test_values (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
    for (guint r = 0; r < G_N_ELEMENTS (ratios); r++)
      for (guint way = 0; way < 8; way++) {
        VoxelRescaleMethod method = way & 1 ? VOXEL_RESCALE_CUBIC : VOXEL_RESCALE_LINEAR;
        gboolean antialias = way & 2;
        Volume in = volume_new (shapes[s], way & 4 ? 1 : 2), out;

        fill (&in, random);
        out = rescale (&in, ratios[r], method, antialias, FALSE, 1);
        for (guint a = 0; a < 3; a++)
          g_assert_cmpuint (out.shape[a], ==, MAX (1., floor (shapes[s][a] / ratios[r][a] + .5)));
        check_against_naive (&in, &out, ratios[r], method, antialias);
        g_free (in.voxels);
        g_free (out.voxels);
      }
}

static void
test_threads (void)
{
  static const guint shape[] = {6, 150, 77}, counts[] = {2, 3, 8};
  static const gdouble ratio[] = {1.3, 1. / 1.26, .9};
  g_autoptr (GRand) random = g_rand_new_with_seed (2);

  for (guint size = 1; size <= 2; size++) {
    Volume in = volume_new (shape, size), alone;

    fill (&in, random);
    alone = rescale (&in, ratio, VOXEL_RESCALE_CUBIC, TRUE, FALSE, 1);
    for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
      Volume shared = rescale (&in, ratio, VOXEL_RESCALE_CUBIC, TRUE, FALSE, counts[i]);

      g_assert_cmpmem (alone.voxels, n_voxels (&alone) * size, shared.voxels, n_voxels (&shared) * size);
      g_free (shared.voxels);
    }
    g_free (in.voxels);
    g_free (alone.voxels);
  }
}

/* A mask is set where linear interpolation gives a half or more, exact halves with them. */
static void
test_mask (void)
{
  static const guint shape[] = {9, 14, 11};
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint r = 0; r < G_N_ELEMENTS (ratios); r++) {
    Volume in = volume_new (shape, 1), out;
    guint n[2] = {0, 0};

    for (gsize i = 0; i < n_voxels (&in); i++)
      in.voxels[i] = g_rand_boolean (random) ? 255 : 0;
    out = rescale (&in, ratios[r], VOXEL_RESCALE_LINEAR, FALSE, TRUE, 2);
    for (guint z = 0; z < out.shape[0]; z++)
      for (guint y = 0; y < out.shape[1]; y++)
        for (guint x = 0; x < out.shape[2]; x++) {
          const guint at[] = {z, y, x};
          gboolean set = naive (&in, ratios[r], at, VOXEL_RESCALE_LINEAR, FALSE) >= 127.5 - 1e-6;

          g_assert_cmpuint (voxel_at (&out, z, y, x), ==, set ? 255 : 0);
          n[set]++;
        }
    g_assert_cmpuint (MIN (n[0], n[1]), >, 0);
    g_free (in.voxels);
    g_free (out.voxels);
  }
}

static void
test_label (void)
{
  static const guint in[] = {9, 20};

  for (guint r = 0; r < G_N_ELEMENTS (ratios); r++) {
    VoxelVolumeRescaleForm form = {
        .in = {in[0], in[1]},
        .out = {voxel_rescale_side (in[0], ratios[r][1]), voxel_rescale_side (in[1], ratios[r][2])},
        .ratio = {1., ratios[r][1], ratios[r][2]},
        .pixel_size = 2};
    g_autoptr (VoxelVolumeRescale) rescale = voxel_volume_rescale_new (&form, 1);
    gsize stride = form.out[1] + 3;
    g_autofree guint8 *label = g_malloc (in[0] * in[1]);
    g_autofree guint8 *out = g_malloc0 (form.out[0] * stride);

    for (guint i = 0; i < in[0] * in[1]; i++)
      label[i] = (guint8) (i + 1);
    voxel_volume_rescale_label (rescale, label, in[1], out, stride);
    for (guint y = 0; y < form.out[0]; y++)
      for (guint x = 0; x < stride; x++) {
        guint from_y = (guint) MIN (floor ((y + .5) * ratios[r][1]), in[0] - 1.);
        guint from_x = (guint) MIN (floor ((x + .5) * ratios[r][2]), in[1] - 1.);

        g_assert_cmpuint (out[y * stride + x], ==,
                          x < form.out[1] ? (guint8) (from_y * in[1] + from_x + 1) : 0);
      }
  }
}

/* As make-rescale-values.py makes it. */
static Volume
made (const guint shape[3])
{
  Volume volume = volume_new (shape, 2);
  guint16 *voxels = (guint16 *) (gpointer) volume.voxels;

  for (guint z = 0; z < shape[0]; z++)
    for (guint y = 0; y < shape[1]; y++)
      for (guint x = 0; x < shape[2]; x++)
        *voxels++ = (guint16) ((z * 7919 + y * 104729 + x * 1299709 + z * y * x * 31) % 65536);
  return volume;
}

/* OpenCV computes in floats, and rounds places to them. */
static void
test_opencv (void)
{
  static const guint shape[] = {5, 6, 7};
  static const gdouble ratio[] = {1. / 1.26, 1. / 1.26, 1. / 1.26};
  const guint16 *const expected[] = {opencv_linear, opencv_cubic};

  for (guint way = 0; way < 2; way++) {
    Volume in = made (shape);
    Volume out = rescale (&in, ratio, way ? VOXEL_RESCALE_CUBIC : VOXEL_RESCALE_LINEAR, FALSE, FALSE, 1);

    g_assert_cmpuint (n_voxels (&out), ==, G_N_ELEMENTS (opencv_cubic));
    for (gsize i = 0; i < n_voxels (&out); i++)
      g_assert_cmpint (ABS ((gint) ((guint16 *) (gpointer) out.voxels)[i] - expected[way][i]), <=, 1);
    g_free (in.voxels);
    g_free (out.voxels);
  }
}

/* At borders PyTorch leaves out what we repeat. */
static void
test_pytorch (void)
{
  static const guint shape[] = {1, 30, 40};
  static const gdouble ratio[] = {1., 2.5, 2.5};
  Volume in = made (shape), out = rescale (&in, ratio, VOXEL_RESCALE_CUBIC, TRUE, FALSE, 1);

  g_assert_cmpuint (n_voxels (&out), ==, G_N_ELEMENTS (pytorch_smaller));
  for (guint y = 2; y < out.shape[1] - 2; y++)
    for (guint x = 2; x < out.shape[2] - 2; x++)
      g_assert_cmpint (ABS ((gint) voxel_at (&out, 0, y, x) - pytorch_smaller[y * out.shape[2] + x]), <=, 1);
  g_free (in.voxels);
  g_free (out.voxels);
}

static void
test_side (void)
{
  g_assert_cmpuint (voxel_rescale_side (256, 1. / 1.26), ==, 323);
  g_assert_cmpuint (voxel_rescale_side (1, 50.), ==, 1);
  g_assert_cmpuint (voxel_rescale_side (5, 2.), ==, 3);
  g_assert_cmpuint (voxel_rescale_side (G_MAXINT, 1. / 64.), ==, G_MAXUINT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume-rescale/values", test_values);
  g_test_add_func ("/volume-rescale/threads", test_threads);
  g_test_add_func ("/volume-rescale/mask", test_mask);
  g_test_add_func ("/volume-rescale/label", test_label);
  g_test_add_func ("/volume-rescale/opencv", test_opencv);
  g_test_add_func ("/volume-rescale/pytorch", test_pytorch);
  g_test_add_func ("/volume-rescale/side", test_side);
  return g_test_run ();
}
