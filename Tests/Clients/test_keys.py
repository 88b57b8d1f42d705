"""Access keys of users, and what policies and lists let them do."""

import hashlib
import json

import boto3
import botocore.config
import botocore.exceptions
import pytest
import requests

from larder import ACCESS_KEY, REGION, NotReady

READ_ONLY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::uploads"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::uploads/*"},
    ],
}


def statement(effect, action, resource="uploads/*", principal="*", condition=None):
    found = {"Effect": effect, "Principal": principal, "Action": action, "Resource": f"arn:aws:s3:::{resource}"}
    return found | ({"Condition": condition} if condition else {})


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def made(one, *arguments):
    """The key that the command makes."""
    return json.loads(one.run("key", "create", "--json", *arguments).stdout)


def written(folder, document, name="policy.json"):
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def client(one, key, **config):
    return boto3.client(
        "s3",
        endpoint_url=one.endpoint,
        aws_access_key_id=key["access_key"],
        aws_secret_access_key=key["secret_key"],
        region_name=REGION,
        config=botocore.config.Config(
            signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 0}, **config
        ),
    )


def refusal(call, **arguments):
    """Code and reason of the refusal of a call."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    # HEAD has no body to say it in.
    return headers["x-larder-error"], headers.get("x-larder-reason", "")


def buckets(s3):
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


@pytest.fixture(params=["beside", "alone"])
def root(request, server):
    """A server that runs while commands do, or does not."""
    one = server()
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"hello")
    if request.param == "alone":
        assert one.stop() == 0
    return one


def serving(one):
    return one if one.is_alive else one.start()


# The command


def test_a_key_is_made_shown_once_listed_and_deleted(root):
    text = root.run("key", "create", "--name", "alice", "--display-name", "Alice A.").stdout
    shown = dict(line.split(": ", 1) for line in text.splitlines())
    assert shown["name"] == "alice" and shown["display name"] == "Alice A."
    assert len(shown["secret key"]) == 40 and len(shown["user id"]) == 64
    listed = root.run("key", "list").stdout
    assert shown["secret key"] not in listed + root.run("key", "list", "--json").stdout
    fields = listed.rstrip("\n").split("\t")
    assert (
        fields[0] == shown["access key"]
        and fields[1] == "enabled"
        and fields[3:]
        == [
            shown["user id"],
            "alice",
            "no policy",
        ]
    )
    assert root.run("key", "disable", shown["access key"]).stdout == f"disabled {shown['access key']}\n"
    assert json.loads(root.run("key", "list", "--json").stdout)[0]["disabled"] is True
    assert root.run("key", "delete", shown["access key"]).stdout == f"deleted {shown['access key']}\n"
    assert root.run("key", "list").stdout == ""
    assert root.path(".larder/records.sqlite").stat().st_mode & 0o777 == 0o600


def test_what_is_wrong_with_a_key_is_said_with_the_way_out(root, folder):
    alice = made(root, "--name", "alice")

    def error(*arguments):
        result = root.run("key", *arguments, check=False)
        assert result.returncode != 0 and result.stdout == ""
        return result.stderr

    assert "--user-id " + alice["user_id"] in error("create", "--name", "alice")
    assert "name is alice" in error("create", "--user-id", alice["user_id"], "--name", "bob")
    assert "A name is" in error("create", "--name", "a b")
    assert "belong together" in error("create", "--access-key", "mine")
    assert "8 to 128" in error("create", "--access-key", "mine", "--secret-key", "short")
    again = ("--access-key", alice["access_key"], "--secret-key", "long-enough")
    assert "larder key delete" in error("create", *again)
    assert "larder key list" in error("disable", "nobody") and "larder key list" in error("delete", "nobody")
    assert "can be no access key" in error("delete", "a/b")
    with_principal = policy(statement("Allow", "s3:GetObject"))
    assert "no principal" in error("create", "--policy", written(folder, with_principal))
    assert "must be valid JSON" in error("create", "--policy", written(folder, "{"))
    assert "cannot read" in error("create", "--policy", folder / "nothere.json")
    assert "at most 20480" in error("create", "--policy", written(folder, " " * 30_000))
    assert len(json.loads(root.run("key", "list", "--json").stdout)) == 1


def test_the_root_key_is_not_a_users(server):
    one = server()
    taken = one.run("key", "create", "--access-key", ACCESS_KEY, "--secret-key", "12345678", check=False)
    assert taken.returncode != 0 and "already" in taken.stderr
    deleted = one.run("key", "delete", ACCESS_KEY, check=False)
    assert deleted.returncode != 0 and "access_key and secret_key" in deleted.stderr
    assert buckets(one.s3()) == ["uploads"]


# What users may do


def test_a_user_without_a_policy_has_its_own_buckets(root):
    alice, bob = made(root, "--name", "alice"), made(root, "--name", "bob")
    one = serving(root)
    of_alice, of_bob = client(one, alice), client(one, bob)
    assert buckets(of_alice) == []
    assert refusal(of_alice.get_object, Bucket="uploads", Key="k")[0] == "AccessDenied"
    code, reason = refusal(of_alice.put_object, Bucket="uploads", Key="k", Body=b"x")
    assert code == "AccessDenied" and "user alice may not do s3:PutObject" in reason
    of_alice.create_bucket(Bucket="of-alice")
    of_alice.put_object(Bucket="of-alice", Key="a", Body=b"x", Tagging="a=b")
    assert of_alice.list_objects_v2(Bucket="of-alice")["KeyCount"] == 1
    assert buckets(of_alice) == ["of-alice"] and buckets(of_bob) == []
    assert buckets(one.s3()) == ["of-alice", "uploads"]
    assert of_alice.list_buckets()["Owner"]["ID"] == alice["user_id"]
    assert refusal(of_bob.list_objects_v2, Bucket="of-alice")[0] == "AccessDenied"
    assert refusal(of_bob.head_bucket, Bucket="of-alice")[0] == "AccessDenied"
    assert refusal(of_bob.delete_bucket, Bucket="of-alice")[0] == "AccessDenied"
    assert refusal(of_bob.create_bucket, Bucket="of-alice")[0] == "BucketAlreadyExists"
    assert refusal(of_bob.head_bucket, Bucket="nothere")[0] == "NoSuchBucket"
    # A further key is the same user; what was made stays when keys go.
    one.run("key", "delete", alice["access_key"])
    assert refusal(of_alice.list_buckets)[0] == "InvalidAccessKeyId"
    again = client(one, made(one, "--user-id", alice["user_id"], "--name", "alice"))
    assert buckets(again) == ["of-alice"]
    again.delete_object(Bucket="of-alice", Key="a")
    again.delete_bucket(Bucket="of-alice")


def test_a_key_obeys_its_policy(root, folder):
    reader = made(root, "--name", "reader", "--policy", written(folder, READ_ONLY))
    assert json.loads(reader["policy"]) == READ_ONLY
    one = serving(root)
    s3 = client(one, reader)
    assert s3.get_object(Bucket="uploads", Key="k")["Body"].read() == b"hello"
    assert buckets(s3) == ["uploads"]
    code, reason = refusal(s3.put_object, Bucket="uploads", Key="k", Body=b"x")
    assert code == "AccessDenied" and "in the policy of the access key no statement allows s3:PutObject" in reason
    assert refusal(s3.create_bucket, Bucket="other")[0] == "AccessDenied"
    assert refusal(s3.get_object, Bucket="uploads", Key="none")[0] == "NoSuchKey"
    # A further key of the user is no stronger by oversight.
    assert json.loads(made(one, "--user-id", reader["user_id"])["policy"]) == READ_ONLY
    assert made(one, "--user-id", reader["user_id"], "--policy", "none")["policy"] is None


def test_a_key_works_refuses_and_works_again_at_once(server, folder):
    one = server()
    one.s3().put_object(Bucket="uploads", Key="k", Body=b"hello")
    key = made(one, "--policy", written(folder, READ_ONLY))
    s3 = client(one, key)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "uploads", "Key": "k"})
    assert requests.get(url, timeout=30).content == b"hello"
    one.run("key", "disable", key["access_key"])
    code, reason = refusal(s3.get_object, Bucket="uploads", Key="k")
    assert code == "InvalidAccessKeyId" and "larder key enable" in reason
    assert requests.get(url, timeout=30).status_code == 403
    one.restart()
    assert refusal(client(one, key).get_object, Bucket="uploads", Key="k")[0] == "InvalidAccessKeyId"
    one.run("key", "enable", key["access_key"])
    assert client(one, key).get_object(Bucket="uploads", Key="k")["Body"].read() == b"hello"
    one.run("key", "delete", key["access_key"])
    assert refusal(client(one, key).get_object, Bucket="uploads", Key="k")[0] == "InvalidAccessKeyId"


def test_keys_come_back_with_a_backup(server, folder):
    one = server()
    key = made(one, "--name", "alice", "--access-key", "alice.key", "--secret-key", "a+secret/of=alice")
    one.run("backup", folder / "backup")
    one.run("key", "delete", "alice.key")
    assert one.stop() == 0
    one.run("restore", folder / "backup")
    one.start()
    assert buckets(client(one, key)) == []


# Policies of buckets


def test_a_bucket_is_made_public_by_one_command_and_closed_again(server):
    one = server()
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"hello")
    assert one.get("/uploads/k").status_code == 403
    one.aws("s3api", "put-bucket-policy", "--bucket", "uploads", "--policy", policy(statement("Allow", "s3:GetObject")))
    assert one.get("/uploads/k").content == b"hello"
    # Nobody learns which keys there are.
    assert one.get("/uploads/none").status_code == 403 and one.get("/uploads").status_code == 403
    assert requests.put(f"{one.endpoint}/uploads/k", data=b"x", timeout=30).status_code == 403
    assert "Anonymous users cannot initiate" in requests.post(f"{one.endpoint}/uploads/m?uploads", timeout=30).text
    one.aws(
        "s3api",
        "put-public-access-block",
        "--bucket",
        "uploads",
        "--public-access-block-configuration",
        "RestrictPublicBuckets=true",
    )
    assert one.get("/uploads/k").status_code == 403
    one.aws("s3api", "delete-public-access-block", "--bucket", "uploads")
    one.aws("s3api", "delete-bucket-policy", "--bucket", "uploads")
    assert one.get("/uploads/k").status_code == 403


def test_a_bucket_policy_names_users_and_a_denial_wins(server):
    one = server()
    s3 = one.s3()
    s3.put_object(Bucket="uploads", Key="k", Body=b"hello")
    alice, bob = made(one, "--name", "alice"), made(one, "--name", "bob")
    for principal in (
        {"AWS": "arn:aws:iam::000000000000:user/alice"},
        {"CanonicalUser": alice["user_id"]},
    ):
        s3.put_bucket_policy(Bucket="uploads", Policy=policy(statement("Allow", "s3:GetObject", principal=principal)))
        assert client(one, alice).get_object(Bucket="uploads", Key="k")["Body"].read() == b"hello"
        assert refusal(client(one, bob).get_object, Bucket="uploads", Key="k")[0] == "AccessDenied"
    everything = [statement("Deny", "s3:*", resource) for resource in ("uploads", "uploads/*")]
    s3.put_bucket_policy(Bucket="uploads", Policy=policy(*everything))
    assert refusal(s3.get_object, Bucket="uploads", Key="k")[0] == "AccessDenied"
    assert refusal(s3.list_objects_v2, Bucket="uploads")[0] == "AccessDenied"
    # The root is never locked out of the policy itself.
    assert json.loads(s3.get_bucket_policy(Bucket="uploads")["Policy"])["Statement"]
    s3.delete_bucket_policy(Bucket="uploads")
    assert s3.get_object(Bucket="uploads", Key="k")["Body"].read() == b"hello"


def test_a_form_is_allowed_by_the_rights_of_who_signed_it(server, folder):
    one = server()
    rights = {"Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::uploads/in/*"}}
    s3 = client(one, made(one, "--policy", written(folder, rights)))

    def posted(key, fields=None):
        conditions = [{name: value} for name, value in (fields or {}).items()]
        form = s3.generate_presigned_post("uploads", key, Fields=fields, Conditions=conditions)
        return requests.post(form["url"], data=form["fields"], files={"file": b"x"}, timeout=30)

    assert posted("in/k").status_code == 204
    refused = posted("out/k")
    assert refused.status_code == 403 and "s3:PutObject" in refused.headers["x-larder-reason"]
    tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
    assert "s3:PutObjectTagging" in posted("in/k", {"tagging": tags}).headers["x-larder-reason"]


# Proxies


def test_where_a_request_comes_from_is_believed_of_trusted_proxies_only(server):
    inside = statement("Allow", "s3:GetObject", condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    secure = statement("Deny", "s3:GetObject", condition={"Bool": {"aws:SecureTransport": "false"}})
    for trusted, status in ((["127.0.0.0/8"], 200), ([], 403)):
        one = server(config={"trusted_proxies": trusted})
        s3 = one.s3()
        s3.put_object(Bucket="uploads", Key="k", Body=b"hello")
        s3.put_bucket_policy(Bucket="uploads", Policy=policy(inside, secure))

        def answer(forwarded="198.51.100.1, 203.0.113.7", scheme="https"):
            headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": scheme}
            return one.get("/uploads/k", headers=headers).status_code

        assert answer() == status
        assert answer(scheme="http") == 403
        assert answer("203.0.113.7, 198.51.100.1") == 403


def test_a_proxy_that_is_no_address_is_refused_at_start(server):
    with pytest.raises(NotReady, match="trusted_proxies: 'proxy.example' is no address or range"):
        server(config={"trusted_proxies": ["proxy.example"]})


def test_a_user_id_can_be_a_text_of_ones_own(root):
    key = made(root, "--user-id", "alice")
    assert key["user_id"] == hashlib.sha256(b"alice").hexdigest()
