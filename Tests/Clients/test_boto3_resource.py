"""The resources of boto3, as applications use them: everything by default, over both schemes."""

import io
import os
import threading

import boto3
import botocore.exceptions
import pytest
from boto3.s3.transfer import TransferConfig

from larder import ACCESS_KEY, REGION, SECRET_KEY

SCHEMES = ["http", "https"]
MINIMUM = 5 << 20


@pytest.fixture
def resource(store):
    """A resource that is told where the server is and nothing else."""
    return boto3.resource(
        "s3",
        endpoint_url=store.endpoint,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name=REGION,
        verify=store.tls_ca,
    )


@pytest.fixture
def place(resource, bucket):
    return resource.Bucket(bucket)


def test_a_bucket_is_made_waited_for_found_and_removed(resource, bucket):
    made = resource.create_bucket(Bucket=bucket + "-more")
    made.wait_until_exists()
    assert {bucket, made.name} <= {each.name for each in resource.buckets.all()}
    assert made.creation_date is not None
    made.delete()
    made.wait_until_not_exists()
    with pytest.raises(resource.meta.client.exceptions.NoSuchBucket):
        list(made.objects.all())


def test_an_object_is_written_read_copied_and_removed(resource, place):
    thing = place.put_object(Key="a/b.txt", Body=b"hello", ContentType="text/plain", Metadata={"color": "red"})
    thing.wait_until_exists()
    read = resource.Object(place.name, "a/b.txt")
    assert (read.content_length, read.content_type, read.metadata) == (5, "text/plain", {"color": "red"})
    assert read.get()["Body"].read() == b"hello"
    assert read.get(Range="bytes=1-3")["Body"].read() == b"ell"
    copy = place.Object("copy")
    copy.copy_from(CopySource={"Bucket": place.name, "Key": "a/b.txt"})
    assert copy.e_tag == read.e_tag
    copy.delete()
    copy.wait_until_not_exists()
    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        copy.load()
    assert refusal.value.response["Error"]["Code"] == "404"


def test_collections_filter_page_and_delete(place):
    keys = [f"{folder}/{number}" for folder in "xyz" for number in range(7)]
    for key in keys:
        place.put_object(Key=key, Body=key.encode())
    assert [each.key for each in place.objects.page_size(2)] == keys
    assert [each.key for each in place.objects.filter(Prefix="y/").limit(3)] == ["y/0", "y/1", "y/2"]
    assert {each.size for each in place.objects.all()} == {3}
    assert next(iter(place.objects.filter(Prefix="z/"))).get()["Body"].read() == b"z/0"
    (answer,) = place.objects.filter(Prefix="x/").delete()
    assert {each["Key"] for each in answer["Deleted"]} == {key for key in keys if key.startswith("x/")}
    assert [each.key for each in place.objects.all()] == keys[7:]


def test_versions_are_counted_and_removed_with_their_bucket(place):
    place.Versioning().enable()
    assert place.Versioning().status == "Enabled"
    for body in (b"one", b"two"):
        place.put_object(Key="k", Body=body)
    place.Object("k").delete()
    # Markers come behind all versions: two lists of the answer, one after the other.
    *versions, marker = place.object_versions.filter(Prefix="k")
    assert marker.is_latest and marker.size is None
    assert [each.get()["Body"].read() for each in versions] == [b"two", b"one"]
    place.object_versions.delete()
    assert list(place.object_versions.all()) == []
    place.delete()


def test_files_go_in_parts_by_threads_and_come_back_the_same(place, folder):
    config = TransferConfig(multipart_threshold=MINIMUM, multipart_chunksize=MINIMUM, max_concurrency=4)
    source, back = folder / "source", folder / "back"
    source.write_bytes(os.urandom(3 * MINIMUM + 17))
    seen, lock = [0], threading.Lock()

    def progress(count):
        with lock:
            seen[0] += count

    place.upload_file(str(source), "large", Config=config, Callback=progress)
    assert seen[0] == source.stat().st_size
    assert place.Object("large").e_tag.endswith('-4"')
    place.download_file("large", str(back), Config=config)
    assert back.read_bytes() == source.read_bytes()
    place.Object("again").copy({"Bucket": place.name, "Key": "large"}, Config=config)
    stream = io.BytesIO()
    place.download_fileobj("again", stream, Config=config)
    assert stream.getvalue() == source.read_bytes()


def test_an_upload_in_parts_is_seen_and_ended(place):
    upload = place.Object("parts").initiate_multipart_upload(ContentType="text/x")
    part = upload.Part(1).upload(Body=b"only")
    assert [(each.part_number, each.size, each.e_tag) for each in upload.parts.all()] == [(1, 4, part["ETag"])]
    assert [each.id for each in place.multipart_uploads.all()] == [upload.id]
    upload.complete(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert place.Object("parts").content_type == "text/x"
    left = place.Object("left").initiate_multipart_upload()
    left.abort()
    assert list(place.multipart_uploads.all()) == []


def test_settings_are_resources_too(place):
    place.Tagging().put(Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert place.Tagging().tag_set == [{"Key": "a", "Value": "b"}]
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    place.Cors().put(CORSConfiguration={"CORSRules": [rule]})
    assert place.Cors().cors_rules == [rule]
    expiry = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}
    place.LifecycleConfiguration().put(LifecycleConfiguration={"Rules": [expiry]})
    assert place.LifecycleConfiguration().rules == [expiry]
    assert [each["Permission"] for each in place.Acl().grants] == ["FULL_CONTROL"]
    for setting in (place.Tagging(), place.Cors(), place.LifecycleConfiguration()):
        setting.delete()
        with pytest.raises(botocore.exceptions.ClientError):
            setting.load()
