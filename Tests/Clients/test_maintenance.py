"""The commands that keep a storage root: beside a running server, and alone."""

import hashlib
import json
import os
import shutil
import subprocess

import pytest

from attachments import attach
from larder import BINARY, eventually, read_out


def alone(one, *arguments):
    """Runs a command on the root of a server that was stopped, or beside it."""
    result = subprocess.run(
        [str(BINARY), *map(str, arguments)], env=one.env, capture_output=True, text=True, timeout=60
    )
    return result.returncode, result.stdout, result.stderr


def keys(s3, bucket="uploads"):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


@pytest.fixture(params=["beside", "alone"])
def root(request, server):
    """A root with some objects, with its server or without."""
    one = server(env={"LARDER_SCAN_WATCHED_DIRECTORIES": "0"})
    s3 = one.s3()
    for key in ("a", "deep/er/b", "x//y"):
        s3.put_object(Bucket="uploads", Key=key, Body=key.encode() * 100, Metadata={"m": "x" * 1500})
    if request.param == "alone":
        assert one.stop() == 0
    return one


def test_fsck_finds_repairs_and_says_so_by_its_exit_status(root):
    assert alone(root, "fsck")[:2] == (0, "")
    root.path("buckets/uploads/hand").write_text("by hand")
    root.path("buckets/uploads/a").unlink()
    code, out, _ = alone(root, "fsck", "--json")
    assert code == 4
    found = json.loads(out)
    assert {(line["code"], line["subject"]) for line in found["findings"]} == {
        ("file-without-record", "uploads/hand"),
        ("row-without-file", "uploads/a"),
    }
    assert not found["clean"]
    code, out, _ = alone(root, "fsck", "--repair")
    assert code == 1 and out.count("[repaired]") == 2
    assert alone(root, "fsck")[:2] == (0, "")
    if not root.is_alive:
        root.start()
    assert keys(root.s3()) == ["deep/er/b", "hand", "x//y"]


def test_fsck_shows_on_a_terminal_how_far_it_is(root):
    main, terminal = os.openpty()
    result = subprocess.run([str(BINARY), "fsck"], env=root.env, stdout=subprocess.PIPE, stderr=terminal, timeout=60)
    os.close(terminal)
    shown = read_out(main).decode()
    assert result.returncode == 0 and result.stdout == b""
    assert shown.endswith("3 objects, 0 attachments, 0 findings, 0 repaired\r\n"), shown
    # A server may be ready before it is asked.
    assert root.is_alive or " objects (" in shown, shown


def test_fsck_leaves_to_people_what_only_they_can_decide(root):
    os.symlink("/etc/passwd", root.path("buckets/uploads/link"))
    for _ in range(2):
        code, out, _ = alone(root, "fsck", "--repair")
        assert code == 4 and "no-object  buckets/uploads/link" in out and "[left to you]" in out
    assert root.path("buckets/uploads/link").is_symlink()


def test_fsck_of_what_is_no_root_says_so(folder, server):
    one = server(start=False)
    code, _, err = alone(one, "fsck")
    assert code == 8 and "is no storage root" in err


def test_a_scrub_names_what_the_disk_changed_and_touches_nothing(root):
    file = root.path("buckets/uploads/a")
    facts = file.stat()
    content = bytearray(file.read_bytes())
    content[7] ^= 1
    with open(file, "r+b") as stream:
        stream.write(content)
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    code, out, err = alone(root, "scrub")
    assert code == 4 and out.startswith("bit-rot  uploads/a: CRC32 is "), out
    assert "3 objects of" in err and "1 are rotten" in err
    assert file.read_bytes() == content


def test_reindex_and_scan_bring_in_what_was_put_by_hand(root):
    root.path("buckets/uploads/hand").write_text("x")
    assert alone(root, "scan")[0] == 0
    root.path("buckets/uploads/hand2").write_text("x")
    code, _, err = alone(root, "reindex", "uploads")
    assert code == 0 and "5 objects are indexed" in err
    assert alone(root, "reindex", "nothere")[0] == 1
    if not root.is_alive:
        root.start()
    assert keys(root.s3()) == ["a", "deep/er/b", "hand", "hand2", "x//y"]


def test_a_directory_is_imported_and_exported_and_both_go_on_where_they_stopped(root, folder):
    source = folder / "source"
    for number in range(300):
        file = source / f"d{number % 7}" / f"f{number}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(number * 10))
        os.utime(file, (number, number))
    code, _, err = alone(root, "import", source, "uploads", "--prefix", "in/")
    assert code == 0 and err.startswith("300 files: 300 imported"), err
    (source / "d0" / "f0").write_text("changed")
    code, _, err = alone(root, "import", source, "uploads", "--prefix", "in/")
    assert code == 0 and err.startswith("300 files: 1 imported") and "299 were there" in err, err
    code, out, err = alone(root, "export", "uploads", folder / "target")
    # `x//y` cannot be a path.
    assert code == 4 and "not-exported  uploads/x//y" in out, out
    for file in source.rglob("f*"):
        copy = folder / "target" / "in" / file.relative_to(source)
        assert copy.read_bytes() == file.read_bytes()
        assert copy.stat().st_mtime_ns == file.stat().st_mtime_ns
    assert "302 were there" in alone(root, "export", "uploads", folder / "target")[2]
    if not root.is_alive:
        root.start()
    head = root.s3().head_object(Bucket="uploads", Key="in/d1/f8")
    assert head["ETag"].strip('"') == hashlib.md5((source / "d1" / "f8").read_bytes()).hexdigest()
    assert head["LastModified"].timestamp() == 8


def test_a_file_that_is_put_or_changed_by_hand_is_listed_within_moments(server):
    one = server()
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="d/first", Body=b"x")
    one.path("buckets/uploads/d/hand").write_text("one")
    eventually(lambda: keys(s3) == ["d/first", "d/hand"])
    before = s3.head_object(Bucket="uploads", Key="d/hand")
    one.path("buckets/uploads/d/hand").write_text("another")
    listed = lambda: {item["Key"]: item for item in s3.list_objects_v2(Bucket="uploads").get("Contents", [])}
    eventually(lambda: listed()["d/hand"]["Size"] == 7)
    after = s3.head_object(Bucket="uploads", Key="d/hand")
    assert after["ETag"].strip('"') == hashlib.md5(b"another").hexdigest() != before["ETag"].strip('"')
    assert listed()["d/hand"]["ETag"] == after["ETag"]
    one.path("buckets/uploads/d/hand").unlink()
    eventually(lambda: keys(s3) == ["d/first"])


def test_a_quota_holds_and_can_be_taken_away(root):
    code, out, _ = alone(root, "bucket", "set", "uploads", "--quota-objects", "3", "--quota-bytes", "1M")
    assert code == 0 and "3 of 3 objects" in out and "of 1048576 bytes" in out
    assert alone(root, "bucket", "set", "uploads", "--quota-bytes", "lots")[0] != 0
    if not root.is_alive:
        root.start()
    s3 = root.s3()
    with pytest.raises(s3.exceptions.ClientError) as refused:
        s3.put_object(Bucket="uploads", Key="d", Body=b"x")
    answer = refused.value.response
    assert answer["Error"]["Code"] == "QuotaExceeded"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "3 objects" in answer["ResponseMetadata"]["HTTPHeaders"]["x-larder-reason"]
    s3.delete_object(Bucket="uploads", Key="a")
    s3.put_object(Bucket="uploads", Key="d", Body=b"x")
    assert alone(root, "bucket", "set", "uploads", "--quota-objects", "none")[0] == 0
    s3.put_object(Bucket="uploads", Key="e", Body=b"x")
    listed = json.loads(alone(root, "bucket", "list", "--json")[1])
    assert [(b["name"], b["objects"], b["quota_objects"], b["quota_bytes"]) for b in listed] == [
        ("uploads", 4, None, 1 << 20)
    ]


def test_a_backup_brings_records_settings_and_keys_back(server, folder):
    one = server(env={"LARDER_ACCESS_KEY": None, "LARDER_SECRET_KEY": None, "LARDER_API_TOKEN": None})
    token = one.run("token", "create", "--name", "app").stdout.split("token: ")[1].strip()
    one.run("bucket", "set", "uploads", "--quota-objects", "7")
    one.run("backup", folder / "backup")
    assert (folder / "backup").stat().st_mode & 0o777 == 0o700
    assert "is not empty" in alone(one, "backup", folder / "backup")[2]
    one.run("token", "create", "--name", "later")
    assert one.stop() == 0
    assert "is in use" not in alone(one, "restore", folder / "backup")[2]
    one.start()
    assert "later" not in one.run("token", "list").stdout
    assert one.api("GET", token=token).status_code == 200
    assert "0 of 7 objects" in one.run("bucket", "list").stdout
    code, _, err = alone(one, "restore", folder / "backup")
    assert code == 1 and "in use by process" in err


def test_a_restore_into_the_root_of_another_server_is_refused(server, folder):
    one, other = server(), server()
    one.run("backup", folder / "backup")
    assert other.stop() == 0
    code, _, err = alone(other, "restore", folder / "backup")
    assert code == 1 and "another storage root" in err
    assert alone(other, "restore", folder / "backup", "--force")[0] == 0


def test_ids_given_out_after_a_backup_are_not_given_out_again(server, folder):
    one = server()
    claimed = [attach(one, b"text", "a.txt", "text/plain")["id"] for _ in range(2)]
    one.run("backup", folder / "backup")
    claimed += [attach(one, b"text", "a.txt", "text/plain")["id"] for _ in range(2)]
    assert one.stop() == 0
    assert alone(one, "restore", folder / "backup")[0] == 0
    one.start()
    assert one.api("GET", f"/{claimed[-1]}").status_code == 404
    claimed.append(attach(one, b"text", "a.txt", "text/plain")["id"])
    assert claimed == [1, 2, 3, 4, 5]
    # A new disk knows nothing of what was given out.
    other = server()
    assert other.stop() == 0
    shutil.rmtree(other.path())
    assert alone(other, "restore", folder / "backup")[0] == 0
    other.start()
    assert attach(other, b"text", "a.txt", "text/plain")["id"] > 1_000_000
