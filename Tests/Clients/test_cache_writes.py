"""The mode cache and writes: whatever changes an object through this server is seen by the next read."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from caches import cache_settings, fetch, front, remote, told, url_of, way  # noqa: F401
from test_proxy_larder import refused


def put(front):
    front.s3().put_object(Bucket="uploads", Key="k", Body=b"new")
    return b"new"


def put_in_the_header_of_a_url(front):
    assert requests.put(url_of(front, "k", "put_object"), data=b"new", timeout=10).status_code == 200
    return b"new"


def put_of_unknown_length(front):
    def body():
        yield b"n"
        yield b"ew"

    assert requests.put(url_of(front, "k", "put_object"), data=body(), timeout=10).status_code == 200
    return b"new"


def form(front):
    post = front.s3().generate_presigned_post("uploads", "k")
    answer = requests.post(post["url"], data=post["fields"], files={"file": ("k", b"new")}, timeout=10)
    assert answer.status_code == 204, answer.text
    return b"new"


def copy(front):
    front.s3().put_object(Bucket="uploads", Key="source", Body=b"new")
    front.s3().copy_object(Bucket="uploads", Key="k", CopySource="uploads/source")
    return b"new"


def parts(front):
    s3 = front.s3()
    upload = s3.create_multipart_upload(Bucket="uploads", Key="k")["UploadId"]
    part = s3.upload_part(Bucket="uploads", Key="k", UploadId=upload, PartNumber=1, Body=b"new")
    assert fetch(front, "k").content == b"old"
    s3.complete_multipart_upload(
        Bucket="uploads", Key="k", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    )
    return b"new"


def rename(front):
    front.s3().put_object(Bucket="uploads", Key="source", Body=b"new")
    assert fetch(front, "source").content == b"new"
    front.s3().rename_object(Bucket="uploads", Key="k", RenameSource="source")
    assert fetch(front, "source").status_code == 404
    return b"new"


def delete(front):
    front.s3().delete_object(Bucket="uploads", Key="k")


def delete_many(front):
    front.s3().delete_objects(Bucket="uploads", Delete={"Objects": [{"Key": "k"}, {"Key": "none"}]})


def delete_by_command(front):
    front.aws("s3", "rm", "s3://uploads/k")


@pytest.mark.parametrize(
    "change",
    [
        put, put_in_the_header_of_a_url, put_of_unknown_length, form, copy, parts, rename, delete, delete_many,
        delete_by_command,
    ],
)
def test_the_next_read_sees_it(front, change):
    front.s3().put_object(Bucket="uploads", Key="k", Body=b"old")
    assert [fetch(front, "k").content for _ in range(2)] == [b"old"] * 2
    expected = change(front)
    answer = fetch(front, "k")
    if expected is None:
        assert answer.status_code == 404
        front.s3().put_object(Bucket="uploads", Key="k", Body=b"again")
        assert fetch(front, "k").content == b"again"
    else:
        assert answer.content == expected
        head = front.s3().head_object(Bucket="uploads", Key="k")
        assert head["ContentLength"] == len(expected) and head["ETag"] == answer.headers["ETag"]


def test_what_was_not_there_is_there_once_it_is_written(front):
    for number in range(5):
        assert fetch(front, f"k{number}").status_code == 404
        front.s3().put_object(Bucket="uploads", Key=f"k{number}", Body=b"x")
        assert fetch(front, f"k{number}").content == b"x"


def test_tags_are_seen_in_the_headers(front):
    s3 = front.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"x")
    assert "x-amz-tagging-count" not in fetch(front, "k").headers
    s3.put_object_tagging(Bucket="uploads", Key="k", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert fetch(front, "k").headers["x-amz-tagging-count"] == "1"
    s3.delete_object_tagging(Bucket="uploads", Key="k")
    assert "x-amz-tagging-count" not in fetch(front, "k").headers


def test_a_write_that_is_refused_shows_what_is_there(front, remote):
    s3 = front.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"one")
    fetch(front, "k")
    remote.s3().put_object(Bucket="uploads", Key="k", Body=b"two")
    assert refused(s3.put_object, Bucket="uploads", Key="k", Body=b"mine", IfNoneMatch="*")[0] == 412
    assert fetch(front, "k").content == b"two"


def test_a_write_whose_outcome_nobody_knows_is_looked_at(front, way):
    s3 = front.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"one")
    fetch(front, "k")
    way.fault = "truncate"
    with pytest.raises(Exception):
        s3.put_object(Bucket="uploads", Key="k", Body=b"two", IfMatch='"x"')
        raise RuntimeError
    way.fault = None
    answer = fetch(front, "k")
    assert (told(answer), answer.content) == ("miss", b"one")


def test_a_bucket_that_was_deleted_and_made_again_is_empty(server, remote, way):
    front = server(config=cache_settings(way))
    s3 = front.s3()
    s3.create_bucket(Bucket="another")
    s3.put_object(Bucket="another", Key="k", Body=b"x")
    assert [fetch(front, "k", bucket="another").content for _ in range(2)] == [b"x"] * 2
    remote.s3().delete_object(Bucket="another", Key="k")
    s3.delete_bucket(Bucket="another")
    assert fetch(front, "k", bucket="another").status_code == 404
    s3.create_bucket(Bucket="another")
    assert fetch(front, "k", bucket="another").status_code == 404


@pytest.mark.heavy
def test_readers_and_writers_together_never_see_an_older_object_than_was_written(server, way):
    """Each writer has a key; what a read after a write gives is never older than that write."""
    # The way is a thread of this process, which is busy.
    front = server(config=cache_settings(way, first_byte_seconds=30))

    def work(number):
        s3, key = front.s3(), f"k{number % 3}-{number}"
        url = url_of(front, key)
        stop = threading.Event()

        def disturb():
            while not stop.is_set():
                requests.get(url, timeout=60)

        with ThreadPoolExecutor(2) as others:
            disturbing = [others.submit(disturb) for _ in range(2)]
            try:
                for turn in range(40):
                    body = f"{turn} ".encode() + os.urandom(turn * 1000)
                    s3.put_object(Bucket="uploads", Key=key, Body=body)
                    answer = requests.get(url, timeout=60)
                    assert answer.status_code == 200 and answer.content == body, (key, turn, answer.status_code)
            finally:
                stop.set()
            [one.result() for one in disturbing]

    with ThreadPoolExecutor(4) as writers:
        assert len(list(writers.map(work, range(4)))) == 4
