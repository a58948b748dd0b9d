# SPDX-License-Identifier: LGPL-2.1-or-later
"""Slices that change or go while a scan is read: the error names slice and file, and no output gets its name.

    changed-input.py VOXEL SUPPORT PIPELINES    the program, the folder of tap.py and stack.py, the folder of *.gst
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

VOXEL, SUPPORT, PIPELINES = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

DEPTH = 40
LATE = f"scan/{DEPTH - 1:04}.tif"


def cut():
    os.truncate(LATE, os.path.getsize(LATE) // 2)


def replace():
    times = os.stat(LATE)
    shutil.copy(LATE, "other")
    os.utime("other", ns=(times.st_atime_ns, times.st_mtime_ns))
    os.rename("other", LATE)


def reshape():
    shutil.copy("small.tif", LATE)


def delete():
    os.remove(LATE)


def forbid():
    os.chmod(LATE, 0)


def slow_pipeline():
    """What `voxel segment` runs, with a rest at each slice; first/ gets a file when the first one has been read."""
    with open(os.path.join(PIPELINES, "segment.gst")) as f:
        text = f.read()
    head, tail = text.split("! queue", 1)
    with open("slow.gst", "w") as f:
        f.write(f"{head}! tee name=read ! identity sleep-time=20000 ! queue{tail}\n"
                "read. ! queue leaky=downstream ! multifilesink async=false location=first/%05d\n")


def run_and(change):
    shutil.rmtree("scan", ignore_errors=True)
    shutil.copytree("slices", "scan")
    shutil.rmtree("first", ignore_errors=True)
    os.mkdir("first")
    # Files younger than the grain of the file system's time could change unseen.
    time.sleep(.02)
    run = subprocess.Popen([VOXEL, "run", "slow.gst", "scan=scan", "model=model.safetensors", "tile=32", "multiple=4",
                            "views=r0", "csv=mask.csv", "tiff=mask.tif", "tiff=masks/", "probability=p.tif", "-q"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.time() + 60
    while not os.listdir("first") and run.poll() is None and time.time() < deadline:
        time.sleep(.002)
    change()
    output, errors = run.communicate(timeout=120)
    return run.returncode, output + errors


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_stacks(folder, (DEPTH, 48, 56))
    stack.write_tiff("small.tif", 8, 8, 16, bytes(128))
    stack.make_model("model.safetensors")
    slow_pipeline()
    for name, change, said in (("cut short", cut, "is truncated"), ("replaced by one of the same size and time", replace,
                               "has changed"), ("of another shape", reshape, "has changed"),
                               ("deleted", delete, "no such file"), ("forbidden", forbid, "may not be read")):
        if change is forbid and os.geteuid() == 0:
            tap.skip(f"a slice that is {name}", "root may read everything")
            continue
        code, text = run_and(change)
        left = [p for p in ("mask.csv", "mask.tif", "p.tif") if os.path.exists(p)]
        left += os.listdir("masks") if os.path.isdir("masks") else []
        tap.check(f"a slice that is {name}", code == 1 and f"Slice {DEPTH - 1}: \"{LATE}\": " in text and said in text
                  and not left, f"exit code {code}, left {left}\n{text}")
    code, text = run_and(lambda: None)
    tap.check("a slice that stays as it is", code == 0 and os.path.exists("mask.csv") and os.path.exists("p.tif")
              and len(os.listdir("masks")) == DEPTH, text)
    os.chdir("/")
tap.done()
