"""pyarrow: data sets of Parquet files, by the SDK for C++."""

import pytest

from larder import ACCESS_KEY, REGION, SECRET_KEY
from matrix import cells

pytest.importorskip("pyarrow", reason="pyarrow is not installed")

import pyarrow.dataset  # noqa: E402
import pyarrow.fs  # noqa: E402
import pyarrow.parquet  # noqa: E402


@pytest.fixture(params=["http", "https"])
def scheme(request):
    return request.param


@pytest.fixture
def files(store, scheme):
    """The store as a file system."""
    return pyarrow.fs.S3FileSystem(
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        region=REGION,
        scheme=scheme,
        endpoint_override=store.authority,
        allow_bucket_creation=True,
        allow_bucket_deletion=True,
        tls_ca_file_path=store.tls_ca,
    )


@cells("pyarrow", "PutObject", "GetObject", "HeadObject", "ListObjectsV2")
@cells("pyarrow", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
def test_a_data_set_is_written_in_partitions_and_read_in_part(files, bucket):
    rows = 200_000
    table = pyarrow.table(
        {
            "date": [f"2026-01-{1 + number % 3:02}" for number in range(rows)],
            "number": list(range(rows)),
            "text": [f"row {number * 7919 % rows}" for number in range(rows)],
        }
    )
    parts = pyarrow.dataset.partitioning(pyarrow.schema([("date", pyarrow.string())]), flavor="hive")
    pyarrow.dataset.write_dataset(table, f"{bucket}/set", filesystem=files, format="parquet", partitioning=parts)
    found = files.get_file_info(pyarrow.fs.FileSelector(f"{bucket}/set", recursive=True))
    paths = sorted(info.path for info in found if info.type == pyarrow.fs.FileType.File)
    assert [path.split("/")[2] for path in paths] == ["date=2026-01-01", "date=2026-01-02", "date=2026-01-03"]
    data = pyarrow.dataset.dataset(f"{bucket}/set", filesystem=files, partitioning=parts)
    assert data.count_rows() == rows
    some = data.to_table(
        columns=["number"],
        filter=(pyarrow.dataset.field("date") == "2026-01-02") & (pyarrow.dataset.field("number") < 10),
    )
    assert sorted(some["number"].to_pylist()) == [1, 4, 7]
    back = pyarrow.parquet.read_table(f"{bucket}/set", filesystem=files, partitioning=parts).sort_by("number")
    assert back["text"].to_pylist() == table["text"].to_pylist()


@cells("pyarrow", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects")
def test_files_and_directories(files, store, bucket):
    files.create_dir(f"{bucket}/a/b", recursive=True)
    with files.open_output_stream(f"{bucket}/a/b/large", metadata={"Content-Type": "text/x"}) as stream:
        for number in range(120):
            stream.write(bytes([number]) * 100_000)
    info = files.get_file_info(f"{bucket}/a/b/large")
    assert (info.type, info.size) == (pyarrow.fs.FileType.File, 12_000_000)
    assert files.get_file_info(f"{bucket}/a").type == pyarrow.fs.FileType.Directory
    assert files.get_file_info(f"{bucket}/none").type == pyarrow.fs.FileType.NotFound
    with files.open_input_file(f"{bucket}/a/b/large") as file:
        file.seek(5_000_000)
        assert file.read(3) == bytes([50]) * 3
    assert store.s3().head_object(Bucket=bucket, Key="a/b/large")["ContentType"] == "text/x"
    files.copy_file(f"{bucket}/a/b/large", f"{bucket}/copy")
    files.move(f"{bucket}/copy", f"{bucket}/moved")
    assert files.get_file_info(f"{bucket}/moved").size == 12_000_000
    files.delete_dir(f"{bucket}/a")
    left = files.get_file_info(pyarrow.fs.FileSelector(bucket, recursive=True))
    assert [info.path for info in left] == [f"{bucket}/moved"]
    files.delete_file(f"{bucket}/moved")


@cells("pyarrow", "CreateBucket", "HeadBucket", "DeleteBucket", "ListBuckets")
def test_buckets(files, bucket):
    name = f"{bucket}-new"
    files.create_dir(name)
    found = [info.base_name for info in files.get_file_info(pyarrow.fs.FileSelector(""))]
    assert {name, bucket} <= set(found)
    files.delete_dir(name)
    assert files.get_file_info(name).type == pyarrow.fs.FileType.NotFound
