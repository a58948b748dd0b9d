# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the scripts of tools/bench share: contenders that take turns, a row a figure and peer, table and JSON.

Whoever is compared is timed in the same run, one turn each in a circle, so that a machine that slows down slows
all of them; the best turn counts. A peer whose package is not installed gets a row that says so.
"""
import argparse
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = ("numpy", "numba", "cv2", "albumentations", "tifffile", "torch", "onnxruntime", "openvino")


class Missing(Exception):
    """A peer that cannot be run here, with why."""


def need(*names):
    """Modules, imported now; Missing where one is not installed."""
    try:
        modules = [importlib.import_module(name) for name in names]
    except ImportError as e:
        raise Missing("not installed") from e
    return modules[0] if len(modules) == 1 else modules


class Child:
    """One of the programs of bench.d that take turns (turns.c), waiting while others have theirs."""

    def __init__(self, args, env=None):
        self.process = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **(env or {})})
        words = self.process.stdout.readline().split()
        if not words:
            raise RuntimeError(f"{os.path.basename(args[0])} failed")
        self.result = " ".join(words[1:])

    def __call__(self):
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().split()
        if not words:
            raise RuntimeError("a turn failed")
        return float(words[0])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(step):
    """A turn of a Python function."""
    def turn():
        begin = time.perf_counter()
        step()
        return time.perf_counter() - begin
    return turn


def sha256(*arrays):
    total = hashlib.sha256()
    for array in arrays:
        total.update(array)
    return total.hexdigest()


def options(description):
    """The options that all have."""
    p = argparse.ArgumentParser(description=description.strip().split("\n\n")[0])
    p.add_argument("--build", default=os.path.join(TOP, "build"), help="build directory")
    p.add_argument("--rounds", type=int, default=7, help="turns of each")
    p.add_argument("--budget", type=float, default=10,
                   help="seconds a figure, after which turns end (3 at least)")
    p.add_argument("--pause", type=float, default=.05, help="seconds between turns")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--short", action="store_true", help="smaller data, for a first impression")
    p.add_argument("--folder", help="where the made data go, instead of a temporary folder")
    p.add_argument("--keep", action="store_true", help="leave the made data and say where they are")
    p.add_argument("--json", metavar="FILE", help="the table as JSON, - for standard output")
    return p


def main(parser, measure):
    """Runs a script: its options, then measure(args, table, folder for data)."""
    args = parser.parse_args()
    table = Table(args)
    folder = tempfile.mkdtemp(dir=args.folder)
    try:
        measure(args, table, folder)
    finally:
        if args.keep:
            print(f"# data: {folder}")
        else:
            shutil.rmtree(folder)
    write_json(args.json, table.rows)


def program(args, name):
    return os.path.join(args.build, "tools", "bench.d", name)


def plugin_environment(args):
    """Lets a process find the plugin that was built, with a registry of its own."""
    return {"GST_PLUGIN_PATH": os.path.join(args.build, "elements"), "GST_REGISTRY_FORK": "no",
            "GST_REGISTRY": os.path.join(args.build, "tools", "bench.d", "registry.bin")}


def pipeline(args, text):
    """Turns of a GStreamer pipeline with the plugin that was built."""
    return Child([program(args, "pipeline-time"), text], plugin_environment(args))


def made(args, *words):
    subprocess.run([program(args, "made-data"), *map(str, words)], check=True)


def load(part):
    """The script tools/bench-PART.py as a module."""
    spec = importlib.util.spec_from_file_location(f"bench_{part}", os.path.join(TOP, "tools", f"bench-{part}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_model(path, architecture, config, tensors):
    """A model file of tensors of floats, {name: (shape, array)}."""
    record = {"version": 1, "architecture": architecture, "config": config}
    header, at = {"__metadata__": {"voxel": json.dumps(record)}}, 0
    for name, (shape, values) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * len(values)]}
        at += 4 * len(values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        for _, values in tensors.values():
            values.tofile(f)


def machine():
    """What the figures depend on besides the code."""
    cpu = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as f:
            lines = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
        cpu = lines[0] if lines else cpu
    except OSError:
        pass
    versions = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version({"cv2": "opencv-python-headless"}.get(name, name))
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    return {"cpu": cpu, "cores": os.cpu_count(), "system": platform.platform(terse=True), "versions": versions}


class Table:
    """Rows of figures: ours beside each peer's."""

    def __init__(self, args):
        self.args, self.rows = args, []

    def figure(self, what, unit, amount, ours, peers=(), note=None):
        """Times ours and peers ({name: function that makes a turn}) in a circle and adds their rows.

        With an amount the figures are amounts a second, else milliseconds. ours is a turn; a maker of a peer may
        raise Missing.
        """
        turns, missing = {"": ours}, {}
        for name, make in dict(peers).items():
            try:
                turns[name] = make()
            except Missing as e:
                missing[name] = str(e)
        seconds = self.measure(turns)
        value = (lambda s: amount / s) if amount else (lambda s: s * 1e3)
        mine = min(seconds[""])
        base = {"figure": what, "unit": unit, "ours": value(mine),
                "ours_median": value(statistics.median(seconds[""])), "rounds": len(seconds[""]), "note": note}
        for name in dict(peers) or [None]:
            row = dict(base, peer=name, theirs=None, ratio=None, missing=missing.get(name))
            if name in seconds:
                row.update(theirs=value(min(seconds[name])), ratio=min(seconds[name]) / mine)
            self.add(row)
        if isinstance(ours, Child):
            ours.close()

    def measure(self, turns):
        seconds = {name: [] for name in turns}
        end = None
        for number in range(self.args.rounds + 1):      # the first warms up
            for name, turn in turns.items():
                time.sleep(self.args.pause)             # until the team of the one before has stopped spinning
                taken = turn()
                if number:
                    seconds[name].append(taken)
            end = end or time.perf_counter() + self.args.budget
            if number >= 3 and time.perf_counter() > end:
                break
        return seconds

    def add(self, row):
        if not self.rows:
            header()
        print_row(row, bool(self.rows) and self.rows[-1]["figure"] == row["figure"])
        self.rows.append(row)


def short(value):
    return "" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def header():
    m = machine()
    installed = " ".join(f"{name} {v}" for name, v in m["versions"].items() if v)
    print(f"{m['cpu']}, {m['cores']} cores, {m['system']}\n{installed or 'no peers installed'}\n"
          "best turns; ratio: how many times as fast as the peer\n")
    print(f"{'':41}{'ours':>8} {'unit':9}{'peer':24}{'theirs':>8}{'ratio':>8}".rstrip())


def print_row(row, same):
    what = "" if same else row.get("label", row["figure"])
    ours = "" if same else short(row["ours"])
    unit = "" if same else row["unit"]
    ratio = f"{row['ratio']:.2f}" if row["ratio"] else ""
    peer = f"{row['peer']}: {row['missing']}" if row["missing"] else row["peer"] or ""
    print(f"{what:41}{ours:>8} {unit:9}{peer:24}{short(row['theirs']):>8}{ratio:>8}".rstrip(), flush=True)


def write_json(path, rows):
    write_result(path, {"machine": machine(), "rows": rows})


def write_result(path, result):
    if not path:
        return
    text = json.dumps(result, indent=1)
    if path == "-":
        print(text)
    else:
        with open(path, "w") as f:
            f.write(text + "\n")
