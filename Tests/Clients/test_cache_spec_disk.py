"""Cache mode: what it keeps, what it lets go, what a write does to it, and many readers at once."""

import os
import re
import threading

import pytest
import requests

from caches import fetch, kept_bytes, lasting_settings, reads, remote, told, url_of, warmed, way  # noqa: F401
from larder import eventually

B = {"Bucket": "uploads"}
OLD, NEW = b"old" * 10_000, b"new" * 9_000


@pytest.fixture
def front(server, way):
    return server(config=lasting_settings(way))


# Writes


def put(s3):
    s3.put_object(**B, Key="k", Body=NEW)
    return 200, NEW


def form(s3):
    post = s3.generate_presigned_post("uploads", "k")
    assert requests.post(post["url"], data=post["fields"], files={"file": ("f", NEW)}, timeout=30).status_code == 204
    return 200, NEW


def copy(s3):
    s3.put_object(**B, Key="source", Body=NEW)
    s3.copy_object(**B, Key="k", CopySource="uploads/source")
    return 200, NEW


def parts(s3):
    upload = s3.create_multipart_upload(**B, Key="k")["UploadId"]
    etag = s3.upload_part(**B, Key="k", UploadId=upload, PartNumber=1, Body=NEW)["ETag"]
    done = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**B, Key="k", UploadId=upload, MultipartUpload=done)
    return 200, NEW


def delete(s3):
    s3.delete_object(**B, Key="k")
    return 404, None


def delete_many(s3):
    s3.delete_objects(**B, Delete={"Objects": [{"Key": "k"}, {"Key": "other"}]})
    return 404, None


def rename(s3):
    s3.put_object(**B, Key="source", Body=NEW)
    s3.rename_object(**B, Key="k", RenameSource="source")
    return 200, NEW


def replace_metadata(s3):
    s3.copy_object(**B, Key="k", CopySource="uploads/k", MetadataDirective="REPLACE", Metadata={"changed": "1"})
    return 200, OLD


def tag(s3):
    s3.put_object_tagging(**B, Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]})
    return 200, OLD


WRITES = [put, form, copy, parts, delete, delete_many, rename, replace_metadata, tag]


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_seen_at_once(front, remote, write):
    s3 = front.s3()
    s3.put_object(**B, Key="k", Body=OLD)
    s3.put_object(**B, Key="neighbour", Body=OLD)
    warmed(front, "k", OLD)
    warmed(front, "neighbour", OLD)
    status, body = write(s3)
    answer = fetch(front, "k")
    assert answer.status_code == status and (body is None or answer.content == body)
    if write is replace_metadata:
        assert answer.headers["x-amz-meta-changed"] == "1"
    if write is tag:
        assert answer.headers["x-amz-tagging-count"] == "2"
    assert told(fetch(front, "neighbour")) == "hit"


def test_the_source_of_a_renaming_is_gone(front):
    s3 = front.s3()
    s3.put_object(**B, Key="source", Body=NEW)
    warmed(front, "source", NEW)
    s3.rename_object(**B, Key="k", RenameSource="source")
    assert fetch(front, "source").status_code == 404


def test_a_write_whose_end_is_not_known_is_seen_too(front, remote, way):
    front.s3().put_object(**B, Key="k", Body=OLD)
    warmed(front, "k", OLD)

    def arrive_but_do_not_say_so(method, target):
        return remote.s3().put_object(**B, Key="k", Body=NEW) and "reset" if method == "PUT" else None

    way.fault = arrive_but_do_not_say_so
    put_url = front.s3().generate_presigned_url("put_object", Params={**B, "Key": "k"})
    assert requests.put(put_url, data=NEW, timeout=30).status_code >= 500
    assert fetch(front, "k").content == NEW


def test_readers_during_writes_see_whole_objects_and_then_the_last(server, way):
    # The way is a thread of this process, which is busy.
    front = server(config=lasting_settings(way, first_byte_seconds=30, stall_seconds=30))
    bodies = [bytes([number]) * 1_500_000 for number in range(20)]
    over, problems = threading.Event(), []
    s3, url = front.s3(), url_of(front, "k")
    s3.put_object(**B, Key="k", Body=bodies[0])

    def read():
        while not over.is_set():
            try:
                answer = requests.get(url, timeout=60)
            except requests.RequestException as error:
                return problems.append(error)
            if answer.status_code != 200 or answer.content not in bodies:
                problems.append((answer.status_code, len(answer.content), set(answer.content)))

    readers = [threading.Thread(target=read) for _ in range(4)]
    [thread.start() for thread in readers]
    try:
        for body in bodies:
            s3.put_object(**B, Key="k", Body=body)
            # Who reads after a write was answered sees it, whatever was under way.
            assert requests.get(url, timeout=60).content == body
    finally:
        over.set()
        [thread.join() for thread in readers]
    assert not problems


# Disk


def test_a_restart_keeps_it(front, remote, way):
    remote.s3().put_object(**B, Key="k", Body=OLD)
    warmed(front, "k", OLD)
    assert front.stop() == 0
    before = reads(way, "/k")
    front.start()
    answer = fetch(front, "k")
    assert answer.content == OLD and told(answer) == "hit" and reads(way, "/k") == before


def test_kills_never_leave_wrong_bytes(front, remote):
    bodies = {f"k{number}": os.urandom(3_000_000 + number) for number in range(6)}
    for key, body in bodies.items():
        remote.s3().put_object(**B, Key=key, Body=body)
    for key in list(bodies) * 2:
        with fetch(front, key, stream=True) as answer:
            next(answer.iter_content(100_000))
            front.kill()
        front.start()
        for one, body in bodies.items():
            assert fetch(front, one, Range="bytes=1000-2999999").content == body[1000:3_000_000]
    assert all(fetch(front, key).content == body for key, body in bodies.items())


def test_the_budget_holds(server, remote, way):
    budget = 8 << 20
    front = server(config=lasting_settings(way, cache_bytes=budget, cache_object_bytes=2 << 20))
    for number in range(40):
        remote.s3().put_object(**B, Key=f"k{number}", Body=os.urandom(700_000))
    for number in range(40):
        assert fetch(front, f"k{number}").status_code == 200
        assert kept_bytes(front) <= budget * 1.25
    eventually(lambda: kept_bytes(front) <= budget)
    assert kept_bytes(front) > budget // 4
    assert front.stop() == 0
    front.start()
    assert kept_bytes(front) <= budget


def test_a_smaller_budget_is_obeyed_after_a_restart(server, remote, way):
    front = server(config=lasting_settings(way, cache_bytes=64 << 20))
    for number in range(20):
        remote.s3().put_object(**B, Key=f"k{number}", Body=os.urandom(700_000))
        assert fetch(front, f"k{number}").status_code == 200
    assert front.stop() == 0
    smaller = lasting_settings(way, cache_bytes=4 << 20, cache_object_bytes=1 << 20)
    front = server(config=smaller, storage=front.storage)
    assert fetch(front, "k0").status_code == 200
    eventually(lambda: kept_bytes(front) <= 4 << 20)


def test_one_scan_does_not_flush_what_is_read_again_and_again(server, remote, way):
    front = server(config=lasting_settings(way, cache_bytes=8 << 20, cache_object_bytes=2 << 20))
    hot = [f"hot{number}" for number in range(10)]
    scan = [f"scan{number}" for number in range(100)]
    for key in hot + scan:
        remote.s3().put_object(**B, Key=key, Body=os.urandom(200_000))
    for _ in range(4):
        assert {fetch(front, key).status_code for key in hot} == {200}
    assert {told(fetch(front, key)) for key in hot} == {"hit"}
    for key in scan:
        assert fetch(front, key).status_code == 200
    kept = [told(fetch(front, key)) for key in hot]
    assert kept.count("hit") >= 9, kept


# Many at once


@pytest.mark.heavy
def test_sixteen_readers_of_a_cold_object_are_one_fetch(server, remote, way):
    front = server(config=lasting_settings(way, first_byte_seconds=30, stall_seconds=30))
    body = os.urandom(20_000_000)
    remote.s3().put_object(**B, Key="k", Body=body)
    before, answers, start, url = way.returned, [], threading.Barrier(16), url_of(front, "k")

    def read():
        start.wait()
        answers.append(requests.get(url, timeout=60).content == body)

    readers = [threading.Thread(target=read) for _ in range(16)]
    [thread.start() for thread in readers]
    [thread.join() for thread in readers]
    assert answers == [True] * 16
    assert way.returned - before < len(body) * 1.1


def test_a_reader_that_goes_away_does_not_take_the_others_with_it(front, remote, way):
    body = os.urandom(20_000_000)
    remote.s3().put_object(**B, Key="k", Body=body)
    found = []
    with fetch(front, "k", stream=True) as first:
        next(first.iter_content(1000))
        other = threading.Thread(target=lambda: found.append(fetch(front, "k").content == body))
        other.start()
    other.join()
    assert found == [True]
    warmed(front, "k", body)


def whole(front, key, body):
    """Whether a fetch succeeds; one that joins another that breaks off may not, but has no other bytes either."""
    try:
        answer = fetch(front, key)
    except requests.RequestException:
        return False
    assert answer.status_code >= 500 or answer.content == body
    return answer.status_code == 200


@pytest.mark.parametrize("fault", ["truncate", "lie", "reset", "garbage"])
def test_a_fetch_that_breaks_off_is_not_kept(front, remote, way, fault):
    body = os.urandom(4_000_000)
    remote.s3().put_object(**B, Key="k", Body=body)
    way.fault = fault
    whole(front, "k", body)
    way.fault = None
    eventually(lambda: whole(front, "k", body))
    assert fetch(front, "k", Range="bytes=2500000-").content == body[2_500_000:]


# Metrics


def test_metrics_count_what_was_answered(front, remote):
    remote.s3().put_object(**B, Key="k", Body=OLD)
    warmed(front, "k", OLD)
    text = lambda: front.get("/-/metrics").text
    value = lambda name: float(re.search(rf"^{re.escape(name)} (\S+)$", text(), re.MULTILINE).group(1))
    assert value('larder_cache_requests_total{result="hit"}') >= 1
    assert value('larder_cache_requests_total{result="miss"}') >= 1
    eventually(lambda: value("larder_cache_bytes") >= len(OLD))
