"""Documents that attack the parser, sent to every operation that reads one: refused, soon, and nothing is shown."""

import base64
import contextlib
import hashlib
import inspect
import os
import socket
import uuid

import pytest

import bombs
import forms
import wire
from dialects import send, target

SECRET = "classified-7c1f"
TAGGING = "<Tagging><TagSet><Tag><Key>color</Key><Value>red</Value></Tag></TagSet></Tagging>"
GRANTS = (
    "<AccessControlPolicy><Owner><ID>@owner</ID></Owner><AccessControlList><Grant>"
    '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>@owner</ID></Grantee>'
    "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>"
)

# What reads a document: method, query, and a document that is taken. `@` stands for what a bucket of the test's has.
OF_BUCKETS = {
    "CreateBucket": (
        "PUT",
        None,
        "<CreateBucketConfiguration><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>",
    ),
    "DeleteObjects": ("POST", "delete", "<Delete><Object><Key>unwanted</Key></Object></Delete>"),
    "PutBucketAccelerateConfiguration": (
        "PUT",
        "accelerate",
        "<AccelerateConfiguration><Status>Suspended</Status></AccelerateConfiguration>",
    ),
    "PutBucketAcl": ("PUT", "acl", GRANTS),
    "PutBucketCors": (
        "PUT",
        "cors",
        "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>"
        "<AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
    ),
    "PutBucketEncryption": (
        "PUT",
        "encryption",
        "<ServerSideEncryptionConfiguration><Rule>"
        "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
        "</Rule></ServerSideEncryptionConfiguration>",
    ),
    "PutBucketLifecycleConfiguration": (
        "PUT",
        "lifecycle",
        "<LifecycleConfiguration><Rule><Status>Enabled</Status>"
        "<Filter><Prefix>tmp/</Prefix></Filter><Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>",
    ),
    "PutBucketLogging": ("PUT", "logging", "<BucketLoggingStatus></BucketLoggingStatus>"),
    "PutBucketNotificationConfiguration": (
        "PUT",
        "notification",
        "<NotificationConfiguration></NotificationConfiguration>",
    ),
    "PutObjectLockConfiguration": (
        "PUT",
        "object-lock",
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>",
    ),
    "PutBucketOwnershipControls": (
        "PUT",
        "ownershipControls",
        "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
    ),
    "PutPublicAccessBlock": (
        "PUT",
        "publicAccessBlock",
        "<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>",
    ),
    "PutBucketRequestPayment": (
        "PUT",
        "requestPayment",
        "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
    ),
    "PutBucketTagging": ("PUT", "tagging", TAGGING),
    "PutBucketVersioning": (
        "PUT",
        "versioning",
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    ),
}
OF_OBJECTS = {
    "CompleteMultipartUpload": (
        "POST",
        "uploadId=@upload",
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>@etag</ETag></Part></CompleteMultipartUpload>",
    ),
    "PutObjectAcl": ("PUT", "acl", GRANTS),
    "PutObjectLegalHold": ("PUT", "legal-hold", "<LegalHold><Status>OFF</Status></LegalHold>"),
    "PutObjectRetention": (
        "PUT",
        "retention",
        "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate></Retention>",
    ),
    "PutObjectTagging": ("PUT", "tagging", TAGGING),
}
# Answered without a look at the document, or after one.
NOT_DONE = {
    "PutBucketAbac": ("PUT", None, "abac", "<AbacStatus><Status>Enabled</Status></AbacStatus>"),
    "PutBucketAnalyticsConfiguration": (
        "PUT",
        None,
        "analytics&id=x",
        "<AnalyticsConfiguration><Id>x</Id></AnalyticsConfiguration>",
    ),
    "PutBucketIntelligentTieringConfiguration": (
        "PUT",
        None,
        "intelligent-tiering&id=x",
        "<IntelligentTieringConfiguration><Id>x</Id></IntelligentTieringConfiguration>",
    ),
    "PutBucketInventoryConfiguration": (
        "PUT",
        None,
        "inventory&id=x",
        "<InventoryConfiguration><Id>x</Id></InventoryConfiguration>",
    ),
    "PutBucketMetricsConfiguration": (
        "PUT",
        None,
        "metrics&id=x",
        "<MetricsConfiguration><Id>x</Id></MetricsConfiguration>",
    ),
    "PutBucketReplication": (
        "PUT",
        None,
        "replication",
        "<ReplicationConfiguration><Role>x</Role></ReplicationConfiguration>",
    ),
    "PutBucketWebsite": (
        "PUT",
        None,
        "website",
        "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument></WebsiteConfiguration>",
    ),
    "RestoreObject": ("POST", "k", "restore", "<RestoreRequest><Days>1</Days></RestoreRequest>"),
    "SelectObjectContent": (
        "POST",
        "k",
        "select&select-type=2",
        "<SelectObjectContentRequest><Expression>x</Expression></SelectObjectContentRequest>",
    ),
    "UpdateObjectEncryption": ("PUT", "k", "encryption", "<ObjectEncryption><a>b</a></ObjectEncryption>"),
}


@pytest.fixture
def secret(folder):
    """A file that everybody may read, and that no answer may show."""
    path = folder / "secret"
    path.write_text(SECRET)
    folder.chmod(0o755)
    return path


@pytest.fixture
def listener():
    """A port that nobody may knock at."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made
        made.setblocking(False)
        with pytest.raises(BlockingIOError):
            made.accept()


@pytest.fixture
def attacks(secret, listener):
    """Every attack on a document: its name, and its bytes."""
    known = {"secret": secret, "listener": "{}:{}".format(*listener.getsockname())}

    def made(document):
        for attack in bombs.ATTACKS:
            wanted = inspect.signature(attack).parameters
            data = attack(document, **{name: value for name, value in known.items() if name in wanted})
            yield attack.__name__, data.encode() if isinstance(data, str) else data

    return made


@pytest.fixture
def world(shared):
    """A bucket in which every operation finds what it is about."""
    name, s3 = f"b-{uuid.uuid4()}", shared.s3()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True, ObjectOwnership="ObjectWriter")
    place = {"Bucket": name, "Key": "k"}
    for key in ("k", "unwanted"):
        s3.put_object(Bucket=name, Key=key, Body=b"x")
    upload = s3.create_multipart_upload(**place)["UploadId"]
    etag = s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"part")["ETag"].strip('"')
    owner = s3.get_bucket_acl(Bucket=name)["Owner"]["ID"]
    return {"bucket": name, "upload": upload, "etag": etag, "owner": owner}


def filled(text, world):
    for name, value in world.items():
        text = text.replace("@" + name, value)
    return text


def ask(store, method, place, body):
    """Sends a document with the digest that some operations want."""
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    return send(store, method, place, {"Content-MD5": digest}, body, payload="UNSIGNED-PAYLOAD")


def processor_seconds(store):
    """What the server has had of the processor: no other test's load makes this longer."""
    with open(f"/proc/{store.process.pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def assert_refused(answer, name):
    assert answer.status == 400, (name, answer)
    assert answer.code in ("MalformedXML", "MalformedACLError", "MaxMessageLengthExceeded"), (name, answer)
    assert_gives_nothing_away(answer, name)


def assert_gives_nothing_away(answer, name):
    shown = answer.text + str(dict(answer.headers))
    assert SECRET not in shown and "laughter" not in shown, (name, answer)
    assert len(answer.body) < 2000, (name, answer)


@contextlib.contextmanager
def cheap(store, seconds=0.5, mebibytes=64):
    """What is done in here takes little time, and no memory for good."""
    time, memory = processor_seconds(store), store.status("VmRSS")
    yield
    assert processor_seconds(store) - time < seconds
    assert store.status("VmRSS") - memory < mebibytes * 1024


def state(store, world):
    """What a request could have changed of the bucket."""
    read = [
        target(world["bucket"], None, **{row[1]: None}) for row in OF_BUCKETS.values() if row[1] not in (None, "delete")
    ]
    read += [target(world["bucket"], "k", **{row[1]: None}) for row in OF_OBJECTS.values() if "=" not in row[1]]
    read += [target(world["bucket"], None, versions=None), target(world["bucket"], "k", uploadId=world["upload"])]
    found = [send(store, "GET", place) for place in read]
    return [(answer.status, answer.body if answer.status == 200 else answer.code) for answer in found]


ROWS = [pytest.param(None, *row, id=name) for name, row in OF_BUCKETS.items()]
ROWS += [pytest.param("k", *row, id=name) for name, row in OF_OBJECTS.items()]


@pytest.mark.parametrize("key, method, query, document", ROWS)
def test_a_document_that_attacks_is_refused_by_every_operation(shared, world, attacks, key, method, query, document):
    # Without a query it is the bucket that is to be made.
    bucket = world["bucket"] if query else f"b-{uuid.uuid4()}"
    place = target(bucket, key) + (f"?{filled(query, world)}" if query else "")
    document, before = filled(document, world), state(shared, world)
    peak = shared.status("VmHWM")
    for name, data in attacks(document):
        with cheap(shared):
            assert_refused(ask(shared, method, place, data), name)
    assert shared.status("VmHWM") - peak < 64 * 1024
    assert state(shared, world) == before
    assert query or send(shared, "GET", target(bucket)).status == 404
    # It is the attack that was refused, not what it was made of.
    answer = ask(shared, method, place, document.encode())
    if (query, answer.code) != ("encryption", "NotImplemented"):
        assert answer.status in (200, 204), answer


@pytest.mark.parametrize("attack", bombs.MANY_ATTRIBUTES, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("name", ["DeleteObjects", "PutBucketTagging"])
def test_many_attributes_are_refused_before_they_are_compared(shared, world, attack, name):
    method, query, document = OF_BUCKETS[name]
    place = target(world["bucket"], None, **{query: None})
    with cheap(shared):
        data = attack(document)
        assert_refused(ask(shared, method, place, data if isinstance(data, bytes) else data.encode()), attack.__name__)


@pytest.mark.parametrize(
    "harmless",
    [
        "<!-- <a b='c' " + "d='e' " * 40 + '" -->',
        "<?x <y z='> " + "a='b' " * 40 + "?>",
        "a = b 'c' \"d\" " * 40,
        "<![CDATA[ <a " + "b='c' " * 40 + "]>]]>",
        "<other xmlns='urn:x' a='>' b='=' c=\"'='\"/>",
    ],
)
def test_what_only_looks_like_many_attributes_is_taken(shared, bucket, harmless):
    document = bombs.with_elements(TAGGING, harmless)
    # With and without what may stand before a document.
    for head in ("", "\ufeff", '<?xml version="1.0" encoding="utf-8" standalone="yes"?>', "<?xml version='1.0'?>\n"):
        assert ask(shared, "PUT", target(bucket, None, tagging=None), (head + document).encode()).status == 204


@pytest.mark.parametrize("name", sorted(OF_BUCKETS.keys() - {"CreateBucket"}))
def test_a_long_document_that_does_not_tell_its_length_is_refused_all_the_same(shared, world, name):
    method, query, document = OF_BUCKETS[name]
    place = target(world["bucket"], None, **{query: None})
    data = bombs.ten_mebibytes_of_text(filled(document, world)).encode()
    pieces = b"".join(
        b"10000\r\n" + data[at : at + 0x10000].ljust(0x10000) + b"\r\n" for at in range(0, len(data), 0x10000)
    )
    headers = {"Transfer-Encoding": "chunked"}
    with cheap(shared):
        answer = send(shared, method, place, headers, pieces + b"0\r\n\r\n", length=False, payload="UNSIGNED-PAYLOAD")
        assert_refused(answer, name)


@pytest.mark.parametrize("method, key, query, document", NOT_DONE.values(), ids=NOT_DONE)
def test_what_is_not_done_gives_nothing_away_either(shared, world, attacks, method, key, query, document):
    place = f"{target(world['bucket'], key)}?{query}"
    for name, data in attacks(document):
        with cheap(shared):
            answer = ask(shared, method, place, data)
        assert answer.status in (400, 501), (name, answer)
        assert_gives_nothing_away(answer, name)


def test_the_tags_of_a_form_are_a_document_too(shared, bucket, attacks):
    def posted(document):
        form = forms.policy_form("k", bucket, [["starts-with", "$tagging", ""]], {"tagging": document})
        data, mark = forms.body(form, b"x")
        return wire.exchange(shared, forms.request(shared, data, mark, bucket))

    for name, data in attacks(TAGGING):
        with cheap(shared):
            answer = posted(data)
        # What is no text, or too long for a field, is refused as a form.
        assert answer is None or answer.status == 400, (name, answer)
        if answer is not None:
            assert_gives_nothing_away(answer, name)
    assert shared.s3().list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert posted(TAGGING).status == 204


def test_xinclude_includes_nothing(shared, bucket, secret):
    inclusion = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="file://{secret}"/>'
    for document in (bombs.with_text(TAGGING, inclusion), bombs.with_elements(TAGGING, inclusion)):
        assert_gives_nothing_away(ask(shared, "PUT", target(bucket, None, tagging=None), document.encode()), "xinclude")
        assert_gives_nothing_away(send(shared, "GET", target(bucket, None, tagging=None)), "xinclude")
