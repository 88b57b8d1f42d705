"""Styles of every kind of picture, held against what Pillow makes of it: sizes, orientation, colours, timing."""

import io

import pytest
import requests
from PIL import Image

import gallery
from attachments import attach
from pictures import opened

STYLES = [
    {"name": "fit", "width": 300, "height": 300, "format": "png"},
    {"name": "card", "width": 200, "height": 120, "mode": "fill", "gravity": "center", "format": "jpeg", "quality": 92},
    {
        "name": "pad",
        "width": 120,
        "height": 160,
        "mode": "pad",
        "format": "webp",
        "quality": 92,
        "background": "336699",
    },
    {"name": "exact", "width": 64, "height": 64, "mode": "exact", "format": "png"},
    {"name": "auto", "width": 100, "height": 100},
    {"name": "film", "width": 100, "height": 100, "animated": True},
]
KINDS = ["jpeg", "png", "webp", "gif", "avif", "heic", "tiff", "svg", "pdf", "mp4", "mov", "webm", "mkv"]
CONFIGURATION = {"attachments": {"styles": STYLES}, "imaging": {"kinds": KINDS}}


@pytest.fixture(scope="module")
def styled(module_server):
    """A server with these styles, that takes every kind."""
    yield from module_server(CONFIGURATION)


def styles_of(attachment):
    """Each style as bytes."""
    assert attachment["state"] == "done", attachment
    return {name: requests.get(url, timeout=30).content for name, url in attachment["style_url"].items()}


def expected(reference, name):
    """What Pillow makes of a picture for a style, and the colour under its transparency."""
    match name:
        case "fit":
            return gallery.fit(reference, (300, 300)), "white"
        case "card":
            return gallery.fill(reference, (200, 120)), "white"
        case "pad":
            return gallery.pad(reference, (120, 160), "#336699"), "#336699"
        case "exact":
            return gallery.exact(reference, (64, 64)), "white"


def assert_alike(data, reference, name, tolerance):
    made = opened(data)
    wanted, background = expected(reference, name)
    assert made.size == wanted.size, name
    far = gallery.differences(made, wanted, background)
    assert max(far) <= tolerance, f"{name}: {max(far):.1f}, {sum(far) / len(far):.1f} on average"


@pytest.mark.parametrize("source", gallery.INPUTS, ids=repr)
def test_every_style_of_every_kind_looks_as_pillow_makes_it(styled, source):
    if source.missing:
        pytest.skip(source.missing)
    data = source.make()
    attachment = attach(styled, data, source.filename, source.content_type)
    styles = styles_of(attachment)
    reference = source.shows()
    # A drawing has no size of its own, but it does say one.
    assert (attachment["width"], attachment["height"]) == reference.size
    assert attachment["frames"] == source.frames
    assert attachment["format"] == {"jpg": "jpeg"}.get(source.extension, source.extension)
    for name in ("fit", "card", "pad", "exact"):
        assert_alike(styles[name], reference, name, source.tolerance)


@pytest.mark.parametrize(
    "name, kind",
    [
        ("jpeg-444", "JPEG"),
        ("png-rgba", "PNG"),
        ("gif", "GIF"),
        ("webp", "WEBP"),
        ("avif", "JPEG"),
        ("avif-alpha", "WEBP"),
        ("tiff-lzw", "JPEG"),
        ("tiff-alpha", "WEBP"),
        ("svg", "WEBP"),
        ("pdf", "JPEG"),
    ],
)
def test_auto_keeps_what_browsers_show_and_finds_a_kind_for_the_rest(styled, name, kind):
    source = next(one for one in gallery.INPUTS if one.name == name)
    attachment = attach(styled, source.make(), source.filename, source.content_type)
    answer = requests.get(attachment["style_url"]["auto"], timeout=30)
    assert opened(answer.content).format == kind
    assert answer.headers["Content-Type"] == f"image/{kind.lower()}"


def timing(data):
    """Frames with how long each is shown, and how often all are."""
    image = Image.open(io.BytesIO(data))
    frames, delays = [], []
    for index in range(image.n_frames):
        image.seek(index)
        frames.append(image.convert("RGB"))
        delays.append(image.info["duration"])
    return frames, delays, image.info.get("loop")


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_keeps_its_frames_their_timing_and_its_repetitions(styled, kind):
    source = next(one for one in gallery.INPUTS if one.name == f"{kind}-animated")
    data = source.make()
    made, delays, loop = timing(styles_of(attach(styled, data, source.filename, source.content_type))["film"])
    frames, wanted_delays, wanted_loop = timing(data)
    assert delays == wanted_delays == gallery.DELAYS
    assert loop == wanted_loop
    assert len(made) == 5
    for one, original in zip(made, frames):
        far = gallery.differences(one, gallery.fit(original, (100, 100)))
        assert max(far) <= 8, far


@pytest.mark.parametrize("side", ["left", "right"])
def test_attention_and_entropy_keep_what_there_is_to_see(server, side):
    styles = [
        {"name": gravity, "width": 60, "height": 120, "mode": "fill", "gravity": gravity, "format": "png"}
        for gravity in ("attention", "entropy")
    ]
    one = server(config={"attachments": {"styles": styles}})
    image = Image.new("RGB", (480, 240), (40, 40, 40))
    image.paste(gallery.scene((80, 80)).crop((0, 0, 80, 80)), (20 if side == "left" else 380, 80))
    for name, data in styles_of(attach(one, gallery.saved(image, "PNG"))).items():
        made = opened(data).convert("RGB")
        busy = sum(gallery.difference(made.getpixel((x, y)), (40, 40, 40)) > 15 for x in range(60) for y in range(120))
        # The scene has 40 x 40 pixels by now.
        assert made.size == (60, 120) and busy > 1000, (name, busy)


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_a_style_shows_the_page_that_it_names_in_the_shape_of_that_page(server, kind):
    styles = [{"name": f"page{n}", "width": 100, "height": 100, "format": "png", "page": n} for n in (1, 2, 9)]
    one = server(config={"attachments": {"styles": styles}, "imaging": {"kinds": KINDS}})
    pages = [gallery.scene((300, 200), 1), gallery.scene((200, 300), 2), gallery.scene((240, 240), 3)]
    options = {"resolution": 72, "quality": 95} if kind == "PDF" else {}
    data = gallery.saved(pages[0], kind, save_all=True, append_images=pages[1:], **options)
    attachment = attach(one, data, f"a.{kind.lower()}", "application/pdf" if kind == "PDF" else "image/tiff")
    assert attachment["frames"] == 3 and (attachment["width"], attachment["height"]) == (300, 200)
    for name, page in zip(("page1", "page2", "page9"), pages):
        made = opened(styles_of(attachment)[name])
        # Pillow puts a coarse JPEG into its PDF.
        assert max(gallery.differences(made, gallery.fit(page, (100, 100)))) <= 8


def test_a_still_style_of_an_animation_is_a_still(styled):
    source = next(one for one in gallery.INPUTS if one.name == "gif-animated")
    styles = styles_of(attach(styled, source.make(), source.filename, source.content_type))
    assert getattr(opened(styles["auto"]), "n_frames", 1) == 1


def test_the_attachment_tells_when_and_where_a_photograph_was_taken_when_it_is_asked_to(server):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2014:05:01 12:34:56"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.52), 3: "W", 4: (2.0, 30.0, 0.0)})
    data = gallery.saved(gallery.scene(), "JPEG", exif=exif)
    asked = attach(server(config={"attachments": {"photo_details": True}}), data, "a.jpg", "image/jpeg")
    assert asked["photo_time"] == "2014-05-01T12:34:56"
    assert asked["photo_location"] == {"latitude": 48.8582, "longitude": -2.5}
    silent = attach(server(), data, "a.jpg", "image/jpeg")
    assert "photo_time" not in silent and "photo_location" not in silent
    for attachment in (asked, silent):
        for style in styles_of(attachment).values():
            assert not opened(style).getexif()


def test_the_attachment_tells_what_the_picture_looks_like(styled):
    image = Image.new("RGB", (300, 200), (200, 30, 40))
    image.paste((20, 20, 220), (0, 0, 100, 200))
    attachment = attach(styled, gallery.saved(image, "PNG"))
    assert attachment["dominant_color"] == "c81e28"
    # Four cosines across and three down, in 28 digits; the third to sixth are the mean colour.
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
    assert len(attachment["blurhash"]) == 28 and attachment["blurhash"][0] == "L"
    mean = 0
    for digit in attachment["blurhash"][2:6]:
        mean = mean * 83 + digits.index(digit)
    linear = [
        sum(share * (value / 255) ** 2.2 for share, value in ((2 / 3, a), (1 / 3, b)))
        for a, b in zip((200, 30, 40), (20, 20, 220))
    ]
    wanted = [round(255 * value ** (1 / 2.2)) for value in linear]
    found = [mean >> 16, mean >> 8 & 255, mean & 255]
    assert all(abs(a - b) <= 6 for a, b in zip(found, wanted)), (found, wanted)


def test_metadata_stays_only_where_a_style_keeps_it(server):
    kept = {"name": "kept", "width": 90, "height": 90, "metadata": "keep"}
    gone = {"name": "gone", "width": 90, "height": 90}
    one = server(config={"attachments": {"styles": [kept, gone]}})
    for kind, extension in (("JPEG", "jpg"), ("WEBP", "webp"), ("PNG", "png")):
        exif = Image.Exif()
        exif[0x010E] = "a description"
        exif[0x0112] = 6
        data = gallery.saved(gallery.scene(), kind, exif=exif)
        styles = styles_of(attach(one, data, f"a.{extension}", f"image/{extension.replace('jpg', 'jpeg')}"))
        found = opened(styles["kept"])
        assert found.getexif().get(0x010E) == "a description", kind
        # It is upright by now, and must not be turned again.
        assert found.size == (68, 90) and found.getexif().get(0x0112, 1) == 1
        assert b"a description" not in styles["gone"] and not opened(styles["gone"]).getexif()


def test_a_changed_style_has_another_name_and_an_unchanged_one_the_same(server, folder):
    def links(sharpen):
        style = {"name": "one", "width": 90, "height": 90, "sharpen": sharpen}
        root = folder / f"sharpen{sharpen}"
        made = server(config={"attachments": {"styles": [style]}}, storage=root)
        attachment = attach(made, gallery.saved(gallery.scene(), "PNG"))
        url = attachment["style_url"]["one"]
        return url.split("?")[0].rsplit("/", 1)[1], requests.get(url, timeout=30).content

    (plain, plain_bytes), (sharp, sharp_bytes) = links(0), links(1)
    assert plain != sharp and plain_bytes != sharp_bytes
