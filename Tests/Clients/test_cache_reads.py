"""The mode cache: what is read from here, what the remote is asked, and that both are the same."""

import hashlib
import os
import threading
import time

import pytest
import requests

from caches import MIB, cache_settings, fetch, front, kept_bytes, kept_files, metric, remote, told, url_of, way  # noqa: F401
from larder import NotReady, eventually
from test_proxy_larder import refused

STATIC = ("Content-Type", "ETag", "Last-Modified", "Content-Length", "Cache-Control", "x-amz-meta-a", "Accept-Ranges")


@pytest.mark.parametrize("size", [0, 1, 100_000, MIB - 1, MIB, MIB + 1, 5_000_000])
def test_the_second_read_does_not_leave_this_machine(front, remote, way, size):
    body = os.urandom(size)
    remote.s3().put_object(
        Bucket="uploads", Key="a b/ü+", Body=body, ContentType="text/x", Metadata={"a": "one"}, CacheControl="no-cache"
    )
    first = fetch(front, "a b/ü+")
    assert (first.status_code, told(first), first.content) == (200, "miss", body)
    assert way.lines("GET", "HEAD")[-1].startswith("GET /uploads/a%20b/")
    way.forget()
    eventually(lambda: told(fetch(front, "a b/ü+")) == "hit")
    second = fetch(front, "a b/ü+")
    assert (told(second), second.content) == ("hit", body)
    head = requests.head(url_of(front, "a b/ü+", "head_object"), timeout=10)
    assert (head.status_code, told(head)) == (200, "hit")
    assert way.lines() == []
    there = requests.get(
        remote.s3().generate_presigned_url("get_object", Params={"Bucket": "uploads", "Key": "a b/ü+"}), timeout=10
    )
    for answer in (first, second, head):
        assert {name: answer.headers.get(name) for name in STATIC} == {name: there.headers.get(name) for name in STATIC}
    assert metric(front, 'larder_cache_requests_total{result="miss"}') == 1
    assert metric(front, 'larder_cache_requests_total{result="hit"}') >= 2


def test_many_who_ask_at_once_are_answered_by_one_request(front, remote, way):
    body = os.urandom(6 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    way.stop = True
    url, answers = url_of(front, "k"), []

    def get():
        answers.append(requests.get(url, timeout=60))

    threads = [threading.Thread(target=get) for _ in range(12)]
    [thread.start() for thread in threads]
    eventually(lambda: way.lines("GET") or None)
    time.sleep(0.3)
    way.release()
    [thread.join() for thread in threads]
    assert [hashlib.md5(answer.content).digest() for answer in answers] == [hashlib.md5(body).digest()] * 12
    assert {told(answer) for answer in answers} <= {"miss", "hit"}
    assert len(way.lines("GET", "HEAD")) == 1


@pytest.mark.parametrize("stops_at", [3 * MIB, 3 * MIB + 1, 1000])
def test_the_first_byte_does_not_wait_for_the_last(front, remote, way, stops_at):
    way.stops_at = stops_at
    body = os.urandom(8 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    way.stop = True
    with requests.get(url_of(front, "k"), stream=True, timeout=20) as one:
        pieces = one.iter_content(500)
        start = next(pieces)
        assert body.startswith(start)
        # Another joins in the middle, and the first one goes.
        with requests.get(url_of(front, "k"), stream=True, timeout=8) as other:
            more = other.iter_content(500)
            begun = next(more)
            one.close()
            way.release()
            assert begun + b"".join(more) == body
    assert len(way.lines("GET")) == 1
    assert told(fetch(front, "k")) == "hit"


def test_a_fetch_that_nobody_reads_any_more_is_given_up_and_gone_on_with(front, remote, way):
    body = os.urandom(40 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    way.stop = True
    with requests.get(url_of(front, "k"), stream=True, timeout=20) as answer:
        # Whole blocks are here, which are kept.
        assert len(answer.raw.read(2 * MIB)) == 2 * MIB
    eventually(lambda: front.get("/-/metrics").text.count("larder_remote_transfers 0") == 1)
    way.release()
    way.forget()
    assert fetch(front, "k").content == body
    ranges = [line for head in way.heads for line in head.split("\r\n") if line.lower().startswith("range:")]
    assert ranges and all("bytes=0-" not in line for line in ranges)


def test_ranges_fetch_their_blocks_alone(front, remote, way):
    body = os.urandom(10 * MIB + 17)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    part = fetch(front, "k", Range=f"bytes={5 * MIB + 3}-{6 * MIB + 4}")
    assert (part.status_code, told(part)) == (206, "miss")
    assert part.content == body[5 * MIB + 3 : 6 * MIB + 5]
    assert part.headers["Content-Range"] == f"bytes {5 * MIB + 3}-{6 * MIB + 4}/{len(body)}"
    asked = [line for head in way.heads for line in head.split("\r\n") if line.startswith("Range")]
    assert asked == [f"Range: bytes={5 * MIB}-{7 * MIB - 1}"]
    way.forget()
    rest = f"bytes={5 * MIB + 100}-{7 * MIB - 1}"
    # The end of the last block follows the answer that needed its beginning.
    eventually(lambda: told(fetch(front, "k", Range=rest)) == "hit")
    assert fetch(front, "k", Range=rest).content == body[5 * MIB + 100 : 7 * MIB]
    assert way.lines() == []
    tail = fetch(front, "k", Range="bytes=-5")
    assert (told(tail), tail.content) == ("miss", body[-5:])
    assert kept_bytes(front) < 5 * MIB
    assert fetch(front, "k", Range="bytes=99999999-").status_code == 416
    # Several ranges, and what is none, get the whole.
    assert fetch(front, "k", Range="bytes=0-1,5-6").content == body
    whole = fetch(front, "k")
    assert (told(whole), whole.content) == ("hit", body)
    assert sum(len(line) > 0 for line in way.lines("GET")) <= 4


def test_the_end_of_a_large_object_does_not_wait_for_its_beginning(front, remote, way):
    body = os.urandom(30 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    way.stop = True
    with requests.get(url_of(front, "k"), stream=True, timeout=20) as slow:
        next(slow.iter_content(1000))
        way.stop = False
        part = fetch(front, "k", Range=f"bytes={25 * MIB}-{26 * MIB}")
        assert part.content == body[25 * MIB : 26 * MIB + 1]
        way.release()


def test_conditions_are_answered_from_here(front, remote, way):
    etag = remote.s3().put_object(Bucket="uploads", Key="k", Body=b"0123456789")["ETag"]
    modified = fetch(front, "k").headers["Last-Modified"]
    way.forget()
    for headers, status in (
        ({"If_None_Match": etag}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_Match": '"other"'}, 412),
        ({"If_Match": etag}, 200),
        ({"If_Modified_Since": modified}, 304),
        ({"If_Unmodified_Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 412),
        ({"If_Match": etag, "Range": "bytes=2-4"}, 206),
    ):
        answer = fetch(front, "k", **headers)
        assert answer.status_code == status, headers
        assert status >= 400 or answer.headers["ETag"] == etag
    assert way.lines() == []


def test_the_headers_of_an_answer_may_be_overridden_and_checksums_asked_for(front, remote, way):
    put = remote.s3().put_object(Bucket="uploads", Key="k", Body=b"x" * 1000, ChecksumAlgorithm="SHA256")
    fetch(front, "k")
    way.forget()
    odd = requests.get(url_of(front, "k", ResponseContentType="text/odd", ResponseCacheControl="no-store"), timeout=10)
    assert (told(odd), odd.headers["Content-Type"], odd.headers["Cache-Control"]) == ("hit", "text/odd", "no-store")
    assert "x-amz-checksum-sha256" not in fetch(front, "k").headers
    asked = front.s3().head_object(Bucket="uploads", Key="k", ChecksumMode="ENABLED")
    assert asked["ChecksumSHA256"] == put["ChecksumSHA256"]
    assert "ChecksumSHA256" not in front.s3().get_object(Bucket="uploads", Key="k", Range="bytes=0-1")
    assert way.lines() == []


def test_after_a_time_the_remote_is_asked_whether_it_is_still_the_object(server, remote, way):
    front = server(config=cache_settings(way, cache_fresh_seconds=0))
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"one")
    assert told(fetch(front, "k")) == "miss"
    way.forget()
    assert told(fetch(front, "k")) == "hit"
    assert way.lines() == ["HEAD /uploads/k"]
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"two")
    changed = fetch(front, "k")
    assert (told(changed), changed.content) == ("miss", b"two")
    # The same bytes with other metadata are another object, though the entity tag is the same.
    time.sleep(1.1)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"two", Metadata={"a": "new"})
    assert fetch(front, "k").headers["x-amz-meta-a"] == "new"
    # Tags change without either.
    remote.s3().put_object_tagging(Bucket="uploads", Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert fetch(front, "k").headers["x-amz-tagging-count"] == "1"
    remote.s3().delete_object(Bucket="uploads", Key="k")
    assert fetch(front, "k").status_code == 404
    assert kept_files(front) == []


def test_an_object_that_changes_while_it_is_read_is_never_mixed(server, remote, way):
    front = server(config=cache_settings(way))
    one, two = b"1" * (6 * MIB), b"2" * (6 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=one)
    assert fetch(front, "k", Range="bytes=0-9").content == one[:10]
    remote.s3().put_object(Bucket="uploads", Key="k", Body=two)
    # Fresh still, but the rest of it is not to be had any more.
    part = fetch(front, "k", Range=f"bytes={4 * MIB}-{4 * MIB + 9}")
    assert part.content == two[:10]
    assert fetch(front, "k").content == two
    assert fetch(front, "k", Range="bytes=0-9").content == two[:10]


def test_what_is_too_large_is_passed_through(server, remote, way):
    front = server(config=cache_settings(way, cache_object_bytes=2 * MIB))
    body = os.urandom(3 * MIB)
    remote.s3().put_object(Bucket="uploads", Key="k", Body=body)
    for _ in range(2):
        answer = fetch(front, "k")
        assert (told(answer), answer.content) == ("bypass", body)
    part = fetch(front, "k", Range="bytes=5-9")
    assert (told(part), part.content) == ("bypass", body[5:10])
    assert fetch(front, "k", If_None_Match=answer.headers["ETag"]).status_code == 304
    assert kept_files(front) == []
    assert len(way.lines("GET")) == 4


def test_what_only_the_remote_knows_is_passed_through(front, remote, way):
    there = remote.s3()
    there.put_bucket_versioning(Bucket="uploads", VersioningConfiguration={"Status": "Enabled"})
    old = there.put_object(Bucket="uploads", Key="k", Body=b"old")["VersionId"]
    new = there.put_object(Bucket="uploads", Key="k", Body=b"new")["VersionId"]
    s3 = front.s3()
    for _ in range(2):
        answer = s3.get_object(Bucket="uploads", Key="k", VersionId=old)
        assert answer["Body"].read() == b"old"
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-larder-cache"] == "bypass"
    assert s3.get_object(Bucket="uploads", Key="k", PartNumber=1)["Body"].read() == b"new"
    fetch(front, "k")
    kept = fetch(front, "k")
    assert (told(kept), kept.headers["x-amz-version-id"]) == ("hit", new)
    there.delete_object(Bucket="uploads", Key="k", VersionId=new)
    assert s3.get_object(Bucket="uploads", Key="k", VersionId=old)["Body"].read() == b"old"


def test_that_there_is_nothing_is_believed_for_a_while(server, remote, way):
    front = server(config=cache_settings(way, cache_absent_seconds=10))
    s3, url = front.s3(), url_of(front, "none")
    answers = [requests.get(url, timeout=30) for _ in range(3)]
    assert [(one.status_code, told(one)) for one in answers] == [(404, "miss"), (404, "hit"), (404, "hit")]
    assert "<Code>NoSuchKey</Code>" in answers[2].text and "<Key>none</Key>" in answers[2].text
    assert refused(s3.head_object, Bucket="uploads", Key="none")[0] == 404
    assert len(way.lines("GET", "HEAD")) == 1
    remote.s3().put_object(Bucket="uploads", Key="none", Body=b"x")
    eventually(lambda: requests.get(url, timeout=30).status_code == 200, timeout=30)


def test_an_absence_that_a_head_found_has_its_document_for_get(front, way):
    assert refused(front.s3().head_object, Bucket="uploads", Key="none")[0] == 404
    assert refused(front.s3().get_object, Bucket="uploads", Key="none")[:2] == (404, "NoSuchKey")
    assert refused(front.s3().get_object, Bucket="uploads", Key="none", Range="bytes=0-1")[:2] == (404, "NoSuchKey")


def test_absences_may_be_asked_for_each_time(server, remote, way):
    front = server(config=cache_settings(way, cache_absent_seconds=0))
    assert [fetch(front, "none").status_code for _ in range(3)] == [404] * 3
    assert len(way.lines("GET")) == 3


def test_listings_are_kept_where_that_is_wanted(server, remote, way):
    front = server(config=cache_settings(way, cache_listing_seconds=60))
    for key in ("a/1", "a/2", "b"):
        remote.s3().put_object(Bucket="uploads", Key=key, Body=b"x")
    s3 = front.s3()

    def keys(**options):
        page = s3.list_objects_v2(Bucket="uploads", **options)
        return [one["Key"] for one in page.get("Contents", [])], page["ResponseMetadata"]["HTTPHeaders"]["x-larder-cache"]

    assert keys() == (["a/1", "a/2", "b"], "miss")
    assert keys(Prefix="a/") == (["a/1", "a/2"], "miss")
    remote.s3().put_object(Bucket="uploads", Key="a/3", Body=b"x")
    assert keys() == (["a/1", "a/2", "b"], "hit")
    # What goes through here is seen at once.
    s3.delete_object(Bucket="uploads", Key="b")
    assert keys() == (["a/1", "a/2", "a/3"], "miss")
    assert keys(Prefix="a/") == (["a/1", "a/2", "a/3"], "miss")
    assert keys() == (["a/1", "a/2", "a/3"], "hit")
    post = s3.generate_presigned_post("uploads", "c")
    assert requests.post(post["url"], data=post["fields"], files={"file": ("c", b"x")}, timeout=10).status_code == 204
    assert keys()[0] == ["a/1", "a/2", "a/3", "c"]


def test_listings_are_asked_for_each_time_else(front, remote):
    assert front.s3().list_objects_v2(Bucket="uploads")["KeyCount"] == 0
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    page = front.s3().list_objects_v2(Bucket="uploads")
    assert page["KeyCount"] == 1 and page["ResponseMetadata"]["HTTPHeaders"]["x-larder-cache"] == "bypass"


def test_who_asks_is_checked_before_the_cache(front, remote):
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"secret")
    assert told(fetch(front, "k")) == "miss"
    assert requests.get(f"{front.endpoint}/uploads/k", timeout=10).status_code == 403
    assert refused(front.s3(secret="wrong").get_object, Bucket="uploads", Key="k")[0] == 403


def test_two_buckets_that_are_one_there_share_what_is_kept(server, remote, way):
    named = [
        {"bucket": "whole", "mode": "cache", "name": "uploads"},
        {"bucket": "part-of-it", "mode": "cache", "name": "uploads", "prefix": "in/side/"},
    ]
    settings = cache_settings(way, buckets=named)
    settings["remote"]["mode"] = "local"
    front = server(config=settings)
    front.s3().put_object(Bucket="part-of-it", Key="k", Body=b"one")
    assert fetch(front, "k", bucket="part-of-it").content == b"one"
    other = fetch(front, "in/side/k", bucket="whole")
    assert (told(other), other.content) == ("hit", b"one")
    front.s3().put_object(Bucket="whole", Key="in/side/k", Body=b"two")
    assert fetch(front, "k", bucket="part-of-it").content == b"two"


@pytest.mark.parametrize(
    ("mode", "other"),
    [
        ("local", {"mode": "proxy"}),
        ("local", {"mode": "cache", "access_key": "OTHER", "secret_key": "other"}),
        ("cache", {"mode": "proxy"}),
        ("local", {"mode": "mirror"}),
    ],
)
def test_a_bucket_with_copies_has_one_way_to_it(server, way, mode, other):
    named = [{"bucket": "another", "name": "there", **other}]
    if mode == "local":
        named.append({"bucket": "whole", "mode": "cache", "name": "there"})
    settings = cache_settings(way, buckets=named)
    settings["remote"]["mode"] = mode
    with pytest.raises(NotReady, match="needs that mode and the same keys"):
        server(config=settings)
