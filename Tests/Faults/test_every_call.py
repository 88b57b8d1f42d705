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
from model import check
from objects import read
from traffic import Client, Gone, list_page
from writes import FORM, MAKE, MAKE_DEEP, MAKE_ESCAPED, MAKE_STOUT, OVERWRITE, OVERWRITE_ESCAPED, OVERWRITE_STOUT

REQUESTS = {
    "make": MAKE,
    "make below new directories": MAKE_DEEP,
    "make at an escaped place": MAKE_ESCAPED,
    "make with a sidecar": MAKE_STOUT,
    "overwrite": OVERWRITE,
    "overwrite at an escaped place": OVERWRITE_ESCAPED,
    "overwrite with a sidecar": OVERWRITE_STOUT,
    "post a form": FORM,
    "delete": writes.DELETE,
    "delete the last below directories": writes.DELETE_DEEP,
    "delete at an escaped place": writes.DELETE_ESCAPED,
    "delete with a sidecar": writes.DELETE_STOUT,
}
NAMES = "link rename unlink mkdir"
SYNCS = "fsync fdatasync"
CONTENT = "write pwrite setxattr futimens truncate"
MOST_CALLS = 80

each_request = pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())


def reset(one, model, key, before):
    """Brings a key back to what it was; returns a client of the server as it is now."""
    client = Client(one)
    state, content, headers = before
    if state is None:
        # Removing an object also removes directories that a failed write has left: the next one makes them again.
        model.put(client, key, writes.SMALL)
        model.delete(client, key)
    else:
        model.put(client, key, content, headers)
    return client


def initial(client, key):
    """State, content and headers of a key."""
    state, answer = read(client, key)
    if state is None:
        return None, b"", {}
    return state, answer.body, dict(state.headers)


def send_through_fault(model, client, request):
    """Sends a request and tells the model how it ended; returns whether the root may be read-only now."""
    change = model.begin(request.key, request.effect)
    answer = request.send(client)
    if answer.status in (200, 204):
        model.acknowledge(change, answer)
        # A listing waits for the rows of what was acknowledged, so their calls are counted too.
        list_page(client)
        return not client.is_ready()
    assert answer.status in (500, 503, 507), answer
    code = answer.error()["Code"]
    if (answer.status, code) == writes.READ_ONLY:
        return True
    model.refuse(request.key, change)
    return False


@pytest.mark.parametrize(
    ("functions", "error"),
    [
        ("open", errno.EMFILE),
        ("open", errno.EIO),
        (NAMES, errno.EIO),
        (NAMES, errno.ENOSPC),
        (SYNCS, errno.EIO),
        (CONTENT, errno.ENOSPC),
        (CONTENT, errno.EIO),
    ],
    ids=lambda value: errno.errorcode[value] if isinstance(value, int) else value.replace(" ", "+"),
)
@each_request
def test_whichever_call_fails_the_answer_is_true(stored, faults, request_, functions, error):
    one, model, client = stored
    before = initial(client, request_.key)
    problems = []
    for number in range(MOST_CALLS):
        rule = faults.arm(functions, str(one.storage), error, after=number, times=1)
        is_read_only = send_through_fault(model, client, request_)
        hits = rule.hits
        faults.clear()
        state, _ = read(client, request_.key)
        if state not in model.states(request_.key):
            said = model.describe(request_.key, state)
            problems.append(f"call {number}: is {state} ({said}), may be {model.states(request_.key)}")
            model.settle(request_.key, state)
        if is_read_only:
            assert one.stop() == 0
            model.stop()
            one.start()
        client = reset(one, model, request_.key, before)
        if not hits:
            break
    assert 0 < number < MOST_CALLS - 1
    assert one.stop() == 0
    one.start()
    check(one, model)
    problems += leftovers(one)
    assert not problems, "\n".join(problems[:20])


@each_request
def test_at_whichever_call_the_server_dies_nothing_is_lost(stored, faults, request_):
    one, model, client = stored
    before = initial(client, request_.key)
    left = []
    for number in range(MOST_CALLS):
        rule = faults.arm(f"{NAMES} {SYNCS} {CONTENT}", str(one.storage), after=number, mode="stall")
        is_over = send_and_die(one, model, request_, rule)
        faults.clear()
        one.start()
        check(one, model)
        left += [f"call {number}: {text}" for text in leftovers(one)]
        reset(one, model, request_.key, before)
        if is_over:
            break
    assert 3 < number < MOST_CALLS - 1
    assert not left, "\n".join(left[:20])


def send_and_die(one, model, request, rule):
    """Sends a request, kills the server when the rule stalls it, or after the answer; returns whether there was one."""
    answers = []
    change = model.begin(request.key, request.effect)

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
        model.acknowledge(change, answers[0])
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
    rule = faults.arm("write", "/intents/", mode="stall")
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
