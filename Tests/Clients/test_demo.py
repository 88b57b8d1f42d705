"""The demo is a test: it checks every answer that it shows."""

import re
import subprocess

from larder import API_TOKEN, REPOSITORY
from pictures import picture


def run(server, *arguments, **env):
    return subprocess.run(
        [REPOSITORY / "scripts/demo", "--endpoint", server.endpoint, *arguments],
        capture_output=True,
        text=True,
        timeout=110,
        env={**server.env, **env},
    )


def test_the_demo_shows_the_whole_flow_on_a_real_photograph(shared):
    result = run(shared)
    assert result.returncode == 0, result.stdout + result.stderr
    text = result.stdout
    assert "HTTP/1.1 201 Created" in text and "<PostResponse>" in text
    assert text.index("HTTP/1.1 201") < text.rindex("HTTP/1.1 200")
    assert re.search(r"style thumb: jpeg of 150 x 150 pixels", text)
    assert re.search(r"style medium: jpeg of (600 x \d+|\d+ x 600) pixels", text)
    assert len(re.findall(r"^(?:thumb|medium)=http", text, re.MULTILINE)) >= 2
    assert API_TOKEN not in text, "the demo shows its token"


def test_the_demo_takes_a_photograph_that_the_user_names(shared, folder):
    file = folder / "it's mine (1).png"
    file.write_bytes(picture(size=(700, 500)))
    result = run(shared, str(file))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "style medium: png of 600 x 429 pixels" in result.stdout


def test_the_demo_fails_on_a_refusal(shared, folder):
    file = folder / "p.png"
    file.write_bytes(picture())
    assert run(shared, "--token", "wrong", str(file)).returncode != 0
    broken = folder / "broken.png"
    broken.write_bytes(b"nothing")
    assert run(shared, str(broken)).returncode != 0


def test_the_demo_says_when_no_server_runs(shared, folder):
    file = folder / "p.png"
    file.write_bytes(picture())
    result = run(shared, "--endpoint", "http://127.0.0.1:1", str(file))
    assert result.returncode != 0 and "is the server running" in result.stderr


def test_the_demo_says_what_to_start_when_none_ran_yet(shared, folder):
    file = folder / "p.png"
    file.write_bytes(picture())
    result = run(shared, str(file), LARDER_API_TOKEN="", LARDER_STORAGE=str(folder))
    assert result.returncode != 0 and "start scripts/run first" in result.stderr and "--token" in result.stderr
