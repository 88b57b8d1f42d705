"""Whether each recorded answer of AWS is held against the server; the tests that do it are in recordings/."""

import re
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "recordings"
sys.path.insert(0, str(FOLDER))

import recorded  # noqa: E402

# Cases that are left out, by a pattern of their names.
LEFT_OUT = {
    r"test_s3_bucket_encryption_sse_kms.*": "there is no KMS: aws:kms is answered NotImplemented",
    r"test_bucket_acceleration_configuration_.*": "there is no transfer acceleration",
    r"test_.*metrics_configuration.*": "metrics of requests are not kept by bucket",
    r"test_bucket_notification_.*": "notifications need queues of AWS",
    r"test_public_access_block_exc": "it has no steps",
    r"test_crud_public_access_block": "a new bucket blocks nothing here, so that one line makes it public",
    r"test_list_buckets_region_validation": "regions are the operator's to name, so any is one",
    r"test_object_tagging_exc": "AWS tells BUCKET/KEY as the key of GetObjectTagging alone",
}


def test_every_recorded_case_is_done_or_left_out_for_a_reason():
    if not recorded.cases():
        pytest.skip(f"no recordings in {recorded.FOLDER}")
    texts = [file.read_text() for file in FOLDER.glob("test_*.py")]
    done = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    names = {re.sub(r"\[.*", "", name) for name in recorded.cases()}
    left_out = {name for name in names if any(re.fullmatch(pattern, name) for pattern in LEFT_OUT)}
    assert not names - done - left_out, "neither done nor left out"
    assert not done - names, "done and not recorded"
    assert not done & left_out, "done and left out"
    assert all(any(re.fullmatch(pattern, name) for name in names) for pattern in LEFT_OUT), "nothing to leave out"


CASE = {"one": {"Id": "<id:1>", "Made": "datetime", "Arn": "arn:<kind>:<id:1>"}, "two": {"Id": "<id:2>"}}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"Id": "a", "Arn": "arn:x:b"}, {"Id": "c"}),
        ({"Id": "a", "Arn": "arn:x:a"}, {"Id": "a"}),
        ({"Id": "a"}, {"Id": "b"}),
        ({"Id": "a", "Arn": "arn:x:a", "More": 1}, {"Id": "b"}),
    ],
    ids=["another value", "the same value of two placeholders", "too little", "too much"],
)
def test_the_comparison_finds(one, two):
    case = recorded.Case("example", {"one": {k: v for k, v in CASE["one"].items() if k != "Made"}, "two": CASE["two"]})
    case.check("one", one)
    case.check("two", two)
    with pytest.raises(AssertionError):
        case.finish()


def test_the_comparison_wants_all_steps():
    case = recorded.Case("example", {"one": {"Id": "<id:1>"}, "two": {}})
    case.check("one", {"Id": "a"})
    with pytest.raises(AssertionError, match="not done: two"):
        case.finish()
