"""rclone, with a provider that it does not know (first version of the list) and with one that it knows (second)."""

import json

import pytest

from dialects import needs, run
from larder import ACCESS_KEY, REGION, SECRET_KEY
from matrix import cells

SCHEMES = ["http", "https"]
pytestmark = needs("rclone")


@pytest.fixture(params=["Other", "Minio"])
def rclone(request, store, folder):
    """The command with a remote called `larder`."""
    env = {
        "RCLONE_CONFIG": folder / "none.conf",
        "RCLONE_CONFIG_LARDER_TYPE": "s3",
        "RCLONE_CONFIG_LARDER_PROVIDER": request.param,
        "RCLONE_CONFIG_LARDER_ENDPOINT": store.endpoint,
        "RCLONE_CONFIG_LARDER_ACCESS_KEY_ID": ACCESS_KEY,
        "RCLONE_CONFIG_LARDER_SECRET_ACCESS_KEY": SECRET_KEY,
        "RCLONE_CONFIG_LARDER_REGION": REGION,
        "RCLONE_CONFIG_LARDER_FORCE_PATH_STYLE": "true",
        "RCLONE_S3_UPLOAD_CUTOFF": "6M",
        "RCLONE_S3_CHUNK_SIZE": "5M",
        "RCLONE_S3_COPY_CUTOFF": "8M",
        "HOME": folder,
    }
    return lambda *arguments, **options: run("rclone", *arguments, env=env, **options)


@pytest.fixture
def tree(folder):
    """A tree of files: small, large, and with names that are odd."""
    files = {
        "a.txt": b"a",
        "sub/ü b+c.txt": b"b" * 5000,
        "sub/deep/er/empty": b"",
        "sub/large.bin": bytes(range(256)) * (48 << 10),
    }
    for name, body in files.items():
        path = folder / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return folder / "tree"


@cells("rclone", "PutObject", "GetObject", "HeadObject", "ListObjects", "ListObjectsV2", "DeleteObject")
@cells("rclone", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
def test_trees_are_synced_and_checked(rclone, bucket, tree, folder):
    rclone("sync", tree, f"larder:{bucket}/tree")
    rclone("check", tree, f"larder:{bucket}/tree")
    rclone("check", "--download", tree, f"larder:{bucket}/tree")
    listed = {item["Path"]: item for item in json.loads(rclone("lsjson", "-R", f"larder:{bucket}/tree").stdout)}
    assert listed["sub/large.bin"]["Size"] == 256 * (48 << 10) and listed["sub/deep"]["IsDir"]
    # Nothing has changed, so nothing is sent; times are in the metadata.
    assert "There was nothing to transfer" in rclone("sync", "-v", tree, f"larder:{bucket}/tree").stderr
    (tree / "a.txt").unlink()
    (tree / "sub/new").write_text("new")
    rclone("sync", tree, f"larder:{bucket}/tree")
    rclone("sync", f"larder:{bucket}/tree", folder / "back")
    assert not (folder / "back/a.txt").exists() and (folder / "back/sub/new").read_text() == "new"
    assert (folder / "back/sub/large.bin").read_bytes() == (tree / "sub/large.bin").read_bytes()


@cells("rclone", "CopyObject", "UploadPartCopy", "DeleteObject")
def test_objects_are_copied_and_moved_by_the_server(rclone, bucket, tree):
    rclone("copy", tree, f"larder:{bucket}/tree")
    rclone("copy", f"larder:{bucket}/tree", f"larder:{bucket}/copy")
    rclone("check", tree, f"larder:{bucket}/copy")
    rclone("moveto", f"larder:{bucket}/copy/a.txt", f"larder:{bucket}/moved")
    assert rclone("cat", f"larder:{bucket}/moved").stdout == "a"
    rclone("touch", "--timestamp", "2020-01-02T03:04:05", f"larder:{bucket}/moved")
    assert "2020-01-02 03:04:05" in rclone("lsl", f"larder:{bucket}/moved").stdout
    rclone("purge", f"larder:{bucket}/copy")
    assert rclone("lsf", f"larder:{bucket}").stdout.split() == ["moved", "tree/"]


@cells("rclone", "GetObject", "PutObject")
def test_streams_and_parts_of_objects(rclone, bucket, tree):
    with open(tree / "sub/large.bin", "rb") as stream:
        rclone("rcat", f"larder:{bucket}/streamed", stdin=stream)
    part = rclone("cat", "--offset", "97", "--count", "4", f"larder:{bucket}/streamed").stdout
    assert part == "abcd"
    rclone(
        *("copyto", "--multi-thread-streams", "4", "--multi-thread-cutoff", "1M"),
        *(f"larder:{bucket}/streamed", tree / "back"),
    )
    assert (tree / "back").read_bytes() == (tree / "sub/large.bin").read_bytes()


@cells("rclone", "CreateBucket", "ListBuckets", "DeleteBucket", "HeadBucket")
def test_buckets_are_made_and_removed(rclone, bucket):
    for _ in range(2):
        rclone("mkdir", f"larder:{bucket}-new")
    assert f"{bucket}-new" in rclone("lsd", "larder:").stdout
    rclone("rmdir", f"larder:{bucket}-new")
    assert f"{bucket}-new" not in rclone("lsd", "larder:").stdout


@cells("rclone", "ListObjectVersions")
def test_old_versions_are_listed_and_read(rclone, store, versioned):
    s3 = store.s3()
    # One old version a key: their names have the time in seconds.
    for body in (b"first", b"the second"):
        s3.put_object(Bucket=versioned, Key="k.txt", Body=body)
    s3.put_object(Bucket=versioned, Key="gone.txt", Body=b"gone")
    s3.delete_object(Bucket=versioned, Key="gone.txt")
    listed = rclone("lsf", "--s3-versions", "--format", "ps", "--separator", "|", f"larder:{versioned}").stdout.split()
    sizes = sorted(int(line.rpartition("|")[2]) for line in listed)
    assert sizes == [4, 5, 10]
    assert any(line.startswith("k.txt|10") for line in listed)
    old = next(line.rpartition("|")[0] for line in listed if line.endswith("|5"))
    assert rclone("cat", "--s3-versions", f"larder:{versioned}/{old}").stdout == "first"


@cells("rclone", "ListMultipartUploads", "AbortMultipartUpload")
def test_unfinished_uploads_are_cleaned_up(rclone, store, bucket):
    store.s3().create_multipart_upload(Bucket=bucket, Key="k")
    assert '"Key": "k"' in rclone("backend", "list-multipart-uploads", f"larder:{bucket}").stdout
    rclone("backend", "cleanup", "-o", "max-age=0s", f"larder:{bucket}")
    assert store.s3().list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []
