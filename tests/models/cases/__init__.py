# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cases of single operators: a module a family, each with a function cases() that yields (name, operator, inputs,
output in double precision, attributes). An input that is absent is None."""
import torch


def picture(*shape):
    return torch.randn(shape).to(torch.float32)


def pair(value):
    return [value, value] if isinstance(value, int) else list(value)


def double(*tensors):
    return [None if t is None else t.double() for t in tensors]
