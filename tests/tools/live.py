# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scans that are still being made: segmented as they come, soon, with the masks that they have afterwards.

    live.py VOXEL SUPPORT PIPELINES    the program, the folder of tap.py and stack.py, the folder of *.gst
"""
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

VOXEL, SUPPORT, PIPELINES = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

DEPTH = 40
# Generous: a machine that does other things as well must not fail, one that holds slices back must.
SOON = 5.


class Writer(threading.Thread):
    """Writes the slices of a stack as a microscope does, in turn in place, in parts, and by rename."""

    def __init__(self, folder, names=None, rest=.02, before=None):
        super().__init__()
        self.folder, self.names, self.rest, self.before = folder, names, rest, before
        self.closed = {}
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)

    def run(self):
        names = self.names or sorted(os.listdir("scan"))
        for k, name in enumerate(names):
            with open(os.path.join("scan", name), "rb") as f:
                data = f.read()
            path = os.path.join(self.folder, name)
            if self.before:
                self.before(k)
            with open(path if k % 2 else path + ".part", "wb") as f:
                for part in range(3):
                    f.write(data[len(data) * part // 3:len(data) * (part + 1) // 3])
                    f.flush()
                    time.sleep(self.rest)
            if k % 2 == 0:
                os.rename(path + ".part", path)
            self.closed[name] = time.time()


def voxel(*words):
    return subprocess.run([VOXEL, *words], capture_output=True, text=True, timeout=120)


def describe(run):
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}"


def read(path):
    with open(path, "rb") as f:
        return f.read()


def test_segment():
    """Whatever is known beforehand, the mask is that of the scan when it is complete."""
    common = ["--model", "model.safetensors", "--tile", "32", "-q"]
    ways = {"percentiles of the volume": ([], []),
            "a fixed range": (["--range", "fixed:15000:32000"], ["--count", str(DEPTH)]),
            "all of the range": (["--range", "full"], [])}
    for name, (settings, follow) in ways.items():
        writer = Writer("live")
        writer.start()
        run = voxel("segment", "live", *common, *settings, "--follow", "--follow-timeout", "4", *follow, "-o", "live.csv")
        writer.join()
        after = voxel("segment", "live", *common, *settings, "-o", "after.csv")
        tap.check(f"followed with {name}", run.returncode == 0 and after.returncode == 0
                  and read("live.csv") == read("after.csv"), describe(run) + describe(after))
    for axes, scale in ("z", ".7"), ("z,y", ".7"):
        words = [*common, "--range", "full", "--axes", axes, "--scale", scale]
        writer = Writer("live")
        writer.start()
        run = voxel("segment", "live", *words, "--follow", "--follow-timeout", "4", "-o", "live.csv")
        writer.join()
        after = voxel("segment", "live", *words, "-o", "after.csv")
        tap.check(f"followed along {axes}, rescaled by {scale}", run.returncode == 0 and after.returncode == 0
                  and len(read("live.csv").splitlines()) == DEPTH + 1 and read("live.csv") == read("after.csv"),
                  describe(run) + describe(after))
    names = sorted(os.listdir("scan"))
    writer = Writer("live", names[:9] + names[10:])
    writer.start()
    run = voxel("segment", "live", *common, "--follow", "--follow-timeout", "1", "-o", "gap.csv")
    writer.join()
    tap.check("a slice that is missing is named, and nothing written", run.returncode == 1
              and f"{names[9]}\" is missing" in run.stderr and not os.path.exists("gap.csv"), describe(run))
    for words, needle in ([["--count", "3"], "--follow"], [["--follow", "--slices", ":3"], "--count"],
                          [["--follow", "--mask", "scan"], "--mask"], [["--follow", "--follow-timeout", "-1"], "seconds"]):
        run = voxel("segment", "live", *common, *words, "-o", "no.csv")
        tap.check(f"refused: {' '.join(words)}", run.returncode == 2 and needle in run.stderr, describe(run))


def test_masks_come_soon():
    """A picture of every z slice's mask long before the scan is complete; at the end what the axes vote for."""
    shutil.rmtree("now", ignore_errors=True)
    os.mkdir("now")
    values = ["model=model.safetensors", "tile=32", "multiple=4", "batch=8", "wait=20000000"]

    def wait_for_picture(k):
        """The next slice is written when the mask of the one before has come: time is the chain's own."""
        deadline = time.time() + SOON
        while k > 0 and time.time() < deadline and not os.path.exists(f"now/{k - 1:05}.png"):
            time.sleep(.002)

    writer = Writer("live", rest=.002, before=wait_for_picture)
    writer.start()
    run = voxel("run", os.path.join(PIPELINES, "live.gst"), "scan=live", "preview=now/%05d.png", "output=live.tif",
                f"last={DEPTH - 1}", *values)
    writer.join()
    if 'no element "pngenc"' in run.stderr:
        tap.skip("masks come soon", "there is no pngenc")
        return
    late = [os.stat(f"now/{k:05}.png").st_mtime - writer.closed[name] if os.path.exists(f"now/{k:05}.png") else 99.
            for k, name in enumerate(sorted(writer.closed))]
    print(f"# from close to picture: median {sorted(late)[len(late) // 2]:.3f} s, at most {max(late):.3f} s")
    tap.check("masks come soon", run.returncode == 0 and len(late) == DEPTH and max(late) < SOON, describe(run))
    with open("after.gst", "w") as f:
        f.write("voxelsrc location=live ! voxelreslice ! voxelnormalize scope=slice "
                "! voxeltile size=32 overlap=.5 pad-multiple=4 ! voxelinfer model=model.safetensors "
                "! voxelstitch ! voxelvote ! voxelsink location=after.tif\n")
    after = voxel("run", "after.gst")
    tap.check("the voted mask is that of the complete scan",
              after.returncode == 0 and os.path.exists("live.tif") and read("live.tif") == read("after.tif"),
              describe(after))


def test_camera():
    """A live video as a volume; frames that are dropped are named."""
    chain = ("videotestsrc is-live=true num-buffers=40 pattern=ball ! video/x-raw,format=GRAY8,width=64,height=48,"
             "framerate=100/1 ! {drop} voxelstamp {count} ! voxelreslice hold=false ! voxelnormalize range=full "
             "! voxeltile size=32 pad-multiple=4 ! voxelinfer model=model.safetensors batch=5 batch-timeout=20000000 "
             "! voxelstitch ! voxelvote ! voxelrlesink location=camera.csv\n")
    for name, drop, count, said in (
            ("as many frames as promised", "", "count=40", None),
            ("frames without a number", "", "", None),
            ("dropped frames", "identity drop-probability=.3 !", "index=offset count=40", "of axis z of volume \"volume\""),
            ("too few frames", "", "count=50", "Slices 40 to 49 of volume \"volume\" are missing")):
        if os.path.exists("camera.csv"):
            os.remove("camera.csv")
        with open("camera.gst", "w") as f:
            f.write(chain.format(drop=drop, count=count))
        run = voxel("run", "camera.gst", "-q")
        if 'no element "videotestsrc"' in run.stderr:
            tap.skip("a camera", "there is no videotestsrc")
            return
        rows = len(read("camera.csv").splitlines()) if os.path.exists("camera.csv") else 0
        tap.check(f"a camera: {name}", (run.returncode == 0 and rows == 41) if not said else
                  (run.returncode == 1 and said in run.stderr and rows == 0), describe(run))


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_stacks(folder, (DEPTH, 48, 56))
    os.rename("slices", "scan")
    stack.make_model("model.safetensors")
    test_segment()
    test_masks_come_soon()
    test_camera()
    os.chdir("/")
tap.done()
