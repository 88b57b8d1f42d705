"""fsspec: the s3fs of PyPI, as pandas and Dask use it."""

from dialects import guest
from matrix import cells


@cells("fsspec", "PutObject", "GetObject", "HeadObject", "ListObjectsV2", "CopyObject", "DeleteObject", "DeleteObjects")
@cells("fsspec", "PutObjectTagging", "GetObjectTagging")
def test_files(shared, bucket):
    guest("fsspec_files.py", "files", shared, bucket)


@cells("fsspec", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "UploadPartCopy")
def test_large_files(shared, bucket):
    guest("fsspec_files.py", "large", shared, bucket)


@cells("fsspec", "ListObjectVersions", "GetObject")
def test_versions(shared, versioned):
    guest("fsspec_files.py", "versions", shared, versioned)


@cells("fsspec", "CreateBucket", "ListBuckets", "DeleteBucket")
def test_buckets(shared, bucket):
    guest("fsspec_files.py", "buckets", shared, bucket)
