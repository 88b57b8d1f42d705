"""The rig itself: it notices what it is there to notice, and says what it does not exercise."""

import os

import pytest

from history import VERSIONED
from inspection import check_root, debris, object_files, record_of, version_files
from load import Load, stocked
from model import Model, check, compare
from objects import META, Contradiction, Version
from registers import Change, Register
from traffic import Client

CONTENT = b"what was written"
HEADERS = {"Content-Type": "text/plain", META + "who": "me"}


@pytest.fixture
def stored(server):
    """A server with two objects and a deleted one, and its model."""
    one = server()
    model = Model(["kept", "other", "deleted"])
    client = Client(one)
    model.put(client, "kept", CONTENT, HEADERS)
    model.put(client, "other", b"other")
    model.put(client, "deleted", b"gone")
    model.delete(client, "deleted")
    check(one, model)
    return one, model, client


# Registers


def test_a_request_without_an_answer_leaves_two_states():
    a, b = Version.of(b"a"), Version.of(b"b")
    register = Register(a)
    register.changes.append(Change(b, 1.0))
    assert register.states() == {a, b}
    assert register.states(until=0.5) == {a}


def test_an_acknowledged_request_is_certain_only_after_its_answer():
    a, b = Version.of(b"a"), Version.of(b"b")
    register = Register(a)
    register.changes.append(Change(b, 1.0, 2.0, True))
    assert register.states() == {b}
    assert register.states(since=1.5, until=1.7) == {a, b}


def test_requests_at_the_same_time_may_end_in_either_order_and_later_ones_win():
    a, b, c = (Version.of(text) for text in (b"a", b"b", b"c"))
    register = Register()
    register.changes += [Change(a, 1.0, 3.0, True), Change(b, 2.0, 4.0, True)]
    assert register.states() == {a, b}
    register.changes.append(Change(c, 5.0, 6.0, True))
    assert register.states() == {c}


# What a check notices


def test_a_lost_object_is_noticed(stored):
    one, model, _ = stored
    one.path("buckets/uploads/kept").unlink()
    findings = compare(one, model)
    assert findings.lost == 1 and any("'kept'" in problem for problem in findings.problems)


def test_a_deleted_object_that_returns_is_noticed(stored):
    one, model, client = stored
    assert client.send("PUT", "deleted", b"gone").status == 200
    assert any("'deleted'" in problem for problem in compare(one, model).problems)


def test_changed_bytes_are_noticed_even_if_size_and_time_are_kept(stored):
    one, model, _ = stored
    path = one.path("buckets/uploads/kept")
    times = path.stat()
    path.write_bytes(CONTENT[::-1])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert any("never written" in problem for problem in compare(one, model).problems)


def test_lost_metadata_is_noticed(stored):
    one, model, client = stored
    assert client.send("PUT", "kept", CONTENT, {"Content-Type": "text/plain"}).status == 200
    assert any("'kept'" in problem for problem in compare(one, model).problems)


def test_an_older_version_is_noticed_and_counts_as_a_loss(stored):
    one, model, client = stored
    model.put(client, "kept", b"newer")
    assert client.send("PUT", "kept", CONTENT, HEADERS).status == 200
    findings = compare(one, model)
    assert findings.lost == 1 and "older than an acknowledged request" in findings.problems[0]


def test_a_stranger_is_noticed(stored):
    one, model, client = stored
    assert client.send("PUT", "stranger", b"x").status == 200
    assert any("stranger" in problem for problem in compare(one, model).problems)


def test_debris_and_orphaned_and_missing_sidecars_are_noticed(stored):
    one, model, client = stored
    big = {META + "long": "x" * 2000, "Content-Disposition": "inline; x=" + "y" * 2000}
    model.put(client, "kept", CONTENT, big)
    check(one, model)
    check_root(one)
    (sidecar,) = [path for path in one.path(".larder/sidecar").rglob("*") if path.is_file()]
    orphan = sidecar.with_name(sidecar.name[:-1] + ("0" if sidecar.name[-1] != "0" else "1"))
    orphan.write_bytes(b"{}")
    one.path(".larder/incoming/left").write_bytes(b"")
    texts = " ".join(debris(one.storage))
    assert "left" in texts and orphan.name in texts and "missing" not in texts
    sidecar.unlink()
    assert "missing" in " ".join(debris(one.storage))


# What a check notices of versions


@pytest.fixture
def versioned(server):
    """A server whose second bucket has a key with two versions and a marker, and one with one; its model, a client."""
    one = server()
    model = Model([], versioned=["key", "other"])
    model.history.make(one)
    client = Client(one)
    for key, content in [("key", b"first"), ("key", b"second"), ("key", None), ("other", b"other")]:
        change_version(client, model.history, key, content)
    check(one, model)
    check_root(one)
    return one, model, client


def change_version(client, history, key, content):
    """Stores a version, or a marker for None."""
    change = history.begin_marker(key) if content is None else history.begin_store(key, Version.of(content))
    answer = client.send("DELETE" if content is None else "PUT", key, content or b"", bucket=history.bucket)
    history.acknowledge(change, answer, answer.headers["x-amz-version-id"])


def file_of(one, history, entry):
    (path,) = [path for path in version_files(one.storage, history.bucket) if path.name == entry.id]
    return path


def test_a_lost_version_is_noticed(versioned):
    one, model, _ = versioned
    oldest = model.history.certain("key")[-1]
    file_of(one, model.history, oldest).unlink()
    assert any(oldest.id in problem for problem in compare(one, model).problems)
    # Once the list has been made anew it is a loss like any other.
    one.kill()
    for file in one.path(".larder").glob("index.sqlite*"):
        file.unlink()
    one.start()
    assert compare(one, model).lost == 1


def test_a_removed_version_that_returns_is_noticed(versioned, folder):
    one, model, client = versioned
    oldest = model.history.certain("key")[-1]
    file = file_of(one, model.history, oldest)
    os.link(file, folder / "kept")
    change = model.history.begin_removal("key", oldest.id)
    answer = client.send("DELETE", "key", query={"versionId": oldest.id}, bucket=model.history.bucket)
    model.history.acknowledge(change, answer)
    model.history.note_removal("key", oldest.id)
    check(one, model)
    os.link(folder / "kept", file)
    assert any(oldest.id in problem for problem in compare(one, model).problems)


def test_a_lost_marker_and_versions_in_another_order_are_noticed(versioned):
    one, model, client = versioned
    marker, second, first = model.history.certain("key")
    model.history.settle("key", (marker, first, second))
    assert any("'key'" in problem for problem in compare(one, model).problems)
    model.history.settle("key", (marker, second, first))
    answer = client.send("DELETE", "key", query={"versionId": marker.id}, bucket=model.history.bucket)
    assert answer.status == 204
    assert compare(one, model).lost == 1


def test_a_version_id_that_is_used_again_is_noticed(versioned):
    _, model, client = versioned
    history = model.history
    change = history.begin_store("other", Version.of(b"again"))
    answer = client.send("PUT", "other", b"again", bucket=history.bucket)
    with pytest.raises(Contradiction, match="used again"):
        history.acknowledge(change, answer, history.certain("key")[1].id)


def test_debris_of_versions_is_noticed(versioned):
    one, model, _ = versioned
    (current,) = object_files(one.storage, model.history.bucket)
    directory = file_of(one, model.history, model.history.certain("key")[0]).parents[2]
    stray = directory / "00" / ("0" * 64) / "0"
    stray.parent.mkdir(parents=True)
    os.link(current, stray)
    texts = " ".join(debris(one.storage))
    assert "a version that is the current file" in texts and "under another's name" in texts


# What a check notices of uploads in parts


@pytest.fixture
def uploading(stored):
    """A server with an upload that has a part; its model, and the upload."""
    one, model, client = stored
    creation = model.uploads.begin_creation("kept")
    upload = model.uploads.name(creation, client.send("POST", "kept", query={"uploads": ""}), {})
    change = upload.begin_part(1, CONTENT)
    answer = client.send("PUT", "kept", CONTENT, query={"partNumber": "1", "uploadId": upload.id})
    assert answer.status == 200
    change.acknowledge(answer)
    check(one, model)
    check_root(one)
    return one, model, upload


def test_a_lost_part_and_a_lost_upload_are_noticed(uploading):
    one, model, upload = uploading
    directory = one.path(".larder/multipart", upload.id)
    (directory / "00001").unlink()
    findings = compare(one, model)
    assert findings.lost == 1 and "part 1 is None" in findings.problems[0]
    one.kill()
    (directory / "upload.json").unlink()
    assert "without its document" in " ".join(debris(one.storage))
    one.start()
    findings = compare(one, model)
    assert findings.lost == 1 and "is gone" in findings.problems[0]


def test_an_upload_that_nobody_began_is_noticed(uploading):
    one, model, upload = uploading
    assert Client(one).send("POST", "other", query={"uploads": ""}).status == 200
    assert any("nobody began" in problem for problem in compare(one, model).problems)
    # One that was asked for and not heard of may be there.
    model.uploads.begin_creation("other")
    check(one, model)


def test_a_completion_without_its_object_is_noticed(uploading):
    one, model, upload = uploading
    assert Client(one).send("DELETE", "kept", query={"uploadId": upload.id}).status == 204
    outcome = Version.of_parts([CONTENT])
    upload.begin_completion(model.begin("kept", outcome), outcome)
    findings = compare(one, model)
    assert findings.lost == 1 and "its object is not there" in " ".join(findings.problems)


def test_an_upload_that_was_perhaps_not_begun_yet_when_a_disk_was_copied_is_not_missed(stored):
    one, model, client = stored
    creation = model.uploads.begin_creation("kept")
    upload = model.uploads.name(creation, client.send("POST", "kept", query={"uploads": ""}), {})
    # As on a copy of the moment before.
    assert client.send("DELETE", "kept", query={"uploadId": upload.id}).status == 204
    outcome = Version.of_parts([CONTENT])
    upload.begin_completion(model.begin("kept", outcome), outcome)
    (_, change) = creation
    assert compare(one, model, since=change.began).problems == []
    assert compare(one, model, since=change.ended).lost == 1


# What the load does


@pytest.mark.heavy
def test_load_without_faults_agrees_with_the_model_and_reaches_every_kind_of_place(server, seed):
    one = server()
    families, model = stocked(one, 4)
    load = Load(one, families, model, seed, count=150).start().join()
    assert load.acknowledged > 500
    assert not any(worker.unanswered for worker in load.workers), "a server that nobody killed left requests unanswered"
    check(one, model)
    check_root(one)
    files = object_files(one.storage)
    assert any("escaped" in path.parts for path in files), "no key had an escaped place"
    files += object_files(one.storage, VERSIONED) + version_files(one.storage, VERSIONED)
    assert any("sidecar" in record_of(path) for path in files), "no record had a sidecar"
    kinds = {(w.model.bucket, operation.name) for w in load.workers for operation in w.operations if operation.changes}
    assert not kinds - set(load.counts), "an operation did nothing"
    assert one.stop() == 0
