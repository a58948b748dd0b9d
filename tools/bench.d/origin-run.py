#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Segments a folder of slices as the contest entry does, with a network that gives back its input.

With --origin its own program Inference_and_submission/Generate_submission.py runs, from a checkout or git
directory of github.com/NBB5858/Kidney-Segmentation; replaced are its network and weights, a misspelt name, and what
a notebook would show. Without, tests/reference/origin.py does the same by its formulas. Either way run lengths
are written, and the seconds without the start of Python are printed. It needs numpy, PyTorch and OpenCV.
"""
import argparse
import ast
import builtins
import glob
import os
import subprocess
import sys
import tempfile
import time
import types
import unittest.mock

import numpy as np
import torch

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Net(torch.nn.Module):
    """Logits of a batch without the channel, as the entry's models give them: the input itself, at no cost."""

    def forward(self, x):
        return x[:, 0]


def unpack(repository, folder):
    """The files of a checkout or bare git directory, on sys.path."""
    archive = subprocess.run(["git", "-C", repository, "archive", "HEAD"], check=True, stdout=subprocess.PIPE)
    subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
    sys.path[:0] = [folder, os.path.join(folder, "Inference_and_submission")]


def run_entry(args, folder):
    """Ids and runs as Generate_submission.py leaves them."""
    code = os.path.join(folder, "code")
    os.mkdir(code)
    unpack(args.origin, code)
    net = Net().eval()
    sys.modules["Models.Model"] = types.SimpleNamespace(build_model=lambda: net)
    torch.load = lambda *_, **__: {"model_state_dict": {"module." + n: v for n, v in net.state_dict().items()}}
    builtins.display = lambda *_, **__: types.SimpleNamespace(update=lambda *_: None)
    sys.modules["IPython"] = types.ModuleType("IPython")
    sys.modules["IPython"].display = types.SimpleNamespace(Pretty=str)
    for name in ("albumentations", "albumentations.pytorch"):   # for training only
        sys.modules[name] = unittest.mock.MagicMock()
    from Training.Configurations import CFG
    CFG.backbone, CFG.in_chans, CFG.image_size = "resnext50_32x4d", 1, args.tile
    import Inference_and_submission.Evaluation_dataset as dataset
    builtins.custom_collater = dataset.custom_collator

    data = os.path.join(folder, "data")
    os.makedirs(os.path.join(data, "Data", "test", "scan"))
    os.symlink(os.path.abspath(args.scan), os.path.join(data, "Data", "test", "scan", "images"))
    os.chdir(data)
    names = {"__name__": "generate"}
    with open(os.path.join(code, "Inference_and_submission", "Generate_submission.py")) as f:
        program = ast.parse(f.read())
    out, sys.stdout = sys.stdout, open(os.devnull, "w")     # it prints a line a batch
    exec(compile(program, "Generate_submission.py", "exec"), names)
    sys.stdout = out
    return names["ids"], names["rles"]


def run_restated(args):
    import cv2
    sys.path.insert(0, os.path.join(TOP, "tests", "reference"))
    import origin
    paths = sorted(glob.glob(os.path.join(args.scan, "*.tif")))
    scan = np.stack([cv2.imread(path, cv2.IMREAD_UNCHANGED) for path in paths])
    mask, _, _ = origin.segment(torch.nn.Identity(), scan, args.tile)

    def encode(image):
        p = np.concatenate([[0], image.ravel(), [0]])
        runs = np.flatnonzero(p[1:] != p[:-1]) + 1
        runs[1::2] -= runs[::2]
        return " ".join(map(str, runs.tolist())) or "1 0"
    return [os.path.basename(path)[:-4] for path in paths], [encode(m) for m in mask]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("scan", help="folder of 16-bit TIFF slices")
    p.add_argument("csv", help="run lengths to write")
    p.add_argument("--origin", help="checkout or git directory of the entry")
    p.add_argument("--tile", type=int, default=512)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    csv, begin = os.path.abspath(args.csv), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        ids, runs = run_entry(args, folder) if args.origin else run_restated(args)
        os.chdir("/")
    with open(csv, "w") as f:
        f.write("id,rle\n" + "".join(f"{i},{r}\n" for i, r in zip(ids, runs)))
    print(f"{time.perf_counter() - begin:.3f}")


if __name__ == "__main__":
    main()
