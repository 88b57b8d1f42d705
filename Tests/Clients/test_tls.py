"""HTTPS by a certificate and its key."""

import socket
import ssl
import subprocess
import time

import pytest
import requests

import wire
from attachments import authorize
from larder import NotReady, eventually


@pytest.fixture
def secure(server, authority):
    ca, chain, key = authority
    return server(config={"tls": {"certificate": str(chain), "key": str(key)}}, tls_ca=str(ca))


def test_objects_and_links_work_over_tls(secure, folder):
    assert secure.endpoint.startswith("https://")
    body = b"secret" * 500_000
    secure.s3().put_object(Bucket="uploads", Key="k", Body=body)
    assert secure.s3().get_object(Bucket="uploads", Key="k")["Body"].read() == body
    form = authorize(secure)
    assert form["url"].startswith("https://")
    fields = {**form["fields"], "key": form["key_prefix"] + "a.png"}
    answer = requests.post(form["url"], data=fields, files={"file": ("a.png", body)}, verify=secure.tls_ca, timeout=30)
    assert answer.status_code == 201 and "<Location>https://" in answer.text
    attachment = secure.api("POST", json={"file_attachment": {"key": fields["key"]}}).json()
    result = subprocess.run(
        ["curl", "-sS", "-f", "--cacert", secure.tls_ca, "-o", folder / "out", attachment["original_url"]],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert (folder / "out").read_bytes() == body


def test_old_versions_of_tls_are_refused(secure):
    context = ssl.create_default_context(cafile=secure.tls_ca)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, OSError)), socket.create_connection((secure.host, secure.port), 10) as plain:
        context.wrap_socket(plain, server_hostname="localhost")


def test_plain_http_on_the_tls_port_does_no_harm(secure):
    with socket.create_connection((secure.host, secure.port), 10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            connection.recv(4096)
        except ConnectionResetError:
            pass
    assert secure.get("/-/health").status_code == 200


@pytest.mark.parametrize("broken", ["certificate", "key", "mismatch"])
def test_a_certificate_that_cannot_be_used_is_refused_at_start(server, authority, folder, broken):
    ca, chain, key = authority
    files = {"certificate": str(chain), "key": str(key)}
    if broken == "mismatch":
        files["key"] = str(ca.with_name("ca.key"))
    else:
        files[broken] = str(folder / "missing.pem")
    with pytest.raises(NotReady) as refusal:
        server(config={"tls": files})
    assert "missing.pem" in str(refusal.value) or broken == "mismatch"


CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


@pytest.mark.parametrize(
    "sent", [b"", b"\x16", CLIENT_HELLO, CLIENT_HELLO + bytes(300)], ids=["nothing", "a byte", "its begin", "its half"]
)
def test_a_handshake_that_does_not_come_is_cut_off(server, authority, sent):
    ca, chain, key = authority
    tls = {"certificate": str(chain), "key": str(key)}
    one = server(config={"tls": tls, "limits": {"idle_seconds": 1}}, tls_ca=str(ca))
    began = time.monotonic()
    with socket.create_connection((one.host, one.port), 20) as connection:
        connection.sendall(sent)
        try:
            while connection.recv(4096):
                pass
        except ConnectionResetError:
            pass
    assert 0.5 < time.monotonic() - began < 10
    assert one.get("/-/health").status_code == 200


@pytest.mark.parametrize("part", ["handshake", "head"])
def test_what_drips_is_cut_off(server, authority, part):
    ca, chain, key = authority
    tls = {"certificate": str(chain), "key": str(key)}
    one = server(config={"tls": tls, "limits": {"idle_seconds": 1}}, tls_ca=str(ca))
    began = time.monotonic()
    connection = one.connect() if part == "head" else socket.create_connection((one.host, one.port), 20)
    begin, more = (b"GET / HTTP/1.1\r\nHost: x\r\n", b"A: b\r\n") if part == "head" else (CLIENT_HELLO, b"\0")
    with connection, pytest.raises(OSError):
        connection.sendall(begin)
        while time.monotonic() - began < 20:
            connection.sendall(more)
            time.sleep(0.05)
    assert time.monotonic() - began < 10


def test_clients_that_hang_up_anywhere_in_an_upload_leave_nothing(secure):
    url = secure.s3().generate_presigned_url("put_object", {"Bucket": "uploads", "Key": "k"})
    body = b"x" * 300_000
    request = wire.head("PUT", url.removeprefix(secure.endpoint), secure, f"Content-Length: {len(body)}") + body
    secure.get("/-/health")
    before = len(secure.descriptors())
    for at in [0, 1, 50, 400, 5000, 70_000, 200_000, len(request) - 1]:
        for is_polite in (True, False):
            connection = secure.connect()
            connection.sendall(request[:at])
            # Without a notice that this is the end, what came may be cut off.
            if is_polite:
                connection.unwrap()
            connection.close()
    eventually(lambda: not secure.incoming() or None, 15)
    eventually(lambda: len(secure.descriptors()) <= before + 2 or None, 15)
    assert not secure.path("buckets/uploads/k").exists()
    assert secure.s3().list_objects_v2(Bucket="uploads")["KeyCount"] == 0
