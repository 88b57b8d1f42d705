"""s3fs: a bucket as a directory, by FUSE."""

import os
import subprocess
from pathlib import Path

import pytest

from dialects import needs, run
from larder import ACCESS_KEY, REGION, SECRET_KEY, eventually
from matrix import cells

pytestmark = [
    needs("s3fs"),
    pytest.mark.skipif(not os.access("/dev/fuse", os.R_OK | os.W_OK), reason="/dev/fuse cannot be used here"),
]


@pytest.fixture
def mounted(shared, bucket, folder):
    """A directory that is the bucket."""
    (folder / "password").write_text(f"{ACCESS_KEY}:{SECRET_KEY}")
    (folder / "password").chmod(0o600)
    directory = folder / "mounted"
    directory.mkdir()
    options = f"url={shared.endpoint},endpoint={REGION},use_path_request_style,passwd_file={folder}/password"
    options += ",multipart_size=5,use_cache=,enable_noobj_cache,stat_cache_expire=1"
    result = run("s3fs", bucket, directory, "-o", options, check=False)
    if "fuse: " in result.stderr or "Operation not permitted" in result.stderr:
        pytest.skip(f"nothing can be mounted here: {result.stderr.strip()}")
    assert result.returncode == 0, result.stderr
    eventually(lambda: os.path.ismount(directory), 10)
    yield directory
    for command in (["fusermount", "-u"], ["umount", "--lazy"]):
        if os.path.ismount(directory):
            subprocess.run([*command, directory], capture_output=True)


@cells("s3fs-fuse", "PutObject", "GetObject", "HeadObject", "ListObjects", "DeleteObject", "CopyObject")
def test_files_are_files(mounted, shared, bucket):
    s3 = shared.s3()
    (mounted / "dir/sub").mkdir(parents=True)
    file = mounted / "dir/ü b+c.txt"
    file.write_text("content")
    assert s3.get_object(Bucket=bucket, Key="dir/ü b+c.txt")["Body"].read() == b"content"
    with open(file, "a") as stream:
        stream.write(" and more")
    assert file.read_text() == "content and more"
    # What is known of a file is in the metadata of the object, which is copied onto itself for it.
    file.chmod(0o640)
    os.utime(file, (1_600_000_000, 1_600_000_000))
    assert file.stat().st_mode & 0o777 == 0o640 and int(file.stat().st_mtime) == 1_600_000_000
    head = s3.head_object(Bucket=bucket, Key="dir/ü b+c.txt")
    assert int(head["Metadata"]["mode"]) & 0o777 == 0o640
    file.rename(mounted / "dir/sub/renamed")
    assert sorted(path.name for path in (mounted / "dir").iterdir()) == ["sub"]
    assert (mounted / "dir/sub/renamed").read_text() == "content and more"
    s3.put_object(Bucket=bucket, Key="dir/outside", Body=b"put by another")
    eventually(lambda: (mounted / "dir/outside").exists() or None, 10)
    assert (mounted / "dir/outside").read_bytes() == b"put by another"
    (mounted / "dir/sub/renamed").unlink()
    (mounted / "dir/sub").rmdir()
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["dir/", "dir/outside"]


@cells("s3fs-fuse", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "UploadPartCopy")
def test_large_files_are_written_and_changed(mounted, shared, bucket):
    body = bytes(range(256)) * (80 << 10)
    file = Path(mounted / "large")
    file.write_bytes(body)
    assert shared.s3().get_object(Bucket=bucket, Key="large")["Body"].read() == body
    with open(file, "r+b") as stream:
        stream.seek(12_000_000)
        stream.write(b"changed")
    changed = body[:12_000_000] + b"changed" + body[12_000_007:]
    assert shared.s3().get_object(Bucket=bucket, Key="large")["Body"].read() == changed
    assert file.read_bytes() == changed
