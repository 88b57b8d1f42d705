"""Taking over the disks of MinIO and versitygw: beside a running server, and alone."""

import os
import shutil
import subprocess
from pathlib import Path

import botocore.exceptions
import pytest

import drives
from larder import BINARY, REPOSITORY

OLD, MARKER, NEW = (f"70869277-e3b9-41e9-a6c8-0c193adb5f9{digit}" for digit in "abc")
OLDER, NEWER = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVS0"
ENABLED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
SAMPLES = REPOSITORY.parent / "shared/data/minio"


@pytest.fixture(params=["beside", "alone"])
def root(request, server):
    """A root with its server, or without."""
    one = server(env={"LARDER_SCAN_WATCHED_DIRECTORIES": "0"})
    if request.param == "alone":
        assert one.stop() == 0
    return one


def run(one, origin, *arguments):
    """Runs an import; the exit status and what it printed."""
    result = subprocess.run(
        [str(BINARY), "import", "--from", origin, *map(str, arguments)],
        env=one.env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return result.returncode, result.stdout, result.stderr


def s3(one):
    if not one.is_alive:
        one.start()
    return one.s3()


def versions(client, bucket, key):
    """The versions of a key, newest first: id, and whether it is a delete marker."""
    page = client.list_object_versions(Bucket=bucket, Prefix=key)
    found = [(item["LastModified"], item["VersionId"], False) for item in page.get("Versions", [])]
    found += [(item["LastModified"], item["VersionId"], True) for item in page.get("DeleteMarkers", [])]
    return [(version, is_marker) for _, version, is_marker in sorted(found, reverse=True)]


def second(number):
    """Nanoseconds of a second in 2020."""
    return (1_600_000_000 + number) * 1_000_000_000


@pytest.fixture
def minio(folder):
    drive = drives.MinIO(folder / "minio")
    drive.bucket(
        "photos",
        VersioningConfigXML=ENABLED,
        TaggingConfigXML="<Tagging><TagSet><Tag><Key>team</Key><Value>a</Value></Tag></TagSet></Tagging>",
    )
    headers = {"X-Amz-Meta-Colour": "red", "X-Amz-Tagging": "k=v", "cache-control": "no-store"}
    drive.key(
        "photos",
        "deep/a",
        [
            drive.version(b"first", "null", second(1)),
            drive.version(b"second", OLD, second(2), headers),
            drive.version(None, MARKER, second(3)),
            drive.version(b"third" * 40_000, NEW, second(4), headers),
        ],
    )
    drive.key("photos", "gone", [drive.version(b"x", OLD, second(1)), drive.version(None, MARKER, second(2))])
    drive.bucket("plain")
    drive.key("plain", "folder/", [drive.version(b"")])
    drive.key("plain", "parts", [drive.version(os.urandom(70_000), parts=[40_000, 30_000])])
    return drive


def test_a_minio_drive_comes_with_versions_and_metadata(root, minio):
    code, out, err = run(root, "minio", minio.path)
    assert (code, out) == (0, ""), out + err
    assert err.startswith("2 buckets, 4 keys, 8 versions: 8 imported"), err
    client = s3(root)
    assert versions(client, "photos", "deep/a") == [(NEW, False), (MARKER, True), (OLD, False), ("null", False)]
    answer = client.get_object(Bucket="photos", Key="deep/a")
    assert answer["Body"].read() == b"third" * 40_000 and answer["VersionId"] == NEW
    assert answer["Metadata"] == {"colour": "red"} and answer["CacheControl"] == "no-store"
    assert answer["ETag"] == f'"{drives.etag(b"third" * 40_000)}"' and answer["ContentType"] == "text/plain"
    assert answer["LastModified"].timestamp() == 1_600_000_004
    assert client.get_object_tagging(Bucket="photos", Key="deep/a")["TagSet"] == [{"Key": "k", "Value": "v"}]
    for version, content in ((OLD, b"second"), ("null", b"first")):
        assert client.get_object(Bucket="photos", Key="deep/a", VersionId=version)["Body"].read() == content
    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        client.get_object(Bucket="photos", Key="gone")
    assert refusal.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    assert client.get_bucket_versioning(Bucket="photos")["Status"] == "Enabled"
    assert [item["Key"] for item in client.list_objects_v2(Bucket="plain")["Contents"]] == ["folder/", "parts"]
    head = client.head_object(Bucket="plain", Key="parts", PartNumber=2)
    assert head["ContentLength"] == 30_000 and head["PartsCount"] == 2 and head["ETag"].endswith('-2"')
    # What comes later is newer than all of it.
    client.put_object(Bucket="photos", Key="deep/a", Body=b"own")
    assert len(versions(client, "photos", "deep/a")) == 5
    code, out, err = run(root, "minio", minio.path)
    assert code == 0 and "0 imported" in err and "8 were there" in err, out + err
    assert client.get_object(Bucket="photos", Key="deep/a")["Body"].read() == b"own"


def test_a_minio_drive_is_described_without_changing_anything(root, minio):
    code, out, err = run(root, "minio", "--dry-run", minio.path, "photos")
    assert code == 0, out + err
    assert "import-note  photos: would be made, with versioning, tags" in out, out
    assert "2 keys with 6 versions: 6 would be imported" in out, out
    assert [bucket["Name"] for bucket in s3(root).list_buckets()["Buckets"]] == ["uploads"]


def test_damage_and_what_cannot_be_read_is_told_and_the_rest_comes(root, minio):
    part = next((minio.path / "plain" / "parts").rglob("part.2"))
    content = bytearray(part.read_bytes())
    content[100] ^= 1
    part.write_bytes(content)
    (minio.path / "plain" / "broken").mkdir()
    (minio.path / "plain" / "broken" / "xl.meta").write_bytes(b"XL2 nothing")
    os.symlink("/etc", minio.path / "plain" / "link")
    code, out, err = run(root, "minio", minio.path)
    assert code == 4, out + err
    assert "not-imported  plain/parts version null: " in out and "does not match its hash" in out, out
    assert "not-imported  plain/broken: " in out and "2 refused" in err, out + err
    assert [item["Key"] for item in s3(root).list_objects_v2(Bucket="plain")["Contents"]] == ["folder/"]


def test_real_files_of_a_drive_of_several_are_refused(root, folder):
    if not SAMPLES.exists():
        pytest.skip(f"{SAMPLES} is not there")
    drive = drives.MinIO(folder / "minio")
    drive.bucket("bucket")
    for number in range(1, 11):
        target = drive.path / "bucket" / f"key{number}"
        target.mkdir()
        shutil.copy(SAMPLES / "xl-meta-consist" / str(number) / "xl.meta", target)
    drive.key("bucket", "whole", [drive.version(b"whole")])
    code, out, err = run(root, "minio", drive.path)
    assert code == 4 and out.count("[erasure-coded]") == 10 and "1 imported" in err, out + err


def test_what_is_no_drive_is_refused(root, folder):
    (folder / "nothing").mkdir()
    code, _, err = run(root, "minio", folder / "nothing")
    assert code == 1 and "there is no .minio.sys/format.json" in err, err
    code, _, err = run(root, "versitygw", folder / "missing")
    assert code == 1 and "No such file" in err, err
    assert run(root, "minio", folder, "--versions", folder)[0] == 64
    assert run(root, "ceph", folder)[0] == 64


@pytest.fixture
def gateway(folder):
    disk = drives.VersityGW(folder / "vgw")
    disk.bucket("docs", versioning=b"\x01", **{"X-Amz-Tagging": {"team": "a"}})
    attributes = {"content-type": "text/css", "metadata": {"Colour": "red"}, "X-Amz-Tagging": {"k": "v"}}
    disk.key("docs", "a/b", b"third", version_id=NEWER, **attributes)
    disk.older("docs", "a/b", "null", b"first", modified=1_400_000_000)
    disk.older("docs", "a/b", OLDER, b"second", **attributes)
    disk.key("docs", "gone", b"bytes", version_id=NEWER, delete_marker=b"")
    disk.older("docs", "gone", OLDER, b"bytes")
    return disk


def test_a_versitygw_tree_comes_with_versions_and_metadata(root, gateway):
    code, out, err = run(root, "versitygw", gateway.root, "--versions", gateway.versions)
    assert (code, out) == (0, ""), out + err
    assert err.startswith("1 buckets, 2 keys, 5 versions: 5 imported"), err
    client = s3(root)
    found = client.list_object_versions(Bucket="docs")
    assert [(item["Key"], item["VersionId"]) for item in found["Versions"]] == [
        ("a/b", NEWER),
        ("a/b", OLDER),
        ("a/b", "null"),
        ("gone", OLDER),
    ]
    assert [(item["Key"], item["VersionId"]) for item in found["DeleteMarkers"]] == [("gone", NEWER)]
    answer = client.get_object(Bucket="docs", Key="a/b")
    assert answer["Body"].read() == b"third" and answer["Metadata"] == {"colour": "red"}
    assert answer["ContentType"] == "text/css" and answer["LastModified"].timestamp() == 1_600_000_000
    assert client.get_object(Bucket="docs", Key="a/b", VersionId=OLDER)["Body"].read() == b"second"
    assert client.get_object_tagging(Bucket="docs", Key="a/b")["TagSet"] == [{"Key": "k", "Value": "v"}]
    code, out, err = run(root, "versitygw", gateway.root, "--versions", gateway.versions)
    assert code == 0 and "5 were there" in err, out + err


def test_older_versions_are_missed_aloud(root, gateway):
    code, out, err = run(root, "versitygw", gateway.root)
    assert code == 4 and "setting-not-imported  docs: versions: " in out and "--versions" in out, out + err


def test_a_tree_that_lost_its_attributes_is_not_taken_for_one(root, folder, gateway):
    copy = folder / "copy"
    shutil.copytree(gateway.root, copy, copy_function=lambda a, b: Path(b).write_bytes(Path(a).read_bytes()))
    for path in [copy, *copy.rglob("*")]:
        for name in os.listxattr(path):
            os.removexattr(path, name)
    code, _, err = run(root, "versitygw", copy)
    assert code == 1 and "rsync needs -X" in err, err


def test_an_import_survives_fsck_and_scrub(root, minio, gateway):
    run(root, "minio", minio.path)
    run(root, "versitygw", gateway.root, "--versions", gateway.versions)
    for command in ("fsck", "scrub"):
        result = subprocess.run([str(BINARY), command], env=root.env, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stdout + result.stderr
