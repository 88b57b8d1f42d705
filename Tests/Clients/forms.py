"""Forms for browser uploads: policies signed by hand, and bodies in the dialects that clients speak."""

import base64
import datetime
import hashlib
import hmac
import json
import uuid

from larder import ACCESS_KEY, REGION, SECRET_KEY


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def sign_policy(policy_text, date, secret=SECRET_KEY, region=REGION):
    """The SigV4 signature of a policy as it stands in the form."""
    key = _hmac(_hmac(_hmac(_hmac(b"AWS4" + secret.encode(), date), region), "s3"), "aws4_request")
    return _hmac(key, policy_text).hex()


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def policy_form(
    key, bucket="uploads", conditions=(), fields=None, lifetime=3600, key_condition=None, policy=None, signed_at=None
):
    """The fields of a SigV4 form, file not included.

    `conditions` are added to those of bucket, key and signature; `fields` are sent, and covered only by `conditions`.
    `policy` replaces the whole policy document (a dict, or text that is encoded as it is).
    """
    now = signed_at or datetime.datetime.now(datetime.timezone.utc)
    date, moment = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ")
    credential = f"{ACCESS_KEY}/{date}/{REGION}/s3/aws4_request"
    signing = {
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": credential,
        "x-amz-date": moment,
    }
    document = (
        policy
        if policy is not None
        else {
            "expiration": stamp(now + datetime.timedelta(seconds=lifetime)),
            "conditions": [
                {"bucket": bucket},
                key_condition or ["eq", "$key", key],
                *({name: value} for name, value in signing.items()),
                *conditions,
            ],
        }
    )
    text = document if isinstance(document, str) else json.dumps(document)
    encoded = base64.b64encode(text.encode()).decode()
    return {
        "key": key,
        **(fields or {}),
        "policy": encoded,
        **signing,
        "x-amz-signature": sign_policy(encoded, date),
    }


def boundary():
    return "----larder" + uuid.uuid4().hex


def part(name, value, mark, filename=None, disposition=None, headers=()):
    """One part, delimiter included."""
    value = value if isinstance(value, bytes) else str(value).encode()
    text = disposition or f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    lines = [f"--{mark}", f"Content-Disposition: {text}", *headers, "", ""]
    return "\r\n".join(lines).encode() + value + b"\r\n"


def body(fields, file, filename="picture.png", mark=None, file_first=False, after=b"", preamble=b"", end=None):
    """A form as browsers send it; returns (body, boundary)."""
    mark = mark or boundary()
    pairs = fields.items() if hasattr(fields, "items") else fields
    parts = [part(name, value, mark) for name, value in pairs]
    if file is not None:
        place = 0 if file_first else len(parts)
        parts.insert(place, part("file", file, mark, filename=filename, headers=["Content-Type: application/x-part"]))
    closing = f"--{mark}--\r\n".encode() if end is None else end(mark)
    return preamble + b"".join(parts) + after + closing, mark


def ktor_body(fields, file, filename, style):
    """A form as ktor writes it: unquoted names, Content-Length in each part; `style` is its version."""
    mark = "-5af3c01d" + uuid.uuid4().hex
    data = b"\r\n\r\n" if style == "1.2" else b""
    for name, value in fields.items():
        value = value.encode()
        data += part(
            name, value, mark, disposition=f"form-data; name={name}", headers=[f"Content-Length: {len(value)}"]
        )
    data += part(
        "file",
        file,
        mark,
        disposition=f"form-data; name=file; filename={filename}",
        headers=["Content-Type: image/png", f"Content-Length: {len(file)}"],
    )
    data += f"--{mark}--\r\n".encode() + (b"" if style == "1.6" else b"\r\n")
    return data, mark


def request(server, data, mark, bucket="uploads", headers=(), host=None, content_type=None):
    """The whole request that posts this body to a bucket; to `/` when the host names it."""
    target = "/" if host else f"/{bucket}"
    content_type = content_type or f"multipart/form-data; boundary={mark}"
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {host or server.authority}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(data)}",
        *headers,
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + data
