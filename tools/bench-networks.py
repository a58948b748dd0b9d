#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times networks here and in PyTorch, ONNX Runtime and OpenVINO: same weights, same picture, taking turns.

A table a network: best and median milliseconds a picture, in the batch that is best for each (ours has none), and how
far the logits are from PyTorch's in fp32 (or from the first line's). At the end ours beside the best peer. What is not
installed is skipped with a line; without PyTorch there is the U-Net alone. On CUDA every contender has its best batch, and
the device's peak is that of a large product of matrices. Exit code 77 where the backend cannot compute here.
"""
import json
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.d"))
import accuracy
import harness
import nets
import operators
import peers
import peers_cuda


class Net:
    """One network: module (None without PyTorch), model file, picture, and an ONNX file when first asked for."""

    def __init__(self, name, args, folder, seed=None, size=None):
        self.name, self.folder = name, folder
        self.model, self.picture = (os.path.join(folder, n) for n in ("net.safetensors", "picture.f32"))
        seed = args.seed if seed is None else seed
        height, width = self.size = size or (args.tile, args.tile)
        try:
            self.module = nets.module(name, args, seed)
        except harness.Missing:
            if name != "unet":
                raise
            self.module = None
        nets.write(self.model, name, args, self.module)
        self.values = nets.picture(self.picture, name, height, width, seed + 1)

    def array(self):
        return harness.need("numpy").array(self.values, "float32").reshape(1, nets.channels(self.name), *self.size)

    def onnx(self):
        path = os.path.join(self.folder, "net.onnx")
        if not os.path.exists(path):
            torch = harness.need("torch")
            harness.need("onnx")
            torch.onnx.export(self.module, torch.from_numpy(self.array()), path, opset_version=17, dynamo=False,
                              input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
        return path


def contenders(args, net, precision):
    table = {"gst-voxel": peers.best_ours(args, net, precision)}
    for name in args.peers:
        if net.module is None:
            print(f"# {name} skipped: PyTorch not installed")
            continue
        try:
            table[name] = peers.make(args, name, net, net.array(), precision)
        except harness.Missing as e:
            print(f"# {name} {precision} skipped: {e}")
    return table


def measure(args, table):
    seconds = {name: [] for name in table}
    for turn in range(args.rounds + 1):     # the first warms up
        for name, contender in table.items():
            time.sleep(args.pause)          # until the team of the one before has stopped spinning
            taken = contender.run()
            if turn:
                seconds[name].append(taken)
    return seconds


def oracle(args, net):
    """PyTorch's logits in fp32, or None."""
    if net.module is None:
        return None
    torch = harness.need("torch")
    torch.set_num_threads(args.threads)
    with torch.no_grad():
        return net.module(torch.from_numpy(net.array())).numpy().reshape(-1).tolist()


def differences(logits, truth):
    """Largest and mean difference; the largest as a share of the truth's largest value."""
    distances = [abs(a - b) for a, b in zip(logits, truth)]
    return max(distances), sum(distances) / len(distances), max(distances) / max(map(abs, truth))


def rows_of(args, net, precision, truth, peak=None):
    table = contenders(args, net, precision)
    logits = {name: contender.logits() for name, contender in table.items()}
    truth = logits["gst-voxel"] if truth is None else truth
    ours, rows = table["gst-voxel"], []
    for name, contender in table.items():
        most, mean, share = differences(logits[name], truth)
        if share > (.01 if precision == "fp32" else 1):
            raise SystemExit(f"{net.name}: {name}'s logits in {precision} are {most:.3g} off: nothing is timed")
        rows.append({"network": net.name, "precision": precision, "name": name, "batch": contender.batch,
                     "max_difference": most, "mean_difference": mean, "gmacs": ours.gmacs, "who": ours.who})
    seconds = measure(args, table)
    for row in rows:
        ms = [1e3 * s for s in seconds[row["name"]]]
        row.update(best_ms=min(ms), median_ms=statistics.median(ms), gmac_per_s=row["gmacs"] / min(ms) * 1e3,
                   pictures_per_s=1e3 / min(ms), peak_gmac_per_s=peak)
    steps = steps_of(ours) if args.steps else None
    ours.close()
    return rows, steps


def steps_of(ours):
    runs = [ours.steps() for _ in range(5)]
    return [{"step": lines[0][0], "implementation": lines[0][1], "ms": min(float(line[2]) for line in lines),
             "gmacs": float(lines[0][3])} for lines in zip(*runs)]


def print_rows(rows):
    first = rows[0]
    digits = 3 if min(row["best_ms"] for row in rows) < 10 else 1
    print(f"\n{first['network']}, {first['gmacs']:.1f} GMAC, {first['who']}")
    print(f"  {'':16}{'batch':>6}{'best ms':>10}{'median':>10}{'GMAC/s':>9}{'pictures/s':>12}{'of peak':>9}"
          f"{'max difference':>16}{'mean':>10}")
    for row in sorted(rows, key=lambda r: r["best_ms"]):
        peak = row["peak_gmac_per_s"]
        share = f"{row['gmac_per_s'] / peak:9.1%}" if peak else f"{'':9}"
        print(f"  {row['name']:16}{row['batch']:6}{row['best_ms']:10.{digits}f}{row['median_ms']:10.{digits}f}"
              f"{row['gmac_per_s']:9.1f}{row['pictures_per_s']:12.1f}{share}{row['max_difference']:16.2g}"
              f"{row['mean_difference']:10.2g}", flush=True)


def print_steps(steps):
    for step in sorted(steps, key=lambda s: -s["ms"]):
        rate = f"{step['gmacs'] / step['ms'] * 1e3:9.1f} GMAC/s" if step["gmacs"] and step["ms"] else ""
        print(f"    {step['step']:44}{step['implementation']:30}{step['ms']:9.3f} ms{rate}")


def compare(rows):
    """Ours beside the fastest peer."""
    ours = next(r for r in rows if r["name"] == "gst-voxel")
    best = min((r for r in rows if r is not ours), key=lambda r: r["best_ms"], default=None)
    return {"network": ours["network"], "precision": ours["precision"], "ours_ms": ours["best_ms"],
            "peer": best and best["name"], "peer_ms": best and best["best_ms"],
            "peak_share": ours["gmac_per_s"] / ours["peak_gmac_per_s"] if ours["peak_gmac_per_s"] else None,
            "ratio": best and ours["best_ms"] / best["best_ms"]}


def print_comparisons(comparisons):
    print(f"\n{'':24}{'':6}{'ours ms':>9}{'of peak':>9}  {'fastest peer':16}{'ms':>9}{'ours/peer':>11}")
    for c in comparisons:
        peer = f"{c['peer']:16}{c['peer_ms']:9.3f}{c['ratio']:11.3f}" if c["peer"] else "-"
        share = f"{c['peak_share']:9.1%}" if c["peak_share"] else f"{'':9}"
        print(f"{c['network']:24}{c['precision']:6}{c['ours_ms']:9.3f}{share}  {peer}")


def time_networks(args):
    result = {"rows": [], "comparisons": [], "steps": {}}
    peaks = {precision: peers_cuda.peak(args, precision) for precision in args.precision} if args.backend == "cuda" else {}
    print(f"{harness.machine()['cpu']}, {args.threads} threads, pictures of {args.tile}x{args.tile}, best and median of "
          f"{args.rounds} turns{', processor time' if args.cpu_time else ''}")
    for name in args.network:
        with tempfile.TemporaryDirectory(dir=args.folder) as folder:
            try:
                net = Net(name, args, folder)
            except harness.Missing as e:
                print(f"# {name} skipped: {e}")
                continue
            truth = oracle(args, net)
            for precision in args.precision:
                rows, steps = rows_of(args, net, precision, truth, peaks.get(precision))
                print_rows(rows)
                if steps:
                    print_steps(steps)
                    result["steps"][f"{name} {precision}"] = steps
                result["rows"] += rows
                result["comparisons"].append(compare(rows))
    print_comparisons(result["comparisons"])
    return result


def parser():
    p = harness.options(__doc__)
    p.add_argument("--program", help=harness.argparse.SUPPRESS)
    p.add_argument("--network", nargs="+", default=nets.NAMES, choices=nets.NAMES)
    p.add_argument("--backend", default="cpu", choices=["cpu", "cuda"])
    p.add_argument("--devices", help="of the backend: numbers with commas between, or all; peers take the first")
    p.add_argument("--precision", nargs="+", choices=["fp32", "tf32", "fp16", "bf16"],
                   help="fp32 and bf16; on CUDA fp16, bf16 and tf32")
    p.add_argument("--peers", nargs="*", choices=[*peers.MAKERS, "torch"], help="all; torch is PyTorch and torch.compile")
    p.add_argument("--batch", nargs="+", type=int,
                   help="what peers may choose from, on CUDA ours too (1 2 4; on CUDA 1 4 16)")
    p.add_argument("--executions", type=int, default=40, help="a turn, on CUDA")
    p.add_argument("--compile-mode", default="max-autotune", help="of torch.compile on CUDA")
    p.add_argument("--tile", type=int, default=512, help="side of the picture in pixels")
    p.add_argument("--width", type=int, default=32, help="of the U-Nets' first level")
    p.add_argument("--depth", type=int, default=4, help="of the U-Nets: poolings")
    p.add_argument("--statistics", choices=["calibrated", "initial"], default="calibrated",
                   help="of batch norm: of one batch, or mean 0 and variance 1")
    p.add_argument("--cpu-time", action="store_true",
                   help="of the processor instead of the clock, for machines that do other work; with one thread")
    p.add_argument("--isa", help="cap for all that heed it, such as AVX2 (sets ONEDNN_MAX_CPU_ISA)")
    p.add_argument("--steps", action="store_true", help="each step's time as well")
    p.add_argument("--accuracy", action="store_true", help="errors against float64 instead of times")
    p.add_argument("--operators", nargs="*", metavar="NAME",
                   help="convolutions alone beside the processor's peak instead of networks; of these names")
    return p


def settle(p, args):
    """What the backend decides where nobody else does."""
    on_cuda = args.backend == "cuda"
    if on_cuda and (args.cpu_time or args.operators is not None):
        p.error("--cpu-time and --operators are of the CPU's backend")
    if not on_cuda and args.precision and {"fp16", "tf32"} & set(args.precision):
        p.error("the CPU's backend computes in fp32 and bf16")
    args.precision = args.precision or (["fp16", "bf16", "tf32"] if on_cuda else ["fp32", "bf16"])
    args.batch = args.batch or ([1, 4, 16] if on_cuda else [1, 2, 4])
    if args.peers is None:
        args.peers = list(peers_cuda.MAKERS if on_cuda else peers.MAKERS)
    args.peers = list(dict.fromkeys(name for p in args.peers for name in (peers_cuda.MAKERS if p == "torch" else [p])))
    return args


def main():
    p = parser()
    args = settle(p, p.parse_args())
    if args.isa:
        os.environ["ONEDNN_MAX_CPU_ISA"] = os.environ["DNNL_MAX_CPU_ISA"] = args.isa
    if args.operators is not None:
        result = operators.measure(args)
    elif args.accuracy:
        result = accuracy.measure(args, Net)
    else:
        result = time_networks(args)
    result.update(machine=harness.machine(), isa=args.isa, threads=args.threads, rounds=args.rounds, tile=args.tile)
    harness.write_result(args.json, result)


if __name__ == "__main__":
    try:
        main()
    except peers.NoDevice:
        sys.exit(peers.NO_DEVICE)
