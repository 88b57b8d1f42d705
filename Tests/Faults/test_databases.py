"""Databases that are damaged, deleted or of another time while the server is stopped.

`index.sqlite` is derived: whatever it is, listings are right once the server serves them. `records.sqlite` is not: the
server works with what is there, and refuses what it cannot read.
"""

import random
import shutil
import sqlite3

import pytest

from attachments import attach, authorize, claim, finished, upload
from inspection import check_root
from larder import NotReady
from load import Load, key_families, stocked
from model import Model, check
from pictures import picture
from traffic import Client


def remove(index, older):
    index.unlink()


def remove_with_log(index, older):
    for file in index.parent.glob("index.sqlite*"):
        file.unlink()


def truncate(index, older):
    with open(index, "r+b") as file:
        file.truncate(index.stat().st_size // 2)


def empty(index, older):
    index.write_bytes(b"")


def fill_the_middle_with_garbage(index, older):
    size = index.stat().st_size
    with open(index, "r+b") as file:
        file.seek(size // 2)
        file.write(random.Random(1).randbytes(min(4096, size // 4)))


def overwrite_the_header(index, older):
    with open(index, "r+b") as file:
        file.write(b"not a database at all".ljust(100))


def put_back_an_older_one(index, older):
    shutil.copy(older, index)


def put_back_an_older_one_without_log(index, older):
    remove_with_log(index, older)
    shutil.copy(older, index)


def remove_the_log(index, older):
    for file in index.parent.glob("index.sqlite-*"):
        file.unlink()


def cut_the_log(index, older):
    log = index.with_name("index.sqlite-wal")
    if log.exists():
        with open(log, "r+b") as file:
            file.truncate(log.stat().st_size // 2)


def fill_the_log_with_garbage(index, older):
    log = index.with_name("index.sqlite-wal")
    if log.exists():
        log.write_bytes(random.Random(1).randbytes(log.stat().st_size))


DAMAGES = [
    remove,
    remove_with_log,
    truncate,
    empty,
    fill_the_middle_with_garbage,
    overwrite_the_header,
    put_back_an_older_one,
    put_back_an_older_one_without_log,
    remove_the_log,
    cut_the_log,
    fill_the_log_with_garbage,
]


def load_some(one, families, model, seed):
    Load(one, families, model, seed, workers=8, count=25).start().join()


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_index_is_made_again_from_the_files(server, folder, seed, damage, is_killed):
    one = server()
    families, model = stocked(one, 3)
    load_some(one, families, model, seed)
    assert one.stop() == 0
    index, older = one.path(".larder/index.sqlite"), folder / "older"
    shutil.copy(index, older)
    one.start()
    load_some(one, families, model, seed + 1)
    one.kill() if is_killed else one.stop()
    damage(index, older)
    one.start()
    check(one, model)
    check_root(one)
    # And it stays right: what was made again is used by the next start.
    load_some(one, families, model, seed + 2)
    one.kill()
    one.start()
    check(one, model)


def test_an_index_that_lost_its_last_pages_lists_no_key_that_never_was(server):
    """Long keys overflow into pages of their own, which SQLite's quick_check does not look into."""
    one = server()
    keys = [f"{number}/" + "n" * 1000 for number in range(4)]
    model = Model(["a", "b", *keys])
    client = Client(one)
    for key in ["a", *keys]:
        model.put(client, key, key.encode())
    assert one.stop() == 0
    one.start()
    # The log gets the pages that name the others, and not these.
    model.put(Client(one), "b", b"b")
    one.kill()
    index = one.path(".larder/index.sqlite")
    with open(index, "r+b") as file:
        file.truncate(index.stat().st_size - 2 * 4096)
    one.start()
    check(one, model)


def test_an_index_of_another_root_is_not_believed(server, seed):
    families = key_families(3)
    model = Model([key for family in families for key in family])
    one, other = server(), server()
    load_some(one, families, model, seed)
    load_some(other, families, Model(model.keys), seed + 1)
    one.stop(), other.stop()
    shutil.copy(other.path(".larder/index.sqlite"), one.path(".larder/index.sqlite"))
    one.start()
    check(one, model)


# Records


def records_of(one):
    return sorted(one.path(".larder").glob("records.sqlite*"))


def back_up(one, folder):
    backup = folder / "records"
    backup.mkdir()
    for file in records_of(one):
        shutil.copy(file, backup)
    return backup


def settle_log(one):
    """Moves what the write-ahead log holds into the file, so that the file is what is read."""
    database = sqlite3.connect(one.path(".larder/records.sqlite"))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def restore(one, backup):
    for file in records_of(one):
        file.unlink()
    for file in backup.iterdir():
        shutil.copy(file, one.path(".larder"))


@pytest.mark.parametrize("is_killed", [False, True], ids=["stopped", "killed"])
def test_records_of_an_older_backup_are_served_and_what_they_lack_is_said(server, folder, is_killed):
    one = server()
    early = attach(one, picture())
    waiting = upload(one, picture())
    assert one.stop() == 0
    backup = back_up(one, folder)
    one.start()
    late = attach(one, picture())
    gone = attach(one, picture())
    assert one.api("DELETE", f"/{gone['id']}").status_code in (200, 204)
    lost = upload(one, picture())
    one.kill() if is_killed else one.stop()
    restore(one, backup)
    one.start()
    assert one.get("/-/ready").status_code == 200
    # What the backup has.
    again = finished(one, early["id"])
    assert again["filename"] == early["filename"]
    # What it lacks: said as such, not an error of the server.
    for identifier in (late["id"], gone["id"]):
        answer = one.api("GET", f"/{identifier}")
        assert answer.status_code == 404, answer.text
        assert answer.json()["error_codes"]["base"][0]["error"] == "not_found"
        assert one.api("DELETE", f"/{identifier}").status_code == 404
    answer = claim(one, lost)
    assert answer.status_code == 404, answer.text
    assert answer.json()["error_codes"]["base"][0]["error"] == "upload_not_found"
    # The files are still there for whoever mends it, and new work goes on.
    s3 = one.s3()
    assert s3.head_object(Bucket="uploads", Key=lost)["ContentLength"] > 0
    assert [item["id"] for item in one.api("GET").json()] == [early["id"]]
    assert finished(one, claim(one, waiting).json()["id"])
    assert attach(one, picture())["id"] != early["id"]


@pytest.fixture
def recorded(server):
    """A stopped server with attachments, the file of its records, and what is in it."""
    one = server()
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    attach(one, picture())
    for _ in range(20):
        authorize(one)
    assert one.stop() == 0
    settle_log(one)
    records = one.path(".larder/records.sqlite")
    return one, records, records.read_bytes()


def put_back(one, records, content):
    for file in records_of(one):
        file.unlink()
    records.write_bytes(content)
    one.start()
    assert len(one.api("GET").json()) == 1


@pytest.mark.parametrize("damage", ["truncated", "header"])
def test_records_that_cannot_be_read_are_refused_at_the_start_and_named(recorded, damage):
    one, records, content = recorded
    if damage == "truncated":
        records.write_bytes(content[: len(content) // 2])
    else:
        records.write_bytes(b"not a database at all".ljust(100) + content[100:])
    with pytest.raises(NotReady) as refusal:
        one.start()
    assert "records.sqlite" in str(refusal.value), refusal.value
    # As it was, it works again: the refusal changed nothing else.
    put_back(one, records, content)


def test_records_with_garbage_in_them_are_refused_at_the_start_or_by_the_api_and_s3_works(recorded):
    one, records, content = recorded
    records.write_bytes(content[:4096] + random.Random(1).randbytes(len(content) - 4096))
    try:
        one.start()
    except NotReady as refusal:
        assert "records.sqlite" in str(refusal), refusal
    else:
        answer = one.api("GET")
        assert answer.status_code in (500, 503) and answer.json()["error_codes"]
        assert one.s3().get_object(Bucket="uploads", Key="k")["Body"].read() == b"x"
        one.kill()
    put_back(one, records, content)
