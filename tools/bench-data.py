#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Times what makes training data: slices in any direction, augmentation, rescaling, the whole preparation.

A subject is a module bench.d/data_NAME.py; README.md there says what it offers.
"""
import glob
import importlib
import os
import sys

BENCH_D = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bench.d")
sys.path.insert(0, BENCH_D)
import harness

SUBJECTS = [os.path.basename(path)[len("data_"):-len(".py")] for path in sorted(glob.glob(os.path.join(BENCH_D, "data_*.py")))]


def load(subject):
    return importlib.import_module(f"data_{subject}")


def parser():
    p = harness.options(__doc__)
    p.add_argument("--subjects", nargs="+", default=SUBJECTS, choices=SUBJECTS, help="which of them")
    for subject in SUBJECTS:
        load(subject).options(p.add_argument_group(subject))
    return p


def measure(args, table, folder):
    for subject in args.subjects:
        own = os.path.join(folder, subject)
        os.mkdir(own)
        load(subject).measure(args, table, own)


if __name__ == "__main__":
    harness.main(parser(), measure)
