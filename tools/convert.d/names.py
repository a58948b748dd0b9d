# SPDX-License-Identifier: LGPL-2.1-or-later
"""What network tensors belong to, by their names and shapes, and what its encoder's are called in
segmentation_models_pytorch."""
import re

# What classifiers have at their end: torchvision, timm; pretrainedmodels; SegFormer.
CLASSIFIER = re.compile(r"^(fc|classifier|last_linear|head)\.(weight|bias)$")
ENCODER = re.compile(r"^(conv1|bn1|layer[0-4]|patch_embed[1-4]|block[1-4]|norm[1-4])\.")
# Blocks of each stage; whether they are bottlenecks.
RESNETS = {((2, 2, 2, 2), False): "18", ((3, 4, 6, 3), False): "34", ((3, 4, 6, 3), True): "50",
           ((3, 4, 23, 3), True): "101", ((3, 8, 36, 3), True): "152"}
MITS = {(2, 2, 2, 2): "mit_b1", (3, 4, 6, 3): "mit_b2", (3, 4, 18, 3): "mit_b3", (3, 8, 27, 3): "mit_b4",
        (3, 6, 40, 3): "mit_b5"}


def is_encoder(tensors):
    """Whether these are a classifier's, whose layers but the last make an encoder."""
    return any(ENCODER.match(n) for n in tensors) and not any(n.startswith(("encoder.", "decoder.")) for n in tensors)


def encoder_names(tensors, say):
    """As smp names an encoder's tensors; the classifier at its end is dropped."""
    dropped = sorted(n for n in tensors if CLASSIFIER.match(n))
    if dropped:
        say("dropped, of the classifier: " + ", ".join(dropped))
    squeezes = any(".se." in n or ".se_module." in n for n in tensors)
    result = {}
    for name, tensor in tensors.items():
        if name in dropped:
            continue
        if squeezes:  # timm's seresnext is otherwise as torchvision's resnext; smp's has the first layers in layer0
            name = re.sub(r"^(conv1|bn1)\.", r"layer0.\1.", name).replace(".se.", ".se_module.")
        result["encoder." + name] = tensor
    return result


def blocks(tensors, pattern):
    """How many there are of each of four stages."""
    return tuple(len({m.group(1) for m in (re.match(pattern % stage, n) for n in tensors) if m})
                 for stage in (1, 2, 3, 4))


def guess_encoder(tensors):
    """As smp names encoders; None for one that is not known."""
    if "encoder.patch_embed1.proj.weight" in tensors:
        counts = blocks(tensors, r"encoder\.block%d\.(\d+)\.")
        if counts == (2, 2, 2, 2) and tensors["encoder.patch_embed1.proj.weight"].shape[0] == 32:
            return "mit_b0"
        return MITS.get(counts)
    middle = tensors.get("encoder.layer1.0.conv2.weight")
    bottleneck = "encoder.layer1.0.conv3.weight" in tensors
    depth = RESNETS.get((blocks(tensors, r"encoder\.layer%d\.(\d+)\."), bottleneck))
    if middle is None or not depth:
        return None
    squeeze = "se_" if any(".se_module." in n for n in tensors) else ""
    width, group = middle.shape[:2]
    if width == group:
        return f"{squeeze}resnet{depth}"
    return f"{squeeze}resnext{depth}_{width // group}x{group}d"


def count(tensors, pattern):
    return len({m.group(1) for m in (re.match(pattern, n) for n in tensors) if m})


def guess_smp_unet(tensors):
    config = {"encoder_name": guess_encoder(tensors), "in_channels": first_convolution(tensors)[1].shape[1]}
    depth = count(tensors, r"decoder\.blocks\.(\d+)\.conv2\.0\.weight")
    if depth:
        config["encoder_depth"] = depth
        config["decoder_channels"] = [tensors[f"decoder.blocks.{k}.conv2.0.weight"].shape[0] for k in range(depth)]
    if any(".attention1.attention.cSE." in n for n in tensors):
        config["decoder_attention_type"] = "scse"
    if "segmentation_head.0.weight" in tensors:
        config["classes"] = tensors["segmentation_head.0.weight"].shape[0]
    return config


def guess_unet(tensors):
    first = tensors["down.0.0.weight"]
    config = {"width": first.shape[0], "in_channels": first.shape[1],
              "depth": count(tensors, r"down\.(\d+)\.0\.weight") - 1}
    if "head.weight" in tensors:
        config["out_channels"] = tensors["head.weight"].shape[0]
    if "up.0.weight" in tensors:
        config["up"] = "transposed" if tensors["up.0.weight"].shape[2:] == (2, 2) else "bilinear"
    return config


def guess_conv1x1(tensors):
    return {"in_channels": tensors["weight"].shape[1], "out_channels": tensors["weight"].shape[0]}


def guess(tensors):
    """Architecture and configuration; (None, {}) where the names tell nothing."""
    if "down.0.0.weight" in tensors:
        return ("attention-unet" if any(n.startswith("gate.") for n in tensors) else "unet"), guess_unet(tensors)
    if any(n.startswith("encoder.") for n in tensors) and first_convolution(tensors):
        return "smp-unet", guess_smp_unet(tensors)
    if set(tensors) == {"weight", "bias"} and len(tensors["weight"].shape) == 4:
        return "conv1x1", guess_conv1x1(tensors)
    return None, {}


def first_convolution(tensors):
    """Name and tensor of the convolution that sees the picture, None where there is none."""
    for name in ("down.0.0.weight", "encoder.conv1.weight", "encoder.layer0.conv1.weight",
                 "encoder.patch_embed1.proj.weight", "weight"):
        if name in tensors and len(tensors[name].shape) == 4:
            return name, tensors[name]
    return None
