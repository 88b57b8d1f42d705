"""django-storages: an application's file storage."""

import datetime
import gzip

import pytest
import requests

from larder import ACCESS_KEY, REGION, SECRET_KEY
from matrix import cells

django = pytest.importorskip("django", reason="django-storages is not installed")
pytest.importorskip("storages", reason="django-storages is not installed")

from django.conf import settings  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402

if not settings.configured:
    settings.configure(USE_TZ=True)

from storages.backends.s3 import S3Storage  # noqa: E402


@pytest.fixture
def storage(shared, bucket):
    return lambda **options: S3Storage(
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        region_name=REGION,
        endpoint_url=shared.endpoint,
        bucket_name=bucket,
        addressing_style="path",
        signature_version="s3v4",
        **options,
    )


@cells("django-storages", "PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjects")
def test_files_are_saved_opened_listed_and_deleted(storage):
    files = storage(file_overwrite=False, object_parameters={"CacheControl": "max-age=60"})
    name = files.save("dir/ü b+c.txt", ContentFile(b"content"))
    assert name == "dir/ü b+c.txt" and files.exists(name) and not files.exists("dir/none")
    assert files.size(name) == 7 and files.open(name).read() == b"content"
    assert abs(datetime.datetime.now(datetime.timezone.utc) - files.get_modified_time(name)).total_seconds() < 60
    # A name that is taken is not taken again.
    second = files.save("dir/ü b+c.txt", ContentFile(b"other"))
    assert second != name and files.open(name).read() == b"content"
    files.save("dir/sub/x.txt", ContentFile(b""))
    directories, names = files.listdir("dir")
    assert directories == ["sub"] and len(names) == 2
    files.delete(name)
    assert not files.exists(name)


@cells("django-storages", "GetObject")
def test_urls_are_signed(storage):
    files = storage()
    files.save("a b.txt", ContentFile(b"content"))
    answer = requests.get(files.url("a b.txt", parameters={"ResponseContentDisposition": "attachment"}), timeout=30)
    assert answer.content == b"content" and answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Type"].startswith("text/plain")


@cells("django-storages", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
def test_files_are_written_in_parts(storage):
    files = storage()
    with files.open("large", "wb") as file:
        for _ in range(3):
            file.write(b"part" * (1_500_000))
    assert files.size("large") == 18_000_000
    assert files.open("large").read() == b"part" * 4_500_000


@cells("django-storages", "PutObject", "GetObject")
def test_text_is_squeezed(storage, shared, bucket):
    files = storage(gzip=True)
    files.save("style.css", ContentFile(b"a { b: c }" * 500))
    stored = shared.s3().get_object(Bucket=bucket, Key="style.css")
    assert stored["ContentEncoding"] == "gzip" and gzip.decompress(stored["Body"].read()) == b"a { b: c }" * 500
    assert files.open("style.css").read() == b"a { b: c }" * 500
    assert requests.get(files.url("style.css"), timeout=30).content == b"a { b: c }" * 500
