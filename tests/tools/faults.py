# SPDX-License-Identifier: LGPL-2.1-or-later
"""What goes wrong around the command: full and locked disks, folders that vanish, broken models, odd stacks.

    faults.py VOXEL SUPPORT    the program, the folder of tap.py and stack.py

Each must end at once with a line that names the file, the cause and a remedy, an exit code that is not 0, and
nothing left behind. Small disks are mounted in a namespace of this process; where that is not allowed the same
is tried with a limit on the size of files, and said.
"""
import contextlib
import copy
import ctypes
import glob
import json
import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zipfile

VOXEL, SUPPORT = (os.path.abspath(a) for a in sys.argv[1:3])
sys.path.insert(0, SUPPORT)
import stack  # noqa: E402
import tap  # noqa: E402

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, MS_RDONLY, MS_REMOUNT, MS_REC, MS_PRIVATE = 0x20000, 1, 32, 16384, 1 << 18
SEGMENT = ["segment", "slices", "--tile", "64", "--views", "r0", "--overlap", "0", "--threads", "1", "--quiet"]
TIMEOUT = 120


def call(words, **more):
    try:
        return subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT, **more)
    except subprocess.TimeoutExpired as late:
        return subprocess.CompletedProcess(words, "it hangs", "", f"it hangs: {late}")


def voxel(*words, **more):
    return call([VOXEL, *words], **more)


def pipeline(text, **more):
    with open("fault.gst", "w") as f:
        f.write(text + "\n")
    return voxel("run", "fault.gst", "--quiet", **more)


def refused(name, run, *needles, codes=(1,)):
    """The run's code, every needle in what it says, and that it says it in few lines."""
    missing = [n for n in needles if n not in run.stderr]
    tap.check(name, run.returncode in codes and not missing and run.stderr.count("\n") <= 3,
              f"exit code {run.returncode}, without {missing}\n{run.stdout}{run.stderr}")


def everything(folder):
    return sorted(os.path.relpath(os.path.join(at, n), folder) for at, _, names in os.walk(folder) for n in names)


def may_mount():
    if LIBC.unshare(CLONE_NEWNS) != 0:
        return False
    if LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) != 0:
        return False
    with disk("64k") as mounted:
        return mounted


@contextlib.contextmanager
def disk(size, read_only=False):
    """A disk of that size at full/."""
    os.makedirs("full", exist_ok=True)
    where = os.path.abspath("full").encode()
    mounted = LIBC.mount(b"none", where, b"tmpfs", 0, f"size={size}".encode()) == 0
    if mounted and read_only:
        mounted = LIBC.mount(b"none", where, b"tmpfs", MS_REMOUNT | MS_RDONLY, None) == 0
    try:
        yield mounted
    finally:
        if mounted:
            LIBC.umount2(where, 2)


CHAIN = ("voxelsrc location=slices ! voxelreslice ! voxelnormalize ! voxeltile size=64 ! voxelinfer threads=1 "
         "model=model.safetensors ! voxelstitch ! voxelvote mode=mean memory-limit=1 scratch=full ! fakesink")
JOURNAL = CHAIN.replace("memory-limit=1 scratch=full", "journal=full/votes")
MODEL = ["--model", "model.safetensors"]
# What is run, bytes of the disk, what is named.
WRITERS = {
    "run lengths": (lambda: pipeline("voxelsrc location=slices ! voxelrlesink threshold=0.5 location=full/m.csv"),
                    4096, "full/m.csv"),
    "a stack": (lambda: pipeline("voxelsrc location=slices ! voxelsink location=full/m.tif"), 65536, "full/m.tif"),
    "a stack without compression": (
        lambda: pipeline("voxelsrc location=slices ! voxelsink compression=none location=full/m.tif"), 65536,
        "full/m.tif"),
    "a BigTIFF": (lambda: pipeline("voxelsrc location=slices ! voxelsink bigtiff=always location=full/m.tif"), 65536,
                  "full/m.tif"),
    "a file a slice": (lambda: pipeline("voxelsrc location=slices ! voxelsink compression=none location=full/m/"),
                       8192, "full/m/0000.tif"),
    "segment's mask": (lambda: voxel(*SEGMENT, *MODEL, "--axes", "z", "-o", "full/m.tif"), 4096, "full/m.tif"),
    "segment's probability": (lambda: voxel(*SEGMENT, *MODEL, "--axes", "z", "-o", "m.csv", "--probability",
                                            "full/p.tif"), 65536, "full/p.tif"),
    "shards": (lambda: pipeline("voxelsrc location=slices labels=labels ! voxelshardsink location=full/%d.tar"), 65536,
               "full/0.tar"),
    "prepare's shards": (lambda: voxel("prepare", "slices", "labels", "--tile", "64", "--quiet", "-o", "full/s"), 65536,
                         "full"),
    "a stock sink": (lambda: pipeline("voxelsrc location=slices ! filesink location=full/raw"), 8192, "full/raw"),
    "a phantom": (lambda: voxel("phantom", "full/out", "--size", "64"), 65536, "full/out/"),
    "a phantom's first slice": (lambda: voxel("phantom", "full/out", "--size", "64"), 8192, "full/out/"),
    "a picture": (lambda: voxel("view", "slices", "-o", "full/x.png"), 8192, "full/x.png"),
    "the volume's scratch": (
        lambda: pipeline("voxelsrc location=slices ! voxelreslice memory-limit=1 scratch=full ! fakesink"), 65536,
        "full"),
    "the votes' scratch": (lambda: pipeline(CHAIN), 65536, "full"),
    "the votes' journal": (lambda: pipeline(JOURNAL), 65536, "full/votes"),
    "segment's state": (lambda: voxel(*SEGMENT, *MODEL, "--resume", "--state", "full/run", "-o", "m.csv"), 16384,
                        "full"),
    "segment's scratch": (lambda: voxel(*SEGMENT, *MODEL, "--memory-limit", "100K", "--scratch", "full", "-o",
                                             "m.csv"), 65536, "full"),
}
# What is said besides the name, by the writer's or the last word of it; the rest says "make room" and "ulimit".
SPACE = {"scratch": ["are free", "another directory"], "segment's scratch": ["free", "--scratch", "make room"],
         "prepare's shards": ["free", "--output", "make room"],
         "state": ["free", "--state", "make room"], "sink": ["No space left"]}
FULL = ["No space left", "make room"]
REMEDIES = {"scratch": "another directory", "journal": "make room", "state": "ulimit"}


def nothing_stays(name):
    """Neither an output nor a part of it; journals are to go on from, and stock elements do as they do."""
    left = [n for n in everything("full") if n not in ("votes", "votes.commit", "raw") and not n.startswith("run/")]
    tap.check(name, not left and not os.path.exists("m.csv"), everything("full"))


def test_full_disk(mounts):
    """Every place that writes, on a disk too small for it."""
    for name, (run, size, named) in WRITERS.items():
        if not mounts:
            tap.skip(f"{name}: no space", "no disk can be mounted here")
            continue
        with disk(size):
            refused(f"{name}: no space", run(), named, *SPACE.get(name, SPACE.get(name.split()[-1], FULL)))
            nothing_stays(f"{name}: nothing stays")


def test_room_made(mounts):
    """A run that found the disk of its journal full goes on once there is room."""
    if not mounts:
        tap.skip("a journal goes on when there is room", "no disk can be mounted here")
        return
    with disk(65536):
        first = pipeline(JOURNAL)
        held = os.path.getsize("full/votes")
        LIBC.mount(b"none", os.path.abspath("full").encode(), b"tmpfs", MS_REMOUNT, b"size=16m")
        second = pipeline(JOURNAL)
        tap.check("a journal goes on when there is room", first.returncode == 1 and second.returncode == 0 and
                  0 < held < os.path.getsize("full/votes"), first.stderr + second.stderr)


def test_limited_files():
    """The same where files may only grow so far: the first write that fails tells, no signal kills."""
    for name, (run, size, named) in WRITERS.items():
        shutil.rmtree("full", ignore_errors=True)
        os.makedirs("full")
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (min(size, 4096), old[1]))
        try:
            done = run()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
        if "stock" in name:
            refused(f"{name}: files may not grow", done, named)
            continue
        refused(f"{name}: files may not grow", done, named, "File too large", REMEDIES.get(name.split()[-1], "ulimit"))
        nothing_stays(f"{name}: nothing stays then")


def test_locked_places(mounts):
    for name, run, named in [
            ("run lengths", lambda: pipeline("voxelsrc location=slices ! voxelrlesink threshold=0.5 "
                                             "location=full/m.csv"), "full/m.csv"),
            ("a stack", lambda: pipeline("voxelsrc location=slices ! voxelsink location=full/m.tif"), "full/m.tif"),
            ("a file a slice", lambda: pipeline("voxelsrc location=slices ! voxelsink location=full/m/"), "full/m"),
            ("segment", lambda: voxel(*SEGMENT, *MODEL, "-o", "full/m.tif"), "full/m.tif"),
            ("shards", lambda: pipeline("voxelsrc location=slices labels=labels ! voxelshardsink location=full/%d.tar"),
             "full/0.tar"),
            ("prepare", lambda: voxel("prepare", "slices", "labels", "--quiet", "-o", "full"), "full"),
            ("a phantom", lambda: voxel("phantom", "full/out", "--size", "64"), "full/out"),
            ("a picture", lambda: voxel("view", "slices", "-o", "full/x.png"), "full/x.png"),
            ("scratch", lambda: voxel(*SEGMENT, *MODEL, "-o", "m.csv", "--memory-limit", "100K", "--scratch", "full"),
             "full")]:
        if not mounts:
            tap.skip(f"{name}: read-only", "no disk can be mounted here")
            continue
        with disk("1m", read_only=True):
            refused(f"{name}: read-only", run(), named, "Read-only", codes=(1, 2))
    with open("/dev/full", "w") as full:
        run = subprocess.run([VOXEL, "score", "labels", "labels", "--json"], stdout=full, stderr=subprocess.PIPE,
                             text=True)
    refused("results on a full disk", run, "standard output")
    with open("plain", "w") as f:
        f.write("x")
    for name, run in [
            ("run lengths", lambda: pipeline("voxelsrc location=slices ! voxelrlesink threshold=0.5 "
                                             "location=plain/m.csv")),
            ("a stack", lambda: pipeline("voxelsrc location=slices ! voxelsink location=plain/m.tif")),
            ("a file a slice", lambda: pipeline("voxelsrc location=slices ! voxelsink location=plain/m/")),
            ("segment", lambda: voxel(*SEGMENT, *MODEL, "-o", "plain/m.tif")),
            ("prepare", lambda: voxel("prepare", "slices", "labels", "--quiet", "-o", "plain/%d.tar")),
            ("a phantom", lambda: voxel("phantom", "plain/out", "--size", "64")),
            ("a picture", lambda: voxel("view", "slices", "-o", "plain/x.png"))]:
        refused(f"{name}: a file where a folder should be", run(), "plain", codes=(1, 2))
    tap.check("the file is as it was", open("plain").read() == "x")


def while_running(name, out, spoil, *needles):
    """A slow run to out, spoilt when its temporary file is there."""
    folder = os.path.dirname(out)
    os.makedirs(folder, exist_ok=True)
    sink = "voxelrlesink threshold=0.5" if out.endswith(".csv") else "voxelsink"
    with open("slow.gst", "w") as f:
        f.write(f"voxelsrc location=slices stop-index=15 ! identity sleep-time=50000 ! {sink} location={out}\n")
    process = subprocess.Popen([VOXEL, "run", "slow.gst", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    until = time.monotonic() + TIMEOUT
    while not os.listdir(folder) and process.poll() is None and time.monotonic() < until:
        time.sleep(.01)
    spoil()
    try:
        output, error = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        output, error = process.communicate()
    refused(name, subprocess.CompletedProcess([], process.returncode, output, error), out, *needles)


def test_vanishing_places():
    for out in "gone/m.csv", "gone/m.tif":
        while_running(f"{out}: the folder goes", out, lambda: shutil.rmtree("gone"), "No such file", "folder is gone")
        tap.check(f"{out}: it stays gone", not os.path.exists("gone"))
        while_running(f"{out}: a folder takes the name", out, lambda: os.makedirs(os.path.join(out, "in")),
                      "Is a directory", "another name")
        tap.check(f"{out}: no temporary file stays", not everything("gone"), everything("gone"))
        shutil.rmtree("gone")


def tensors_and_data(path):
    raw = open(path, "rb").read()
    length = struct.unpack("<Q", raw[:8])[0]
    return json.loads(raw[8:8 + length]), raw[8 + length:], 8 + length


def save_model(path, header, data):
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def without(header, data, name):
    begin, end = header.pop(name)["data_offsets"]
    for key, tensor in header.items():
        if key != "__metadata__" and tensor["data_offsets"][0] >= end:
            tensor["data_offsets"] = [o - (end - begin) for o in tensor["data_offsets"]]
    return data[:begin] + data[end:]


def with_record(header, **fields):
    record = json.loads(header["__metadata__"]["voxel"])
    record.update(fields)
    header["__metadata__"]["voxel"] = json.dumps(record)


def with_value(header, data, name, value):
    at = header[name]["data_offsets"][0]
    return data[:at] + struct.pack("<f", value) + data[at + 4:]


def prefixed(header, prefix):
    for name in [n for n in header if n != "__metadata__"]:
        header[prefix + name] = header.pop(name)


def zipped(path):
    """As torch.save() writes: a zip archive with a pickle in it, the elements beside that."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("net/data.pkl", b"\x80\x02}q\x00.")
        archive.writestr("net/version", b"3\n")


def broken_models():
    """Names of a broken file, how it is made of a good one, and what must be said."""
    good, data, begin = tensors_and_data("model.safetensors")
    whole = open("model.safetensors", "rb").read()
    first = "down.0.0.weight"

    def changed(change):
        header = copy.deepcopy(good)
        result = change(header)
        save_model("bad.safetensors", header, result if isinstance(result, bytes) else data)

    def contents(text):
        with open("bad.safetensors", "wb") as f:
            f.write(text)

    yield "a tensor is missing", lambda: changed(lambda h: without(h, data, "head.bias")), ["head.bias", "[1]",
                                                                                         "missing", "export"]
    yield "a tensor too many", lambda: changed(lambda h: [h.update(
        more={"dtype": "F32", "shape": [1], "data_offsets": [len(data), len(data) + 4]}), data + bytes(4)][1]), [
        "Tensor more", "belongs to no layer", "export"]
    yield "another shape", lambda: changed(lambda h: h[first].update(shape=[36, 1, 1, 1])), [
        first, "[36, 1, 1, 1]", "[4, 1, 3, 3]", "export"]
    yield "another type", lambda: changed(lambda h: h[first].update(dtype="I32")), [first, "I32", "F32", "export"]
    yield "an unknown type", lambda: changed(lambda h: h[first].update(dtype="F8_E4M3")), [first, "F8_E4M3", "export"]
    yield "a shape beyond its bytes", lambda: changed(lambda h: h[first].update(shape=[4, 1, 3, 4])), [
        first, "192 bytes", "144"]
    yield "a weight that is no number", lambda: changed(lambda h: with_value(h, data, "down.1.3.weight",
                                                                             float("nan"))), [
        "down.1.3.weight", "element 0 is nan", "earlier checkpoint"]
    yield "an endless weight", lambda: changed(lambda h: with_value(h, data, "head.weight", float("-inf"))), [
        "head.weight", "element 0 is -inf"]
    yield "a negative variance", lambda: changed(lambda h: with_value(h, data, "dec.0.1.running_var", -1.)), [
        "dec.0.1.running_var", "is -1", "not negative"]
    yield "no record", lambda: changed(lambda h: h.pop("__metadata__")), ["No model record", "architecture", "convert-checkpoint"]
    yield "a record that is no JSON", lambda: changed(lambda h: h["__metadata__"].update(voxel="{\"version\":")), [
        "model record", "JSON"]
    yield "a newer record", lambda: changed(lambda h: with_record(h, version=2)), ["version", "newer", "update"]
    yield "a record without a version", lambda: changed(lambda h: with_record(h, version=None)), ["version"]
    yield "another architecture", lambda: changed(lambda h: with_record(h, architecture="resnext50")), [
        "resnext50", "it knows", "unet"]
    yield "another configuration", lambda: changed(lambda h: with_record(h, config={"width": 8, "depth": 2})), [
        first, "[4, 1, 3, 3]", "[8, 1, 3, 3]"]
    yield "an unknown configuration", lambda: changed(lambda h: with_record(h, config={"wdth": 8})), [
        '"wdth"', "it has width"]
    yield "a wrong field", lambda: changed(lambda h: with_record(h, inference={"threshold": 2})), [
        "inference.threshold", "0 to 1"]
    yield "an unknown field", lambda: changed(lambda h: with_record(h, preprocess={"rnge": "full"})), [
        "preprocess.rnge"]
    yield "another channel", lambda: changed(lambda h: with_record(h, inference={"output_channel": 1})), [
        "output_channel is 1", "has 1 output channel"]
    yield "a record of version 0", lambda: changed(lambda h: with_record(h, version=0)), ["version", "0 never was"]
    yield "a wrapper's names", lambda: changed(lambda h: prefixed(h, "module.model.")), [
        first, "missing, ", "left over", "module.model." + first, "tools/convert-checkpoint"]
    yield "a PyTorch file", lambda: zipped("bad.safetensors"), ["is a PyTorch pickle",
                                                                "convert it with tools/convert-checkpoint"]
    yield "an old PyTorch file", lambda: contents(bytes.fromhex("80028a0a6cfc9c46f920")), [
        "is a PyTorch pickle", "convert it with tools/convert-checkpoint"]
    yield "more behind its end", lambda: contents(whole + b"x"), ["belong to no tensor", "copy it again"]
    yield "an empty file", lambda: contents(b""), ["0 bytes", "copy it again"]
    for cut in 1, 9, 10, 100, begin - 1, begin, begin + 1, (begin + len(whole)) // 2, len(whole) - 1:
        yield f"cut at byte {cut}", lambda cut=cut: contents(whole[:cut]), ["copy it again"]
    yield "a slice", lambda: shutil.copy("slices/0000.tif", "bad.safetensors"), ["not a safetensors file"]
    yield "a folder", lambda: os.makedirs("bad.safetensors"), ["not a regular file", "give the name"]
    yield "no file", lambda: None, ["No such file", "check its name"]
    yield "a link to itself", lambda: os.symlink("bad.safetensors", "bad.safetensors"), ["symbolic links"]


def launches():
    """Whether gst-launch-1.0 loads the plugin, which it cannot where that needs a sanitizer's runtime."""
    inspect = shutil.which("gst-inspect-1.0")
    return inspect and subprocess.run([inspect, "voxelsrc"], capture_output=True).returncode == 0


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def test_foreign_models():
    """Files of others, of which the command line says what they are, or something that is not so."""
    good, data, _ = tensors_and_data("model.safetensors")
    config = json.dumps(json.loads(good["__metadata__"]["voxel"])["config"])
    plain = {n: t for n, t in good.items() if n != "__metadata__"}
    run = [*SEGMENT, "--axes", "z", "--model", "plain.safetensors"]
    missing = copy.deepcopy(plain)
    few = without(missing, data, "head.bias")
    cases = [("no configuration", plain, data, ["--architecture", "unet"], ["down.0.0.weight", "[16, 1, 3, 3]",
                                                                            "convert-checkpoint"]),
             ("no such architecture", plain, data, ["--architecture", "vnet"], ["vnet", "it knows", "unet"]),
             ("no architecture", plain, data, ["--config", config], ["No model record", "architecture"]),
             ("no JSON", plain, data, ["--architecture", "unet", "--config", "width=4"], ["width=4", "JSON object"]),
             ("a tensor is missing", missing, few, ["--architecture", "unet", "--config", config],
              ["head.bias", "missing", "convert-checkpoint"]),
             ("another architecture than the record's", good, data, ["--architecture", "conv1x1"],
              ["the architecture is unet, not conv1x1", "leave that out"]),
             ("another configuration than the record's", good, data, ["--config", '{"width": 8}'],
              ['"width" 4', "config 8", "leave that out"])]
    for name, header, blob, more, needles in cases:
        save_model("plain.safetensors", header, blob)
        refused(f"foreign model, {name}", voxel(*run, *more, "-o", "bad.csv"), "plain.safetensors", *needles)
        refused(f"foreign model in model info, {name}", voxel("model", "info", "plain.safetensors", *more),
                "plain.safetensors", *needles)
    save_model("plain.safetensors", plain, data)
    given = ["--architecture", "unet", "--config", config]
    same = [voxel(*run, *given, "-o", "plain.csv"), voxel(*run, *given, "--resume", "-o", "resumed.csv"),
            voxel(*SEGMENT, "--axes", "z", *MODEL, *given, "-o", "good.csv")]
    tap.check("a foreign model gives what it gives with its record", not any(r.returncode for r in same) and
              open("plain.csv").read() == open("good.csv").read() == open("resumed.csv").read() and
              open("good.csv").read().count(",1 0\n") < 64,
              "".join(r.stderr for r in same))


def test_models():
    outside = launches()
    words = ("gst-launch-1.0 -q voxelsrc location=slices ! voxelnormalize ! voxeltile size=64 ! voxelinfer "
             "model=bad.safetensors ! voxelstitch ! voxelrlesink location=bad.csv").split()
    for name, make, needles in broken_models():
        make()
        refused(f"model, {name}", voxel(*SEGMENT, "--model", "bad.safetensors", "-o", "bad.csv"), "bad.safetensors",
                *needles)
        if outside:
            run = call(words)
            missing = [n for n in ["voxelinfer", "bad.safetensors", *needles] if n not in run.stderr]
            tap.check(f"model in gst-launch-1.0, {name}", run.returncode not in (0, "it hangs") and not missing,
                      f"exit code {run.returncode}, without {missing}\n{run.stderr}")
        tap.check(f"nothing was written, {name}", not glob.glob("*bad.csv*"), glob.glob("*bad.csv*"))
        remove("bad.safetensors")
    if not outside:
        tap.skip("models in gst-launch-1.0", "no gst-launch-1.0 that loads the plugin")


def set_tag(path, tag, value):
    """Another value in the directory of a file of stack.write_tiff()."""
    raw = bytearray(open(path, "rb").read())
    at, = struct.unpack_from("<I", raw, 4)
    count, = struct.unpack_from("<H", raw, at)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        if struct.unpack_from("<H", raw, entry)[0] == tag:
            struct.pack_into("<I", raw, entry + 8, value)
            break
    else:
        raise KeyError(tag)
    with open(path, "wb") as f:
        f.write(raw)


def cut_half(path):
    os.truncate(path, os.path.getsize(path) // 2)


def write(path, text):
    with open(path, "wb") as f:
        f.write(text)


def bad_stacks():
    """How the fifth of eight good slices is spoilt, and what must be said besides its name."""
    yield "another size", lambda p: stack.write_tiff(p, 95, 96, 16, bytes(95 * 96 * 2)), ["95 x 96", "96 x 96"]
    yield "another depth", lambda p: stack.write_tiff(p, 96, 96, 8, bytes(96 * 96)), ["8 bits", "16 bits"]
    yield "colour", lambda p: set_tag(p, 262, 2), ["RGB colour", "greyscale"]
    yield "three channels", lambda p: set_tag(p, 277, 3), ["3 samples", "greyscale"]
    yield "float", lambda p: [stack.write_tiff(p, 96, 96, 32, bytes(96 * 96 * 4))], ["32 bits", "rescale"]
    yield "JPEG", lambda p: set_tag(p, 259, 7), ["JPEG", "save it"]
    yield "zero bytes", lambda p: write(p, b""), ["empty", "copy it again"]
    yield "half a file", cut_half, ["truncated", "copy it again"]
    yield "zeros only", lambda p: write(p, bytes(os.path.getsize(p))), ["no TIFF file", "convert"]
    yield "text", lambda p: write(p, b"no slice"), ["no TIFF file", "convert"]
    yield "a claim of 100000 x 100000", lambda p: [set_tag(p, 256, 100000), set_tag(p, 257, 100000),
                                                   set_tag(p, 278, 100000)], ["100000 x 100000", "can hold"]
    yield "a folder of that name", lambda p: [os.remove(p), os.makedirs(p)], ["folder"]
    yield "a pipe of that name", lambda p: [os.remove(p), os.mkfifo(p)], ["pipe"]
    yield "a link to nothing", lambda p: [os.remove(p), os.symlink("nowhere", p)], ["no such file", "check its name"]
    yield "the name twice", lambda p: shutil.copy(p, p + "f"), ["a second slice", "no slice twice"]


def test_stacks():
    for name, spoil, needles in bad_stacks():
        os.makedirs("bad")
        for z in range(8):
            shutil.copy(f"slices/{z:04}.tif", "bad")
        spoil("bad/0004.tif")
        refused(f"stack, {name}", voxel("segment", "bad", *MODEL, "-o", "bad.csv", "--quiet"), "bad/0004.tif",
                *needles)
        refused(f"stack in a pipeline, {name}", pipeline("voxelsrc location=bad ! voxelrlesink threshold=0.5 "
                                                        "location=bad.csv"), "voxelsrc", "bad/0004.tif", *needles)
        tap.check(f"nothing was written, {name}", not glob.glob("*bad.csv*"), glob.glob("*bad.csv*"))
        shutil.rmtree("bad")
    os.makedirs("bad")
    refused("an empty folder", voxel("segment", "bad", *MODEL, "-o", "bad.csv"), '"bad"')
    write("bad/notes.txt", b"no slice")
    refused("a folder without slices", voxel("segment", "bad", *MODEL, "-o", "bad.csv"), '"bad"')
    shutil.rmtree("bad")


def test_forbidden():
    """Files that somebody else may not read, as somebody else: root may read everything."""
    os.chmod(".", 0o777)
    shutil.copy("slices/0000.tif", "mine.tif")
    shutil.copy("model.safetensors", "mine.safetensors")
    os.chmod("mine.tif", 0)
    os.chmod("mine.safetensors", 0)
    other = {"user": 65534} if os.geteuid() == 0 else {}
    try:
        works = voxel("--version", **other).returncode == 0 and voxel("view", "slices", "-o", "other.png",
                                                                      **other).returncode == 0
    except PermissionError:
        works = False
    if not works:
        tap.skip("files that may not be read", "nobody else can run the program here")
        return
    refused("a slice that may not be read", voxel("view", "mine.tif", "-o", "x.png", **other), "mine.tif", "chmod")
    refused("a model that may not be read", voxel("model", "info", "mine.safetensors", **other), "mine.safetensors",
            "chmod")


def test_run_lengths():
    good = "id,rle\n" + "".join(f"labels_{z:04},1 0\n" for z in range(64))
    for name, text, needles in [
            ("empty", "", ["empty"]), ("no header", "a,b\n", ["id,rle"]),
            ("a zero byte", good.replace("0004", "0\x0004"), ["row 6", "zero byte"]),
            ("one field", good.replace("_0004,", "_0004"), ["row 6", "one field"]),
            ("an odd number", good.replace("_0004,1 0", "_0004,1"), ["row 6"]),
            ("beyond the slice", good.replace("_0004,1 0", "_0004,9000 900"), ["row 6"]),
            ("falling", good.replace("_0004,1 0", "_0004,20 5 10 5"), ["row 6"]),
            ("huge", good.replace("_0004,1 0", "_0004,1 99999999999999999999"), ["row 6"])]:
        with open("bad.csv", "w") as f:
            f.write(text)
        refused(f"run lengths, {name}", voxel("score", "labels", "bad.csv"), "bad.csv", *needles)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    stack.make_all(".")
    can_mount = may_mount()
    test_full_disk(can_mount)
    test_room_made(can_mount)
    test_limited_files()
    test_locked_places(can_mount)
    test_vanishing_places()
    test_models()
    test_foreign_models()
    test_stacks()
    test_forbidden()
    test_run_lengths()
    os.chdir("/")
tap.done()
