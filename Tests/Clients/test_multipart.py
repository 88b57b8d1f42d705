"""Uploads in parts: by hand, by the clients' own transfer managers, with every checksum, retried and raced."""

import base64
import concurrent.futures
import hashlib
import io
import os
import threading

import boto3.s3.transfer
import pytest
import requests

from dialects import Refusal, moment, send, target
from larder import eventually
from matrix import both, cell, cells

SCHEMES = ["http", "https"]
MINIMUM = 5 << 20
LARGE = b"large part" * (MINIMUM // 10) + b"!" * (MINIMUM % 10)

MULTIPART = ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"]

# Three parts, and what S3 answers for them (recorded).
PARTS = [b"a" * (MINIMUM + 1), b"a" * (MINIMUM + 1), b"a" * 10]
ETAG = '"4d45984fc3feb2ac9b22683c49674b56-3"'
PART_SUMS = {
    "CRC32": ["NRU+Sw==", "NRU+Sw==", "TBHN8A=="],
    "CRC32C": ["2/Ckiw==", "2/Ckiw==", "5yZkMA=="],
    "SHA1": ["bH71WIZUKQtUwR2wKSSkFjCRBPM=", "bH71WIZUKQtUwR2wKSSkFjCRBPM=", "NJX/adNGcdHhWzOmPBN5/e3Toyo="],
    "SHA256": [base64.b64encode(hashlib.sha256(part).digest()).decode() for part in PARTS],
}
COMPOSITE = {
    "CRC32": "5FRUiw==-3",
    "CRC32C": "XF5+4A==-3",
    "SHA1": base64.b64encode(
        hashlib.sha1(b"".join(base64.b64decode(each) for each in PART_SUMS["SHA1"])).digest()
    ).decode()
    + "-3",
    "SHA256": "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=-3",
}
FULL = {"CRC32": "qSEQSA==", "CRC32C": "eTdAQA==", "CRC64NVME": "ZMNX55lZurA="}


def multipart_etag(*parts):
    return f'"{hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()}-{len(parts)}"'


def begin(client, bucket, key, **arguments):
    """Begins an upload and returns what names it."""
    answer = client.call("CreateMultipartUpload", Bucket=bucket, Key=key, **arguments)
    assert (answer["Bucket"], answer["Key"]) == (bucket, key)
    return {"Bucket": bucket, "Key": key, "UploadId": answer["UploadId"]}


def upload(client, place, number, body, **arguments):
    """Uploads a part and returns it as Complete lists it."""
    answer = client.call("UploadPart", **place, PartNumber=number, Body=body, **arguments)
    sums = {name: value for name, value in answer.items() if name.startswith("Checksum")}
    return {"PartNumber": number, "ETag": answer["ETag"], **sums}


def complete(client, place, parts, **arguments):
    return client.call("CompleteMultipartUpload", **place, MultipartUpload={"Parts": parts}, **arguments)


def bare_upload(store, bucket, key, *bodies, headers=()):
    """An upload without any checksum, which no SDK makes any more: its id and the ETags of its parts."""
    answer = send(store, "POST", target(bucket, key, uploads=None), headers)
    assert answer.status == 200, answer
    (upload_id,) = answer.texts("UploadId")
    etags = [
        send(store, "PUT", target(bucket, key, partNumber=number, uploadId=upload_id), body=body).header("ETag")
        for number, body in enumerate(bodies, 1)
    ]
    return upload_id, etags


def listing(*parts):
    """The document of Complete; parts are numbers and ETags as they are to be written."""
    inner = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, etag in parts)
    return f"<CompleteMultipartUpload>{inner}</CompleteMultipartUpload>"


# The life of an upload


@both(*MULTIPART, "ListParts", "ListMultipartUploads", "GetObject", "HeadObject")
def test_an_upload_in_parts_becomes_an_object_when_it_is_completed(client, bucket):
    key = "deep/ü b+c.bin"
    place = begin(client, bucket, key, ContentType="text/x", CacheControl="no-store", Metadata={"a": "1"})
    assert [item["Key"] for item in client.call("ListMultipartUploads", Bucket=bucket)["Uploads"]] == [key]
    # Parts may come in any order.
    second = upload(client, place, 2, b"the end")
    first = upload(client, place, 1, LARGE)
    listed = client.call("ListParts", **place)
    assert [(part["PartNumber"], part["Size"]) for part in listed["Parts"]] == [(1, MINIMUM), (2, 7)]
    assert [part["ETag"] for part in listed["Parts"]] == [first["ETag"], second["ETag"]]
    assert first["ETag"] == f'"{hashlib.md5(LARGE).hexdigest()}"'
    # Nothing is seen of it yet.
    assert client.code("HeadObject", Bucket=bucket, Key=key) == "404"
    assert client.call("ListObjectsV2", Bucket=bucket).get("Contents", []) == []
    done = complete(client, place, [first, second])
    assert done["ETag"] == multipart_etag(LARGE, b"the end") and (done["Bucket"], done["Key"]) == (bucket, key)
    got = client.call("GetObject", Bucket=bucket, Key=key)
    assert got["Body"] == LARGE + b"the end" and got["ETag"] == done["ETag"]
    assert (got["ContentType"], got["CacheControl"], got["Metadata"]) == ("text/x", "no-store", {"a": "1"})
    (item,) = client.call("ListObjectsV2", Bucket=bucket)["Contents"]
    assert (item["Size"], item["ETag"]) == (MINIMUM + 7, done["ETag"])
    assert client.call("ListMultipartUploads", Bucket=bucket).get("Uploads", []) == []
    assert client.code("ListParts", **place) == "NoSuchUpload"


@both("AbortMultipartUpload", "ListMultipartUploads", "ListParts")
def test_an_aborted_upload_is_gone(client, store, bucket):
    place = begin(client, bucket, "k")
    part = upload(client, place, 1, b"x" * 100_000)
    client.call("AbortMultipartUpload", **place)
    assert client.code("AbortMultipartUpload", **place) == "NoSuchUpload"
    assert client.code("ListParts", **place) == "NoSuchUpload"
    assert client.code("UploadPart", **place, PartNumber=1, Body=b"") == "NoSuchUpload"
    assert client.code("CompleteMultipartUpload", **place, MultipartUpload={"Parts": [part]}) == "NoSuchUpload"
    assert client.call("ListMultipartUploads", Bucket=bucket).get("Uploads", []) == []
    assert client.code("HeadObject", Bucket=bucket, Key="k") == "404"


@cells("boto3", *MULTIPART)
def test_an_upload_belongs_to_its_key(client, bucket):
    place = begin(client, bucket, "k")
    part = upload(client, place, 1, b"x")
    other = {**place, "Key": "other"}
    assert client.code("UploadPart", **other, PartNumber=1, Body=b"x") == "NoSuchUpload"
    assert client.code("ListParts", **other) == "NoSuchUpload"
    assert client.code("CompleteMultipartUpload", **other, MultipartUpload={"Parts": [part]}) == "NoSuchUpload"
    assert client.code("AbortMultipartUpload", **other) == "NoSuchUpload"
    complete(client, place, [part])


@cells("boto3", *MULTIPART)
def test_a_part_that_comes_again_replaces_the_first(client, bucket):
    place = begin(client, bucket, "k")
    first = upload(client, place, 1, b"first")
    again = upload(client, place, 1, b"again!")
    assert [part["Size"] for part in client.call("ListParts", **place)["Parts"]] == [6]
    refusal = client.refused("CompleteMultipartUpload", **place, MultipartUpload={"Parts": [first]})
    assert refusal.code == "InvalidPart"
    complete(client, place, [again])
    assert client.call("GetObject", Bucket=bucket, Key="k")["Body"] == b"again!"


@cells("boto3", *MULTIPART)
def test_numbers_may_have_gaps_and_parts_may_be_left_out(client, bucket):
    place = begin(client, bucket, "k")
    parts = {number: upload(client, place, number, body) for number, body in [(7, LARGE), (8, b"no"), (10_000, b"end")]}
    complete(client, place, [parts[7], parts[10_000]])
    assert client.call("GetObject", Bucket=bucket, Key="k")["Body"] == LARGE + b"end"


@cells("boto3", *MULTIPART)
def test_an_upload_may_have_a_single_empty_part(client, bucket):
    place = begin(client, bucket, "k")
    done = complete(client, place, [upload(client, place, 1, b"")])
    assert done["ETag"] == multipart_etag(b"")
    assert client.call("GetObject", Bucket=bucket, Key="k")["Body"] == b""


@cells("boto3", *MULTIPART, "GetObjectTagging")
def test_all_that_describes_the_object_is_given_at_the_beginning(client, bucket):
    given = {
        "ContentDisposition": "inline",
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "StorageClass": "STANDARD_IA",
        "WebsiteRedirectLocation": "/there",
    }
    place = begin(client, bucket, "k", Tagging="t=1&u=", **given)
    complete(client, place, [upload(client, place, 1, b"x")])
    head = client.call("HeadObject", Bucket=bucket, Key="k")
    assert {name: head[name] for name in given} == given
    tags = client.call("GetObjectTagging", Bucket=bucket, Key="k")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"t": "1", "u": ""}


@cells("boto3", *MULTIPART, "ListParts")
def test_an_upload_outlives_the_server(server):
    one = server()
    s3 = one.s3()
    upload_id = s3.create_multipart_upload(Bucket="uploads", Key="k", Metadata={"a": "1"})["UploadId"]
    place = {"Bucket": "uploads", "Key": "k", "UploadId": upload_id}
    first = s3.upload_part(**place, PartNumber=1, Body=LARGE)["ETag"]
    one.kill()
    s3 = one.start().s3()
    assert [part["ETag"] for part in s3.list_parts(**place)["Parts"]] == [first]
    second = s3.upload_part(**place, PartNumber=2, Body=b"end")["ETag"]
    one.restart()
    s3 = one.s3()
    parts = {"Parts": [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]}
    etag = s3.complete_multipart_upload(**place, MultipartUpload=parts)["ETag"]
    one.restart()
    got = one.s3().get_object(Bucket="uploads", Key="k")
    assert got["Body"].read() == LARGE + b"end" and got["Metadata"] == {"a": "1"} and got["ETag"] == etag
    # A lost answer is asked for again, whatever happened to the server meanwhile.
    assert one.s3().complete_multipart_upload(**place, MultipartUpload=parts)["ETag"] == etag


@cells("boto3", *MULTIPART, "DeleteBucket")
def test_a_bucket_with_unfinished_uploads_can_be_removed(client, bucket):
    place = begin(client, bucket, "k")
    upload(client, place, 1, b"x")
    client.call("DeleteBucket", Bucket=bucket)
    client.call("CreateBucket", Bucket=bucket)
    assert client.call("ListMultipartUploads", Bucket=bucket).get("Uploads", []) == []
    assert client.code("ListParts", **place) == "NoSuchUpload"


# Reading by part


@both("GetObject", "HeadObject")
def test_parts_can_be_read_one_by_one(client, bucket):
    place = begin(client, bucket, "k")
    parts = [upload(client, place, number, body) for number, body in [(1, LARGE), (5, b"the end")]]
    complete(client, place, parts)
    first = client.call("HeadObject", Bucket=bucket, Key="k", PartNumber=1)
    assert (first["ContentLength"], first["PartsCount"]) == (MINIMUM, 2)
    # Parts are counted anew: the second is number 2, whatever it was uploaded as.
    second = client.call("GetObject", Bucket=bucket, Key="k", PartNumber=2)
    assert second["Body"] == b"the end" and second["PartsCount"] == 2
    assert second["ContentRange"] == f"bytes {MINIMUM}-{MINIMUM + 6}/{MINIMUM + 7}"
    refusal = client.refused("GetObject", Bucket=bucket, Key="k", PartNumber=3)
    assert refusal.code == "InvalidPartNumber"
    crossing = client.call("GetObject", Bucket=bucket, Key="k", Range=f"bytes={MINIMUM - 1}-{MINIMUM}")
    assert crossing["Body"] == b"tt" and "PartsCount" not in crossing


# Lists


@both("ListParts")
def test_parts_are_listed_in_pages(client, bucket):
    place = begin(client, bucket, "k")
    for number in (1, 2, 5, 9, 10):
        upload(client, place, number, b"x" * number)
    first = client.call("ListParts", **place, MaxParts=2)
    assert [part["PartNumber"] for part in first["Parts"]] == [1, 2]
    assert first["IsTruncated"] and int(first["NextPartNumberMarker"]) == 2 and first["MaxParts"] == 2
    rest = client.call("ListParts", **place, PartNumberMarker=2)
    assert [part["PartNumber"] for part in rest["Parts"]] == [5, 9, 10]
    assert not rest["IsTruncated"] and int(rest["NextPartNumberMarker"]) == 10
    assert (rest["Bucket"], rest["Key"], rest["UploadId"]) == (bucket, "k", place["UploadId"])
    assert rest["StorageClass"] == "STANDARD" and rest["Owner"]["ID"] and rest["Initiator"]["ID"]
    assert client.call("ListParts", **place, PartNumberMarker=10).get("Parts", []) == []


@cell("ListParts", "HTTP")
def test_empty_parameters_of_a_list_of_parts_count_as_none(store, bucket):
    upload_id, _ = bare_upload(store, bucket, "k", b"1", b"2")
    place = {"uploadId": upload_id, "max_parts": "", "part_number_marker": ""}
    answer = send(store, "GET", target(bucket, "k", **place))
    assert answer.texts("Part/PartNumber") == ["1", "2"] and answer.texts("MaxParts") == ["1000"]
    assert answer.texts("PartNumberMarker") == ["0"] and answer.texts("NextPartNumberMarker") == ["2"]
    empty = send(store, "GET", target(bucket, "k", uploadId=upload_id, part_number_marker=7))
    assert empty.texts("NextPartNumberMarker") == ["0"]


@both("ListMultipartUploads")
def test_uploads_are_listed_by_key_and_time(client, bucket):
    keys = ["b", "a/2", "a/1", "a/1", "c/x"]
    ids = {}
    for key in keys:
        ids.setdefault(key, []).append(begin(client, bucket, key)["UploadId"])
    everything = client.call("ListMultipartUploads", Bucket=bucket)
    found = [(item["Key"], item["UploadId"]) for item in everything["Uploads"]]
    assert found == [(key, each) for key in sorted(ids) for each in ids[key]]
    assert all(
        item["Initiator"]["ID"] and item["Owner"]["ID"] and moment(item["Initiated"]) for item in everything["Uploads"]
    )
    assert not everything["IsTruncated"] and everything["MaxUploads"] == 1000
    rolled = client.call("ListMultipartUploads", Bucket=bucket, Delimiter="/")
    assert [item["Key"] for item in rolled["Uploads"]] == ["b"]
    assert [item["Prefix"] for item in rolled["CommonPrefixes"]] == ["a/", "c/"]
    below = client.call("ListMultipartUploads", Bucket=bucket, Prefix="a/")
    assert [item["Key"] for item in below["Uploads"]] == ["a/1", "a/1", "a/2"]


@cell("ListMultipartUploads", "boto3")
@pytest.mark.parametrize("page", [1, 2, 3, 4, 5])
def test_pages_of_uploads_have_everything_once(client, bucket, page):
    for key in ["a", "a", "a", "b/1", "b/2", "c"]:
        begin(client, bucket, key)
    everything = client.call("ListMultipartUploads", Bucket=bucket)["Uploads"]
    found, markers = [], {}
    while True:
        answer = client.call("ListMultipartUploads", Bucket=bucket, MaxUploads=page, **markers)
        assert len(answer["Uploads"]) <= page and len(found) < 20
        found += answer["Uploads"]
        markers = {"KeyMarker": answer["NextKeyMarker"], "UploadIdMarker": answer["NextUploadIdMarker"]}
        assert markers == {"KeyMarker": found[-1]["Key"], "UploadIdMarker": found[-1]["UploadId"]}
        if not answer["IsTruncated"]:
            break
    assert found == everything
    # A key alone comes after all uploads of it, and an id alone means nothing.
    later = client.call("ListMultipartUploads", Bucket=bucket, KeyMarker="a")["Uploads"]
    assert [item["Key"] for item in later] == ["b/1", "b/2", "c"]
    whole = client.call("ListMultipartUploads", Bucket=bucket, UploadIdMarker=found[-1]["UploadId"])["Uploads"]
    assert whole == everything


# Copies of parts


@both("UploadPartCopy", "CreateMultipartUpload", "CompleteMultipartUpload")
def test_parts_are_copied_from_objects(client, bucket):
    client.call("PutObject", Bucket=bucket, Key="from ü", Body=LARGE + b"0123456789")
    place = begin(client, bucket, "to")
    source = f"{bucket}/from ü"
    whole = client.call("UploadPartCopy", **place, PartNumber=1, CopySource=source)["CopyPartResult"]
    some = client.call(
        "UploadPartCopy", **place, PartNumber=2, CopySource=source, CopySourceRange=f"bytes={MINIMUM + 2}-{MINIMUM + 5}"
    )["CopyPartResult"]
    assert whole["ETag"] == f'"{hashlib.md5(LARGE + b"0123456789").hexdigest()}"' and moment(whole["LastModified"])
    assert some["ETag"] == f'"{hashlib.md5(b"2345").hexdigest()}"'
    listed = client.call("ListParts", **place)["Parts"]
    assert [(part["ETag"], part["Size"]) for part in listed] == [(whole["ETag"], MINIMUM + 10), (some["ETag"], 4)]
    parts = [
        {
            "PartNumber": number,
            **{name: value for name, value in part.items() if name == "ETag" or name.startswith("Checksum")},
        }
        for number, part in [(1, whole), (2, some)]
    ]
    complete(client, place, parts)
    assert client.call("GetObject", Bucket=bucket, Key="to")["Body"] == LARGE + b"0123456789" + b"2345"


@cell("UploadPartCopy", "HTTP")
def test_copies_of_parts_under_conditions_of_their_source(store, bucket):
    from test_objects import conditions_of_sources

    store.s3().put_object(Bucket=bucket, Key="from", Body=b"x")
    upload_id, _ = bare_upload(store, bucket, "to")
    for number, (headers, failed) in enumerate(conditions_of_sources(store, bucket), 1):
        place = target(bucket, "to", partNumber=number, uploadId=upload_id)
        answer = send(store, "PUT", place, {"x-amz-copy-source": f"{bucket}/from", **headers})
        assert answer.status == (412 if failed else 200), headers
        if failed:
            assert answer.code == "PreconditionFailed" and answer.elements == {"Condition": failed}


@cells("boto3", "CopyObject")
def test_a_copy_of_an_object_in_parts_is_of_one_piece(client, bucket):
    place = begin(client, bucket, "from")
    complete(client, place, [upload(client, place, 1, LARGE), upload(client, place, 2, b"end")])
    result = client.call("CopyObject", Bucket=bucket, Key="to", CopySource=f"{bucket}/from")["CopyObjectResult"]
    assert result["ETag"] == f'"{hashlib.md5(LARGE + b"end").hexdigest()}"'
    assert "PartsCount" not in client.call("HeadObject", Bucket=bucket, Key="to", PartNumber=1)
    assert client.call("GetObject", Bucket=bucket, Key="to")["Body"] == LARGE + b"end"


# Completion


@both("CompleteMultipartUpload")
def test_a_repeated_completion_gets_the_same_answer(client, bucket):
    place = begin(client, bucket, "k")
    parts = [upload(client, place, 1, LARGE), upload(client, place, 2, b"end")]
    first = complete(client, place, parts)
    again = complete(client, place, parts)
    assert (first["ETag"], first["Key"], first["Location"]) == (again["ETag"], again["Key"], again["Location"])
    assert client.code("UploadPart", **place, PartNumber=3, Body=b"") == "NoSuchUpload"


@cell("CompleteMultipartUpload", "HTTP")
@pytest.mark.parametrize("form", ['"{}"', "{}", "&quot;{}&quot;", "&#34;{}&#34;"])
def test_etags_of_parts_are_read_with_quotes_and_without(store, bucket, form):
    upload_id, (etag,) = bare_upload(store, bucket, "a b/k", b"x")
    body = listing((1, form.format(etag.strip('"'))))
    answer = send(store, "POST", target(bucket, "a b/k", uploadId=upload_id), body=body)
    assert answer.status == 200 and answer.document.tag == "CompleteMultipartUploadResult"
    assert answer.texts("ETag") == [multipart_etag(b"x")]
    assert (answer.texts("Bucket"), answer.texts("Key")) == ([bucket], ["a b/k"])
    (location,) = answer.texts("Location")
    assert location.startswith(store.endpoint) and " " not in location


@both("CompleteMultipartUpload")
def test_completion_under_a_condition(client, store, bucket):
    etag = store.s3().put_object(Bucket=bucket, Key="k", Body=b"old")["ETag"]
    place = begin(client, bucket, "k")
    listed = {"MultipartUpload": {"Parts": [upload(client, place, 1, b"new")]}}
    assert client.code("CompleteMultipartUpload", **place, **listed, IfNoneMatch="*") == "PreconditionFailed"
    assert client.code("CompleteMultipartUpload", **place, **listed, IfMatch='"1"') == "PreconditionFailed"
    # The upload is still there.
    client.call("CompleteMultipartUpload", **place, **listed, IfMatch=etag)
    assert client.call("GetObject", Bucket=bucket, Key="k")["Body"] == b"new"
    fresh = begin(client, bucket, "fresh")
    listed = {"MultipartUpload": {"Parts": [upload(client, fresh, 1, b"x")]}}
    assert client.code("CompleteMultipartUpload", **fresh, **listed, IfMatch=etag) == "NoSuchKey"
    client.call("CompleteMultipartUpload", **fresh, **listed, IfNoneMatch="*")


@cell("CompleteMultipartUpload", "boto3")
def test_a_condition_about_what_changed_meanwhile_is_a_conflict(client, bucket):
    """The upload has to be begun again: what it would replace is not what was there when it began (recorded)."""
    at = {"Bucket": bucket, "Key": "k"}

    def begun():
        place = begin(client, bucket, "k")
        listed = {"MultipartUpload": {"Parts": [upload(client, place, 1, b"new")]}}
        return lambda **condition: client.call("CompleteMultipartUpload", **place, **listed, **condition)

    def refused(finish, **condition):
        with pytest.raises(Refusal) as refusal:
            finish(**condition)
        return refusal.value.status, refusal.value.code, refusal.value.elements

    conflict = lambda condition: (409, "ConditionalRequestConflict", {"Condition": condition, "Key": "k"})
    client.call("PutObject", **at, Body=b"old")
    finish = begun()
    assert refused(finish, IfNoneMatch="*") == (412, "PreconditionFailed", {"Condition": "If-None-Match"})
    client.call("DeleteObject", **at)
    assert refused(finish, IfNoneMatch="*") == conflict("If-None-Match")
    begun()(IfNoneMatch="*")
    first = client.call("PutObject", **at, Body=b"first")["ETag"]
    finish = begun()
    second = client.call("PutObject", **at, Body=b"second")["ETag"]
    assert refused(finish, IfMatch=first) == (412, "PreconditionFailed", {"Condition": "If-Match"})
    assert refused(finish, IfMatch=second) == conflict("If-Match")
    # The same bytes again are a change too.
    finish = begun()
    client.call("PutObject", **at, Body=b"second")
    assert refused(finish, IfMatch=second) == conflict("If-Match")
    client.call("DeleteObject", **at)
    assert refused(finish, IfMatch=second) == (404, "NoSuchKey", {"Key": "k"})
    client.call("PutObject", **at, Body=b"second")
    assert refused(finish, IfMatch=second) == conflict("If-Match")
    begun()(IfMatch=second)
    assert client.call("GetObject", **at)["Body"] == b"new"


@cell("CompleteMultipartUpload", "boto3")
def test_an_upload_tells_the_size_of_the_object(client, bucket):
    place = begin(client, bucket, "k")
    parts = [upload(client, place, 1, b"four")]
    listed = {"MultipartUpload": {"Parts": parts}}
    refusal = client.refused("CompleteMultipartUpload", **place, **listed, MpuObjectSize=5)
    assert refusal.code == "InvalidRequest" and "does not match what was computed: 4" in refusal.message
    client.call("CompleteMultipartUpload", **place, **listed, MpuObjectSize=4)


@cells("boto3", *MULTIPART)
def test_signed_urls_upload_in_parts(store, bucket):
    s3 = store.s3()
    place = {"Bucket": bucket, "Key": "k"}
    created = requests.post(s3.generate_presigned_url("create_multipart_upload", place), timeout=30)
    assert created.status_code == 200, created.text
    place["UploadId"] = created.text.partition("<UploadId>")[2].partition("</UploadId>")[0]
    etags = []
    for number, body in [(1, LARGE), (2, b"end")]:
        url = s3.generate_presigned_url("upload_part", {**place, "PartNumber": number})
        etags.append(requests.put(url, data=body, timeout=60).headers["ETag"])
    url = s3.generate_presigned_url("complete_multipart_upload", place)
    done = requests.post(url, data=listing(*enumerate(etags, 1)), timeout=60)
    assert done.status_code == 200 and "<Location>" in done.text and "<Key>k</Key>" in done.text
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == LARGE + b"end"


# Checksums


@both("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "HeadObject")
@pytest.mark.parametrize("algorithm", COMPOSITE)
def test_a_composite_checksum_is_that_of_the_checksums_of_the_parts(client, bucket, algorithm):
    name = f"Checksum{algorithm}"
    place = begin(client, bucket, "k", ChecksumAlgorithm=algorithm)
    parts = [upload(client, place, n, body, ChecksumAlgorithm=algorithm) for n, body in enumerate(PARTS, 1)]
    assert [part[name] for part in parts] == PART_SUMS[algorithm]
    listed = client.call("ListParts", **place)
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == (algorithm, "COMPOSITE")
    assert [part[name] for part in listed["Parts"]] == PART_SUMS[algorithm]
    done = complete(client, place, parts)
    assert (done[name], done["ChecksumType"], done["ETag"]) == (COMPOSITE[algorithm], "COMPOSITE", ETAG)
    head = client.call("HeadObject", Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head[name], head["ChecksumType"]) == (COMPOSITE[algorithm], "COMPOSITE")
    part = client.call("HeadObject", Bucket=bucket, Key="k", PartNumber=3, ChecksumMode="ENABLED")
    assert part[name] == PART_SUMS[algorithm][2]


@both("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "GetObject")
@pytest.mark.parametrize("algorithm", FULL)
def test_a_checksum_of_the_full_object_is_that_of_its_bytes(client, bucket, algorithm):
    name = f"Checksum{algorithm}"
    place = begin(client, bucket, "k", ChecksumAlgorithm=algorithm, ChecksumType="FULL_OBJECT")
    parts = [upload(client, place, n, body, ChecksumAlgorithm=algorithm) for n, body in enumerate(PARTS, 1)]
    wrong = {name: "A" * (len(FULL[algorithm]) - 2 if FULL[algorithm].endswith("==") else len(FULL[algorithm]) - 1)}
    wrong[name] += "=" * (len(FULL[algorithm]) - len(wrong[name]))
    listed = {"MultipartUpload": {"Parts": parts}, "ChecksumType": "FULL_OBJECT"}
    refusal = client.refused("CompleteMultipartUpload", **place, **listed, **wrong)
    assert refusal.code == "BadDigest"
    done = client.call("CompleteMultipartUpload", **place, **listed, **{name: FULL[algorithm]})
    assert (done[name], done["ChecksumType"], done["ETag"]) == (FULL[algorithm], "FULL_OBJECT", ETAG)
    # The client compares what it reads with the checksum.
    got = client.call("GetObject", Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got["Body"] == b"".join(PARTS) and got[name] == FULL[algorithm]


@cells("HTTP", *MULTIPART)
@pytest.mark.parametrize("part_header", [None, "x-amz-checksum-crc32"])
def test_without_an_algorithm_the_object_has_the_servers_own_checksum(store, bucket, part_header):
    upload_id, _ = bare_upload(store, bucket, "k")
    etags = []
    for number, body in enumerate(PARTS, 1):
        headers = {part_header: PART_SUMS["CRC32"][number - 1]} if part_header else {}
        place = target(bucket, "k", partNumber=number, uploadId=upload_id)
        etags.append(send(store, "PUT", place, headers, body).header("ETag"))
    answer = send(store, "POST", target(bucket, "k", uploadId=upload_id), body=listing(*enumerate(etags, 1)))
    assert answer.status == 200, answer
    assert answer.texts("ChecksumCRC64NVME") == [FULL["CRC64NVME"]] and answer.texts("ChecksumType") == ["FULL_OBJECT"]
    head = send(store, "HEAD", target(bucket, "k"), {"x-amz-checksum-mode": "ENABLED"})
    assert head.header("x-amz-checksum-crc64nvme") == FULL["CRC64NVME"] and head.header("ETag") == ETAG


@cell("CompleteMultipartUpload", "boto3")
def test_parts_with_wrong_checksums_are_refused(client, bucket):
    place = begin(client, bucket, "k", ChecksumAlgorithm="SHA256")
    assert client.code("UploadPart", **place, PartNumber=1, Body=b"x", ChecksumAlgorithm="CRC32") == "InvalidRequest"
    part = upload(client, place, 1, b"x", ChecksumAlgorithm="SHA256")
    finish = lambda **changes: client.refused(
        "CompleteMultipartUpload", **place, MultipartUpload={"Parts": [{**part, **changes}]}
    )
    assert finish(ChecksumSHA256=base64.b64encode(bytes(32)).decode()).code == "InvalidPart"
    bare = {name: value for name, value in part.items() if not name.startswith("Checksum")}
    refusal = client.refused("CompleteMultipartUpload", **place, MultipartUpload={"Parts": [bare]})
    assert refusal.code == "InvalidRequest" and "It was missing for part 1 in the request." in refusal.message
    complete(client, place, [part])


# Attributes


@both("GetObjectAttributes")
def test_attributes_tell_the_parts(client, bucket):
    place = begin(client, bucket, "k", ChecksumAlgorithm="SHA256")
    parts = [upload(client, place, n, body, ChecksumAlgorithm="SHA256") for n, body in enumerate(PARTS, 1)]
    complete(client, place, parts)
    ask = lambda **arguments: client.call(
        "GetObjectAttributes", Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts", "Checksum", "ETag"], **arguments
    )
    found = ask()
    assert found["ETag"] == ETAG.strip('"')
    # The count is not part of the checksum here.
    assert found["Checksum"]["ChecksumSHA256"] == COMPOSITE["SHA256"].removesuffix("-3")
    assert found["Checksum"]["ChecksumType"] == "COMPOSITE"
    told = found["ObjectParts"]
    assert [part["PartNumber"] for part in told["Parts"]] == [1, 2, 3]
    assert [part["Size"] for part in told["Parts"]] == [len(part) for part in PARTS]
    assert [part["ChecksumSHA256"] for part in told["Parts"]] == PART_SUMS["SHA256"]
    page = ask(MaxParts=2)["ObjectParts"]
    assert [part["PartNumber"] for part in page["Parts"]] == [1, 2] and page["IsTruncated"]
    assert int(page["NextPartNumberMarker"]) == 2
    rest = ask(MaxParts=2, PartNumberMarker=2)["ObjectParts"]
    assert [part["PartNumber"] for part in rest["Parts"]] == [3] and not rest["IsTruncated"]


@cell("GetObjectAttributes", "HTTP")
def test_parts_without_checksums_are_only_counted(store, bucket):
    upload_id, etags = bare_upload(store, bucket, "k", LARGE, b"end")
    send(store, "POST", target(bucket, "k", uploadId=upload_id), body=listing(*enumerate(etags, 1)))
    answer = send(store, "GET", target(bucket, "k", attributes=""), {"x-amz-object-attributes": "ObjectParts"})
    assert answer.status == 200 and answer.texts("ObjectParts/PartsCount") == ["2"]
    assert answer.texts("ObjectParts/Part") == []


# Transfer managers


@cells("boto3", *MULTIPART, "GetObject")
@pytest.mark.heavy
@pytest.mark.parametrize("scheme", SCHEMES)
def test_large_files_go_in_and_out_in_threads(store, bucket):
    body = b"".join(hashlib.sha256(b"%d" % i).digest() * 2048 for i in range(480)) + b"tail"
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=8 << 20, max_concurrency=10)
    s3 = store.s3(max_pool_connections=20)
    s3.upload_fileobj(io.BytesIO(body), bucket, "k", Config=config, ExtraArgs={"Metadata": {"a": "1"}})
    head = s3.head_object(Bucket=bucket, Key="k")
    assert head["ETag"].endswith('-4"') and head["ContentLength"] == len(body) and head["Metadata"] == {"a": "1"}
    back = io.BytesIO()
    s3.download_fileobj(bucket, "k", back, Config=config)
    assert back.getvalue() == body
    for algorithm in ("CRC64NVME", "SHA256"):
        s3.upload_fileobj(
            io.BytesIO(body), bucket, algorithm, Config=config, ExtraArgs={"ChecksumAlgorithm": algorithm}
        )
        assert s3.get_object(Bucket=bucket, Key=algorithm)["Body"].read() == body
    assert s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


@cells("boto3", "UploadPartCopy")
@pytest.mark.heavy
def test_large_objects_are_copied_in_parts(store, bucket):
    body = bytes(range(256)) * (72 << 10)
    s3 = store.s3(max_pool_connections=20)
    s3.put_object(Bucket=bucket, Key="from", Body=body, Metadata={"a": "1"}, Tagging="t=1")
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=6 << 20, multipart_chunksize=6 << 20)
    s3.copy({"Bucket": bucket, "Key": "from"}, bucket, "to", Config=config)
    got = s3.get_object(Bucket=bucket, Key="to")
    assert got["Body"].read() == body and got["ETag"].endswith('-3"')


@cells("aws-cli", *MULTIPART, "UploadPartCopy", "GetObjectTagging", "CopyObject", "DeleteObject")
@pytest.mark.heavy
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_aws_command_moves_large_files(store, bucket, folder):
    (folder / "in").write_bytes(bytes(range(256)) * (80 << 10))
    # Listings know whole seconds: what was uploaded in the second in which the file was made is uploaded again.
    os.utime(folder / "in", (1_700_000_000, 1_700_000_000))
    store.aws("s3", "cp", folder / "in", f"s3://{bucket}/k")
    assert store.s3().head_object(Bucket=bucket, Key="k")["ETag"].endswith('-3"')
    store.aws("s3", "cp", f"s3://{bucket}/k", f"s3://{bucket}/copy")
    store.aws("s3", "mv", f"s3://{bucket}/copy", folder / "out")
    assert (folder / "out").read_bytes() == (folder / "in").read_bytes()
    (folder / "tree").mkdir()
    (folder / "in").rename(folder / "tree/in")
    assert "upload" in store.aws("s3", "sync", folder / "tree", f"s3://{bucket}/tree").stdout
    assert store.aws("s3", "sync", folder / "tree", f"s3://{bucket}/tree").stdout == ""
    store.aws("s3", "sync", f"s3://{bucket}/tree", f"s3://{bucket}/other")
    assert [item["Key"] for item in store.s3().list_objects_v2(Bucket=bucket)["Contents"]] == [
        "k",
        "other/in",
        "tree/in",
    ]


@cells("aws-cli", *MULTIPART)
def test_the_aws_command_uploads_what_it_reads_from_a_pipe(store, bucket, folder):
    body = b"piped" * 2_000_000
    (folder / "in").write_bytes(body)
    with open(folder / "in", "rb") as stream:
        store.aws("s3", "cp", "-", f"s3://{bucket}/k", stdin=stream)
    assert store.s3().get_object(Bucket=bucket, Key="k")["Body"].read() == body


# At the same time


def all_of(count, work):
    """What as many calls at once return; exceptions are values here."""
    start = threading.Barrier(count)

    def one(number):
        start.wait()
        try:
            return work(number)
        except Exception as error:
            return error

    with concurrent.futures.ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


@cell("CompleteMultipartUpload", "boto3")
@pytest.mark.heavy
def test_completions_at_the_same_time_give_one_object(client, bucket):
    place = begin(client, bucket, "k")
    parts = [upload(client, place, 1, LARGE), upload(client, place, 2, b"end")]
    answers = all_of(8, lambda _: complete(client, place, parts)["ETag"])
    assert answers == [multipart_etag(LARGE, b"end")] * 8
    assert client.call("GetObject", Bucket=bucket, Key="k")["Body"] == LARGE + b"end"


@cell("CompleteMultipartUpload", "boto3")
@pytest.mark.heavy
def test_of_uploads_that_race_for_a_new_key_exactly_one_wins(client, bucket):
    places = [begin(client, bucket, "k") for _ in range(10)]
    parts = [upload(client, place, 1, b"%d" % number) for number, place in enumerate(places)]
    answers = all_of(10, lambda n: complete(client, places[n], [parts[n]], IfNoneMatch="*")["ETag"])
    assert len([each for each in answers if isinstance(each, str)]) == 1, answers
    assert {each.status for each in answers if isinstance(each, Refusal)} <= {409, 412}


@cells("boto3", "UploadPart", "AbortMultipartUpload")
@pytest.mark.heavy
def test_parts_that_arrive_while_the_upload_is_aborted_leave_nothing(client, store, bucket):
    place = begin(client, bucket, "k")

    def act(number):
        if number == 0:
            return client.call("AbortMultipartUpload", **place)
        return upload(client, place, number, b"x" * 200_000)

    for answer in all_of(9, act):
        assert not isinstance(answer, Exception) or answer.code == "NoSuchUpload", answer
    if client.call("ListMultipartUploads", Bucket=bucket).get("Uploads"):
        client.call("AbortMultipartUpload", **place)
    # What is left is swept behind the answer. Its place is multipart/, or incoming/ on its way out.
    eventually(lambda: not list(store.path(".larder").glob(f"*/*{place['UploadId']}*")))


@cells("boto3", *MULTIPART)
@pytest.mark.heavy
def test_many_uploads_at_once_do_not_mix(client, bucket):
    def one(number):
        place = begin(client, bucket, f"k{number}")
        body = bytes([number]) * MINIMUM
        parts = [upload(client, place, 1, body), upload(client, place, 2, b"%d" % number)]
        return complete(client, place, parts)["ETag"]

    etags = all_of(8, one)
    assert etags == [multipart_etag(bytes([n]) * MINIMUM, b"%d" % n) for n in range(8)]
    for number in range(8):
        got = client.call("GetObject", Bucket=bucket, Key=f"k{number}")["Body"]
        assert got == bytes([number]) * MINIMUM + b"%d" % number
