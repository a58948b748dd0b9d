/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "models/graph/graph.h"
#include "models/plan.h"

G_BEGIN_DECLS

/* The contract between the graph and those who compute it.
 *
 * How a plan comes about, in order:
 *   1. the architecture builds the graph for N, H, W; shapes are known from here on;
 *   2. common passes fold batch norm into convolutions and fuse bias, activation and sum into them
 *      (VOXEL_CONV2D_SUM is fused only where nobody else reads that operand afterwards); x a + x b with small a, b
 *      becomes x (a + b);
 *   3. the precision pass: at bf16 every computed tensor becomes bf16, with a convert node behind the input
 *      and one before the output (both stay float NCHW, the runs' buffers);
 *   4. backend->lower(): sets tensor->layout of every picture and rewrites as it likes: private operators in
 *      place of groups of nodes, converts where layouts meet, or fewer of them where its kernels read or
 *      write another type (set tensor->type);
 *   5. the joining pass gives the inputs of each concat a place in its output: asks the producer's and the
 *      other readers' kernels->slice(), the concat's readers read the whole as ever. Where a producer cannot
 *      write a slice but a max_pool2d (whose kernel takes a copy) reads the same tensor, that pooling copies
 * it into place (attribute copy, second output). What remains the concat's kernel copies;
 *   6. in-place: asks kernels->in_place(); then inputs that wait too long in a concat's buffer are taken out of it,
 *      where that takes too much memory: the concat's kernel copies them;
 *   7. every node must have a kernel: else %VOXEL_MODEL_ERROR_UNSUPPORTED naming operator and backend;
 *   8. prepare() of every node on the executor thread, with the plan's number of threads set, so that what is
 *      chosen there by omp_get_max_threads() holds at run time;
 *   9. one arena from lifetimes; each root tensor and each step's scratchpad gets an offset, 64-byte aligned.
 * The lower bound that users see is what was alive at the fullest step between 4. and 5., with its scratchpad; the
 * input is alive to the end, as runs leave it as it is.
 * A run then binds every step once to its own memory and executes them in order on the executor thread, or adds them to
 * its queue where the backend has a device.
 *
 * Memory of a tensor t: root r = t->joint ?: t. Inside r, t begins at voxel_tensor_joint_offset (t) bytes
 * (the pointers handed to bind() include it). Neighbouring pixels of NHWC lie voxel_tensor_pitch (t) elements
 * apart (= r's channels: the ldc of a matmul); in blocked layouts with N = 1 a slice is dense and the offset
 * is all. Slices of blocked layouts are only asked for at N = 1 and at multiples of the block. */

typedef struct _VoxelBackend VoxelBackend;
typedef struct _VoxelBackendDevice VoxelBackendDevice;
typedef struct _VoxelKernel VoxelKernel;

typedef enum { VOXEL_SIDE_INPUT, VOXEL_SIDE_OUTPUT } VoxelSide;

/**
 * VoxelTarget:
 * @precision: never AUTO
 * @threads: never 0
 * @device: which of the backend's, counted from 0
 *
 * What a plan is made for.
 */
typedef struct {
  VoxelPrecision precision;
  guint threads;
  guint device;
} VoxelTarget;

/**
 * VoxelStep:
 * @node: what it computes; valid as long as the plan
 * @kernel: how
 * @state: made by prepare(), freed by release(); shared by all runs, so not written after prepare()
 * @implementation: allocated by prepare(), such as "brgconv:avx512_core"; the kernel's name if left %NULL
 * @scratch: bytes of scratchpad that run() wants, 64-byte aligned; other steps use the same memory
 * @position: of @node in the graph
 */
typedef struct {
  const VoxelNode *node;
  const VoxelKernel *kernel;
  gpointer state;
  gchar *implementation;
  gsize scratch;
  guint position;
} VoxelStep;

/**
 * VoxelPrepare:
 * @target: what for
 * @graph: read only by now
 * @packed: (nullable): what keeps constants
 * @device: (nullable): whose memory they are to lie in
 *
 * Handed to prepare(); voxel_prepare_constant() takes it. @packed is %NULL where the plan is only measured.
 */
typedef struct _VoxelPrepare VoxelPrepare;
struct _VoxelPrepare {
  const VoxelTarget *target;
  const VoxelGraph *graph;
  GPtrArray *packed;
  const VoxelBackendDevice *device;
};

/**
 * VoxelOperands:
 * @inputs: one pointer per input of the node; %NULL for constants and absent ones
 * @outputs: one per output
 * @scratch: of the size asked for; its contents do not survive the step
 * @queue: of the run, where the backend has a #VoxelBackendDevice: what run() adds its work to
 *
 * Where a run keeps the operands of a step; the same addresses in every execution of that run.
 */
typedef struct {
  gpointer inputs[VOXEL_OP_MAX_INPUTS];
  gpointer outputs[VOXEL_OP_MAX_OUTPUTS];
  gpointer scratch;
  gpointer queue;
} VoxelOperands;

/**
 * VoxelKernel:
 * @op: the operator
 * @name: implementation string where prepare() sets none
 * @slice: whether the operand may lie in @joint from @channel on (types and layouts are set); %NULL: never
 * @copies: max_pool2d only: whether its copy output is implemented for this node
 * @in_place: index of the input whose memory output 0 may take over, -1 for none; %NULL: none. Needed for
 *   VOXEL_CONV2D_SUM where the kernel adds to what the output holds
 * @prepare: chooses and packs once per plan: fills state, implementation and scratch; may put another in place of
 *   itself in the step. Refuses what it cannot do
 * @release: frees the state; %NULL if there is none
 * @bind: optional: what is made once per run from the addresses (memory objects, argument lists)
 * @unbind: frees that
 * @run: one execution; may use voxel_executor_for(). Steps of different runs may execute at the same time
 *
 * How a backend computes one operator.
 */
struct _VoxelKernel {
  const VoxelOp *op;
  const gchar *name;
  gboolean (*slice) (const VoxelNode *node, VoxelSide side, guint index, const VoxelTensor *joint,
                     guint channel);
  gboolean (*copies) (const VoxelNode *node);
  gint (*in_place) (const VoxelNode *node);
  gboolean (*prepare) (VoxelPrepare *prepare, VoxelStep *step, GError **error);
  void (*release) (gpointer state);
  gpointer (*bind) (const VoxelStep *step, const VoxelOperands *operands, GError **error);
  void (*unbind) (gpointer binding);
  gboolean (*run) (const VoxelStep *step, const VoxelOperands *operands, gpointer binding, GError **error);
};

/**
 * VoxelQueueFunc:
 *
 * Adds work to a queue, the same in every call.
 */
typedef gboolean (*VoxelQueueFunc) (gpointer data, GError **error);

/**
 * VoxelBackendDevice:
 * @count: of the devices that can be used; 0 with the error saying what is missing
 * @describe: a device in words, for users: name, kind, memory
 * @available: bytes of a device's memory that are free now
 * @alloc: memory of a device, 256-byte aligned; the error says how much was wanted and how much is free
 * @free: takes it back
 * @alloc_host: memory of this process that the device copies from and to by itself
 * @free_host: takes it back
 * @queue_new: what work of one run follows each other on; queues do not wait for each other
 * @queue_free: takes it back, when all of its work is done
 * @copy: adds a copy between the two memories, or within the device's
 * @play: adds what the function adds. It is always the same for a queue, so that it may be recorded and replayed
 * @wait: returns when all of a queue's work is done, with the first error of it
 * @mark: has the device note the time when what was added before is done; not in what play() adds
 * @elapsed: nanoseconds from the mark of a number to that of the next, after wait()
 *
 * Of a backend that computes in memory of its own, while this process does something else. All calls may come from any
 * thread, those of a queue from one at a time.
 */
struct _VoxelBackendDevice {
  guint (*count) (GError **error);
  gchar *(*describe) (guint device);
  guint64 (*available) (guint device);
  gpointer (*alloc) (guint device, gsize size, GError **error);
  void (*free) (guint device, gpointer memory);
  gpointer (*alloc_host) (guint device, gsize size, GError **error);
  void (*free_host) (guint device, gpointer memory);
  gpointer (*queue_new) (guint device, GError **error);
  void (*queue_free) (gpointer queue);
  gboolean (*copy) (gpointer queue, gpointer to, gconstpointer from, gsize size, GError **error);
  gboolean (*play) (gpointer queue, VoxelQueueFunc func, gpointer data, GError **error);
  gboolean (*wait) (gpointer queue, GError **error);
  gboolean (*mark) (gpointer queue, guint number, GError **error);
  gboolean (*elapsed) (gpointer queue, guint number, gint64 *ns, GError **error);
};

/**
 * VoxelBackend:
 * @name: as in #VoxelPlanKey
 * @probe: whether this build and machine can run @precision (not AUTO) with it; the error says why not
 * @fastest: what AUTO means here, by the CPU's flags
 * @lower: see above; %NULL leaves NCHW. Only this and prepare() may fail
 * @kernels: ends with %NULL; private operators included
 * @device: %NULL where steps compute in this process's memory, one after the other on the executor thread.
 *   Else operands and constants lie in the device's memory and kernels' run() adds to the run's queue
 */
struct _VoxelBackend {
  const gchar *name;
  gboolean (*probe) (VoxelPrecision precision, GError **error);
  VoxelPrecision (*fastest) (void);
  gboolean (*lower) (VoxelGraph *graph, const VoxelTarget *target, GError **error);
  const VoxelKernel *const *kernels;
  const VoxelBackendDevice *device;
};

/* models/backends.c: the table, fastest first. */
extern const VoxelBackend voxel_backend_cuda;
extern const VoxelBackend voxel_backend_cpu;
extern const VoxelBackend voxel_backend_reference;
const VoxelBackend *const *voxel_backends (void);
const VoxelBackend *voxel_backend_find (const gchar *name, VoxelPrecision precision, GError **error);
const VoxelKernel *voxel_backend_kernel (const VoxelBackend *backend, const VoxelNode *node, GError **error);

/**
 * VoxelPackFunc:
 * @values: the constant, float, row-major in its logical shape
 * @packed: 64-byte aligned memory of the size asked for, zeroed
 */
typedef gboolean (*VoxelPackFunc) (const gfloat *values, const VoxelShape *shape, gpointer packed,
                                   gpointer data, GError **error);

/* A constant in the form @format names (backend, precision, layout: all that @pack depends on), packed once
 * in the process and shared by all plans of the same weights; lives as long as the plan. Where the backend has a
 * device, a copy in the memory of the target's. */
gconstpointer voxel_prepare_constant (VoxelPrepare *prepare, const VoxelTensor *constant, const gchar *format,
                                      gsize size, VoxelPackFunc pack, gpointer data, GError **error);

G_END_DECLS
