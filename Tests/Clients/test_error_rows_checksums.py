"""Refusals that are about checksums, of uploads in one piece and in parts, a row each."""

import base64
import hashlib

import pytest

from object_fixtures import UNSUPPORTED_ALGORITHM, furnish
from refusals import Call, refuse, rows

# How many bytes each has.
LENGTHS = {
    "CRC32": 4,
    "CRC32C": 4,
    "CRC64NVME": 8,
    "MD5": 16,
    "SHA1": 20,
    "SHA256": 32,
    "SHA512": 64,
    "XXHASH128": 16,
    "XXHASH3": 8,
    "XXHASH64": 8,
}
SEVERAL = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
UNKNOWN = "The algorithm type you specified in x-amz-checksum- header is invalid."
NO_VALUE = (
    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."
)
NO_ALGORITHM = "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
NOT_ANNOUNCED = "Value for x-amz-sdk-checksum-algorithm header is invalid."
IN_LIST = "Invalid Base64 or multiple checksums present in request"


@pytest.fixture(scope="module")
def world(shared):
    return furnish(shared)


def zeros(count):
    """A value that is well formed and the checksum of nothing here."""
    return base64.b64encode(bytes(count)).decode()


# The SHA256 of what the rows upload.
RIGHT = base64.b64encode(hashlib.sha256(b"x").digest()).decode()


def put(**headers):
    return Call("PutObject", Key="new", Body=b"x", headers=_spelt(headers))


def part(upload="upload", **headers):
    return Call("UploadPart", PartNumber=3, UploadId=f"@{upload}", Body=b"x", headers=_spelt(headers))


def _spelt(headers):
    return {"x-amz-" + name.lower().replace("_", "-"): value for name, value in headers.items()}


def mismatch(call, text, case):
    return call.refused(case, 400, "BadDigest", text)


def values(call):
    """What can be wrong with each checksum of an upload, or with its headers."""
    for algorithm, length in LENGTHS.items():
        name = f"x-amz-checksum-{algorithm.lower()}"
        for case, value in (
            ("of a byte too many", zeros(length + 1)),
            ("of a byte too few", zeros(length - 1)),
            ("in no base64", "*" * 8),
            ("without padding", zeros(length).rstrip("=") if length % 3 else "A"),
            ("empty", ""),
        ):
            yield call(**{f"checksum_{algorithm}": value}).request(
                f"{algorithm} {case}", f"Value for {name} header is invalid."
            )
        text = f"The {algorithm} you specified did not match the calculated checksum."
        yield mismatch(call(**{f"checksum_{algorithm}": zeros(length)}), text, f"{algorithm} of something else")
        yield call(sdk_checksum_algorithm=algorithm).request(f"{algorithm} announced and not given", NO_VALUE)
    for announced in ("CRC32", "CRC16"):
        row = call(sdk_checksum_algorithm=announced, checksum_SHA256=RIGHT)
        yield row.request(f"{announced} announced and SHA256 given", NOT_ANNOUNCED)
    yield call(checksum_CRC32=zeros(4), checksum_SHA1=zeros(20)).request("two checksums", SEVERAL)
    yield call(checksum_CRC16=zeros(2)).request("an unknown checksum", UNKNOWN)


@rows(*values(put), *values(part))
def test_values(world, row):
    refuse(world, row)


def create(algorithm=None, kind=None):
    return Call("CreateMultipartUpload", headers=_spelt(_given(checksum_algorithm=algorithm, checksum_type=kind)))


def _given(**headers):
    return {name: value for name, value in headers.items() if value is not None}


def no_type(algorithm, kind):
    text = f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
    return create(algorithm, kind).request(f"{kind} {algorithm}", text)


@rows(
    no_type("CRC64NVME", "COMPOSITE"),
    *(
        no_type(algorithm, "FULL_OBJECT")
        for algorithm in ("MD5", "SHA1", "SHA256", "SHA512", "XXHASH128", "XXHASH3", "XXHASH64")
    ),
    create(kind="FULL_OBJECT").request("FULL_OBJECT of nothing", NO_ALGORITHM),
    create(kind="COMPOSITE").request("COMPOSITE of nothing", NO_ALGORITHM),
    create("CRC16").request("an unknown algorithm", UNSUPPORTED_ALGORITHM),
    create("").request("an empty algorithm", UNSUPPORTED_ALGORITHM),
    create("CRC32", "HALF").request("an unknown type", "Value for x-amz-checksum-type header is invalid."),
)
def test_choices(world, row):
    refuse(world, row)


def other_algorithm(upload, created, algorithm):
    text = (
        f"Checksum Type mismatch occurred, expected checksum Type: {created}, actual checksum Type: {algorithm.lower()}"
    )
    row = part(upload, **{f"checksum_{algorithm}": zeros(LENGTHS[algorithm])})
    return row.request(f"{algorithm} in an upload with {created}", text)


@rows(
    other_algorithm("sha", "sha256", "CRC32"),
    other_algorithm("composite", "crc32", "SHA256"),
    other_algorithm("full", "crc32c", "CRC64NVME"),
)
def test_parts_of_another_algorithm(world, row):
    refuse(world, row)


def complete(upload, headers=None, **checksums):
    """A completion by part 1, whose listed checksums are given."""
    listed = {"PartNumber": 1, "ETag": "@part", **{f"Checksum{name}": value for name, value in checksums.items()}}
    return Call(
        "CompleteMultipartUpload",
        UploadId=f"@{upload}",
        MultipartUpload={"Parts": [listed]},
        headers=_spelt(headers or {}),
    )


def missing(upload, algorithm):
    return complete(upload).request(
        f"a {algorithm} that is missing",
        f"The upload was created using a {algorithm} checksum. The complete request must include the checksum for each "
        "part. It was missing for part 1 in the request.",
    )


def another_mode(case, created, call):
    return call.request(
        case,
        f"The upload was created using the {created} checksum mode. The complete request must use the same checksum "
        "mode.",
    )


def not_the_part(upload, **checksums):
    return complete(upload, **checksums).refused(
        f"another checksum of a part, {upload}",
        400,
        "InvalidPart",
        UploadId=f"@{upload}",
        PartNumber="1",
        ETag="@digest",
    )


def not_received(upload, algorithm):
    text = f"The {algorithm.lower()} you specified for part 1 did not match what we received."
    row = complete(upload, **{algorithm: zeros(LENGTHS[algorithm])})
    return mismatch(row, text, f"{algorithm} of a part, {upload}")


def not_calculated(upload, algorithm, case, **checksums):
    text = f"The {algorithm.lower()} you specified did not match the calculated checksum."
    row = complete(upload, {f"checksum_{algorithm}": zeros(LENGTHS[algorithm])}, **checksums)
    return mismatch(row, text, case)


@rows(
    missing("composite", "crc32"),
    missing("sha", "sha256"),
    not_the_part("composite", CRC32=zeros(4)),
    not_the_part("sha", SHA256=zeros(32)),
    not_the_part("full", CRC32C=zeros(4)),
    not_received("composite", "SHA256"),
    not_received("sha", "CRC32"),
    not_received("full", "CRC32"),
    another_mode(
        "FULL_OBJECT at the end",
        "COMPOSITE",
        complete("composite", {"checksum_type": "FULL_OBJECT"}, CRC32="@compositesum"),
    ),
    another_mode("COMPOSITE at the end", "FULL_OBJECT", complete("full", {"checksum_type": "COMPOSITE"})),
    another_mode("COMPOSITE at the end, first said there", "null", complete("upload", {"checksum_type": "COMPOSITE"})),
    another_mode(
        "FULL_OBJECT at the end, first said there", "null", complete("upload", {"checksum_type": "FULL_OBJECT"})
    ),
    complete("full", {"checksum_type": "HALF"}).request(
        "an unknown type", "Value for x-amz-checksum-type header is invalid."
    ),
    not_calculated("full", "CRC32C", "another checksum of the whole"),
    not_calculated("composite", "CRC32", "another checksum of checksums", CRC32="@compositesum"),
    not_calculated("full", "SHA256", "the whole by another algorithm"),
    complete("upload", {"checksum_SHA1": zeros(20)}).request(
        "the whole by an algorithm first said there",
        "Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: sha1",
    ),
    complete("full", {"checksum_CRC32C": "nonsense"}).request(
        "a checksum of the whole that is none", "Value for x-amz-checksum-crc32c header is invalid."
    ),
    complete("full", {"checksum_CRC32C": zeros(4), "checksum_CRC32": zeros(4)}).request(
        "two checksums of the whole", SEVERAL
    ),
    complete("composite", CRC32="nonsense").argument(
        "a checksum of a part that is none", "Checksum", "nonsense", IN_LIST
    ),
    complete("composite", CRC32="@compositesum", SHA1=zeros(20)).argument(
        "two checksums of a part", "Checksum", zeros(20), IN_LIST
    ),
)
def test_completions(world, row):
    refuse(world, row)


def test_nothing_was_changed_by_all_this(world):
    """Runs last in this file: the rows are refused, so what they were aimed at is as it was."""
    s3 = world.client()
    assert "Contents" not in s3.list_objects_v2(Bucket=world.plain, Prefix="new")
    for upload in (world.upload, world.composite, world.full, world.sha):
        listed = s3.list_parts(Bucket=world.plain, Key="k", UploadId=upload)["Parts"]
        assert [part["PartNumber"] for part in listed] == [1, 2]
