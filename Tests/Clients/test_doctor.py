"""`larder doctor`: what it finds on a sound machine, and what it says of each thing that is not."""

import json
import os
import shutil
import socket
import stat
import subprocess

import pytest

from larder import BINARY

LEVELS = {"ok", "warn", "fail"}


@pytest.fixture
def doctor(server, folder):
    """Runs the doctor on a root; with `serving` beside its server."""

    def run(*arguments, config=None, env=None, serving=False, storage=None, status=None):
        one = server(config=config, env=env, storage=storage, start=serving)
        command = [str(BINARY), "doctor", *one.arguments, *map(str, arguments)]
        result = subprocess.run(command, env=one.env, capture_output=True, text=True, timeout=120)
        assert result.stderr == "", result.stderr
        if status is not None:
            assert result.returncode == status, result.stdout
        return result

    return run


@pytest.fixture
def checks(doctor):
    """The findings of `doctor --json` by check: level, what was found, advice."""

    def run(*arguments, **options):
        document = json.loads(doctor("--json", *arguments, **options).stdout)
        levels = [one["level"] for one in document["checks"]]
        assert set(levels) <= LEVELS
        assert document["level"] == max(levels, key=["ok", "warn", "fail"].index)
        found = {}
        for one in document["checks"]:
            # What is not well comes with what to do, but where the finding says it itself.
            assert (one["advice"] is None) == (one["level"] == "ok") or one["check"] == "root"
            found.setdefault(one["check"], one)
        return found

    return run


def test_a_sound_machine_has_nothing_that_failed_and_nothing_is_left_behind(checks, folder):
    root = folder / "fresh"
    root.mkdir()
    found = checks(storage=root, status=0)
    assert {"settings", "listen", "root", "file system", "uploads", "space", "sync", "open files", "clock"} <= set(found)
    assert {"image worker", "self-test", "sandbox", "decoders", "ffmpeg"} <= set(found)
    assert found["self-test"]["level"] == found["settings"]["level"] == "ok"
    assert "libvips 8." in found["image worker"]["found"]
    assert "made at the first start" in found["root"]["found"]
    assert list(root.iterdir()) == []


def test_the_root_need_not_be_there(checks, folder):
    found = checks("--storage", folder / "not" / "yet", status=0)
    assert "made at the first start" in found["root"]["found"]
    assert not (folder / "not").exists()


def test_for_people_each_thing_is_a_line_with_what_to_do_below(doctor):
    lines = doctor(env={"LARDER_IMAGED": "/nonexistent/imaged"}, status=0).stdout.splitlines()
    assert all(line.split()[0] in LEVELS | {"->"} for line in lines), lines
    place = next(index for index, line in enumerate(lines) if line.startswith("warn  image worker "))
    assert "/nonexistent/imaged" in lines[place]
    assert lines[place + 1].split()[0] == "->" and "LARDER_IMAGED" in lines[place + 1]


def test_beside_a_running_server_it_names_the_server_and_disturbs_nothing(checks, server):
    one = server()
    one.s3().put_object(Bucket="uploads", Key="a", Body=b"x")
    result = one.run("doctor", "--json")
    found = {line["check"]: line for line in json.loads(result.stdout)["checks"]}
    assert found["root"]["found"].endswith(f"served by process {one.process.pid}")
    assert found["listen"]["found"] == "a server is running on this root"
    assert one.is_alive and one.s3().get_object(Bucket="uploads", Key="a")["Body"].read() == b"x"
    assert one.run("fsck").stdout == ""
    assert one.stop() == 0
    assert "in use by nobody" in one.run("doctor").stdout


def test_a_warning_counts_only_when_it_is_asked_for(doctor):
    env = {"LARDER_IMAGED": "/nonexistent/imaged"}
    doctor(env=env, status=0)
    doctor("--strict", env=env, status=1)


@pytest.mark.parametrize(
    "config, words",
    [
        ({"limits": {"conections": 5}}, "limits.conections"),
        ({"listen": "nonsense"}, "listen"),
        ({"imaging": {"kinds": ["jpeg", "bmp"]}}, "'bmp'"),
        ({"tls": {"certificate": "/nonexistent.pem", "key": "/nonexistent.key"}}, "/nonexistent.pem"),
    ],
)
def test_a_setting_that_is_wrong_is_named(checks, config, words):
    env = {"LARDER_LISTEN": None} if "listen" in config else None
    found = checks(config=config, env=env, status=1)
    assert found["settings"]["level"] == "fail" and words in found["settings"]["found"]
    # What does not depend on it is looked at all the same.
    assert found["root"]["level"] == "ok"


def test_an_address_that_another_program_has_is_told(checks):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        found = checks(env={"LARDER_LISTEN": address}, status=1)
    assert found["listen"]["level"] == "fail" and address in found["listen"]["found"]
    assert "--listen" in found["listen"]["advice"]


def test_an_open_address_without_encryption_is_a_warning(checks):
    assert checks(env={"LARDER_LISTEN": "0.0.0.0:0"}, status=0)["tls"]["level"] == "warn"
    behind = checks(env={"LARDER_LISTEN": "0.0.0.0:0", "LARDER_TRUSTED_PROXIES": "127.0.0.1"}, status=0)
    assert "tls" not in behind


def test_a_certificate_is_looked_at_before_it_ends(checks, authority, folder):
    _, chain, key = authority
    tls = {"certificate": str(chain), "key": str(key)}
    found = checks(config={"tls": tls}, status=0)
    assert found["tls"]["level"] == "warn" and "valid for" in found["tls"]["found"]
    script = "openssl req -x509 -newkey rsa:2048 -nodes -days {} -subj /CN=x -keyout {}.key -out {}.pem"
    subprocess.run(["sh", "-ec", script.format(300, "long", "long")], cwd=folder, check=True, capture_output=True)
    tls = {"certificate": str(folder / "long.pem"), "key": str(folder / "long.key")}
    assert checks(config={"tls": tls}, status=0)["tls"]["level"] == "ok"


def test_secrets_that_others_can_read_are_a_warning(checks, server):
    one = server(env={"LARDER_ACCESS_KEY": None, "LARDER_SECRET_KEY": None})
    assert one.stop() == 0
    file = one.path(".larder", "credentials.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "secrets" not in checks(storage=one.storage)
    file.chmod(0o644)
    assert checks(storage=one.storage)["secrets"]["level"] == "warn"


def test_a_full_disk_is_a_failure(checks):
    space = os.statvfs("/tmp")
    found = checks(env={"LARDER_LIMITS_FREE_BYTES": space.f_blocks * space.f_frsize}, status=1)
    assert found["space"]["level"] == "fail" and "507" in found["space"]["found"]


def test_a_root_that_cannot_be_is_a_failure(checks, folder):
    file = folder / "file"
    file.write_text("")
    found = checks("--storage", file / "root", status=1)
    assert found["root"]["level"] == "fail" and str(file) in found["root"]["found"]


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="there is no tmpfs to try")
def test_a_root_in_memory_is_a_warning(checks):
    root = f"/dev/shm/larder-doctor-{os.getpid()}"
    try:
        os.mkdir(root)
        found = checks("--storage", root)
        # Older kernels keep no user attributes on tmpfs, which is a failure of the root.
        told = found["file system"] if "file system" in found else found["root"]
        assert told["level"] != "ok"
    finally:
        shutil.rmtree(root, ignore_errors=True)


def test_a_root_that_was_in_use_in_the_future_tells_of_a_clock_that_went_back(checks, server):
    one = server()
    assert one.stop() == 0
    lock = one.path(".larder", "lock")
    os.utime(lock, (4_000_000_000, 4_000_000_000))
    found = checks(storage=one.storage)
    assert found["clock"]["level"] == "warn" and "2096" in found["clock"]["found"]


def test_a_worker_that_does_not_work_is_a_failure(checks, folder):
    false = folder / "imaged"
    false.write_text("#!/bin/sh\necho no libvips here\nexit 1\n")
    false.chmod(0o755)
    found = checks(env={"LARDER_IMAGED": false}, status=1)
    assert found["image worker"]["level"] == "fail" and "no libvips here" in found["image worker"]["found"]


def test_a_promise_that_is_broken_is_named(checks, folder):
    report = {
        "library": "8.0.0",
        "kinds": ["jpeg", "png"],
        "landlock": 0,
        "seccomp": True,
        "checks": [{"name": "webp loses position and EXIF", "passed": False, "detail": "found: [Exif]"}],
        "passed": False,
    }
    false = folder / "imaged"
    false.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(report)}\nEND\nexit 1\n")
    false.chmod(0o755)
    found = checks(env={"LARDER_IMAGED": false}, status=1)
    assert found["self-test"]["level"] == "fail" and "webp loses position" in found["self-test"]["found"]
    assert found["sandbox"]["level"] == "warn" and "Landlock" in found["sandbox"]["found"]
    assert found["decoders"]["level"] == "warn" and "avif" in found["decoders"]["found"]


def test_ffmpeg_is_needed_only_where_videos_are_asked_for(checks):
    absent = {"LARDER_FFMPEG": "/nonexistent/ffmpeg"}
    assert checks(env=absent, status=0)["ffmpeg"]["level"] == "ok"
    kinds = {"LARDER_IMAGING_KINDS": "jpeg,png,mp4"}
    found = checks(env={**absent, **kinds}, status=1)["ffmpeg"]
    assert found["level"] == "fail" and "mp4" in found["found"] and "LARDER_FFMPEG" in found["advice"]
    # A wrapper is no program for the sandbox: its interpreter may not be run.
    broken = checks(env={"LARDER_FFMPEG": "/bin/true", **kinds}, status=1)["ffmpeg"]
    assert broken["level"] == "fail" and "No frame" in broken["found"]
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    assert checks(env=kinds, status=0)["ffmpeg"]["level"] == "ok"
