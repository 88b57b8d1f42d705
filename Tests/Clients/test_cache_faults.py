"""The mode cache when the remote fails, when this server is killed, and when there is no room."""

import contextlib
import os
import threading

import pytest
import requests

from attachments import attach
from caches import MIB, cache_settings, fetch, front, kept_bytes, kept_files, metric, remote, told, url_of, warmed, way  # noqa: F401
from larder import eventually
from pictures import picture
from test_proxy_larder import refused


def test_with_the_remote_gone_there_is_what_is_kept(server, remote, way):
    front = server(config=cache_settings(way, cache_fresh_seconds=0))
    body = os.urandom(3 * MIB)
    for key in ("k", "part"):
        remote.s3().put_object(Bucket="uploads", Key=key, Body=body)
    warmed(front, "k", body)
    # Its block is here, and not only the bytes that were asked for.
    eventually(lambda: told(fetch(front, "part", Range="bytes=0-9")) == "hit")
    way.gone()
    for _ in range(3):
        stale = fetch(front, "k")
        assert (stale.status_code, told(stale), stale.content) == (200, "stale", body)
        assert stale.headers["Warning"] == '110 larder "Response is Stale"'
    part = fetch(front, "k", Range="bytes=5-9")
    assert (part.status_code, told(part), part.content) == (206, "stale", body[5:10])
    head = requests.head(url_of(front, "k", "head_object"), timeout=10)
    assert (head.status_code, told(head)) == (200, "stale")
    assert fetch(front, "k", If_None_Match=stale.headers["ETag"]).status_code == 304
    assert fetch(front, "part", Range="bytes=3-9").content == body[3:10]
    assert fetch(front, "part").status_code == 502
    assert fetch(front, "never").status_code == 502
    assert refused(front.s3().put_object, Bucket="uploads", Key="k", Body=b"new")[0] == 502
    # Nobody can have seen that one.
    assert fetch(front, "k").content == body
    front.restart()
    assert told(fetch(front, "k")) == "stale"
    way.back()
    eventually(lambda: told(fetch(front, "k")) == "hit" or None)
    assert "Warning" not in fetch(front, "k").headers


@pytest.mark.parametrize("fault", ["hang", "reset", "garbage", 500, 503])
def test_any_way_of_not_answering_makes_it_stale(server, remote, way, fault):
    front = server(config=cache_settings(way, cache_fresh_seconds=0))
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    fetch(front, "k")
    asked = []
    way.fault = lambda method, target: asked.append(target) or fault
    stale = fetch(front, "k")
    assert (told(stale), stale.content) == ("stale", b"x")

    def left_alone():
        # For a moment it is not asked again, which is over sooner than a slow machine asks.
        asked.clear()
        return told(fetch(front, "k")) == "stale" and not any(target.startswith("/uploads/k") for target in asked)

    eventually(left_alone)


def test_a_refusal_is_no_reason_to_be_stale(server, remote, way):
    front = server(config=cache_settings(way, cache_fresh_seconds=0))
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    fetch(front, "k")
    way.fault = 403
    assert (fetch(front, "k").status_code, told(fetch(front, "k"))) == (403, "miss")
    way.fault = None
    fetch(front, "k")
    remote.s3().delete_object(Bucket="uploads", Key="k")
    assert fetch(front, "k").status_code == 404
    way.gone()
    assert fetch(front, "k").status_code != 200


def test_an_answer_that_breaks_off_is_gone_on_with(front, remote, way):
    body = os.urandom(8 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    way.fault = "truncate"
    threading.Timer(0.15, lambda: setattr(way, "fault", None)).start()
    with contextlib.suppress(requests.RequestException):
        assert fetch(front, "k").content == body
    way.fault = None
    assert fetch(front, "k").content == body
    assert told(fetch(front, "k")) == "hit"


@pytest.mark.parametrize("fault", ["truncate", "lie"])
def test_one_that_always_does_is_not_taken_for_whole(front, remote, way, fault):
    body = os.urandom(4 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    way.fault = fault
    with pytest.raises(requests.RequestException):
        answer = fetch(front, "k")
        assert answer.content != body
        raise requests.RequestException
    way.fault = None

    def healed():
        # A length that was a lie is only noticed at the end of what there is.
        with contextlib.suppress(requests.RequestException):
            return fetch(front, "k").content == body

    eventually(healed)


def test_what_is_kept_outlives_a_restart(front, remote, way):
    bodies = {f"k{number}": os.urandom(number * 700_000) for number in range(5)}
    for key, body in bodies.items():
        remote.s3().put_object(Bucket="uploads", Key=key, Body=body, Metadata={"a": key})
        fetch(front, key)
    fetch(front, "none")
    front.restart()
    way.forget()
    for key, body in bodies.items():
        answer = fetch(front, key)
        assert (told(answer), answer.content, answer.headers["x-amz-meta-a"]) == ("hit", body, key)
    # The remote is asked about each, and for none of them.
    assert sorted(way.lines("GET", "HEAD")) == [f"HEAD /uploads/{key}" for key in sorted(bodies)]
    assert metric(front, "larder_cache_objects") == 5


def test_killed_in_the_middle_of_a_fetch_it_serves_nothing_wrong(front, remote, way):
    body = os.urandom(12 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    remote.s3().put_object(Bucket="uploads", Key="small", Body=b"small")
    fetch(front, "small")
    way.stop = True
    with requests.get(url_of(front, "k"), stream=True, timeout=20) as answer:
        next(answer.iter_content(1000))
        eventually(lambda: kept_bytes(front) > 2 * MIB)
        front.kill()
    way.release()
    front.start()
    way.forget()
    # It was not stopped in order, so the remote is asked; the bytes are here.
    small = fetch(front, "small")
    assert (told(small), small.content) == ("hit", b"small")
    assert len(way.lines("HEAD", "GET")) == 1
    assert fetch(front, "k").content == body
    assert any("Range: bytes=" in head for head in way.heads)
    assert fetch(front, "k").content == body


def test_damaged_files_are_no_copies(front, remote, way):
    body = os.urandom(2 * MIB)
    for key in ("a", "b", "c"):
        remote.s3().put_object(Bucket="uploads", Key=key, Body=body)
        fetch(front, key)
    front.stop()
    files = sorted(kept_files(front))
    assert len(files) == 3
    with open(files[0], "r+b") as file:
        file.truncate(2 * MIB + 20)
    with open(files[1], "r+b") as file:
        file.seek(2 * MIB + 40)
        file.write(b"\xff" * 30)
    files[2].write_bytes(b"")
    front.start()
    for key in ("a", "b", "c"):
        answer = fetch(front, key)
        assert (told(answer), answer.content) == ("miss", body)


def test_the_budget_holds(server, remote, way):
    front = server(config=cache_settings(way, cache_bytes=8 * MIB, cache_object_bytes=3 * MIB))
    for number in range(24):
        remote.s3().put_object(Bucket="uploads", Key=f"k{number}", Body=os.urandom(MIB))
        assert fetch(front, f"k{number}").status_code == 200
    eventually(lambda: kept_bytes(front) <= 8 * MIB + 65_536)
    assert metric(front, "larder_cache_bytes") <= 8 * MIB
    assert 4 <= len(kept_files(front)) <= 8
    assert told(fetch(front, "k23")) == "hit"
    assert told(fetch(front, "k0")) == "miss"
    front.restart()
    assert metric(front, "larder_cache_bytes") <= 8 * MIB


def test_one_pass_over_everything_leaves_what_is_used_often(server, remote, way):
    front = server(config=cache_settings(way, cache_bytes=10 * MIB, cache_object_bytes=3 * MIB))
    for number in range(4):
        remote.s3().put_object(Bucket="uploads", Key=f"hot{number}", Body=os.urandom(MIB))
        for _ in range(3):
            fetch(front, f"hot{number}")
    for number in range(40):
        remote.s3().put_object(Bucket="uploads", Key=f"cold{number}", Body=os.urandom(MIB))
        assert told(fetch(front, f"cold{number}")) == "miss"
    assert [told(fetch(front, f"hot{number}")) for number in range(4)] == ["hit"] * 4


def test_without_room_on_the_disk_it_passes_through(server, remote, way):
    front = server(config={**cache_settings(way), "limits": {"free_bytes": 1 << 50}})
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"x" * 1000)
    for _ in range(2):
        answer = fetch(front, "k")
        assert (told(answer), answer.content) == ("bypass", b"x" * 1000)
    part = fetch(front, "k", Range="bytes=1-3")
    assert (told(part), part.content) == ("bypass", b"xxx")
    assert kept_files(front) == []


def test_emptied_by_hand_it_goes_on(front, remote):
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"x" * 1000)
    fetch(front, "k")
    for path in kept_files(front):
        path.unlink()
    assert fetch(front, "k").content == b"x" * 1000
    front.restart()
    assert fetch(front, "k").content == b"x" * 1000


def test_attachments_and_styles_are_read_from_here(front, remote, way):
    attachment = attach(front, picture(size=(300, 200)))
    assert attachment["style_url"]
    urls = [attachment["original_url"], *attachment["style_url"].values()]
    contents = []
    for url in urls:
        assert url.startswith(front.endpoint)
        answer = requests.get(url, timeout=30)
        assert answer.status_code == 200
        contents.append(answer.content)
    way.gone()
    for url, content in zip(urls, contents):
        answer = requests.get(url, timeout=30)
        assert (answer.status_code, told(answer), answer.content) == (200, "hit", content)


def test_a_client_that_hangs_up_ends_the_transfer(front, remote, way):
    remote.s3().put_object(Bucket="uploads", Key="k", Body=os.urandom(30 * MIB))
    quiet = len(front.descriptors())
    for _ in range(20):
        with requests.get(url_of(front, "k"), stream=True, timeout=10) as answer:
            next(answer.iter_content(1000))
    eventually(lambda: len(front.descriptors()) <= quiet + 4)


@pytest.mark.heavy
@pytest.mark.timeout(600)
def test_ten_thousand_faulted_requests_leave_nothing_behind(server, way, remote):
    front = server(config=cache_settings(way, cache_fresh_seconds=0, cache_bytes=16 * MIB, attempts=1))
    keys = [f"k{number}" for number in range(12)]
    for key in keys:
        remote.s3().put_object(Bucket="uploads", Key=key, Body=os.urandom(2_300_000))
    urls = [url_of(front, key) for key in [*keys, "none"]]
    put = url_of(front, "k3", "put_object")
    faults = ["reset", "truncate", "lie", "garbage", 500, 503, None]

    def storm(count):
        def work(number):
            session = requests.Session()
            for turn in range(count):
                way.fault = faults[(turn + number) % len(faults)]
                with contextlib.suppress(requests.RequestException):
                    if turn % 50 == 49:
                        session.put(put, data=os.urandom(2_300_000), timeout=20)
                        continue
                    start = turn % 3 * 700_000
                    headers = {"Range": f"bytes={start}-{start + 1000}"} if turn % 4 else {}
                    session.get(urls[(turn + number) % len(urls)], headers=headers, timeout=20)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        way.fault = None

    storm(50)
    eventually(lambda: fetch(front, "k1").status_code == 200)
    descriptors, memory = len(front.descriptors()), front.status("VmRSS")
    storm(1250)
    eventually(lambda: fetch(front, "k1").status_code == 200)
    eventually(lambda: len(front.descriptors()) <= descriptors + 16, timeout=20)
    assert front.status("VmRSS") < memory + 48 * 1024
    assert kept_bytes(front) <= 17 * MIB
    eventually(lambda: metric(front, "larder_remote_transfers") == 0)
    for key in keys:
        there = remote.s3().get_object(Bucket="uploads", Key=key)["Body"].read()
        assert fetch(front, key).content == there
