"""Posters of videos: the right frame, upright; nothing for whoever made the video but that."""

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import requests
from PIL import Image

import gallery
import videos
from attachments import attach, claim, finished, upload
from larder import eventually
from pictures import opened

pytestmark = pytest.mark.skipif(videos.FFMPEG is None, reason=videos.MISSING)

STYLES = [
    {"name": "fit", "width": 300, "height": 300, "format": "png"},
    {"name": "auto", "width": 200, "height": 200},
]
KINDS = ["jpeg", *videos.KINDS]
LIMITS = {"cpu_seconds": 2, "wall_seconds": 20, "workers": 2}
CONFIGURATION = {"attachments": {"styles": STYLES}, "imaging": {"kinds": KINDS, **LIMITS}}


@pytest.fixture(scope="module")
def cinema(module_server):
    """A server that makes posters, and what it weighs."""
    for one in module_server(CONFIGURATION):
        attach(one, videos.clip("mp4"), "a.mp4", "video/mp4")
        one.weight = one.status("VmRSS")
        yield one


def shown(attachment, name="fit"):
    assert attachment["state"] == "done", attachment
    return opened(requests.get(attachment["style_url"][name], timeout=30).content)


@pytest.mark.parametrize("extension", videos.KINDS)
def test_a_poster_shows_what_the_video_shows(cinema, extension):
    attachment = attach(cinema, videos.clip(extension), f"film.{extension}", videos.KINDS[extension])
    assert (attachment["width"], attachment["height"], attachment["frames"]) == (400, 300, 1)
    assert attachment["format"] == extension and attachment["content_type"] == videos.KINDS[extension]
    assert len(attachment["blurhash"]) == 28
    made = shown(attachment)
    assert made.size == (300, 225)
    assert max(gallery.differences(made, gallery.fit(gallery.scene(), (300, 300)))) <= 5
    answer = requests.get(attachment["style_url"]["auto"], timeout=30)
    assert answer.headers["Content-Type"] == "image/jpeg" and opened(answer.content).size == (200, 150)


def test_a_poster_is_upright_as_the_phone_was_held(cinema):
    made = shown(attach(cinema, videos.turned(), "a.mp4", "video/mp4"))
    assert made.size == (300, 225)
    assert max(gallery.differences(made, gallery.fit(gallery.scene(), (300, 300)))) <= 5


def test_pixels_that_are_not_square_are_made_so(cinema):
    data = videos.of_pictures("mp4", gallery.scene((200, 300)), options=("-aspect", "4:3"))
    attachment = attach(cinema, data, "a.mp4", "video/mp4")
    assert (attachment["width"], attachment["height"]) == (400, 300)


def test_a_poster_is_not_the_black_that_a_film_begins_with(cinema):
    black = Image.new("RGB", gallery.SIZE)
    data = videos.of_pictures("mp4", black, *[gallery.scene()] * 6)
    made = shown(attach(cinema, data, "a.mp4", "video/mp4"))
    assert max(gallery.differences(made, gallery.fit(gallery.scene(), (300, 300)))) <= 5


def test_the_same_video_gives_the_same_poster(cinema):
    one, other = (attach(cinema, videos.clip("webm"), "a.webm", "video/webm") for _ in range(2))
    assert shown(one).tobytes() == shown(other).tobytes()
    assert one["blurhash"] == other["blurhash"]


def test_videos_are_just_files_where_nobody_asked_for_posters(shared):
    attachment = attach(shared, videos.clip("mp4"), "a.mp4", "video/mp4")
    assert attachment["state"] == "done" and attachment["style_url"] == {} and attachment["width"] is None


def test_only_the_kinds_that_were_asked_for_have_posters(server):
    one = server(config={"imaging": {"kinds": ["jpeg", "webm"]}})
    attachment = attach(one, videos.clip("mp4"), "a.mp4", "video/mp4")
    assert attachment["state"] == "done" and attachment["style_url"] == {}
    # A PNG is what frames travel as, and still is no kind that was asked for.
    attachment = attach(one, gallery.saved(gallery.scene(), "PNG"), "a.png", "image/png")
    assert attachment["failure"]["error"] == "unsupported"
    assert attach(one, videos.clip("webm"), "a.webm", "video/webm")["style_url"].keys() == {"thumb", "medium"}


def test_without_ffmpeg_a_video_waits_and_pictures_go_on(server):
    one = server(config=CONFIGURATION, env={"LARDER_FFMPEG": "/nonexistent/ffmpeg"})
    answer = claim(one, upload(one, videos.clip("mp4"), "a.mp4", "video/mp4"))
    assert answer.status_code == 202
    assert attach(one, gallery.saved(gallery.scene(), "JPEG"), "a.jpg", "image/jpeg")["state"] == "done"
    assert one.api("GET", f"/{answer.json()['id']}").json()["state"] == "pending"
    eventually(lambda: "ffmpeg not found at /nonexistent/ffmpeg" in one.log_text())
    one.stop()
    del one.env["LARDER_FFMPEG"]
    checks = json.loads(one.run("doctor", "--json", *one.arguments).stdout)["checks"]
    assert [check["level"] for check in checks if check["check"] == "ffmpeg"] == ["ok"]


# What each hostile file may end as; a picture is one of its own frames.
PICTURE = "picture"
STOPPED = {"cpu_limit", "time_limit", "out_of_memory", "crashed"}
HOSTILE = [
    ("sound-only", "mp4", videos.sound, {"damaged"}),
    ("frames-of-40000x40000", "mov", lambda: videos.says_size(40_000, 40_000), {"damaged", "too_many_pixels"}),
    ("frames-in-another-file", "mov", lambda: videos.elsewhere("/etc/passwd"), {PICTURE, "damaged"}),
    ("playlist-named-mp4", "mp4", lambda: videos.playlist("/etc/passwd"), {"unsupported"}),
    ("concatenation-named-mkv", "mkv", lambda: videos.concatenation("/etc/passwd"), {"unsupported"}),
    ("cut-mp4", "mp4", lambda: videos.clip("mp4")[:-2000], {"damaged", PICTURE}),
    ("cut-mkv", "mkv", lambda: videos.clip("mkv")[:3000], {"damaged", PICTURE}),
    ("shredded-mp4", "mp4", lambda: videos.shredded(videos.clip("mp4")), {"damaged", PICTURE, *STOPPED}),
    ("shredded-webm", "webm", lambda: videos.shredded(videos.clip("webm")), {"damaged", PICTURE, *STOPPED}),
    ("shredded-mkv", "mkv", lambda: videos.shredded(videos.clip("mkv"), 9), {"damaged", PICTURE, *STOPPED}),
    ("header-only", "mp4", lambda: b"\0\0\0\x18ftypisom\0\0\0\0isommp42", {"damaged"}),
    ("ebml-of-nothing", "webm", lambda: b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm", {"damaged"}),
    ("picture-named-mp4", "mp4", lambda: gallery.saved(gallery.scene(), "JPEG"), {PICTURE}),
]


@pytest.mark.parametrize("extension, make, ends", [pytest.param(*row[1:], id=row[0]) for row in HOSTILE])
def test_a_hostile_video_fails_with_a_reason_or_gives_a_picture(cinema, extension, make, ends):
    began = time.monotonic()
    attachment = attach(cinema, make(), f"film.{extension}", videos.KINDS[extension])
    assert time.monotonic() - began < 30
    if attachment["state"] == "done":
        assert PICTURE in ends, attachment
        assert max(shown(attachment).size) <= 300
    else:
        assert attachment["failure"]["error"] in ends, attachment["failure"]
        assert len(attachment["failure"]["message"]) > 10
    assert cinema.status("VmRSS") - cinema.weight < 32 * 1024
    assert requests.get(attachment["original_url"], timeout=30, stream=True).status_code == 200


def compiled(folder, name, source):
    """A program to be run instead of ffmpeg."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    command = ["gcc", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-x", "c", "-o", folder / name, "-"]
    subprocess.run(command, input=source, check=True, text=True)
    return folder / name


@pytest.mark.parametrize("handler", ["SIG_DFL", "_exit"])
def test_what_takes_the_frame_is_stopped_when_it_costs_too_much(server, folder, handler):
    """ffmpeg ends by itself when the kernel warns it; what was taken over would not."""
    busy = compiled(
        folder,
        "busy",
        f"#include <signal.h>\n#include <unistd.h>\nint main(void) {{ signal(SIGXCPU, {handler}); for (;;); }}",
    )
    limits = {"kinds": ["mp4"], "cpu_seconds": 1, "workers": 1}
    one = server(config={"imaging": limits}, env={"LARDER_FFMPEG": busy})
    attachment = attach(one, videos.clip("mp4"), "a.mp4", "video/mp4")
    assert attachment["failure"]["error"] == "cpu_limit", attachment


def test_a_video_of_too_many_bytes_is_not_looked_at(server):
    one = server(config={"imaging": {"kinds": ["mp4"], "max_video_bytes": 50_000}})
    data = videos.clip("mp4")
    assert len(data) > 50_000
    assert attach(one, data, "a.mp4", "video/mp4")["failure"]["error"] == "too_large"
    small = videos.of_pictures("mp4", Image.new("RGB", (64, 64), "#336699"))
    assert len(small) <= 50_000 and attach(one, small, "a.mp4", "video/mp4")["state"] == "done"


@pytest.mark.parametrize("size", ["memory", "disk"])
def test_what_takes_the_frame_sees_the_video_and_nothing_else(server, folder, size):
    """Run instead of ffmpeg, a program that tries what a taken over one would try."""
    spy = compiled(folder, "spy", Path(__file__).with_name("spy.c").read_text())
    one = server(config={"imaging": {"kinds": ["mp4"]}}, env={"LARDER_FFMPEG": spy})
    # Small objects are handed over in memory, large ones as the file that they are.
    data = videos.clip("mp4") + (b"" if size == "memory" else bytes(1 << 20))
    attachment = attach(one, data, "a.mp4", "video/mp4")
    assert attachment["failure"]["message"] == "No frame can be taken out of the video: read the video; "
