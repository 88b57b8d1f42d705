"""The main job: upload authorization, form upload, attachment, styles."""

import json
import re
import subprocess
import time
import uuid
import xml.etree.ElementTree as tree

import pytest
import requests

import forms
import wire
from attachments import attach, authorize, claim, comparable, error_codes, finished, post, upload
from larder import API_TOKEN, eventually
from pictures import opened, picture

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ORIGIN = "https://app.example.com"


def another_token(server, name="another"):
    output = server.run("token", "create", "--name", name).stdout
    return re.search(r"smt_[0-9a-f]{64}", output).group()


# The flow


def test_the_whole_flow_ends_with_two_styles_of_the_right_size(shared):
    data = picture(size=(1200, 800))
    authorization = authorize(shared)
    posted = post(authorization, data)
    assert posted.status_code == 201
    document = tree.fromstring(posted.text)
    key = authorization["key_prefix"] + "picture.png"
    assert document.tag == "PostResponse"
    assert document.findtext("Bucket") == "uploads"
    assert document.findtext("Key") == key
    assert document.findtext("ETag") == posted.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', document.findtext("ETag"))
    location = f"{shared.endpoint}/uploads/{key.replace('/', '%2F')}"
    assert document.findtext("Location") == location == posted.headers["Location"]
    answer = claim(shared, key)
    assert answer.status_code in (200, 202)
    attachment = finished(shared, answer.json()["id"])
    assert attachment["filename"] == "picture.png"
    assert attachment["content_type"] == "image/png"
    assert attachment["byte_size"] == len(data)
    assert (attachment["width"], attachment["height"]) == (1200, 800)
    assert set(attachment["style_url"]) == {"thumb", "medium"}
    assert requests.get(attachment["original_url"], timeout=30).content == data
    thumb = opened(requests.get(attachment["style_url"]["thumb"], timeout=30).content)
    medium = opened(requests.get(attachment["style_url"]["medium"], timeout=30).content)
    assert thumb.size == (150, 150)
    assert medium.size == (600, 400)
    assert thumb.format == medium.format == "PNG"


def test_the_authorization_is_the_documented_form(shared):
    form = authorize(shared)
    assert form["method"] == "POST"
    assert re.fullmatch(f"async_uploads/{UUID}", form["key"])
    assert form["key_prefix"] == form["key"] + "/"
    assert form["url"] == f"{shared.endpoint}/uploads"
    assert form["required_fields"] == ["Content-Type", "file"]
    assert list(form["fields"]) == [
        "key",
        "success_action_status",
        "Content-Type",
        "policy",
        "x-amz-credential",
        "x-amz-algorithm",
        "x-amz-date",
        "x-amz-signature",
        "x-amz-security-token",
    ]
    assert form["fields"]["key"] == form["key"]
    assert form["fields"]["success_action_status"] == "201"
    assert form["fields"]["Content-Type"] == "image/png"
    assert form["fields"]["x-amz-security-token"] == ""


def test_the_policy_fixes_content_type_and_size(shared):
    import base64

    form = authorize(shared)
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert {"bucket": "uploads"} in policy["conditions"]
    assert ["starts-with", "$key", form["key"]] in policy["conditions"]
    ranges = [c for c in policy["conditions"] if isinstance(c, list) and c[0] == "content-length-range"]
    assert ranges == [["content-length-range", ranges[0][1], 5368709120]]
    assert {"Content-Type": "image/png"} in policy["conditions"] or ["eq", "$Content-Type", "image/png"] in policy[
        "conditions"
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda form: form["fields"].update({"Content-Type": "text/html"}),
        lambda form: form["fields"].update({"success_action_status": "200"}),
        lambda form: form.update(key_prefix="async_uploads/" + str(uuid.uuid4()) + "/"),
        lambda form: form["fields"].update({"acl": "public-read"}),
    ],
)
def test_a_form_that_differs_from_its_authorization_is_refused(shared, change):
    form = authorize(shared)
    change(form)
    answer = post(form, b"x")
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text and "Invalid according to Policy" in answer.text


def test_the_key_may_be_used_as_it_is_and_then_there_is_no_filename(shared):
    form = authorize(shared)
    assert post(form, picture(), key=form["key"]).status_code == 201
    attachment = claim(shared, form["key"]).json()
    assert attachment["filename"] is None


def test_the_browsers_filename_takes_the_place_of_its_variable(shared):
    form = authorize(shared)
    assert post(form, picture(), filename="été.png", key=form["key_prefix"] + "${filename}").status_code == 201
    answer = claim(shared, form["key_prefix"] + "été.png")
    assert answer.status_code in (200, 202) and answer.json()["filename"] == "été.png"


def test_clients_that_name_team_app_and_installation_are_served(shared):
    headers = {"X-AppID": "com.example.app", "X-TeamId": "1234", "X-InstallationId": "i"}
    answer = shared.api("GET", "/upload_authorization", headers=headers, params={"content_type": "image/png"})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ['Token token="{}"', "Token token={}", "token token={}"])
def test_the_token_may_be_quoted_and_its_scheme_in_any_case(shared, header):
    answer = shared.api("GET", "", token=None, headers={"Authorization": header.format(API_TOKEN)})
    assert answer.status_code == 200


# Errors of the authorization


@pytest.mark.parametrize(
    "parameters, status, complaint",
    [
        ({}, 400, ("base", "content_type_missing")),
        ({"content_type": ""}, 400, ("base", "content_type_missing")),
        ({"content_type": "application/x-msdownload"}, 422, ("content_type", "content_type_not_allowed")),
        ({"content_type": "text/html"}, 422, ("content_type", "content_type_not_allowed")),
        ({"content_type": "image"}, 422, ("content_type", "content_type_not_allowed")),
        ({"content_type": "image/png", "byte_size": "-1"}, 422, ("byte_size", "bad_byte_size")),
        ({"content_type": "image/png", "byte_size": "5368709121"}, 422, ("byte_size", "bad_byte_size")),
        ({"content_type": "image/png", "byte_size": "ten"}, 422, ("byte_size", "bad_byte_size")),
        ({"content_type": "image/png", "filename": "a/b.png"}, 422, ("filename", "bad_filename")),
        ({"content_type": "image/png", "filename": ".."}, 422, ("filename", "bad_filename")),
        ({"content_type": "image/png", "filename": "x" * 256}, 422, ("filename", "bad_filename")),
    ],
)
def test_what_cannot_be_authorized_is_refused(shared, parameters, status, complaint):
    answer = shared.api("GET", "/upload_authorization", params=parameters)
    assert answer.status_code == status, answer.text
    assert error_codes(answer) == {complaint}
    assert answer.json()["failures"][complaint[0]] == [answer.headers["X-Status-Reason"]]
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Token",
        "Token token=",
        "Token token=smt_" + "0" * 64,
        "Bearer " + API_TOKEN,
        "Basic dTpw",
    ],
)
@pytest.mark.parametrize("path", ["", "/1", "/upload_authorization?content_type=image/png"])
def test_a_missing_or_wrong_token_is_401(shared, authorization, path):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = shared.api("GET", path, token=None, headers=headers)
    assert answer.status_code == 401
    assert error_codes(answer) == {("base", "bad_credentials")}
    assert answer.headers["WWW-Authenticate"].startswith("Token")


def test_an_unknown_path_of_the_api_is_a_json_404(shared):
    answer = shared.get("/api/v4/nothing", headers={"Authorization": f"Token token={API_TOKEN}"})
    assert answer.status_code == 404 and error_codes(answer) == {("base", "not_found")}


# Narrowed authorizations


def test_a_filename_narrows_the_form_to_it(shared):
    form = authorize(shared, filename="only.png")
    assert form["key"].endswith("/only.png")
    assert post(form, picture(), filename="other.png").status_code == 403
    assert post(form, picture(), filename="only.png").status_code == 201
    assert claim(shared, form["key"]).json()["filename"] == "only.png"


@pytest.mark.parametrize(
    "size, status, code", [(999, 400, "EntityTooSmall"), (1000, 201, ""), (1001, 400, "EntityTooLarge")]
)
def test_a_byte_size_narrows_the_form_to_it(shared, size, status, code):
    answer = post(authorize(shared, byte_size="1000"), b"x" * size)
    assert answer.status_code == status
    assert code in answer.text


# Claims


def test_a_claim_is_202_with_retry_after_until_the_styles_are_done(server):
    one = server(config={"imaging": {"workers": 1}})
    keys = [upload(one, picture(size=(2400, 1800), seed=i)) for i in range(4)]
    answers = [claim(one, key) for key in keys]
    waiting = [answer for answer in answers if answer.status_code == 202]
    assert waiting, "four pictures were styled before any answer"
    for answer in waiting:
        assert answer.json()["state"] == "pending"
        assert answer.json()["style_url"] == {}
        assert int(answer.headers["Retry-After"]) >= 1
    for answer in answers:
        assert finished(one, answer.json()["id"])["state"] == "done"


def test_prefer_wait_holds_the_answer_until_the_styles_are_done(shared):
    answer = claim(shared, upload(shared, picture()), wait=20)
    assert answer.status_code == 200
    assert set(answer.json()["style_url"]) == {"thumb", "medium"}


def test_a_claim_is_idempotent(shared):
    key = upload(shared, picture())
    first = comparable(claim(shared, key, wait=20).json())
    again = claim(shared, key)
    assert again.status_code == 200
    assert comparable(again.json()) == first
    assert comparable(shared.api("GET", f"/{first['id']}").json()) == first


def test_claims_of_one_key_at_once_make_one_record(shared):
    from concurrent.futures import ThreadPoolExecutor

    key = upload(shared, picture())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: claim(shared, key, wait=20), range(8)))
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    "body, status, complaint",
    [
        (b"", 400, ("base", "malformed_body")),
        (b"{", 400, ("base", "malformed_body")),
        (b"[]", 400, ("base", "malformed_body")),
        (b"{}", 400, ("base", "malformed_body")),
        (b'{"file_attachment":1}', 400, ("base", "malformed_body")),
        (b'{"file_attachment":{}}', 422, ("key", "key_missing")),
        (b'{"file_attachment":{"key":""}}', 422, ("key", "key_missing")),
        (b'{"file_attachment":{"key":7}}', 422, ("key", "key_missing")),
        (b'{"file_attachment":{"key":"other/place.png"}}', 422, ("key", "key_outside_uploads")),
        (b'{"file_attachment":{"key":"async_uploads/../x"}}', 404, ("base", "upload_not_found")),
        (
            b'{"file_attachment":{"key":"async_uploads/00000000-0000-4000-8000-000000000000/a"}}',
            404,
            ("base", "upload_not_found"),
        ),
        (b"[" * 8000, 400, ("base", "malformed_body")),
    ],
)
def test_a_claim_that_cannot_be_is_refused(shared, body, status, complaint):
    answer = shared.api("POST", headers={"Content-Type": "application/json"}, data=body)
    assert answer.status_code == status, answer.text
    assert error_codes(answer) == {complaint}


def test_a_body_that_is_too_long_is_refused(shared):
    answer = shared.api("POST", headers={"Content-Type": "application/json"}, data=b" " * 100_000)
    assert answer.status_code in (400, 413)


def test_a_key_that_nothing_was_posted_to_is_refused(shared):
    form = authorize(shared)
    answer = claim(shared, form["key_prefix"] + "nothing.png")
    assert answer.status_code == 422 and error_codes(answer) == {("key", "nothing_uploaded")}


# Tokens


def test_a_token_sees_only_its_own_records(server):
    one = server()
    other = another_token(one)
    mine = attach(one, picture())
    theirs = attach(one, picture(seed=2), token=other)
    assert one.api("GET", f"/{mine['id']}", token=other).status_code == 404
    assert one.api("DELETE", f"/{mine['id']}", token=other).status_code == 404
    assert [a["id"] for a in one.api("GET", token=other).json()] == [theirs["id"]]
    assert [a["id"] for a in one.api("GET").json()] == [mine["id"]]


def test_an_upload_authorized_for_another_token_cannot_be_claimed(server):
    one = server()
    key = upload(one, picture())
    answer = claim(one, key, token=another_token(one))
    assert answer.status_code == 404 and error_codes(answer) == {("base", "upload_not_found")}


def test_tokens_are_made_listed_and_deleted_beside_the_running_server(server):
    one = server()
    token = another_token(one, "phones")
    assert one.api("GET", token=token).status_code == 200
    listing = one.run("token", "list").stdout
    assert "phones" in listing and token not in listing
    identifier = next(line for line in listing.splitlines() if "phones" in line).split()[0]
    one.run("token", "delete", identifier)
    assert one.api("GET", token=token).status_code == 401
    assert one.run("token", "delete", identifier, check=False).returncode != 0


def test_tokens_are_made_when_no_server_runs_too(server):
    one = server()
    one.stop()
    token = another_token(one)
    one.start()
    assert one.api("GET", token=token).status_code == 200


# Lists


def test_the_list_is_paged_by_range(server):
    one = server(config={"attachments": {"styles": []}})
    ids = [attach(one, b"text %d" % i, "a.txt", "text/plain")["id"] for i in range(5)]
    everything = one.api("GET")
    assert everything.headers["Content-Range"] == "file_attachments 0-4/5"
    order = [a["id"] for a in everything.json()]
    assert sorted(order) == sorted(ids)
    page = one.api("GET", headers={"Range": "objects=1-2"})
    assert page.status_code in (200, 206)
    assert page.headers["Content-Range"] == "file_attachments 1-2/5"
    assert [a["id"] for a in page.json()] == order[1:3]
    rest = one.api("GET", headers={"Range": "objects=3-"})
    assert [a["id"] for a in rest.json()] == order[3:]
    beyond = one.api("GET", headers={"Range": "objects=9-10"})
    assert beyond.json() == [] and beyond.headers["Content-Range"] == "file_attachments */5"


def test_an_empty_list_says_so(server):
    answer = server().api("GET")
    assert answer.json() == [] and answer.headers["Content-Range"] == "file_attachments */0"


@pytest.mark.parametrize("value", ["bytes=0-1", "objects=2-1", "objects=a-b", "objects=-5", "objects=0-9999999999999"])
def test_a_range_of_another_form_is_refused(shared, value):
    answer = shared.api("GET", headers={"Range": value})
    assert answer.status_code == 400 and error_codes(answer) == {("base", "malformed_range")}


# Removal


def test_delete_removes_record_original_and_styles(server):
    one = server()
    attachment = attach(one, picture())
    urls = [attachment["original_url"], *attachment["style_url"].values()]
    assert one.api("DELETE", f"/{attachment['id']}").status_code in (200, 204)
    assert one.api("GET", f"/{attachment['id']}").status_code == 404
    assert one.api("DELETE", f"/{attachment['id']}").status_code == 404

    def gone():
        return all(requests.get(url, timeout=30).status_code == 404 for url in urls)

    eventually(gone)
    assert one.s3().list_objects_v2(Bucket="uploads").get("Contents", []) == []


@pytest.mark.parametrize("identifier", ["0", "-1", "999999", "x", "1.5", "99999999999999999999", "%00", "1%2F2"])
def test_an_id_that_is_none_is_404(shared, identifier):
    answer = shared.api("GET", f"/{identifier}")
    assert answer.status_code == 404 and error_codes(answer) == {("base", "not_found")}


def test_an_unclaimed_upload_stays_while_its_form_may_still_be_in_use(server):
    # The sweep leaves an hour after the form's expiry to uploads that began in time.
    one = server(config={"attachments": {"authorization_lifetime": 60, "unclaimed_lifetime": 1}})
    key = upload(one, picture())
    time.sleep(2)
    assert one.path("buckets/uploads", key).exists()
    assert claim(one, key, wait=20).status_code == 200


def test_an_expired_authorization_is_refused(server):
    one = server(config={"attachments": {"authorization_lifetime": 1}})
    form = authorize(one)

    def refused():
        answer = post(form, b"x")
        return answer if answer.status_code != 201 else None

    answer = eventually(refused)
    assert answer.status_code == 403 and "Policy expired." in answer.text


# Links


def test_repeated_answers_give_the_same_links(shared):
    key = upload(shared, picture())
    identifier = claim(shared, key, wait=20).json()["id"]

    def are_equal():
        again = claim(shared, key).json(), shared.api("GET", f"/{identifier}").json()
        return len({(one["original_url"], *one["style_url"].values()) for one in again}) == 1

    # They are of a window of hours. It can end between two answers, and not between the next two.
    assert are_equal() or are_equal()


def test_links_work_with_plain_curl_and_name_the_file(shared, folder):
    data = picture()
    attachment = attach(shared, data, filename="my picture.png")
    result = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", "-OJ", attachment["original_url"]],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert (folder / "my picture.png").read_bytes() == data


def test_links_answer_with_the_headers_that_caches_and_browsers_need(shared):
    attachment = attach(shared, picture())
    for url in [attachment["original_url"], *attachment["style_url"].values()]:
        answer = requests.get(url, timeout=30)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/png"
        assert re.fullmatch(r'"[0-9a-f-]+"', answer.headers["ETag"])
        assert re.search(r"max-age=\d+", answer.headers["Cache-Control"])
        assert "filename" in answer.headers["Content-Disposition"]
        again = requests.get(url, timeout=30, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize(
    "filename, content_type, kind",
    [
        ("page.txt", "text/plain", "inline"),
        ("picture.svg", "image/svg+xml", "attachment"),
        ("table.csv", "text/csv", "attachment"),
    ],
)
def test_only_what_runs_no_scripts_is_shown_in_the_page(shared, filename, content_type, kind):
    attachment = attach(shared, b"<svg xmlns='http://www.w3.org/2000/svg'/>", filename, content_type)
    disposition = requests.get(attachment["original_url"], timeout=30).headers["Content-Disposition"]
    assert disposition == f'{kind}; filename="{filename}"'


def test_a_name_beyond_ascii_is_given_in_both_forms(shared):
    attachment = attach(shared, b"x", 'é"%.txt', "text/plain")
    disposition = requests.get(attachment["original_url"], timeout=30).headers["Content-Disposition"]
    # Python-requests writes the name of the file part as it likes; the key is what counts.
    assert "filename*=UTF-8''" in disposition and disposition.isascii()


def test_a_link_that_was_altered_is_refused(shared):
    url = attach(shared, b"x", "a.txt", "text/plain")["original_url"]
    assert requests.get(url.replace("a.txt", "b.txt", 1), timeout=30).status_code == 403
    assert requests.get(url + "&x=1", timeout=30).status_code == 403
    assert requests.get(url.partition("?")[0], timeout=30).status_code == 403


def test_the_public_url_is_the_one_in_every_answer(server):
    one = server(env={"LARDER_PUBLIC_URL": "https://files.example.com"})
    form = authorize(one)
    assert form["url"] == "https://files.example.com/uploads"
    form["url"] = one.endpoint + "/uploads"
    assert post(form, b"x", "a.txt").status_code == 201
    attachment = claim(one, form["key_prefix"] + "a.txt").json()
    assert attachment["original_url"].startswith("https://files.example.com/uploads/async_uploads/")
    path = attachment["original_url"].removeprefix("https://files.example.com")
    assert one.get(path, headers={"Host": "files.example.com"}).status_code == 200


# What is not a picture, or a bad one


def test_what_is_not_a_picture_has_no_styles_and_is_done_at_once(shared):
    answer = claim(shared, upload(shared, b"%PDF-1.4 ...", "paper.pdf", "application/pdf"))
    assert answer.status_code == 200
    assert answer.json()["style_url"] == {}
    assert answer.json()["state"] == "done"
    assert answer.json()["width"] is None


@pytest.mark.parametrize(
    "data, content_type",
    [
        (b"this is no picture at all", "image/png"),
        (picture()[:2000], "image/png"),
        (b"", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "image/svg+xml"),
    ],
)
def test_a_broken_picture_ends_failed_with_its_original_served(shared, data, content_type):
    attachment = attach(shared, data, "broken.png", content_type)
    assert attachment["state"] == "failed"
    assert attachment["style_url"] == {}
    assert attachment["failure"]
    assert requests.get(attachment["original_url"], timeout=30).content == data


def test_a_picture_of_too_many_pixels_ends_failed(shared):
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))
        + chunk(b"IEND", b"")
    )
    attachment = attach(shared, bomb, "bomb.png")
    assert attachment["state"] == "failed"


@pytest.mark.parametrize(
    "kind, content_type",
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
    ],
)
def test_each_kind_of_picture_has_styles_of_its_own_kind(shared, kind, content_type):
    attachment = attach(shared, picture(kind, (900, 600)), f"p.{kind.lower()}", content_type)
    assert attachment["state"] == "done", attachment
    for name, size in [("thumb", (150, 150)), ("medium", (600, 400))]:
        image = opened(requests.get(attachment["style_url"][name], timeout=30).content)
        assert (image.size, image.format) == (size, kind)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_styles_are_upright_and_carry_no_metadata(shared, orientation):
    attachment = attach(shared, picture("JPEG", (800, 400), orientation=orientation), "p.jpg", "image/jpeg")
    upright = (800, 400) if orientation in (1, 3) else (400, 800)
    assert (attachment["width"], attachment["height"]) == upright
    data = requests.get(attachment["style_url"]["medium"], timeout=30).content
    image = opened(data)
    assert image.size == ((600, 300) if orientation in (1, 3) else (300, 600))
    assert not dict(image.getexif())
    assert b"must not carry" not in data


def test_styles_are_configuration(server):
    styles = [
        {"name": "tiny", "width": 20, "height": 10, "mode": "fill", "format": "webp", "quality": 60},
        {"name": "padded", "width": 100, "height": 100, "mode": "pad", "background": "ff0000", "format": "jpeg"},
    ]
    one = server(config={"attachments": {"styles": styles}})
    attachment = attach(one, picture(size=(400, 200)))
    tiny = opened(requests.get(attachment["style_url"]["tiny"], timeout=30).content)
    padded = opened(requests.get(attachment["style_url"]["padded"], timeout=30).content)
    assert (tiny.size, tiny.format) == ((20, 10), "WEBP")
    assert (padded.size, padded.format) == ((100, 100), "JPEG")


def test_an_object_changed_after_its_claim_is_never_served_under_old_styles(server):
    one = server()
    key = upload(one, picture(size=(600, 300)))
    first = claim(one, key, wait=20).json()
    one.s3().put_object(Bucket="uploads", Key=key, Body=picture(size=(300, 600), seed=9), ContentType="image/png")

    def processed_anew():
        answer = one.api("GET", f"/{first['id']}")
        if answer.status_code != 200 or answer.json()["height"] != 600:
            answer = claim(one, key)
        return answer if answer.status_code == 200 and answer.json()["height"] == 600 else None

    attachment = eventually(processed_anew, 20).json()
    assert attachment["style_url"]["medium"] != first["style_url"]["medium"]


def test_styles_are_written_by_larder_alone(shared):
    import botocore.exceptions

    attachment = attach(shared, picture())
    contents = shared.s3().list_objects_v2(Bucket="uploads", Prefix=f"styles/{attachment['id']}/")["Contents"]
    assert len(contents) == 2
    key = contents[0]["Key"]
    assert shared.s3().get_object(Bucket="uploads", Key=key)["ContentType"] == "image/png"
    for call, more in [("put_object", {"Body": b"x"}), ("delete_object", {})]:
        with pytest.raises(botocore.exceptions.ClientError) as refusal:
            getattr(shared.s3(), call)(Bucket="uploads", Key=key, **more)
        assert refusal.value.response["Error"]["Code"] == "AccessDenied"


def test_jobs_survive_a_restart(server):
    one = server(config={"imaging": {"workers": 1}})
    ids = [claim(one, upload(one, picture(size=(2000, 1500), seed=i))).json()["id"] for i in range(5)]
    one.kill()
    one.start()
    for identifier in ids:
        attachment = finished(one, identifier)
        assert attachment["state"] == "done" and len(attachment["style_url"]) == 2


def test_the_server_works_without_its_image_worker_and_styles_say_so(server):
    one = server(config={"imaging": {"worker": "/nonexistent/larder-imaged"}})
    answer = claim(one, upload(one, picture()))
    assert answer.status_code == 202
    assert answer.json()["state"] == "pending"
    eventually(lambda: "waiting" in one.api("GET", f"/{answer.json()['id']}").json())
    assert requests.get(answer.json()["original_url"], timeout=30).status_code == 200


# Files


def test_the_file_lies_on_disk_byte_for_byte_with_its_record(shared):
    data = picture()
    key = upload(shared, data)
    file = shared.path("buckets/uploads", key)
    assert file.read_bytes() == data
    assert re.fullmatch(f"async_uploads/{UUID}/picture.png", key)
    shown = subprocess.run(
        ["getfattr", "-n", "user.larder", "--only-values", file], capture_output=True, text=True, check=True
    )
    record = json.loads(shown.stdout)
    assert record["key"] == key and record["size"] == len(data)
    assert record["head"]["content-type"] == "image/png"


# Browsers


def test_a_preflight_of_the_api_is_answered_for_allowed_origins(shared):
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-teamid",
    }
    answer = requests.options(f"{shared.endpoint}/api/v4/file_attachments", headers=asked, timeout=30)
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert "authorization" in allowed and "content-type" in allowed
    assert "origin" in answer.headers["Vary"].lower()


def test_other_origins_get_no_permission(shared):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ["/api/v4/file_attachments", "/uploads"]:
        answer = requests.options(shared.endpoint + path, headers=asked, timeout=30)
        assert "Access-Control-Allow-Origin" not in answer.headers
    answer = shared.api("GET", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_answers_of_the_api_can_be_read_by_allowed_origins_refusals_included(shared):
    for token in [API_TOKEN, "wrong"]:
        answer = shared.api("GET", token=token, headers={"Origin": ORIGIN})
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert (
        "content-range"
        in shared.api("GET", headers={"Origin": ORIGIN}).headers["Access-Control-Expose-Headers"].lower()
    )


def test_a_form_can_be_posted_by_a_page_and_its_answer_read(shared):
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-custom"}
    preflight = requests.options(f"{shared.endpoint}/uploads", headers=asked, timeout=30)
    assert preflight.status_code == 200 and preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
    answer = post(authorize(shared), picture(), headers={"Origin": ORIGIN})
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    exposed = answer.headers["Access-Control-Expose-Headers"].lower()
    assert "etag" in exposed and "location" in exposed


# Addresses


def assert_posts_to(server, host):
    """The form is taken at `/` of a bucket's own host, and the answer names that host."""
    form = authorize(server)
    fields = {**form["fields"], "key": form["key_prefix"] + "picture.png"}
    data, mark = forms.body(fields, picture())
    answer = wire.exchange(server, forms.request(server, data, mark, host=host))
    assert answer.status == 201, answer
    assert answer.header("Location") == f"http://{host}/{fields['key'].replace('/', '%2F')}"


def test_the_form_is_taken_on_the_buckets_virtual_host(shared):
    assert_posts_to(shared, f"uploads.s3.larder.test:{shared.port}")


def test_the_form_is_taken_on_the_buckets_custom_host_and_links_name_it(server):
    one = server(config={"custom_hosts": {"files.larder.test": "uploads"}})
    # All names of a server are reached by the same port.
    host = f"files.larder.test:{one.port}"
    assert authorize(one)["url"].rstrip("/") == f"http://{host}"
    assert_posts_to(one, "files.larder.test")
    form = authorize(one)
    form["url"] = one.endpoint + "/uploads"
    assert post(form, b"x", "a.txt").status_code == 201
    url = claim(one, form["key_prefix"] + "a.txt").json()["original_url"]
    path = url.removeprefix(f"http://{host}")
    assert path.startswith("/async_uploads/")
    assert one.get(path, headers={"Host": host}).text == "x"


def test_the_api_is_not_there_on_a_buckets_own_host(shared):
    answer = shared.get(
        "/api/v4/file_attachments",
        headers={"Host": "uploads.s3.larder.test", "Authorization": f"Token token={API_TOKEN}"},
    )
    assert "<Error>" in answer.text


def test_a_bucket_called_api_is_refused(shared):
    import botocore.exceptions

    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        shared.s3().create_bucket(Bucket="api")
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
