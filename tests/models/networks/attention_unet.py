# SPDX-License-Identifier: LGPL-2.1-or-later
from .unet import UNet


def networks():
    for name, height, width, config in (("transposed", 24, 40, dict(width=16, depth=3)),
                                        ("bilinear", 32, 16, dict(width=6, depth=2, in_channels=3, out_channels=2,
                                                                  up="bilinear", align_corners=False))):
        yield f"attention-unet-{name}", config, UNet(**config, gates=True), height, width
