"""Webhooks: what happened to an attachment reaches its application, whatever stands in the way."""

import calendar
import json
import re
import socket
import subprocess
import sys
import time

import pytest
import requests

from attachments import attach, authorize, claim, comparable, post
from larder import REPOSITORY, eventually
from pictures import picture
from receiver import receiving, secret

TORN = b"\x89PNG\r\n\x1a\nthat is all"
FAST = {"retry_seconds": 1, "longest_retry_seconds": 1, "timeout_seconds": 2}


def hooked(server, *receivers, env=None, **settings):
    """A server that tells these receivers, or endpoints."""
    endpoints = [one if isinstance(one, dict) else one.endpoint(f"app{i}") for i, one in enumerate(receivers)]
    return server(config={"webhooks": {"endpoints": endpoints, **FAST, **settings}}, env=env)


def listed(server, *arguments):
    return json.loads(server.run("webhooks", "list", "--json", *arguments).stdout)


def endpoint(server, name="app0"):
    return next(one for one in listed(server)["endpoints"] if one["name"] == name)


def metrics(server):
    lines = [line.split() for line in server.get("/-/metrics").text.splitlines() if line.startswith("larder_webhook")]
    return {name: float(value) for name, value in lines}


def test_an_attachment_that_is_processed_is_told_as_the_api_answers_it(server):
    with receiving() as app:
        one = hooked(server, app)
        attachment = attach(one, picture())
        notes = attach(one, b"text", "notes.txt", "text/plain")
        torn = attach(one, TORN, "torn.png")
        eventually(lambda: len(app.events) == 3)
        by_id = {event["data"]["id"]: event for event in app.events}
        assert {i: by_id[i]["type"] for i in by_id} == {
            attachment["id"]: "attachment.processed",
            notes["id"]: "attachment.processed",
            torn["id"]: "attachment.failed",
        }
        for document in (attachment, notes, torn):
            event = by_id[document["id"]]
            assert set(event) == {"id", "type", "created", "data"}
            assert re.fullmatch(r"evt_[0-9a-f]{32}", event["id"])
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["created"])
            assert comparable(event["data"]) == comparable(document)
        # Links of the event are good by themselves, and of the address that the server listens on.
        for url in [by_id[attachment["id"]]["data"]["original_url"], *attachment["style_url"].values()]:
            assert url.startswith(one.endpoint) and requests.get(url, timeout=30).status_code == 200
        path, headers = app.requests[0]
        assert path == "/hook" and headers["Content-Type"] == "application/json" and headers["User-Agent"] == "Larder"
        eventually(lambda: endpoint(one)["queued"] == 0)
        assert endpoint(one) == {
            "name": "app0", "url": app.url, "queued": 0, "dead": 0, "oldest_seconds": None, "disabled": None,
        }  # fmt: skip
        assert metrics(one)["larder_webhooks_delivered"] == 3 and metrics(one)["larder_webhooks_dead"] == 0


def test_links_are_of_the_public_url(server):
    with receiving() as app:
        one = hooked(server, app, env={"LARDER_PUBLIC_URL": "https://files.example.com"})
        authorization = authorize(one)
        # Nobody is at the public address here.
        assert authorization["url"] == "https://files.example.com/uploads"
        answer = post({**authorization, "url": f"{one.endpoint}/uploads"}, picture())
        assert answer.status_code == 201, answer.text
        claim(one, authorization["key_prefix"] + "picture.png")
        event = eventually(lambda: app.events[0] if app.events else None)
        assert event["data"]["original_url"].startswith("https://files.example.com/uploads/")


def test_an_endpoint_is_told_only_what_it_asked_for(server):
    with receiving() as every, receiving() as failures:
        one = hooked(server, every, failures.endpoint(events=["attachment.failed"]))
        attach(one, picture())
        attach(one, TORN, "torn.png")
        eventually(lambda: len(every.events) == 2 and len(failures.events) == 1)
        assert failures.events[0]["type"] == "attachment.failed"
        # One event, one id, whoever is told.
        assert failures.events[0]["id"] == every.of_type("attachment.failed")[0]["id"]


@pytest.mark.parametrize("trouble", [500, 429, 404, 302, "reset", "hang", "garbage"])
def test_what_is_not_taken_is_sent_again_until_it_is(server, trouble):
    with receiving() as app, receiving() as elsewhere:
        moved = (302, {"Location": elsewhere.url})
        app.answers = [moved if trouble == 302 else trouble] * 2
        one = hooked(server, app)
        attachment = attach(one, picture())
        eventually(lambda: bool(app.events), 30)
        assert [event["data"]["id"] for event in app.events] == [attachment["id"]]
        assert len(app.requests) == 3
        assert len({headers["webhook-id"] for _, headers in app.requests}) == 1
        # A redirect is not followed.
        assert elsewhere.requests == []
        eventually(lambda: endpoint(one)["queued"] == 0)


def test_a_wait_that_is_asked_for_is_kept(server):
    with receiving() as app:
        app.answers = [(503, {"Retry-After": "3600"})]
        one = hooked(server, app)
        attach(one, picture())
        waiting = eventually(lambda: [d for d in listed(one)["deliveries"] if d["attempts"] == 1] or None)[0]
        due = calendar.timegm(time.strptime(waiting["not_before"], "%Y-%m-%dT%H:%M:%SZ"))
        assert 3500 < due - time.time() < 3700
        assert waiting["state"] == "queued" and waiting["reason"]["error"] == "http_503"
        assert metrics(one)["larder_webhooks_queued"] == 1


def test_what_is_never_taken_is_dead_with_its_reason_and_can_be_retried_and_purged(server):
    with receiving() as app:
        app.answers = [500] * 6
        one = hooked(server, app, max_attempts=2)
        ids = [attach(one, picture(seed=i))["id"] for i in range(3)]
        eventually(lambda: endpoint(one)["dead"] == 3)
        dead = listed(one, "--state", "dead", "--endpoint", "app0", "--reason", "http_500")["deliveries"]
        assert [delivery["attachment"] for delivery in dead] == ids
        assert all(d["attempts"] == 2 and d["ended"] and d["reason"]["message"] == "It answered 500." for d in dead)
        assert listed(one, "--state", "queued")["deliveries"] == listed(one, "--endpoint", "b")["deliveries"] == []
        shown = one.run("webhooks", "list")
        assert len(shown.stdout.splitlines()) == 3 and shown.stderr == "app0: 0 queued, 3 dead\n"
        assert metrics(one)["larder_webhooks_dead"] == 3

        assert one.run("webhooks", "purge", dead[0]["id"]).stdout == "purged 1\n"
        assert one.run("webhooks", "retry", dead[1]["id"]).stdout == "retried 1\n"
        eventually(lambda: [event["data"]["id"] for event in app.events] == ids[1:2])
        assert one.run("webhooks", "purge", "--all", "--older-than", "1h").stdout == "purged 0\n"
        # The receiver has the event before the server knows that it does, and a stop would have it sent again.
        eventually(lambda: endpoint(one)["queued"] == 0)
        # Alone on the root, too; the next server sends it.
        assert one.stop() == 0
        assert one.run("webhooks", "retry", "--all").stdout == "retried 1\n"
        assert listed(one)["endpoints"][0]["queued"] == 1
        one.start()
        eventually(lambda: [event["data"]["id"] for event in app.events] == ids[1:])


def test_an_endpoint_that_is_gone_is_switched_off_until_it_is_enabled(server):
    with receiving() as app, receiving() as other:
        app.answers = [410]
        one = hooked(server, app, other)
        attach(one, picture())
        eventually(lambda: endpoint(one)["disabled"])
        eventually(lambda: "switched off" in one.log_text())
        attach(one, picture(seed=2))
        eventually(lambda: len(other.events) == 2)
        assert len(app.requests) == 1 and endpoint(one)["queued"] == 0
        one.restart()
        assert endpoint(one)["disabled"]
        assert one.run("webhooks", "enable", "app0").stdout == "enabled app0\n"
        assert one.run("webhooks", "retry", "--all", "--endpoint", "app0").stdout == "retried 1\n"
        last = attach(one, picture(seed=3))
        eventually(lambda: len(app.events) == 2)
        assert {event["data"]["id"] for event in app.events} == {1, last["id"]}
        refused = one.run("webhooks", "enable", "app0", check=False)
        assert refused.returncode != 0 and "no endpoint that is off" in refused.stderr


def test_a_dead_and_a_slow_endpoint_keep_neither_uploads_nor_others_waiting(server):
    with socket.socket() as nobody, receiving() as slow, receiving() as good:
        # Bound and not listening: connections are refused.
        nobody.bind(("127.0.0.1", 0))
        dead = {"name": "dead", "url": f"http://127.0.0.1:{nobody.getsockname()[1]}/", "secret": secret()}
        slow.answers = ["hang"] * 1000
        one = hooked(server, slow, good, dead, timeout_seconds=60)
        ids = [attach(one, picture(size=(200, 150), seed=i))["id"] for i in range(12)]
        eventually(lambda: sorted(event["data"]["id"] for event in good.events) == ids, 20)
        assert len(slow.requests) == 4
        # The receiver has an event before the server knows that it does.
        eventually(lambda: endpoint(one, "app1")["queued"] == 0)
        states = {state["name"]: state for state in listed(one)["endpoints"]}
        assert states["app0"]["queued"] == states["dead"]["queued"] == 12 and states["app1"]["queued"] == 0
        assert {d["reason"]["error"] for d in listed(one, "--endpoint", "dead")["deliveries"] if d["reason"]} == {"connect"}
        # It does not keep the server from stopping, either.
        began = time.monotonic()
        assert one.stop() == 0
        assert time.monotonic() - began < 10


def test_kill_9_between_the_change_and_the_delivery_loses_nothing(server):
    with receiving() as app:
        app.answers = ["hang"] * 1000
        one = hooked(server, app, timeout_seconds=60)
        ids = [attach(one, picture(size=(200, 150), seed=i))["id"] for i in range(8)]
        eventually(lambda: len(app.requests) == 4)
        one.kill()
        assert app.events == []
        app.answers = []
        one.start()
        eventually(lambda: {event["data"]["id"] for event in app.events} == set(ids))
        # Those that were under way are told again under the same ids.
        assert len({event["id"] for event in app.events}) == 8
        assert {headers["webhook-id"] for _, headers in app.requests} == {event["id"] for event in app.events}


def test_tls_is_verified(server, authority):
    ca, certificate, key = authority
    with receiving(certificate=(certificate, key)) as app:
        one = hooked(server, app)
        attach(one, picture())
        reason = eventually(lambda: (listed(one)["deliveries"] or [{}])[0].get("reason"))
        assert reason["error"] == "tls" and app.events == []
        assert one.stop() == 0
        one = hooked(server, app, tls_authorities=str(ca))
        attachment = attach(one, picture())
        eventually(lambda: [event["data"]["id"] for event in app.events] == [attachment["id"]])
        # The certificate is for 127.0.0.1 and localhost.
        other = app.endpoint(url=app.url.replace("127.0.0.1", "127.0.0.2"))
        one = hooked(server, other, tls_authorities=str(ca))
        attach(one, picture())
        reason = eventually(lambda: (listed(one)["deliveries"] or [{}])[0].get("reason"))
        assert reason["error"] in ("tls", "connect")


def test_a_receiver_can_change_over_to_another_secret(server):
    with receiving() as old, receiving() as new:
        one = hooked(server, {**old.endpoint("old"), "secret": new.secret, "old_secret": old.secret}, new)
        attach(one, picture())
        eventually(lambda: bool(old.events and new.events))


def test_what_waits_for_an_endpoint_that_was_taken_out_is_dead(server):
    with receiving() as app:
        app.answers = [500] * 1000
        one = hooked(server, app, retry_seconds=60, longest_retry_seconds=60)
        attach(one, picture())
        eventually(lambda: bool(app.requests))
        assert one.stop() == 0
        one.arguments = []
        one.start()
        gone = eventually(lambda: [d for d in listed(one)["deliveries"] if d["state"] == "dead"] or None)
        assert gone[0]["reason"]["error"] == "endpoint_unknown"


def test_secrets_are_not_shown(server):
    with receiving() as app:
        one = hooked(server, app)
        shown = one.run("config", *one.arguments).stdout
        assert "webhooks.endpoints = ********" in shown and app.secret not in shown
        attach(one, picture())
        eventually(lambda: bool(app.events))
        assert app.secret not in one.log_text() and app.secret not in one.run("webhooks", "list", "--json").stdout


@pytest.mark.parametrize(
    "settings, complaint",
    [
        ({"endpoints": [{"url": "https://a.example"}]}, "'secret' of an endpoint is 'whsec_'"),
        ({"endpoints": [{"url": "a.example", "secret": secret()}]}, "write https://HOST/PATH"),
        ({"endpoints": [{"url": "https://a.example", "secret": secret(), "event": []}]}, "there is no 'event'"),
        ({"timeout_seconds": 0}, "from 1 to 300"),
        ({"concurrency": 65}, "from 1 to 64"),
        ({"max_attempts": 0}, "from 1 to 10000"),
        ({"max_age_seconds": 0}, "from 1 to 31536000"),
        ({"retry_seconds": 0}, "from 1 to 86400"),
        ({"longest_retry_seconds": 0}, "from 1 to 86400"),
        ({"max_queued": 0}, "from 1 to 100000000"),
        ({"dead_seconds": 0}, "from 1 to 315360000"),
        ({"tls_authorities": "/nonexistent"}, "which cannot be read"),
    ],
)
def test_settings_that_cannot_be_are_refused(server, folder, settings, complaint):
    file = folder / "webhooks.json"
    file.write_text(json.dumps({"webhooks": settings}))
    refused = server(start=False).run("config", "--config", file, check=False)
    assert refused.returncode != 0 and complaint in refused.stderr, refused.stderr


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["retry"], "Name deliveries by their ids, or say --all"),
        (["purge", "1"], "None of these is a dead delivery"),
        (["list", "--state", "running"], "A delivery is queued or dead; 'running' is neither."),
        (["list", "--limit", "0"], "limit is 1 to 10000."),
        (["enable", "nobody"], "'nobody' is no endpoint that is off"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(shared, arguments, complaint):
    refused = shared.run("webhooks", *arguments, check=False)
    assert refused.returncode != 0 and complaint in refused.stderr, refused.stderr


def test_the_receiver_of_the_readme_verifies_what_is_sent(server, folder):
    """The sample is run as it stands; only its port and its secret are those of the test."""
    text = (REPOSITORY / "README.md").read_text()
    sample = next(code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "webhook-signature" in code)
    program = folder / "receiver.py"
    program.write_text(sample)
    key = secret()
    process = subprocess.Popen(
        [sys.executable, "-u", program, "0"],
        env={"WEBHOOK_SECRET": key, "PATH": "/usr/bin"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url = process.stdout.readline().split()[-1]
        one = hooked(server, {"url": url, "secret": key})
        attachment = attach(one, picture())
        assert process.stdout.readline().split() == ["attachment.processed", str(attachment["id"])]
        forged = requests.post(url, b"{}", headers={"webhook-id": "evt_1", "webhook-timestamp": str(int(time.time())),
                                                    "webhook-signature": "v1,AAAA"}, timeout=10)  # fmt: skip
        assert forged.status_code == 401
        assert requests.post(url, b"{}", timeout=10).status_code == 401
    finally:
        process.kill()
        process.wait()
