"""What the server's memory may be, whatever is asked of it."""

import os
import socket
import subprocess

import pytest

import wire

MIB = 1 << 20
SIZE = 64 * MIB
STREAMS = 64


@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_64_uploads_and_64_downloads_of_64_mib_at_once_stay_under_160_mib(server, folder):
    one = server(config={"limits": {"body_window_seconds": 120}})
    s3 = one.s3()
    source = folder / "source.bin"
    with open(source, "wb") as file:
        block = os.urandom(MIB)
        for _ in range(64):
            file.write(block)
    with open(source, "rb") as file:
        s3.put_object(Bucket="uploads", Key="source", Body=file)
    download = s3.generate_presigned_url("get_object", {"Bucket": "uploads", "Key": "source"})
    commands = []
    for i in range(STREAMS):
        upload = s3.generate_presigned_url("put_object", {"Bucket": "uploads", "Key": f"up/{i}"})
        commands.append(["curl", "-sS", "-f", "-o", "/dev/null", "-T", str(source), upload])
        commands.append(["curl", "-sS", "-f", "-o", "/dev/null", download])
    running = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for c in commands]
    for process in running:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    peak = one.status("VmHWM")
    listed = s3.list_objects_v2(Bucket="uploads", Prefix="up/")["Contents"]
    assert [item["Size"] for item in listed] == [SIZE] * STREAMS
    assert len({item["ETag"] for item in listed}) == 1
    print(f"peak {peak // 1024} MiB")
    assert peak < 160 * 1024, f"VmHWM is {peak // 1024} MiB"


@pytest.mark.heavy
def test_ten_thousand_idle_connections_cost_at_most_32_kib_each(server):
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    count = min(10_000, limit - 500)
    if count < 1000:
        pytest.skip(f"only {limit} descriptors are allowed here")
    one = server(config={"limits": {"connections": 11_000, "idle_seconds": 300}})
    request = wire.head("GET", "/-/health", one)

    def opened():
        connection = one.connect()
        connection.sendall(request)
        return connection

    warm = [opened() for _ in range(100)]
    for connection in warm:
        wire.read_answer(connection)
        connection.close()
    before = one.status("VmRSS")
    connections = []
    try:
        for _ in range(count // 500):
            batch = [opened() for _ in range(500)]
            for connection in batch:
                assert wire.read_answer(connection).status == 200
            connections += batch
        each = (one.status("VmRSS") - before) / len(connections)
        print(f"{len(connections)} idle connections, {each:.1f} KiB each")
        assert one.get("/-/health").status_code == 200
        assert each <= 32
    finally:
        for connection in connections:
            connection.close()


@pytest.mark.heavy
def test_readers_that_never_read_cost_little(server):
    one = server()
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"k" * (32 * MIB))
    target = s3.generate_presigned_url("get_object", {"Bucket": "uploads", "Key": "k"}).removeprefix(one.endpoint)
    before = one.status("VmHWM")
    connections = [one.connect() for _ in range(100)]
    for connection in connections:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.sendall(wire.head("GET", target, one))
        assert connection.recv(100)
    assert one.get("/-/health").status_code == 200
    assert one.status("VmHWM") < before + 64 * 1024
    for connection in connections:
        connection.close()
