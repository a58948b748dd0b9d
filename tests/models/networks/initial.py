# SPDX-License-Identifier: LGPL-2.1-or-later
"""How weights are distributed before training."""
import segmentation_models_pytorch as smp

from .unet import UNet

SMALL = dict(encoder_weights=None, decoder_channels=[64, 32, 32, 16, 16])


def moments(values):
    """Mean, deviation, and fourth power over the squared variance: 1.8 of a uniform distribution, 3 of a normal one."""
    values = values.double().flatten()
    mean, deviation = float(values.mean()), float(values.std(unbiased=False))
    return [mean, deviation, float(((values - mean) / deviation).pow(4).mean()) if deviation else 0]


def statistics():
    networks = []
    for architecture, make, config in (
            ("attention-unet", lambda width, depth: UNet(width, depth, gates=True), dict(width=16, depth=2)),
            ("smp-unet", smp.Unet, dict(SMALL, encoder_name="resnet18", decoder_attention_type="scse")),
            ("smp-unet", smp.Unet, dict(SMALL, encoder_name="resnet18", in_channels=1)),
            ("smp-unet", smp.Unet, dict(SMALL, encoder_name="se_resnext50_32x4d", classes=4)),
            ("smp-unet", smp.Unet, dict(SMALL, encoder_name="mit_b0")),
            ("smp-unet", smp.Unet, dict(SMALL, encoder_name="mit_b0", in_channels=1))):
        state = make(**config).state_dict()
        networks.append(dict(architecture=architecture,
                             config={k: v for k, v in config.items() if k != "encoder_weights"},
                             tensors={k: [float(f"{m:.5g}") for m in moments(v)] for k, v in state.items()
                                      if not k.endswith("num_batches_tracked")}))
    return networks
