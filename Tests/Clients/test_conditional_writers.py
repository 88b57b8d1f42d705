"""A hundred conditional writers at the same moment: one wins, the others are told, and what is there is the winner's.

LARDER_WRITERS_ROUNDS=1000 runs as many races of uploads and a quarter of each other kind; scripts/soak does.
"""

import collections
import os
import uuid

import pytest

from dialects import send, target
from matrix import cells
from writers import Crowd, body_of, completions, copies, deletions, md5, puts, renames

ROUNDS = int(os.environ.get("LARDER_WRITERS_ROUNDS") or 12)
FEW = max(3, ROUNDS // 4)
WRITERS = 100
# Uploads in parts leave directories, which are slow to remove.
MANY = 100 if ROUNDS >= 100 else 30

ABSENT = {"If-None-Match": "*"}
REFUSALS = {412: "PreconditionFailed", 409: "ConditionalRequestConflict", 404: "NoSuchKey"}
# In its natural place, below directories that are made in the race, and two that no path can be.
KEYS = ["lock", "deep/er/{}/lock", "a//b", "x" * 1000]

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(60 + 3 * ROUNDS)]


@pytest.fixture(scope="module")
def crowd(shared):
    made = Crowd(shared, WRITERS)
    yield made
    made.close()


class Place:
    """A bucket in one of the states of versioning, looked at between races."""

    def __init__(self, store, state):
        self.store, self.state = store, state
        self.bucket = f"b-{uuid.uuid4()}"
        self.s3 = store.s3()
        self.s3.create_bucket(Bucket=self.bucket)
        if state is not None:
            self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": state})

    def put(self, key, body):
        """Puts an object there without a condition; its tag."""
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)["ETag"].strip('"')

    def rows(self, key):
        """How many versions and how many delete markers the key has."""
        found = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key)
        return len(found.get("Versions", [])), len(found.get("DeleteMarkers", []))

    def assert_has(self, key, winner):
        """The key has what the winner wrote, byte by byte, and is listed once."""
        got = send(self.store, "GET", target(self.bucket, key))
        assert (got.status, got.header("ETag")) == (200, f'"{winner.etag}"'), got
        assert got.body == winner.content
        (item,) = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=key)["Contents"]
        assert (item["Key"], item["ETag"], item["Size"]) == (key, f'"{winner.etag}"', len(winner.content))

    def assert_has_none(self, key):
        assert send(self.store, "GET", target(self.bucket, key)).status == 404
        assert self.s3.list_objects_v2(Bucket=self.bucket, Prefix=key).get("Contents", []) == []


@pytest.fixture
def places(shared):
    """A bucket in each state."""
    return [Place(shared, state) for state in (None, "Enabled", "Suspended")]


@pytest.fixture
def sources(shared, bucket):
    """The bucket of a hundred objects to copy, and their contents by key."""
    found = {f"sources/{number}": body_of(number, "source") for number in range(WRITERS)}
    s3 = shared.s3()
    for key, body in found.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    return bucket, found


@pytest.fixture
def race(crowd, request):
    """Lets writers go; the one that has won. All others are answered with a refusal that says which it is.

    How many races there were, and how they were answered, is said when the test is over.
    """
    counts = collections.Counter()

    def run(writers, refusals=(409, 412)):
        answers = crowd.race(writers)
        won = [writer for writer, answer in zip(writers, answers) if writer.has_won(answer)]
        refused = [answer for writer, answer in zip(writers, answers) if not writer.has_won(answer)]
        assert None not in refused, f"{refused.count(None)} writers without an answer"
        codes = collections.Counter((answer.status, answer.code) for answer in refused)
        assert set(codes) <= {(status, REFUSALS[status]) for status in refusals}, codes
        assert (len(won), len(refused)) == (1, len(writers) - 1), codes
        counts.update(["won", *(f"refused with {answer.status}" for answer in refused)])
        return won[0]

    yield run
    name = request.node.name.removeprefix("test_of_").removesuffix("_one_wins").replace("_", " ")
    print(f"{counts['won']} races of {name}: {', '.join(f'{count} {how}' for how, count in counts.most_common())}")


# A new key


def race_for_new_keys(race, places, rounds, made):
    """Races for keys that are not there; `made` gives the writers for a place, a key and a round."""
    for round_ in range(rounds):
        place, key = places[round_ % 3], KEYS[round_ % len(KEYS)].format(round_) + f"-{round_}"
        # Some had an object, which is deleted: what it has left behind counts as nothing.
        if round_ % 2:
            place.put(key, b"before")
            place.s3.delete_object(Bucket=place.bucket, Key=key)
        versions, markers = place.rows(key)
        winner = race(made(place, key, round_))
        place.assert_has(key, winner)
        assert place.rows(key) == ((versions + 1, markers) if place.state == "Enabled" else (1, 0))


@cells("HTTP", "PutObject")
def test_of_a_hundred_uploads_of_a_new_key_one_wins(race, places):
    made = lambda place, key, round_: puts(place.bucket, key, ABSENT, WRITERS, round_)
    race_for_new_keys(race, places, ROUNDS, made)


@cells("HTTP", "CopyObject")
def test_of_a_hundred_copies_to_a_new_key_one_wins(race, places, sources):
    race_for_new_keys(race, places, FEW, lambda place, key, _: copies(place.bucket, key, ABSENT, *sources))


@cells("HTTP", "CompleteMultipartUpload")
def test_of_many_uploads_in_parts_that_end_in_a_new_key_one_wins(crowd, race, places):
    made = lambda place, key, round_: completions(crowd, place.bucket, key, ABSENT, MANY, round_)
    race_for_new_keys(race, places, FEW, made)
    # Those that lost are still there, for whoever wants to end them on another condition.
    place = places[0]
    left = place.s3.list_multipart_uploads(Bucket=place.bucket)["Uploads"]
    assert len(left) == min(len(range(0, FEW, 3)) * (MANY - 1), 1000)


@cells("HTTP", "RenameObject")
def test_of_many_renames_to_a_new_key_one_wins(crowd, race, places):
    def made(place, key, round_):
        return renames(crowd, place.bucket, key, ABSENT, MANY, round_)

    race_for_new_keys(race, places, FEW, made)
    # The winner alone has left its old name.
    for number, place in enumerate(places):
        left = place.s3.list_objects_v2(Bucket=place.bucket, Prefix="renamed/")["KeyCount"]
        assert left == min(len(range(number, FEW, 3)) * (MANY - 1), 1000)


# A known tag


def matching(etag):
    return {"If-Match": f'"{etag}"'}


def race_for_a_known_tag(race, places, rounds, made):
    """Races for a key of each place, each on the tag that the one before left."""
    etags = [place.put("k/known", b"first") for place in places]
    for round_ in range(rounds):
        place = places[round_ % 3]
        versions, _ = place.rows("k/known")
        winner = race(made(place, "k/known", matching(etags[round_ % 3]), round_), (412,))
        place.assert_has("k/known", winner)
        etags[round_ % 3] = winner.etag
        assert place.rows("k/known") == ((versions + 1, 0) if place.state == "Enabled" else (1, 0))


@cells("HTTP", "PutObject")
def test_of_a_hundred_uploads_on_a_known_tag_one_wins(race, places):
    made = lambda place, key, condition, round_: puts(place.bucket, key, condition, WRITERS, round_)
    race_for_a_known_tag(race, places, FEW, made)


@cells("HTTP", "CopyObject")
def test_of_a_hundred_copies_on_a_known_tag_one_wins(race, places, sources):
    def made(place, key, condition, _):
        # A copy of what is there already leaves the tag as it is, so that a second one could win.
        others = {source: body for source, body in sources[1].items() if matching(md5(body)) != condition}
        return copies(place.bucket, key, condition, sources[0], others)

    race_for_a_known_tag(race, places, FEW, made)


@cells("HTTP", "CompleteMultipartUpload")
def test_of_many_uploads_in_parts_that_end_on_a_known_tag_one_wins(crowd, race, places):
    made = lambda place, key, condition, round_: completions(crowd, place.bucket, key, condition, MANY, round_)
    race_for_a_known_tag(race, places, FEW, made)


@cells("HTTP", "DeleteObject")
def test_of_a_hundred_deletions_on_a_known_tag_one_wins(race, places):
    for round_ in range(FEW):
        place, key = places[round_ % 3], KEYS[round_ % len(KEYS)].format("d") + "-deleted"
        etag = place.put(key, b"%d" % round_)
        versions, markers = place.rows(key)
        # To the others there is nothing any more that could have a tag.
        race(deletions(place.bucket, key, matching(etag), WRITERS), (404, 412))
        place.assert_has_none(key)
        left = {"Enabled": (versions, markers + 1), "Suspended": (0, 1), None: (0, 0)}
        assert place.rows(key) == left[place.state]


def test_of_a_hundred_writers_of_every_kind_one_wins(crowd, race, places, sources):
    quarter = WRITERS // 4
    some = dict(list(sources[1].items())[:quarter])
    for round_ in range(FEW):
        place, key = places[round_ % 3], KEYS[round_ % len(KEYS)].format(round_) + f"-mixed{round_}"
        where = (place.bucket, key, matching(place.put(key, b"there before")))
        kinds = [
            puts(*where, quarter, round_),
            copies(*where, sources[0], some),
            completions(crowd, *where, quarter, round_),
            deletions(*where, quarter),
        ]
        # Every kind has the first places in turn.
        turn = round_ % len(kinds)
        winner = race([one for each in zip(*kinds[turn:], *kinds[:turn]) for one in each], (404, 409, 412))
        if winner.content is None:
            place.assert_has_none(key)
            assert place.rows(key) == {"Enabled": (1, 1), "Suspended": (0, 1), None: (0, 0)}[place.state]
        else:
            place.assert_has(key, winner)
            assert place.rows(key) == ((2, 0) if place.state == "Enabled" else (1, 0))
