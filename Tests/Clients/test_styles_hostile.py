"""Hostile files: each ends as `failed` with a reason or as a correct picture, in time and within its memory."""

import http.server
import threading
import time

import pytest
import requests

import picture_bombs
import gallery
import pngfile
from attachments import attach, claim, finished, upload
from pictures import opened, picture

LIMITS = {"cpu_seconds": 1, "wall_seconds": 20, "workers": 2}
PICTURE = "picture"
REFUSED = {"unsupported", "damaged", "too_large", "too_many_pixels", "too_many_frames"}
STOPPED = {"cpu_limit", "time_limit", "out_of_memory", "crashed"}

# What each file may end as. Where it may be a picture, it is one in browsers too, if a poor one.
TABLE = [
    ("png-50000x50000-1-bit", "png", lambda: pngfile.zeros(50_000, 50_000, 1, pngfile.GREY), {"too_many_pixels"}),
    ("png-20000x20000", "png", lambda: pngfile.zeros(20_000, 20_000, 8, pngfile.RGB), {"too_many_pixels"}),
    ("png-20000x20000-named-jpg", "jpg", lambda: pngfile.zeros(20_000, 20_000, 8, pngfile.RGB), {"too_many_pixels"}),
    ("png-9900x9900-interlaced", "png", lambda: pngfile.zeros(9900, 9900, 8, pngfile.RGBA, True), {"too_many_pixels"}),
    ("png-7900x7900-interlaced", "png", lambda: pngfile.zeros(7900, 7900, 8, pngfile.RGBA, True), {PICTURE, *STOPPED}),
    ("png-profile-of-256-mib", "png", picture_bombs.png_profile_of_zeros, {PICTURE, "damaged", *STOPPED}),
    ("png-text-of-256-mib", "png", picture_bombs.png_text_of_zeros, {PICTURE, "damaged", *STOPPED}),
    ("png-100000-texts", "png", picture_bombs.png_many_texts, {PICTURE}),
    ("png-broken-checksum", "png", picture_bombs.png_broken_checksum, {"damaged"}),
    ("gif-5000-frames", "gif", lambda: picture_bombs.gif_of_frames(5000, 2000), {PICTURE}),
    ("gif-100000-frames", "gif", lambda: picture_bombs.gif_of_frames(100_000, 16), {PICTURE, "too_many_frames"}),
    ("gif-of-35-bytes", "gif", picture_bombs.gif_of_a_header, {PICTURE, "too_many_pixels", "damaged"}),
    ("jpeg-64250x64250", "jpg", lambda: picture_bombs.jpeg_that_says(64_250, 64_250), {"too_many_pixels"}),
    (
        "jpeg-64250x64250-progressive",
        "jpg",
        lambda: picture_bombs.jpeg_that_says(64_250, 64_250, progressive=True),
        {"too_many_pixels"},
    ),
    ("jpeg-8000x8000-of-64x64", "jpg", lambda: picture_bombs.jpeg_that_says(8000, 8000), {PICTURE, "damaged"}),
    ("jpeg-883-scans", "jpg", picture_bombs.jpeg_scans, {"cpu_limit"}),
    ("jpeg-cut-in-half", "jpg", lambda: picture_bombs.jpeg_cut(0.5), {"damaged"}),
    ("jpeg-of-400-bytes", "jpg", lambda: picture_bombs.jpeg_cut(0.5)[:400], {"damaged"}),
    ("jpeg-junk-profile", "jpg", picture_bombs.jpeg_junk_profile, {PICTURE}),
    ("jpeg-exif-in-a-circle", "jpg", picture_bombs.jpeg_exif_in_a_circle, {PICTURE}),
    ("webp-16000x16000", "webp", lambda: picture_bombs.webp_that_says(16_000, 16_000), {"too_many_pixels"}),
    ("webp-cut", "webp", picture_bombs.webp_cut, {"damaged"}),
    ("avif-cut", "avif", picture_bombs.avif_cut, {"damaged"}),
    ("tiff-30000x30000", "tiff", lambda: picture_bombs.tiff_of_zeros(30_000), {"too_many_pixels"}),
    ("tiff-7900x7900-one-strip", "tiff", lambda: picture_bombs.tiff_of_zeros(7900), {PICTURE, "damaged", *STOPPED}),
    ("tiff-pages-in-a-circle", "tiff", picture_bombs.tiff_pages_in_a_circle, {PICTURE, "damaged", "too_many_frames"}),
    ("svg", "svg", gallery.svg, {"unsupported"}),
    ("svg-named-png", "png", gallery.svg, {"unsupported"}),
    ("pdf-named-png", "png", lambda: picture_bombs.pdf((600, 800), b""), {"unsupported"}),
    (
        "mvg-named-jpg",
        "jpg",
        lambda: b"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 '/etc/passwd'\n",
        {"unsupported"},
    ),
    ("matlab-named-png", "png", lambda: b"MATLAB 5.0 MAT-file" + bytes(200), {"unsupported"}),
    ("hdf5-named-png", "png", lambda: b"\x89HDF\r\n\x1a\n" + bytes(200), {"unsupported"}),
    ("bmp", "bmp", lambda: picture_bombs.flat((20, 20), "BMP"), {"unsupported"}),
    ("nothing-named-png", "png", lambda: b"", {"unsupported"}),
    ("jpeg-named-png", "png", lambda: picture_bombs.flat((300, 300), "JPEG"), {PICTURE}),
]

# The same for those who asked for drawings.
DRAWINGS = [
    ("svg-file", "svg", lambda: picture_bombs.svg_external("file:///etc/passwd"), {PICTURE, "damaged"}),
    ("svg-relative", "svg", lambda: picture_bombs.svg_external("secret.png"), {PICTURE, "damaged"}),
    (
        "svg-include",
        "svg",
        lambda: picture_bombs.svg(
            '<rect width="200" height="200" fill="#00ff00"/><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
            'parse="text" href="/etc/passwd"/>'
        ),
        {PICTURE, "damaged"},
    ),
    ("svg-entity", "svg", lambda: picture_bombs.svg_entity("/etc/passwd"), {PICTURE, "damaged", *STOPPED}),
    ("svg-billion-laughs", "svg", picture_bombs.svg_laughs, {"damaged", *STOPPED}),
    ("svg-copies", "svg", picture_bombs.svg_copies, {PICTURE, "damaged", *STOPPED}),
    ("svg-blurs", "svg", picture_bombs.svg_blurs, {PICTURE, "damaged", *STOPPED}),
    ("svg-100000x100000", "svg", lambda: picture_bombs.svg("", "", 100_000, 100_000), {"too_many_pixels", "damaged"}),
    ("svg-text", "svg", lambda: picture_bombs.svg('<text x="9" y="90" font-size="90">text</text>'), {PICTURE, *STOPPED}),
    ("pdf-14400", "pdf", lambda: picture_bombs.pdf((14_400, 14_400), b""), {PICTURE, "too_many_pixels"}),
    ("pdf-1000000", "pdf", lambda: picture_bombs.pdf((1_000_000, 1_000_000), b""), {"too_many_pixels", "damaged"}),
    ("pdf-paths", "pdf", picture_bombs.pdf_paths, {PICTURE, *STOPPED}),
    ("pdf-cut", "pdf", lambda: gallery.saved(gallery.quarters(), "PDF")[:600], {"damaged", PICTURE}),
]


@pytest.fixture(scope="module")
def small(module_server):
    """A server with little time for each picture, warm, and what it weighs then."""
    yield from _weighed(module_server({"imaging": LIMITS}))


@pytest.fixture(scope="module")
def drawing(module_server):
    """The same for those who asked for drawings."""
    kinds = ["jpeg", "png", "svg", "pdf"]
    yield from _weighed(module_server({"imaging": {**LIMITS, "kinds": kinds}}))


def _weighed(servers):
    for one in servers:
        attach(one, gallery.saved(gallery.scene((3000, 2000)), "PNG"))
        one.weight = one.status("VmRSS")
        yield one


def case(table):
    return pytest.mark.parametrize("extension, make, ends", [pytest.param(*row[1:], id=row[0]) for row in table])


def content_type(extension):
    return gallery.Input("", extension, None, None).content_type


def assert_ends_well(server, make, extension, ends):
    began = time.monotonic()
    attachment = attach(server, make(), f"file.{extension}", content_type(extension))
    assert time.monotonic() - began < 30
    if attachment["state"] == "done":
        assert PICTURE in ends, attachment
        for name, url in attachment["style_url"].items():
            answer = requests.get(url, timeout=30)
            assert answer.status_code == 200 and max(opened(answer.content).size) <= {"thumb": 150, "medium": 600}[name]
    else:
        assert attachment["state"] == "failed" and attachment["style_url"] == {}
        assert attachment["failure"]["error"] in ends, attachment["failure"]
        assert len(attachment["failure"]["message"]) > 10
    # Pictures are never in the server's own memory, only pages of its buffers.
    assert server.status("VmRSS") - server.weight < 32 * 1024
    return attachment


@case(TABLE)
def test_a_hostile_file_fails_with_a_reason_or_is_a_picture(small, extension, make, ends):
    attachment = assert_ends_well(small, make, extension, ends)
    # The original is there whatever became of its styles.
    assert requests.get(attachment["original_url"], timeout=30, stream=True).status_code == 200


@case(DRAWINGS)
def test_a_hostile_drawing_fails_with_a_reason_or_is_a_picture(drawing, extension, make, ends):
    assert_ends_well(drawing, make, extension, ends)


def test_limits_hold_for_the_page_that_a_style_names(server):
    style = {"name": "second", "width": 90, "height": 90, "page": 2}
    one = server(config={"imaging": LIMITS, "attachments": {"styles": [style]}})
    attachment = attach(one, picture_bombs.tiff_with_a_second_page_of(30_000), "a.tiff", "image/tiff")
    assert attachment["failure"]["error"] == "too_many_pixels"


def test_a_drawing_sees_no_file_beside_it(drawing):
    """libvips renders siblings when it is given a path; it gets bytes, in a process that opens nothing."""
    secret = gallery.saved(picture_bombs.Image.new("RGB", (200, 200), "#ff0000"), "PNG")
    drawing.s3().put_object(Bucket="uploads", Key="async_uploads/secret.png", Body=secret)
    path = drawing.path("buckets", "uploads", "async_uploads", "secret.png")
    for reference in ("../secret.png", f"file://{path}", str(path)):
        attachment = attach(drawing, picture_bombs.svg_external(reference), "a.svg", "image/svg+xml")
        if attachment["state"] == "done":
            shown = opened(requests.get(attachment["style_url"]["medium"], timeout=30).content).convert("RGB")
            assert shown.getpixel((100, 100))[0] < 100


def test_a_drawing_fetches_nothing(drawing):
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        reference = f"http://127.0.0.1:{listener.server_port}/asked.png"
        attach(drawing, picture_bombs.svg_external(reference), "a.svg", "image/svg+xml")
        listener.shutdown()
    assert asked == []


def test_uploads_go_on_while_every_worker_is_busy_with_a_bomb(small):
    bomb = picture_bombs.jpeg_scans()
    busy = [claim(small, upload(small, bomb, "bomb.jpg", "image/jpeg")).json()["id"] for _ in range(2)]
    client, times = small.s3(), []
    while any(small.api("GET", f"/{identifier}").json()["state"] == "pending" for identifier in busy):
        began = time.monotonic()
        client.put_object(Bucket="uploads", Key="round", Body=b"x" * 100_000)
        assert len(client.get_object(Bucket="uploads", Key="round")["Body"].read()) == 100_000
        times.append(time.monotonic() - began)
    # How many there are is the disk's pace; that there are some is the point.
    assert len(times) >= 5 and max(times) < 10, (len(times), max(times))
    for identifier in busy:
        assert finished(small, identifier)["failure"]["error"] == "cpu_limit"
    assert attach(small, picture())["state"] == "done"
