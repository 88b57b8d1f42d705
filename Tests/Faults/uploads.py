"""Uploads in parts that are under way: which there may be, what they may hold, and whether it is so.

Whether an upload is there is a register, and so is each of its parts. Its completion changes the key as well.
"""

from math import inf

import documents
from objects import Unknown, shown
from registers import Change, Register
from traffic import md5

THERE = "there"


class Upload:
    """An upload whose id is known. Used by one worker at a time."""

    def __init__(self, key, id, headers, creation):
        self.key, self.id, self.headers = key, id, headers
        self.existence = Register()
        self.existence.changes.append(creation)
        # By number: (ETag, size), or None.
        self.parts = {}
        self._contents = {}
        # The change of the key that Complete is, once it was sent, and what it makes; whether Abort was sent.
        self.completion = None
        self.outcome = None
        self.is_aborted = False

    def begin_part(self, number, content):
        """A part is about to be sent."""
        etag = md5(content)
        self._contents[etag] = content
        return self.parts.setdefault(number, Register()).begin((etag, len(content)))

    def begin_completion(self, change, outcome):
        """Complete is about to be sent, which is this change of the key."""
        self.completion, self.outcome = change, outcome
        return self.existence.begin(None)

    def begin_abort(self):
        self.is_aborted = True
        return self.existence.begin(None)

    def chosen(self):
        """All parts as {number: ETag}, and their contents in order."""
        etags = {}
        for number in sorted(self.parts):
            states = self.parts[number].states()
            if len(states) > 1:
                raise Unknown(f"part {number} of {self.id}")
            (part,) = states
            if part is not None:
                etags[number] = part[0]
        return etags, [self._contents[etag] for etag in etags.values()]

    @property
    def registers(self):
        return [self.existence, *self.parts.values()]

    def __repr__(self):
        return f"upload {self.id} of {shown(self.key)}"


class Uploads:
    """All uploads of one bucket."""

    def __init__(self, bucket):
        self.bucket = bucket
        self.all = []
        # Creations that were asked for: an upload of such a key may be there under an id that nobody has heard.
        self._creations = []

    def begin_creation(self, key):
        """An upload is about to be asked for."""
        creation = (key, Change.now(THERE))
        self._creations.append(creation)
        return creation

    def refuse_creation(self, creation):
        self._creations.remove(creation)

    def name(self, creation, answer, headers):
        """The upload that a creation has made."""
        key, change = creation
        change.acknowledge(answer)
        upload = Upload(key, documents.upload_id(answer), headers, change)
        self.all.append(upload)
        self._creations.remove(creation)
        return upload

    def under_way(self, key):
        """The uploads of a key that are there for certain."""
        return [upload for upload in list(self.all) if upload.key == key and upload.existence.states() == {THERE}]

    def stop(self, now):
        """As `Registers.stop`."""
        for _, change in self._creations:
            change.ended = min(change.ended, now)
        for upload in self.all:
            for register in upload.registers:
                register.stop(now)

    def doubt(self, since):
        """As `Registers.doubt`."""
        for upload in self.all:
            for register in upload.registers:
                register.doubt(since)

    # MARK: Checking

    def compare(self, findings, client, visible, is_last, since=inf, until=inf, settle=False):
        """Compares what is listed. `visible` is what each key shows; `is_last` that of its registers."""
        listed = listed_uploads(client, self.bucket)
        for upload in self.all:
            with findings.about(upload.key):
                is_there = (upload.key, upload.id) in listed
                self._compare_existence(findings, upload, is_there, visible, is_last, since, until)
                parts = listed_parts(client, upload, self.bucket) if is_there else {}
                if is_there:
                    self._compare_parts(findings, upload, parts, since, until)
                if settle:
                    _settle(upload, is_there, parts)
        self._compare_strangers(findings, client, listed, until, settle)
        if settle:
            self.all = [upload for upload in self.all if upload.existence.states() == {THERE}]

    def _compare_existence(self, findings, upload, is_there, visible, is_last, since, until):
        if (THERE if is_there else None) not in upload.existence.states(since, until):
            findings.losses[self.bucket] += not is_there
            findings.add(f"{upload} is {'there although it has ended' if is_there else 'gone'}")
        completion = upload.completion
        if completion is None or completion.began > until:
            return
        is_published = upload.outcome in visible.get(upload.key, ())
        if is_published and is_there:
            findings.add(f"{upload} is there although its object is")
        # Between the two moments of a copy it may have been begun and completed: then it is neither there nor gone.
        was_there = upload.existence.is_certain(THERE, since)
        is_lost = was_there and not is_published and not is_there and not upload.is_aborted
        if is_lost and is_last(upload.key, completion, until):
            findings.losses[self.bucket] += 1
            findings.add(f"{upload} is gone, and its object is not there: {visible.get(upload.key)}")

    def _compare_parts(self, findings, upload, found, since, until):
        for number in sorted({*found, *upload.parts}):
            allowed = upload.parts.get(number, Register()).states(since, until)
            if found.get(number) not in allowed:
                findings.losses[self.bucket] += 1
                findings.add(f"{upload}: part {number} is {found.get(number)}, may be {allowed}")

    def _compare_strangers(self, findings, client, listed, until, settle):
        """Uploads of which no id was heard: there may be as many of a key as were asked for."""
        strangers = listed - {(upload.key, upload.id) for upload in self.all}
        expected = [key for key, change in self._creations if change.began <= until]
        for key, upload_id in sorted(strangers):
            if key in expected:
                expected.remove(key)
            else:
                findings.add(f"{shown(key)}: an upload that nobody began is there: {upload_id}")
            if settle:
                answer = client.send("DELETE", key, query={"uploadId": upload_id}, bucket=self.bucket)
                assert answer.status == 204, answer
        if settle:
            self._creations.clear()


def _settle(upload, is_there, found):
    upload.existence.settle(THERE if is_there else None)
    upload.completion, upload.outcome, upload.is_aborted = None, None, False
    for number, register in upload.parts.items():
        register.settle(found.get(number))


def listed_uploads(client, bucket, page=5):
    """Every upload that is listed, page by page, as pairs of key and id."""
    found, markers = [], {}
    while True:
        query = {"encoding-type": "url", "max-uploads": str(page), "uploads": "", **markers}
        answer = client.send("GET", query=dict(sorted(query.items())), bucket=bucket)
        assert answer.status == 200, answer
        document = documents.parse(answer)
        for item in documents.all_of(document, "Upload"):
            found.append((documents.decoded(documents.text(item, "Key")), documents.text(item, "UploadId")))
        if documents.text(document, "IsTruncated") != "true":
            assert len(found) == len(set(found)), "an upload is on two pages"
            assert [key.encode() for key, _ in found] == sorted(key.encode() for key, _ in found)
            return set(found)
        markers = {
            "key-marker": documents.decoded(documents.text(document, "NextKeyMarker")),
            "upload-id-marker": documents.text(document, "NextUploadIdMarker"),
        }


def listed_parts(client, upload, bucket):
    answer = client.send("GET", upload.key, query={"uploadId": upload.id}, bucket=bucket)
    assert answer.status == 200, answer
    return documents.parts(answer)
