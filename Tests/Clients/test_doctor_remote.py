"""`larder doctor` and remote S3s: what it says of each thing that keeps a remote from being used."""

import email.utils
import json
import re
import socket
import subprocess
import time

import pytest

from relay import Relay
from test_doctor import checks, doctor  # noqa: F401: fixtures
from test_keys import READ_ONLY, made, written
from upstream import REMOTE_KEY, FaultProxy, bound, remote_environment, remote_settings

REACHED = {"remote tcp", "remote clock", "remote keys", "remote bucket"}


@pytest.fixture
def remote(server):
    return server(env=remote_environment())


def remotes(found):
    """The findings about remotes."""
    return {name: one for name, one in found.items() if name.startswith("remote ")}


def keys(one):
    """The keys of a remote in settings."""
    return {"access_key": one["access_key"], "secret_key": one["secret_key"]}


def test_a_sound_remote_is_told_so_and_nothing_is_left_in_it(checks, remote):  # noqa: F811
    found = remotes(checks(config=remote_settings(remote.endpoint), status=0))
    assert set(found) == REACHED and all(one["level"] == "ok" for one in found.values()), found
    assert REMOTE_KEY in found["remote keys"]["found"] and "configuration" in found["remote keys"]["found"]
    assert "uploads can be read and written" in found["remote bucket"]["found"]
    there = remote.s3()
    assert there.list_objects_v2(Bucket="uploads")["KeyCount"] == 0
    assert "Uploads" not in there.list_multipart_uploads(Bucket="uploads")


def test_without_a_remote_there_is_nothing_about_one(checks):  # noqa: F811
    assert remotes(checks()) == {}


def test_every_remote_and_bucket_is_looked_at(doctor, server, remote):  # noqa: F811
    other = server(env=remote_environment())
    other.s3().create_bucket(Bucket="shared")
    other.s3().put_object(Bucket="shared", Key="in/a", Body=b"")
    settings = remote_settings(remote.endpoint)
    settings["remote"]["buckets"] = [
        {"bucket": "part", "name": "shared", "prefix": "in/", "endpoint": other.endpoint,
         "access_key": REMOTE_KEY, "secret_key": settings["remote"]["secret_key"]},
        {"bucket": "missing", "name": "nowhere", "endpoint": other.endpoint,
         "access_key": REMOTE_KEY, "secret_key": settings["remote"]["secret_key"]},
        {"bucket": "near", "mode": "local"},
    ]
    document = json.loads(doctor("--json", config=settings, status=1).stdout)
    buckets = {one["found"]: one for one in document["checks"] if one["check"] == "remote bucket"}
    assert len([one for one in document["checks"] if one["check"] == "remote tcp"]) == 2
    assert buckets["part (there shared/in/) can be read and written"]["level"] == "ok"
    missing = buckets["missing (there nowhere) is not there"]
    assert missing["level"] == "fail" and "remote.buckets" in missing["advice"]
    assert not any("near" in found for found in buckets)
    assert other.s3().list_objects_v2(Bucket="shared")["KeyCount"] == 1


def test_a_bucket_that_the_start_makes_is_no_failure(checks, remote):  # noqa: F811
    env = {"LARDER_BUCKETS": "later"}
    found = checks(config=remote_settings(remote.endpoint), env=env, status=0)
    assert found["remote bucket"]["level"] == "warn" and "later is not there yet" in found["remote bucket"]["found"]


def test_a_name_that_nobody_knows(checks):  # noqa: F811
    found = remotes(checks(config=remote_settings("http://nowhere.invalid:9000"), status=1))
    assert set(found) == {"remote dns"} and found["remote dns"]["level"] == "fail"
    assert "nowhere.invalid" in found["remote dns"]["found"] and "remote.endpoint" in found["remote dns"]["advice"]


def test_a_name_is_told_with_its_addresses(checks, remote):  # noqa: F811
    endpoint = remote.endpoint.replace("127.0.0.1", "localhost")
    found = checks(config=remote_settings(endpoint))
    assert found["remote dns"]["level"] == "ok" and "127.0.0.1" in found["remote dns"]["found"]


def test_a_port_where_nobody_listens(checks):  # noqa: F811
    with bound() as nobody:
        port = nobody.getsockname()[1]
        found = remotes(checks(config=remote_settings(f"http://127.0.0.1:{port}"), status=1))
    assert set(found) == {"remote tcp"}
    assert f"port {port}: Connection refused" in found["remote tcp"]["found"] and found["remote tcp"]["advice"]


def test_a_port_where_nobody_answers(checks, server):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = remote_settings(f"http://127.0.0.1:{silent.getsockname()[1]}", first_byte_seconds=1)
        found = remotes(checks(config=settings, status=1))
    assert found["remote http"]["level"] == "fail" and "did not begin to answer" in found["remote http"]["found"]


def test_another_service_is_no_remote(checks, remote):  # noqa: F811
    with FaultProxy(remote) as way:
        way.fault = "garbage"
        found = checks(config=remote_settings(way.endpoint), status=1)
    assert found["remote http"]["level"] == "fail" and "S3 service" in found["remote http"]["advice"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"access_key": "AKIANOBODYNOBODY1234"}, "does not know the key AKIANOBODYNOBODY1234"),
        ({"secret_key": "not the secret at all"}, f"the secret is not that of the key {REMOTE_KEY}"),
    ],
)
def test_keys_that_the_remote_does_not_take(checks, remote, change, words):  # noqa: F811
    settings = remote_settings(remote.endpoint)
    settings["remote"].update(change)
    found = remotes(checks(config=settings, status=1))
    assert found["remote keys"]["level"] == "fail" and words in found["remote keys"]["found"]
    assert "remote bucket" not in found
    assert settings["remote"]["secret_key"] not in json.dumps(found)


def test_an_ended_token_is_told_as_such(checks, remote):  # noqa: F811
    with FaultProxy(remote) as way:
        way.fault = lambda method, target: None if method == "HEAD" else "expired"
        way._pass = lambda client, server, head, rest, fault: _answer(client, head, 400, "ExpiredToken")
        found = checks(config=remote_settings(way.endpoint), status=1)
    assert "has ended" in found["remote keys"]["found"] and "renew" in found["remote keys"]["advice"]


def _answer(client, head, status, code):
    body = b"" if head.startswith(b"HEAD") else f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode()
    client.sendall(
        f"HTTP/1.1 {status} X\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    )
    return True


def test_no_keys_anywhere_names_the_places(checks, remote, folder):  # noqa: F811
    settings = {"remote": {"mode": "proxy", "endpoint": remote.endpoint}}
    found = checks(config=settings, env={"HOME": folder}, status=1)["remote keys"]
    assert found["level"] == "fail"
    for place in ("environment", "web identity", "profile 'default'", "container", "instance metadata"):
        assert place in found["found"]


def test_keys_of_the_environment_and_a_profile_are_told_with_their_place(checks, remote, folder):  # noqa: F811
    settings = remote_settings(remote.endpoint)
    secret = settings["remote"].pop("secret_key")
    settings["remote"].pop("access_key")
    env = {"AWS_ACCESS_KEY_ID": REMOTE_KEY, "AWS_SECRET_ACCESS_KEY": secret}
    assert "from: environment" in checks(config=settings, env=env)["remote keys"]["found"]
    file = folder / "credentials"
    file.write_text(f"[there]\naws_access_key_id = {REMOTE_KEY}\naws_secret_access_key = {secret}\n")
    settings["remote"]["profile"] = "there"
    found = checks(config=settings, env={"AWS_SHARED_CREDENTIALS_FILE": file})
    assert "from: profile 'there'" in found["remote keys"]["found"]


def days_left(check, lifetime):
    """Whether it tells of a certificate made a moment ago: all its days are left in the second in which it was made."""
    return any(f"valid for {days} more days" in check["found"] for days in (lifetime, lifetime - 1))


def test_a_certificate_that_nobody_vouches_for(checks, server, authority):  # noqa: F811
    ca, chain, key = authority
    remote = server(
        config={"tls": {"certificate": str(chain), "key": str(key)}}, env=remote_environment(), tls_ca=str(ca)
    )
    found = remotes(checks(config=remote_settings(remote.endpoint), status=1))
    assert found["remote tls"]["level"] == "fail" and "certificate" in found["remote tls"]["found"]
    assert "remote.ca_file" in found["remote tls"]["advice"] and "remote keys" not in found
    found = remotes(checks(config=remote_settings(remote.endpoint, ca_file=str(ca)), status=0))
    assert found["remote tls"]["level"] == "warn" and days_left(found["remote tls"], 2)
    assert found["remote bucket"]["level"] == "ok"
    found = remotes(checks(config=remote_settings(remote.endpoint, tls_verification="none"), status=0))
    assert found["remote tls"]["level"] == "warn" and "remote.tls_verification" in found["remote tls"]["advice"]


def test_a_certificate_that_vouches_for_itself(checks, server, folder):  # noqa: F811
    script = "openssl req -x509 -newkey rsa:2048 -nodes -days 300 -subj /CN=127.0.0.1 -keyout own.key -out own.pem"
    more = "-addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["sh", "-ec", f"{script} {more}"], cwd=folder, check=True, capture_output=True)
    own = str(folder / "own.pem")
    remote = server(
        config={"tls": {"certificate": own, "key": str(folder / "own.key")}}, env=remote_environment(), tls_ca=own
    )
    found = checks(config=remote_settings(remote.endpoint), status=1)["remote tls"]
    assert found["level"] == "fail" and "self" in found["found"]
    found = checks(config=remote_settings(remote.endpoint, ca_file=own), status=0)["remote tls"]
    assert found["level"] == "ok" and days_left(found, 300)


def test_a_region_that_is_another(checks, server):  # noqa: F811
    strict = {"region": "eu-central-1", "signatures": {"region": "eu-central-1"}}
    remote = server(config=strict, env=remote_environment())
    settings = remote_settings(remote.endpoint)
    settings["remote"]["region"] = "eu-west-1"
    found = remotes(checks(config=settings, status=1))
    assert found["remote region"]["level"] == "fail" and "eu-central-1" in found["remote region"]["advice"]
    assert found["remote keys"]["level"] == found["remote bucket"]["level"] == "ok"
    settings["remote"].update(mode="local", buckets=[{"bucket": "uploads"}])
    found = remotes(checks(config=settings))
    assert "eu-central-1" in found["remote region"]["advice"] and found["remote bucket"]["level"] == "ok"
    settings["remote"]["region"] = "eu-central-1"
    assert "remote region" not in checks(config=settings, status=0)


class Skewed(FaultProxy):
    """A way on which the remote's clock is an hour off."""

    seconds = 3_600

    def _head(self, source):
        head, rest = FaultProxy._head(source)
        date = email.utils.formatdate(time.time() + self.seconds, usegmt=True).encode()
        return (re.sub(rb"(?i)\r\ndate: [^\r]*", b"\r\ndate: " + date, head) if head.startswith(b"HTTP/") else head), rest


@pytest.mark.parametrize(("seconds", "words"), [(3_600, "ahead of"), (-7_200, "behind")])
def test_a_clock_that_is_wrong(checks, remote, seconds, words):  # noqa: F811
    with Skewed(remote) as way:
        way.seconds = seconds
        found = checks(config=remote_settings(way.endpoint))["remote clock"]
    assert found["level"] == "warn" and words in found["found"] and "NTP" in found["advice"]
    told = int(re.search(r"is (\d+) s ", found["found"]).group(1))
    assert abs(told - abs(seconds)) < 30


def test_a_key_that_may_only_read(checks, remote, folder):  # noqa: F811
    key = made(remote, "--policy", written(folder, READ_ONLY))
    found = remotes(checks(config=remote_settings(remote.endpoint, **keys(key)), status=0))
    assert found["remote keys"]["level"] == "ok" and "remote list" not in found and "remote read" not in found
    assert found["remote write"]["level"] == "warn" and "AccessDenied" in found["remote write"]["found"]
    assert "s3:PutObject" in found["remote write"]["advice"]
    # A mirror has to write, whatever clients do.
    found = remotes(checks(config=remote_settings(remote.endpoint, mode="mirror", **keys(key)), status=1))
    assert found["remote write"]["level"] == "fail" and found["remote bucket"]["level"] == "ok"


def test_a_key_that_may_not_list_the_buckets(checks, remote):  # noqa: F811
    with FaultProxy(remote) as way:
        way.fault = lambda method, target: 403 if (method, target) == ("GET", "/") else None
        found = remotes(checks(config=remote_settings(way.endpoint), status=0))
    assert found["remote buckets"]["level"] == "warn" and "s3:ListAllMyBuckets" in found["remote buckets"]["advice"]
    assert found["remote bucket"]["level"] == found["remote keys"]["level"] == "ok"


def test_an_upload_without_an_id_is_told_and_nothing_is_deleted(checks, remote):  # noqa: F811
    with FaultProxy(remote) as way:
        honest, methods = way._pass, []

        def odd(client, server, head, rest, fault):
            return _answer(client, head, 200, "Odd") if fault else honest(client, server, head, rest, None)

        def note(method, target):
            methods.append(method)
            return "odd" if method == "POST" else None

        way.fault, way._pass = note, odd
        found = remotes(checks(config=remote_settings(way.endpoint), status=0))
    assert found["remote write"]["level"] == "warn" and "no id" in found["remote write"]["found"]
    assert "POST" in methods and "DELETE" not in methods


def test_a_key_that_may_do_nothing(checks, remote, folder):  # noqa: F811
    nothing = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"}],
    }
    key = made(remote, "--policy", written(folder, nothing))
    found = remotes(checks(config=remote_settings(remote.endpoint, **keys(key))))
    assert found["remote keys"]["level"] == "ok"
    assert {"remote list", "remote read", "remote write"} <= set(found), found


def test_requests_change_nothing(checks, remote):  # noqa: F811
    with Relay(remote) as way:
        checks(config=remote_settings(way.endpoint))
        assert len(way.heads("POST")) == len(way.heads("DELETE")) == 1
        assert way.heads("PUT") == [] and "?uploads" in way.heads("POST")[0]
        assert "?uploadId=" in way.heads("DELETE")[0]
