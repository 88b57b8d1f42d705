"""The attachments flow as a client library would wrap it."""

import json
import re

import requests

from larder import API_TOKEN, eventually


def authorize(server, content_type="image/png", token=API_TOKEN, **parameters):
    answer = server.api(
        "GET", "/upload_authorization", token=token, params={"content_type": content_type, **parameters}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["upload_authorization"]


def post(authorization, data, filename="picture.png", key=None, **options):
    """Posts the form as it was authorized, every part with a filename as python-requests does for `files=`."""
    fields = dict(authorization["fields"])
    fields["key"] = authorization["key_prefix"] + filename if key is None else key
    parts = [(name, (None, value)) for name, value in fields.items()]
    return requests.post(authorization["url"], files=[*parts, ("file", (filename, data))], timeout=60, **options)


def upload(server, data, filename="picture.png", content_type="image/png", token=API_TOKEN):
    """Authorizes and posts; returns the key."""
    authorization = authorize(server, content_type, token=token)
    answer = post(authorization, data, filename)
    assert answer.status_code == 201, answer.text
    return authorization["key_prefix"] + filename


def claim(server, key, token=API_TOKEN, wait=None):
    headers = {} if wait is None else {"Prefer": f"wait={wait}"}
    return server.api("POST", token=token, headers=headers, json={"file_attachment": {"key": key}})


def finished(server, identifier, token=API_TOKEN, timeout=30):
    """Polls until the answer is 200 and returns the attachment."""

    def poll():
        answer = server.api("GET", f"/{identifier}", token=token)
        assert answer.status_code in (200, 202), answer.text
        return answer if answer.status_code == 200 else None

    return eventually(poll, timeout).json()


def attach(server, data, filename="picture.png", content_type="image/png", token=API_TOKEN):
    """The whole flow; returns the finished attachment."""
    answer = claim(server, upload(server, data, filename, content_type, token), token)
    assert answer.status_code in (200, 202), answer.text
    return finished(server, answer.json()["id"], token)


def comparable(document):
    """A document of the API without what links have that is of a moment."""
    text = json.dumps(document)
    return json.loads(re.sub(r"\?X-Amz-[^\"]*", "", text))


def error_codes(answer):
    """Field and code of each complaint of an API error."""
    return {(field, item["error"]) for field, items in answer.json()["error_codes"].items() for item in items}
