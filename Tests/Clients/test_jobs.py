"""`larder jobs`: the queue of styles as an operator sees it, beside a server and alone on its root."""

import json
import re

import pytest

from attachments import attach, claim, error_codes, finished, upload
from larder import API_TOKEN, eventually
from pictures import picture

NO_WORKER = {"imaging": {"worker": "/nonexistent/larder-imaged"}}
TORN = b"\x89PNG\r\n\x1a\nthat is all"


def jobs(server, *arguments):
    return json.loads(server.run("jobs", "list", "--json", *arguments).stdout)


def metrics(server):
    lines = [line.split() for line in server.get("/-/metrics").text.splitlines() if line.startswith("larder_jobs_")]
    return {name: float(value) for name, value in lines}


def torn(server, token=API_TOKEN):
    """An attachment whose job is dead."""
    attachment = attach(server, TORN, "torn.png", token=token)
    assert attachment["state"] == "failed"
    return attachment


def test_what_failed_for_good_is_listed_with_its_reason_and_can_be_retried_and_purged(server):
    one = server()
    assert attach(one, picture())["state"] == "done"
    failed = [torn(one) for _ in range(3)]
    listed = jobs(one)
    assert listed["counts"] == {"queued": 0, "running": 0, "dead": 3} and listed["pause"] is None
    assert [job["attachment"] for job in listed["jobs"]] == [attachment["id"] for attachment in failed]
    for job, attachment in zip(listed["jobs"], failed):
        assert job["state"] == "dead" and job["reason"] == attachment["failure"] and job["ended"] >= job["created"]
        assert job["token"] == 0 and job["priority"] == "interactive" and job["attempts"] == 1
    assert metrics(one)["larder_jobs_dead"] == 3

    first, second, third = (str(job["id"]) for job in listed["jobs"])
    shown = one.run("jobs", "list", "--state", "dead", "--limit", "1")
    assert shown.stdout.split("\t")[:3] == [first, "dead", "interactive"] and "damaged: " in shown.stdout
    assert shown.stderr == "0 queued, 0 running, 3 dead\n"
    assert [job["id"] for job in jobs(one, "--after", first, "--limit", "1")["jobs"]] == [int(second)]
    assert jobs(one, "--reason", "crashed")["jobs"] == jobs(one, "--token", "1")["jobs"] == []
    assert jobs(one, "--state", "queued", "--state", "running")["jobs"] == []

    # It fails again; the worker is not asked to believe otherwise.
    assert one.run("jobs", "retry", first).stdout == "retried 1\n"
    eventually(lambda: jobs(one)["counts"]["dead"] == 3)
    assert finished(one, failed[0]["id"])["failure"] == failed[0]["failure"]
    assert {job["priority"] for job in jobs(one)["jobs"] if job["id"] == int(first)} == {"batch"}

    assert one.run("jobs", "purge", second).stdout == "purged 1\n"
    assert one.run("jobs", "purge", "--all", "--older-than", "1h").stdout == "purged 0\n"
    assert one.run("jobs", "purge", "--all", "--reason", "damaged").stdout == "purged 2\n"
    assert jobs(one)["counts"]["dead"] == 0
    assert finished(one, failed[2]["id"])["failure"] == failed[2]["failure"], third


def test_the_same_works_alone_on_a_root_that_no_server_holds(server):
    one = server(config=NO_WORKER)
    waiting = claim(one, upload(one, picture())).json()
    eventually(lambda: "waiting" in one.api("GET", f"/{waiting['id']}").json())
    assert one.stop() == 0
    listed = jobs(one)
    assert listed["counts"] == {"queued": 1, "running": 0, "dead": 0}
    assert listed["pause"]["reason"] == listed["jobs"][0]["reason"] == waiting_reason(listed)
    refused = one.run("jobs", "retry", listed["jobs"][0]["id"], check=False)
    assert refused.returncode != 0 and "larder jobs list --state dead" in refused.stderr
    assert one.run("jobs", "retry", "--all").stdout == "retried 0\n"
    # The rest is over: an operator has said so.
    assert jobs(one)["pause"] is None


def waiting_reason(listed):
    reason = listed["jobs"][0]["reason"]
    assert reason["error"] == "worker_missing" and "/nonexistent/larder-imaged" in reason["message"]
    return reason


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        (["retry"], "Name jobs by their ids, or say --all"),
        (["purge", "1", "--all"], "Name jobs by their ids, or say --all"),
        (["purge", "--all", "--older-than", "soon"], "'soon' is no age"),
        (["list", "--state", "tired"], "A job is queued, running, dead; 'tired' is none of these."),
        (["list", "--limit", "10001"], "limit is 1 to 10000."),
        (["list", "--limit", "0"], "limit is 1 to 10000."),
        (["retry", "4711"], "None of these is a dead job"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(shared, arguments, complaint):
    refused = shared.run("jobs", *arguments, check=False)
    assert refused.returncode != 0 and complaint in refused.stderr, refused.stderr


def test_while_no_worker_is_there_all_wait_and_metrics_say_so(server):
    one = server(config=NO_WORKER)
    ids = [claim(one, upload(one, picture(seed=i))).json()["id"] for i in range(3)]
    for identifier in ids:
        eventually(lambda: one.api("GET", f"/{identifier}").json().get("waiting", {}).get("error") == "worker_missing")
    values = metrics(one)
    assert values["larder_jobs_queued"] == 3 and values["larder_jobs_resting"] == 1
    assert 0 <= values["larder_jobs_oldest_seconds"] < 60 and values["larder_jobs_dead"] == 0
    assert "resting until" in one.run("jobs", "list").stderr
    assert one.stop() == 0
    one.arguments = []
    one.start()
    for identifier in ids:
        assert finished(one, identifier)["state"] == "done"
    assert metrics(one)["larder_jobs_resting"] == 0


def test_a_token_with_a_full_queue_is_told_to_come_again_and_others_are_not(server):
    one = server(config={**NO_WORKER, "jobs": {"max_queued": 2}})
    keys = [upload(one, picture(seed=i)) for i in range(3)]
    first = claim(one, keys[0]).json()["id"]
    # From then on none is begun, and one that is begun is not in the queue.
    eventually(lambda: "waiting" in one.api("GET", f"/{first}").json())
    assert claim(one, keys[1]).status_code == 202
    refused = claim(one, keys[2])
    assert refused.status_code == 503 and refused.headers["Retry-After"] == "10"
    assert error_codes(refused) == {("base", "queue_full")}
    other = one.run("token", "create", "--name", "other").stdout.split()[-1]
    assert claim(one, upload(one, picture(), token=other), other).status_code == 202
    # The file is still there, so that the same claim succeeds when there is room.
    assert one.stop() == 0
    one.arguments = []
    one.start()
    assert finished(one, 1)["state"] == finished(one, 2)["state"] == "done"
    assert claim(one, keys[2]).status_code in (200, 202)


def test_one_attachment_of_a_token_does_not_wait_for_the_many_of_another(server):
    one = server(config={"imaging": {"workers": 1}})
    other = one.run("token", "create", "--name", "other").stdout.split()[-1]
    many = [upload(one, picture(size=(1600, 1200), seed=i)) for i in range(24)]
    single = upload(one, picture(), token=other)
    ids = [claim(one, key).json()["id"] for key in many]
    attachment = claim(one, single, other, wait=30).json()
    assert attachment["state"] == "done"
    # One worker: had it taken them as they came, all of the many would be done.
    assert jobs(one, "--token", "0")["counts"]["queued"] > 0
    for identifier in ids:
        assert finished(one, identifier, timeout=60)["state"] == "done"


@pytest.mark.parametrize(
    "settings, bound",
    [
        ({"max_queued": 0}, "from 1 to 100000000"),
        ({"max_attempts": 1001}, "from 1 to 1000"),
        ({"retry_seconds": 0}, "from 1 to 86400"),
        ({"longest_retry_seconds": 86401}, "from 1 to 86400"),
    ],
)
def test_limits_have_limits(server, folder, settings, bound):
    file = folder / "limits.json"
    file.write_text(json.dumps({"jobs": settings}))
    refused = server(start=False).run("config", "--config", file, check=False)
    assert refused.returncode != 0 and bound in refused.stderr, refused.stderr




def test_as_many_jobs_are_under_way_as_there_are_cores(server):
    one = server(wrapper=["taskset", "--cpu-list", "0"])
    workers = lambda: re.search(r"^larder_image_workers (\d+)", one.get("/-/metrics").text, re.MULTILINE)
    assert eventually(lambda: workers().group(1) == "1")
