# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whole networks: a module an architecture, each with a function networks() that yields (name, configuration, module,
rows, columns).

Their weights are a formula of name and place, which network-weights.c knows too, so that nothing of them is stored."""
import numpy
import torch


def philox(stream, n):
    """models/random.c: Philox 4x32-10, seed 0: n numbers between 0 and 1."""
    mask = numpy.uint64(0xFFFFFFFF)
    a = numpy.arange((n + 3) // 4, dtype=numpy.uint64)
    b, c, d = numpy.zeros_like(a), numpy.full_like(a, stream), numpy.zeros_like(a)
    k = l = 0
    for _ in range(10):
        p, q = numpy.uint64(0xD2511F53) * a, numpy.uint64(0xCD9E8D57) * c
        a, b, c, d = (q >> 32) ^ b ^ numpy.uint64(k), q & mask, (p >> 32) ^ d ^ numpy.uint64(l), p & mask
        k, l = (k + 0x9E3779B9) & 0xFFFFFFFF, (l + 0xBB67AE85) & 0xFFFFFFFF
    return (numpy.stack([a, b, c, d], 1).reshape(-1)[:n].astype(numpy.float64) + .5) * 2.**-32


def stream(name):
    hash = 2166136261
    for byte in name.encode():
        hash = (hash ^ byte) * 16777619 & 0xFFFFFFFF
    return hash


def values(name, shape):
    """Norms near 1, biases and means near 0, and what keeps variances elsewhere."""
    n = int(numpy.prod(shape))
    u = philox(stream(name), n)
    if len(shape) > 1:
        bound = numpy.sqrt(3 / numpy.prod(shape[1:]))
        u = -bound + (bound - -bound) * u
    elif name.endswith((".weight", ".running_var")):
        u = .5 + (1.5 - .5) * u
    else:
        u = -.2 + (.2 - -.2) * u
    return torch.from_numpy(u.astype(numpy.float32)).reshape(shape)


def fill(net):
    """Gives a network its weights; returns their shapes by name."""
    shapes = {k: list(v.shape) for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    net.load_state_dict({k: values(k, v) for k, v in shapes.items()}, strict=False)
    return shapes


def picture(channels, height, width):
    return torch.from_numpy((-2 + 4 * philox(stream("input"), channels * height * width)).astype(numpy.float32)).reshape(
        1, channels, height, width)
