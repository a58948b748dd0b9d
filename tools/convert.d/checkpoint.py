# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the weights out of whatever a training run has saved, and takes wrappers' prefixes off their names."""
import pickle
import re

from tensors import BadFile, Tensor, read_safetensors

# Under which trainers keep the weights, beside optimisers and counters.
HOLDERS = ("model_state_dict", "state_dict", "model", "net", "network", "weights")
# DataParallel, Lightning and the origin's wrapper, torch.compile.
WRAPPERS = re.compile(r"^((module|model|_orig_mod|net|network)\.)+")


def is_pickle(path):
    """A zip archive or a bare pickle: what torch.save() writes now and once wrote."""
    with open(path, "rb") as file:
        start = file.read(2)
    return start == b"PK" or (len(start) == 2 and start[0] == 0x80 and 2 <= start[1] <= 5 and
                              not could_be_safetensors(path))


def could_be_safetensors(path):
    with open(path, "rb") as file:
        return file.read(9)[8:] == b"{"


def read(path, say):
    """Names to tensors of a file of either kind, and its metadata."""
    if not is_pickle(path):
        return read_safetensors(path)
    return read_pickle(path, say), {}


def read_pickle(path, say):
    try:
        import torch
    except ImportError:
        raise BadFile(f"{path}: reading a PyTorch pickle needs PyTorch, which this Python has not: run this with one "
                      "that has it, or save the state dict with safetensors.torch.save_file()") from None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as problem:
        named = re.search(r"GLOBAL [\w.]+", str(problem))
        raise BadFile(f"{path}: holds more than weights{f' ({named[0]})' if named else ''}: PyTorch refuses it with "
                      "weights_only=True, and loading it otherwise would run whatever code is in it; where it was "
                      "made, save the weights alone: torch.save(model.state_dict(), FILE)") from None
    except Exception as problem:  # torch raises what it likes, from RuntimeError to KeyError
        reason = str(problem).strip().split(". ")[0]
        raise BadFile(f"{path}: PyTorch cannot read it: {reason}; copy it again from where it came") from None
    state = find_state(path, content, torch, say)
    return {name: from_torch(path, name, value, torch) for name, value in state.items()}


def is_state(value, torch):
    return isinstance(value, dict) and value and all(isinstance(v, torch.Tensor) for v in value.values())


def find_state(path, content, torch, say):
    if is_state(content, torch):
        return content
    if not isinstance(content, dict):
        raise BadFile(f"{path}: holds no dict of tensors but {type(content).__name__}")
    for holder in HOLDERS:
        if is_state(content.get(holder), torch):
            rest = [str(k) for k in content if k != holder]
            say(f'weights: "{holder}"' + (f', leaving {", ".join(rest)}' if rest else ""))
            return content[holder]
    raise BadFile(f'{path}: holds {", ".join(map(str, content)) or "nothing"}, and none of '
                  f'{", ".join(HOLDERS)} is a dict of tensors')


def from_torch(path, name, value, torch):
    names = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
             torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
             torch.bool: "BOOL"}
    if value.layout != torch.strided or value.dtype not in names:
        raise BadFile(f"{path}: {name} is of {value.dtype}, {value.layout}: only plain tensors can be converted")
    plain = value.detach().contiguous().flatten()
    return Tensor(names[value.dtype], value.shape, plain.view(torch.uint8).numpy().tobytes())


def unwrap(tensors, say):
    """Without the prefixes of modules around the network."""
    result, taken = {}, {}
    for name, tensor in tensors.items():
        short = WRAPPERS.sub("", name)
        if short in result:
            raise BadFile(f"both {taken[short]} and {name} would be {short}: leave one out with --drop")
        result[short], taken[short] = tensor, name
    prefixes = sorted({name[:len(name) - len(short)] for short, name in taken.items()} - {""})
    if prefixes:
        say("taken off the names: " + ", ".join(prefixes))
    return result
