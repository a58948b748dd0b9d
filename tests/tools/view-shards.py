# SPDX-License-Identifier: LGPL-2.1-or-later
"""voxel view of shards from outside: figures, picture, plot, and what it refuses. The shards are made by Python.

    view-shards.py VOXEL SUPPORT    the program, the folder of tap.py
"""
import io
import json
import os
import struct
import subprocess
import sys
import tarfile
import tempfile

VOXEL, SUPPORT = (os.path.abspath(a) for a in sys.argv[1:3])
sys.path.insert(0, SUPPORT)
import tap  # noqa: E402

SIDE = 20


def voxel(*words):
    return subprocess.run([VOXEL, "view", *words], capture_output=True, text=True, timeout=120)


def describe(run):
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}"


def npy(kind, rows, columns, pixels):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".encode()
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text + pixels


def write_shard(path, files):
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def sample(k, vessel, ignored=0, kind="|u1"):
    """The first pixels are vessel and bright, the last ones ignored."""
    n = SIDE * SIDE
    label = b"\xff" * vessel + bytes(n - vessel - ignored) + b"\x80" * ignored
    image = bytes(200 if i < vessel else 40 for i in range(n))
    return [(f"{k:09}.image.npy", npy(kind, SIDE, SIDE, image)), (f"{k:09}.label.npy", npy("|u1", SIDE, SIDE, label)),
            (f"{k:09}.json", b'{"weight": 1}')]


def test_figures():
    run = voxel("shards", "--json", "-o", "sheet.png", "--samples", "6", "--plot", "plot.svg")
    told = json.loads(run.stdout) if run.returncode == 0 else {}
    # Sample k of 10 has k pixels of vessel and 2 ignored ones.
    pixels = {"background": 10 * (SIDE * SIDE - 2) - 45, "vessel": 45, "ignored": 20, "unlabelled": 0}
    tap.check("figures as JSON", run.returncode == 0 and told["shards"] == 2 and told["samples"] == 10 and
              told["without-vessel"] == 1 and told["pixels"] == pixels and told["width"] == [SIDE, SIDE] and
              told["histogram"]["vessel"][200] == 45 and told["histogram"]["all"][40] == 10 * SIDE * SIDE - 45,
              describe(run))
    shown = [name.split(":")[1] for name in told.get("sheet", [])]
    tap.check("the sheet's samples are spread over the shards", len(shown) == 6 and shown == sorted(shown) and
              shown[0] == "000000000" and {n.split("/")[1][:1] for n in told["sheet"]} == {"0", "1"}, shown)
    with open("sheet.png", "rb") as f:
        head = f.read(24)
    # Two rows, three or four columns, gaps of 4.
    size = struct.unpack(">II", head[16:])
    tap.check("the sheet", head[:8] == b"\x89PNG\r\n\x1a\n" and size == (4 * (SIDE + 4) - 4, 2 * (SIDE + 4) - 4), size)
    with open("plot.svg") as f:
        text = f.read()
    tap.check("the plot", text.startswith("<svg ") and text.endswith("</svg>\n") and text.count("<polyline") == 3)
    run = voxel("shards/0.tar", "shards/1.tar")
    tap.check("figures as text", run.returncode == 0 and "10 samples in 2 shards: 20 columns, 20 rows, 8 bits" in
              run.stdout and "1 samples without vessel" in run.stdout and "1.1250 %  45 pixels" in run.stdout,
              describe(run))


def refused(name, code, needle, *words):
    run = voxel(*words)
    tap.check(name, run.returncode == code and needle in run.stderr and run.stderr.startswith("voxel view: ") and
              not os.path.exists("no.png"), describe(run))


def test_refused():
    write_shard("label.tar", sample(0, 3) + sample(1, 3)[::2])
    write_shard("kind.tar", sample(0, 3, kind="<f4"))
    write_shard("empty.tar", [])
    with open("shards/0.tar", "rb") as f, open("cut.tar", "wb") as g:
        g.write(f.read()[:3000])
    with open("text.tar", "w") as f:
        f.write("no shard\n" * 200)
    to = ["-o", "no.png"]
    refused("no such shard", 1, "Cannot read none.tar", "none.tar", *to)
    refused("a missing label", 1, "label.tar, sample 000000001: its label.npy is missing", "label.tar", *to)
    refused("another dtype", 1, "kind.tar, sample 000000000, image.npy: its dtype is '<f4'", "kind.tar", *to)
    refused("a shard that is cut short", 1, "cut.tar is damaged behind ", "cut.tar", *to)
    refused("a text", 1, "text.tar", "text.tar", *to)
    refused("no samples", 1, "no samples", "empty.tar", *to)
    refused("a mask over shards", 2, "--mask", "shards", "--mask", "x", *to)
    refused("too many samples", 2, "1 to 1000", "shards", "--samples", "1001", *to)
    refused("a plot of a scan", 2, "shards (*.tar)", "scan", "--plot", "x.svg", *to)
    refused("shards and a scan", 2, "SHARDS", "shards", "scan")
    run = voxel("shards", "-o", "none/no.png")
    tap.check("no folder for the sheet", run.returncode == 1 and "none/no.png" in run.stderr, describe(run))


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    os.makedirs("shards")
    write_shard("shards/0.tar", sum((sample(k, k, 2) for k in range(6)), []))
    write_shard("shards/1.tar", sum((sample(k, k, 2) for k in range(6, 10)), []))
    # What is still being written is none of them.
    open("shards/.2.tar.voxel-abcdef", "w").close()
    test_figures()
    test_refused()
    os.chdir("/")
tap.done()
