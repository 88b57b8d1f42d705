"""Styles on the fly: signed addresses in imgproxy's grammar, made by its client libraries and by hand."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import re
import time

import imgproxy
import pyimgproxy
import pytest
import requests
from PIL import Image

import gallery
import picture_bombs
from larder import eventually
from pictures import opened, picture

KEY, SALT = "736563726574", "68656c6c6f"
CONFIGURATION = {
    "on_the_fly": {"key": KEY, "salt": SALT, "buckets": ["uploads", "photos"]},
    "buckets": ["uploads", "photos", "private"],
}


def signed(path, key=KEY, salt=SALT, size=32):
    """An address below /-/styles, signed as imgproxy's documentation says."""
    digest = hmac.new(bytes.fromhex(key), bytes.fromhex(salt) + path.encode(), hashlib.sha256).digest()[:size]
    return "/-/styles/" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode() + path


def raw_get(server, path, **options):
    """A GET whose path is sent byte by byte as it is."""
    request = requests.Request("GET", server.endpoint).prepare()
    request.url = server.endpoint + path
    request.headers.update(options.pop("headers", {}))
    with requests.Session() as session:
        return session.send(request, timeout=30, **options)


def gauge(server, name):
    line = next(one for one in server.get("/-/metrics").text.splitlines() if one.startswith(name + " "))
    return int(float(line.split()[1]))


@pytest.fixture(scope="module")
def flying(module_server):
    """A server with pictures in its buckets, and a known key."""
    for one in module_server(CONFIGURATION):
        s3 = one.s3()
        s3.put_object(Bucket="uploads", Key="a.png", Body=picture(), ContentType="image/png")
        s3.put_object(Bucket="photos", Key="d/e f@g?h%.jpg", Body=picture("JPEG"), ContentType="image/jpeg")
        s3.put_object(Bucket="private", Key="a.png", Body=picture())
        s3.put_object(Bucket="uploads", Key="note.txt", Body=b"no picture")
        yield one


def fetched(server, options, source="s3://uploads/a.png", **more):
    answer = raw_get(server, signed(f"{options}/plain/{source}"), **more)
    assert answer.status_code == 200, answer.text
    return answer


# What is made


@pytest.mark.parametrize(
    "options, source, size, kind",
    [
        ("/rs:fit:300:300", "s3://uploads/a.png", (300, 225), "PNG"),
        ("/w:320", "uploads/a.png", (320, 240), "PNG"),
        ("/h:48", "local:///uploads/a.png", (64, 48), "PNG"),
        ("", "s3://uploads/a.png@webp", (640, 480), "WEBP"),
        ("/rs:fill:100:100/g:no", "s3://uploads/a.png@jpg", (100, 100), "JPEG"),
        ("/rs:fill-down:2000:1000", "s3://uploads/a.png", (640, 320), "PNG"),
        ("/rs:force:50:70", "s3://uploads/a.png", (50, 70), "PNG"),
        ("/rs:auto:90:100", "s3://uploads/a.png", (90, 68), "PNG"),
        ("/rs:auto:100:90", "s3://uploads/a.png", (100, 90), "PNG"),
        ("/rs:fit:900:900:1", "s3://uploads/a.png", (900, 675), "PNG"),
        ("/rs:fit:100:100:0:1", "s3://uploads/a.png", (100, 100), "PNG"),
        ("/rs:fit:100:100/dpr:2", "s3://uploads/a.png", (200, 150), "PNG"),
        ("/mw:800", "s3://uploads/a.png", (800, 600), "PNG"),
        ("/pr:thumb", "s3://uploads/a.png", (150, 150), "PNG"),
        ("/preset:medium/f:avif", "s3://uploads/a.png", (600, 450), "AVIF"),
        ("/rs:fit:100:100/f:gif", "s3://photos/d/e%20f%40g%3Fh%25.jpg", (100, 75), "GIF"),
    ],
)
def test_an_address_makes_the_picture_that_it_names(flying, options, source, size, kind):
    answer = fetched(flying, options, source)
    made = opened(answer.content)
    assert (made.size, made.format) == (size, kind)
    assert answer.headers["Content-Type"] == f"image/{kind.lower()}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_sides_of_a_picture_lie_where_gravity_focus_and_placement_say(flying):
    image = Image.new("RGB", (300, 100), (255, 0, 0))
    image.paste((0, 255, 0), (100, 0, 200, 100))
    image.paste((0, 0, 255), (200, 0, 300, 100))
    flying.s3().put_object(Bucket="uploads", Key="flag.png", Body=gallery.saved(image, "PNG"))
    colours = {"we": (255, 0, 0), "ce": (0, 255, 0), "ea": (0, 0, 255), "fp:1:0.5": (0, 0, 255), "fp:0:0": (255, 0, 0)}
    for gravity, colour in colours.items():
        made = opened(fetched(flying, f"/rs:fill:100:100/g:{gravity}", "s3://uploads/flag.png").content)
        assert made.convert("RGB").getpixel((50, 50)) == colour, gravity
    made = opened(fetched(flying, "/rs:fit:300:300:0:1:no/bg:010203", "s3://uploads/flag.png").content).convert("RGB")
    assert made.size == (300, 300)
    assert made.getpixel((50, 50)) == (255, 0, 0) and made.getpixel((50, 250)) == (1, 2, 3)
    made = opened(fetched(flying, "/rs:fit:300:300:0:1", "s3://uploads/flag.png").content)
    assert made.mode == "RGBA" and made.getpixel((150, 10))[3] == 0 and made.getpixel((150, 150))[3] == 255


def test_a_background_lies_under_transparency_in_every_format(flying):
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    flying.s3().put_object(Bucket="uploads", Key="clear.png", Body=gallery.saved(image, "PNG"))
    plain = opened(fetched(flying, "/w:20", "s3://uploads/clear.png").content)
    assert plain.mode == "RGBA" and plain.getpixel((9, 9))[3] == 0
    for kind in ("png", "webp", "jpg"):
        made = opened(fetched(flying, "/w:20/bg:0:128:255", f"s3://uploads/clear.png@{kind}").content).convert("RGBA")
        assert gallery.difference(made.getpixel((9, 9))[:3], (0, 128, 255)) < 3 and made.getpixel((9, 9))[3] == 255


# Who may ask


def test_the_client_library_imgproxy_makes_addresses_that_work(flying):
    factory = imgproxy.ImgProxy.factory(proxy_host=flying.endpoint + "/-/styles", key=KEY, salt=SALT)
    address = factory("s3://uploads/a.png", width=200, height=100, resizing_type="fill", gravity="sm", extension="webp")
    answer = requests.get(str(address), timeout=30)
    assert opened(answer.content).size == (200, 100) and answer.headers["Content-Type"] == "image/webp"
    answer = requests.get(address("q:20", "sh:0.7", height=50), timeout=30)
    assert opened(answer.content).size == (200, 50)
    # Its default is to keep size and kind.
    assert opened(requests.get(str(factory("uploads/a.png")), timeout=30).content).size == (640, 480)


def test_the_client_library_pyimgproxy_makes_addresses_that_work(flying):
    client = pyimgproxy.ImgProxy(url=flying.endpoint + "/-/styles", key=KEY, salt=SALT)
    image = client.image("s3://uploads/a.png").resize("fill", 120, 80, enlarge=True).gravity("noea").format("jpg")
    answer = raw_get(flying, image.quality(50).url.removeprefix(flying.endpoint))
    assert opened(answer.content).size == (120, 80) and answer.headers["Content-Type"] == "image/jpeg"
    # A source that needs it is sent in Base64.
    odd = client.image("s3://photos/d/e f@g?h%.jpg").width(64).strip_metadata(True).auto_rotate(True)
    assert opened(requests.get(odd.url, timeout=30).content).size == (64, 48)
    refused = client.image("s3://uploads/a.png").rotate(90)
    answer = raw_get(flying, refused.url.removeprefix(flying.endpoint))
    assert answer.status_code == 400 and "Option 'rotate' of imgproxy is not honoured here" in answer.text


def test_the_documented_sample_of_a_signature_is_right(flying):
    path = "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png"
    answer = flying.get("/-/styles/oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8" + path)
    # The signature is taken; what is signed lies on a host that is not ours.
    assert answer.status_code == 400 and "'http' are not fetched" in answer.text
    assert flying.get("/-/styles/oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH9" + path).status_code == 403


@pytest.mark.parametrize("signature", ["unsafe", "insecure", "_", "x" * 43, "%2e", "a=b"])
def test_without_the_right_signature_nothing_is_told(flying, signature):
    for source in ("uploads/a.png", "uploads/none.png", "private/a.png"):
        path = f"/w:10/plain/{source}"
        answer = flying.get(f"/-/styles/{signature}{path}")
        assert answer.status_code == 403 and answer.headers["Cache-Control"] == "no-store"
        assert signed(path).split("/")[3] not in answer.text
        if signature not in ("unsafe", "insecure"):
            assert f"over the bytes of on_the_fly.salt and then: {path}" in answer.text
            assert answer.headers["X-Status-Reason"] == answer.text.strip()


@pytest.mark.parametrize(
    "path, status, hint",
    [
        ("/w:10/plain/s3://private/a.png", 403, "on_the_fly.buckets names those"),
        ("/w:10/plain/s3://uploads/none.png", 404, "There is no object s3://uploads/none.png."),
        ("/w:10/plain/s3://photos/none/", 404, "There is no object"),
        ("/w:10/plain/s3://uploads/note.txt", 422, "The picture cannot be rendered"),
        ("/w:10/plain/http://169.254.169.254/latest", 400, "are not fetched"),
        ("/w:10/plain/local:///etc/passwd", 403, "on_the_fly.buckets"),
        ("/w:10/plain/local:///../../etc/passwd", 400, "can be no bucket"),
        ("/crop:10:10/plain/uploads/a.png", 400, "Option 'crop' of imgproxy is not honoured here"),
        ("/zz:1/plain/uploads/a.png", 400, "There is no option 'zz'."),
        ("/pr:huge/plain/uploads/a.png", 400, "there are thumb, medium"),
        ("/exp:1/plain/uploads/a.png", 403, "The address ended at 1970-01-01T00:00:01"),
        ("/w:9000/el:1/plain/uploads/a.png", 422, "more than 4096 pixels"),
        ("/nonsense", 400, "expected s3://BUCKET/KEY"),
        ("/A", 400, "URL-safe Base64"),
    ],
)
def test_what_cannot_be_answered_says_why(flying, path, status, hint):
    answer = raw_get(flying, signed(path))
    assert answer.status_code == status and hint in answer.text, answer.text
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    head = requests.head(flying.endpoint + signed(path), timeout=30)
    assert head.status_code in (status, 403, 404) and head.content == b""


def test_other_methods_and_queries_are_refused(flying):
    address = flying.endpoint + signed("/w:10/plain/uploads/a.png")
    answer = requests.post(address, timeout=30)
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"
    assert requests.get(address + "?v=1", timeout=30).status_code == 400


def test_pages_of_other_sites_may_show_pictures_and_allowed_ones_may_read_them(flying):
    address = signed("/w:11/plain/uploads/a.png")
    embedded = {"Sec-Fetch-Site": "cross-site", "Host": "images.example.net", "Sec-Fetch-Dest": "image"}
    assert raw_get(flying, address, headers=embedded).status_code == 200
    answer = raw_get(flying, address, headers={"Origin": "https://app.example.com"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Access-Control-Allow-Origin" not in raw_get(flying, address, headers={"Origin": "https://else.org"}).headers


# How it is answered


def test_validators_ranges_and_head_are_those_of_a_file(flying):
    path = signed("/w:50/plain/s3://uploads/a.png@png")
    whole = raw_get(flying, path)
    etag, size = whole.headers["ETag"], len(whole.content)
    assert re.fullmatch(r'"[0-9a-f]{32}"', etag) and whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "public, max-age=86400"
    assert whole.headers["Content-Disposition"] == 'inline; filename="a.png"'
    assert whole.headers["Last-Modified"] == flying.get("/uploads/a.png").headers.get(
        "Last-Modified", whole.headers["Last-Modified"]
    )
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": whole.headers["Last-Modified"]}):
        again = raw_get(flying, path, headers=headers)
        assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == etag
    assert raw_get(flying, path, headers={"If-None-Match": '"other"'}).content == whole.content
    assert raw_get(flying, path, headers={"If-Match": '"other"'}).status_code == 412
    part = raw_get(flying, path, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206 and part.content == whole.content[10:20]
    assert part.headers["Content-Range"] == f"bytes 10-19/{size}"
    assert raw_get(flying, path, headers={"Range": f"bytes={size}-"}).status_code == 416
    head = requests.head(flying.endpoint + path, timeout=30)
    assert head.headers["Content-Length"] == str(size) and head.headers["ETag"] == etag and head.content == b""


def test_filename_attachment_and_expiry_are_in_the_headers(flying):
    end = int(time.time()) + 100
    answer = fetched(flying, f"/w:5/fn:caf%C3%A9%22/att:1/exp:{end}/f:webp")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="caf__.webp"')
    assert 80 <= int(answer.headers["Cache-Control"].removeprefix("public, max-age=")) <= 100


def test_another_original_has_another_entity_tag_and_the_same_never_two(flying):
    s3 = flying.s3()
    tags = []
    for seed in (1, 2, 2):
        s3.put_object(Bucket="uploads", Key="changing.png", Body=picture(seed=seed))
        answer = fetched(flying, "/w:20", "s3://uploads/changing.png")
        assert opened(answer.content).size == (20, 15)
        tags.append(answer.headers["ETag"])
    assert tags[0] != tags[1]
    assert fetched(flying, "/w:20", "s3://uploads/changing.png").headers["ETag"] == tags[2]
    # A cache buster makes another address of the same result.
    assert fetched(flying, "/w:20/cb:7", "s3://uploads/changing.png").headers["ETag"] == tags[2]


def test_the_format_is_chosen_by_accept_where_that_is_set(server):
    one = server(config={**CONFIGURATION, "on_the_fly": {"key": KEY, "salt": SALT, "accept_formats": ["avif", "webp"]}})
    one.s3().put_object(Bucket="uploads", Key="a.jpg", Body=picture("JPEG"))
    path = signed("/w:60/plain/uploads/a.jpg")
    seen = {}
    for accept, kind in {
        "image/avif,image/webp,*/*": "image/avif",
        "image/webp,*/*": "image/webp",
        "*/*": "image/jpeg",
        "image/avif;q=0,image/webp": "image/webp",
    }.items():
        answer = raw_get(one, path, headers={"Accept": accept})
        assert (answer.headers["Content-Type"], answer.headers["Vary"]) == (kind, "Accept")
        assert seen.setdefault(kind, answer.headers["ETag"]) == answer.headers["ETag"]
    assert len(set(seen.values())) == 3
    named = raw_get(one, signed("/w:60/plain/uploads/a.jpg@png"), headers={"Accept": "image/avif"})
    assert named.headers["Content-Type"] == "image/png" and "Vary" not in named.headers


# Once, and kept


def test_a_result_is_made_once_however_many_ask_and_outlives_a_restart(server):
    one = server(config=CONFIGURATION)
    one.s3().put_object(Bucket="uploads", Key="a.jpg", Body=picture("JPEG", (3000, 2000)))
    address = one.endpoint + signed("/w:500/plain/uploads/a.jpg")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: requests.get(address, timeout=30), range(16)))
    assert {answer.status_code for answer in answers} == {200} and len({answer.content for answer in answers}) == 1
    assert gauge(one, "larder_on_the_fly_made") == 1
    kept = [path for path in one.path(".larder/cache/styles").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [answers[0].content]
    one.restart()
    again = raw_get(one, signed("/w:500/plain/uploads/a.jpg"))
    assert again.content == answers[0].content and again.headers["ETag"] == answers[0].headers["ETag"]
    assert gauge(one, "larder_on_the_fly_made") == 0 and gauge(one, "larder_on_the_fly_hits") == 1
    # Safe to delete while it serves.
    kept[0].unlink()
    assert raw_get(one, signed("/w:500/plain/uploads/a.jpg")).content == answers[0].content
    assert gauge(one, "larder_on_the_fly_made") == 1
    assert one.run("fsck").stdout == ""


def test_the_cache_stays_within_its_budget_and_loses_what_was_used_longest_ago(server):
    budget = 60_000
    configuration = {**CONFIGURATION, "on_the_fly": {"key": KEY, "salt": SALT, "cache_bytes": budget}}
    one = server(config=configuration)
    one.s3().put_object(Bucket="uploads", Key="a.png", Body=picture(seed=3))
    favourite = signed("/w:64/plain/uploads/a.png@png")
    raw_get(one, favourite)
    for width in range(100, 130):
        assert raw_get(one, signed(f"/w:{width}/plain/uploads/a.png@png")).status_code == 200
        assert raw_get(one, favourite).status_code == 200
    folder = one.path(".larder/cache/styles")
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) <= budget and len(sizes) < 31
    assert gauge(one, "larder_on_the_fly_cache_bytes") == sum(sizes)
    # The favourite was made once; what was asked for after it went before it.
    assert gauge(one, "larder_on_the_fly_made") == 31
    one.restart()
    eventually(lambda: gauge(one, "larder_on_the_fly_cache_bytes") == sum(sizes))
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / ".abc.123").write_bytes(b"left by a server that was killed")
    one.restart()
    eventually(lambda: not (folder / "ab" / ".abc.123").exists())


def test_without_a_budget_nothing_is_kept(server):
    one = server(config={**CONFIGURATION, "on_the_fly": {"key": KEY, "salt": SALT, "cache_bytes": 0}})
    one.s3().put_object(Bucket="uploads", Key="a.png", Body=picture())
    for _ in range(2):
        assert opened(raw_get(one, signed("/w:64/plain/uploads/a.png")).content).size == (64, 48)
    assert gauge(one, "larder_on_the_fly_made") == 2
    assert [path for path in one.path(".larder/cache").rglob("*") if path.is_file()] == []


def test_beyond_the_queue_requests_get_503_at_once_and_uploads_go_on(server):
    settings = {"key": KEY, "salt": SALT, "queue": 2, "failure_seconds": 0, "cpu_seconds": 2}
    one = server(config={**CONFIGURATION, "on_the_fly": settings, "imaging": {"workers": 1}})
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="slow.jpg", Body=picture_bombs.jpeg_scans())
    s3.put_object(Bucket="uploads", Key="a.png", Body=picture())
    kept = signed("/w:31/plain/uploads/a.png")
    assert raw_get(one, kept).status_code == 200
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        slow = [pool.submit(raw_get, one, signed(f"/w:{width}/plain/uploads/slow.jpg")) for width in (40, 41)]
        eventually(lambda: gauge(one, "larder_on_the_fly_queue") == 2)
        busy = raw_get(one, signed("/w:32/plain/uploads/a.png"))
        assert busy.status_code == 503 and busy.headers["Retry-After"] == "1" and "on_the_fly.queue" in busy.text
        # What is kept needs no place, and nothing else waits for pictures.
        assert raw_get(one, kept).status_code == 200
        s3.put_object(Bucket="uploads", Key="b.png", Body=b"x")
        assert {future.result().status_code for future in slow} == {422}
    assert raw_get(one, signed("/w:32/plain/uploads/a.png")).status_code == 200
    assert gauge(one, "larder_on_the_fly_refused") == 1


def test_a_picture_that_cannot_be_rendered_is_tried_once(server):
    one = server(config={**CONFIGURATION, "on_the_fly": {"key": KEY, "salt": SALT, "cpu_seconds": 1}})
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="bomb.jpg", Body=picture_bombs.jpeg_scans())
    path = signed("/w:40/plain/uploads/bomb.jpg")
    first = raw_get(one, path)
    assert first.status_code == 422 and "processor time" in first.text
    began = time.monotonic()
    for _ in range(5):
        again = raw_get(one, path)
        assert again.status_code == 422 and 1 <= int(again.headers["Retry-After"]) <= 600
    # Each of them would take a second of the processor.
    assert time.monotonic() - began < 4
    # Another original is another matter.
    s3.put_object(Bucket="uploads", Key="bomb.jpg", Body=picture("JPEG"))
    assert raw_get(one, path).status_code == 200


def test_without_a_worker_the_answer_says_so(server, folder):
    one = server(config=CONFIGURATION, env={"LARDER_IMAGED": str(folder / "none")})
    one.s3().put_object(Bucket="uploads", Key="a.png", Body=picture())
    answer = raw_get(one, signed("/w:40/plain/uploads/a.png"))
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60" and "no image worker" in answer.text


def test_no_descriptor_is_left_behind_and_no_signature_logged(server):
    one = server(config=CONFIGURATION)
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="a.png", Body=picture())
    s3.put_object(Bucket="uploads", Key="cut.jpg", Body=picture_bombs.jpeg_cut(0.5))
    paths = [f"/w:{width}/plain/uploads/a.png" for width in range(20, 50)] + ["/w:9/plain/uploads/cut.jpg"]

    def ask(path):
        with requests.get(one.endpoint + signed(path), timeout=30, stream=True) as answer:
            return answer.status_code if path.startswith("/w:3") else answer.content and answer.status_code

    assert ask(paths[0]) == 200
    before = len(one.descriptors())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, paths * 4)) == {200, 422}
    eventually(lambda: len(one.descriptors()) <= before + 8)
    text = one.log_text()
    assert "path=/-/styles/-/w:20/plain/uploads/a.png" in text
    assert not any(signed(path).split("/")[3] in text for path in paths)


# Settings


def test_the_key_is_made_once_and_the_command_signs_with_it(server):
    one = server()
    one.s3().put_object(Bucket="uploads", Key="a b@c.png", Body=picture())

    def address(*arguments):
        return one.run("styles", "url", "uploads", "a b@c.png", "--base", one.endpoint, *arguments).stdout.strip()

    assert opened(raw_get(one, address("--style", "thumb").removeprefix(one.endpoint)).content).size == (150, 150)
    custom = address("--option", "rs:fit:40:40", "--option", "g:sm", "--format", "webp", "--expires", "1h")
    answer = raw_get(one, custom.removeprefix(one.endpoint))
    assert opened(answer.content).size == (40, 30) and answer.headers["Content-Type"] == "image/webp"
    before = address("--style", "thumb")
    one.restart()
    assert address("--style", "thumb").split("/-/")[1] == before.split("/-/")[1]
    for arguments, hint in [
        (["--style", "huge"], "There is no style 'huge'"),
        (["--option", "crop:1:1"], "not honoured"),
        (["--option", "thumb"], "NAME:ARGUMENT"),
        (["--expires", "soon"], "12h"),
        (["--base", "example.com"], "https://HOST"),
        (["--format", "svg"], "jpg, png"),
    ]:
        refused = one.run("styles", "url", "uploads", "a.png", *arguments, check=False)
        assert refused.returncode != 0 and hint in refused.stderr, refused.stderr
    other = one.run("styles", "url", "elsewhere", "a.png", check=False)
    assert other.returncode != 0 and "on_the_fly.buckets" in other.stderr


def test_a_root_of_an_earlier_version_gets_a_key_of_its_own(server):
    one = server()
    one.stop()
    file = one.path(".larder/credentials.json")
    kept = json.loads(file.read_text())
    assert re.fullmatch("[0-9a-f]{64}", kept.pop("styles_key")) and re.fullmatch("[0-9a-f]{64}", kept.pop("styles_salt"))
    file.write_text(json.dumps(kept))
    one.start()
    now = json.loads(file.read_text())
    assert re.fullmatch("[0-9a-f]{64}", now["styles_key"]) and {**now, **kept} == now
    assert file.stat().st_mode & 0o777 == 0o600


def test_keys_are_rotated_sizes_cut_and_unsigned_taken_where_that_is_set(server):
    new_key, new_salt = "00" * 16, "11" * 16
    settings = {"key": f"{new_key},{KEY}", "salt": f"{new_salt},{SALT}", "signature_size": 12, "unsigned": True}
    one = server(config={**CONFIGURATION, "on_the_fly": settings})
    one.s3().put_object(Bucket="uploads", Key="a.png", Body=picture())
    path = "/w:40/plain/uploads/a.png"
    for address in (
        signed(path, size=12),
        signed(path, new_key, new_salt, size=12),
        f"/-/styles/unsafe{path}",
        f"/-/styles/insecure{path}",
    ):
        assert raw_get(one, address).status_code == 200
    for address in (signed(path), signed(path, new_key, SALT, size=12), f"/-/styles/x{path}"):
        assert raw_get(one, address).status_code == 403


def test_with_presets_only_no_other_size_can_be_asked_for(server):
    one = server(config={**CONFIGURATION, "on_the_fly": {"key": KEY, "salt": SALT, "presets_only": True}})
    one.s3().put_object(Bucket="uploads", Key="a.png", Body=picture())
    assert raw_get(one, signed("/pr:thumb/cb:1/plain/uploads/a.png@webp")).status_code == 200
    refused = raw_get(one, signed("/w:10/plain/uploads/a.png"))
    assert refused.status_code == 403 and "on_the_fly.presets_only" in refused.text


def test_named_styles_are_those_of_the_place(server):
    rules = [{"bucket": "photos", "prefix": "big/", "styles": [{"name": "thumb", "width": 33}]}]
    one = server(config={**CONFIGURATION, "attachments": {"style_rules": rules}})
    for key in ("big/a.png", "a.png"):
        one.s3().put_object(Bucket="photos", Key=key, Body=picture())
    assert opened(raw_get(one, signed("/pr:thumb/plain/photos/big/a.png")).content).size == (33, 25)
    assert opened(raw_get(one, signed("/pr:thumb/plain/photos/a.png")).content).size == (150, 150)


def test_styles_on_the_fly_can_be_off(server):
    one = server(config={"on_the_fly": {"buckets": [], "key": KEY, "salt": SALT}})
    answer = raw_get(one, signed("/w:10/plain/uploads/a.png"))
    assert answer.status_code == 404 and "on_the_fly.buckets is empty" in answer.text


@pytest.mark.parametrize(
    "settings, hint",
    [
        ({"key": KEY}, "belong together"),
        ({"key": "xyz", "salt": SALT}, "must be hexadecimal"),
        ({"key": f"{KEY},{KEY}", "salt": SALT}, "each key needs one"),
        ({"signature_size": 7}, "from 8 to 32"),
        ({"signature_size": 33}, "from 8 to 32"),
        ({"queue": 0}, "on_the_fly.queue"),
        ({"max_age": -1}, "on_the_fly.max_age"),
        ({"cache_bytes": -1}, "on_the_fly.cache_bytes"),
        ({"failure_seconds": 86_401}, "on_the_fly.failure_seconds"),
        ({"cpu_seconds": 0}, "on_the_fly.cpu_seconds"),
        ({"wall_seconds": 3_601}, "on_the_fly.wall_seconds"),
        ({"accept_formats": ["png"]}, "avif and webp are"),
        ({"buckets": ["X"]}, "no valid bucket name"),
        ({"kye": KEY}, "there is no setting 'on_the_fly.kye'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(shared, folder, settings, hint):
    file = folder / "config.json"
    file.write_text(json.dumps({"on_the_fly": settings}))
    result = shared.run("config", "--config", file, check=False)
    assert result.returncode != 0 and hint in result.stdout + result.stderr


def test_secrets_are_masked(flying):
    shown = flying.run("config", *flying.arguments).stdout
    assert "on_the_fly.key = ********" in shown and KEY not in shown and SALT not in shown
