"""What workers send to any bucket; load.py and versioned.py say how often."""

import base64
import hashlib
from urllib.parse import quote

import documents
from objects import META, TAGGING, Contradiction, Unknown, Version, head, look, shown
from traffic import list_page, md5

# The least size of a part that is not the last.
PART_BYTES = 5 << 20


# MARK: Storing and deleting


def put(worker, key):
    content, headers = worker.content(), worker.attributes()
    change = worker.begin_store(key, Version.of(content, headers))
    worker.change(key, change, lambda: worker.send("PUT", key, content, headers))


def delete(worker, key):
    worker.change(key, worker.begin_delete(key), lambda: worker.send("DELETE", key))


def post_form(worker, key):
    content, fields = worker.content(), worker.attributes()
    # In a form tags have another name and another form.
    fields.pop(TAGGING, None)
    change = worker.begin_store(key, Version.of(content, fields))
    worker.change(key, change, lambda: worker.client.post_form(key, content, fields, worker.model.bucket))


def _conditional(worker, key, condition, refusal_due):
    content, headers = worker.content(), worker.attributes()
    change = worker.begin_store(key, Version.of(content, headers))
    worker.change(key, change, lambda: worker.send("PUT", key, content, {**headers, **condition}), refusal_due)


def put_if_absent(worker, key):
    try:
        refusal_due = worker.current(key) is not None
    except Unknown:
        refusal_due = None
    _conditional(worker, key, {"If-None-Match": "*"}, refusal_due)


def put_if_match(worker, key):
    _conditional(worker, key, {"If-Match": f'"{_there(worker, key).etag}"'}, False)


def put_if_other(worker, key):
    _there(worker, key)
    _conditional(worker, key, {"If-Match": f'"{md5(b"another")}"'}, True)


def put_cut_off(worker, key):
    """A client that dies in the middle of its body: nothing is stored."""
    body = worker.rng.randbytes(worker.rng.choice([100, 70_000, 300_000]))
    worker.client.hang_up(key, body, len(body) // 2, worker.model.bucket)


def put_unheard(worker, key):
    """A client that dies before the answer: it is stored or not."""
    body = worker.content()
    worker.begin_store(key, Version.of(body))
    worker.client.hang_up(key, body, len(body), worker.model.bucket)


def _there(worker, key):
    """The current version of a key that has one."""
    state = worker.current(key)
    if state is None:
        raise Unknown(key)
    return state


# MARK: Several keys


def delete_several(worker, key):
    """DeleteObjects: each key has an outcome of its own."""
    keys = {key, *worker.rng.sample(worker.own, min(len(worker.own), worker.rng.randint(1, 3)))}
    changes = {}
    for one in sorted(keys):
        try:
            changes[one, None] = worker.begin_delete(one)
        except Unknown:
            continue
    send_deletions(worker, changes)


def send_deletions(worker, changes):
    """Sends one DeleteObjects; `changes` are those that it is, by key and version."""
    if not changes:
        return
    body = documents.deletion(changes)
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    answer = worker.send("POST", body=body, headers={"Content-MD5": digest}, query={"delete": ""})
    if answer.status != 200:
        return worker.judge(answer, lambda: [worker.model.refuse(key, c) for (key, _), c in changes.items()])
    found = documents.removals(answer)
    if [(entry.key, entry.version) for entry in found] != list(changes):
        raise Contradiction(f"{list(changes)} were to be deleted: {answer}")
    for entry in found:
        change = changes[entry.key, entry.version]
        if entry.code is None:
            worker.succeed(change, answer, entry.marker)
        elif entry.code != "ServiceUnavailable":
            worker.model.refuse(entry.key, change)
        if entry.code and not worker.may_fail(503, entry.code):
            raise Contradiction(f"unexpected {answer}")


# MARK: Copies


def source_header(worker, key, version=None):
    suffix = f"?versionId={version}" if version else ""
    return {"x-amz-copy-source": quote(f"/{worker.model.bucket}/{key}", safe="") + suffix}


def copy(worker, key):
    """A copy of a key that nobody else writes: as it is, or onto itself or another with other attributes."""
    source = worker.rng.choice([*worker.own, key])
    state = worker.current(source)
    if state is None:
        return copy_absent(worker, source, key)
    replaces = source == key or worker.rng.random() < 0.4
    send_copy(worker, key, source_header(worker, source), state, worker.attributes() if replaces else None)


def send_copy(worker, key, headers, state, attributes=None):
    """Sends a CopyObject of a version; `attributes` replace its own."""
    if attributes is not None:
        headers = {**headers, **attributes, "x-amz-metadata-directive": "REPLACE"}
        if TAGGING in attributes:
            headers["x-amz-tagging-directive"] = "REPLACE"
    expected = state.copied(attributes)
    answer = worker.change(key, worker.begin_store(key, expected), lambda: worker.send("PUT", key, headers=headers))
    if answer.status == 200 and documents.etag(answer) != expected.etag:
        raise Contradiction(f"a copy of {state} has another tag: {answer}")


def copy_absent(worker, source, key):
    answer = worker.send("PUT", key, headers=source_header(worker, source))
    if (answer.status, answer.error()["Code"]) != (404, "NoSuchKey"):
        raise Contradiction(f"there is no {shown(source)} to copy: {answer}")


# MARK: Tags


def put_tags(worker, key):
    """Other tags, or none, on a key that nobody else writes."""
    state, tags = _there(worker, key), worker.tags()
    if worker.rng.random() < 0.25:
        change = worker.begin_alteration(key, state.tagged(()))
        worker.change(key, change, lambda: worker.send("DELETE", key, query={"tagging": ""}))
    else:
        change = worker.begin_alteration(key, state.tagged(tags))
        worker.change(key, change, lambda: worker.send("PUT", key, documents.tagging(tags), query={"tagging": ""}))


def get_tags(worker, key):
    state = _there(worker, key)
    answer = worker.send("GET", key, query={"tagging": ""})
    if answer.status != 200 or documents.tags(answer) != state.tags:
        raise Contradiction(f"the tags are {sorted(state.tags)}: {answer}")


# MARK: Uploads in parts


def upload_in_parts(worker, key):
    """A new upload, or one that was left: some parts, and mostly its end."""
    uploads = worker.model.uploads
    left = uploads.under_way(key) if key in worker.own else []
    upload = worker.rng.choice(left) if left and worker.rng.random() < 0.7 else create_upload(worker, key)
    if upload is None:
        return
    for number, content in _parts(worker):
        if not send_part(worker, upload, number, content):
            return
    fate = worker.rng.random()
    # A key that others write too has no upload left to itself.
    if fate < 0.15:
        abort(worker, upload)
    elif fate < 0.85 or key not in worker.own or len(left) > 1:
        complete(worker, upload)


def create_upload(worker, key):
    # Told apart from all others by what it is to become.
    headers = {**worker.attributes(), META + "upload": f"{worker.rng.getrandbits(64):x}"}
    creation = worker.model.uploads.begin_creation(key)
    answer = worker.send("POST", key, headers=headers, query={"uploads": ""})
    if answer.status != 200:
        return worker.judge(answer, lambda: worker.model.uploads.refuse_creation(creation))
    return worker.model.uploads.name(creation, answer, headers)


def _parts(worker):
    """Numbers and contents of parts: one as a rule; two are slow, since all but the last have five megabytes."""
    content = worker.content()
    if worker.rng.random() < 0.02:
        return [(1, worker.rng.randbytes(100) + bytes(PART_BYTES)), (worker.rng.choice([2, 10_000]), content)]
    # A number that the upload has replaces that part.
    return [(1, content)]


def send_part(worker, upload, number, content):
    """Sends a part, or has it copied; whether that went well."""
    query = {"partNumber": str(number), "uploadId": upload.id}
    if worker.rng.random() < 0.3:
        copied = _copied_content(worker)
        if copied is not None:
            headers, content = copied
            return _send_part(worker, upload, number, content, query, headers)
    return _send_part(worker, upload, number, content, query)


def _copied_content(worker):
    """The header that copies a piece of an object which nobody else writes, and that piece; None without one."""
    source = worker.rng.choice(worker.own)
    state = _state_or_none(worker, source)
    if state is None or state.size == 0:
        return None
    seen, answer = look(worker.client, source, worker.model.bucket)
    worker.expect(seen, {state})
    first = worker.rng.randrange(state.size)
    last = worker.rng.randrange(first, state.size)
    headers = {**source_header(worker, source), "x-amz-copy-source-range": f"bytes={first}-{last}"}
    return headers, answer.body[first : last + 1]


def _state_or_none(worker, key):
    try:
        return worker.current(key)
    except Unknown:
        return None


def _send_part(worker, upload, number, content, query, copying=None):
    change = upload.begin_part(number, content)
    answer = worker.send("PUT", upload.key, b"" if copying else content, copying, query)
    if answer.status != 200:
        worker.judge(answer, lambda: upload.parts[number].refuse(change))
        return False
    change.acknowledge(answer)
    tag = documents.etag(answer) if copying else answer.headers["etag"].strip('"')
    if tag != md5(content):
        raise Contradiction(f"part {number} has another tag than its bytes: {answer}")
    return True


def complete(worker, upload):
    """Completes an upload; sometimes the client asks again, as one does that has not heard the answer."""
    etags, contents = upload.chosen()
    # Of an upload that was left one may be short, and is not the last any more.
    if any(len(content) < PART_BYTES for content in contents[:-1]):
        return abort(worker, upload)
    outcome = Version.of_parts(contents, upload.headers)
    change = worker.begin_store(upload.key, outcome)
    end = upload.begin_completion(change, outcome)
    send = lambda: worker.send("POST", upload.key, documents.completion(etags), query={"uploadId": upload.id})
    answer = worker.change(upload.key, change, send)
    if answer.status != 200:
        if not change.is_acknowledged and "read-only" not in answer.headers.get("x-larder-reason", ""):
            upload.existence.refuse(end)
        return
    end.acknowledge(answer)
    if documents.etag(answer) != outcome.etag:
        raise Contradiction(f"the object has the tag {outcome.etag}: {answer}")
    if worker.rng.random() < 0.3 and _state_or_none(worker, upload.key) == outcome:
        again = send()
        if (again.status, _made(again)) != (200, _made(answer)):
            raise Contradiction(f"completed once more: {again}, after {answer}")


def _made(answer):
    return documents.etag(answer), answer.headers.get("x-amz-version-id")


def abort(worker, upload):
    end = upload.begin_abort()
    answer = worker.send("DELETE", upload.key, query={"uploadId": upload.id})
    if answer.status != 204:
        return worker.judge(answer, lambda: upload.existence.refuse(end))
    end.acknowledge(answer)
    again = worker.send("DELETE", upload.key, query={"uploadId": upload.id})
    if (again.status, again.error()["Code"]) != (404, "NoSuchUpload"):
        raise Contradiction(f"{upload} was aborted: {again}")


# MARK: Listing


def list_some(worker, key):
    page = list_page(worker.client, after=key, count=worker.rng.choice([1, 5, 20, 1000]), bucket=worker.model.bucket)
    if page is None:
        raise Contradiction("the index is being rebuilt although nothing happened to it")
    inside = lambda name: name.encode() > key.encode() and (page.end is None or name.encode() <= page.end.encode())
    for name in filter(inside, worker.model.keys):
        rows = worker.model.rows(name, page.answer.began, page.answer.ended)
        if page.entries.get(name) not in rows:
            raise Contradiction(f"LIST shows {shown(name)} as {page.entries.get(name)}, may be {rows}")
    strangers = set(page.entries) - set(worker.model.keys)
    if strangers:
        raise Contradiction(f"listed and never written: {[shown(key) for key in sorted(strangers)[:5]]}")


def get(worker, key):
    state, answer = look(worker.client, key, worker.model.bucket)
    worker.expect(state, worker.model.current(key, answer.began, answer.ended))


def head_only(worker, key):
    state, answer = head(worker.client, key, worker.model.bucket)
    worker.expect(state, worker.model.current(key, answer.began, answer.ended))
