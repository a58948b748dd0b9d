# SPDX-License-Identifier: LGPL-2.1-or-later
"""The networks of tools/bench networks: PyTorch's module and the model file of the same weights."""
import array
import random

import harness
import plain_unet

ENCODERS = {"resnext50_32x4d": 1, "se_resnext50_32x4d": 1, "mit_b2": 3, "resnet34": 1}    # channels in
NAMES = ("unet", "attention-unet", *ENCODERS)


def channels(name):
    return ENCODERS.get(name, 1)


def unet(width, depth, gates):
    """What models/architectures/unet.c builds, with tensors of the same names."""
    torch = harness.need("torch")
    nn = torch.nn
    widths = [width << k for k in range(depth + 1)]

    def double(i, o):
        return nn.Sequential(*(m for a in (i, o) for m in (
            nn.Conv2d(a, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))))

    class Gate(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.g, self.x = (nn.Sequential(nn.Conv2d(c, c // 2, 1, bias=False), nn.BatchNorm2d(c // 2))
                              for _ in range(2))
            self.psi = nn.Conv2d(c // 2, 1, 1)

        def forward(self, signal, skip):
            return skip * torch.sigmoid(self.psi(torch.relu(self.g(signal) + self.x(skip))))

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.ModuleList(double(i, o) for i, o in zip([1] + widths, widths))
            self.up = nn.ModuleList(nn.ConvTranspose2d(2 * o, o, 2, 2) for o in widths[:-1])
            self.dec = nn.ModuleList(double(2 * o, o) for o in widths[:-1])
            self.gate = nn.ModuleList(map(Gate, widths[:-1])) if gates else None
            self.head = nn.Conv2d(width, 1, 1)

        def forward(self, x):
            skips = []
            for k, down in enumerate(self.down):
                x = down(nn.functional.max_pool2d(x, 2) if k else x)
                skips.append(x)
            for k in reversed(range(depth)):
                x = self.up[k](x)
                skip = self.gate[k](x, skips[k]) if gates else skips[k]
                x = self.dec[k](torch.cat([skip, x], 1))
            return self.head(x)

    return UNet()


def calibrate(module, inputs):
    """Batch-norm statistics of one batch, so that activations stay in range."""
    torch = harness.need("torch")
    norms = [m for m in module.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    module.train()
    for norm in norms:
        norm.momentum = None
    with torch.no_grad():
        module(torch.randn(2, inputs, 128, 128))
    module.eval()


def module(name, args, seed):
    """PyTorch's module, seeded; Missing where a package is."""
    torch = harness.need("torch")
    torch.manual_seed(seed)
    if name in ENCODERS:
        smp = harness.need("segmentation_models_pytorch")
        net = smp.Unet(name, encoder_weights=None, in_channels=channels(name), classes=1)
    else:
        net = unet(args.width, args.depth, name == "attention-unet")
    if args.statistics == "calibrated":
        calibrate(net, channels(name))
    return net.eval()


def write(path, name, args, net):
    """The model file of a module's weights; of a U-Net that was made without PyTorch where there is none."""
    if net is None:
        plain_unet.write(path, args.width, args.depth, args.seed)
        return
    architecture, config = name, {"width": args.width, "depth": args.depth}
    if name in ENCODERS:
        architecture, config = "smp-unet", {"encoder_name": name, "in_channels": channels(name), "classes": 1}
    harness.write_model(path, architecture, config, {
        key: (list(value.shape), value.detach().contiguous().numpy().reshape(-1))
        for key, value in net.state_dict().items() if value.is_floating_point()})


def picture(path, name, height, width, seed):
    """Writes a picture of floats, normal about 0; its values."""
    r = random.Random(seed)
    values = array.array("f", [r.gauss(0, 1) for _ in range(channels(name) * height * width)])
    with open(path, "wb") as f:
        values.tofile(f)
    return values
