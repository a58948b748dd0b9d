# SPDX-License-Identifier: LGPL-2.1-or-later
"""What voxelaugment does to a tile and its label, on one thread.

Peer: albumentations, with OpenCV kept to one thread. Tiles are 8 bit. The list is the origin's; there its scale_limit
(.8, 1.25) means x1.8 to x2.25, which is one row, and is taken for x.8 to x1.25 here and in the other. What moves pixels
gives the same pixels as there, tests/elements/tiles/augment-geometry.c shows it; here both draw numbers of their own.
"""
import os

from harness import Child, need, program, timed

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
LIST = "scale gamma(p=.75) brightness-contrast gaussian-blur motion-blur grid-distortion"


def options(p):
    p.add_argument("--augment-size", type=int, default=512, help="of tiles, in pixels")
    p.add_argument("--augment-count", type=int, default=60, help="tiles a turn")


def scale_and_crop(A, size, limit, p):
    import cv2
    return [A.RandomScale(scale_limit=limit, interpolation=cv2.INTER_CUBIC, p=p),
            A.RandomCrop(size, size, pad_if_needed=True, border_mode=cv2.BORDER_REFLECT_101, p=1)]


def tones(A):
    return [A.RandomGamma(p=.75), A.RandomBrightnessContrast(p=.5), A.GaussianBlur(p=.5), A.MotionBlur(p=.5)]


# What is timed: our recipe, and what albumentations would be told.
SINGLE = {
    "scale, cubic": ("scale(p=1)", lambda A, size: scale_and_crop(A, size, (-.2, .25), 1)),
    "grid distortion": ("grid-distortion(p=1)",
                        lambda A, size: [A.GridDistortion(num_steps=5, distort_limit=.3, p=1)]),
    "rotate, linear": ("rotate(p=1)", lambda A, size: [A.Rotate(limit=90, border_mode=4, p=1)]),
    "elastic": ("elastic(p=1, alpha=120, sigma=6)", lambda A, size: [A.ElasticTransform(alpha=120, sigma=6, p=1)]),
    "rot90 and flips": ("rot90 flip-h flip-v",
                        lambda A, size: [A.RandomRotate90(p=1), A.HorizontalFlip(p=.5), A.VerticalFlip(p=.5)]),
    "gamma": ("gamma(p=1)", lambda A, size: [A.RandomGamma(p=1)]),
    "brightness, contrast": ("brightness-contrast(p=1)", lambda A, size: [A.RandomBrightnessContrast(p=1)]),
    "gaussian blur": ("gaussian-blur(p=1)", lambda A, size: [A.GaussianBlur(p=1)]),
    "motion blur": ("motion-blur(p=1)", lambda A, size: [A.MotionBlur(p=1)]),
}


def albumentations_turns(size, count, make):
    np, cv2, A = need("numpy", "cv2", "albumentations")
    random = np.random.default_rng(0)
    image = cv2.GaussianBlur(random.integers(0, 255, (size, size, 1), np.uint8), (0, 0), 1)[..., None]
    label = (cv2.GaussianBlur(random.normal(size=(size, size)), (0, 0), 6) > .03).astype(np.uint8) * 255
    apply = A.Compose(make(A, size), seed=1)

    def step():
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        for _ in range(count):
            apply(image=image, mask=label)
        cv2.setNumThreads(threads)
    return timed(step)


def measure(args, table, folder):
    size, count = args.augment_size, args.augment_count

    def figure(name, recipe, peers, bits=8):
        ours = Child([program(args, "augment-time"), recipe, str(size), str(size), str(count), str(bits)])
        table.figure(f"augment {size}^2: {name}", "tiles/s", count, ours,
                     {peer: lambda make=make: albumentations_turns(size, count, make) for peer, make in peers.items()})

    def all_of(limit):
        return lambda A, size: (scale_and_crop(A, size, limit, .5) + tones(A) +
                                [A.GridDistortion(num_steps=5, distort_limit=.3, p=.5)])
    figure("the list", LIST, {"albumentations, x.8 to 1.25": all_of((-.2, .25)),
                              "albumentations, as given": all_of((.8, 1.25))})
    figure("the list, noise, turns, flips", "origin", {})
    for name, (recipe, make) in SINGLE.items():
        figure(name, recipe, {"albumentations": make})
    figure("scale, cubic, 16 bits", "scale(p=1)", {}, 16)
    figure("rotate, linear, 16 bits", "rotate(p=1)", {}, 16)
