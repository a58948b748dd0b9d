# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who takes part in tools/bench networks: ours, PyTorch, ONNX Runtime and OpenVINO, each as turns of a batch."""
import array
import os
import subprocess
import time

import harness
import peers_cuda

NO_DEVICE = 77      # exit code of network-time, of voxel-selftest, and of the benchmark


class NoDevice(Exception):
    """The backend cannot compute here; network-time has said why."""


class Ours:
    """tools/bench.d/network-time in a process of its own, which waits while others take their turn."""

    def __init__(self, args, folder, model, picture, precision, size=None, batch=1):
        height, width = size or (args.tile, args.tile)
        self.batch, self.runs = batch, args.executions if args.backend == "cuda" else 1
        self.output = os.path.join(folder, f"ours-{precision}-{batch}.f32")
        program = [args.program or harness.program(args, "network-time"), "--backend", args.backend, "--batch", str(batch),
                   "--runs", str(self.runs)]
        if args.devices:
            program += ["--devices", args.devices]
        self.child = subprocess.Popen([*program, model, str(height), str(width), precision, str(args.threads), picture,
                                       self.output], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.cpu = args.cpu_time
        line = self.child.stdout.readline().split(maxsplit=2)
        if not line:
            raise NoDevice if self.child.wait() == NO_DEVICE else RuntimeError("network-time failed")
        self.gmacs, self.who = float(line[1]), line[2].strip()

    def run(self):
        """Seconds a picture."""
        wall, cpu = map(float, self.ask("run").split())
        return 1e-3 * (cpu if self.cpu else wall) / (self.runs * self.batch)

    def ask(self, word):
        self.child.stdin.write(word + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline()

    def steps(self):
        lines, line = [], self.ask("steps")
        while line.strip():
            lines.append(line.rstrip().split("\t"))
            line = self.child.stdout.readline()
        return lines

    def close(self):
        self.child.stdin.close()
        self.child.wait()

    def logits(self):
        values = array.array("f")
        with open(self.output, "rb") as f:
            values.frombytes(f.read())
        return values


class Peer:
    def __init__(self, args, batch, step, values):
        self.batch, self.step, self.values = batch, step, values
        self.clock = time.process_time if args.cpu_time else time.perf_counter

    def run(self):
        """Seconds a picture."""
        begin = self.clock()
        self.result = self.step()
        return (self.clock() - begin) / self.batch

    def logits(self):
        return array.array("f", self.values(self.result)[:1].astype("float32").tobytes())


def openvino(args, net, x, precision):
    ov = harness.need("openvino")
    core = ov.Core()
    model = core.read_model(net.onnx())
    model.reshape(list(x.shape))
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": args.threads,
        "INFERENCE_PRECISION_HINT": {"fp32": "f32"}.get(precision, precision)})
    request = compiled.create_infer_request()
    return Peer(args, len(x), lambda: request.infer([x], share_inputs=True), lambda r: r[0])


def onnxruntime(args, net, x, precision):
    ort = harness.need("onnxruntime")
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
    options.add_free_dimension_override_by_name("batch", len(x))
    session = ort.InferenceSession(net.onnx(), options, providers=["CPUExecutionProvider"])
    return Peer(args, len(x), lambda: session.run(None, {"x": x}), lambda r: r[0])


def pytorch(args, net, x, precision, compiled=False):
    torch = harness.need("torch")
    torch.set_num_threads(args.threads)
    module, x = (t.to(memory_format=torch.channels_last) for t in (net.module, torch.from_numpy(x)))
    if compiled:
        import torch._inductor.config as config
        config.freezing = True
        module = torch.compile(module, dynamic=False)

    def step():
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            return module(x)
    return Peer(args, len(x), step, lambda r: r.float().contiguous().numpy())


def pytorch_compile(args, net, x, precision):
    return pytorch(args, net, x, precision, True)


def best_ours(args, net, precision):
    """Ours with the batch that is fastest; on the CPU there is none."""
    best, least = None, float("inf")
    for batch in args.batch if args.backend == "cuda" else [1]:
        ours = Ours(args, net.folder, net.model, net.picture, precision, batch=batch)
        seconds = min(ours.run() for _ in range(2)) if args.backend == "cuda" else 0
        slower, best, least = (best, ours, seconds) if seconds < least else (ours, best, least)
        if slower:
            slower.close()
    return best


MAKERS = {"PyTorch": pytorch, "torch.compile": pytorch_compile, "ONNX Runtime": onnxruntime, "OpenVINO": openvino}
BF16 = ("PyTorch", "torch.compile", "OpenVINO")     # ONNX Runtime has no kernels for it on CPUs


def best_batch(args, make, net, x, precision):
    """The peer with the batch that is fastest for it, in two turns after one that does not count."""
    numpy = harness.need("numpy")
    best, least = None, float("inf")
    for batch in args.batch:
        peer = make(args, net, numpy.repeat(x, batch, 0), precision)
        seconds = min([peer.run() for _ in range(3)][1:]) if len(args.batch) > 1 else peer.run()
        if seconds < least:
            best, least = peer, seconds
    return best


def make(args, name, net, x, precision):
    """A contender; Missing where it cannot be."""
    makers = peers_cuda.MAKERS if args.backend == "cuda" else MAKERS
    if name not in makers:
        raise harness.Missing(f"does not take part on {args.backend}")
    if args.backend == "cpu" and precision == "bf16" and name not in BF16:
        raise harness.Missing("no bf16")
    try:
        return best_batch(args, makers[name], net, x, precision)
    except harness.Missing:
        raise
    except Exception as e:      # a peer that fails is no reason to lose the rest of the table
        raise harness.Missing(f"{type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}") from e
