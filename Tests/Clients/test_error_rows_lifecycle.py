"""Refusals about lifecycle rules, a row each."""

import pytest

from refusals import Call, World, refuse, rows

PUT = "PutBucketLifecycleConfiguration"


@pytest.fixture(scope="module")
def world(shared):
    """A bucket without rules, which no row changes."""
    found = World(shared, plain=World.name())
    shared.s3().create_bucket(Bucket=found.plain)
    return found


EVERYTHING = "<Filter/>"
THREE_DAYS = "<Expiration><Days>3</Days></Expiration>"


def rule(inner=EVERYTHING + THREE_DAYS, status="Enabled", id=None):
    name = "" if id is None else f"<ID>{id}</ID>"
    return f"<Rule>{name}<Status>{status}</Status>{inner}</Rule>"


def put(*found, **arguments):
    return Call(PUT, body=f"<LifecycleConfiguration>{''.join(found)}</LifecycleConfiguration>", **arguments)


def malformed(case, *found):
    return put(*found).refused(case, 400, "MalformedXML")


def action(inner):
    return rule(EVERYTHING + inner)


def filtered(inner, action=THREE_DAYS):
    return rule(f"<Filter>{inner}</Filter>{action}")


def expire(inner):
    return action(f"<Expiration>{inner}</Expiration>")


def move(inner, kind="Transition"):
    return action(f"<{kind}>{inner}</{kind}>")


def number(found, of, name, value, kind="positive"):
    """A number below its minimum."""
    text = f"'{name}' for {of} action must be a {kind} integer"
    return put(found).argument(f"{name} of {of}, {value}", name, value, text)


def midnight(value):
    return put(expire(f"<Date>{value}</Date>")).argument(value, "Date", value, "'Date' must be at midnight GMT")


TAG = "<Tag><Key>a</Key><Value>1</Value></Tag>"
LARGE = "<ObjectSizeGreaterThan>10</ObjectSizeGreaterThan>"
ABORT = "<AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
MARKERS = "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
DATE = "<Date>2031-01-01T00:00:00Z</Date>"
GLACIER = "<StorageClass>GLACIER</StorageClass>"


@rows(
    put().refused("no rule", 400, "MalformedXML"),
    malformed("1001 rules", *(rule(id=number) for number in range(1001))),
    Call(PUT, body="<LifecycleConfiguration>").refused("no XML", 400, "MalformedXML"),
    Call(PUT, body="<Lifecycle/>").refused("another document", 400, "MalformedXML"),
    Call(PUT, body="").refused("no document", 400, "MissingRequestBodyError"),
    malformed("another state", rule(status="On")),
    malformed("a state in small letters", rule(status="enabled")),
    malformed("no state", f"<Rule>{EVERYTHING}{THREE_DAYS}</Rule>"),
    put(rule(id="a" * 256)).argument(
        "an ID of 256 characters", "ID", "a" * 256, "ID length should not exceed allowed limit of 255"
    ),
    put(rule(id="a"), rule(id="a")).argument(
        "an ID twice", "ID", "a", "Rule ID must be unique. Found same ID for more than one rule"
    ),
    put(rule(EVERYTHING)).request("no action", "At least one action needs to be specified in a rule"),
    put(rule(), headers={"x-amz-transition-default-minimum-object-size": "value"}).request(
        "an unknown minimum size", "Invalid TransitionDefaultMinimumObjectSize found: value"
    ),
    Call("GetBucketLifecycleConfiguration").refused("absent", 404, "NoSuchLifecycleConfiguration", BucketName="@plain"),
)
def test_rules(world, row):
    refuse(world, row)


@rows(
    malformed("neither Filter nor Prefix", rule(THREE_DAYS)),
    malformed("Filter and Prefix", rule("<Prefix/>" + EVERYTHING + THREE_DAYS)),
    malformed("two filters", rule(EVERYTHING * 2 + THREE_DAYS)),
    malformed("two conditions without And", filtered("<Prefix>a</Prefix>" + TAG)),
    malformed("And beside a condition", filtered("<Prefix>a</Prefix><And>" + TAG + "</And>")),
    malformed("an empty And", filtered("<And/>")),
    # To pass over a condition would delete more than was asked for.
    malformed("an unknown condition", filtered("<Suffix>a</Suffix>")),
    malformed("an unknown condition in And", filtered("<And><Prefix>a</Prefix><Suffix>b</Suffix></And>")),
    malformed("a tag without a value", filtered("<Tag><Key>a</Key></Tag>")),
    malformed("a tag without a key", filtered("<Tag><Value>a</Value></Tag>")),
    malformed("a size that is no number", filtered("<ObjectSizeLessThan>x</ObjectSizeLessThan>")),
    malformed("a size below zero", filtered("<ObjectSizeGreaterThan>-1</ObjectSizeGreaterThan>")),
    put(filtered(f"<And>{TAG}{TAG}</And>")).request("a tag twice", "Duplicate Tag Keys are not allowed."),
    put(filtered(f"<And>{LARGE}<ObjectSizeLessThan>10</ObjectSizeLessThan></And>")).request(
        "sizes that cross", "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'."
    ),
    put(filtered(TAG, ABORT)).request(
        "uploads with tags", "AbortIncompleteMultipartUpload cannot be specified with Tags."
    ),
    put(filtered(LARGE, ABORT)).request(
        "uploads of a size", "AbortIncompleteMultipartUpload cannot be specified with Object Size."
    ),
    put(filtered(TAG, MARKERS)).request(
        "delete markers with tags", "ExpiredObjectDeleteMarker cannot be specified with Tags."
    ),
    put(filtered(LARGE, MARKERS)).request(
        "delete markers of a size", "ExpiredObjectDeleteMarker cannot be specified with Object Size."
    ),
)
def test_filters(world, row):
    refuse(world, row)


@rows(
    malformed("an empty Expiration", expire("")),
    malformed("Days and Date", expire("<Days>3</Days>" + DATE)),
    malformed(
        "ExpiredObjectDeleteMarker and Days",
        expire("<Days>3</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>"),
    ),
    malformed(
        "ExpiredObjectDeleteMarker and Date",
        expire(DATE + "<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>"),
    ),
    malformed(
        "ExpiredObjectDeleteMarker neither true nor false",
        expire("<ExpiredObjectDeleteMarker>on</ExpiredObjectDeleteMarker>"),
    ),
    malformed("Days that are no number", expire("<Days>many</Days>")),
    malformed("a fraction of Days", expire("<Days>1.5</Days>")),
    malformed("a Date that is none", expire("<Date>tomorrow</Date>")),
    malformed("two Expirations", action(THREE_DAYS * 2)),
    number(expire("<Days>0</Days>"), "Expiration", "Days", "0"),
    number(expire("<Days>-1</Days>"), "Expiration", "Days", "-1"),
    midnight("2031-01-01T10:00:00Z"),
    midnight("2031-01-01T00:00:01Z"),
    midnight("2031-01-01T00:00:00.5Z"),
    midnight("2031-01-01T00:00:00+01:00"),
    malformed("no class", move("<Days>3</Days>")),
    malformed("an unknown class", move("<Days>3</Days><StorageClass>COLD</StorageClass>")),
    # Nothing moves to where it was.
    malformed("the class STANDARD", move("<Days>3</Days><StorageClass>STANDARD</StorageClass>")),
    malformed("Transition without Days or Date", move(GLACIER)),
    malformed("Transition with both", move("<Days>3</Days>" + DATE + GLACIER)),
    number(move("<Days>-1</Days>" + GLACIER), "Transition", "Days", "-1", "nonnegative"),
    malformed("NoncurrentVersionTransition without a number", move(GLACIER, "NoncurrentVersionTransition")),
    number(
        move("<NoncurrentDays>-1</NoncurrentDays>" + GLACIER, "NoncurrentVersionTransition"),
        "NoncurrentVersionTransition",
        "NoncurrentDays",
        "-1",
        "nonnegative",
    ),
    malformed("an empty NoncurrentVersionExpiration", move("", "NoncurrentVersionExpiration")),
    number(
        move("<NoncurrentDays>0</NoncurrentDays>", "NoncurrentVersionExpiration"),
        "NoncurrentVersionExpiration",
        "NoncurrentDays",
        "0",
    ),
    number(
        move(
            "<NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>0</NewerNoncurrentVersions>",
            "NoncurrentVersionExpiration",
        ),
        "NoncurrentVersionExpiration",
        "NewerNoncurrentVersions",
        "0",
    ),
    malformed("an empty AbortIncompleteMultipartUpload", move("", "AbortIncompleteMultipartUpload")),
    number(
        move("<DaysAfterInitiation>0</DaysAfterInitiation>", "AbortIncompleteMultipartUpload"),
        "AbortIncompleteMultipartUpload",
        "DaysAfterInitiation",
        "0",
    ),
)
def test_actions(world, row):
    refuse(world, row)
