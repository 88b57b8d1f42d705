"""aioboto3: many requests at once in one process."""

import pytest

from dialects import guest
from matrix import cells

pytestmark = pytest.mark.heavy


@cells("aioboto3", "PutObject", "GetObject", "ListObjectsV2", "DeleteObject", "DeleteObjects")
def test_64_tasks_at_once(shared, bucket):
    guest("aioboto3_tasks.py", "many", shared, bucket)


@cells("aioboto3", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
def test_transfers_at_once(shared, bucket):
    guest("aioboto3_tasks.py", "transfers", shared, bucket)
