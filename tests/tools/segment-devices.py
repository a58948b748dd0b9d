# SPDX-License-Identifier: LGPL-2.1-or-later
"""voxel segment and voxel model info on devices that are none: the stand-ins that VOXEL_CUDA_MODULE and
VOXEL_CUDNN_LIBRARY name.

    segment-devices.py VOXEL SUPPORT    the program, the folder of tap.py and stack.py
"""
import json
import os
import subprocess
import sys
import tempfile

VOXEL, SUPPORT = (os.path.abspath(a) for a in sys.argv[1:3])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

SEGMENT = ["segment", "slices", "--model", "model.safetensors", "--tile", "32", "--axes", "z", "--views", "r0,r90",
           "--probability", "soft.tif", "-o", "mask.csv"]
OUTPUTS = ["mask.csv", "soft.tif"]


def voxel(*words, **world):
    """world: what the stand-in is like, such as devices=2."""
    env = dict(os.environ, **{f"VOXEL_STAND_IN_{k.upper()}": str(v) for k, v in world.items()})
    return subprocess.run([VOXEL, *words], env=env, capture_output=True, text=True, timeout=240)


def describe(run):
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}"


def segment(*words, **world):
    """A run and what it made."""
    for path in OUTPUTS:
        if os.path.exists(path):
            os.remove(path)
    run = voxel(*SEGMENT, *words, **world)
    return run, [open(p, "rb").read() for p in OUTPUTS if os.path.exists(p)]


def says(run, line):
    return any(said.startswith(line) for said in run.stdout.splitlines())


def refused(name, needle, *words, **world):
    run, made = segment(*words, **world)
    tap.check(name, run.returncode == 2 and needle in run.stderr and not made and not run.stdout, describe(run))


def test_mask():
    """A mask by fp32 is the CPU's; probabilities may differ in the last digit."""
    cpu, expected = segment("--backend", "cpu", "--precision", "fp32", "--threads", "2")
    tap.check("the CPU says who it is", says(cpu, "network: cpu, 2 threads, fp32") and len(expected) == 2, describe(cpu))
    cuda, made = segment("--backend", "cuda", "--precision", "fp32")
    tap.check("the mask of a device is the CPU's", cuda.returncode == 0 and made[:1] == expected[:1], describe(cuda))
    tap.check("a device says who it is", says(cuda, "network: cuda, stand-in 0, ") and ", fp32" in cuda.stdout
              and says(cuda, "devices had something to compute "), describe(cuda))
    two, again = segment("--backend", "cuda", "--precision", "fp32", "--devices", "1,0", "--batch", "3", devices=2)
    tap.check("two devices, another batch: the same bytes", again == made, describe(two))
    tap.check("two devices say who they are", says(two, "network: cuda, 2 devices: 1 stand-in 1, "), describe(two))
    auto, _ = segment("--json")
    report = json.loads(auto.stdout)
    tap.check("auto takes the device, in fp16", report["network"].startswith("cuda, stand-in 0, ") and
              report["network"].endswith(", fp16") and 0 < report["device-busy"] <= 1, describe(auto))
    auto, made = segment("--precision", "fp32", "--threads", "2", driver=0)
    tap.check("auto takes the CPU where there is no driver, and says nothing else", made == expected and
              says(auto, "network: cpu, 2 threads, fp32") and "driver" not in auto.stdout + auto.stderr, describe(auto))


def test_slicewise():
    """Without probabilities slices go to a device as a whole, to the same mask."""
    words = [w for w in SEGMENT if w not in ("--probability", "soft.tif")] + ["--precision", "fp32"]
    masks = []
    for name, more, world in [("the CPU", ["--backend", "cpu"], {}), ("a device", ["--backend", "cuda"], {}),
                              ("two devices", ["--backend", "cuda", "--devices", "all"], {"devices": 2}),
                              ("whole slices", ["--backend", "cuda", "--tile", "0"], {}),
                              ("whole slices of the CPU", ["--backend", "cpu", "--tile", "0"], {})]:
        run = voxel(*words, *more, **world)
        masks.append(open("mask.csv", "rb").read() if run.returncode == 0 else None)
        tap.check(f"slices on {name}", masks[-1] and says(run, "devices had something to compute ") ==
                  ("cuda" in more), describe(run))
        shown = voxel(*words, *more, "--dry-run", **world)
        tap.check(f"{name}: how", ("voxelsliceinfer" in shown.stdout) == ("cuda" in more), describe(shown))
    tap.check("the same mask", masks[0] == masks[1] == masks[2] and masks[3] == masks[4])
    shown = voxel(*SEGMENT, "--backend", "cuda", "--dry-run")
    tap.check("probabilities are made of tiles", "voxelsliceinfer" not in shown.stdout and "voxelstitch" in shown.stdout,
              describe(shown))


def test_refused():
    refused("no driver", "--backend cuda --precision auto: No NVIDIA driver", "--backend", "cuda", driver=0)
    refused("no such device", "--devices \"0,7\": there is no device 7; there are 2 devices: 0 stand-in 0, ",
            "--backend", "cuda", "--devices", "0,7", devices=2)
    refused("devices of the CPU", "--devices \"0\": the backend cpu has no devices", "--backend", "cpu", "--devices", "0")
    refused("a precision that nobody has", "fp16: Nobody computes in fp16 here. cuda: No NVIDIA driver",
            "--precision", "fp16", driver=0)
    run, made = segment("--backend", "cuda", "--dry-run", "--devices", "all")
    tap.check("devices in a dry run", run.returncode == 0 and "devices=all" in run.stdout and "backend=cuda" in run.stdout
              and not made, describe(run))


def test_resume():
    """What devices began no CPU goes on with, nor another precision or a device of another name; they themselves do."""
    words = ["--backend", "cuda", "--precision", "fp32", "--batch", "1", "--resume"]
    expected = segment(*words[:-1])[1]
    lost, made = segment(*words, "--devices", "0,1", devices=2, lost_at=300, leaks=1)
    tap.check("a device that is lost on the way", lost.returncode == 1 and "cudaErrorIllegalAddress" in lost.stderr and
              "the same command goes on" in lost.stderr and not made, describe(lost))
    for name, other in [("the CPU", ["--backend", "cpu"]), ("bf16", ["--precision", "bf16", "--devices", "0,1"]),
                        ("one of them", ["--devices", "1"])]:
        run, made = segment(*words, *other, devices=2)
        tap.check(f"{name} does not go on", run.returncode != 0 and "arithmetic" in run.stderr and not made, describe(run))
    run, made = segment(*words, "--devices", "1,0", devices=2)
    tap.check("both do, to the same mask", run.returncode == 0 and made == expected, describe(run))


def test_model_info():
    run = voxel("model", "info", "model.safetensors", "--backend", "cuda", "--precision", "fp16", "--tile", "32", "--time")
    tap.check("model info of a device", run.returncode == 0 and "cuda, fp16" in run.stdout and "memory fp16" in run.stdout
              and "memory bf16" not in run.stdout and "kernel:convert" in run.stdout, describe(run))
    run = voxel("model", "info", "model.safetensors", "--backend", "cuda", driver=0)
    tap.check("model info without a driver", run.returncode != 0 and "No NVIDIA driver" in run.stderr, describe(run))


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_stacks(".", (8, 40, 36))
    stack.make_model("model.safetensors", depth=1)
    test_mask()
    test_slicewise()
    test_refused()
    test_resume()
    test_model_info()
    os.chdir("/")
tap.done()
