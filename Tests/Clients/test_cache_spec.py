"""Cache mode: what is answered from here, what is asked for again, and that neither is ever another object."""

import gzip
import os

import pytest
import requests

from attachments import attach
from caches import fetch, kept_bytes, lasting_settings, remote, told, warmed, way  # noqa: F401
from larder import eventually
from pictures import picture
from test_proxy_larder import refused

B = {"Bucket": "uploads"}
BODY = bytes(range(256)) * 1200


@pytest.fixture
def front(server, way):
    return server(config=lasting_settings(way))


# What is answered from here


def test_a_second_read_is_answered_from_here(front, remote, way):
    remote.s3().put_object(
        **B, Key="a b/ü", Body=BODY, ContentType="text/x", CacheControl="no-cache", Metadata={"m": "1"}, Tagging="t=1"
    )
    cold = fetch(front, "a b/ü")
    assert (cold.status_code, told(cold)) == (200, "miss") and cold.content == BODY
    asked = way.lines()
    warm = fetch(front, "a b/ü")
    assert told(warm) == "hit" and warm.content == BODY and way.lines() == asked
    head = fetch(front, "a b/ü", "HEAD")
    assert told(head) == "hit" and way.lines() == asked
    varying = {"date", "x-amz-request-id", "x-amz-id-2", "x-larder-cache", "x-larder-remote-request-id", "age"}
    for answer in (warm, head):
        for name in {one.lower() for one in cold.headers} - varying:
            assert answer.headers.get(name) == cold.headers[name], name


@pytest.mark.parametrize("size", [0, 1, 65_536, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000])
def test_every_size_comes_back_whole(front, remote, size):
    body = os.urandom(size)
    remote.s3().put_object(**B, Key="k", Body=body)
    warmed(front, "k", body)


def test_a_write_of_ours_is_read_back(front):
    for number in range(5):
        body = os.urandom(100_000)
        front.s3().put_object(**B, Key="k", Body=body)
        warmed(front, "k", body)


RANGES = ["bytes=0-0", "bytes=5-9", "bytes=-7", "bytes=300000-", "bytes=0-999999999", "bytes=1000000-", "bytes=-0"]


@pytest.mark.parametrize("is_warm", [False, True])
def test_ranges_are_as_the_remote_gives_them(front, remote, is_warm):
    remote.s3().put_object(**B, Key="k", Body=BODY)
    if is_warm:
        warmed(front, "k", BODY)
    for range_ in RANGES:
        expected, answer = fetch(remote, "k", Range=range_), fetch(front, "k", Range=range_)
        assert answer.status_code == expected.status_code, range_
        if expected.status_code == 206:
            assert answer.content == expected.content
            assert answer.headers["Content-Range"] == expected.headers["Content-Range"]
        assert told(answer) == "hit" or not is_warm or answer.status_code == 416
    assert fetch(front, "k").content == BODY


def test_ranges_of_a_cold_large_object_come_first_and_make_it_whole(front, remote, way):
    body = os.urandom(12_000_000)
    remote.s3().put_object(**B, Key="k", Body=body)
    part = fetch(front, "k", Range="bytes=9000000-9000099")
    assert (part.status_code, part.content) == (206, body[9_000_000:9_000_100])
    # Nobody waits for nine megabytes to get a hundred bytes.
    assert way.returned < 9_000_000
    assert fetch(front, "k").content == body
    again = fetch(front, "k", Range="bytes=3-11999998")
    assert again.content == body[3:11_999_999] and told(again) == "hit"


def test_conditions_are_answered_from_here(front, remote, way):
    etag = remote.s3().put_object(**B, Key="k", Body=BODY)["ETag"]
    modified = warmed(front, "k", BODY).headers["Last-Modified"]
    asked = way.lines()
    assert fetch(front, "k", If_None_Match=etag).status_code == 304
    assert fetch(front, "k", If_None_Match='"other"').content == BODY
    assert fetch(front, "k", If_Match='"other"').status_code == 412
    assert fetch(front, "k", If_Match=etag).content == BODY
    assert fetch(front, "k", If_Modified_Since=modified).status_code == 304
    assert fetch(front, "k", "HEAD", If_None_Match=etag).status_code == 304
    assert way.lines() == asked


def test_overrides_of_headers_are_of_one_answer_only(front, remote):
    remote.s3().put_object(**B, Key="k", Body=BODY, ContentType="text/x")
    warmed(front, "k", BODY)
    for override, expected in (("text/odd", "text/odd"), (None, "text/x")):
        parameters = {**B, "Key": "k", **({"ResponseContentType": override} if override else {})}
        answer = requests.get(front.s3().generate_presigned_url("get_object", Params=parameters), timeout=30)
        assert answer.headers["Content-Type"] == expected and answer.content == BODY


@pytest.mark.parametrize("is_asked_first", [True, False])
def test_checksums_are_told_to_those_who_ask(front, remote, is_asked_first):
    told_there = remote.s3().put_object(**B, Key="k", Body=BODY, ChecksumAlgorithm="SHA256")["ChecksumSHA256"]
    # botocore asks for checksums by itself, unless it is told not to.
    quiet = front.s3(response_checksum_validation="when_required")
    for is_asked in (is_asked_first, not is_asked_first) * 2:
        for call in (quiet.get_object, quiet.head_object):
            answer = call(**B, Key="k", **({"ChecksumMode": "ENABLED"} if is_asked else {}))
            assert answer.get("ChecksumSHA256") == (told_there if is_asked else None)
            assert "Body" not in answer or answer["Body"].read() == BODY


def test_headers_that_the_remote_has_to_judge_are_judged_there(front, remote):
    remote.s3().put_object(**B, Key="k", Body=BODY)
    warmed(front, "k", BODY)
    for more in (
        {"ExpectedBucketOwner": "999999999999"},
        {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": b"k" * 32},
    ):
        assert _outcome(front.s3(), more) == _outcome(remote.s3(), more)


def _outcome(s3, more):
    try:
        return 200, s3.get_object(**B, Key="k", **more)["Body"].read()
    except s3.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]


def test_cold_conditions_are_right_too(front, remote):
    etag = remote.s3().put_object(**B, Key="k", Body=BODY)["ETag"]
    remote.s3().put_object(**B, Key="other", Body=BODY)
    assert fetch(front, "k", If_None_Match=etag).status_code == 304
    assert fetch(front, "other", If_Match='"other"').status_code == 412
    assert fetch(front, "k").content == fetch(front, "other").content == BODY


def test_encoded_objects_stay_as_they_are(front, remote):
    packed = gzip.compress(BODY)
    remote.s3().put_object(**B, Key="k", Body=packed, ContentEncoding="gzip")
    for _ in range(2):
        answer = front.s3().get_object(**B, Key="k")
        assert answer["ContentEncoding"] == "gzip" and answer["Body"].read() == packed


def test_buckets_and_prefixes_are_not_taken_for_one_another(server, remote, way):
    buckets = [
        {"bucket": "whole", "mode": "cache", "name": "uploads"},
        {"bucket": "part", "mode": "cache", "name": "uploads", "prefix": "p/"},
    ]
    settings = lasting_settings(way, buckets=buckets)
    settings["remote"]["mode"] = "local"
    front = server(config={**settings, "buckets": ["uploads"]})
    remote.s3().put_object(**B, Key="k", Body=b"outside")
    remote.s3().put_object(**B, Key="p/k", Body=b"inside")
    front.s3().put_object(**B, Key="k", Body=b"local")
    for _ in range(2):
        found = [fetch(front, "k", bucket=bucket).content for bucket in ("whole", "part", "uploads")]
        assert found == [b"outside", b"inside", b"local"]
    assert told(fetch(front, "k", bucket="part")) == "hit"
    assert told(fetch(front, "k")) is None


def test_who_asks_is_checked_before(front, remote):
    remote.s3().put_object(**B, Key="k", Body=BODY)
    warmed(front, "k", BODY)
    answer = requests.get(f"{front.endpoint}/uploads/k", timeout=10)
    assert answer.status_code == 403 and told(answer) in (None, "bypass")


def test_versions_and_parts_pass_by(front, remote):
    remote.s3().put_bucket_versioning(**B, VersioningConfiguration={"Status": "Enabled"})
    first = remote.s3().put_object(**B, Key="k", Body=b"first")["VersionId"]
    remote.s3().put_object(**B, Key="k", Body=b"second")
    assert fetch(front, "k").content == b"second"
    for _ in range(2):
        answer = fetch(front, "k", version=first)
        assert answer.content == b"first" and told(answer) == "bypass"
    assert fetch(front, "k").content == b"second"


def test_an_object_that_is_too_large_passes_by(server, remote, way):
    front = server(config=lasting_settings(way, cache_object_bytes=1_000_000))
    large, small = os.urandom(3_000_000), os.urandom(900_000)
    remote.s3().put_object(**B, Key="large", Body=large)
    remote.s3().put_object(**B, Key="small", Body=small)
    for _ in range(2):
        answer = fetch(front, "large")
        assert answer.content == large and told(answer) == "bypass"
    warmed(front, "small", small)
    assert kept_bytes(front) < 2_000_000


# Freshness


def test_what_is_fresh_is_believed(front, remote):
    remote.s3().put_object(**B, Key="k", Body=b"old")
    warmed(front, "k", b"old")
    remote.s3().put_object(**B, Key="k", Body=b"new")
    answer = fetch(front, "k")
    assert (told(answer), answer.content) == ("hit", b"old")


def test_what_is_no_longer_fresh_is_asked_for(server, remote, way):
    front = server(config=lasting_settings(way, cache_fresh_seconds=1))
    remote.s3().put_object(**B, Key="k", Body=BODY)
    assert fetch(front, "k").content == BODY
    returned, asked = way.returned, way.requests
    eventually(lambda: fetch(front, "k").content == BODY and way.requests > asked)
    # It was asked for, and not sent again.
    assert way.returned < returned + len(BODY)
    remote.s3().put_object(**B, Key="k", Body=b"new")
    eventually(lambda: fetch(front, "k").content == b"new")
    remote.s3().delete_object(**B, Key="k")
    eventually(lambda: fetch(front, "k").status_code == 404)


def test_no_answer_mixes_two_objects(server, remote, way):
    front = server(config=lasting_settings(way, cache_fresh_seconds=1))
    first, second = b"1" * 6_000_000, b"2" * 6_000_000
    remote.s3().put_object(**B, Key="k", Body=first)
    assert fetch(front, "k", Range="bytes=0-99").content == first[:100]
    remote.s3().put_object(**B, Key="k", Body=second)

    def whole():
        answer = fetch(front, "k")
        assert answer.content in (first, second)
        return answer.content == second

    eventually(whole)
    assert fetch(front, "k", Range="bytes=0-99").content == second[:100]


def test_what_is_not_there_is_remembered_for_a_while(server, remote, way):
    front = server(config=lasting_settings(way, cache_absent_seconds=300))
    assert fetch(front, "k").status_code == 404
    asked = way.lines()
    remote.s3().put_object(**B, Key="k", Body=BODY)
    assert fetch(front, "k").status_code == fetch(front, "k", "HEAD").status_code == 404
    assert "NoSuchKey" in fetch(front, "k").text and way.lines() == asked
    front.s3().put_object(**B, Key="k", Body=b"ours")
    assert fetch(front, "k").content == b"ours"


@pytest.mark.parametrize("seconds", [0, 1])
def test_what_is_not_there_is_asked_for_again(server, remote, way, seconds):
    front = server(config=lasting_settings(way, cache_absent_seconds=seconds))
    assert fetch(front, "k").status_code == 404
    remote.s3().put_object(**B, Key="k", Body=BODY)
    if seconds == 0:
        assert fetch(front, "k").content == BODY
    eventually(lambda: fetch(front, "k").content == BODY)


# Without the remote


def test_a_remote_that_is_gone_leaves_what_is_here(server, remote, way):
    front = server(config=lasting_settings(way, cache_fresh_seconds=1))
    remote.s3().put_object(**B, Key="k", Body=BODY)
    remote.s3().put_object(**B, Key="cold", Body=BODY)
    assert fetch(front, "k").content == BODY
    way.gone()
    answer = eventually(lambda: (one := fetch(front, "k")) is not None and told(one) == "stale" and one)
    assert answer.content == BODY and answer.headers["Warning"] == '110 larder "Response is Stale"'
    part = fetch(front, "k", Range="bytes=5-9")
    assert (part.status_code, part.content, told(part)) == (206, BODY[5:10], "stale")
    assert fetch(front, "k", "HEAD").headers["Content-Length"] == str(len(BODY))
    assert fetch(front, "cold").status_code in (502, 503)
    way.back()
    answer = eventually(lambda: (one := fetch(front, "k")) is not None and told(one) == "hit" and one)
    assert "Warning" not in answer.headers


@pytest.mark.parametrize("fault", ["hang", "reset", "garbage", 500, 503])
def test_a_remote_that_fails_is_as_good_as_gone(server, remote, way, fault):
    front = server(config=lasting_settings(way, cache_fresh_seconds=1, first_byte_seconds=1))
    remote.s3().put_object(**B, Key="k", Body=BODY)
    assert fetch(front, "k").content == BODY
    way.fault = fault
    answer = eventually(lambda: (one := fetch(front, "k")) is not None and told(one) == "stale" and one)
    assert answer.content == BODY and "Warning" in answer.headers


def test_what_the_remote_has_taken_away_is_never_served_again(server, remote, way):
    front = server(config=lasting_settings(way, cache_fresh_seconds=1, cache_absent_seconds=0))
    remote.s3().put_object(**B, Key="k", Body=BODY)
    assert fetch(front, "k").content == BODY
    way.fault = 403
    eventually(lambda: fetch(front, "k").status_code == 403)
    way.fault = None
    eventually(lambda: fetch(front, "k").content == BODY)
    remote.s3().delete_object(**B, Key="k")
    eventually(lambda: fetch(front, "k").status_code == 404)
    way.gone()
    assert fetch(front, "k").status_code in (502, 503)


# Attachments


def test_attachments_and_styles_work(front, remote, way):
    attachment = attach(front, picture(size=(300, 200)))
    assert attachment["style_url"]
    for url in [attachment["original_url"], *attachment["style_url"].values()]:
        assert url.startswith(front.endpoint)
        assert [requests.get(url, timeout=30).status_code for _ in range(2)] == [200, 200]
    way.gone()
    for url in attachment["style_url"].values():
        answer = requests.get(url, timeout=30)
        assert (answer.status_code, told(answer)) == (200, "hit")
    assert refused(front.s3().put_object, **B, Key="styles/x", Body=b"")[:2] == (403, "AccessDenied")
