"""Pictures for the tests, made here."""

import io
import random

from PIL import Image


def picture(kind="PNG", size=(640, 480), seed=1, orientation=None, mode="RGB"):
    """A picture with detail; `orientation` is the EXIF value."""
    rng = random.Random(seed)
    small = Image.frombytes("RGB", (16, 12), rng.randbytes(16 * 12 * 3))
    image = small.resize(size, Image.BICUBIC).convert(mode)
    options = {}
    if orientation is not None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010E] = "a description that styles must not carry"
        options["exif"] = exif
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data):
    """A picture decoded to its last pixel."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
