# SPDX-License-Identifier: LGPL-2.1-or-later
"""tools/bench networks --accuracy: errors against PyTorch in double precision, on noise.

What they are held against: in fp32 the largest error may be twice PyTorch's own, in bf16 the mean error 1.15 times
OpenVINO's. On CUDA the mean error may be 1.15 times that of PyTorch there, in fp16 and bf16 by autocast.
"""
import copy
import tempfile

import harness
import peers
import peers_cuda

SIZES = ((512, 512), (480, 544))
SEEDS = (0, 1, 2)
LIMITS = {"cpu": {"fp32": ("PyTorch fp32", "max", 2), "bf16": ("OpenVINO bf16", "mean", 1.15)},
          "cuda": {p: (f"PyTorch {p}", "mean", 1.15) for p in ("fp32", "tf32", "fp16", "bf16")}}


def exact(net):
    torch = harness.need("torch")
    with torch.no_grad():
        return copy.deepcopy(net.module).double()(torch.from_numpy(net.array()).double()).numpy().reshape(-1)


def ours(args, net, precision):
    contender = peers.Ours(args, net.folder, net.model, net.picture, precision, net.size)
    contender.close()
    return contender.logits()


def pytorch(args, net, precision):
    """As it comes: not channels_last, which rounds otherwise."""
    torch = harness.need("torch")
    torch.set_num_threads(args.threads)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        return net.module(torch.from_numpy(net.array())).float().numpy().reshape(-1)


def openvino(args, net, precision):
    peer = peers.openvino(args, net, net.array(), precision)
    peer.run()
    return peer.logits()


CONTENDERS = {"cpu": {"gst-voxel": ours, "PyTorch": pytorch, "OpenVINO": openvino},
              "cuda": {"gst-voxel": ours, "PyTorch": peers_cuda.autocast}}


def errors(args, net):
    """{contender and precision: largest and mean error}"""
    numpy = harness.need("numpy")
    truth = exact(net)
    result = {}
    for precision in args.precision:
        for name, logits in CONTENDERS[args.backend].items():
            try:
                off = numpy.abs(numpy.asarray(logits(args, net, precision), "float64") - truth)
            except harness.Missing as e:
                print(f"# {name} {precision} skipped: {e}")
                continue
            result[f"{name} {precision}"] = {"max": float(off.max()), "mean": float(off.mean())}
    return float(truth.std()), result


def ratios(args, found):
    """Ours over the peer that it is held against, of largest and mean errors."""
    result = {}
    for precision in args.precision:
        mine, peer = found[f"gst-voxel {precision}"], found.get(LIMITS[args.backend][precision][0])
        if peer:
            result[precision] = {kind: mine[kind] / peer[kind] for kind in ("max", "mean")}
    return result


def print_row(row, limits):
    print(f"{row['network']:20}{row['seed']:2} {'x'.join(map(str, row['size'])):8}{row['deviation']:8.2g}", end="")
    for precision, ratio in row["ratios"].items():
        mine, theirs = row["errors"][f"gst-voxel {precision}"], row["errors"][limits[precision][0]]
        print(f" | {mine['max']:8.2e} {theirs['max']:8.2e} {ratio['max']:5.2f} {mine['mean']:9.2e} {theirs['mean']:8.2e} "
              f"{ratio['mean']:5.2f}", end="")
    print(flush=True)


def measure(args, make):
    rows = []
    limits = LIMITS[args.backend]
    print("errors against float64, of each precision the largest: ours, the peer's, ratio; the same of the means")
    for precision in args.precision:
        peer, kind, most = limits[precision]
        print(f"{precision}: ratio to {peer}, of the {'means' if kind == 'mean' else 'largest'} at most {most}")
    for name in args.network:
        for seed in SEEDS:
            for size in SIZES if args.tile == 512 else ((args.tile, args.tile),):
                with tempfile.TemporaryDirectory(dir=args.folder) as folder:
                    try:
                        net = make(name, args, folder, seed, size)
                        deviation, found = errors(args, net)
                    except harness.Missing as e:
                        print(f"# {name} skipped: {e}")
                        break
                rows.append({"network": name, "seed": seed, "size": size, "deviation": deviation, "errors": found,
                             "ratios": ratios(args, found)})
                print_row(rows[-1], limits)
    return {"rows": rows}
