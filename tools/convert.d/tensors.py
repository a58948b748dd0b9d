# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tensors as bytes, safetensors files, and the little arithmetic that a conversion needs: nothing but Python's own
library, so that weights can be converted where no framework is installed.

The format: https://github.com/huggingface/safetensors
"""
import array
import json
import math
import os
import struct
import sys

SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
FLOATS = ("F64", "F32", "F16", "BF16")
MAX_HEADER = 100 * 1000 * 1000
CHUNK = 1 << 16


class BadFile(Exception):
    """What is wrong with a file, with its name."""


class Tensor:
    """dtype as safetensors names it, shape, little-endian elements."""

    def __init__(self, dtype, shape, data):
        self.dtype, self.shape, self.data = dtype, tuple(shape), data

    def __str__(self):
        return f"{self.dtype} {list(self.shape)}"

    def values(self):
        return decode(self.dtype, self.data)

    def to(self, dtype):
        """The same values, rounded to nearest, ties to even; integers stay."""
        if dtype == self.dtype or self.dtype not in FLOATS:
            return self
        step = CHUNK * SIZES[self.dtype]
        parts = [encode(dtype, decode(self.dtype, self.data[i:i + step])) for i in range(0, len(self.data), step)]
        return Tensor(dtype, self.shape, b"".join(parts))


def decode(dtype, data):
    if dtype == "BF16":
        wide = array.array("I", (v << 16 for v in struct.unpack(f"<{len(data) // 2}H", data)))
        if sys.byteorder == "big":
            wide.byteswap()
        data, dtype = wide.tobytes(), "F32"
    kind = {"F64": "d", "F32": "f", "F16": "e"}[dtype]
    return struct.unpack(f"<{len(data) // SIZES[dtype]}{kind}", data)


def encode(dtype, values):
    if dtype == "BF16":
        bits = struct.unpack(f"<{len(values)}I", encode("F32", values))
        return struct.pack(f"<{len(bits)}H", *(round_bits(b) for b in bits))
    kind = {"F64": "d", "F32": "f", "F16": "e"}[dtype]
    try:
        return struct.pack(f"<{len(values)}{kind}", *values)
    except OverflowError:
        far = max((v for v in values if math.isfinite(v)), key=abs)
        raise BadFile(f"{far:g} is beyond what {dtype} holds: choose another --dtype") from None


def round_bits(bits):
    """The upper half of a float, rounded; what is no number stays none."""
    if bits & 0x7fffffff > 0x7f800000:
        return bits >> 16 | 64
    return bits + 0x7fff + (bits >> 16 & 1) >> 16


def adapt_channels(weight, channels):
    """A first convolution for another number of channels, as segmentation_models_pytorch's patch_first_conv() does
    it: for one channel the sum over all; otherwise they are repeated in turn and scaled, so that grey in every
    channel gives what it gave."""
    out, old = weight.shape[:2]
    plane = math.prod(weight.shape[2:])
    values, result = weight.values(), []
    for o in range(out):
        planes = [values[(o * old + c) * plane:(o * old + c + 1) * plane] for c in range(old)]
        if channels == 1:
            result.extend(sum(column) for column in zip(*planes))
            continue
        for c in range(channels):
            result.extend(v * (old / channels) for v in planes[c % old])
    return Tensor(weight.dtype, (out, channels, *weight.shape[2:]), encode(weight.dtype, result))


def read_safetensors(path):
    """Names to tensors, and the header's metadata."""
    with open(path, "rb") as file:
        raw = file.read()
    if len(raw) < 8:
        raise BadFile(f"{path}: {len(raw)} bytes are too few for a safetensors file")
    length, = struct.unpack_from("<Q", raw)
    if length > min(MAX_HEADER, len(raw) - 8):
        raise BadFile(f"{path}: no safetensors file, or cut short: its header would have {length} bytes")
    try:
        header = json.loads(raw[8:8 + length])
        metadata = header.pop("__metadata__", {})
        entries = [(name, t["dtype"], t["shape"], *t["data_offsets"]) for name, t in header.items()]
        data = memoryview(raw)[8 + length:]
        return {name: slice_of(path, data, *entry) for name, *entry in entries}, metadata
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadFile(f"{path}: the header is no safetensors header: {problem}") from None


def slice_of(path, data, dtype, shape, begin, end):
    if dtype not in SIZES:
        raise BadFile(f"{path}: there are tensors of the unknown type {dtype}")
    if not 0 <= begin <= end <= len(data):
        raise BadFile(f"{path}: cut short: a tensor goes to byte {end} of {len(data)}")
    if end - begin != math.prod(shape) * SIZES[dtype]:
        raise BadFile(f"{path}: a tensor of {shape} has {end - begin} bytes")
    return Tensor(dtype, shape, bytes(data[begin:end]))


def write_safetensors(path, tensors, metadata):
    """To a file that is complete when this returns. Wide elements first: the format allows no gaps, and so all are
    aligned."""
    header, at = {"__metadata__": metadata} if metadata else {}, 0
    order = sorted(tensors, key=lambda n: (-SIZES[tensors[n].dtype], n))
    for name in order:
        tensor = tensors[name]
        header[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape),
                        "data_offsets": [at, at + len(tensor.data)]}
        at += len(tensor.data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name in order:
            file.write(tensors[name].data)
        file.flush()
        os.fsync(file.fileno())
