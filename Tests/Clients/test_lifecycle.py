"""Start, configuration, health, metrics, logs and stop."""

import json
import re
import signal
import stat
import subprocess
import time

import pytest
import requests

import wire
from attachments import attach, authorize, post
from larder import API_TOKEN, BINARY, SECRET_KEY, NotReady, environment, eventually
from pictures import picture

# Start


def test_the_ready_block_says_all_that_a_client_needs(server):
    one = server()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", one.ready_value("endpoint"))
    assert one.ready_value("region") == "us-east-1"
    assert one.ready_value("bucket") == "uploads"
    assert one.ready_lines[-1] == "ready"


def test_keys_are_made_once_printed_once_and_kept_closely(server):
    unset = {"LARDER_ACCESS_KEY": None, "LARDER_SECRET_KEY": None, "LARDER_API_TOKEN": None}
    one = server(env=unset)
    access, secret, token = (one.ready_value(n) for n in ("access key", "secret key", "API token"))
    assert access and secret and token.startswith("smt_")
    kept = one.path(".larder/credentials.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(one.path(".larder").stat().st_mode) == 0o700
    one.env.update(LARDER_ACCESS_KEY=access, LARDER_SECRET_KEY=secret)
    client = one.s3()
    for name in ("LARDER_ACCESS_KEY", "LARDER_SECRET_KEY"):
        one.env.pop(name)
    client.put_object(Bucket="uploads", Key="k", Body=b"x")
    assert one.api("GET", token=token).status_code == 200
    one.restart()
    assert one.ready_value("access key") == access
    assert secret not in "\n".join(one.ready_lines) and token not in "\n".join(one.ready_lines)
    assert one.api("GET", token=token).status_code == 200
    for text in (secret, token):
        assert text not in one.log_text()


def test_the_sandbox_has_its_well_known_keys_on_loopback_only(server):
    unset = {"LARDER_ACCESS_KEY": None, "LARDER_SECRET_KEY": None, "LARDER_API_TOKEN": None}
    one = server("--sandbox", env=unset)
    one.env.update(LARDER_ACCESS_KEY="larder-sandbox", LARDER_SECRET_KEY="larder-sandbox-secret")
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    assert one.api("GET", token="sandbox").status_code == 200
    with pytest.raises(NotReady) as refusal:
        server("--sandbox", env={**unset, "LARDER_LISTEN": "0.0.0.0:0"})
    assert "loopback" in str(refusal.value).lower() or "sandbox" in str(refusal.value).lower()


def test_start_up_buckets_are_made(server):
    one = server(env={"LARDER_BUCKETS": "uploads,pictures, backups"})
    assert [b["Name"] for b in one.s3().list_buckets()["Buckets"]] == ["backups", "pictures", "uploads"]


def test_flag_then_environment_then_file_then_default(server, folder):
    file = folder / "c.json"
    file.write_text(json.dumps({"region": "eu-file-1", "listen": "127.0.0.1:1111"}))
    run = lambda *arguments, **env: subprocess.run(
        [BINARY, "config", *arguments], capture_output=True, text=True, env=environment(**env)
    )
    shown = run(
        "--config",
        str(file),
        LARDER_REGION="eu-env-1",
        LARDER_SECRET_KEY="very-secret-key-0123",
        LARDER_ACCESS_KEY="AKIAX",
    )
    assert shown.returncode == 0, shown.stderr
    assert "eu-env-1" in shown.stdout and "LARDER_REGION" in shown.stdout
    assert "127.0.0.1:1111" in shown.stdout and "very-secret-key-0123" not in shown.stdout


@pytest.mark.parametrize(
    "env",
    [
        {"LARDER_LISTEN": "nowhere"},
        {"LARDER_LISTEN": "127.0.0.1:99999"},
        {"LARDER_BUCKETS": "Not_A_Bucket"},
        {"LARDER_ACCESS_KEY": "only", "LARDER_SECRET_KEY": None},
        {"LARDER_PUBLIC_URL": "ftp://x"},
    ],
)
def test_a_setting_that_cannot_be_is_refused_at_start(server, env):
    with pytest.raises(NotReady) as refusal:
        server(env=env)
    name = next(iter(env))
    assert name in str(refusal.value) or name.removeprefix("LARDER_").lower().replace("_", "") in str(
        refusal.value
    ).lower().replace("_", "").replace(" ", "").replace("-", "")


def test_the_help_says_how_to_serve():
    text = subprocess.run([BINARY, "serve", "--help"], capture_output=True, text=True).stdout
    for option in ("--storage", "--listen", "--config", "--sandbox", "--log-format"):
        assert option in text


# Operators


def test_health_and_ready(shared):
    for path, text in [("/-/health", "ok\n"), ("/-/ready", "ready\n")]:
        answer = shared.get(path)
        assert (answer.status_code, answer.text) == (200, text)
        assert answer.headers["Cache-Control"] == "no-store"
        head = requests.head(shared.endpoint + path, timeout=30)
        assert head.status_code == 200
    assert shared.get("/-/health", headers={"Host": "evil.example"}).status_code == 200


def test_metrics_are_prometheus_text_and_count(shared):
    attach(shared, picture())
    shared.get("/uploads/nothing")
    # A refusal is counted when it was answered.
    eventually(lambda: 'larder_refusals_total{code="AccessDenied"}' in shared.get("/-/metrics").text)
    answer = shared.get("/-/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    for line in lines:
        assert line.startswith("# ") or re.fullmatch(r"[a-z_]+(\{[^}]*\})? [-+0-9.eE]+(NaN|Inf)?", line), line
    for name in ("larder_requests_total", "larder_request_seconds_bucket", "larder_received_bytes_total"):
        assert any(line.startswith(name) for line in lines), name
    refusals = [line for line in lines if line.startswith('larder_refusals_total{code="AccessDenied"}')]
    assert refusals and float(refusals[0].split()[-1]) >= 1
    assert any("queue" in line or "jobs" in line for line in lines), "no queue is shown"
    assert any("disk" in line for line in lines), "the disk is not shown"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_metrics_are_not_for_pages_of_other_sites(shared, headers):
    assert shared.get("/-/metrics", headers=headers).status_code == 403


# Logs


def test_json_logs_have_a_line_for_each_request_and_no_secrets(server):
    one = server("--log-format", "json", "--log-level", "trace")
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"x")
    url = one.s3().generate_presigned_url("get_object", {"Bucket": "uploads", "Key": "k"})
    requests.get(url, timeout=30)
    attachment = attach(one, picture())
    form = authorize(one)
    post(form, b"x")
    created = one.run("token", "create", "--name", "n").stdout
    token = re.search(r"smt_[0-9a-f]{64}", created).group()
    one.api("GET", token=token)
    one.api("GET", token="smt_" + "0" * 64)
    identifier = one.get("/uploads/k").headers["x-amz-request-id"]
    one.stop()
    lines = [json.loads(line) for line in one.log_text().splitlines()]
    assert any(identifier in json.dumps(line) for line in lines), "the request id is not in the log"
    text = one.log_text()
    signatures = re.findall(r"(?:X-Amz-Signature|Signature)=([0-9a-f]{64})", url + attachment["original_url"])
    secrets = [SECRET_KEY, API_TOKEN, token, form["fields"]["x-amz-signature"], form["fields"]["policy"], *signatures]
    assert len(signatures) == 2
    for secret in secrets:
        assert secret not in text, f"{secret[:12]}… is in the log"


def test_text_logs_are_lines_too(server):
    one = server("--log-format", "text")
    identifier = one.get("/uploads/k").headers["x-amz-request-id"]
    one.stop()
    assert identifier in one.log_text()


# Stop


def test_requests_in_flight_finish_when_asked_to_stop(server):
    one = server()
    url = one.s3().generate_presigned_url("put_object", {"Bucket": "uploads", "Key": "k"})
    head = wire.head("PUT", url.removeprefix(one.endpoint), one, "Content-Length: 2000000")
    with one.connect() as connection, one.connect() as idle:
        idle.sendall(wire.head("GET", "/-/health", one))
        wire.read_answer(idle)
        connection.sendall(head + b"x" * 1_000_000)
        eventually(lambda: one.incoming() or None)
        one.process.send_signal(signal.SIGTERM)
        idle.settimeout(10)
        assert idle.recv(1) == b"", "an idle connection is closed at once"
        connection.sendall(b"x" * 1_000_000)
        answer = wire.read_answer(connection, "PUT")
        assert answer.status == 200
        assert answer.header("Connection") == "close"
    assert one.process.wait(20) == 0
    assert one.path("buckets/uploads/k").stat().st_size == 2_000_000


def test_new_connections_are_not_taken_while_stopping(server):
    one = server()
    url = one.s3().generate_presigned_url("put_object", {"Bucket": "uploads", "Key": "k"})
    with one.connect() as connection:
        connection.sendall(
            wire.head("PUT", url.removeprefix(one.endpoint), one, "Content-Length: 2000000") + b"x" * 1_000_000
        )
        eventually(lambda: one.incoming() or None)
        one.process.send_signal(signal.SIGTERM)

        def refused():
            try:
                with one.connect() as late:
                    late.sendall(wire.head("GET", "/-/health", one))
                    answer = wire.read_answer(late)
                    return answer is None or answer.status == 503
            except OSError:
                return True

        eventually(refused)
        connection.sendall(b"x" * 1_000_000)
        assert wire.read_answer(connection, "PUT").status == 200
    assert one.process.wait(20) == 0


def test_a_request_that_never_ends_does_not_hold_up_the_stop(server):
    one = server(config={"limits": {"shutdown_seconds": 1}})
    url = one.s3().generate_presigned_url("put_object", {"Bucket": "uploads", "Key": "k"})
    with one.connect() as connection:
        connection.sendall(
            wire.head("PUT", url.removeprefix(one.endpoint), one, "Content-Length: 2000000") + b"x" * 1_000_000
        )
        eventually(lambda: one.incoming() or None)
        began = time.monotonic()
        assert one.stop(20) == 0
        assert time.monotonic() - began < 10
    assert not one.path("buckets/uploads/k").exists()


def test_a_stopped_server_leaves_no_worker_processes(server):
    one = server()
    attach(one, picture())
    children = subprocess.run(["pgrep", "-P", str(one.process.pid)], capture_output=True, text=True).stdout.split()
    assert children, "no image worker runs"
    one.stop()
    alive = lambda: [c for c in children if subprocess.run(["kill", "-0", c], capture_output=True).returncode == 0]
    eventually(lambda: not alive() or None)


def test_killed_servers_leave_no_worker_processes_either(server):
    one = server()
    attach(one, picture())
    children = subprocess.run(["pgrep", "-P", str(one.process.pid)], capture_output=True, text=True).stdout.split()
    one.kill()
    alive = lambda: [c for c in children if subprocess.run(["kill", "-0", c], capture_output=True).returncode == 0]
    eventually(lambda: not alive() or None)


def test_everything_is_there_after_a_restart(server):
    one = server()
    attachment = attach(one, picture())
    one.s3().create_bucket(Bucket="more")
    one.s3().put_object(Bucket="more", Key="a/b", Body=b"x", Metadata={"m": "1"})
    one.restart()
    again = one.api("GET", f"/{attachment['id']}").json()
    assert again["style_url"].keys() == attachment["style_url"].keys()
    assert one.s3().get_object(Bucket="more", Key="a/b")["Metadata"] == {"m": "1"}
    assert [b["Name"] for b in one.s3().list_buckets()["Buckets"]] == ["more", "uploads"]
