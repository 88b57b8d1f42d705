"""Proxy mode when the remote, or the way to it, fails.

LARDER_PROXY_FAULTS=10000 makes as many requests fail; scripts/soak does.
"""

import contextlib
import itertools
import os
import threading
import time

import pytest
import requests

from larder import eventually
from test_proxy_larder import refused
from upstream import FaultProxy, behind, remote_settings

# Three seconds, since the way is a thread of these tests and the remote syncs what it takes.
QUICK = {"first_byte_seconds": 3, "stall_seconds": 3, "connect_seconds": 3, "breaker_failures": 10_000}
FAULTED = int(os.environ.get("LARDER_PROXY_FAULTS", 1_000))


@pytest.fixture
def remote(server):
    return behind(server)


@pytest.fixture
def way(remote):
    with FaultProxy(remote) as one:
        yield one


@pytest.fixture
def front(server, way):
    return server(config=remote_settings(way.endpoint, **QUICK))


def reason(answer):
    return answer["ResponseMetadata"]["HTTPHeaders"]["x-larder-reason"]


@pytest.mark.parametrize(
    ("fault", "expected", "told"),
    [
        ("hang", (504, "GatewayTimeout"), "did not begin to answer"),
        ("reset", (502, "BadGateway"), "does not answer"),
        ("garbage", (502, "BadGateway"), "not"),
        (500, (500, "InternalError"), None),
        (503, (503, "SlowDown"), None),
        (403, (403, "Fault"), None),
    ],
)
def test_each_fault_has_its_answer(front, way, fault, expected, told):
    s3 = front.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"x")
    way.fault = fault
    for call, arguments in (
        (s3.get_object, {"Key": "k"}),
        (s3.put_object, {"Key": "n", "Body": b"y" * 1000}),
        (s3.put_object, {"Key": "n", "Body": os.urandom(2_000_000)}),
        (s3.list_objects_v2, {}),
    ):
        status, code, answer = refused(call, Bucket="uploads", **arguments)
        assert (status, code) == expected
        assert told is None or told in reason(answer)
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-request-id"]
    way.fault = None
    assert s3.get_object(Bucket="uploads", Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize("fault", ["truncate", "lie"])
def test_an_answer_that_breaks_off_is_not_taken_for_whole(front, way, fault):
    body = os.urandom(2_000_000)
    front.s3().put_object(Bucket="uploads", Key="k", Body=body)
    way.fault = fault
    url = front.s3().generate_presigned_url("get_object", Params={"Bucket": "uploads", "Key": "k"})
    with pytest.raises(requests.RequestException):
        answer = requests.get(url, timeout=20)
        assert len(answer.content) == len(body) + (1000 if fault == "lie" else 0)
    way.fault = None
    assert requests.get(url, timeout=20).content == body


def test_what_may_be_asked_again_is(front, remote, way):
    front.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    for fault in ("reset", 503):
        puts = []

        def the_first_fails(method, target, fault=fault, puts=puts):
            if method == "PUT":
                puts.append(target)
                return fault if len(puts) == 1 else None

        way.fault = the_first_fails
        front.s3().put_object(Bucket="uploads", Key=f"{fault}", Body=b"y")
        assert len(puts) == 2
        assert remote.s3().get_object(Bucket="uploads", Key=f"{fault}")["Body"].read() == b"y"


def test_a_server_starts_in_seconds_while_its_remote_says_nothing(server, way):
    way.fault = "hang"
    settings = remote_settings(way.endpoint)
    settings["remote"]["buckets"] = [{"bucket": "near", "mode": "local"}]
    started = time.monotonic()
    front = server(config=settings, env={"LARDER_BUCKETS": "uploads,another,near"})
    assert time.monotonic() - started < 15
    front.s3().put_object(Bucket="near", Key="k", Body=b"x")
    assert "no answer in time" in front.log_text()
    way.fault = None
    assert refused(front.s3().list_objects_v2, Bucket="another")[:2] == (404, "NoSuchBucket")


def test_a_slow_remote_is_waited_for(server, way):
    front = server(config=remote_settings(way.endpoint, **{**QUICK, "first_byte_seconds": 10}))
    way.fault, way.pause = "delay", 2
    assert front.s3().list_objects_v2(Bucket="uploads")["KeyCount"] == 0


def test_a_remote_that_is_gone_is_told_so_and_used_again_when_it_is_back(server, way):
    front = server(config=remote_settings(way.endpoint, breaker_failures=3, breaker_seconds=5, attempts=1))
    s3 = front.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"x")
    way.gone()
    assert [refused(s3.get_object, Bucket="uploads", Key="k")[:2] for _ in range(3)] == [(502, "BadGateway")] * 3
    started = time.monotonic()
    status, code, answer = refused(s3.get_object, Bucket="uploads", Key="k")
    assert (status, code) == (503, "ServiceUnavailable") and time.monotonic() - started < 3
    assert 1 <= int(answer["ResponseMetadata"]["HTTPHeaders"]["retry-after"]) <= 5
    assert "did not answer lately" in reason(answer)
    way.back()

    def back():
        try:
            return s3.get_object(Bucket="uploads", Key="k")["Body"].read() == b"x"
        except s3.exceptions.ClientError:
            return None

    eventually(back, timeout=30)


def test_a_server_starts_without_its_remote(server, way):
    way.gone()
    front = server(config=remote_settings(way.endpoint, attempts=1))
    assert refused(front.s3().list_objects_v2, Bucket="uploads")[:2] == (502, "BadGateway")
    assert "cannot see to a remote bucket" in front.log_text()
    assert front.get("/-/health").status_code == 200


def test_a_client_that_hangs_up_ends_the_transfer(front, remote, way):
    front.s3().put_object(Bucket="uploads", Key="k", Body=os.urandom(20_000_000))
    url = front.s3().generate_presigned_url("get_object", Params={"Bucket": "uploads", "Key": "k"})
    quiet = len(front.descriptors())
    for _ in range(20):
        with requests.get(url, stream=True, timeout=10) as answer:
            next(answer.iter_content(1000))
    eventually(lambda: len(front.descriptors()) <= quiet + 2)


class Storm:
    """Requests of many clients at a time, whose way has each fault in turn."""

    # A client of eight is held up for three seconds by each that hangs.
    FAULTS = ["reset", "truncate", "lie", "garbage", 500, 503, None, "hang" if FAULTED > 1_000 else None]

    def __init__(self, front, way):
        s3 = front.s3()
        s3.put_object(Bucket="uploads", Key="k", Body=os.urandom(300_000))
        link = s3.generate_presigned_url
        self.way = way
        self.url = link("get_object", Params={"Bucket": "uploads", "Key": "k"})
        self.put = link("put_object", Params={"Bucket": "uploads", "Key": "n"})
        self.form = s3.generate_presigned_post("uploads", "form")
        self.faults = itertools.cycle(self.FAULTS)
        self.lock = threading.Lock()
        self.faulted = 0

    def rage(self, count):
        """Until so many more requests had a fault; then the way is well again."""
        end = self.faulted + count
        self.way.fault = self._next
        threads = [threading.Thread(target=self._work, args=(number, end)) for number in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        self.way.fault = None

    def _next(self, method, target):
        with self.lock:
            fault = next(self.faults)
            self.faulted += fault is not None
            return fault

    def _work(self, number, end):
        turn = number
        while self.faulted < end:
            turn += 1
            with contextlib.suppress(requests.RequestException):
                if turn % 4:
                    requests.get(self.url, timeout=20)
                elif turn % 3 == 0:
                    requests.put(self.put, data=b"z" * 400_000, timeout=20)
                elif turn % 3 == 1:
                    requests.put(self.put, data=iter([b"z" * 400_000]), timeout=20)
                else:
                    files = {"file": ("f", b"z" * 400_000)}
                    requests.post(self.form["url"], data=self.form["fields"], files=files, timeout=20)


@pytest.mark.heavy
@pytest.mark.timeout(3_600)
def test_a_thousand_faults_leave_nothing_behind(front, remote, way):
    storm = Storm(front, way)

    def quiet():
        """Once all is answered again: descriptors, threads, memory."""
        eventually(lambda: requests.get(storm.url, timeout=20).status_code == 200, timeout=60)
        eventually(lambda: "larder_remote_transfers 0" in front.get("/-/metrics").text, timeout=60)
        eventually(lambda: front.incoming() == [], timeout=60)
        threads = len(os.listdir(f"/proc/{front.process.pid}/task"))
        return len(front.descriptors()), threads, front.status("VmRSS")

    storm.rage(FAULTED // 10)
    descriptors, threads, memory = quiet()
    storm.rage(FAULTED - FAULTED // 10)
    # Of connections that are kept, not more than there are clients and transfers at a time.
    eventually(lambda: len(front.descriptors()) <= descriptors + 16, timeout=60)
    after = quiet()
    assert after[1] <= threads + 32 and after[2] < memory + 48 * 1024
    assert not remote.s3().list_multipart_uploads(Bucket="uploads").get("Uploads")
    print(
        f"{storm.faulted} faulted requests: descriptors {descriptors} -> {after[0]}, threads {threads} -> {after[1]}, "
        f"resident MiB {memory / 1024:.0f} -> {after[2] / 1024:.0f}"
    )


@pytest.mark.heavy
def test_memory_does_not_grow_with_an_object(server, way, folder):
    # The remote answers when it has synced a gigabyte.
    front = server(config=remote_settings(way.endpoint))
    file = folder / "large"
    with open(file, "wb") as out:
        out.truncate(1 << 30)
    s3 = front.s3()
    s3.put_object(Bucket="uploads", Key="warm", Body=b"0" * 30_000_000)
    s3.get_object(Bucket="uploads", Key="warm")["Body"].read()
    before = front.status("VmHWM")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "large"})
    with open(file, "rb") as source:
        assert requests.put(url, data=source, timeout=110).status_code == 200
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "uploads", "Key": "large"})
    with requests.get(url, stream=True, timeout=110) as answer:
        assert sum(len(piece) for piece in answer.iter_content(1 << 20)) == 1 << 30
    assert front.status("VmHWM") < before + 32 * 1024
