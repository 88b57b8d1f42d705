"""restic: a backup that has to come back."""

import hashlib

import pytest

from dialects import needs, run
from larder import ACCESS_KEY, SECRET_KEY
from matrix import cells

pytestmark = [needs("restic"), pytest.mark.heavy, pytest.mark.parametrize("scheme", ["http", "https"])]


@pytest.fixture
def restic(store, bucket, folder):
    env = {
        "RESTIC_REPOSITORY": f"s3:{store.endpoint}/{bucket}/repository",
        "RESTIC_PASSWORD": "secret",
        "RESTIC_CACHE_DIR": folder / "cache",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "HOME": folder,
    }
    return lambda *arguments, **options: run("restic", *arguments, env=env, **options)


def contents(root):
    return {
        path.relative_to(root): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@cells("restic", "GetBucketLocation", "PutObject", "GetObject", "HeadObject", "ListObjectsV2", "DeleteObject")
def test_a_backup_is_made_checked_restored_and_pruned(restic, folder):
    tree = folder / "tree"
    for number in range(40):
        path = tree / f"d{number % 5}/file {number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hashlib.sha512(b"%d" % number).digest() * 3000)
    restic("init")
    assert restic("init", check=False).returncode != 0
    restic("backup", "tree", cwd=folder)
    before = contents(tree)
    (tree / "d0/file 0").unlink()
    (tree / "d1/new").write_bytes(b"new" * 100_000)
    restic("backup", "tree", cwd=folder)
    restic("check", "--read-data")
    restic("restore", "latest", "--target", folder / "latest")
    assert contents(folder / "latest/tree") == contents(tree)
    first = restic("snapshots", "--compact").stdout.splitlines()[2].split()[0]
    restic("restore", first, "--target", folder / "first")
    assert contents(folder / "first/tree") == before
    restic("forget", "--keep-last", "1", "--prune")
    restic("check", "--read-data")
    assert len([line for line in restic("list", "snapshots").stdout.split() if len(line) == 64]) == 1
