"""What test_fsspec runs in an environment of its own: a function, named by the first argument."""

import sys

import fsspec


def system(**options):
    return fsspec.filesystem("s3", config_kwargs={"s3": {"addressing_style": "path"}}, **options)


def files(bucket):
    """What data scientists do with paths."""
    fs = system()
    fs.makedirs(f"{bucket}/dir", exist_ok=True)
    with fs.open(f"{bucket}/dir/ü b+c.txt", "w") as file:
        file.write("line one\nline two\n")
    assert fs.cat(f"{bucket}/dir/ü b+c.txt").decode().splitlines() == ["line one", "line two"]
    assert fs.info(f"{bucket}/dir/ü b+c.txt")["size"] == 18 and fs.isdir(f"{bucket}/dir")
    assert not fs.exists(f"{bucket}/dir/none")
    fs.pipe({f"{bucket}/many/{number:02}": b"%d" % number for number in range(20)})
    assert len(fs.glob(f"{bucket}/many/1*")) == 10
    assert sorted(fs.cat(f"{bucket}/many/*").values()) == sorted(b"%d" % number for number in range(20))
    fs.copy(f"{bucket}/many/01", f"{bucket}/copy")
    fs.mv(f"{bucket}/copy", f"{bucket}/moved")
    assert fs.cat(f"{bucket}/moved") == b"1" and not fs.exists(f"{bucket}/copy")
    assert fs.cat_file(f"{bucket}/dir/ü b+c.txt", start=5, end=8) == b"one"
    fs.setxattr(f"{bucket}/moved", color="red")
    assert fs.metadata(f"{bucket}/moved")["color"] == "red"
    fs.put_tags(f"{bucket}/moved", {"a": "1"})
    assert fs.get_tags(f"{bucket}/moved") == {"a": "1"}
    fs.rm(f"{bucket}/many", recursive=True)
    fs.invalidate_cache()
    assert sorted(fs.find(bucket)) == [f"{bucket}/dir/ü b+c.txt", f"{bucket}/moved"]


def large(bucket):
    """A file written in blocks, read in pieces, and appended to."""
    fs = system(default_block_size=5 << 20)
    body = bytes(range(256)) * (50 << 10)
    with fs.open(f"{bucket}/large", "wb") as file:
        for start in range(0, len(body), 1_000_000):
            file.write(body[start : start + 1_000_000])
    with fs.open(f"{bucket}/large", "rb") as file:
        file.seek(7_000_001)
        assert file.read(5) == body[7_000_001:7_000_006]
        assert file.read() == body[7_000_006:]
    with fs.open(f"{bucket}/large", "ab") as file:
        file.write(b"appended")
    assert fs.cat(f"{bucket}/large") == body + b"appended"


def versions(bucket):
    """Old versions."""
    fs = system(version_aware=True)
    for body in (b"one", b"two"):
        fs.pipe(f"{bucket}/k", body)
    found = [item["VersionId"] for item in fs.object_version_info(f"{bucket}/k")]
    assert len(found) == 2
    assert fs.cat_file(f"{bucket}/k", version_id=found[-1]) == b"one"


def buckets(bucket):
    """Buckets are directories at the top."""
    fs = system()
    fs.mkdir(f"{bucket}-new")
    assert f"{bucket}-new" in fs.ls("")
    fs.rmdir(f"{bucket}-new")
    fs.invalidate_cache()
    assert f"{bucket}-new" not in fs.ls("")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
