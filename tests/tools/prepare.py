# SPDX-License-Identifier: LGPL-2.1-or-later
"""voxel prepare from outside: labelled stacks in, shards out.

    prepare.py VOXEL SUPPORT    the program, the folder of tap.py and stack.py
"""
import collections
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

VOXEL, SUPPORT = (os.path.abspath(a) for a in sys.argv[1:3])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

SHAPES = {"one": (40, 48, 56), "two": (33, 50, 44)}
PAIRS = ["one/slices", "one/labels", "two/slices", "two/labels"]
TILE = 40
COMMON = ["--tile", str(TILE), "--samples-per-shard", "100", "--json"]


def voxel(*words, **more):
    return subprocess.run([VOXEL, *words], capture_output=True, text=True, timeout=120, **more)


def describe(run):
    return f"exit code {run.returncode}\n{run.stdout}{run.stderr}"


def prepare(out, *words, pairs=PAIRS):
    """The summary of a run that must succeed, None where it does not."""
    run = voxel("prepare", *pairs, "-o", out, *COMMON, *words)
    if run.returncode != 0 or run.stderr and "--quiet" in words:
        tap.check(f"voxel prepare -o {out} {' '.join(words)}", False, describe(run))
        return None
    return json.loads(run.stdout)


def digest(out):
    """Of all that lies there, names included."""
    total = hashlib.sha256()
    for path in sorted(glob.glob(f"{out}/*")):
        total.update(os.path.basename(path).encode() + open(path, "rb").read())
    return total.hexdigest()


def samples(out):
    """Each sample of the shards as a dictionary of its record, and the bytes of image and label."""
    for path in sorted(glob.glob(f"{out}/*.tar")):
        parts = collections.defaultdict(dict)
        with tarfile.open(path) as tar:
            for member in tar:
                key, column = member.name.split(".", 1)
                parts[key][column] = tar.extractfile(member).read()
        for key, columns in parts.items():
            yield json.loads(columns["json"]), array(columns["image.npy"]), array(columns["label.npy"])


def array(npy):
    """The elements of a .npy file of version 1, as bytes or as numbers of 16 bits."""
    size = int.from_bytes(npy[8:10], "little")
    head, data = npy[10:10 + size].decode(), npy[10 + size:]
    return memoryview(data).cast("H") if "u2" in head else data


def place(record):
    return record["volume"], record["axis"], record["index"], record["tile"]["index"]


def expected_places(count=1):
    """Every slice of every axis; the names are those that voxelsrc gives."""
    return collections.Counter((name, axis, index, tile) for name, shape in zip(("slices", "slices#2"), SHAPES.values())
                               for axis, n in zip("zyx", shape) for index in range(n) for tile in range(count))


def test_samples():
    told = prepare("whole", "--count", "2")
    found = list(samples("whole"))
    n = 2 * sum(map(sum, SHAPES.values()))
    vessel = sum(record["vessel"] for record, _, _ in found) / len(found)
    tap.check("samples, shards and share of vessel are told",
              told["samples"] == len(found) == n and told["shards"] == len(glob.glob("whole/*.tar")) == -(-n // 100) and
              abs(told["vessel-share"] - vessel) < 1e-9 and told["samples-per-second"] > 0 and not told["warnings"], told)
    index = json.load(open(told["index"]))
    tap.check("the index counts them", sum(s["nsamples"] for s in index["shardlist"]) == n, index)
    places = collections.Counter(place(record) for record, _, _ in found)
    tap.check("every slice of every axis comes once", places == expected_places(2),
              (places - expected_places(2), expected_places(2) - places))
    axes = [record["axis"] for record, _, _ in found[:60]]
    tap.check("in random order", len(set(axes)) == 3 and axes != sorted(axes), axes)
    tap.check("labels stay binary", all(set(label) <= {0, 255} for _, _, label in found))
    tap.check("pictures are of the size asked for", all(len(image) == len(label) == TILE * TILE
                                                      for _, image, label in found))
    tap.check("and augmented", sum(len(record["augment"]) > 1 for record, _, _ in found) > n / 2)


def test_same_bytes():
    same = {name: prepare(name, *words, "--quiet") and digest(name) for name, words in {
        "threads-1": ["--threads", "1"], "threads-2": ["--threads", "2"], "threads-4": ["--threads", "4"],
        "from-disk": ["--memory-limit", "200K", "--scratch", "."]}.items()}
    tap.check("1, 2 and 4 threads and a scratch file give the same bytes", len(set(same.values())) == 1, same)
    prepare("seed-1", "--seed", "1", "--quiet")
    tap.check("another seed gives others", digest("seed-1") not in same.values())
    printed = voxel("prepare", *PAIRS, "-o", "by-hand", *COMMON, "--dry-run")
    tap.check("--dry-run writes nothing", printed.returncode == 0 and not os.path.exists("by-hand"), describe(printed))
    launch = shutil.which("gst-inspect-1.0")
    if launch and subprocess.run([launch, "voxelsrc"], capture_output=True).returncode == 0:
        run = subprocess.run(["sh", "-c", printed.stdout], capture_output=True, text=True, timeout=120)
        tap.check("the line it prints gives them too", run.returncode == 0 and digest("by-hand") == same["threads-1"],
                  describe(run))
    else:
        tap.skip("the line it prints gives them too", "no gst-launch-1.0 that loads the plugin")


def test_epochs():
    prepare("epochs", "--epochs", "2", "--quiet")
    epochs = [], []
    for record, image, label in samples("epochs"):
        epochs[record["epoch"]].append((place(record), bytes(image)))
    tap.check("each epoch has every slice once", all(collections.Counter(p for p, _ in epoch) == expected_places()
                                                    for epoch in epochs))
    first, second = map(dict, epochs)
    tap.check("in another order", [p for p, _ in epochs[0]] != [p for p, _ in epochs[1]])
    same = sum(first[p] == second[p] for p in first)
    tap.check("with other samples", same < len(first) / 10, f"{same} of {len(first)} are the same")


def read_stack(folder, bits):
    """The voxels of a stack that stack.py wrote, as a function of z, y and x."""
    planes = []
    for path in sorted(glob.glob(f"{folder}/*.tif")):
        raw = open(path, "rb").read()
        depth, height, width = SHAPES[os.path.dirname(folder)]
        planes.append(memoryview(raw[8:8 + height * width * bits // 8]).cast("H" if bits == 16 else "B"))
    return lambda z, y, x: planes[z][y * width + x]


def reflected(i, n):
    i %= 2 * (n - 1)
    return i if i < n else 2 * (n - 1) - i


def test_pixels():
    """Without augmentation a sample is what lies in the scan, and its label what lies there in the label."""
    side = 52
    prepare("plain", "--recipe", "none", "--range", "fixed:0:65535", "--foreground", "1", "--tile", str(side), "--quiet",
            pairs=PAIRS[:2])
    scan, truth = read_stack("one/slices", 16), read_stack("one/labels", 8)
    depth, height, width = SHAPES["one"]
    turn = {"z": (height, width, lambda s, r, c: (s, r, c)), "y": (width, depth, lambda s, r, c: (c, s, r)),
            "x": (depth, height, lambda s, r, c: (r, c, s))}
    wrong, bare, seen = [], [], 0
    for record, image, label in samples("plain"):
        rows, columns, voxel_of = turn[record["axis"]]
        left, top = record["tile"]["x"], record["tile"]["y"]
        voxels = [voxel_of(record["index"], reflected(top + y, rows), reflected(left + x, columns))
                  for y in range(side) for x in range(side)]
        if list(label) != [truth(*v) for v in voxels] or list(image) != [scan(*v) for v in voxels]:
            wrong.append(place(record))
        of_slice = any(truth(*voxel_of(record["index"], r, c)) for r in range(rows) for c in range(columns))
        bare += [place(record)] if of_slice and not record["vessel"] else []
        seen += of_slice
    tap.check("pixels and labels lie where the record says, sides too short are reflected", not wrong, wrong[:9])
    tap.check("with --foreground 1 each holds vessel where its slice has any", seen > 60 and not bare, (seen, bare[:9]))


def test_spacing():
    """Voxels of half the size: twice as many slices, the labels with them."""
    told = prepare("fine", "--spacing", "0.5", "--scan-spacing", "1", "--recipe", "none", "--quiet", pairs=PAIRS[:2])
    found = list(samples("fine"))
    tap.check("scans are resampled", told and len(found) == 2 * sum(SHAPES["one"]) and
              all(record["shape"] == [2 * n for n in SHAPES["one"]] for record, _, _ in found) and
              all(set(label) <= {0, 255} for _, _, label in found), told)


def test_oblique():
    told = prepare("oblique", "--oblique", "30", "--epochs", "2", "--recipe", "none", "--quiet")
    planes = collections.Counter(json.dumps([record["volume"], record["plane"]]) for record, _, _ in samples("oblique")
                                 if record["axis"] == "o")
    n = 2 * sum(map(sum, SHAPES.values()))
    tap.check("slices in random planes come too, none twice", told and told["samples"] == n + 120 and
              len(planes) == sum(planes.values()) == 120, (told, len(planes)))


def fails(name, code, words, *needles):
    run = voxel("prepare", *words)
    missing = [n for n in needles if n not in run.stderr]
    tap.check(name, run.returncode == code and not missing and run.stderr.startswith("voxel prepare: ") and
              run.stderr.count("\n") <= 3, f"without {missing}, {describe(run)}")


def test_bad_words():
    out = ["-o", "bad", "--quiet"]
    for name, words, needles in [
            ("no scan", out, ["which scans?"]), ("no labels", ["one/slices", *out], ["one/slices", "labels"]),
            ("no output", PAIRS, ["where to?"]),
            ("lists of other lengths", ["one/slices;two/slices", "one/labels", *out], ["names 2 stacks", "order"]),
            ("a list with a hole", ["one/slices;;two/slices", "one/labels;two/labels", *out], ["name 2 is empty"]),
            ("a name without a number", [*PAIRS, "-o", "bad/a.tar"], ["bad/a.tar", "%06d"]),
            ("no such axis", [*PAIRS, *out, "--axes", "z,w"], ["--axes z,w", "z,y,x"]),
            ("a share above 1", [*PAIRS, *out, "--foreground", "2"], ["--foreground 2", "from 0 to 1"]),
            ("a cut smaller than its tile", [*PAIRS, *out, "--tile", "64", "--cut", "40"], ["--cut 40", "--tile 64"]),
            ("no size", [*PAIRS, *out, "--memory-limit", "much"], ["--memory-limit", "4G"]),
            ("no spacing of the scan", [*PAIRS, *out, "--spacing", "2"], ["one/slices", "--scan-spacing"]),
            ("spacings of other units", [*PAIRS, *out, "--spacing", "2", "--scan-spacing", "1e6"], ["micrometres"]),
            ("no range", [*PAIRS, *out, "--range", "some"], ["--range some", "percentile"]),
            ("no such scratch", [*PAIRS, *out, "--scratch", "nowhere"], ["--scratch nowhere", "another folder"]),
            ("no such folder", [*PAIRS, "-o", "no/where/x/%d.tar"], ["no/where", "mkdir"]),
            ("a file in the folder's place", [*PAIRS, "-o", "one/slices/0000.tif/"], ["0000.tif"]),
            ("among the slices", [*PAIRS, "-o", "one/slices/x-%d.tar"], ["one/slices", "an input"])]:
        fails(name, 2, words, *needles)
    fails("more than any disk holds", 1, [*PAIRS, *out, "--epochs", "1000000", "--count", "65536"], "free", "--output")
    fails("no such stack", 1, ["nowhere", "one/labels", *out], "nowhere")
    fails("no such recipe", 1, [*PAIRS, *out, "--recipe", "frobnicate"], "frobnicate")
    tap.check("nothing was written", not os.path.exists("bad"), os.listdir("."))


def spoilt(name, spoil):
    shutil.copytree("one/labels", name)
    spoil(name)
    return name


def test_bad_labels():
    """Said before a sample is written, where headers tell; naming the file where pixels do."""
    out = ["-o", "bad", "--quiet", "--tile", "40"]
    depth, height, width = SHAPES["one"]

    def write(path, w, h, values):
        stack.write_tiff(path, w, h, 8, bytes(values))
    missing = spoilt("missing", lambda f: os.remove(f"{f}/0007.tif"))
    fails("a label is missing", 1, ["one/slices", missing, *out], "missing", "0007")
    smaller = spoilt("smaller", lambda f: [write(p, width, height - 1, bytes(width * (height - 1)))
                                           for p in glob.glob(f"{f}/*")])
    fails("labels of another size", 1, ["one/slices", smaller, *out], "smaller", f"{width} x {height}")
    grey = spoilt("grey", lambda f: write(f"{f}/0007.tif", width, height, (i % 256 for i in range(width * height))))
    fails("a label that is not binary", 1, ["one/slices", grey, *out], "grey/0007.tif", "label-threshold")
    fails("labels of another stack", 1, ["one/slices", "two/labels", *out], "two/labels")
    tap.check("no shard was written", not glob.glob("bad/*"), glob.glob("bad/*"))
    told = prepare("greys", "--label-threshold", "128", "--quiet", pairs=["one/slices", grey])
    tap.check("with a threshold it is taken", told and told["samples"] == sum(SHAPES["one"]), told)
    ignoring = spoilt("ignoring", lambda f: write(f"{f}/0007.tif", width, height, [7] * (width * height)))
    told = prepare("ignored", "--label-ignore", "7", "--label-weight", "0.5", "--recipe", "none", "--axes", "z", "--quiet",
                   pairs=["one/slices", ignoring])
    records = {record["index"]: (record["ignored"], record["weight"], set(label))
               for record, _, label in samples("ignored")}
    tap.check("what nobody knows is ignored, and background weighs less",
              told and records[7] == (1, .5, {128}) and records[8][0] == 0, records.get(7))


def test_earlier_run():
    prepare("again", "--quiet")
    before = digest("again")
    fails("shards of an earlier run", 1, [*PAIRS, "-o", "again", "--quiet"], "again/train-", "--force", "is there already")
    tap.check("they are as they were", digest("again") == before)
    told = prepare("again", "--force", "--axes", "z", "--quiet")
    tap.check("--force replaces them", told["samples"] == sum(s[0] for s in SHAPES.values()) == len(list(samples("again"))),
              told)


def test_stopped():
    """What stands under a final name is complete, whenever a run ends; the next one says so."""
    for name, number, code in ("killed", signal.SIGKILL, -signal.SIGKILL), ("interrupted", signal.SIGINT, 130):
        process = subprocess.Popen([VOXEL, "prepare", *PAIRS, "-o", name, "--tile", "40", "--samples-per-shard", "50",
                                    "--epochs", "200", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until = time.monotonic() + 60
        while len(glob.glob(f"{name}/*.tar")) < 3 and process.poll() is None and time.monotonic() < until:
            time.sleep(.005)
        process.send_signal(number)
        process.communicate(timeout=60)
        shards = sorted(glob.glob(f"{name}/*.tar"))
        counts = []
        for path in shards:
            with tarfile.open(path) as tar:
                counts.append(len(tar.getnames()))
        tap.check(f"{name}: complete shards stay, no index", process.returncode == code and len(shards) >= 3 and
                  set(counts) == {150} and not os.path.exists(f"{name}/train.json"), (process.returncode, counts))
        fails(f"{name}: the next run says so", 1, [*PAIRS, "-o", name, "--quiet"], "is there already", "stopped before")
        told = prepare(name, "--force", "--quiet")
        left = [n for n in os.listdir(name) if not re.fullmatch(r"train(-\d{6}\.tar|\.json)", n)]
        tap.check(f"{name}: --force begins anew and leaves nothing of it", told and not left and
                  len(list(samples(name))) == told["samples"], left)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for number, (name, shape) in enumerate(SHAPES.items()):
        stack.make_stacks(name, shape, number + 1)
    test_samples()
    test_same_bytes()
    test_epochs()
    test_pixels()
    test_spacing()
    test_oblique()
    test_bad_words()
    test_bad_labels()
    test_earlier_run()
    test_stopped()
    os.chdir("/")
tap.done()
