"""Pictures of every kind that Larder takes, each with what it should look like according to Pillow."""

import functools
import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageCms

import icc
import pngfile
import videos
from scenes import SIZE, scene

RELATIVE = ImageCms.Intent.RELATIVE_COLORIMETRIC


class Input:
    """One picture: its bytes, and the upright sRGB picture that a viewer shows, both made on demand."""

    def __init__(self, name, extension, make, shows, tolerance=4.0, frames=1):
        self.name = name
        self.extension = extension
        self.filename = f"{name}.{extension}"
        self.make = make
        self.shows = shows
        self.tolerance = tolerance
        """How far a colour may be off, as CIE 1976 difference; 2.3 is just noticeable."""
        self.frames = frames

    @property
    def content_type(self):
        special = {"jpg": "image/jpeg", "svg": "image/svg+xml", "pdf": "application/pdf", **videos.KINDS}
        return special.get(self.extension, f"image/{self.extension}")

    @property
    def needs_vips(self):
        """Whether the vips command makes it."""
        return self.name == "heic" or "cmyk" in self.name

    @property
    def missing(self):
        """What has to be installed before it can be made; None when nothing has."""
        if self.needs_vips and shutil.which("vips") is None:
            return "the vips command makes it, and is not installed"
        return videos.MISSING if self.extension in videos.KINDS and videos.FFMPEG is None else None

    def __repr__(self):
        return self.name


def clear(size=SIZE):
    """The scene, growing transparent to the right."""
    image = scene(size).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").rotate(90).resize(size))
    return image


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def turned(orientation, kind="JPEG", **options):
    """The scene as a camera stores it that was held in one of eight ways."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    image = scene()
    for step in undo.get(orientation, []):
        image = image.transpose(step)
    return saved(image, kind, exif=exif, **options)


def decoded(data):
    """What Pillow sees, as RGB or RGBA."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")


def as_srgb(image, profile):
    """The same numbers read by a profile, in sRGB."""
    return ImageCms.profileToProfile(
        image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), renderingIntent=RELATIVE, outputMode="RGB"
    )


def film(count=5, size=(200, 150)):
    return [scene(size, seed) for seed in range(1, count + 1)]


DELAYS = [100, 200, 50, 400, 250]


def animated(kind, **options):
    first, *rest = film()
    return saved(first, kind, save_all=True, append_images=rest, duration=DELAYS, loop=3, **options)


def by_vips(extension, operation, *arguments):
    """What the vips command makes of the scene: kinds that Pillow does not write."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.png"), Path(folder, f"out.{extension}")
        scene().save(source)
        command = ["vips", operation, source, target, *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return target.read_bytes()


def heic():
    return by_vips("heic", "heifsave", "--Q", "90", "--compression", "hevc")


def inks(extension):
    """The scene in a CMYK of its own profile."""
    return by_vips(extension, "icc_transform", "cmyk")


def printed(extension):
    """The inks as their profile says that they look."""
    image = Image.open(io.BytesIO(inks(extension)))
    return as_srgb(image, image.info["icc_profile"])


def pressed(make):
    """Inks without a profile by that of a usual press, which a CMYK of libvips brings along."""
    profile = Image.open(io.BytesIO(inks("jpg"))).info["icc_profile"]
    return as_srgb(Image.open(io.BytesIO(make())), profile)


def svg():
    squares = [("#dc1e1e", 0, 0), ("#1ec81e", 200, 0), ("#dcdc28", 0, 150), ("#2828dc", 200, 150)]
    body = "".join(f'<rect x="{x}" y="{y}" width="200" height="150" fill="{c}"/>' for c, x, y in squares)
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">{body}</svg>'.encode()


def quarters():
    image = Image.new("RGB", SIZE)
    for colour, x, y in [("#dc1e1e", 0, 0), ("#1ec81e", 200, 0), ("#dcdc28", 0, 150), ("#2828dc", 200, 150)]:
        image.paste(colour, (x, y, x + 200, y + 150))
    return image


def grey():
    return scene().convert("L")


def dotted():
    """Black and white in areas that are large enough to stay so."""
    return grey().point(lambda value: 255 if value > 110 else 0, "1")


def of(image, kind, **options):
    """`make` of a picture that Pillow saves."""
    return lambda: saved(image() if callable(image) else image, kind, **options)


def palette():
    return scene().quantize(64)


def holed():
    """A palette of which one colour is transparent."""
    image = palette()
    image.info["transparency"] = image.getpixel((0, 0))
    return image


def seen(make):
    """What Pillow shows of what was made: for kinds that lose colours, where the scene itself would be too strict."""
    return lambda: decoded(make())


def by_pillow(name, extension, make, **options):
    return Input(name, extension, make, seen(make), **options)


P3, ADOBE = icc.profile(icc.DISPLAY_P3), icc.profile(icc.ADOBE_RGB)
JPEG = {"quality": 92}

INPUTS = [
    *(Input(f"jpeg-orientation-{n}", "jpg", functools.partial(turned, n, quality=92), scene) for n in range(1, 9)),
    by_pillow("jpeg-444", "jpg", of(scene, "JPEG", subsampling=0, **JPEG)),
    by_pillow("jpeg-420", "jpg", of(scene, "JPEG", subsampling=2, **JPEG)),
    by_pillow("jpeg-progressive", "jpg", of(scene, "JPEG", progressive=True, **JPEG)),
    by_pillow("jpeg-grey", "jpg", of(grey, "JPEG", **JPEG)),
    Input("jpeg-cmyk", "jpg", cmyk := of(lambda: scene().convert("CMYK"), "JPEG", **JPEG), lambda: pressed(cmyk), tolerance=6),
    Input("jpeg-cmyk-profile", "jpg", lambda: inks("jpg"), lambda: printed("jpg")),
    Input("tiff-cmyk-profile", "tiff", lambda: inks("tiff"), lambda: printed("tiff")),
    Input("jpeg-adobe-rgb", "jpg", of(scene, "JPEG", icc_profile=ADOBE, **JPEG), lambda: as_srgb(scene(), ADOBE)),
    Input("jpeg-display-p3", "jpg", of(scene, "JPEG", icc_profile=P3, **JPEG), lambda: as_srgb(scene(), P3)),
    by_pillow("jpeg-large", "jpg", lambda: saved(scene((4000, 3000)), "JPEG", **JPEG)),
    by_pillow("png-rgb", "png", of(scene, "PNG")),
    by_pillow("png-rgba", "png", of(clear, "PNG")),
    by_pillow("png-palette", "png", of(palette, "PNG")),
    by_pillow("png-palette-transparent", "png", of(holed, "PNG")),
    by_pillow("png-grey", "png", of(grey, "PNG")),
    by_pillow("png-grey-alpha", "png", of(lambda: clear().convert("LA"), "PNG")),
    by_pillow("png-one-bit", "png", of(dotted, "PNG"), tolerance=8),
    Input("png-16-bit-grey", "png", lambda: pngfile.sixteen_bits(grey()), lambda: grey().convert("RGB")),
    Input("png-16-bit-rgb", "png", lambda: pngfile.sixteen_bits(scene()), scene),
    Input("png-16-bit-rgba", "png", lambda: pngfile.sixteen_bits(clear()), clear),
    Input("png-interlaced", "png", lambda: pngfile.interlaced(scene()), scene),
    Input("png-display-p3", "png", of(scene, "PNG", icc_profile=P3), lambda: as_srgb(scene(), P3)),
    Input("png-orientation-6", "png", functools.partial(turned, 6, "PNG"), scene),
    Input(
        "png-one-pixel",
        "png",
        of(lambda: Image.new("RGB", (1, 1), "#336699"), "PNG"),
        lambda: Image.new("RGB", (1, 1), "#336699"),
    ),
    # Ten lines become one: how much the outer ones count is a matter of taste.
    by_pillow("png-wide", "png", lambda: saved(scene((20_000, 10)), "PNG"), tolerance=9),
    by_pillow("png-tall", "png", lambda: saved(scene((10, 20_000)), "PNG"), tolerance=9),
    by_pillow("gif", "gif", of(scene, "GIF")),
    by_pillow("gif-transparent", "gif", of(holed, "GIF", transparency=palette().getpixel((0, 0)))),
    by_pillow("gif-animated", "gif", functools.partial(animated, "GIF"), frames=5),
    by_pillow("webp", "webp", of(scene, "WEBP", quality=92)),
    by_pillow("webp-lossless-alpha", "webp", of(clear, "WEBP", lossless=True)),
    by_pillow("webp-animated", "webp", functools.partial(animated, "WEBP", quality=92), frames=5),
    Input("webp-orientation-6", "webp", functools.partial(turned, 6, "WEBP", quality=92), scene),
    Input("webp-display-p3", "webp", of(scene, "WEBP", quality=92, icc_profile=P3), lambda: as_srgb(scene(), P3)),
    by_pillow("avif", "avif", of(scene, "AVIF", quality=90)),
    by_pillow("avif-alpha", "avif", of(clear, "AVIF", quality=90)),
    Input("avif-orientation-6", "avif", functools.partial(turned, 6, "AVIF", quality=90), scene),
    Input("heic", "heic", heic, scene),
    by_pillow("tiff-lzw", "tiff", of(scene, "TIFF", compression="tiff_lzw")),
    by_pillow("tiff-jpeg", "tiff", of(scene, "TIFF", compression="jpeg", quality=92)),
    by_pillow("tiff-alpha", "tiff", of(clear, "TIFF")),
    by_pillow("tiff-grey", "tiff", of(grey, "TIFF")),
    by_pillow("tiff-one-bit", "tiff", of(dotted, "TIFF", compression="group4"), tolerance=8),
    Input("tiff-cmyk", "tiff", plates := of(lambda: scene().convert("CMYK"), "TIFF"), lambda: pressed(plates), tolerance=6),
    by_pillow(
        "tiff-pages", "tiff", lambda: saved(film()[0], "TIFF", save_all=True, append_images=film()[1:]), frames=5
    ),
    Input("tiff-orientation-6", "tiff", functools.partial(turned, 6, "TIFF"), scene),
    Input("svg", "svg", svg, quarters),
    Input("pdf", "pdf", lambda: saved(quarters(), "PDF", resolution=72), quarters),
    *(Input(f"video-{kind}", kind, functools.partial(videos.clip, kind), scene) for kind in videos.KINDS),
    Input("video-held-upright", "mp4", videos.turned, scene),
]


# Colours


def lab(pixel):
    """CIE L*a*b* of an sRGB pixel under D65."""
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in pixel[:3])]
    rows = [(0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)]
    xyz = [sum(a * b for a, b in zip(row, light)) / white for row, white in zip(rows, (0.9505, 1.0, 1.089))]
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(left, right):
    return sum((a - b) ** 2 for a, b in zip(lab(left), lab(right))) ** 0.5


def differences(made, expected, background="white"):
    """How far the colours are apart around 49 points, both laid over one background."""
    assert made.size == expected.size
    left, right = over(made, background), over(expected, background)
    # The mean of a neighbourhood: what filters and codecs do to single pixels does not count.
    grid = (min(7, made.width), min(7, made.height))
    left, right = left.resize(grid, Image.BOX), right.resize(grid, Image.BOX)
    return [difference(left.getpixel((x, y)), right.getpixel((x, y))) for x in range(grid[0]) for y in range(grid[1])]


def over(image, background):
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, background), image).convert("RGB")


# What each mode makes of a picture, by Pillow


def scaled(size, box, covering):
    factor = (max if covering else min)(box[0] / size[0], box[1] / size[1])
    return size if factor >= 1 else tuple(max(1, int(side * factor + 0.5)) for side in size)


def fit(image, box):
    return image.resize(scaled(image.size, box, False), Image.LANCZOS)


def fill(image, box):
    image = image.resize(scaled(image.size, box, True), Image.LANCZOS)
    width, height = min(box[0], image.width), min(box[1], image.height)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def pad(image, box, background):
    image = fit(image, box)
    canvas = Image.new("RGB", box, background)
    canvas.paste(over(image, background), ((box[0] - image.width) // 2, (box[1] - image.height) // 2))
    return canvas


def exact(image, box):
    return image.resize((min(box[0], image.width), min(box[1], image.height)), Image.LANCZOS)
