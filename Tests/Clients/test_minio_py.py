"""minio-py: a client with a signer, a parser and habits of its own."""

import datetime
import io
import json
import uuid

import pytest
import requests

from larder import ACCESS_KEY, REGION, SECRET_KEY
from matrix import cells

minio = pytest.importorskip("minio", reason="minio is not installed")

from minio.commonconfig import ENABLED, GOVERNANCE, REPLACE, ComposeSource, CopySource, Filter, Tags  # noqa: E402
from minio.deleteobjects import DeleteObject  # noqa: E402
from minio.error import S3Error  # noqa: E402
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule  # noqa: E402
from minio.objectlockconfig import DAYS, ObjectLockConfig  # noqa: E402
from minio.retention import Retention  # noqa: E402
from minio.versioningconfig import SUSPENDED, VersioningConfig  # noqa: E402

SCHEMES = ["http", "https"]
MINIMUM = 5 << 20


@pytest.fixture
def client(store):
    return minio.Minio(store.authority, access_key=ACCESS_KEY, secret_key=SECRET_KEY, secure=store.tls_ca is not None)


def put(client, bucket, key, body, **options):
    return client.put_object(bucket_name=bucket, object_name=key, data=io.BytesIO(body), length=len(body), **options)


def read(client, bucket, key, **options):
    answer = client.get_object(bucket_name=bucket, object_name=key, **options)
    try:
        return answer.read()
    finally:
        answer.close()
        answer.release_conn()


def code(call, **arguments):
    with pytest.raises(S3Error) as refusal:
        call(**arguments)
    return refusal.value.code


@cells("minio-py", "CreateBucket", "HeadBucket", "ListBuckets", "DeleteBucket", "GetBucketLocation")
def test_buckets(client):
    name = f"b-{uuid.uuid4()}"
    assert not client.bucket_exists(bucket_name=name)
    client.make_bucket(bucket_name=name, location=REGION)
    assert client.bucket_exists(bucket_name=name)
    assert name in [bucket.name for bucket in client.list_buckets()]
    client.remove_bucket(bucket_name=name)
    assert not client.bucket_exists(bucket_name=name)


@cells("minio-py", "PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjectsV2", "ListObjects")
def test_objects(client, bucket):
    put(client, bucket, "dir/ü b+c", b"0123456789", content_type="text/x", metadata={"color": "red"})
    found = client.stat_object(bucket_name=bucket, object_name="dir/ü b+c")
    assert (found.size, found.content_type, found.metadata["x-amz-meta-color"]) == (10, "text/x", "red")
    assert read(client, bucket, "dir/ü b+c") == b"0123456789"
    assert read(client, bucket, "dir/ü b+c", offset=2, length=3) == b"234"
    put(client, bucket, "top", b"x")
    names = lambda **options: [item.object_name for item in client.list_objects(bucket_name=bucket, **options)]
    assert sorted(names()) == ["dir/", "top"]
    for version_1 in (False, True):
        assert names(recursive=True, use_api_v1=version_1) == ["dir/ü b+c", "top"]
    client.remove_object(bucket_name=bucket, object_name="top")
    assert code(client.stat_object, bucket_name=bucket, object_name="top") == "NoSuchKey"
    assert code(client.get_object, bucket_name=bucket, object_name="top") == "NoSuchKey"


@cells("minio-py", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
def test_streams_of_unknown_length(client, bucket, folder):
    body = bytes(range(256)) * (45 << 10)
    client.put_object(bucket_name=bucket, object_name="streamed", data=io.BytesIO(body), length=-1, part_size=MINIMUM)
    assert read(client, bucket, "streamed") == body
    (folder / "in").write_bytes(body)
    client.fput_object(bucket_name=bucket, object_name="file", file_path=str(folder / "in"), part_size=MINIMUM)
    client.fget_object(bucket_name=bucket, object_name="file", file_path=str(folder / "out"))
    assert (folder / "out").read_bytes() == body


@cells("minio-py", "CopyObject", "UploadPartCopy")
def test_copies_and_compositions(client, bucket):
    put(client, bucket, "one", b"1" * MINIMUM, metadata={"a": "1"})
    put(client, bucket, "two", b"2" * 10)
    client.copy_object(bucket_name=bucket, object_name="copy", source=CopySource(bucket_name=bucket, object_name="two"))
    assert read(client, bucket, "copy") == b"2" * 10
    source = CopySource(bucket_name=bucket, object_name="copy")
    options = {"metadata_directive": REPLACE, "metadata": {"b": "2"}}
    client.copy_object(bucket_name=bucket, object_name="copy", source=source, **options)
    assert client.stat_object(bucket_name=bucket, object_name="copy").metadata["x-amz-meta-b"] == "2"
    sources = [ComposeSource(bucket_name=bucket, object_name=name) for name in ("one", "two")]
    client.compose_object(bucket_name=bucket, object_name="composed", sources=sources)
    assert read(client, bucket, "composed") == b"1" * MINIMUM + b"2" * 10


@cells("minio-py", "DeleteObjects")
def test_many_are_removed_at_once(client, bucket):
    for number in range(5):
        put(client, bucket, f"k{number}", b"")
    gone = [DeleteObject(name=f"k{number}") for number in range(4)]
    assert list(client.remove_objects(bucket_name=bucket, delete_object_list=gone)) == []
    assert [item.object_name for item in client.list_objects(bucket_name=bucket)] == ["k4"]


@cells("minio-py", "PutBucketTagging", "GetBucketTagging", "DeleteBucketTagging")
@cells("minio-py", "PutObjectTagging", "GetObjectTagging", "DeleteObjectTagging")
def test_tags(client, bucket):
    put(client, bucket, "k", b"x")
    tags = Tags.new_object_tags()
    tags["a"] = "1"
    for scope, place in [("bucket", {}), ("object", {"object_name": "k"})]:
        call = lambda verb, **more: getattr(client, f"{verb}_{scope}_tags")(bucket_name=bucket, **place, **more)
        assert not call("get")
        call("set", tags=tags)
        assert dict(call("get")) == {"a": "1"}
        call("delete")
        assert not call("get")


@cells("minio-py", "PutBucketVersioning", "GetBucketVersioning", "ListObjectVersions", "GetObject")
def test_versions(client, bucket):
    assert client.get_bucket_versioning(bucket_name=bucket).status in (None, "Off")
    client.set_bucket_versioning(bucket_name=bucket, config=VersioningConfig(status=ENABLED))
    assert client.get_bucket_versioning(bucket_name=bucket).status == ENABLED
    first, second = (put(client, bucket, "k", body).version_id for body in (b"1", b"2"))
    assert read(client, bucket, "k", version_id=first) == b"1"
    client.remove_object(bucket_name=bucket, object_name="k")
    listed = list(client.list_objects(bucket_name=bucket, include_version=True))
    (marker,) = [item for item in listed if item.is_delete_marker]
    assert marker.is_latest in (True, "true")
    assert [item.version_id for item in listed if not item.is_delete_marker] == [second, first]
    client.set_bucket_versioning(bucket_name=bucket, config=VersioningConfig(status=SUSPENDED))


@cells("minio-py", "PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy")
def test_policies(client, store, bucket):
    store.s3().delete_public_access_block(Bucket=bucket)
    assert code(client.get_bucket_policy, bucket_name=bucket) == "NoSuchBucketPolicy"
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.set_bucket_policy(bucket_name=bucket, policy=policy)
    assert client.get_bucket_policy(bucket_name=bucket) == policy
    client.delete_bucket_policy(bucket_name=bucket)


@cells("minio-py", "PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration", "DeleteBucketLifecycle")
def test_lifecycle(client, bucket):
    assert client.get_bucket_lifecycle(bucket_name=bucket) is None
    rule = Rule(status=ENABLED, rule_filter=Filter(prefix="tmp/"), rule_id="r", expiration=Expiration(days=3))
    client.set_bucket_lifecycle(bucket_name=bucket, config=LifecycleConfig(rules=[rule]))
    (found,) = client.get_bucket_lifecycle(bucket_name=bucket).rules
    assert (found.rule_id, found.expiration.days, found.rule_filter.prefix) == ("r", 3, "tmp/")
    client.delete_bucket_lifecycle(bucket_name=bucket)


@cells("minio-py", "PutObjectLockConfiguration", "GetObjectLockConfiguration", "PutObjectRetention")
@cells("minio-py", "GetObjectRetention", "PutObjectLegalHold", "GetObjectLegalHold")
def test_object_lock(client):
    name = f"b-{uuid.uuid4()}"
    client.make_bucket(bucket_name=name, object_lock=True)
    client.set_object_lock_config(
        bucket_name=name, config=ObjectLockConfig(mode=GOVERNANCE, duration=1, duration_unit=DAYS)
    )
    found = client.get_object_lock_config(bucket_name=name)
    assert (found.mode, found.duration, found.duration_unit) == (GOVERNANCE, 1, DAYS)
    place = {"bucket_name": name, "object_name": "k"}
    put(client, name, "k", b"x")
    assert client.get_object_retention(**place).mode == GOVERNANCE
    until = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(days=5)
    client.set_object_retention(**place, config=Retention(mode=GOVERNANCE, retain_until_date=until))
    assert client.get_object_retention(**place).retain_until_date == until
    client.enable_object_legal_hold(**place)
    assert client.is_object_legal_hold_enabled(**place)
    client.disable_object_legal_hold(**place)
    assert not client.is_object_legal_hold_enabled(**place)


@cells("minio-py", "PutObject", "GetObject", "PostObject")
def test_signed_urls_and_forms(client, store, bucket):
    url = client.presigned_put_object(bucket_name=bucket, object_name="k")
    assert requests.put(url, data=b"signed", timeout=30).status_code == 200
    url = client.presigned_get_object(bucket_name=bucket, object_name="k")
    assert requests.get(url, timeout=30).content == b"signed"
    expiration = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    policy = minio.datatypes.PostPolicy(bucket, expiration)
    policy.add_starts_with_condition("key", "form/")
    fields = {**client.presigned_post_policy(policy=policy), "key": "form/k"}
    answer = requests.post(f"{store.endpoint}/{bucket}", data=fields, files={"file": b"posted"}, timeout=30)
    assert answer.status_code == 204, answer.text
    assert read(client, bucket, "form/k") == b"posted"


@cells(
    "minio-py",
    "GetBucketEncryption",
    "DeleteBucketEncryption",
    "GetBucketReplication",
    "GetBucketNotificationConfiguration",
)
def test_what_is_not_there(client, bucket):
    assert client.get_bucket_encryption(bucket_name=bucket) is None
    client.delete_bucket_encryption(bucket_name=bucket)
    assert client.get_bucket_replication(bucket_name=bucket) is None
    client.get_bucket_notification(bucket_name=bucket)
