#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times a U-Net here and in OpenVINO, ONNX Runtime and PyTorch: same weights, same picture, taking turns.

One table: best and median milliseconds a forward, the best's share of the first line's, and how far the
logits are from those of PyTorch in fp32 (or of the first line). What is not installed is skipped with a line.
"""
import argparse
import array
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.d"))
import harness


def shapes(width, depth, inputs, outputs):
    """Name, shape and kind of every tensor of the U-Net, as models/architectures/unet.c reads them."""
    c = [width << k for k in range(depth + 1)]

    def double(name, i, o):
        for n, (a, b) in ((0, (i, o)), (3, (o, o))):
            yield f"{name}.{n}.weight", (b, a, 3, 3), "weight"
            for kind in ("weight", "bias", "running_mean", "running_var"):
                yield f"{name}.{n + 1}.{kind}", (b,), kind if kind.startswith("running") else "bn_" + kind

    for k in range(depth + 1):
        yield from double(f"down.{k}", c[k - 1] if k else inputs, c[k])
    for k in range(depth):
        yield f"up.{k}.weight", (c[k + 1], c[k], 2, 2), "up"
        yield f"up.{k}.bias", (c[k],), "bn_bias"
        yield from double(f"dec.{k}", 2 * c[k], c[k])
    yield "head.weight", (outputs, width, 1, 1), "weight"
    yield "head.bias", (outputs,), "bn_bias"


def make_weights(args):
    """Seeded weights that keep activations in range: {name: (shape, array of floats)}."""
    r = random.Random(args.seed)
    weights = {}
    for name, shape, kind in shapes(args.width, args.depth, args.inputs, args.outputs):
        n = math.prod(shape)
        fan_in = shape[0] if kind == "up" else math.prod(shape[1:])
        spread = {"weight": math.sqrt(6 / fan_in), "up": math.sqrt(3 / fan_in)}.get(kind, .1)
        middle = {"bn_weight": 1, "running_var": 1}.get(kind, 0)
        weights[name] = shape, array.array("f", [middle + spread * (2 * r.random() - 1) for _ in range(n)])
    return weights


def torch_net(weights, args):
    import torch
    from torch import nn

    def double(i, o):
        return nn.Sequential(*(m for a in (i, o) for m in (
            nn.Conv2d(a, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU())))

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            c = [args.width << k for k in range(args.depth + 1)]
            self.down = nn.ModuleList(double(i, o) for i, o in zip([args.inputs] + c, c))
            self.up = nn.ModuleList(nn.ConvTranspose2d(2 * o, o, 2, 2) for o in c[:-1])
            self.dec = nn.ModuleList(double(2 * o, o) for o in c[:-1])
            self.head = nn.Conv2d(args.width, args.outputs, 1)

        def forward(self, x):
            skips = []
            for k, down in enumerate(self.down):
                x = down(nn.functional.max_pool2d(x, 2) if k else x)
                skips.append(x)
            for k in reversed(range(args.depth)):
                x = self.dec[k](torch.cat([skips[k], self.up[k](x)], 1))
            return self.head(x)

    net = UNet().eval()
    net.load_state_dict({n: torch.tensor(v).reshape(s) for n, (s, v) in weights.items()}, strict=False)
    return net


class Ours:
    """tools/bench.d/network-time in a process of its own, which waits while others take their turn."""

    def __init__(self, args, folder, model, picture, precision):
        self.output = os.path.join(folder, f"ours-{precision}.f32")
        program = args.program or os.path.join(args.build, "tools", "bench.d", "network-time")
        self.child = subprocess.Popen([program, model, str(args.size), str(args.size), precision,
                                       str(args.threads), picture, self.output],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.child.stdout.readline().split()
        if not line:
            raise RuntimeError("network-time failed")
        self.gmacs = float(line[1])

    def run(self):
        return float(self.ask("run")) * 1e-3

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
    def __init__(self, step, values):
        self.step, self.values = step, values

    def run(self):
        begin = time.perf_counter()
        self.result = self.step()
        return time.perf_counter() - begin

    def logits(self):
        return array.array("f", self.values(self.result).astype("float32").tobytes())


def openvino(args, onnx, x, precision):
    import openvino as ov
    core = ov.Core()
    model = core.read_model(onnx)
    model.reshape(list(x.shape))
    net = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": precision,
                                            "INFERENCE_NUM_THREADS": args.threads})
    request = net.create_infer_request()
    kernels = {n.get_rt_info()["primitiveType"].astype(str) for n in net.get_runtime_model().get_ops()
               if n.get_rt_info()["layerType"].astype(str) == "Convolution"}
    print(f"# OpenVINO {precision} convolutions: {', '.join(sorted(kernels))}")
    return Peer(lambda: request.infer([x], share_inputs=True), lambda r: r[0])


def onnxruntime(args, onnx, x):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = args.threads, 1
    session = ort.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    return Peer(lambda: session.run(None, {"x": x}), lambda r: r[0])


def pytorch(args, net, x, bf16):
    import torch
    net, x = (t.to(memory_format=torch.channels_last) for t in (net, torch.from_numpy(x)))

    def step():
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            return net(x)
    return Peer(step, lambda r: r.float().contiguous().numpy())


def add(table, name, make):
    try:
        table[name] = make()
    except ImportError as e:
        print(f"# {name} skipped: {e}")
    except Exception as e:  # a peer that fails is no reason to lose the rest of the table
        print(f"# {name} skipped: {type(e).__name__}: {str(e).splitlines()[0]}")


def make_model(args, model, picture):
    """Writes a model file and a picture of floats; the weights and the picture's values."""
    config = {"width": args.width, "depth": args.depth, "in_channels": args.inputs, "out_channels": args.outputs}
    weights = make_weights(args)
    harness.write_model(model, "unet", config, weights)
    r = random.Random(args.seed + 1)
    values = array.array("f", [r.gauss(0, 1) for _ in range(args.inputs * args.size * args.size)])
    with open(picture, "wb") as f:
        values.tofile(f)
    return weights, values


def contenders(args, folder):
    model, picture, onnx = (os.path.join(folder, n) for n in ("net.safetensors", "picture.f32", "net.onnx"))
    weights, values = make_model(args, model, picture)
    table = {}
    for precision in args.precision:
        table[f"gst-voxel {precision}"] = Ours(args, folder, model, picture, precision)
    try:
        import numpy as np
        import torch
    except ImportError as e:
        print(f"# peers skipped: {e}")
        return table
    torch.set_num_threads(args.threads)
    x = np.array(values, np.float32).reshape(1, args.inputs, args.size, args.size)
    net = torch_net(weights, args)
    if "fp32" in args.precision:
        add(table, "PyTorch fp32", lambda: pytorch(args, net, x, False))
    if "bf16" in args.precision:
        add(table, "PyTorch bf16", lambda: pytorch(args, net, x, True))
    try:
        torch.onnx.export(net, torch.from_numpy(x), onnx, opset_version=17, dynamo=False, input_names=["x"],
                          output_names=["y"])
    except Exception as e:
        print(f"# ONNX peers skipped: {type(e).__name__}: {str(e).splitlines()[0]}")
        return table
    if "fp32" in args.precision:
        add(table, "OpenVINO fp32", lambda: openvino(args, onnx, x, "f32"))
        add(table, "ONNX Runtime fp32", lambda: onnxruntime(args, onnx, x))
    if "bf16" in args.precision:
        add(table, "OpenVINO bf16", lambda: openvino(args, onnx, x, "bf16"))
    return table


def measure(args, table):
    times = {name: [] for name in table}
    for turn in range(args.rounds + 1):  # the first warms up
        for name, contender in table.items():
            time.sleep(args.pause)       # until the team of the one before has stopped spinning
            seconds = contender.run()
            if turn:
                times[name].append(seconds * 1e3)
    return times


def report(args, table, times):
    logits = {name: contender.logits() for name, contender in table.items()}
    oracle = logits.get("PyTorch fp32", next(iter(logits.values())))
    gmacs = next(iter(table.values())).gmacs
    rows = []
    for name, ms in times.items():
        peer = "OpenVINO " + name.split()[-1]
        rows.append({"name": name, "best_ms": min(ms), "median_ms": statistics.median(ms),
                     "gmac_per_s": gmacs / min(ms) * 1e3, "max_difference": max(
                         abs(a - b) for a, b in zip(logits[name], oracle)),
                     "of_openvino": min(ms) / min(times[peer]) if peer in times else None})
    print(f"\nU-Net {args.width} wide, {args.depth} levels, {args.size}x{args.size}, {gmacs:.1f} GMAC, "
          f"{args.threads} threads, best and median of {args.rounds} turns")
    print(f"{'':20}{'best ms':>9}{'median':>9}{'GMAC/s':>9}{'of OpenVINO':>13}{'max logit difference':>22}")
    for row in sorted(rows, key=lambda r: r["best_ms"]):
        share = f"{row['of_openvino']:.3f}" if row["of_openvino"] else "-"
        print(f"{row['name']:20}{row['best_ms']:9.1f}{row['median_ms']:9.1f}{row['gmac_per_s']:9.1f}{share:>13}"
              f"{row['max_difference']:22.2g}")
    return {"width": args.width, "depth": args.depth, "size": args.size, "gmacs": gmacs, "threads": args.threads,
            "isa": args.isa, "rounds": args.rounds, "rows": rows}


def report_steps(table):
    steps = {}
    for name, contender in table.items():
        if not isinstance(contender, Ours):
            continue
        runs = [contender.steps() for _ in range(5)]
        print(f"\n{name}, best of 5 of each step")
        for lines in zip(*runs):
            ms, gmacs = min(float(line[2]) for line in lines), float(lines[0][3])
            print(f"  {lines[0][0]:16}{lines[0][1]:26}{ms:9.3f} ms{gmacs / ms * 1e3 if ms else 0:9.1f} GMAC/s")
            steps.setdefault(name, []).append({"step": lines[0][0], "implementation": lines[0][1], "ms": ms,
                                               "gmacs": gmacs})
    return steps


def parser():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--build", default="build", help="build directory")
    p.add_argument("--program", help=argparse.SUPPRESS)
    p.add_argument("--width", type=int, default=32)
    p.add_argument("--depth", type=int, default=4)
    p.add_argument("--inputs", type=int, default=1, help="channels in")
    p.add_argument("--outputs", type=int, default=1, help="channels out")
    p.add_argument("--size", type=int, default=512, help="side of the picture in pixels")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--rounds", type=int, default=7, help="turns of each")
    p.add_argument("--pause", type=float, default=.1, help="seconds between turns")
    p.add_argument("--precision", nargs="+", default=["fp32", "bf16"], choices=["fp32", "bf16"])
    p.add_argument("--isa", help="cap for all that heed it, such as AVX2 (sets ONEDNN_MAX_CPU_ISA)")
    p.add_argument("--steps", action="store_true", help="each step's time as well")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--json", metavar="FILE", help="the table as JSON, - for standard output")
    return p


def main():
    args = parser().parse_args()
    if args.isa:
        os.environ["ONEDNN_MAX_CPU_ISA"] = os.environ["DNNL_MAX_CPU_ISA"] = args.isa
    with tempfile.TemporaryDirectory() as folder:
        table = contenders(args, folder)
        result = report(args, table, measure(args, table))
        if args.steps:
            result["steps"] = report_steps(table)
    if args.json == "-":
        json.dump(result, sys.stdout, indent=1)
    elif args.json:
        with open(args.json, "w") as f:
            json.dump(result, f, indent=1)


if __name__ == "__main__":
    main()
