"""HTTPS by a certificate and its key."""

import socket
import ssl
import subprocess

import pytest
import requests

from attachments import authorize
from larder import NotReady


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
