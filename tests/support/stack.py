# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small stacks and a small model for tests, with nothing but Python's own library."""
import array
import json
import math
import os
import random
import struct


def write_tiff(path, width, height, bits, data):
    """One strip, no compression, little-endian, min-is-black."""
    entries = [(256, 4, width), (257, 4, height), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, 8),
               (277, 3, 1), (278, 4, height), (279, 4, len(data))]
    pad = len(data) % 2
    with open(path, "wb") as f:
        f.write(b"II*\0" + struct.pack("<I", 8 + len(data) + pad) + data + b"\0" * pad)
        f.write(struct.pack("<H", len(entries)))
        for tag, kind, value in entries:
            f.write(struct.pack("<HHI", tag, kind, 1) + (struct.pack("<HH", value, 0) if kind == 3
                                                         else struct.pack("<I", value)))
        f.write(struct.pack("<I", 0))


def make_stacks(folder, shape=(64, 96, 96), seed=1):
    """slices/ (16 bit: two bright tubes on noise) and labels/ (0/255) under the folder."""
    rng = random.Random(seed)
    depth, height, width = shape
    os.makedirs(os.path.join(folder, "slices"))
    os.makedirs(os.path.join(folder, "labels"))
    for z in range(depth):
        centres = [(height / 2 + 12 * math.sin(z / 9), width / 3, 7.), (height / 3, width * .7 + 8 * math.cos(z / 11), 5.)]
        image, label = array.array("H"), bytearray()
        for y in range(height):
            for x in range(width):
                inside = any((y - cy) ** 2 + (x - cx) ** 2 < r * r for cy, cx, r in centres)
                image.append(min(65535, max(0, int(20000 + 9000 * inside + rng.gauss(0, 2500)))))
                label.append(255 if inside else 0)
        if struct.pack("=H", 1) != struct.pack("<H", 1):
            image.byteswap()
        write_tiff(os.path.join(folder, "slices", f"{z:04}.tif"), width, height, 16, image.tobytes())
        write_tiff(os.path.join(folder, "labels", f"{z:04}.tif"), width, height, 8, bytes(label))


def tensors(width, depth, kernel, channels):
    """Names and shapes of the U-Net's tensors; kernel: of the up-convolutions; channels: of the input."""
    def double(name, i, o):
        for at, a in ((0, i), (3, o)):
            yield f"{name}.{at}.weight", (o, a, 3, 3)
            for tensor in ("weight", "bias", "running_mean", "running_var"):
                yield f"{name}.{at + 1}.{tensor}", (o,)
    c = [width << k for k in range(depth + 1)]
    for k in range(depth + 1):
        yield from double(f"down.{k}", channels if k == 0 else c[k - 1], c[k])
    for k in range(depth):
        yield f"up.{k}.weight", (c[k + 1], c[k], 2, 2) if kernel == 2 else (c[k], c[k + 1], 1, 1)
        yield f"up.{k}.bias", (c[k],)
        yield from double(f"dec.{k}", 2 * c[k], c[k])
    yield "head.weight", (1, width, 1, 1)
    yield "head.bias", (1,)


def make_model(path, width=4, depth=2, seed=1, up="transposed", channels=1, **record):
    """A U-Net of random weights with its model record."""
    rng = random.Random(seed)
    text = {"version": 1, "architecture": "unet",
            "config": {"width": width, "depth": depth, "in_channels": channels, "out_channels": 1, "up": up},
            **record}
    header, blob = {"__metadata__": {"voxel": json.dumps(text)}}, array.array("f")
    for name, shape in tensors(width, depth, 2 if up == "transposed" else 1, channels):
        n = math.prod(shape)
        if name.endswith("running_var"):
            values = [1.] * n
        elif len(shape) == 1:
            values = [rng.uniform(.5, 1.5) if name.endswith("weight") else rng.gauss(0, .1) for _ in range(n)]
        else:
            values = [rng.gauss(0, math.sqrt(2 / (n / shape[0]))) for _ in range(n)]
        begin = len(blob) * 4
        blob.extend(values)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, len(blob) * 4]}
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + blob.tobytes())


def make_all(folder):
    make_stacks(folder)
    make_model(os.path.join(folder, "model.safetensors"))
