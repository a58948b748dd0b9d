# SPDX-License-Identifier: LGPL-2.1-or-later
"""PyTorch on CUDA in tools/bench networks, and the most that the device multiplies in a second.

Pictures and results of peers stay on the device; ours come from this process's memory and go back to it.
"""
import copy
import time

import harness

PEAK_SIDE = 8192


def torch_on_device(args):
    """PyTorch and the first device asked for; Missing where it has none."""
    torch = harness.need("torch")
    if torch.version.cuda is None:
        raise harness.Missing(f"version {torch.__version__} is built without CUDA: install one with it from pytorch.org")
    if not torch.cuda.is_available():
        raise harness.Missing(f"version {torch.__version__}, for CUDA {torch.version.cuda}, finds no device: see nvidia-smi")
    first = (args.devices or "0").split(",")[0]
    return torch, torch.device("cuda", 0 if first == "all" else int(first))


def set_precision(torch, precision):
    """The type of weights and pictures; TF32 only where it is asked for."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.benchmark = True
    return {"fp16": torch.float16, "bf16": torch.bfloat16}.get(precision, torch.float32)


class Peer:
    """Launches of a turn's executions overlap; the end is waited for once."""

    def __init__(self, torch, device, precision, module, x, executions):
        self.torch, self.device, self.precision = torch, device, precision
        self.module, self.x, self.batch, self.executions = module, x, len(x), executions

    def run(self):
        """Seconds a picture."""
        set_precision(self.torch, self.precision)
        with self.torch.inference_mode():
            self.torch.cuda.synchronize(self.device)
            begin = time.perf_counter()
            for _ in range(self.executions):
                self.result = self.module(self.x)
            self.torch.cuda.synchronize(self.device)
        return (time.perf_counter() - begin) / (self.executions * self.batch)

    def logits(self):
        return self.result[:1].float().contiguous().cpu().numpy().reshape(-1)


def pytorch(args, net, x, precision, compiled=False):
    """All weights in the type, not autocast, which converts them again in every run."""
    torch, device = torch_on_device(args)
    settings = {"device": device, "dtype": set_precision(torch, precision), "memory_format": torch.channels_last}
    module = copy.deepcopy(net.module).to(**settings)
    if compiled:
        module = torch.compile(module, mode=args.compile_mode, dynamic=False)
    return Peer(torch, device, precision, module, torch.from_numpy(x).to(**settings), args.executions)


def pytorch_compile(args, net, x, precision):
    return pytorch(args, net, x, precision, True)


MAKERS = {"PyTorch": pytorch, "torch.compile": pytorch_compile}


def peak(args, precision):
    """Multiply-adds a second of a large product of matrices, giga; None where it cannot be known."""
    try:
        torch, device = torch_on_device(args)
    except harness.Missing as e:
        print(f"# peak {precision} skipped: PyTorch: {e}")
        return None
    a, b = (torch.randn(PEAK_SIDE, PEAK_SIDE, device=device, dtype=set_precision(torch, precision)) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        torch.cuda.synchronize(device)
        begin = time.perf_counter()
        a @ b
        torch.cuda.synchronize(device)
        best = min(best, time.perf_counter() - begin)
    return PEAK_SIDE ** 3 * 1e-9 / best


def autocast(args, net, precision):
    """Logits as whoever uses PyTorch gets them."""
    torch, device = torch_on_device(args)
    kind = set_precision(torch, precision)
    module, x = copy.deepcopy(net.module).to(device), torch.from_numpy(net.array()).to(device)
    with torch.no_grad(), torch.autocast("cuda", kind, enabled=kind != torch.float32):
        return module(x).float().cpu().numpy().reshape(-1)
