"""`larder styles`: looking at styles before they are used, and making them anew after a change."""

import json

import pytest
import requests

import picture_bombs
from attachments import attach, claim, finished, upload
from pictures import opened, picture

OLD = [{"name": "thumb", "width": 100, "height": 100}, {"name": "card", "width": 60, "height": 60}]
NEW = [{"name": "thumb", "width": 120, "height": 120}, {"name": "card", "width": 60, "height": 60}]


def with_styles(styles):
    return {"attachments": {"styles": styles}}


def rewrite(one, styles):
    """Gives a server that was stopped another configuration."""
    file = one.arguments[one.arguments.index("--config") + 1]
    with open(file, "w") as handle:
        json.dump(with_styles(styles), handle)


def sizes(one, attachment):
    answer = one.api("GET", f"/{attachment['id']}")
    assert answer.status_code == 200, answer.text
    urls = answer.json()["style_url"]
    return {name: opened(requests.get(url, timeout=30).content).size for name, url in urls.items()}


def names(one, attachment):
    """The names of the style objects that an attachment shows."""
    urls = one.api("GET", f"/{attachment['id']}").json()["style_url"]
    return {name: url.split("?")[0].split("/")[-1] for name, url in urls.items()}


def regenerate(one, *arguments, check=True):
    result = one.run("styles", "regenerate", "uploads", *one.arguments, *arguments, check=check)
    return result.returncode, result.stdout, result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("way", ["beside", "alone"])
def test_a_changed_style_is_made_anew_and_an_unchanged_one_never_twice(server, way):
    one = server(config=with_styles(OLD))
    attachments = [attach(one, picture(seed=seed)) for seed in range(3)]
    before = [names(one, attachment) for attachment in attachments]
    assert regenerate(one) == (0, "", "3 attachments: 0 styles were made, 3 needed nothing or were left alone, 0 could not be made")
    one.stop()
    rewrite(one, NEW)
    if way == "beside":
        one.start()
    kept = one.path("buckets/uploads/styles/1")
    stamps = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    code, out, _ = regenerate(one, "--dry-run")
    assert code == 0 and out.count("style-change  attachment") == 3 and out.count(": make thumb\n") == 3
    assert regenerate(one)[2].startswith("3 attachments: 3 styles were made, 0 needed nothing")
    assert regenerate(one)[2].startswith("3 attachments: 0 styles were made, 3 needed nothing")
    if way == "alone":
        one.start()
    for attachment, old in zip(attachments, before):
        assert sizes(one, attachment) == {"thumb": (120, 90), "card": (60, 45)}
        new = names(one, attachment)
        assert new["card"] == old["card"] and new["thumb"] != old["thumb"]
        # The old object stays for those who were shown it; the janitor takes it.
        old_thumb = one.path(f"buckets/uploads/styles/{attachment['id']}", old["thumb"])
        assert old_thumb.exists()
    card = kept / before[0]["card"]
    assert card.stat().st_mtime_ns == stamps[card.name]


def test_styles_go_come_and_are_made_again_when_they_were_lost(server):
    one = server(config=with_styles(OLD))
    attachment = attach(one, picture())
    one.stop()
    rewrite(one, [OLD[0], {"name": "wide", "width": 300}])
    one.start()
    assert regenerate(one, "--dry-run")[1].endswith("picture.png: make wide; drop card\n")
    assert regenerate(one)[2].startswith("1 attachments: 1 styles were made")
    assert sizes(one, attachment) == {"thumb": (100, 75), "wide": (300, 225)}
    one.s3().get_object(Bucket="uploads", Key=f"styles/{attachment['id']}/{names(one, attachment)['thumb']}")
    one.path(f"buckets/uploads/styles/{attachment['id']}", names(one, attachment)["thumb"]).unlink()
    assert regenerate(one)[2].startswith("1 attachments: 1 styles were made")
    assert sizes(one, attachment) == {"thumb": (100, 75), "wide": (300, 225)}


def test_while_styles_are_made_anew_an_attachment_shows_its_old_ones(server):
    one = server(config=with_styles(OLD))
    attachment = attach(one, picture())
    one.stop()
    rewrite(one, NEW)
    one.start()
    answer = one.api("GET", f"/{attachment['id']}")
    assert answer.status_code == 200 and answer.json()["state"] == "done"
    assert sizes(one, attachment) == {"thumb": (100, 75), "card": (60, 45)}


def test_only_what_a_prefix_and_bucket_name_is_gone_through(server):
    one = server(config=with_styles(OLD))
    first, second = (upload(one, picture(seed=seed)) for seed in range(2))
    for key in (first, second):
        finished(one, claim(one, key).json()["id"])
    one.stop()
    rewrite(one, NEW)
    one.start()
    prefix = first.rsplit("/", 1)[0]
    assert regenerate(one, "--prefix", prefix)[2].startswith("1 attachments: 1 styles were made")
    assert regenerate(one)[2].startswith("2 attachments: 1 styles were made, 1 needed nothing")
    refused = one.run("styles", "regenerate", "nowhere", *one.arguments, check=False)
    assert refused.returncode != 0 and "bucket" in refused.stderr


def test_what_cannot_be_made_is_told_and_left_alone_until_it_is_asked_for(server):
    one = server(config=with_styles(OLD))
    good = attach(one, picture())
    bad = attach(one, picture_bombs.jpeg_cut(0.5), "cut.jpg", "image/jpeg")
    assert bad["state"] == "failed"
    code, out, summary = regenerate(one, check=False)
    assert code == 4 and out.startswith(f"not-styled  attachment {bad['id']}: uploads/") and "damaged" in out
    assert summary.startswith("2 attachments: 0 styles were made, 2 needed nothing or were left alone, 1 could not")
    code, out, summary = regenerate(one, "--failed", check=False)
    assert code == 4 and summary.startswith("2 attachments: 0 styles were made, 1 needed nothing")
    assert sizes(one, good) == {"thumb": (100, 75), "card": (60, 45)}


def test_without_a_worker_regenerating_ends_and_says_why(server, folder):
    one = server(config=with_styles(OLD))
    attachment = attach(one, picture())
    one.stop()
    rewrite(one, NEW)
    one.env["LARDER_IMAGED"] = str(folder / "none")
    one.start()
    refused = one.run("styles", "regenerate", "uploads", *one.arguments, check=False)
    assert refused.returncode != 0 and "image worker not found" in refused.stderr
    # Nothing is lost by it.
    assert sizes(one, attachment) == {"thumb": (100, 75), "card": (60, 45)}


# Preview


def test_preview_writes_each_style_of_a_local_file(shared, folder):
    file = folder / "photo.of.me.png"
    file.write_bytes(picture())
    result = shared.run("styles", "preview", file, "--output", folder / "look")
    assert result.stdout.splitlines()[0].startswith(f"{file}: png of 640x480 pixels; ")
    assert [line.split("\t")[:3] for line in result.stdout.splitlines()[1:]] == [
        ["thumb", "150x150", "png"],
        ["medium", "600x450", "png"],
    ]
    for name, size in {"thumb": (150, 150), "medium": (600, 450)}.items():
        assert opened((folder / "look" / f"photo.of.me-{name}.png").read_bytes()).size == size
    # The same bytes as a server stores.
    served = attach(shared, picture())["style_url"]["thumb"]
    assert requests.get(served, timeout=30).content == (folder / "look" / "photo.of.me-thumb.png").read_bytes()


def test_preview_takes_styles_by_name_and_by_the_rules_of_a_place(shared, folder):
    rules = [{"bucket": "avatars", "styles": [{"name": "face", "width": 20, "height": 20, "mode": "fill", "format": "webp"}]}]
    config = folder / "config.json"
    config.write_text(json.dumps({"attachments": {"buckets": ["uploads", "avatars"], "style_rules": rules}}))
    file = folder / "a.png"
    file.write_bytes(picture())
    arguments = ["styles", "preview", file, "--output", folder, "--config", config]
    shared.run(*arguments, "--style", "medium")
    shared.run(*arguments, "--bucket", "avatars")
    assert {path.name for path in folder.iterdir()} == {"config.json", "a.png", "a-medium.png", "a-face.webp"}
    refused = shared.run(*arguments, "--style", "face", check=False)
    assert refused.returncode != 0 and "there is no style 'face' at uploads/" in refused.stderr


def test_preview_says_what_is_no_picture_and_what_is_no_file(shared, folder):
    file = folder / "note.txt"
    file.write_text("words")
    result = shared.run("styles", "preview", file, "--output", folder, check=False)
    assert result.returncode == 1 and "not a picture of a known kind" in result.stdout
    refused = shared.run("styles", "preview", folder / "none.png", check=False)
    assert refused.returncode != 0 and "no file that can be read" in refused.stderr
    refused = shared.run("styles", "preview", file, check=False, LARDER_IMAGED=folder / "none")
    assert refused.returncode != 0 and "image worker not found" in refused.stderr


def test_help_teaches(shared):
    assert "larder styles regenerate uploads" in shared.run("styles", "--help").stdout
    for command in ("preview", "regenerate", "url"):
        assert "Examples:" in shared.run("styles", command, "--help").stdout
