"""`larder fsck` on a root that was damaged in many named ways: all are found, and what can be is repaired."""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import zlib

import pytest

from attachments import attach, finished
from larder import BINARY, eventually
from pictures import picture

LONG_AGO = 1_000_000_000


def fsck(one, *arguments):
    """The exit status, and what was found: {(code, subject): finding}, each of which is listed once."""
    result = subprocess.run(
        [str(BINARY), "fsck", "--json", *arguments], env=one.env, capture_output=True, text=True, timeout=60
    )
    assert result.returncode in (0, 1, 4), result.stderr
    document = json.loads(result.stdout)
    found = {(line["code"], line["subject"]): line for line in document["findings"]}
    assert len(found) == len(document["findings"]), sorted((f["code"], f["subject"]) for f in document["findings"])
    assert document["clean"] == (result.returncode != 4)
    return result.returncode, found


class Root:
    """A healthy root with what there is to damage; its server is stopped."""

    def __init__(self, one):
        self.server = one
        s3 = one.s3()
        for bucket in ("plain", "archive", "doomed", "empty"):
            s3.create_bucket(Bucket=bucket)
        s3.put_bucket_versioning(Bucket="archive", VersioningConfiguration={"Status": "Enabled"})
        for damage in DAMAGES:
            if damage.key:
                put(s3, "plain", damage.key)
        for key in ("deep/er/untouched", "x//untouched"):
            put(s3, "plain", key)
        for key in ("removed", "stranger", "hidden", "torn", "row", "twin", "untouched", "x//untouched"):
            for content in (b"one", b"another", b"the third"):
                s3.put_object(Bucket="archive", Key=key, Body=content * 3)
        self.uploads = {}
        for bucket, key in (("plain", "part"), ("plain", "document"), ("doomed", "bucket")):
            upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
            s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"part")
            self.uploads[key] = upload
        self.attachments = [attach(one, picture(size=(300, 200), seed=seed)) for seed in range(7)]
        assert one.stop() == 0

    def path(self, *parts):
        return self.server.path(*parts)

    def plain(self, key):
        return self.path("buckets/plain", key)

    def bucket_id(self, name):
        return json.loads(self.path(f".larder/buckets/{name}.json").read_text())["id"]

    def escaped(self, key, bucket="plain"):
        digest = sha256(key)
        return self.path(".larder/escaped", self.bucket_id(bucket), digest[:2], digest)

    def versions(self, key):
        """The noncurrent versions of a key in the archive, the oldest first."""
        digest = sha256(key)
        directory = self.path(".larder/versions", self.bucket_id("archive"), digest[:2], digest)
        return sorted(directory.iterdir())

    def upload(self, key):
        return self.path(".larder/multipart", self.uploads[key])

    def attachment(self, position):
        return f"attachment {self.attachments[position]['id']}"

    def index(self, *statements):
        execute(self.path(".larder/index.sqlite"), *statements)

    def records(self, *statements):
        execute(self.path(".larder/records.sqlite"), *statements)

    def style(self, position, name="thumb"):
        """The file of an attachment's style."""
        number = self.attachments[position]["id"]
        return next(self.path("buckets/uploads/styles", str(number)).glob(f"{name}-*"))


def put(s3, bucket, key):
    # Those whose name says so need more than fits into an attribute.
    more = {}
    if key == "long":
        tags = "&".join(f"{n}{'t' * 120}={'v' * 250}" for n in range(10))
        more = {"Metadata": {"m": "x" * 1900}, "Tagging": tags}
    s3.put_object(Bucket=bucket, Key=key, Body=f"the content of {key}".encode(), **more)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def execute(file, *statements):
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)


def make(path, content=b"by hand"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def cut(path):
    """What a power cut leaves of a file that nobody synced: shorter, and otherwise as it was written."""
    facts = path.stat()
    os.truncate(path, 3)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


# The damages


class Damage:
    """A way to damage a root, and what is found of it."""

    def __init__(self, function, key, found, left):
        self.function, self.key, self.found, self.left = function, key, found, left

    def subjects(self, root, expected):
        return {(code, subject(root) if callable(subject) else subject) for code, subject in expected}


DAMAGES = []


def damage(*found, key=None, left=()):
    """A damage of the root, of the object `key` in the bucket `plain` if that is given.

    `found` are codes and subjects, `left` those of what a repair leaves to people, found before or not.
    """

    def register(function):
        DAMAGES.append(Damage(function, key, found, left))
        return function

    return register


def to_people(code, subject, key=None):
    """A damage that no repair makes right."""
    return damage((code, subject), key=key, left=[(code, subject)])


@damage(("file-without-record", "plain/by-hand"))
def a_file_put_by_hand(root):
    make(root.plain("by-hand"))


@damage(("file-changed", "plain/changed"), key="changed")
def a_file_changed_in_place(root):
    make(root.plain("changed"))


@damage(("file-changed", "plain/touched"), key="touched")
def a_file_touched(root):
    os.utime(root.plain("touched"), (LONG_AGO, LONG_AGO))


@damage(("record-of-another-key", "plain/copy"), key="copied")
def a_file_copied_with_its_record(root):
    subprocess.run(["cp", "-a", root.plain("copied"), root.plain("copy")], check=True)


@damage(("torn-file", "plain/torn"), key="torn", left=[("lost-file", None)])
def a_file_cut_by_a_power_cut(root):
    cut(root.plain("torn"))


@damage(("row-without-file", "plain/removed"), key="removed")
def a_file_removed(root):
    root.plain("removed").unlink()


@damage(("record-unreadable", "plain/garbage"), key="garbage")
def a_record_overwritten(root):
    os.setxattr(root.plain("garbage"), "user.larder", b"garbage")


@to_people("record-newer", "plain/newer", key="newer")
def a_record_of_a_newer_larder(root):
    os.setxattr(root.plain("newer"), "user.larder", b'{"v":99}')


@damage(("sidecar-missing", "plain/long"), key="long")
def a_sidecar_removed(root):
    sidecars = list(root.path(".larder/sidecar").rglob(f"{sidecar_owner(root, 'long')}.*"))
    assert len(sidecars) == 1
    sidecars[0].unlink()


def sidecar_owner(root, key):
    return sha256(f"{root.bucket_id('plain')}/{sha256(key)}")


def _nobodys_sidecar(root):
    owner = sidecar_owner(root, "gone")
    return f".larder/sidecar/{owner[:2]}/{owner}.{'0' * 32}"


@damage(("sidecar-orphaned", _nobodys_sidecar))
def a_sidecar_that_nothing_names(root):
    record = {"bucket": root.bucket_id("plain"), "etag": "e", "key": "gone", "mtime": 1, "seq": 1, "size": 1}
    make(root.path(_nobodys_sidecar(root)), json.dumps({**record, "v": 1, "version": "null"}).encode())


@damage(("two-files", "plain/twice"), key="twice")
def two_files_of_one_key(root):
    root.escaped("twice").parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", root.plain("twice"), root.escaped("twice")], check=True)


def _nameless(root):
    return str(root.escaped("x//nameless").relative_to(root.path()))


@to_people("nameless-file", _nameless, key="x//nameless")
def an_escaped_file_without_its_record(root):
    os.setxattr(root.escaped("x//nameless"), "user.larder", b"garbage")


@damage(("row-without-file", "plain/x//removed"), key="x//removed")
def an_escaped_file_removed(root):
    root.escaped("x//removed").unlink()
    with contextlib.suppress(OSError):
        root.escaped("x//removed").parent.rmdir()


@to_people("escaped-of-no-bucket", ".larder/escaped/nobody")
def escaped_files_of_no_bucket(root):
    make(root.path(".larder/escaped/nobody/ab/file"))


@to_people("no-object", "buckets/plain/link")
def a_symbolic_link(root):
    os.symlink("/etc/passwd", root.plain("link"))


@damage(("empty-directory", "buckets/plain/nothing/inside"))
def an_empty_directory(root):
    root.plain("nothing/inside").mkdir(parents=True)


@damage(("version-rows-differ", "archive/removed"))
def a_version_removed(root):
    root.versions("removed")[0].unlink()


@to_people("strange-version", lambda root: str(root.stranger.relative_to(root.path())))
def a_file_put_among_the_versions(root):
    root.stranger = root.versions("stranger")[0].with_name("by-hand")
    make(root.stranger)


@damage(("versions-unsettled", "archive/hidden"), ("row-without-file", "archive/hidden"))
def the_current_file_of_versions_removed(root):
    root.path("buckets/archive/hidden").unlink()


def _torn_version(root):
    return f"archive/torn version {root.torn_version}"


@damage(("torn-file", _torn_version), ("version-rows-differ", "archive/torn"), left=[("lost-file", None)])
def a_version_cut_by_a_power_cut(root):
    root.torn_version = root.versions("torn")[0].name
    cut(root.versions("torn")[0])


@damage(("versions-unsettled", "archive/twin"), ("version-rows-differ", "archive/twin"))
def the_current_version_among_the_noncurrent_ones(root):
    current = root.path("buckets/archive/twin")
    version = json.loads(os.getxattr(current, "user.larder"))["version"]
    os.link(current, root.versions("twin")[0].with_name(version))


@to_people("part-unreadable", lambda root: f".larder/multipart/{root.uploads['part']}/2")
def a_part_put_by_hand(root):
    make(root.upload("part") / "00002")


@damage(("upload-unfinished", lambda root: f".larder/multipart/{root.uploads['document']}"))
def an_upload_without_its_document(root):
    (root.upload("document") / "upload.json").unlink()


@damage(("upload-of-no-bucket", lambda root: f".larder/multipart/{root.uploads['bucket']}"))
def an_upload_of_no_bucket(root):
    root.path(".larder/buckets/doomed.json").unlink()
    root.path("buckets/doomed").rmdir()


@damage(("bucket-directory-missing", "buckets/empty"))
def the_directory_of_a_bucket_removed(root):
    root.path("buckets/empty").rmdir()


@to_people("bucket-directory-unknown", "buckets/stranger")
def a_directory_beside_the_buckets(root):
    root.path("buckets/stranger").mkdir()


@damage(("debris", ".larder/incoming/debris"))
def debris_of_an_upload(root):
    make(root.path(".larder/incoming/debris"))


@damage(("unfinished-changes", ".larder/intents"))
def a_change_under_way(root):
    rest = f"{root.bucket_id('plain')} deep/er/untouched"
    with open(next(root.path(".larder/intents").iterdir()), "a") as segment:
        segment.write(f"{zlib.crc32(rest.encode()):08x} {rest}\n")


@damage(("file-without-row", "plain/unlisted"), key="unlisted")
def a_row_of_the_index_removed(root):
    root.index("DELETE FROM objects WHERE key = CAST('unlisted' AS BLOB)")


@damage(("row-differs", "plain/listed"), key="listed")
def a_row_of_the_index_changed(root):
    root.index("UPDATE objects SET etag = 'x' WHERE key = CAST('listed' AS BLOB)")


@damage(("version-rows-differ", "archive/row"))
def the_row_of_a_version_removed(root):
    root.index("DELETE FROM versions WHERE key = CAST('row' AS BLOB)")


@damage(*[("usage-differs", bucket) for bucket in ("plain", "archive", "uploads", "empty")])
def the_counts_of_usage_changed(root):
    root.index("UPDATE buckets SET objects = objects + 5, bytes = bytes + 7777")


@damage(
    ("original-missing", lambda root: root.attachment(0)),
    ("row-without-file", lambda root: _key_of_original(root, 0)),
    left=[("original-missing", lambda root: root.attachment(0))],
)
def the_original_of_an_attachment_removed(root):
    shutil.rmtree(_original(root, 0).parent)


def _original(root, position):
    """The file that an attachment stands for."""
    with contextlib.closing(sqlite3.connect(root.path(".larder/records.sqlite"))) as database:
        query = "SELECT object_key FROM attachments WHERE id = ?"
        (key,) = database.execute(query, [root.attachments[position]["id"]]).fetchone()
    return root.path("buckets/uploads", key.decode())


@damage(("original-differs", lambda root: root.attachment(1)), ("file-changed", lambda root: _key_of_original(root, 1)))
def the_original_of_an_attachment_changed(root):
    make(_original(root, 1), picture(size=(400, 200), seed=99))


def _key_of_original(root, position):
    return str(_original(root, position).relative_to(root.path("buckets")))


@damage(
    ("style-missing", lambda root: root.attachment(2) + " style thumb"),
    ("row-without-file", lambda root: root.missing_style),
)
def a_style_removed(root):
    file = root.style(2)
    root.missing_style = str(file.relative_to(root.path("buckets")))
    file.unlink()


@damage(("style-differs", lambda root: root.attachment(3) + " style medium"))
def the_record_of_a_style_changed(root):
    number = root.attachments[3]["id"]
    root.records(f"UPDATE styles SET byte_size = 1 WHERE attachment_id = {number} AND name = 'medium'")


@damage(("job-missing", lambda root: root.attachment(4)))
def the_job_of_a_pending_attachment_removed(root):
    root.records(f"UPDATE attachments SET state = 'pending' WHERE id = {root.attachments[4]['id']}")


@damage(("job-of-no-attachment", "job 4711"))
def a_job_of_no_attachment(root):
    root.records(
        "INSERT INTO jobs (id, attachment_id, priority, state, not_before, created) VALUES (4711, 999, 0, 'dead', 0, 0)"
    )


@damage(
    ("deletion-unfinished", lambda root: root.attachment(5)),
    ("job-of-deleted-attachment", lambda root: root.attachment(5)),
)
def a_deletion_broken_off_with_its_job(root):
    number = root.attachments[5]["id"]
    root.records(
        f"UPDATE attachments SET deleting = 1 WHERE id = {number}",
        "INSERT INTO jobs (attachment_id, priority, state, not_before, created) "
        f"VALUES ({number}, 0, 'queued', 0, 0)",
    )


@damage(
    ("file-without-record", "uploads/styles/998/thumb-00000000.png"),
    left=[("style-unknown", "uploads/styles/998/thumb-00000000.png")],
)
def a_style_of_no_attachment(root):
    file = root.path("buckets/uploads/styles/998/thumb-00000000.png")
    make(file)
    os.utime(file, (LONG_AGO, LONG_AGO))


@to_people("authorization-expired", "authorization async_uploads/00000000-0000-4000-8000-000000000000")
def an_authorization_that_nobody_swept(root):
    root.records(
        "INSERT INTO authorizations"
        " (prefix, token_id, bucket, content_type, maximum_bytes, created, expires, sweep_due)"
        " VALUES ('async_uploads/00000000-0000-4000-8000-000000000000', 0, 'uploads', 'image/png', 1, 0, 1, 2)"
    )


def expected(root, side):
    """What all damages together come to."""
    return set().union(*(one.subjects(root, getattr(one, side)) for one in DAMAGES))


def named(root, found):
    """What was found, without the names of lost files, which nobody knows before."""
    return {(code, None if code == "lost-file" else subject) for code, subject in found}


# The tests


@pytest.fixture
def root(server):
    return Root(server(env={"LARDER_SCAN_WATCHED_DIRECTORIES": "0"}))


def test_every_damage_of_a_root_is_found_and_what_can_be_is_repaired(root):
    assert len(DAMAGES) >= 20
    assert fsck(root.server) == (0, {})
    for one in DAMAGES:
        one.function(root)
    status, found = fsck(root.server)
    assert status == 4
    assert set(found) == expected(root, "found")
    assert not any(line["repaired"] for line in found.values())
    assert all(line["detail"] for line in found.values())

    left = expected(root, "left")
    repairable = {name for name, line in found.items() if line["repairable"]}
    assert repairable == set(found) - left
    status, repaired = fsck(root.server, "--repair")
    assert status == 4
    assert {name for name, line in repaired.items() if line["repaired"]} == repairable
    assert named(root, (name for name, line in repaired.items() if not line["repaired"])) == left

    # Nothing comes back, and nothing that is left was touched.
    for arguments in ([], ["--repair"], []):
        status, again = fsck(root.server, *arguments)
        assert status == 4 and named(root, again) == left
        assert not any(line["repairable"] or line["repaired"] for line in again.values())
    assert root.plain("link").is_symlink() and root.path(".larder/escaped/nobody/ab/file").exists()

    check_objects(root)


def check_objects(root):
    """Fails unless a server has what was not damaged as it was, what was changed as it is, and makes what was lost."""
    one = root.server.start()
    s3 = one.s3()
    body = lambda key, bucket="plain": s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    same = ["deep/er/untouched", "x//untouched", "touched", "copied", "garbage", "long", "twice", "unlisted", "listed"]
    for key in same:
        assert body(key) == f"the content of {key}".encode()
    assert body("by-hand") == body("changed") == b"by hand" and body("copy") == b"the content of copied"
    listed = {item["Key"] for item in s3.list_objects_v2(Bucket="plain")["Contents"]}
    assert {"removed", "torn", "x//removed"}.isdisjoint(listed) and {"unlisted", "listed", "by-hand"} <= listed
    for key, count in (("untouched", 3), ("removed", 2), ("row", 3), ("twin", 3), ("torn", 2), ("x//untouched", 3)):
        versions = s3.list_object_versions(Bucket="archive", Prefix=key).get("Versions", [])
        assert len(versions) == count, key
        assert body(key, "archive") == b"the third" * 3
    hidden = s3.list_object_versions(Bucket="archive", Prefix="hidden")
    assert len(hidden["DeleteMarkers"]) == 1 and len(hidden["Versions"]) == 2
    for position, state in enumerate(["failed", "done", "done", "done", "done", None, "done"]):
        number = root.attachments[position]["id"]
        if state is None:
            assert one.api("GET", f"/{number}").status_code == 404
            continue
        attachment = finished(one, number)
        assert attachment["state"] == state
        assert state == "failed" or set(attachment["style_url"]) == {"thumb", "medium"}
    assert finished(one, root.attachments[1]["id"])["width"] == 400


@pytest.mark.parametrize(
    ("code", "harm"),
    [
        ("index-missing", lambda file: [path.unlink() for path in file.parent.glob("index.sqlite*")]),
        ("index-damaged", lambda file: file.write_bytes(b"garbage" * 1000)),
        ("index-of-another-time", lambda file: execute(file, "UPDATE meta SET value = 'other' WHERE name = 'root'")),
        ("index-of-another-time", lambda file: execute(file, "UPDATE meta SET value = 0 WHERE name = 'checkpoint'")),
        ("index-incomplete", lambda file: execute(file, "UPDATE buckets SET complete = 0")),
    ],
    ids=["missing", "damaged", "of another root", "of another time", "incomplete"],
)
def test_an_index_that_is_worth_nothing_is_made_anew(server, code, harm):
    one = server()
    put(one.s3(), "uploads", "x//y")
    assert one.stop() == 0
    harm(one.path(".larder/index.sqlite"))
    status, found = fsck(one)
    assert status == 4 and {name for name, _ in found} == {code}
    assert fsck(one, "--repair")[0] == 1
    assert fsck(one) == (0, {})


def test_records_that_cannot_be_read_are_told_with_what_else_was_found(server):
    one = server()
    assert one.stop() == 0
    make(one.path("buckets/uploads/hand"))
    one.path(".larder/records.sqlite").write_bytes(b"garbage" * 1000)
    status, found = fsck(one)
    assert status == 4
    assert set(found) == {("records-damaged", ".larder/records.sqlite"), ("file-without-record", "uploads/hand")}
    assert "larder restore" in found["records-damaged", ".larder/records.sqlite"]["detail"]
    result = one.run("fsck", "--repair", check=False)
    assert result.returncode == 8
    assert "records-damaged" in result.stdout and "file-without-record" in result.stdout, result.stdout
    assert "larder restore" in result.stderr


def test_attachments_are_repaired_beside_a_running_server(server):
    one = server(env={"LARDER_SCAN_WATCHED_DIRECTORIES": "0"})
    first, second = (attach(one, picture(size=(300, 200), seed=seed)) for seed in range(2))
    assert fsck(one) == (0, {})
    style = next(one.path("buckets/uploads/styles", str(first["id"])).glob("thumb-*"))
    content = style.read_bytes()
    style.unlink()
    execute(
        one.path(".larder/records.sqlite"), f"UPDATE attachments SET state = 'pending' WHERE id = {second['id']}"
    )
    status, found = fsck(one)
    assert status == 4
    assert {
        ("style-missing", f"attachment {first['id']} style thumb"),
        ("job-missing", f"attachment {second['id']}"),
    } <= set(found)
    assert one.api("GET", f"/{second['id']}").status_code == 202
    status, found = fsck(one, "--repair")
    assert status == 1 and all(line["repaired"] for line in found.values())
    # The server's own queue makes them, at once.
    for attachment in (first, second):
        assert finished(one, attachment["id"])["state"] == "done"
    assert eventually(style.exists) and style.read_bytes() == content
    assert fsck(one) == (0, {})
