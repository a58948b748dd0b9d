/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models/cpu/isa.h"

#ifdef VOXEL_CPU_AMX
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

/* Instruction sets in rising order. The names are oneDNN's, so that one variable caps both. */
typedef struct {
  const gchar *names;
  const VoxelCpuKernels *kernels;
  gboolean (*present) (void);
} Isa;

extern const VoxelCpuKernels voxel_cpu_kernels_base;
#ifdef VOXEL_CPU_X86
extern const VoxelCpuKernels voxel_cpu_kernels_avx2;
extern const VoxelCpuKernels voxel_cpu_kernels_avx512;
extern const VoxelCpuKernels voxel_cpu_kernels_avx512bf16;
extern const VoxelCpuKernels voxel_cpu_kernels_amx;

static gboolean
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

static gboolean
has_avx512 (void)
{
  return has_avx2 () && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
         __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq");
}

static gboolean
has_avx512bf16 (void)
{
  return has_avx512 () && __builtin_cpu_supports ("avx512bf16");
}

#ifdef VOXEL_CPU_AMX
/* Tiles and products of bf16 (CPUID 7, EDX), and the kernel's leave to use their large registers: Linux,
 * Documentation/arch/x86/xstate.rst. */
static gboolean
has_amx (void)
{
  const guint tiles = 1u << 24 | 1u << 22, request = 0x1023, tile_data = 18;
  guint a, b, c, d = 0;

  return has_avx512bf16 () && __get_cpuid_count (7, 0, &a, &b, &c, &d) && (d & tiles) == tiles &&
         syscall (SYS_arch_prctl, request, tile_data) == 0;
}
#endif
#endif

static const Isa isas[] = {
    {"SSE41 AVX", &voxel_cpu_kernels_base, NULL},
#ifdef VOXEL_CPU_X86
    {"AVX2 AVX2_VNNI", &voxel_cpu_kernels_avx2, has_avx2},
    {"AVX512_CORE AVX512_CORE_VNNI", &voxel_cpu_kernels_avx512, has_avx512},
    {"AVX512_CORE_BF16 AVX512_CORE_FP16", &voxel_cpu_kernels_avx512bf16, has_avx512bf16},
#ifdef VOXEL_CPU_AMX
    {"AVX512_CORE_AMX", &voxel_cpu_kernels_amx, has_amx},
#endif
#endif
};

/* How many of the table the environment allows; names that are not in it allow all. */
static guint
allowed (void)
{
  const gchar *cap = g_getenv ("ONEDNN_MAX_CPU_ISA");

  cap = cap ? cap : g_getenv ("DNNL_MAX_CPU_ISA");
  for (guint i = 0; cap && i < G_N_ELEMENTS (isas); i++) {
    g_auto (GStrv) names = g_strsplit (isas[i].names, " ", -1);

    for (guint k = 0; names[k]; k++)
      if (g_ascii_strcasecmp (names[k], cap) == 0)
        return i + 1;
  }
  return G_N_ELEMENTS (isas);
}

static gpointer
choose (gpointer data)
{
  const VoxelCpuKernels *best = isas[0].kernels;

  for (guint i = 1, n = allowed (); i < n; i++)
    if (isas[i].present ())
      best = isas[i].kernels;
  return (gpointer) best;
}

/**
 * voxel_cpu_kernels:
 *
 * Returns: (transfer none): the functions for the best instruction set that this machine has and that
 *   ONEDNN_MAX_CPU_ISA (or DNNL_MAX_CPU_ISA) allows: the first call decides
 */
const VoxelCpuKernels *
voxel_cpu_kernels (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, choose, NULL);
}

/**
 * voxel_cpu_has_bf16:
 *
 * Returns: whether the chosen instruction set converts to bf16 by itself
 */
gboolean
voxel_cpu_has_bf16 (void)
{
  return voxel_cpu_kernels ()->pairs != NULL;
}

/**
 * voxel_cpu_has_fast_pairs:
 *
 * Returns: whether vectors compute more products of bf16 than of floats in the same time. Zen 4 does twice as many (117
 *   and 59 GMAC/s a core, measured), Sapphire Rapids half as many (54 and 107). With VOXEL_CPU_CONV=pairs, which tests
 *   and compares them, whether they compute any
 */
gboolean
voxel_cpu_has_fast_pairs (void)
{
  if (!voxel_cpu_has_bf16 () || g_strcmp0 (g_getenv ("VOXEL_CPU_CONV"), "pairs") == 0)
    return voxel_cpu_has_bf16 ();
#ifdef VOXEL_CPU_X86
  return __builtin_cpu_is ("amd") != 0;
#else
  return FALSE;
#endif
}
