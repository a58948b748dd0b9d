# SPDX-License-Identifier: LGPL-2.1-or-later
"""voxel selftest from outside: what it prints, its exit codes, and the whole backend "cuda" on a device that is none.

    selftest.py SUPPORT PROGRAM… [-- MODULE CUDNN]    the folder of tap.py, the words before the options, the stand-ins
"""
import json
import os
import signal
import subprocess
import sys
import time

SUPPORT, *WORDS = sys.argv[1:]
PROGRAM, STAND_INS = (WORDS[:WORDS.index("--")], WORDS[WORDS.index("--") + 1:]) if "--" in WORDS else (WORDS, None)
sys.path.insert(0, SUPPORT)
import tap  # noqa: E402

NO_CUDA = {"VOXEL_CUDA_MODULE": "/nonexistent/module.so", "VOXEL_CUDNN_LIBRARY": "/nonexistent/cudnn.so"}


def selftest(*words, **environment):
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, timeout=280,
                          env={**os.environ, **NO_CUDA, **environment})


def describe(run):
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}"


def results(run):
    return json.loads(run.stdout)["results"] if run.returncode in (0, 1) else []


def test_help():
    run = selftest("--help")
    tap.check("--help tells the exit codes", run.returncode == 0 and "77 nothing to test" in run.stdout and
              "--quick" in run.stdout, describe(run))


def test_cpu():
    run = selftest("--backend", "cpu", "--quick", "--only", "conv*", "--threads", "1")
    tap.check("the CPU passes, in words", run.returncode == 0 and "cpu 0 fp32: " in run.stdout and
              "cpu 0 bf16: " in run.stdout and "\nconv1x1 " in run.stdout and "\npass: all" in run.stdout and
              run.stderr == "", describe(run))
    run = selftest("--backend", "cpu", "--quick", "--only", "unet", "--json", "--threads", "1", "--tile", "64")
    found = results(run)
    tap.check("the CPU passes, as JSON", [(r["group"], r["precision"], r["side"]) for r in found] ==
              [("cpu", "fp32", 32), ("network", "fp32", 64), ("network", "bf16", 64)] and
              all(r["passed"] for r in found) and 0 < found[2]["mean"] < found[2]["mean-bound"] and
              found[1]["ms"] > 0 and found[1]["arena"] > 0, describe(run))
    run = selftest("--backend", "reference", "--quick", "--only", "*pool2d", "--json")
    tap.check("the reference passes", len(results(run)) == 6, describe(run))


def refused(name, code, needle, *words):
    run = selftest(*words)
    tap.check(name, run.returncode == code and needle in run.stderr and "Traceback" not in run.stderr, describe(run))


def test_refused():
    refused("no device", 77, "CUDA", "--backend", "cuda")
    refused("a precision that the CPU has not", 77, "fp16", "--backend", "cpu", "--precision", "fp16")
    refused("a device that is not there", 77, "no device 3", "--backend", "cpu", "--device", "3")
    refused("no such backend", 2, "no backend abacus", "--backend", "abacus")
    refused("no such precision", 2, "--precision", "--precision", "fp12")
    refused("no such option", 2, "--help", "--slow")
    refused("a word too many", 2, '"cpu"', "cpu")
    refused("a tile out of range", 2, "--tile", "--tile", "-1")
    refused("nothing of that name", 2, "beads", "--backend", "cpu", "--only", "beads")
    run = selftest("--devices")
    tap.check("--devices tells what is missing", run.returncode == 77 and "cuda: " in run.stdout and
              "instructions" in run.stdout, describe(run))


def test_stopped(number, code):
    with subprocess.Popen([*PROGRAM, "--backend", "cpu", "--only", "*et"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        line = process.stdout.readline()
        time.sleep(.3)
        process.send_signal(number)
        rest, errors = process.communicate(timeout=120)
    tap.check(f"{signal.Signals(number).name} ends it", process.returncode == code and line.startswith("voxel ") and
              errors == "", f"exit code {process.returncode}\n{line}{rest}{errors}")


def test_stand_in():
    if not STAND_INS:
        tap.skip("the backend cuda on stand-ins", "this build has no CUDA backend")
        return
    module, cudnn = STAND_INS
    at = {"VOXEL_CUDA_MODULE": module, "VOXEL_CUDNN_LIBRARY": cudnn, "VOXEL_STAND_IN_DEVICES": "1"}
    run = selftest("--devices", **at)
    tap.check("a stand-in is called one", run.returncode == 0 and "cuda 0: stand-in" in run.stdout, describe(run))
    run = selftest("--backend", "auto", "--quick", "--only", "conv2d", **at)
    tap.check("auto takes the device", run.returncode == 0 and "cuda 0 fp16: " in run.stdout, describe(run))
    two = {**at, "VOXEL_STAND_IN_DEVICES": "2"}
    run = selftest("--backend", "cuda", "--quick", "--only", "relu", "--precision", "fp16", "--json", **two)
    tap.check("every device", [r["device"] for r in results(run)] == [0, 1], describe(run))
    run = selftest("--backend", "cuda", "--quick", "--only", "relu", "--precision", "fp16", "--json", "--device", "1", **two)
    tap.check("one of two devices", [r["device"] for r in results(run)] == [1], describe(run))
    run = selftest("--backend", "cuda", "--quick", "--only", "conv1x1", "--precision", "fp16", VOXEL_STAND_IN_NO_ENGINES="1", **at)
    tap.check("what a device cannot compute is told", run.returncode == 1 and "conv1x1, 2 pictures: " in run.stdout and
              "no engine" in run.stdout and "FAIL: 2 of 3" in run.stdout, describe(run))
    for only, n in ("*norm", 12), ("graphs", 4), ("conv1x1", 9), ("unet", 9):
        run = selftest("--backend", "cuda", "--quick", "--tile", "32", "--json", "--only", only, **at)
        found = results(run)
        tap.check(f"{only} on stand-ins at every precision", len(found) == n and all(r["passed"] for r in found) and
                  {r["precision"] for r in found} == {"fp32", "tf32", "fp16", "bf16"} and
                  all(r["cases"] > r["refused"] for r in found), describe(run))


test_help()
test_cpu()
test_refused()
test_stopped(signal.SIGINT, 130)
test_stopped(signal.SIGTERM, 143)
test_stand_in()
tap.done()
