# SPDX-License-Identifier: LGPL-2.1-or-later
import torch
from torch.nn import functional as F

from . import double, picture


def listed(shape):
    return "x".join(map(str, shape))


def layer_norm(shape, axis, epsilon, affine=True):
    x = picture(*shape) + (3 if shape[axis] > 8 else 0)
    vectors = [torch.rand(shape[axis]) + .5, picture(shape[axis])] if affine else [None, None]
    y = F.layer_norm(x.double().movedim(axis, -1), shape[axis:axis + 1], *double(*vectors), eps=epsilon)
    name = f"layer norm of {listed(shape)}, dimension {axis}, {epsilon}" + ("" if affine else ", plain")
    return name, "layer_norm", [x, *vectors], y.movedim(-1, axis), dict(axis=axis, epsilon=epsilon)


def group_norm(shape, groups, epsilon, affine=True):
    x = picture(*shape) + torch.arange(shape[1]).reshape(1, -1, 1, 1) / 8
    vectors = [torch.rand(shape[1]) + .5, picture(shape[1])] if affine else [None, None]
    y = F.group_norm(x.double(), groups, *double(*vectors), eps=epsilon)
    name = f"group norm of {listed(shape)}, groups {groups}" + ("" if affine else ", plain")
    return name, "group_norm", [x, *vectors], y, dict(groups=groups, epsilon=epsilon)


def softmax(shape, axis):
    x = picture(*shape) * 4
    return f"softmax of {listed(shape)}, dimension {axis}", "softmax", [x], x.double().softmax(axis), dict(axis=axis)


def matmul(batch, m, k, n, transpose=False, scale=1.):
    a, b = picture(*batch, m, k) / k ** .5, picture(*batch, *((n, k) if transpose else (k, n)))
    y = a.double() @ (b.mT if transpose else b).double() * scale
    name = f"matmul {listed((*batch, m, k, n))}" + (", transposed" if transpose else "")
    return name, "matmul", [a, b], y, dict(transpose=transpose, scale=scale)


def linear(shape, channels, bias=True):
    x, w, b = picture(*shape), picture(channels, shape[-1]) / shape[-1] ** .5, picture(channels) if bias else None
    name = f"linear {listed(shape)} to {channels}" + ("" if bias else " without bias")
    return name, "linear", [x, w, b], F.linear(*double(x, w, b)), {}


def tokens(x, heads):
    """[N, C, H, W] to [N, heads, tokens, C / heads]"""
    n, c, _, _ = x.shape
    return x.reshape(n, heads, c // heads, -1).mT


def attention(n, channels, heads, queries, keys, spread=1.):
    # Numbers of 8 bits: rounding them would decide which key a steep score is for.
    q, kv = ((picture(n, *shape) * k).bfloat16().float() for shape, k in (((channels, *queries), spread),
                                                                        ((2 * channels, *keys), 1)))
    y = F.scaled_dot_product_attention(tokens(q.double(), heads), *(tokens(t, heads) for t in kv.double().chunk(2, 1)))
    name = f"attention of {n}x{channels}, heads {heads}, {listed(queries)} to {listed(keys)}" + (
        "" if spread == 1 else ", steep")
    return name, "attention", [q, kv], y.mT.reshape(q.shape), dict(heads=heads)


def reshape(shape, to):
    x = picture(*shape)
    return f"reshape {listed(shape)} to {listed(to)}", "reshape", [x], x.double().reshape(to), dict(shape=list(to))


def transpose(shape, order):
    x = picture(*shape)
    return (f"transpose {listed(shape)} by {listed(order)}", "transpose", [x], x.double().permute(order),
            dict(order=list(order)))


def cases():
    for channels, epsilon in ((1, 1e-5), (3, 1e-6), (16, 1e-5), (33, 1e-5), (64, 1e-6), (130, 1e-5)):
        yield layer_norm((1, channels, 2, 3), 1, epsilon)
    yield layer_norm((5, 16, 3, 2), 1, 1e-5, affine=False)
    yield layer_norm((2, 5, 3, 7), 2, 1e-5)
    yield layer_norm((2, 19, 2, 3), 3, 1e-5)
    yield layer_norm((3, 5, 20), 2, 1e-5)
    yield layer_norm((3, 7, 20), 1, 1e-5)
    yield layer_norm((6, 33), 0, 1e-6)
    for n, channels, heads, queries, keys in ((1, 16, 1, (5, 7), (5, 7)), (1, 32, 2, (3, 5), (3, 3)), (2, 40, 5, (3, 3), (2, 2)),
                                              (1, 64, 8, (3, 5), (2, 3)), (1, 33, 1, (3, 3), (2, 2)), (1, 6, 2, (4, 4), (3, 5)),
                                              (5, 8, 1, (3, 3), (1, 1)), (1, 64, 1, (2, 3), (3, 3)), (1, 1, 1, (5, 19), (23, 29)),
                                              (2, 3, 1, (9, 9), (3, 3))):
        yield attention(n, channels, heads, queries, keys)
    yield attention(1, 2, 1, (3, 5), (17, 19), spread=30)
    for n, channels, groups, size in ((1, 6, 1, (5, 7)), (1, 6, 2, (3, 3)), (1, 6, 6, (3, 5)), (1, 10, 2, (7, 11)), (3, 33, 3, (3, 2)),
                                      (1, 35, 35, (1, 5)), (5, 3, 3, (1, 7))):
        for affine in (True, False) if channels == 6 else (True,):
            yield group_norm((n, channels, *size), groups, 1e-5 if affine else 1e-6, affine)
    for shape in ((1, 3, 5, 7), (2, 33, 3, 2), (4, 35), (3, 7, 20), (2, 3, 2, 5, 3), (17,)):
        for axis in range(len(shape)):
            yield softmax(shape, axis)
    for batch, m, k, n in (((), 5, 7, 3), ((), 1, 16, 16), ((3,), 17, 21, 5), ((2, 3), 4, 8, 6), ((1, 2, 2), 3, 5, 35)):
        yield matmul(batch, m, k, n)
        yield matmul(batch, m, k, n, transpose=True, scale=k ** -.5)
    for shape, channels in (((7, 16), 16), ((33,), 5), ((2, 5, 3), 33), ((1, 3, 5, 8), 7), ((2, 1, 2, 3, 8), 64)):
        yield linear(shape, channels)
    yield linear((5, 20), 40, bias=False)
    for shape, to in (((2, 3, 4, 5), (6, 20)), ((6, 20), (2, 3, 4, 5)), ((1, 6, 5, 1), (1, 5, 3, 2)), ((24,), (2, 1, 3, 2, 2)),
                      ((3, 1, 4, 5), (3, 20))):
        yield reshape(shape, to)
    for shape, order in (((5, 7), (1, 0)), ((2, 3, 4), (0, 2, 1)), ((2, 3, 4, 5), (0, 2, 3, 1)), ((2, 3, 1, 5), (3, 2, 1, 0)),
                         ((2, 3, 4, 2, 3), (4, 0, 3, 1, 2))):
        yield transpose(shape, order)
