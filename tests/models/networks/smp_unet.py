# SPDX-License-Identifier: LGPL-2.1-or-later
"""Few channels in the decoder: there is nothing to learn from more."""
import segmentation_models_pytorch as smp

FEW = [64, 32, 16, 16, 8]


def networks():
    for name, height, width, config in (
            ("resnet18", 64, 96, dict(encoder_name="resnet18", in_channels=1, decoder_channels=FEW)),
            ("resnet18-scse", 64, 32, dict(encoder_name="resnet18", encoder_depth=4, in_channels=2, classes=3,
                                           decoder_channels=[64, 32, 32, 16], decoder_attention_type="scse",
                                           decoder_interpolation="bilinear")),
            ("resnet34", 64, 64, dict()),
            ("resnet50", 64, 64, dict(encoder_name="resnet50", decoder_channels=FEW)),
            ("resnext50", 64, 96, dict(encoder_name="resnext50_32x4d", in_channels=1, decoder_channels=FEW)),
            ("se-resnext50", 64, 96, dict(encoder_name="se_resnext50_32x4d", in_channels=1, decoder_channels=FEW)),
            ("se-resnext50-scse", 40, 64, dict(encoder_name="se_resnext50_32x4d", encoder_depth=3,
                                               decoder_channels=[64, 32, 16], decoder_attention_type="scse")),
            ("mit-b0", 64, 96, dict(encoder_name="mit_b0", decoder_channels=FEW)),
            ("mit-b0-scse", 32, 64, dict(encoder_name="mit_b0", encoder_depth=4, in_channels=1, classes=2,
                                         decoder_channels=[32, 32, 16, 16], decoder_attention_type="scse")),
            ("mit-b1", 64, 64, dict(encoder_name="mit_b1", in_channels=1, decoder_channels=FEW)),
            ("mit-b2", 96, 64, dict(encoder_name="mit_b2", decoder_channels=FEW))):
        yield f"smp-unet-{name}", config, smp.Unet(**config, encoder_weights=None), height, width
