"""The picture that most tests of styles are about."""

import functools
import random

from PIL import Image

SIZE = (400, 300)


@functools.cache
def scene(size=SIZE, seed=7):
    """Smooth colours, and another one in each corner: what is turned, mirrored or shifted shows."""
    rng = random.Random(seed)
    small = Image.frombytes("RGB", (8, 6), rng.randbytes(8 * 6 * 3))
    for place, colour in {
        (0, 0): (220, 30, 30),
        (7, 0): (30, 200, 30),
        (7, 5): (40, 40, 220),
        (0, 5): (220, 220, 40),
    }.items():
        small.putpixel(place, colour)
    return small.resize(size, Image.BICUBIC)
