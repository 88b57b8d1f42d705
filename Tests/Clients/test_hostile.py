"""Hostile and unlucky input: what attackers, bad networks and bad disks do. The server has to answer and to live."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid

import pytest
import requests

import forms
import wire
from attachments import authorize, post
from larder import NotReady, Server, eventually

IS_ROOT = os.geteuid() == 0
LARGE = 64 << 20


def can_unshare():
    return IS_ROOT and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


# A mount of the test's own needs the right to make one; it goes with the process that made it.
needs_mounts = pytest.mark.skipif(not can_unshare(), reason="mounts need root and a mount namespace")


def signed(server, method, key, bucket="uploads", headers=None):
    """Target of a presigned URL; the host is part of what was signed."""
    operation = {"GET": "get_object", "PUT": "put_object", "DELETE": "delete_object"}[method]
    url = server.s3().generate_presigned_url(operation, {"Bucket": bucket, "Key": key})
    return url.removeprefix(server.endpoint)


def put(server, key, *headers):
    return wire.head("PUT", signed(server, "PUT", key), server, *headers)


def assert_well(server):
    """The server lives and nothing of what was tried is left."""
    assert server.is_alive
    assert server.get("/-/health").status_code == 200
    eventually(lambda: not server.incoming() or None, 15)


# Framing


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: -1"],
        ["Content-Length: +5"],
        ["Content-Length: 5x"],
        ["Content-Length: 99999999999999999999999"],
        ["Content-Length: 0x5"],
        ["Content-Length: 5, 6"],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: identity, chunked"],
        ["Transfer-Encoding: \x0bchunked"],
        ["Transfer-Encoding : chunked"],
    ],
)
def test_a_body_whose_length_is_ambiguous_is_refused_and_the_connection_closed(shared, headers):
    key = f"hostile/{uuid.uuid4()}"
    smuggled = b"GET /-/health HTTP/1.1\r\nHost: x\r\n\r\n"
    with shared.connect() as connection:
        connection.sendall(put(shared, key, *headers) + b"0\r\n\r\n" + smuggled)
        answer = wire.read_answer(connection, "PUT")
        assert answer is None or answer.status in (400, 411, 501), answer
        # What was smuggled in must not be answered.
        connection.settimeout(20)
        try:
            assert connection.recv(1) == b""
        except ConnectionResetError:
            pass
    assert not shared.path("buckets/uploads", key).exists()
    assert_well(shared)


def test_a_body_shorter_than_announced_is_not_stored(shared):
    key = f"hostile/{uuid.uuid4()}"
    with shared.connect() as connection:
        connection.sendall(put(shared, key, "Content-Length: 1000") + b"x" * 999)
        connection.shutdown(socket.SHUT_WR)
        answer = wire.read_answer(connection, "PUT")
    assert answer is None or answer.status == 400, answer
    assert not shared.path("buckets/uploads", key).exists()
    assert_well(shared)


def test_what_follows_the_announced_length_is_the_next_request(shared):
    key = f"hostile/{uuid.uuid4()}"
    with shared.connect() as connection:
        connection.sendall(put(shared, key, "Content-Length: 5") + b"12345" + wire.head("GET", "/-/health", shared))
        assert wire.read_answer(connection, "PUT").status == 200
        assert wire.read_answer(connection).text == "ok\n"
    assert shared.path("buckets/uploads", key).read_bytes() == b"12345"


def test_a_put_without_a_length_is_refused(shared):
    key = f"hostile/{uuid.uuid4()}"
    answer = wire.exchange(shared, put(shared, key))
    assert answer.status == 411 and answer.code == "MissingContentLength"


@pytest.mark.parametrize(
    "chunks",
    [b"xyz\r\n", b"-5\r\nabcde\r\n", b"5\nabcde\n0\n\n", b"fffffffffffffffffff\r\n", b"5\r\nabcdefgh\r\n0\r\n\r\n"],
)
def test_chunks_that_are_none_are_refused(shared, chunks):
    key = f"hostile/{uuid.uuid4()}"
    answer = wire.exchange(shared, put(shared, key, "Transfer-Encoding: chunked") + chunks)
    assert answer is None or answer.status in (400, 411, 501), answer
    assert not shared.path("buckets/uploads", key).exists()
    assert_well(shared)


# Heads


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"v" * 1000) for i in range(100)) + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"x-amz-meta-a: b\r\n" * 201 + b"\r\n",
    ],
)
def test_a_head_beyond_the_limits_is_refused(shared, head):
    answer = wire.exchange(shared, head)
    assert answer is None or answer.status in (400, 431), answer
    assert_well(shared)


@pytest.mark.parametrize(
    "head, statuses",
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
        (b"GET\r\n\r\n", {400}),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", {400, 505}),
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: x\r\n : y\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n", {400, 403}),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n", {400, 403}),
        (b"GET relative HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        (b"GET  /  HTTP/1.1\r\nHost: x\r\n\r\n", {400, 403}),
        (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        (b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", {400, 403, 404}),
        (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", {400, 405, 501}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}),
        (b"FROBNICATE / HTTP/1.1\r\nHost: x\r\n\r\n", {400, 405, 501}),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {200, 204, 400, 403, 405}),
        (b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n", {400, 403}),
        (b"GET http://x/uploads/k HTTP/1.1\r\nHost: x\r\n\r\n", {403}),
    ],
)
def test_what_is_no_request_is_refused(shared, head, statuses):
    with shared.connect() as connection:
        connection.sendall(head)
        connection.shutdown(socket.SHUT_WR)
        answer = wire.read_answer(connection)
    assert answer is None or answer.status in statuses, answer
    assert_well(shared)


def test_http_1_0_without_keep_alive_is_answered_and_closed(shared):
    with shared.connect() as connection:
        connection.sendall(b"GET /-/health HTTP/1.0\r\n\r\n")
        data = b""
        while piece := connection.recv(4096):
            data += piece
    assert data.startswith(b"HTTP/1.") and data.endswith(b"ok\n")


# Paths


@pytest.mark.parametrize(
    "path", ["/uploads/%", "/uploads/%zz", "/uploads/%e", "/uploads/a%2", "/%zz", "/uploads/a%u0041", "/%"]
)
def test_a_bad_escape_is_refused(shared, path):
    answer = wire.exchange(shared, wire.head("GET", path, shared))
    assert answer.status == 400 and answer.code in ("InvalidURI", "InvalidBucketName"), answer


@pytest.mark.parametrize("path", ["/uploads/a%FFb", "/uploads/%C0%AF", "/uploads/%ED%A0%80"])
def test_a_key_that_is_not_utf_8_is_refused(shared, path):
    answer = wire.exchange(shared, wire.head("GET", path, shared))
    assert answer.status == 400, answer


@pytest.mark.parametrize("key", ["nul\0byte", "\0"])
def test_nul_in_a_key_stays_in_the_root(shared, key):
    answer = wire.exchange(shared, put(shared, key, "Content-Length: 1") + b"x")
    assert answer.status in (200, 400), answer
    # Stored or refused, it must not become the file that C would have made of it.
    assert not shared.path("buckets/uploads", key.partition("\0")[0] or "x").is_file()
    if answer.status == 200:
        assert requests.get(shared.endpoint + signed(shared, "GET", key), timeout=30).content == b"x"


@pytest.mark.parametrize(
    "key",
    [
        "../../../../../../../../tmp/larder-escaped",
        "..",
        "../x",
        "../../.larder/lock",
        "a/../../../x",
        "./../x",
        "/etc/larder-escaped",
        "..\\..\\x",
        "%2e%2e/x",
        "....//....//x",
    ],
)
def test_no_key_leaves_the_root(server, key):
    one = server()
    before = {str(p) for p in one.storage.parent.rglob("*") if not str(p).startswith(str(one.storage))}
    lock = one.path(".larder/lock").read_bytes()
    answer = wire.exchange(one, put(one, key, "Content-Length: 7") + b"escaped")
    assert answer.status == 200, answer
    # Not by a client that would tidy the path.
    assert wire.exchange(one, wire.head("GET", signed(one, "GET", key), one)).body == b"escaped"
    after = {str(p) for p in one.storage.parent.rglob("*") if not str(p).startswith(str(one.storage))}
    assert after == before
    assert one.path(".larder/lock").read_bytes() == lock
    assert not os.path.exists("/tmp/larder-escaped") and not os.path.exists("/etc/larder-escaped")
    # The same, sent as it is: a server that normalises the path would be elsewhere.
    raw = wire.exchange(one, wire.head("GET", "/uploads/../../../../etc/passwd", one))
    assert raw.status in (400, 403, 404) and "root:" not in raw.text


def test_symbolic_links_put_into_a_bucket_lead_nowhere(server, folder):
    one = server()
    secret = folder / "secret.txt"
    secret.write_text("classified")
    (one.path("buckets/uploads") / "link").symlink_to(secret)
    (one.path("buckets/uploads") / "dir").symlink_to(folder)
    for key in ["link", "dir/secret.txt"]:
        answer = requests.get(one.endpoint + signed(one, "GET", key), timeout=30)
        assert answer.status_code in (403, 404) and b"classified" not in answer.content
    answer = wire.exchange(one, put(one, "dir/new.txt", "Content-Length: 1") + b"x")
    assert answer.status == 200
    assert not (folder / "new.txt").exists()
    wire.exchange(one, put(one, "link", "Content-Length: 1") + b"x")
    assert secret.read_text() == "classified"


# Hang-ups


def hang_up(server, data, at, hard):
    """Sends the first `at` bytes and goes away, politely or by a reset."""
    with server.connect() as connection:
        if hard:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.sendall(data[:at])


def offsets(length, count=60):
    rng = random.Random(7)
    return sorted({0, 1, 2, length - 1, length} | {rng.randrange(length) for _ in range(count)})


@pytest.mark.parametrize("hard", [False, True])
def test_a_client_that_hangs_up_at_any_byte_of_a_form_leaves_nothing(server, hard):
    one = server()
    name = "hostile/form.bin"
    data, mark = forms.body(forms.policy_form(name), os.urandom(300_000))
    request = forms.request(one, data, mark)
    post(authorize(one), b"warm")
    before = len(one.descriptors())
    front = len(request) - 300_000
    for at in [*offsets(front, 80), *(front + i * 29_989 for i in range(10)), len(request) - 3]:
        hang_up(one, request, at, hard)
        assert one.is_alive
    assert_well(one)
    eventually(lambda: len(one.descriptors()) <= before + 2 or None, 15)
    assert not one.path("buckets/uploads", name).exists()


@pytest.mark.parametrize("hard", [False, True])
def test_a_client_that_hangs_up_at_any_byte_of_a_put_leaves_nothing(server, hard):
    one = server()
    data = put(one, "k", "Content-Length: 200000") + os.urandom(200_000)
    one.s3().put_object(Bucket="uploads", Key="warm", Body=b"x")
    before = len(one.descriptors())
    for at in offsets(len(data) - 1, 80):
        hang_up(one, data, min(at, len(data) - 1), hard)
    assert_well(one)
    eventually(lambda: len(one.descriptors()) <= before + 2 or None, 15)
    assert not one.path("buckets/uploads/k").exists()


@pytest.mark.parametrize("hard", [False, True])
def test_a_client_that_hangs_up_while_it_reads_leaves_nothing(server, hard):
    one = server()
    one.s3().put_object(Bucket="uploads", Key="k", Body=os.urandom(4 << 20))
    one.s3().get_object(Bucket="uploads", Key="k")["Body"].read()
    before = len(one.descriptors())
    request = wire.head("GET", signed(one, "GET", "k"), one)
    for length in [0, 1, 200, 5000, 70_000, 300_000, 1_500_000, 4_000_000] * 6:
        with one.connect() as connection:
            if hard:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(request)
            while length > 0 and (piece := connection.recv(min(length, 65536))):
                length -= len(piece)
    assert_well(one)
    eventually(lambda: len(one.descriptors()) <= before + 2 or None, 15)


def test_many_hang_ups_cost_no_memory(server):
    one = server()
    data = put(one, "k", "Content-Length: 10000000") + os.urandom(300_000)

    def rounds(count):
        for _ in range(count):
            with one.connect() as connection, contextlib.suppress(ConnectionError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                # One after the other: malloc keeps what many need at once, which would look like a leak.
                while connection.recv(65536):
                    pass
        return one.status("VmRSS")

    first = rounds(150)
    # 7 KiB a hang-up, of the 300 that were sent.
    assert rounds(600) < first + 4 * 1024
    eventually(lambda: not one.incoming() or None)


# Limits


def test_the_101st_connection_of_100_gets_503(server):
    one = server(config={"limits": {"connections": 100}})
    connections = []
    try:
        for _ in range(100):
            connection = one.connect()
            connection.sendall(wire.head("GET", "/-/health", one))
            assert wire.read_answer(connection).status == 200
            connections.append(connection)
        with one.connect() as last:
            last.sendall(wire.head("GET", "/-/health", one))
            answer = wire.read_answer(last)
            assert answer.status == 503, answer
            assert answer.header("Retry-After")
            assert answer.header("x-larder-error")
        # Those that are served go on being served, and a place that becomes free can be taken.
        connections[0].sendall(wire.head("GET", "/-/health", one))
        assert wire.read_answer(connections[0]).status == 200
        connections.pop().close()

        def served():
            with one.connect() as again:
                again.sendall(wire.head("GET", "/-/health", one))
                return wire.read_answer(again).status == 200

        eventually(served)
    finally:
        for connection in connections:
            connection.close()
    eventually(lambda: one.get("/-/health").status_code == 200)
    assert_well(one)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET /-/health HTTP/1.1\r\nHost: x\r\nA: "])
def test_a_connection_that_sends_no_whole_head_is_closed(server, sent):
    one = server(config={"limits": {"idle_seconds": 1}})
    began = time.monotonic()
    with one.connect() as connection:
        connection.sendall(sent)
        connection.settimeout(20)
        while connection.recv(4096):
            pass
    assert 0.5 < time.monotonic() - began < 10
    assert_well(one)


def test_a_head_that_drips_is_cut_off(server):
    one = server(config={"limits": {"idle_seconds": 2}})
    began = time.monotonic()
    with one.connect() as connection, pytest.raises(OSError):
        connection.sendall(b"GET /-/health HTTP/1.1\r\nHost: x\r\n")
        while time.monotonic() - began < 20:
            connection.sendall(b"A: b\r\n")
            time.sleep(0.1)
    assert time.monotonic() - began < 10
    assert_well(one)


def test_an_upload_that_drips_is_cut_off(server):
    one = server(config={"limits": {"body_window_seconds": 1}})
    began = time.monotonic()
    with one.connect() as connection:
        connection.sendall(put(one, "slow", "Content-Length: 100000"))
        answer = None
        try:
            while time.monotonic() - began < 30:
                connection.sendall(b"x")
                connection.settimeout(0.1)
                try:
                    if connection.recv(1, socket.MSG_PEEK) is not None:
                        connection.settimeout(10)
                        answer = wire.read_answer(connection, "PUT")
                        break
                except TimeoutError:
                    continue
        except OSError:
            pass
    assert time.monotonic() - began < 15
    assert answer is None or answer.status in (400, 408), answer
    assert not one.path("buckets/uploads/slow").exists()
    assert_well(one)


def test_an_upload_that_is_slow_but_moves_is_taken(server):
    one = server(config={"limits": {"body_window_seconds": 2}})
    with one.connect() as connection:
        connection.sendall(put(one, "steady", "Content-Length: 160000"))
        for _ in range(50):
            connection.sendall(b"x" * 3200)
            time.sleep(0.1)
        assert wire.read_answer(connection, "PUT").status == 200


def test_a_refused_upload_is_answered_before_its_body_is_sent(shared):
    with shared.connect() as connection:
        connection.sendall(wire.head("PUT", "/uploads/k", shared, "Content-Length: 5000000000", "Expect: 100-continue"))
        answer = wire.read_answer(connection, "PUT")
    assert answer.status == 403 and answer.code == "AccessDenied"
    assert answer.header("Connection") == "close"


def test_pipelined_requests_are_answered_in_their_order(shared):
    with shared.connect() as connection:
        connection.sendall(
            b"".join(wire.head("GET", path, shared) for path in ["/-/health", "/-/nothing", "/-/ready"] * 10)
        )
        for expected in [200, 404, 200] * 10:
            assert wire.read_answer(connection).status == expected


@contextlib.contextmanager
def answering(server):
    """A connection whose answer is larger than what sockets hold: it is under way for as long as nobody reads on."""
    server.s3().put_object(Bucket="uploads", Key="large", Body=b"x" * LARGE)
    with server.connect() as connection:
        connection.sendall(wire.head("GET", signed(server, "GET", "large"), server))
        assert connection.reader.read(1) == b"H"
        yield connection


def test_what_comes_behind_a_refused_request_is_not_done(server):
    one = server()
    two_hosts = b"GET /-/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"
    with answering(one) as connection:
        connection.sendall(two_hosts + put(one, "behind", "Content-Length: 0"))
        rest = connection.reader.read()
    assert len(rest) > LARGE and b"HTTP/1.1 400 " in rest[LARGE:]
    assert not one.path("buckets/uploads/behind").exists()
    assert_well(one)


def test_bytes_behind_a_request_do_not_cut_off_its_answer(server):
    one, count = server(), 0
    with answering(one) as connection:
        for _ in range(3):
            connection.sendall(b"\0")
            assert one.get("/-/health").status_code == 200
        # The connection ends by a reset, since the server leaves those bytes unread: what sockets hold may be lost.
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.reader.read1(1 << 20):
                count += len(piece)
    assert count > LARGE // 2
    assert_well(one)


# Files that change under the server


def test_a_file_truncated_during_its_get_ends_the_answer_and_nothing_else(server):
    one = server()
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"t" * (64 << 20))
    with one.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.sendall(wire.head("GET", signed(one, "GET", "k"), one))
        first = connection.recv(65536)
        assert b"200 OK" in first
        os.truncate(one.path("buckets/uploads/k"), 1 << 20)
        received = len(first)
        try:
            while piece := connection.recv(1 << 20):
                received += len(piece)
        except ConnectionResetError:
            pass
    assert received < 64 << 20
    eventually(lambda: _idle(one) or None, 10)
    assert_well(one)


def _idle(server):
    """Whether the server uses next to no processor time: a loop over a short file would use all of it."""

    def ticks():
        fields = open(f"/proc/{server.process.pid}/stat").read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(0.5)
    return ticks() - before < 25


def test_a_file_removed_by_hand_is_gone(server):
    one = server()
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    one.path("buckets/uploads/k").unlink()
    assert requests.get(one.endpoint + signed(one, "GET", "k"), timeout=30).status_code == 404


def test_a_file_changed_by_hand_is_never_served_with_its_old_etag(server):
    one = server()
    etag = one.s3().put_object(Bucket="uploads", Key="k", Body=b"before")["ETag"]
    one.path("buckets/uploads/k").write_bytes(b"after it was changed")

    def answer():
        found = requests.get(one.endpoint + signed(one, "GET", "k"), timeout=30)
        return found if found.status_code == 200 else None

    found = eventually(answer, 15)
    assert found.content == b"after it was changed" and found.headers["ETag"] != etag


# The place and its surroundings


def refusal_to_start(server, *arguments, **options):
    with pytest.raises(NotReady) as refusal:
        server(*arguments, **options)
    return str(refusal.value)


def test_a_second_server_on_the_same_root_is_refused(server):
    one = server()
    text = refusal_to_start(server, storage=one.storage)
    assert "in use" in text.lower() or "another" in text.lower(), text
    assert str(one.process.pid) in text or "lock" in text.lower()
    assert_well(one)


def left_lock(root, release):
    """A process that keeps the root's lock of its parent, which is gone: what a kill amid the start of a worker leaves."""
    program = (
        "import fcntl, os, sys\n"
        "lock = open(sys.argv[1], 'w')\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "lock.write(f'{os.getpid()}\\n')\n"
        "lock.flush()\n"
        "if os.fork() == 0:\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, root / ".larder/lock"]
    keeper = subprocess.Popen(command, stdin=release, stdout=subprocess.PIPE, text=True)
    assert keeper.stdout.readline() == "held\n"
    assert keeper.wait(10) == 0


def test_a_root_is_waited_for_when_a_dead_servers_child_has_its_lock_for_a_moment(server):
    one = server()
    one.kill()
    held, release = os.pipe()
    left_lock(one.storage, held)
    os.close(held)
    threading.Timer(0.3, os.close, [release]).start()
    one.start()
    assert_well(one)


def test_a_root_that_a_dead_servers_child_keeps_is_refused_in_seconds(server):
    one = server()
    one.kill()
    held, release = os.pipe()
    left_lock(one.storage, held)
    with pytest.raises(NotReady, match="in use by a process that [0-9]+, now gone, has started"):
        one.start()
    os.close(held)
    os.close(release)
    one.start()
    assert_well(one)


def test_a_port_in_use_is_refused_with_what_to_do(server):
    one = server()
    text = refusal_to_start(server, env={"LARDER_LISTEN": one.authority})
    assert "the port is in use" in text and "--listen" in text
    assert_well(one)


def test_a_root_that_is_no_directory_is_refused(server, folder):
    (folder / "file").write_text("x")
    one = Server(folder / "file")
    with pytest.raises(NotReady) as refusal:
        one.start()
    assert str(folder / "file") in str(refusal.value)


def test_an_unknown_key_in_the_configuration_is_refused(server):
    assert "listne" in refusal_to_start(server, config={"listne": "127.0.0.1:0"})
    assert "idle" in refusal_to_start(server, config={"limits": {"idle": 1}})


def test_a_long_root_works(server, folder):
    # A socket's path has at most 107 bytes; that must not be a limit on the root.
    long = folder / ("d" * 100) / ("e" * 100)
    long.mkdir(parents=True)
    one = server(storage=long)
    assert "smt_" in one.run("token", "create", "--name", "n").stdout


def in_mount(script):
    """A command prefix that runs a server after `script` in a mount namespace of its own; $0 is the root."""
    return lambda root: ["unshare", "-m", "--propagation", "slave", "sh", "-ec", script + '\nexec "$@"', str(root)]


@needs_mounts
def test_a_file_system_without_user_attributes_is_refused(server, folder):
    root = folder / "bare"
    root.mkdir()
    wrapper = in_mount('mount -t ramfs none "$0"')(root)
    probe = subprocess.run(
        [*wrapper, "sh", "-c", f"touch {root}/x && setfattr -n user.x -v 1 {root}/x"], capture_output=True
    )
    if probe.returncode == 0:
        pytest.skip("this kernel's ramfs keeps user attributes")
    text = refusal_to_start(server, storage=root, wrapper=wrapper)
    assert "attribute" in text.lower() or "xattr" in text.lower(), text


@needs_mounts
def test_a_root_on_a_read_only_mount_is_refused_with_that_reason(server, folder):
    root = folder / "readonly"
    root.mkdir()
    first = server(storage=root)
    first.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    first.stop()
    wrapper = in_mount('mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"')(root)
    text = refusal_to_start(server, storage=root, wrapper=wrapper)
    assert "read-only" in text.lower() or "writable" in text.lower() or "write" in text.lower(), text


@pytest.mark.skipif(not IS_ROOT or shutil.which("setpriv") is None, reason="needs root, to become somebody else")
def test_a_root_of_another_user_is_refused(server, folder):
    root = folder / "theirs"
    root.mkdir(mode=0o755)
    folder.chmod(0o755)
    text = refusal_to_start(
        server, storage=root, wrapper=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    )
    assert "permission" in text.lower() or "writable" in text.lower() or "write" in text.lower(), text


@needs_mounts
def test_a_full_disk_is_a_clear_error_and_nothing_is_half_written(server, folder):
    root = folder / "small"
    root.mkdir()
    # tmpfs keeps user attributes since Linux 6.6; before, a small ext4 in a file does.
    wrapper = in_mount('mount -t tmpfs -o size=48m none "$0"')(root)
    probe = subprocess.run(
        [*wrapper, "sh", "-c", f"touch {root}/x && setfattr -n user.x -v 1 {root}/x"], capture_output=True
    )
    if probe.returncode != 0:
        image = folder / "disk.img"
        subprocess.run(f"truncate -s 64M {image} && mkfs.ext4 -q {image}", shell=True, check=True)
        wrapper = in_mount(f'mount -o loop {image} "$0"')(root)
        if subprocess.run([*wrapper, "true"], capture_output=True).returncode != 0:
            pytest.skip("neither a tmpfs with user attributes nor a loop device")
    one = server(storage=root, wrapper=wrapper)
    inside = f"/proc/{one.process.pid}/root{root}"
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="before", Body=b"b" * 1_000_000)
    s3.put_object(Bucket="uploads", Key="overwritten", Body=b"old")
    refusals = []
    for i, (key, size) in enumerate([("big", 60 << 20), ("overwritten", 60 << 20), ("big", 60 << 20)]):
        answer = requests.put(one.endpoint + signed(one, "PUT", key), data=b"f" * size, timeout=60)
        refusals.append(answer.status_code)
        assert answer.status_code in (507, 503, 500) and "<Code>InsufficientStorage</Code>" in answer.text, answer.text
    data, mark = forms.body(forms.policy_form("form"), b"f" * (60 << 20))
    answer = wire.exchange(one, forms.request(one, data, mark))
    assert answer is None or answer.code == "InsufficientStorage", answer
    # Nothing half written is there, what was there is whole, and there is room again.
    found = s3.list_objects_v2(Bucket="uploads")
    assert [(c["Key"], c["Size"]) for c in found["Contents"]] == [("before", 1_000_000), ("overwritten", 3)]
    assert sorted(os.listdir(f"{inside}/buckets/uploads")) == ["before", "overwritten"]
    assert s3.get_object(Bucket="uploads", Key="overwritten")["Body"].read() == b"old"
    eventually(lambda: not os.listdir(f"{inside}/.larder/incoming") or None)
    s3.put_object(Bucket="uploads", Key="after", Body=b"a" * 1_000_000)
    s3.delete_object(Bucket="uploads", Key="before")


@needs_mounts
def test_a_disk_that_others_filled_still_serves_reads_and_deletes(server, folder):
    root = folder / "small"
    root.mkdir()
    wrapper = in_mount('mount -t tmpfs -o size=48m none "$0"')(root)
    probe = subprocess.run(
        [*wrapper, "sh", "-c", f"touch {root}/x && setfattr -n user.x -v 1 {root}/x"], capture_output=True
    )
    if probe.returncode != 0:
        pytest.skip("this kernel's tmpfs keeps no user attributes")
    one = server(storage=root, wrapper=wrapper)
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"x" * 100_000)
    filler = f"/proc/{one.process.pid}/root{root}/filler"
    with pytest.raises(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)
    # The last bytes too.
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}2", "bs=1"], capture_output=True, timeout=20)
    answer = requests.put(one.endpoint + signed(one, "PUT", "new"), data=b"n" * 100_000, timeout=30)
    assert answer.status_code in (500, 503, 507), answer.text
    assert s3.get_object(Bucket="uploads", Key="k")["Body"].read() == b"x" * 100_000
    os.unlink(filler)
    os.unlink(filler + "2")
    # A sync that failed may have made the root read-only; then it says so and a restart heals it.
    answer = requests.put(one.endpoint + signed(one, "PUT", "new"), data=b"n" * 100_000, timeout=30)
    assert answer.status_code in (200, 503), answer.text
    assert one.is_alive
