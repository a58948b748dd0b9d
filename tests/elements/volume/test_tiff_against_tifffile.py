# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every way to write a TIFF that tifffile knows and voxelsrc reads, compared byte for byte.

VOXEL_PYTHON names a Python that has numpy, tifffile and imagecodecs, GST_LAUNCH gst-launch-1.0, VOXEL_DATA a folder
of real scans (default: shared/data beside the source tree). Prints TAP.
"""
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if other := os.environ.pop("VOXEL_PYTHON", None):
    os.execv(other, [other, *sys.argv])

try:
    import imagecodecs  # noqa: F401 (tifffile needs it to compress)
    import numpy as np
    import tifffile
except ImportError as problem:
    print(f"1..0 # SKIP {problem}: install numpy, tifffile and imagecodecs to compare with them")
    sys.exit(0)

LAUNCH = os.environ.get("GST_LAUNCH") or shutil.which("gst-launch-1.0")
if not LAUNCH:
    print("1..0 # SKIP no gst-launch-1.0: install gstreamer1.0-tools")
    sys.exit(0)
DATA = Path(os.environ.get("VOXEL_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")
BATCH = 48
results = []


def report(ok, name, why=""):
    results.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(results)} - {name}", flush=True)
    for line in [] if ok else why.splitlines():
        print(f"# {line}", flush=True)


def skip(name, why):
    results.append(True)
    print(f"ok {len(results)} - {name} # SKIP {why}", flush=True)


def chain(location, raw, options=""):
    return ["voxelsrc", f"location={location}", *options.split(), "!", "filesink", f"location={raw}"]


def launch(arguments):
    done = subprocess.run([LAUNCH, "-q", *arguments], capture_output=True, text=True, timeout=300)
    noise = [line for line in done.stderr.splitlines() if "TIFF" in line and not line.startswith("ERROR")]
    return done.returncode == 0, (done.stderr + done.stdout).strip(), noise


def packed(raw, count, height, width, kind):
    """The frames of a raw file, without the bytes that fill each row up to a multiple of four."""
    row = width * np.dtype(kind).itemsize
    stride = (row + 3) // 4 * 4
    bytes_ = np.fromfile(raw, np.uint8)
    if bytes_.size != count * height * stride:
        raise ValueError(f"{bytes_.size} bytes, not {count * height * stride}")
    rows = bytes_.reshape(count, height, stride)[:, :, :row]
    return np.ascontiguousarray(rows).view(np.dtype(kind).newbyteorder("<"))


def compare(raw, expected):
    try:
        got = packed(raw, *expected.shape, expected.dtype)
    except (OSError, ValueError) as problem:
        return str(problem)
    if np.array_equal(got, expected):
        return ""
    wrong = np.argwhere(got != expected)
    return f"{len(wrong)} pixels differ, the first at {tuple(wrong[0])}"


def expected_of(stack, bits, white):
    stack = np.atleast_3d(stack) if stack.ndim == 3 else stack[None]
    if white:
        stack = ~stack if bits != 12 else 4095 - stack
    return stack.astype(np.uint8) * 255 if stack.dtype == bool else stack


def pixels(rng, bits, shape=(3, 37, 45)):
    smooth = rng.integers(0, 2**bits, shape).cumsum(axis=2) // 3 % 2**bits
    return smooth.astype(bool if bits == 1 else np.uint8 if bits == 8 else np.uint16)


def matrix():
    for order, big, layout, bits, white in itertools.product(
        "<>", (False, True), ("strip", "strips", "tiles"), (1, 8, 12, 16), (False, True)
    ):
        for compression, predictor in itertools.product((None, "lzw", "zlib", "packbits", "zstd"), (False, True)):
            if predictor and (compression in (None, "packbits") or bits in (1, 12)):
                continue
            yield order, big, layout, bits, white, compression, predictor


def write(path, stack, order, big, layout, bits, white, compression, predictor):
    options = {"rowsperstrip": 7} if layout == "strips" else {"tile": (16, 32)} if layout == "tiles" else {}
    if bits == 12:
        options["bitspersample"] = 12
    tifffile.imwrite(path, stack, byteorder=order, bigtiff=big, photometric="miniswhite" if white else "minisblack",
                     compression=compression, predictor=predictor, metadata=None, **options)


def test_matrix(folder):
    rng = np.random.default_rng(1)
    cases, refused = [], 0
    for case in matrix():
        path = folder / f"m{len(cases)}.tif"
        stack = pixels(rng, case[3])
        try:
            write(path, stack, *case)
            read = tifffile.imread(path)
        except (NotImplementedError, ValueError, KeyError):
            read = None
        if read is None or not np.array_equal(read, stack):
            refused += 1
            continue
        cases.append((path, case, expected_of(read, case[3], case[4])))
    for at in range(0, len(cases), BATCH):
        batch = cases[at : at + BATCH]
        ok, text, noise = launch(sum((chain(path, path.with_suffix(".raw")) for path, _, _ in batch), []))
        bad = [f"{case}: {why}" for path, case, expected in batch if (why := compare(path.with_suffix(".raw"), expected))]
        report(ok and not bad and not noise, f"matrix, files {at} to {at + len(batch) - 1}",
               "; ".join([*bad[:3], *noise[:1], "" if ok else text[:500]]).strip("; "))
    report(len(cases) > 400, f"matrix: {len(cases)} files, {refused} that tifffile does not write")


def test_imagej(folder):
    rng = np.random.default_rng(2)
    for kind in (np.uint8, np.uint16):
        stack = rng.integers(0, 250, (6, 21, 35)).astype(kind)
        path = folder / f"imagej-{np.dtype(kind).name}.tif"
        tifffile.imwrite(path, stack, imagej=True, resolution=(2.0, 2.0), metadata={"spacing": 3.0, "unit": "um"})
        ok, text, _ = launch(chain(path, folder / "imagej.raw"))
        report(ok and not (why := compare(folder / "imagej.raw", stack)), f"ImageJ {np.dtype(kind).name}", text or why)


def test_beyond_4_gb(folder):
    """A stack of one directory, as ImageJ writes it; all pages but the first and last are holes."""
    width, height, count = 8192, 4096, 70
    rng = np.random.default_rng(3)
    path, raw = folder / "huge.tif", folder / "huge.raw"
    first, last = (rng.integers(0, 65535, (height, width)).astype(">u2") for _ in range(2))
    description = f"ImageJ=1.53t\nimages={count}\nslices={count}\n"
    tifffile.imwrite(path, first, byteorder=">", description=description, metadata=None)
    with tifffile.TiffFile(path) as tiff:
        begin = tiff.pages[0].dataoffsets[0]
    with open(path, "r+b") as file:
        file.seek(begin + width * height * 2 * (count - 1))
        file.write(last.tobytes())
    used = os.stat(path).st_blocks * 512
    for index, page in ((0, first), (count - 1, last), (count - 2, np.zeros_like(first))):
        ok, text, _ = launch(chain(path, raw, f"start-index={index} stop-index={index}"))
        why = compare(raw, page[None].astype("<u2"))
        report(ok and not why, f"page {index} of {os.stat(path).st_size >> 20} MiB ({used >> 20} on disk)", text or why)
    os.truncate(path, os.stat(path).st_size - 1)
    ok, text, _ = launch(chain(path, raw))
    report(not ok and "holds 69" in text, "a stack beyond 4 GB that lacks one byte is refused", text[:300])


def compare_real(folder, location, stack):
    ok, text, noise = launch(chain(location, folder / "real.raw"))
    why = compare(folder / "real.raw", np.atleast_3d(stack) if stack.ndim == 3 else stack[None])
    report(ok and not why and not noise, f"{Path(location).relative_to(DATA)} {stack.shape} {stack.dtype}",
           (text if not ok else why) or "".join(noise))


def test_real(folder):
    if not DATA.is_dir():
        skip("real scans", f"no folder {DATA}: set VOXEL_DATA")
        return
    for path in sorted(DATA.glob("vesselnn/*.tif")) + sorted(DATA.glob("vessap/*.tif")):
        compare_real(folder, path, tifffile.imread(path))
    for name in ("cellfinder", "sennet"):
        files = sorted((DATA / name).glob("*.tif"))
        if files:
            compare_real(folder, DATA / name, np.stack([tifffile.imread(path) for path in files]))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for test in (test_matrix, test_imagej, test_beyond_4_gb, test_real):
            test(folder)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
