"""s3cmd: what its users do with it."""

import json
import uuid

import pytest
import requests

from dialects import needs, run
from larder import ACCESS_KEY, SECRET_KEY
from matrix import cells

SCHEMES = ["http", "https"]
pytestmark = needs("s3cmd")


@pytest.fixture
def s3cmd(store, folder):
    """The command with a configuration of its own."""
    (folder / "s3cfg").write_text(
        "\n".join(
            [
                "[default]",
                f"access_key = {ACCESS_KEY}",
                f"secret_key = {SECRET_KEY}",
                f"host_base = {store.authority}",
                f"host_bucket = {store.authority}",
                f"use_https = {store.tls_ca is not None}",
                f"signurl_use_https = {store.tls_ca is not None}",
                "progress_meter = False",
            ]
        )
    )
    return lambda *arguments, **options: run("s3cmd", "--config", folder / "s3cfg", *arguments, **options)


@cells("s3cmd", "CreateBucket", "ListBuckets", "DeleteBucket", "GetBucketLocation")
def test_buckets(s3cmd):
    name = f"b-{uuid.uuid4()}"
    s3cmd("mb", f"s3://{name}")
    assert f"s3://{name}" in s3cmd("ls").stdout
    assert "Location:  us-east-1" in s3cmd("info", f"s3://{name}").stdout
    s3cmd("rb", f"s3://{name}")
    assert f"s3://{name}" not in s3cmd("ls").stdout


@cells("s3cmd", "PutObject", "GetObject", "HeadObject", "ListObjects", "DeleteObject", "CopyObject")
def test_files(s3cmd, bucket, folder):
    (folder / "a b.txt").write_text("content of ü")
    place = f"s3://{bucket}/dir/ä b+c.txt"
    s3cmd("put", folder / "a b.txt", place)
    assert s3cmd("get", place, "-").stdout.endswith("content of ü")
    info = s3cmd("info", place).stdout
    assert "File size: 13" in info and "MIME type: text/plain" in info and "x-amz-meta-s3cmd-attrs" in info
    assert "DIR" in s3cmd("ls", f"s3://{bucket}").stdout
    assert place in s3cmd("ls", "--recursive", f"s3://{bucket}").stdout
    s3cmd("cp", place, f"s3://{bucket}/copy")
    s3cmd("mv", f"s3://{bucket}/copy", f"s3://{bucket}/moved")
    s3cmd("modify", "--add-header", "x-amz-meta-color:red", f"s3://{bucket}/moved")
    assert "x-amz-meta-color: red" in s3cmd("info", f"s3://{bucket}/moved").stdout
    assert "13" in s3cmd("du", f"s3://{bucket}/moved").stdout
    s3cmd("del", f"s3://{bucket}/moved")
    assert s3cmd("get", f"s3://{bucket}/moved", "-", check=False).returncode != 0


@cells("s3cmd", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "GetObject")
def test_large_files(s3cmd, bucket, folder):
    (folder / "large").write_bytes(bytes(range(256)) * (50 << 10))
    s3cmd("put", "--multipart-chunk-size-mb=5", folder / "large", f"s3://{bucket}/large")
    # It compares the checksum that it keeps in the metadata.
    assert "MD5 checksums did not match" not in s3cmd("get", f"s3://{bucket}/large", folder / "back").stderr
    assert (folder / "back").read_bytes() == (folder / "large").read_bytes()
    s3cmd("put", "--multipart-chunk-size-mb=5", "--continue-put", folder / "large", f"s3://{bucket}/large")


@cells("s3cmd", "ListMultipartUploads", "ListParts", "AbortMultipartUpload")
def test_unfinished_uploads(s3cmd, store, bucket):
    place = {"Bucket": bucket, "Key": "k"}
    upload = store.s3().create_multipart_upload(**place)["UploadId"]
    store.s3().upload_part(**place, UploadId=upload, PartNumber=1, Body=b"x")
    assert upload in s3cmd("multipart", f"s3://{bucket}").stdout
    assert s3cmd("listmp", f"s3://{bucket}/k", upload).returncode == 0
    s3cmd("abortmp", f"s3://{bucket}/k", upload)
    assert upload not in s3cmd("multipart", f"s3://{bucket}").stdout


@cells("s3cmd", "ListObjects", "PutObject", "GetObject", "DeleteObjects", "DeleteObject")
def test_directories_are_kept_in_step(s3cmd, bucket, folder):
    for name in ("tree/a", "tree/sub/b", "tree/sub/ü c"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    s3cmd("sync", f"{folder}/tree/", f"s3://{bucket}/tree/")
    assert "upload:" not in s3cmd("sync", f"{folder}/tree/", f"s3://{bucket}/tree/").stdout
    (folder / "tree/sub/b").unlink()
    assert "delete:" in s3cmd("sync", "--delete-removed", f"{folder}/tree/", f"s3://{bucket}/tree/").stdout
    s3cmd("sync", f"s3://{bucket}/tree/", f"{folder}/back/")
    assert (folder / "back/sub/ü c").read_text() == "tree/sub/ü c" and not (folder / "back/sub/b").exists()
    s3cmd("del", "--recursive", "--force", f"s3://{bucket}/")
    assert s3cmd("ls", "--recursive", f"s3://{bucket}").stdout == ""


@cells(
    "s3cmd",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketLifecycleConfiguration",
    "GetBucketLifecycleConfiguration",
)
@cells("s3cmd", "DeleteBucketLifecycle", "PutBucketCors", "DeleteBucketCors")
def test_configurations(s3cmd, store, bucket, folder):
    store.s3().delete_public_access_block(Bucket=bucket)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    (folder / "policy").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    s3cmd("setpolicy", folder / "policy", f"s3://{bucket}")
    assert "s3:GetObject" in s3cmd("info", f"s3://{bucket}").stdout
    s3cmd("delpolicy", f"s3://{bucket}")
    rule = "<ID>r</ID><Prefix>tmp/</Prefix><Status>Enabled</Status><Expiration><Days>3</Days></Expiration>"
    (folder / "lifecycle").write_text(f"<LifecycleConfiguration><Rule>{rule}</Rule></LifecycleConfiguration>")
    s3cmd("setlifecycle", folder / "lifecycle", f"s3://{bucket}")
    assert "<Days>3</Days>" in s3cmd("getlifecycle", f"s3://{bucket}").stdout
    s3cmd("dellifecycle", f"s3://{bucket}")
    rule = "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
    (folder / "cors").write_text(f"<CORSConfiguration><CORSRule>{rule}</CORSRule></CORSConfiguration>")
    s3cmd("setcors", folder / "cors", f"s3://{bucket}")
    assert "<AllowedMethod>GET</AllowedMethod>" in s3cmd("info", f"s3://{bucket}").stdout
    s3cmd("delcors", f"s3://{bucket}")


@cells("s3cmd", "GetObject")
def test_signed_urls(s3cmd, store, bucket):
    store.s3().put_object(Bucket=bucket, Key="k", Body=b"signed")
    url = s3cmd("signurl", f"s3://{bucket}/k", "+600").stdout.strip()
    assert requests.get(url, timeout=30).content == b"signed"


@cells("s3cmd", "PutBucketAcl", "PutObjectAcl", "GetObjectAcl", "GetBucketAcl")
def test_lists_where_they_count(s3cmd, store, bucket):
    s3 = store.s3()
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    s3cmd("setacl", "--acl-public", f"s3://{bucket}/k")
    assert "*anon*: READ" in s3cmd("info", f"s3://{bucket}/k").stdout
    assert requests.get(f"{store.endpoint}/{bucket}/k", timeout=30).content == b"x"
    s3cmd("setacl", "--acl-private", f"s3://{bucket}/k")
    assert requests.get(f"{store.endpoint}/{bucket}/k", timeout=30).status_code == 403
