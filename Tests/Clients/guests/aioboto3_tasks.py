"""What test_aioboto3 runs in an environment of its own: a function, named by the first argument."""

import asyncio
import hashlib
import io
import sys

import aioboto3
from botocore.config import Config

TASKS = 64


def client():
    config = Config(s3={"addressing_style": "path"}, max_pool_connections=TASKS, retries={"max_attempts": 0})
    return aioboto3.Session().client("s3", config=config)


async def many(bucket):
    """64 tasks at once put, read, list and delete, each its own keys."""

    async def one(s3, number):
        for round_ in range(4):
            key, body = f"task{number}/k{round_}", hashlib.sha256(b"%d/%d" % (number, round_)).digest() * 999
            await s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata={"n": str(number)})
            got = await s3.get_object(Bucket=bucket, Key=key)
            assert await got["Body"].read() == body and got["Metadata"] == {"n": str(number)}
        listed = await s3.list_objects_v2(Bucket=bucket, Prefix=f"task{number}/")
        assert [item["Key"] for item in listed["Contents"]] == [f"task{number}/k{round_}" for round_ in range(4)]
        await s3.delete_object(Bucket=bucket, Key=f"task{number}/k0")

    async with client() as s3:
        await asyncio.gather(*(one(s3, number) for number in range(TASKS)))
        pages = [page async for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, MaxKeys=50)]
        assert sum(len(page["Contents"]) for page in pages) == TASKS * 3
        await s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": item["Key"]} for page in pages for item in page["Contents"]]}
        )
        assert "Contents" not in await s3.list_objects_v2(Bucket=bucket)


async def transfers(bucket):
    """Large objects by the transfer manager, several at once."""
    bodies = [bytes([number]) * (17 << 20) for number in range(4)]
    async with client() as s3:
        await asyncio.gather(
            *(s3.upload_fileobj(io.BytesIO(body), bucket, f"k{number}") for number, body in enumerate(bodies))
        )
        for number, body in enumerate(bodies):
            assert "-" in (await s3.head_object(Bucket=bucket, Key=f"k{number}"))["ETag"]
            back = io.BytesIO()
            await s3.download_fileobj(bucket, f"k{number}", back)
            assert back.getvalue() == body


if __name__ == "__main__":
    asyncio.run(globals()[sys.argv[1]](*sys.argv[2:]))
