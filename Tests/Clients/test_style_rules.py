"""Styles per bucket and prefix, as the configuration says, and what a configuration with a mistake gets."""

import json

import pytest
import requests

from attachments import authorize, claim, finished, post
from larder import NotReady
from pictures import opened, picture

SQUARE = {"name": "square", "width": 64, "height": 64, "mode": "fill", "format": "png"}
WIDE = {"name": "wide", "width": 200, "height": 20, "format": "jpeg"}
RULES = [
    {"bucket": "avatars", "styles": [SQUARE, "thumb"]},
    {"bucket": "documents", "prefix": "async_uploads/", "styles": [WIDE]},
    {"bucket": "documents", "styles": ["medium"]},
    {"bucket": "raw", "styles": []},
]
CONFIGURATION = {"attachments": {"buckets": ["uploads", "avatars", "documents", "raw"], "style_rules": RULES}}


@pytest.fixture(scope="module")
def ruled(module_server):
    """A server with these rules."""
    yield from module_server(CONFIGURATION)


def styles_in(server, bucket):
    """The names and sizes of the styles that a picture gets in this bucket, in the order of the answer."""
    authorization = authorize(server, bucket=bucket)
    assert post(authorization, picture()).status_code == 201
    answer = claim(server, authorization["key_prefix"] + "picture.png")
    assert answer.status_code in (200, 202), answer.text
    attachment = finished(server, answer.json()["id"])
    assert attachment["state"] == "done", attachment
    return {name: opened(requests.get(url, timeout=30).content).size for name, url in attachment["style_url"].items()}


@pytest.mark.parametrize(
    "bucket, expected",
    [
        ("uploads", [("thumb", (150, 150)), ("medium", (600, 450))]),
        ("avatars", [("square", (64, 64)), ("thumb", (150, 150))]),
        ("documents", [("wide", (27, 20))]),
        ("raw", []),
    ],
)
def test_a_picture_gets_the_styles_of_the_most_specific_rule(ruled, bucket, expected):
    assert list(styles_in(ruled, bucket).items()) == expected


def test_larder_config_shows_the_rules(ruled):
    shown = ruled.run("config", *ruled.arguments).stdout
    line = next(one for one in shown.splitlines() if one.startswith("attachments.style_rules = "))
    assert json.loads(line[line.index("=") + 2 : line.rindex("  (")]) == RULES
    assert line.endswith(f"(file {ruled.arguments[-1]})")


@pytest.mark.parametrize(
    "rule, expected",
    [
        ({"bucket": "uploads", "styles": [], "prefxi": "a"}, "unknown key 'prefxi'"),
        ({"styles": []}, "'bucket' is missing"),
        ({"bucket": "U", "styles": []}, "'U' is no valid bucket name"),
        ({"bucket": "uploads"}, "'styles' is no list"),
        ({"bucket": "uploads", "prefix": 1, "styles": []}, "'prefix' is no text"),
        ({"bucket": "uploads", "styles": ["huge"]}, "attachments.styles has no style 'huge'; it has thumb, medium"),
        ({"bucket": "uploads", "styles": [{**SQUARE, "colour": "red"}]}, "Unknown key 'colour'"),
        ({"bucket": "uploads", "styles": [{**SQUARE, "width": 20000}]}, "width must be"),
        ({"bucket": "uploads", "styles": ["thumb", "thumb"]}, "two styles share a name"),
        ({"bucket": "elsewhere", "styles": []}, "add the bucket to attachments.buckets"),
    ],
)
def test_a_rule_with_a_mistake_keeps_the_server_from_starting(server, rule, expected):
    with pytest.raises(NotReady) as refusal:
        server(config={"attachments": {"style_rules": [rule]}})
    assert expected in str(refusal.value)
