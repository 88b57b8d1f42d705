"""How clients say what they upload: by its digest, not at all, in signed chunks, or in chunks with a trailer.

Most do it otherwise over TLS, where the transport keeps the bytes whole. All that they send is taken.
"""

import io
import re

import boto3
import botocore.config
import pytest

from dialects import needs, run
from larder import ACCESS_KEY, REGION, SECRET_KEY, aws_command
from matrix import cells
from relay import Relay

BODY = b"payload " * 20_000

DIGEST = "a digest"
UNSIGNED = "UNSIGNED-PAYLOAD"
SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
ALL = {DIGEST, UNSIGNED, SIGNED_CHUNKS, TRAILER, SIGNED_TRAILER}


@pytest.fixture(params=["http", "https"])
def relay(request, shared, authority, monkeypatch):
    """What stands between the client and the server."""
    ca, *certificate = authority
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(ca))
    with Relay(shared, certificate if request.param == "https" else None) as made:
        yield made


@pytest.fixture
def file(folder):
    (folder / "in").write_bytes(BODY)
    return folder / "in"


def modes(relay):
    """The modes of all uploads of objects."""
    heads = [head for head in relay.heads("PUT") if re.match("PUT /[^/ ]+/[^ ]", head)]
    texts = [re.search(r"(?im)^x-amz-content-sha256: (\S+)", head).group(1) for head in heads]
    return {DIGEST if re.fullmatch("[0-9a-f]{64}", text) else text for text in texts}


def assert_stored(shared, bucket):
    assert shared.s3().get_object(Bucket=bucket, Key="k")["Body"].read() == BODY


@cells("boto3", "PutObject")
def test_boto3_sends_trailers_over_tls_only(relay, shared, bucket, authority):
    s3 = boto3.client(
        "s3",
        endpoint_url=relay.endpoint,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        region_name=REGION,
        verify=str(authority[0]),
        config=botocore.config.Config(s3={"addressing_style": "path"}),
    )
    s3.put_object(Bucket=bucket, Key="k", Body=io.BytesIO(BODY))
    assert_stored(shared, bucket)
    assert modes(relay) == {TRAILER if relay.is_secure else DIGEST}


@cells("aws-cli", "PutObject")
def test_the_aws_command_does_as_boto3(relay, shared, bucket, file, authority):
    options = ["--endpoint-url", relay.endpoint, "--ca-bundle", str(authority[0])]
    result = aws_command().run([*options, "s3", "cp", str(file), f"s3://{bucket}/k"])
    assert result.returncode == 0, result.stderr
    assert_stored(shared, bucket)
    assert modes(relay) == {TRAILER if relay.is_secure else DIGEST}


@cells("curl", "PutObject")
def test_curl_says_nothing(relay, shared, bucket, file, authority):
    signing = ["--aws-sigv4", f"aws:amz:{REGION}:s3", "--user", f"{ACCESS_KEY}:{SECRET_KEY}"]
    signing += ["--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
    run("curl", "-sSf", "--cacert", authority[0], *signing, "--upload-file", file, f"{relay.endpoint}/{bucket}/k")
    assert_stored(shared, bucket)
    assert modes(relay) == {UNSIGNED}


@cells("restic", "PutObject")
@needs("restic")
def test_restic_signs_chunks_over_plain_http(relay, shared, bucket, folder):
    env = {
        "RESTIC_REPOSITORY": f"s3:{relay.endpoint}/{bucket}/repository",
        "RESTIC_PASSWORD": "secret",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "HOME": folder,
    }
    run("restic", "init", env=env)
    # It reads with the password what it has written.
    run("restic", "cat", "config", env=env)
    assert modes(relay) == {UNSIGNED if relay.is_secure else SIGNED_CHUNKS}


@cells("s3cmd", "PutObject")
@needs("s3cmd")
def test_s3cmd_always_sends_the_digest(relay, shared, bucket, file, folder):
    (folder / "s3cfg").write_text(
        f"[default]\naccess_key = {ACCESS_KEY}\nsecret_key = {SECRET_KEY}\nhost_base = {relay.authority}\n"
        f"host_bucket = {relay.authority}\nuse_https = {relay.is_secure}\n"
    )
    run("s3cmd", "--config", folder / "s3cfg", "put", file, f"s3://{bucket}/k")
    assert_stored(shared, bucket)
    assert modes(relay) == {DIGEST}


@cells("rclone", "PutObject")
@needs("rclone")
def test_rclone_signs_a_url_for_small_files(relay, shared, bucket, file, folder):
    env = {
        "RCLONE_CONFIG": folder / "none.conf",
        "RCLONE_CONFIG_LARDER_TYPE": "s3",
        "RCLONE_CONFIG_LARDER_PROVIDER": "Other",
        "RCLONE_CONFIG_LARDER_ENDPOINT": relay.endpoint,
        "RCLONE_CONFIG_LARDER_ACCESS_KEY_ID": ACCESS_KEY,
        "RCLONE_CONFIG_LARDER_SECRET_ACCESS_KEY": SECRET_KEY,
        "RCLONE_CONFIG_LARDER_REGION": REGION,
        "RCLONE_CONFIG_LARDER_NO_CHECK_BUCKET": "true",
        "HOME": folder,
    }
    run("rclone", "copyto", file, f"larder:{bucket}/k", env=env)
    assert_stored(shared, bucket)
    assert modes(relay) == {UNSIGNED}


# Newer ones of these may have other habits; whatever they send is to be taken.


@cells("minio-py", "PutObject")
def test_minio_py(relay, shared, bucket):
    minio = pytest.importorskip("minio", reason="minio is not installed")
    client = minio.Minio(relay.authority, access_key=ACCESS_KEY, secret_key=SECRET_KEY, secure=relay.is_secure)
    client.put_object(bucket_name=bucket, object_name="k", data=io.BytesIO(BODY), length=len(BODY))
    assert_stored(shared, bucket)
    assert modes(relay) and modes(relay) <= ALL


@cells("pyarrow", "PutObject")
def test_pyarrow(relay, shared, bucket, authority):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.fs

    files = pyarrow.fs.S3FileSystem(
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        region=REGION,
        scheme="https" if relay.is_secure else "http",
        endpoint_override=relay.authority,
        tls_ca_file_path=str(authority[0]),
    )
    with files.open_output_stream(f"{bucket}/k") as stream:
        stream.write(BODY)
    assert_stored(shared, bucket)
    assert modes(relay) and modes(relay) <= ALL
