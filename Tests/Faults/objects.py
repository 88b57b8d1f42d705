"""Objects as a client sees them, and how they are looked at."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import documents
from larder import eventually
from traffic import BUCKET, list_page, md5

TAGGING, TAG_COUNT = "x-amz-tagging", "x-amz-tagging-count"
STORED_HEADERS = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    TAG_COUNT,
)
META = "x-amz-meta-"
DEFAULT_TYPE = "binary/octet-stream"


class Contradiction(Exception):
    """An answer that the model rules out."""


class Unknown(Exception):
    """What something is now cannot be known: a request was not answered, or somebody else writes it."""


@dataclass(frozen=True)
class Version:
    """An object as a client sees it; an object that is not there is None.

    In what was seen, `digest` and `tags` are None where nobody looked.
    """

    etag: str
    size: int
    digest: str | None
    headers: frozenset
    tags: frozenset | None = frozenset()

    @staticmethod
    def of(content, headers=None):
        """What a plain upload of this content with these headers makes."""
        return Version._made(md5(content), len(content), md5(content), headers)

    @staticmethod
    def of_parts(contents, headers=None):
        """What an upload of these parts, begun with these headers, makes."""
        whole = b"".join(contents)
        tag = md5(b"".join(bytes.fromhex(md5(content)) for content in contents))
        return Version._made(f"{tag}-{len(contents)}", len(whole), md5(whole), headers)

    @staticmethod
    def _made(etag, size, digest, headers):
        kept = {"content-type": DEFAULT_TYPE}
        kept.update((name.lower(), value) for name, value in (headers or {}).items())
        tags = parse_qsl(kept.pop(TAGGING, ""), keep_blank_values=True)
        return Version(etag, size, digest, frozenset(kept.items())).tagged(tags)

    @staticmethod
    def seen(answer, digest):
        """What a GET or HEAD shows; `digest` is that of the bytes, which HEAD does not have."""
        kept = {n: v for n, v in answer.headers.items() if n in STORED_HEADERS or n.startswith(META)}
        size = int(answer.headers["content-length"])
        tags = None if TAG_COUNT in kept else frozenset()
        return Version(answer.headers["etag"].strip('"'), size, digest, frozenset(kept.items()), tags)

    def tagged(self, tags):
        """The same with these tags."""
        headers = {(name, value) for name, value in self.headers if name != TAG_COUNT}
        if tags:
            headers.add((TAG_COUNT, str(len(tags))))
        return replace(self, headers=frozenset(headers), tags=frozenset(tags))

    def copied(self, headers=None):
        """A copy, with these headers instead of its own. What came in parts has the tag of its bytes then."""
        if headers is None:
            return replace(self, etag=self.digest)
        copy = Version._made(self.digest, self.size, self.digest, headers)
        return copy if TAGGING in {name.lower() for name in headers} else copy.tagged(self.tags)

    def shows(self, version):
        """Whether what was seen, as far as it was looked at, is this version."""
        unseen = {name: None for name in ("digest", "tags") if getattr(self, name) is None}
        return version is not None and replace(version, **unseen) == self

    @property
    def row(self):
        return (self.etag, self.size)

    def __repr__(self):
        return f"<{self.size} bytes, {self.etag[:8]}, {len(self.headers)} headers>"


def is_among(state, allowed):
    """Whether what was seen is one of these states."""
    return None in allowed if state is None else any(map(state.shows, allowed))


# MARK: Reading a key or a listing


def look(client, key, bucket=BUCKET, version=None):
    """What one GET shows, after comparing it with itself: None, or a version whose digest is that of its bytes."""
    answer = client.send("GET", key, bucket=bucket, query=version and {"versionId": version})
    if answer.status == 404:
        assert answer.error()["Code"] == ("NoSuchVersion" if version else "NoSuchKey"), answer
        return None, answer
    assert answer.status == 200, answer
    assert len(answer.body) == int(answer.headers["content-length"]), answer
    return Version.seen(answer, md5(answer.body)), answer


def read(client, key, bucket=BUCKET, version=None):
    """As `look`, with the tags, which another request shows: of a key that nobody changes meanwhile."""
    state, answer = look(client, key, bucket, version)
    if state is not None and state.tags is None:
        tags = tags_of(client, key, bucket, version)
        assert state.headers == state.tagged(tags).headers, f"{len(tags)} tags, and not as many as GET counts: {answer}"
        state = replace(state, tags=tags)
    return state, answer


def tags_of(client, key, bucket=BUCKET, version=None):
    query = {"tagging": "", **({"versionId": version} if version else {})}
    answer = client.send("GET", key, query=query, bucket=bucket)
    assert answer.status == 200, answer
    return documents.tags(answer)


def head(client, key, bucket=BUCKET, version=None):
    """What HEAD shows, which does not have the bytes."""
    answer = client.send("HEAD", key, bucket=bucket, query=version and {"versionId": version})
    if answer.status == 404:
        return None, answer
    assert answer.status == 200, answer
    return Version.seen(answer, None), answer


def listing(client, bucket=BUCKET, page=37, timeout=30):
    """Every key that is listed, page by page, once the server has rebuilt its index."""
    entries, token = {}, None
    while True:
        found = eventually(lambda: list_page(client, token=token, count=page, bucket=bucket), timeout)
        assert not set(found.entries) & set(entries), "a key is on two pages"
        entries.update(found.entries)
        token = found.token
        if token is None:
            assert list(entries) == sorted(entries, key=str.encode), "the listing is not in byte order"
            return entries


def shown(key):
    """A key in a message: some have 1,024 bytes."""
    return repr(key) if len(key) <= 60 else f"{key[:40]!r}… ({len(key.encode())} bytes)"
