"""The XML that S3 takes and gives, as far as the fault suites speak it."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from urllib.parse import unquote_plus
from xml.sax.saxutils import escape

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def parse(answer):
    return ElementTree.fromstring(answer.body)


def text(element, name):
    """The text of a child; None when it has none of that name."""
    return element.findtext(NAMESPACE + name)


def all_of(element, name):
    return element.findall(NAMESPACE + name)


def decoded(value):
    # As S3 encodes it: a plus sign is a blank.
    return unquote_plus(value, errors="strict")


# MARK: Sent


def _escaped(value):
    # A bare tab would be a blank to some parsers.
    return escape(value, {"\t": "&#9;"})


def tagging(tags):
    items = "".join(f"<Tag><Key>{_escaped(k)}</Key><Value>{_escaped(v)}</Value></Tag>" for k, v in sorted(tags))
    return f"<Tagging><TagSet>{items}</TagSet></Tagging>".encode()


def completion(parts):
    """`parts` are numbers with their tags."""
    items = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{tag}</ETag></Part>" for n, tag in sorted(parts.items()))
    return f"<CompleteMultipartUpload>{items}</CompleteMultipartUpload>".encode()


def deletion(targets):
    """`targets` are pairs of a key and a version's id, None for the current one."""
    items = "".join(
        f"<Object><Key>{_escaped(key)}</Key>{f'<VersionId>{version}</VersionId>' if version else ''}</Object>"
        for key, version in targets
    )
    return f"<Delete>{items}</Delete>".encode()


def versioning(status):
    return f"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>".encode()


# MARK: Received


def tags(answer):
    """What GetObjectTagging shows."""
    (tag_set,) = all_of(parse(answer), "TagSet")
    return frozenset((text(tag, "Key"), text(tag, "Value") or "") for tag in all_of(tag_set, "Tag"))


def upload_id(answer):
    return text(parse(answer), "UploadId")


def etag(answer):
    return text(parse(answer), "ETag").strip('"')


def parts(answer):
    """What ListParts shows, as {number: (ETag, size)}."""
    document = parse(answer)
    assert text(document, "IsTruncated") == "false", answer
    found = all_of(document, "Part")
    return {int(text(p, "PartNumber")): (text(p, "ETag").strip('"'), int(text(p, "Size"))) for p in found}


@dataclass(frozen=True)
class Removal:
    """One entry of what DeleteObjects answers; `code` is that of an error."""

    key: str
    version: str | None
    marker: str | None
    code: str | None


def removals(answer):
    found = []
    for entry in parse(answer):
        values = [text(entry, name) for name in ("Key", "VersionId", "DeleteMarkerVersionId", "Code")]
        found.append(Removal(*values))
    return found
