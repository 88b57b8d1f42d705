"""kill -9 under load: nothing acknowledged is lost, nothing deleted returns, nothing is half visible."""

import hashlib
import http.client
import random
import threading
import time
import uuid

import pytest
import requests

import forms
from larder import eventually

WORKERS = 100
ROUNDS = 4


class Worker(threading.Thread):
    """Writes, overwrites and deletes keys of its own until the server is gone, and keeps what was acknowledged."""

    def __init__(self, server, number, links, states):
        super().__init__(daemon=True)
        self.address = (server.host, server.port)
        self.links = links
        self.rng = random.Random(number + time.monotonic_ns())
        self.uses_forms = number % 4 == 0
        # Key: contents that it may have. One while all is acknowledged, two after an operation without an answer.
        self.states = states
        self.count = 0
        self.unexpected = []

    def run(self):
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            while True:
                self.operate(connection)
        except (OSError, http.client.HTTPException):
            connection.close()

    def operate(self, connection):
        key = self.rng.choice(list(self.states))
        if self.rng.random() < 0.25:
            self.attempt(connection, key, None, "DELETE", self.links[key]["DELETE"], None, {})
            return
        body = self.content(key)
        if self.uses_forms:
            data, mark = forms.body(self.links[key]["form"], body)
            headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
            self.attempt(connection, key, body, "POST", "/uploads", data, headers)
        else:
            self.attempt(connection, key, body, "PUT", self.links[key]["PUT"], body, {})

    def content(self, key):
        size = self.rng.choice([0, 1, 100, 5_000, 70_000, 300_000])
        seed = f"{key} {uuid.uuid4()} ".encode()
        return (seed * (size // len(seed) + 1))[:size] or seed

    def attempt(self, connection, key, wanted, method, target, data, headers):
        before = self.states[key]
        digest = None if wanted is None else (hashlib.md5(wanted).hexdigest(), len(wanted))
        self.states[key] = [*before, digest]
        connection.request(method, target, body=data, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status in (200, 204):
            self.states[key] = [digest]
            self.count += 1
        elif answer.status == 503:
            self.states[key] = before
        else:
            self.unexpected.append((method, key, answer.status))


def link(server, key, s3=None):
    s3 = s3 or server.s3()
    url = lambda operation: s3.generate_presigned_url(operation, {"Bucket": "uploads", "Key": key}, ExpiresIn=3600)
    short = lambda text: text.removeprefix(server.endpoint)
    return {
        "PUT": short(url("put_object")),
        "DELETE": short(url("delete_object")),
        "GET": short(url("get_object")),
        "HEAD": short(url("head_object")),
        "form": forms.policy_form(key),
    }


def all_links(server, names):
    s3 = server.s3()
    return {name: link(server, name, s3) for name in names}


def listing(server):
    """Everything that is listed; a server that is still recovering says 503 and is asked again."""

    def everything():
        found, token = {}, None
        while True:
            more = {"ContinuationToken": token} if token else {}
            try:
                page = server.s3().list_objects_v2(Bucket="uploads", MaxKeys=97, **more)
            except server.s3().exceptions.ClientError as error:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 503, error
                return None
            for item in page.get("Contents", []):
                found[item["Key"]] = (item["ETag"].strip('"'), item["Size"])
            token = page.get("NextContinuationToken")
            if not token:
                return [found]

    return eventually(everything, 30)[0]


def check(server, states, links):
    listed = listing(server)
    problems = []
    with requests.Session() as session:
        for key, allowed in states.items():
            got = session.get(server.endpoint + links[key]["GET"], timeout=30)
            head = session.head(server.endpoint + links[key]["HEAD"], timeout=30)
            if got.status_code == 200:
                found = (hashlib.md5(got.content).hexdigest(), len(got.content))
                if got.headers["ETag"].strip('"') != found[0]:
                    problems.append(f"{key}: GET's ETag is not that of its bytes")
            else:
                found = None if got.status_code == 404 else got.status_code
            headed = (
                (head.headers["ETag"].strip('"'), int(head.headers["Content-Length"]))
                if head.status_code == 200
                else None
            )
            if found not in allowed:
                problems.append(f"{key}: is {found}, may be {allowed}")
            if not found == headed == listed.get(key):
                problems.append(f"{key}: GET {found}, HEAD {headed}, LIST {listed.get(key)}")
            # What is there now is what has to be there after the next kill.
            states[key] = [found]
    strangers = set(listed) - set(states)
    if strangers:
        problems.append(f"listed and never written: {sorted(strangers)[:5]}")
    assert not problems, f"{len(problems)} problems\n" + "\n".join(problems[:20])


@pytest.mark.heavy
@pytest.mark.timeout(240)
def test_what_was_acknowledged_survives_kill_9(server):
    one = server()
    names = [f"w{w:02}/{'deep/' * (w % 3)}k{i}" for w in range(WORKERS) for i in range(3)]
    states = {name: [None] for name in names}
    acknowledged = 0
    for round_ in range(ROUNDS):
        links = all_links(one, names)
        workers = []
        for w in range(WORKERS):
            own = {name: states[name] for name in names if name.startswith(f"w{w:02}/")}
            workers.append(Worker(one, w, links, own))
        for worker in workers:
            worker.start()
        # Not luck: every moment is as good, and the length differs from round to round.
        time.sleep(0.7 + 0.6 * round_)
        one.kill()
        for worker in workers:
            worker.join(30)
            assert not worker.is_alive()
            assert not worker.unexpected, worker.unexpected[:5]
            states.update(worker.states)
        done = sum(worker.count for worker in workers)
        assert done > 50, f"only {done} operations were acknowledged before the kill"
        acknowledged += done
        one.start()
        check(one, states, all_links(one, names))
        assert eventually(lambda: [] == one.incoming() or None)
    print(f"{acknowledged} acknowledged operations in {ROUNDS} rounds")
    assert one.stop() == 0
    one.start()
    check(one, states, all_links(one, names))


@pytest.mark.heavy
def test_the_index_can_be_deleted_and_is_made_again(server):
    one = server()
    s3 = one.s3()
    for i in range(200):
        s3.put_object(Bucket="uploads", Key=f"k{i:03}", Body=b"x" * i)
    before = listing(one)
    one.stop()
    for file in one.path(".larder").glob("index.sqlite*"):
        file.unlink()
    one.start()
    assert requests.get(one.endpoint + link(one, "k007")["GET"], timeout=30).content == b"x" * 7
    assert listing(one) == before
