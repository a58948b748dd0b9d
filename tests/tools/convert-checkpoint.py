# SPDX-License-Identifier: LGPL-2.1-or-later
"""tools/convert-checkpoint: what it makes of others' files, what it guesses, and what it refuses by name.

    convert-checkpoint.py VOXEL SUPPORT TOOLS    the program, the folder of tap.py and stack.py, that of the tool

Safetensors need no framework; files of PyTorch are tried with the Python that VOXEL_PYTHON names, where it has it.
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

VOXEL, SUPPORT, TOOLS = (os.path.abspath(a) for a in sys.argv[1:4])
sys.path[:0] = [SUPPORT, os.path.join(TOOLS, "convert.d")]
import names  # noqa: E402
import stack  # noqa: E402
import tap  # noqa: E402
import tensors  # noqa: E402

PYTHON = os.environ.get("VOXEL_PYTHON", sys.executable)
SEGMENT = ["--tile", "64", "--views", "r0", "--axes", "z", "--threads", "1", "--quiet"]


def convert(path, *words, python=sys.executable, out="out.safetensors"):
    """The run, and the tensors and record of what it made."""
    if os.path.exists(out):
        os.remove(out)
    run = subprocess.run([python, os.path.join(TOOLS, "convert-checkpoint"), path, "-o", out, "--voxel", VOXEL, *words],
                         capture_output=True, text=True, timeout=300)
    found, metadata = tensors.read_safetensors(out) if run.returncode == 0 else ({}, {"voxel": "{}"})
    return run, found, json.loads(metadata["voxel"])


def same(a, b):
    return set(a) == set(b) and all((a[n].dtype, a[n].shape, a[n].data) == (b[n].dtype, b[n].shape, b[n].data)
                                    for n in a)


def refused(name, path, *words, needles, python=sys.executable):
    run, _, _ = convert(path, *words, python=python)
    missing = [n for n in needles if n not in run.stderr]
    tap.check(name, run.returncode == 1 and not missing and "Traceback" not in run.stderr and
              not os.path.exists("out.safetensors") and not [n for n in os.listdir(".") if n.startswith(".convert")],
              f"exit code {run.returncode}, without {missing}\n{run.stderr}")


def new(path, *words):
    subprocess.run([VOXEL, "model", "new", *words, "-o", path], check=True, capture_output=True)
    return tensors.read_safetensors(path)[0]


def fake(*shape, value=0.):
    n = 1
    for side in shape:
        n *= side
    return tensors.Tensor("F32", shape, struct.pack(f"<{n}f", *[value] * n))


def segment(model, out):
    """The mask, or what went wrong."""
    run = subprocess.run([VOXEL, "segment", "slices", "--model", model, "-o", out, *SEGMENT], capture_output=True,
                         text=True, timeout=300)
    if run.returncode:
        return run.stderr
    with open(out) as f:
        return f.read()


def test_unet():
    """A U-Net behind a wrapper's names is what it was, and segments as it did."""
    stack.make_model("model.safetensors")
    plain, _ = tensors.read_safetensors("model.safetensors")
    wrapped = {"module.model." + n: t for n, t in plain.items()}
    wrapped["module.model.down.0.1.num_batches_tracked"] = tensors.Tensor("I64", (), bytes(8))
    tensors.write_safetensors("wrapped.safetensors", wrapped, {"format": "pt"})
    run, found, record = convert("wrapped.safetensors", "--record", "threshold=.25", "--record",
                                 "preprocess.zscore=tile", "--record", "tile=64")
    tap.check("a U-Net: the same tensors", run.returncode == 0 and same(found, plain), run.stderr)
    tap.check("a U-Net: what was guessed is said", all(w in run.stderr for w in (
        "module.model.", "architecture: unet (guessed)", "width: 4 (guessed)", "depth: 2 (guessed)",
        'up: "transposed" (guessed)')), run.stderr)
    tap.check("a U-Net: its record", record["inference"]["threshold"] == .25 and record["inference"]["tile"] == 64 and
              record["preprocess"]["zscore"] == "tile" and record["training"]["checkpoint"] == "wrapped.safetensors",
              record)
    convert("wrapped.safetensors")
    stack.make_stacks(".", (8, 64, 64))
    one, other = segment("model.safetensors", "one.csv"), segment("out.safetensors", "other.csv")
    tap.check("a U-Net: the same mask", one == other and one.startswith("id,rle") and one.count(",1 0\n") < 8,
              one + other)


def test_smp():
    """Files of smp, and of classifiers, whose encoder they are."""
    whole = new("smp.safetensors", "smp-unet", "encoder_name=resnet18", "in_channels=3",
                "decoder_channels=[32,16,16,16,16]", "decoder_attention_type=scse")
    tensors.write_safetensors("lightning.safetensors", {"model._orig_mod." + n: t for n, t in whole.items()}, {})
    run, found, record = convert("lightning.safetensors")
    tap.check("smp: the same tensors", run.returncode == 0 and same(found, whole), run.stderr)
    tap.check("smp: its configuration", record.get("architecture") == "smp-unet" and
              {"encoder_name": "resnet18", "in_channels": 3, "classes": 1, "decoder_attention_type": "scse",
               "decoder_channels": [32, 16, 16, 16, 16]}.items() <= record["config"].items(), record)
    classifier = {n[len("encoder."):]: t for n, t in whole.items() if n.startswith("encoder.")}
    classifier.update({"fc.weight": fake(10, 512), "fc.bias": fake(10)})
    tensors.write_safetensors("resnet.safetensors", classifier, {})
    refused("a classifier: what is missing is named", "resnet.safetensors",
            needles=["dropped, of the classifier: fc.bias, fc.weight", "missing", "decoder.blocks.4.conv2.1.running_var",
                     "segmentation_head.0.bias", "--init-missing"])
    run, found, record = convert("resnet.safetensors", "--init-missing", "--in-channels", "1", "--config",
                                 "decoder_channels=[32,16,16,16,16]")
    first = "encoder.conv1.weight"
    tap.check("a classifier: its encoder", run.returncode == 0 and
              same({n: t for n, t in found.items() if n.startswith("encoder.") and n != first},
                   {n: t for n, t in whole.items() if n.startswith("encoder.") and n != first}), run.stderr)
    tap.check("a classifier: one channel sees the sum of three", run.returncode == 0 and
              found[first].shape == (64, 1, 7, 7) and close(found[first].values(), summed(whole[first])), run.stderr)
    tap.check("a classifier: a decoder is made", "decoder.blocks.4.conv2.0.weight" in found and
              any(found["decoder.blocks.0.conv1.0.weight"].values()), run.stderr)


def summed(weight):
    plane = 49
    values = weight.values()
    return [sum(values[o * 3 * plane + c * plane + i] for c in range(3)) for o in range(64) for i in range(plane)]


def close(a, b):
    return len(a) == len(b) and all(abs(x - y) <= 1e-6 * max(1., abs(y)) for x, y in zip(a, b))


def test_channels():
    weight = tensors.Tensor("F32", (1, 2, 1, 2), struct.pack("<4f", 1, 2, 3, 4))
    for channels, expected in (1, [4, 6]), (3, [2 / 3, 4 / 3, 2, 8 / 3, 2 / 3, 4 / 3]), (4, [.5, 1, 1.5, 2, .5, 1, 1.5, 2]):
        adapted = tensors.adapt_channels(weight, channels)
        tap.check(f"2 channels become {channels}", adapted.shape == (1, channels, 1, 2) and
                  close(adapted.values(), expected), adapted.values())


def test_dtypes():
    """Rounded to nearest, ties to even, as every framework rounds."""
    values = [1., -1.5, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 3e-40, 65504., float("inf"), 0.]
    expected = [1., -1.5, 1., 1 + 2 ** -6, 1 + 2 ** -7, 3 * 2. ** -133, 65536., float("inf"), 0.]
    wide = tensors.Tensor("F64", (9,), struct.pack("<9d", *values))
    got = wide.to("BF16").values()
    tap.check("rounded to BF16", len(got) == 9 and all(a == b for a, b in zip(got, expected)), got)
    tap.check("no number stays none", wide.to("F32").to("BF16").to("F32").values()[7] == float("inf") and all(
        v != v for v in tensors.Tensor("F32", (2,), struct.pack("<2I", 0x7f800001, 0xffffffff)).to("BF16").values()))
    stack.make_model("model.safetensors")
    plain, _ = tensors.read_safetensors("model.safetensors")
    tensors.write_safetensors("double.safetensors", {n: t.to("F64") for n, t in plain.items()}, {})
    run, found, _ = convert("double.safetensors")
    tap.check("doubles become floats", run.returncode == 0 and same(found, plain), run.stderr)
    tensors.write_safetensors("half.safetensors", {n: t.to("F16") for n, t in plain.items()}, {})
    run, found, _ = convert("half.safetensors")
    tap.check("halves stay", run.returncode == 0 and {t.dtype for t in found.values()} == {"F16"}, run.stderr)
    run, found, _ = convert("double.safetensors", "--dtype", "BF16")
    tap.check("--dtype", run.returncode == 0 and same(found, {n: t.to("BF16") for n, t in plain.items()}), run.stderr)
    plain["head.bias"] = tensors.Tensor("F64", (1,), struct.pack("<d", 1e9))
    tensors.write_safetensors("large.safetensors", plain, {})
    refused("beyond what the type holds", "large.safetensors", "--dtype", "F16", needles=["1e+09", "F16", "--dtype"])


def resnet(stages, bottleneck, width, group, squeeze):
    """Names and shapes that tell encoders apart, of no use otherwise."""
    found = {"conv1.weight": fake(64, 3, 7, 7)}
    for stage, n in enumerate(stages, 1):
        for k in range(n):
            found[f"layer{stage}.{k}.conv2.weight"] = fake(width, group, 1, 1)
            if bottleneck:
                found[f"layer{stage}.{k}.conv3.weight"] = fake(256, width, 1, 1)
            if squeeze:
                found[f"layer{stage}.{k}.se.fc1.weight"] = fake(16, 256, 1, 1)
    return found


def mit(stages, width):
    found = {"patch_embed1.proj.weight": fake(width, 3, 7, 7)}
    for stage, n in enumerate(stages, 1):
        found.update({f"block{stage}.{k}.norm1.weight": fake(width) for k in range(n)})
    return found


def test_guesses():
    for encoder, found in {
            "resnet18": resnet((2, 2, 2, 2), False, 64, 64, False), "resnet34": resnet((3, 4, 6, 3), False, 64, 64, False),
            "resnet50": resnet((3, 4, 6, 3), True, 64, 64, False),
            "resnext50_32x4d": resnet((3, 4, 6, 3), True, 128, 4, False),
            "se_resnext50_32x4d": resnet((3, 4, 6, 3), True, 128, 4, True),
            "resnext101_32x8d": resnet((3, 4, 23, 3), True, 256, 8, False),
            "mit_b0": mit((2, 2, 2, 2), 32), "mit_b1": mit((2, 2, 2, 2), 64), "mit_b2": mit((3, 4, 6, 3), 64),
            None: resnet((1, 1, 1, 1), False, 64, 64, False)}.items():
        mapped = names.encoder_names(found, lambda _: None)
        architecture, config = names.guess(mapped)
        tap.check(f"guessed: {encoder}", names.is_encoder(found) and architecture == "smp-unet" and
                  config == {"encoder_name": encoder, "in_channels": 3}, config)
    squeezed = names.encoder_names(resnet((3, 4, 6, 3), True, 128, 4, True), lambda _: None)
    tap.check("timm's names of squeeze and excitation", {"encoder.layer0.conv1.weight",
                                                         "encoder.layer1.0.se_module.fc1.weight"} <= set(squeezed))
    gated = {**{n: fake(1) for n in ("gate.0.psi.weight",)}, "down.0.0.weight": fake(4, 1, 3, 3),
             "down.1.0.weight": fake(8, 4, 3, 3), "up.0.weight": fake(4, 8, 1, 1)}
    tap.check("guessed: attention-unet", names.guess(gated) == ("attention-unet", {
        "width": 4, "in_channels": 1, "depth": 1, "up": "bilinear"}), names.guess(gated))


def test_refused():
    stack.make_model("model.safetensors")
    plain, _ = tensors.read_safetensors("model.safetensors")

    def changed(change):
        found = dict(plain)
        change(found)
        tensors.write_safetensors("bad.safetensors", found, {})

    changed(lambda f: [f.pop("head.bias"), f.pop("up.0.bias"), f.update({"criterion.weight": fake(3)})])
    refused("missing and left over, every name", "bad.safetensors",
            needles=["missing: 2 tensors\n  head.bias\n  up.0.bias", "left over: 1 tensors\n  criterion.weight", "--drop"])
    run, _, _ = convert("bad.safetensors", "--drop", "criterion.", "--init-missing")
    tap.check("dropped and made", run.returncode == 0 and "as before training: 2 tensors" in run.stderr, run.stderr)
    changed(lambda f: f.update({"down.1.0.weight": fake(8, 3, 3, 3)}))
    refused("another shape", "bad.safetensors", needles=["down.1.0.weight is [8, 3, 3, 3], not [8, 4, 3, 3]"])
    changed(lambda f: f.update({"head.bias": tensors.Tensor("I32", (1,), bytes(4))}))
    refused("another type", "bad.safetensors", needles=["head.bias is I32, not of floats"])
    changed(lambda f: f.update({"head.bias": fake(1, value=float("nan"))}))
    refused("no number", "bad.safetensors", needles=["out.safetensors", "head.bias", "nan"])
    changed(lambda f: f.update({"module.head.bias": fake(1)}))
    refused("a name twice", "bad.safetensors", needles=["module.head.bias", "would be head.bias", "--drop"])
    changed(lambda f: None)
    refused("an unknown architecture", "bad.safetensors", "--architecture", "vnet", needles=["vnet", "it knows"])
    refused("an unknown field", "bad.safetensors", "--config", "wdth=4", needles=['"wdth"', "it has width"])
    refused("no configuration", "bad.safetensors", "--config", "width", needles=["--config width", "KEY=VALUE"])
    refused("an unknown field of the record", "bad.safetensors", "--record", "tresh=1",
            needles=["--record tresh=1", "inference.threshold"])
    refused("a value beyond its range", "bad.safetensors", "--record", "threshold=2", needles=["inference.threshold"])
    refused("no program", "bad.safetensors", "--voxel", "./nowhere", needles=["./nowhere", "--voxel"])
    tensors.write_safetensors("bad.safetensors", {"a.weight": fake(2), "b": fake(1)}, {})
    refused("an unknown network", "bad.safetensors", needles=["bad.safetensors", "a.weight, b", "--architecture"])
    refused("a model file", "model.safetensors", needles=["is a model file already"])
    refused("no file", "nothing.pth", needles=["nothing.pth", "No such file"])
    whole = open("model.safetensors", "rb").read()
    for what, text in ("nothing", b""), ("text", b"no weights at all"), ("half", whole[:len(whole) // 2]):
        with open("bad.safetensors", "wb") as f:
            f.write(text)
        refused(f"{what} in the file", "bad.safetensors", needles=["bad.safetensors"])


MAKE = """
import collections, os, torch, tensors
found, _ = tensors.read_safetensors("model.safetensors")
state = collections.OrderedDict((n, torch.frombuffer(bytearray(t.data), dtype=torch.float32).reshape(t.shape))
                                for n, t in found.items())
state["down.0.1.num_batches_tracked"] = torch.tensor(7)
torch.save(state, "state.pth")
torch.save({"model_state_dict": {"module.model." + n: t for n, t in state.items()},
            "optimizer_state_dict": {"state": {}, "param_groups": [{"lr": 6e-5}]}}, "origin.pth")
torch.save({"state_dict": {"model." + n: t for n, t in state.items()}, "epoch": 3, "callbacks": {}}, "last.ckpt")
torch.save({n: t.to(torch.bfloat16) for n, t in state.items()}, "bf16.pt")
torch.save(state, "old.pth", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3}, "empty.pth")
class Code:
    def __reduce__(self):
        return os.system, ("touch was-run",)
torch.save({"state_dict": state, "more": Code()}, "code.pth")
"""
NAMES = """
import timm, torch, torchvision, segmentation_models_pytorch as smp, names
with torch.device("meta"):
    for encoder, net in (("resnet34", timm.create_model("resnet34")), ("resnet50", torchvision.models.resnet50()),
                         ("resnext50_32x4d", torchvision.models.resnext50_32x4d()),
                         ("se_resnext50_32x4d", timm.create_model("seresnext50_32x4d"))):
        mapped = names.encoder_names(net.state_dict(), lambda _: None)
        encoder_of = {"encoder." + n: t.shape for n, t in smp.Unet(encoder, encoder_weights=None).encoder.state_dict().items()}
        assert {n: t.shape for n, t in mapped.items()} == encoder_of, encoder
        assert names.guess(mapped)[1]["encoder_name"] == encoder, names.guess(mapped)
"""


def python(text):
    path = os.pathsep.join([os.path.join(TOOLS, "convert.d")])
    return subprocess.run([PYTHON, "-c", text], capture_output=True, text=True, timeout=300,
                          env={**os.environ, "PYTHONPATH": path})


def test_pickles():
    stack.make_model("model.safetensors")
    plain, _ = tensors.read_safetensors("model.safetensors")
    with open("bad.pth", "wb") as f:
        f.write(b"PK\3\4 no archive")
    if python("import torch").returncode:
        refused("a pickle without PyTorch", "bad.pth", needles=["bad.pth", "needs PyTorch"], python=PYTHON)
        tap.skip("files of PyTorch", f"{PYTHON} has no PyTorch: set VOXEL_PYTHON to one that has it")
        return
    refused("a damaged pickle", "bad.pth", needles=["bad.pth", "PyTorch cannot read it", "copy it again"], python=PYTHON)
    made = python(MAKE)
    tap.check("files of PyTorch", made.returncode == 0, made.stderr)
    for path, said in (("state.pth", "unet"), ("origin.pth", "leaving optimizer_state_dict"),
                       ("last.ckpt", "leaving epoch, callbacks"), ("old.pth", "unet")):
        run, found, _ = convert(path, python=PYTHON)
        tap.check(f"{path}: the same tensors", run.returncode == 0 and same(found, plain) and said in run.stderr,
                  run.stderr)
    run, found, _ = convert("bf16.pt", python=PYTHON)
    tap.check("bf16.pt: rounded as PyTorch rounds", run.returncode == 0 and
              same(found, {n: t.to("BF16") for n, t in plain.items()}), run.stderr)
    refused("no weights in it", "empty.pth", needles=["empty.pth", "holds epoch", "state_dict"], python=PYTHON)
    refused("code in it", "code.pth", needles=["code.pth", "weights_only", "state_dict()"], python=PYTHON)
    tap.check("the code was not run", not os.path.exists("was-run"))
    if python("import timm, torchvision, segmentation_models_pytorch").returncode:
        tap.skip("names of timm and torchvision", f"{PYTHON} has not all of timm, torchvision and smp")
        return
    compared = python(NAMES)
    tap.check("names of timm and torchvision become smp's", compared.returncode == 0, compared.stderr)


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    test_unet()
    test_smp()
    test_channels()
    test_dtypes()
    test_guesses()
    test_refused()
    test_pickles()
    os.chdir("/")
tap.done()
