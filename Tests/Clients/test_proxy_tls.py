"""Proxy mode over TLS to the remote, by an authority of its own."""

import os

import pytest

from test_proxy_larder import refused
from upstream import remote_environment, remote_settings


@pytest.fixture
def remote(server, authority):
    ca, chain, key = authority
    tls = {"tls": {"certificate": str(chain), "key": str(key)}}
    return server(config=tls, env=remote_environment(), tls_ca=str(ca))


@pytest.mark.parametrize("size", [0, 1000, 3_000_000])
def test_a_private_authority_is_believed_when_it_is_named(server, remote, authority, size):
    front = server(config=remote_settings(remote.endpoint, ca_file=str(authority[0])))
    body = os.urandom(size)
    put = front.s3().put_object(Bucket="uploads", Key="k", Body=body, ChecksumAlgorithm="CRC32")
    there = remote.s3().get_object(Bucket="uploads", Key="k", ChecksumMode="ENABLED")
    assert there["Body"].read() == body and there["ChecksumCRC32"] == put["ChecksumCRC32"]
    assert front.s3().get_object(Bucket="uploads", Key="k")["Body"].read() == body


def test_and_else_nobody_is(server, remote):
    front = server(config=remote_settings(remote.endpoint, attempts=1))
    status, code, answer = refused(front.s3().list_objects_v2, Bucket="uploads")
    assert (status, code) == (502, "BadGateway")
    assert "certificate" in answer["ResponseMetadata"]["HTTPHeaders"]["x-larder-reason"]


def test_unless_that_is_switched_off_by_name(server, remote):
    front = server(config=remote_settings(remote.endpoint, tls_verification="none"))
    assert front.s3().list_objects_v2(Bucket="uploads")["KeyCount"] == 0
    assert "whoever is on the way" in front.log_text()
