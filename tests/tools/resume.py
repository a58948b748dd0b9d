# SPDX-License-Identifier: LGPL-2.1-or-later
"""voxel segment --resume: kill -9 at random moments, damaged states, other inputs, two at a time.

    resume.py VOXEL SUPPORT    the program, the folder of tap.py and stack.py

RESUME_KILLS: kills of each kind of run (3); RESUME_SEED: of their moments (1); RESUME_DAMAGE: cuts and flipped bits
of each file of a state (4); RESUME_SIDE: voxels along y (40), the other sides in proportion.
"""
import glob
import json
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

VOXEL, SUPPORT = (os.path.abspath(a) for a in sys.argv[1:3])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

KILLS = int(os.environ.get("RESUME_KILLS", 3))
DAMAGE = int(os.environ.get("RESUME_DAMAGE", 4))
SIDE = int(os.environ.get("RESUME_SIDE", 40))
RANDOM = random.Random(int(os.environ.get("RESUME_SEED", 1)))
SHAPE = (SIDE * 4 // 5, SIDE, SIDE * 6 // 5)
COMMON = ["slices", "--model", "model.safetensors", "--tile", "32", "--views", "r0,fh", "--threads", "1"]
LOG = "came.log"


def voxel(*words):
    return subprocess.run([VOXEL, *words], capture_output=True, text=True, timeout=300)


def describe(run):
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}"


def content(path):
    """A file's bytes, or those of all files in a folder."""
    if os.path.isdir(path):
        return {os.path.basename(p): content(p) for p in sorted(glob.glob(os.path.join(path, "*")))}
    with open(path, "rb") as f:
        return f.read()


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)


def records(path):
    """Slices that a journal holds, as they follow each other; a torn one at the end is none."""
    found = []
    if not os.path.exists(path):
        return found
    data = content(path)
    at = 120
    while at + 40 <= len(data):
        axis, index, size = (*struct.unpack_from("<II", data, at + 4), struct.unpack_from("<Q", data, at + 24)[0])
        at += 40 + size
        if data[at - 40 - size:][:4] != b"vote" or at > len(data):
            break
        found.append(("zyx"[axis], index))
    return found


def came():
    """Slices that came to each voter since the last call."""
    found = {}
    if os.path.exists(LOG):
        for line in open(LOG, errors="replace"):
            match = re.search(r"<(voxelvote\d+)>.* slice (\d+) of axis ([zyx])$", line)
            if match:
                found.setdefault(match[1], []).append((match[3], int(match[2])))
        os.remove(LOG)
    return found


class Kind:
    """A command line, what it makes in one go, and how long that takes."""

    def __init__(self, name, axes, outputs, *words, again=1, scale=(1, 1, 1)):
        """again: slices of an axis that may come twice where a run goes on; scale: how many the network sees for one."""
        self.again = again
        self.name, self.axes, self.outputs = name, axes, [f"{name}-{o}" for o in outputs]
        self.journals = ["votes.journal"]
        self.words = ["segment", *COMMON, "--axes", axes, *words]
        for kind, output in zip(outputs, self.outputs):
            soft = kind == "soft.tif"
            self.words += ["--probability" if soft else "-o", output]
            self.journals += ["probability.journal"] * soft
        self.state = self.outputs[0].rstrip("/") + ".voxel-run"
        began = time.monotonic()
        run = voxel(*self.words, "--quiet")
        self.seconds = time.monotonic() - began
        tap.check(f"{name}: in one go", run.returncode == 0 and not os.path.exists(self.state), describe(run))
        self.expected = {output: content(output) for output in self.outputs}
        self.slices = sum(int(SHAPE["zyx".index(a)] * scale["zyx".index(a)] + .5) for a in axes.split(","))
        self.clear()

    def clear(self):
        for output in self.outputs:
            remove(output)
        remove(self.state)
        remove(self.state + ".done")

    def is_right(self):
        return all(os.path.exists(o) and content(o) == e for o, e in self.expected.items())

    def records(self):
        return [records(os.path.join(self.state, j)) for j in self.journals]

    def start(self, *more, log=True):
        env = dict(os.environ, GST_DEBUG="voxelvote:6", GST_DEBUG_FILE=LOG, GST_DEBUG_NO_COLOR="1") if log else None
        return subprocess.Popen([VOXEL, *self.words, "--resume", *more], env=env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run(self, *more):
        return voxel(*self.words, "--resume", *more)

    def killed(self, share):
        """A state in which about a share of all slices is done; a run may end before anybody looks."""
        for _ in range(10):
            self.clear()
            process = self.start(log=False)
            while process.poll() is None and len(self.records()[0]) < share * self.slices:
                time.sleep(.002)
            process.kill()
            process.communicate()
            if os.path.exists(os.path.join(self.state, self.journals[0])):
                return True
        return False


def test_kills(kind):
    """Each run is killed until enough kills are done, and goes on until it is complete."""
    kills = runs = again = worst = 0
    remove(LOG)
    while kills < KILLS:
        complete = False
        runs += 1
        total = 0
        while not complete:
            before = [len(r) for r in kind.records()]
            process = kind.start("--json")
            if kills < KILLS:
                try:
                    process.wait(RANDOM.uniform(.02, kind.seconds))
                except subprocess.TimeoutExpired:
                    pass
            if process.poll() is None and kills < KILLS:
                process.kill()
                kills += 1
            out, err = process.communicate(timeout=300)
            seen = came()
            after = [len(r) for r in kind.records()]
            total += max(map(len, seen.values()), default=0)
            if process.returncode == -signal.SIGKILL:
                # What came and is not in the journal comes once more; each voter may be ahead of the other.
                if os.path.exists(os.path.join(kind.state, "run.json")):
                    worst = max([worst, *(len(s) - (b - a) for s, a, b in zip(seen.values(), before, after))])
                if glob.glob(kind.state + "*") or not kind.is_right():
                    continue
            complete = True
            if process.returncode not in (0, -signal.SIGKILL):
                tap.check(f"{kind.name}: goes on after a kill", False, f"{process.returncode}\n{out}{err}")
                return
            if process.returncode == 0 and json.loads(out).get("slices-run", 0) != len(next(iter(seen.values()), [])):
                tap.check(f"{kind.name}: tells how many slices it ran", False, f"{out}{seen}")
        again += total - kind.slices
        if not kind.is_right() or glob.glob(kind.state + "*") or glob.glob(".*.voxel-*"):
            tap.check(f"{kind.name}: the same after kills", False, f"kill {kills}: {os.listdir('.')}")
            return
        kind.clear()
    tap.check(f"{kind.name}: the same after {kills} kills of {runs} runs", True)
    axes = kind.axes.count(",") + 1
    tap.check(f"{kind.name}: {again} of {runs * kind.slices} slices came twice, at most {worst} a kill",
              worst <= axes * kind.again and again <= (kills + runs) * axes * kind.again)


def outcome(kind):
    """Of a run on a state that was tampered with."""
    run = kind.run("--quiet")
    if run.returncode == 0:
        return "right" if kind.is_right() else "WRONG"
    told = kind.state in run.stderr and ("anew" in run.stderr)
    return "refused" if told and not any(os.path.exists(o) for o in kind.outputs) else f"WRONG {describe(run)}"


def test_damage(kind):
    """A state that is cut short or altered is refused, or what was changed is not used."""
    if not kind.killed(.6):
        tap.check(f"{kind.name}: a state to damage", False)
        return
    shutil.copytree(kind.state, "kept")
    commits = {j: content(f"kept/{j}.commit").decode() for j in kind.journals}
    committed = {j: int(re.search(r"bytes (\d+)", c)[1]) for j, c in commits.items()}
    # Of a run that was faster than its first commit nothing was promised.
    empty = {j for j, c in commits.items() if re.search(r"records 0\n", c)}
    counts, wrong = {}, []

    def attempt(name, data, what, must):
        kind.clear()
        shutil.copytree("kept", kind.state)
        path = os.path.join(kind.state, name)
        if data is None:
            os.remove(path)
        else:
            with open(path, "wb") as f:
                f.write(data)
        result = outcome(kind)
        counts[result[:7]] = counts.get(result[:7], 0) + 1
        if "WRONG" in result or (must and result != "refused"):
            wrong.append(f"{name} {what}: {result}")

    for name in sorted(os.listdir("kept")):
        data = content(os.path.join("kept", name))
        is_journal, is_lock = name in kind.journals, name == "lock"
        end = committed.get(name, len(data))
        if is_lock or name.endswith(".new"):
            continue
        attempt(name, None, "removed", name not in empty)
        for i in range(DAMAGE):
            cut = 0 if i == 0 else RANDOM.randrange(len(data))
            attempt(name, data[:cut], f"cut to {cut} of {len(data)}", cut < end if is_journal else True)
            at = RANDOM.randrange(len(data)) if i % 2 or not is_journal else RANDOM.randrange(min(end, 300))
            flipped = bytearray(data)
            flipped[at] ^= 1 << RANDOM.randrange(8)
            # Blanks of JSON mean nothing.
            attempt(name, bytes(flipped), f"flipped at {at} of {len(data)}",
                    at < end if is_journal else not data[at:at + 1].isspace())
    tap.check(f"{kind.name}: damaged states: {counts}", not wrong, "\n".join(wrong))
    kind.clear()
    shutil.copytree("kept", kind.state)
    tap.check(f"{kind.name}: the undamaged one goes on", outcome(kind) == "right")
    shutil.rmtree("kept")
    kind.clear()


def refused(kind, name, needle, *more, code=2):
    run = kind.run(*more)
    tap.check(f"refused: {name}", run.returncode == code and needle in run.stderr and "anew" in run.stderr and
              not any(os.path.exists(o) for o in kind.outputs), describe(run))


def test_other_runs(kind):
    """Anything that changes the votes is refused by name, and the state is left as it was."""
    if not kind.killed(.4):
        tap.check("a state to go on with", False)
        return
    before = content(kind.state)
    run = voxel(*kind.words)
    tap.check("refused: no --resume", run.returncode == 2 and "--resume" in run.stderr and "rm -r" in run.stderr,
              describe(run))
    refused(kind, "another threshold", "option threshold was 0.5, is 0.4", "--threshold", "0.4")
    refused(kind, "other views", "option views was r0,fh, is r0", "--views", "r0")
    refused(kind, "another range", "option high was 99.9, is 99", "--range", "percentile:0.1:99")
    refused(kind, "a part of it", "option first was not there, is 0", "--slices", "0:10")
    refused(kind, "probabilities too", "option probability was no, is yes", "--probability", "p.tif")
    refused(kind, "another arithmetic", "the arithmetic", "--backend", "reference")
    refused(kind, "a mask", "the mask was not there, is given", "--mask", "labels")
    stack.make_model("other.safetensors", seed=2)
    refused(kind, "another model", "SHA-256 of the model file was", "--model", "other.safetensors")
    status = os.stat("slices/0003.tif")
    os.utime("slices/0003.tif", ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    refused(kind, "a changed slice", "file 0003.tif of the scan was 1 pages")
    os.utime("slices/0003.tif", ns=(status.st_atime_ns, status.st_mtime_ns))
    shutil.copy("slices/0003.tif", "slices/9999.tif")
    refused(kind, "one slice more", "file 9999.tif of the scan was not there")
    os.remove("slices/9999.tif")
    os.rename("slices/0003.tif", "kept.tif")
    refused(kind, "one slice less", "is not there")
    os.rename("kept.tif", "slices/0003.tif")
    tap.check("the state is as it was", content(kind.state) == before)
    run = kind.run("--memory-limit", "1M", "--batch", "3", "--threads", "2", "--json")
    tap.check("memory, batch and threads may differ", run.returncode == 0 and kind.is_right() and
              json.loads(run.stdout)["slices-resumed"] > 0, describe(run))
    kind.clear()
    run = kind.run("--state", "elsewhere", "--dry-run")
    tap.check("--dry-run makes no state", run.returncode == 0 and "journal=elsewhere/votes.journal" in run.stdout and
              not os.path.exists("elsewhere"), describe(run))
    run = voxel(*kind.words, "--state", "elsewhere")
    tap.check("--state alone", run.returncode == 2 and "--resume" in run.stderr, describe(run))
    run = kind.run("--state", "nowhere/at/all")
    tap.check("--state in no folder", run.returncode == 1 and "nowhere/at/all" in run.stderr, describe(run))


def test_at_a_time(kind):
    kind.clear()
    first = kind.start(log=False)
    while first.poll() is None and not kind.records()[0]:
        time.sleep(.005)
    second = kind.run()
    first.communicate(timeout=300)
    tap.check("two with one state", first.returncode == 0 and second.returncode == 1 and
              "in use" in second.stderr and kind.is_right(), describe(second))
    kind.clear()


def test_interrupt(kind):
    for number in (signal.SIGINT, signal.SIGTERM):
        before = len(records("elsewhere/votes.journal"))
        process = kind.start("--state", "elsewhere", log=False)
        while process.poll() is None and len(records("elsewhere/votes.journal")) < before + kind.slices / 5:
            time.sleep(.005)
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
        tap.check(f"{number.name}: says how to go on", process.returncode == 128 + number and
                  "kept in elsewhere" in err and len(records("elsewhere/votes.journal")) > 0 and
                  not any(os.path.exists(o) for o in kind.outputs), f"{process.returncode}\n{out}{err}")
    run = kind.run("--state", "elsewhere")
    tap.check("and goes on", run.returncode == 0 and kind.is_right() and "resumed: " in run.stdout and
              not os.path.exists("elsewhere"), describe(run))
    kind.clear()


def test_full_disk(kind):
    """A limit on the size of files stands for a full disk."""
    limit = [lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))]
    runs = [subprocess.run([VOXEL, *kind.words, "--resume"], capture_output=True, text=True, timeout=300, preexec_fn=p)
            for p in [*limit, *limit, None]]
    tap.check("a full disk: says how to go on", all(run.returncode == 1 and "votes.journal" in run.stderr and
              f"kept in {kind.state}" in run.stderr for run in runs[:2]), "".join(map(describe, runs)))
    tap.check("and goes on once there is room", runs[2].returncode == 0 and kind.is_right() and
              "resumed: " in runs[2].stdout, describe(runs[2]))
    kind.clear()


def test_end(kind):
    """Killed when all votes are there, and when only the state was left to be removed."""
    if not kind.killed(1):
        tap.skip("all votes are there", "it was quicker")
    else:
        run = kind.run("--json")
        tap.check("all votes are there: one slice is run again", run.returncode == 0 and kind.is_right() and
                  json.loads(run.stdout)["slices-run"] <= 2, describe(run))
    kind.killed(.5)
    shutil.copytree(kind.state, "kept")
    kind.run("--quiet")
    shutil.copytree("kept", kind.state)
    os.rename(os.path.join(kind.state, "run.json"), kind.state + ".done")
    run = kind.run("--json")
    tap.check("complete but for its state", run.returncode == 0 and json.loads(run.stdout)["slices-run"] == 0 and
              kind.is_right() and not glob.glob(kind.state + "*"), describe(run))
    shutil.copytree("kept", kind.state)
    os.rename(os.path.join(kind.state, "run.json"), kind.state + ".done")
    os.remove(kind.outputs[0])
    run = kind.run("--json")
    tap.check("an output is gone: anew", run.returncode == 0 and json.loads(run.stdout)["slices-run"] == kind.slices and
              kind.is_right(), describe(run))
    shutil.rmtree("kept")
    kind.clear()


def test_neighbours(kind):
    """The first new slice looks back at slices that were done before."""
    wrong = []
    for share in (.1, .25, .4, .55, .7, .85):
        kind.killed(share)
        run = kind.run("--quiet")
        if run.returncode or not kind.is_right():
            wrong.append(f"{share}: {describe(run)}")
        kind.clear()
    tap.check("neighbours of slices that were done before", not wrong, "\n".join(wrong))


def test_left_out_axes():
    """Slices smaller than the tile, with edge=skip: such axes are promised by nobody."""
    kind = Kind("flat", "z,y,x", ["m.csv"], "--slices", "0:20", "--edge", "skip")
    kind.slices = SHAPE[0]
    kind.killed(.1)
    run = kind.run("--json")
    tap.check("axes that are left out", run.returncode == 0 and kind.is_right(), describe(run))
    kind.clear()


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_stacks(".", SHAPE)
    stack.make_model("model.safetensors")
    stack.make_model("five.safetensors", channels=5, preprocess={"channels": "neighbours"})
    three = Kind("three", "z,y,x", ["m.tif", "m.csv"])
    test_kills(three)
    test_damage(three)
    test_other_runs(three)
    test_at_a_time(three)
    test_interrupt(three)
    test_full_disk(three)
    test_end(three)
    for kind in [Kind("z", "z", ["m.csv", "m/"]),
                 Kind("soft", "y,z,x", ["m.tif", "soft.tif"], "--vote", "union", "--threshold", "0.3"),
                 Kind("mean", "x,z", ["m.tif"], "--vote", "mean", "--memory-limit", "64k"),
                 Kind("rescaled", "z,x", ["m.csv", "soft.tif"], "--spacing", "8", "--scan-spacing", "12,10,10", "--scale", "1.1",
                      scale=(1.65, 1.375, 1.375)),
                 Kind("neighbours", "z,y,x", ["m.tif"], "--model", "five.safetensors", again=3)]:
        test_kills(kind)
    test_neighbours(kind)
    test_left_out_axes()
    os.chdir("/")
tap.done()
