"""The whole way of an attachment, in every mode: authorization, form, 201, 202, 200, styles that open."""

import pytest
import requests

from attachments import authorize, claim, finished, post
from larder import eventually
from pictures import opened, picture
from upstream import behind, remote_settings

MODES = ["local", "proxy", "cache", "mirror"]


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture
def remote(server):
    return behind(server)


@pytest.fixture
def front(server, remote, mode):
    return server(config=remote_settings(remote.endpoint, mode=mode))


def listed(server):
    """Key, size and ETag of all objects."""
    found = server.s3().list_objects_v2(Bucket="uploads").get("Contents", [])
    return {(one["Key"], one["Size"], one["ETag"]) for one in found}


def test_an_attachment_goes_its_whole_way(front, remote, mode):
    data = picture("JPEG", (640, 480))
    authorization = authorize(front, "image/jpeg")
    answer = post(authorization, data, "picture.jpg")
    assert answer.status_code == 201 and "<PostResponse" in answer.text, answer.text
    key = authorization["key_prefix"] + "picture.jpg"
    answer = claim(front, key)
    assert answer.status_code == 202, answer.text
    attachment = finished(front, answer.json()["id"])
    assert attachment["state"] == "done" and set(attachment["style_url"]) == {"thumb", "medium"}
    assert requests.get(attachment["original_url"], timeout=30).content == data
    for url in attachment["style_url"].values():
        assert url.startswith(front.endpoint)
        for _ in range(2):
            shown = requests.get(url, timeout=30)
            assert shown.status_code == 200 and max(opened(shown.content).size) <= 640
    here = listed(front)
    assert len(here) == 3 and key in {name for name, _, _ in here}
    if mode == "local":
        assert listed(remote) == set()
    else:
        eventually(lambda: listed(remote) == here)
