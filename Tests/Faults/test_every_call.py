"""Each system call of each kind of write, one after the other: it fails, or the server dies just there.

The tables of test_errors.py say what single faults become. Here nothing is left out, so what is asked is less: the
answer is well formed and true, and what is there after it, and after a restart, is what the model allows.
"""

import errno
import signal
import threading

import pytest

import writes
from inspection import leftovers
from larder import NotReady, eventually
from model import check, compare
from traffic import Client, Gone, list_page
from versioned_writes import VERSIONED_REQUESTS, fill_for
from writes import FORM, MAKE, MAKE_DEEP, MAKE_ESCAPED, MAKE_STOUT, OVERWRITE, OVERWRITE_ESCAPED, OVERWRITE_STOUT

REQUESTS = {
    "make": MAKE,
    "make what is not logged": writes.MAKE_ABOVE,
    "make below new directories": MAKE_DEEP,
    "make what is not logged below new directories": writes.MAKE_DEEP_ABOVE,
    "make at an escaped place": MAKE_ESCAPED,
    "make with a sidecar": MAKE_STOUT,
    "overwrite": OVERWRITE,
    "overwrite at an escaped place": OVERWRITE_ESCAPED,
    "overwrite with a sidecar": OVERWRITE_STOUT,
    "overwrite what is logged": writes.OVERWRITE_FRESH,
    "post a form": FORM,
    "delete": writes.DELETE,
    "delete what is logged": writes.DELETE_FRESH,
    "delete the last below directories": writes.DELETE_DEEP,
    "delete at an escaped place": writes.DELETE_ESCAPED,
    "delete with a sidecar": writes.DELETE_STOUT,
    "copy": writes.COPY,
    "copy over another": writes.COPY_OVER,
    "copy with a sidecar": writes.COPY_STOUT,
    "copy onto itself": writes.COPY_ONTO_ITSELF,
    "tag": writes.TAG,
    "tag with a sidecar": writes.TAG_STOUT,
    "create an upload": writes.CREATE,
    "put a part": writes.PART,
    "replace a part": writes.REPLACE_PART,
    "copy a part": writes.COPY_PART,
    "complete": writes.COMPLETE,
    "complete what was not there": writes.COMPLETE_DEEP,
    "abort": writes.ABORT,
    **{request.name: request for request in VERSIONED_REQUESTS},
}
NAMES = "link rename unlink mkdir"
SYNCS = "fsync fdatasync syncfs"
CONTENT = "write pwrite setxattr futimens truncate copy"
MOST_CALLS = 80

each_request = pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())


@pytest.fixture
def filled(server, faults, request_):
    """A server whose calls can be made to fail, with what the request needs; its model."""
    one = server(env=faults.env)
    return one, fill_for(one, request_)


def send_through_fault(model, client, request):
    """Sends a request and tells the model how it ended; returns the answer, and whether the root may be read-only."""
    change = request.begin(model)
    answer = request.send(client)
    if answer.status in (200, 204):
        request.acknowledge(model, change, answer)
        # A listing waits for the rows of what was acknowledged, so their calls are counted too.
        for bucket in filter(None, [model, model.history]):
            list_page(client, bucket=bucket.bucket)
        return answer, not client.is_ready()
    assert answer.status in (500, 503, 507), answer
    code = answer.error()["Code"]
    if (answer.status, code) == writes.READ_ONLY:
        return answer, True
    request.refuse(model, change)
    return answer, False


def restart(one, model):
    """Stops the server and starts it again; returns what contradicts the model then, which is what counts on."""
    assert one.stop() == 0, one.log_text()
    model.stop()
    one.start()
    return compare(one, model, settle=True).problems


# The second half is for requests of one step only: in the others these calls have been made to fail by the first.
FAULTS = [("open", errno.EMFILE), (NAMES, errno.EIO), (SYNCS, errno.EIO), (CONTENT, errno.ENOSPC)]
MORE_FAULTS = [("open", errno.EIO), (NAMES, errno.ENOSPC), (CONTENT, errno.EIO)]


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("request_", "functions", "error"),
    [
        pytest.param(request, functions, error, id=f"{name}-{functions.replace(' ', '+')}-{errno.errorcode[error]}")
        for name, request in REQUESTS.items()
        for functions, error in FAULTS + ([] if request.has_steps else MORE_FAULTS)
    ],
)
def test_whichever_call_fails_the_answer_is_true(filled, faults, request_, functions, error):
    one, model = filled
    problems = []
    for number in range(MOST_CALLS):
        request_.prepare(one, model)
        client = Client(one)
        rule = faults.arm(functions, str(one.storage), error, after=number, times=1)
        answer, is_read_only = send_through_fault(model, client, request_)
        hits = rule.hits
        faults.clear()
        # Of several steps some may have been done before the sync that failed: what they become is seen at the restart.
        found = [] if is_read_only and request_.has_steps else request_.contradictions(model, client)
        if is_read_only or request_.has_steps and answer.status >= 500:
            # What was refused has no effect later either.
            found += restart(one, model)
        problems += [f"call {number}, answered {answer.status}: {text}" for text in found]
        client.close()
        if not hits:
            break
    assert number < MOST_CALLS - 1
    problems += restart(one, model)
    problems += leftovers(one)
    assert not problems, "\n".join(problems[:20])


@pytest.mark.share(3)
@each_request
def test_at_whichever_call_the_server_dies_nothing_is_lost(filled, faults, request_):
    one, model = filled
    left = []
    for number in range(MOST_CALLS):
        request_.prepare(one, model)
        rule = faults.arm(f"{NAMES} {SYNCS} {CONTENT}", str(one.storage), after=number, mode="stall")
        is_over = send_and_die(one, model, request_, rule)
        faults.clear()
        one.start()
        check(one, model)
        left += [f"call {number}: {text}" for text in leftovers(one)]
        if is_over:
            break
    assert 1 < number < MOST_CALLS - 1
    assert not left, "\n".join(left[:20])


def send_and_die(one, model, request, rule):
    """Sends a request, kills the server when the rule stalls it, or after the answer; returns whether there was one."""
    answers = []
    change = request.begin(model)

    def send():
        try:
            answers.append(request.send(Client(one)))
        except Gone:
            pass

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    eventually(lambda: rule.hits > 0 or not sender.is_alive(), 20, 0.001)
    if rule.hits > 0:
        # Another thread may still be on its way to the answer: let it come as far as it can.
        sender.join(0.03)
    one.kill()
    sender.join(20)
    if answers:
        assert answers[0].status in (200, 204), answers
        request.acknowledge(model, change, answers[0])
    model.stop()
    return bool(answers) and rule.hits == 0


def change_something(one, model):
    """Every kind of change, so that a checkpoint has something to settle."""
    client = Client(one)
    model.put(client, "old", writes.BIG)
    model.put(client, "new stout", writes.SMALL, writes.STOUT)
    model.put(client, "deep/er/new", writes.SMALL)
    model.delete(client, "stout")
    model.delete(client, "up/per/old")


def restore(one, model):
    client = Client(one)
    model.put(client, "stout", writes.OLD, writes.STOUT)
    model.put(client, "up/per/old", writes.OLD)
    model.delete(client, "deep/er/new")


def test_at_whichever_call_of_a_stop_the_server_dies_nothing_is_lost(stored, faults):
    one, model, _ = stored
    left = []
    for number in range(MOST_CALLS):
        change_something(one, model)
        rule = faults.arm(f"{NAMES} {SYNCS} {CONTENT}", str(one.storage), after=number, mode="stall")
        one.process.send_signal(signal.SIGTERM)
        eventually(lambda: rule.hits > 0 or not one.is_alive, 20, 0.001)
        is_over = rule.hits == 0
        one.kill()
        faults.clear()
        one.start()
        check(one, model)
        left += [f"call {number}: {text}" for text in leftovers(one)]
        restore(one, model)
        if is_over:
            break
    assert 3 < number < MOST_CALLS - 1
    assert not left, "\n".join(left[:20])


def test_at_whichever_call_of_a_recovery_the_server_dies_nothing_is_lost(stored, faults):
    one, model, _ = stored
    left = []
    for number in range(MOST_CALLS):
        change_something(one, model)
        one.kill()
        rule = faults.arm(f"{NAMES} {SYNCS} {CONTENT}", str(one.storage), after=number, mode="stall")
        starting = threading.Thread(target=start_or_not, args=(one,), daemon=True)
        starting.start()
        eventually(lambda: rule.hits > 0 or not starting.is_alive(), 20, 0.001)
        is_over = rule.hits == 0
        one.process.kill()
        starting.join(20)
        one.kill()
        faults.clear()
        one.start()
        check(one, model)
        left += [f"call {number}: {text}" for text in leftovers(one)]
        restore(one, model)
        if is_over:
            break
    assert 3 < number < MOST_CALLS - 1
    assert not left, "\n".join(left[:20])


def start_or_not(one):
    try:
        one.start()
    except NotReady:
        pass


def test_a_sidecar_that_was_made_before_its_intent_does_not_outlive_a_kill(stored, faults):
    one, model, client = stored
    sidecars = lambda: sum(path.is_file() for path in one.path(".larder/sidecar").rglob("*"))
    before = sidecars()
    # Content and record are written beside the intent: whichever comes first must not matter.
    rule = faults.arm("pwrite", "/intents/", mode="stall")
    change = model.begin(MAKE_STOUT.key, MAKE_STOUT.effect)
    sender = threading.Thread(target=lambda: pytest.raises(Gone, MAKE_STOUT.send, client), daemon=True)
    sender.start()
    eventually(lambda: rule.hits > 0)
    # A store that makes no sidecar before its intent is on disk has nothing to leave.
    sender.join(0.5)
    made = sidecars() - before
    one.kill()
    sender.join(20)
    model.refuse(MAKE_STOUT.key, change)
    faults.clear()
    one.start()
    check(one, model)
    left = leftovers(one)
    assert not left, f"{made} sidecars were made before the intent:\n" + "\n".join(left)
