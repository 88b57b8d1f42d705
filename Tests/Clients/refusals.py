"""Refusals as botocore reads them: a row says what is called and what comes back, a line or two each.

    @rows(
        Call("GetObject", Key="none").refused("nothing there", 404, "NoSuchKey", Key="none"),
    )
    def test_get_object(world, row):
        refuse(world, row)

A row calls the operation with what the model of S3 names; parameters that the operation requires and the row leaves
out are taken from `USUAL`. In texts `@plain` stands for a name of the world. `headers`, `query`, `path` and `body` put
on the wire what botocore itself would never send, signed like the rest; `late_headers` are set after signing. None
takes a header away. Each call is signed, or anybody's with `signed=False`.
"""

import re
import uuid
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

import botocore
import botocore.exceptions
import pytest
from botocore import xform_name
from botocore.handlers import validate_bucket_name

# The text of each code that has only one; a row may say another.
MESSAGES = {
    "AccessControlListNotSupported": "The bucket does not allow ACLs",
    "AccessDenied": "Access Denied",
    "BucketAlreadyExists": "The requested bucket name is not available. The bucket namespace is shared by all users of "
    "the system. Please select a different name and try again.",
    "BucketAlreadyOwnedByYou": "Your previous request to create the named bucket succeeded and you already own it.",
    "BucketNotEmpty": "The bucket you tried to delete is not empty",
    "ConditionalRequestConflict": "The conditional request cannot succeed due to a conflicting operation against this "
    "resource.",
    "EntityTooLarge": "Your proposed upload exceeds the maximum allowed size",
    "EntityTooSmall": "Your proposed upload is smaller than the minimum allowed size",
    "IdMismatch": "Document ID does not match the specified configuration ID.",
    "IllegalVersioningConfigurationException": "The Versioning element must be specified",
    "InvalidAccessKeyId": "The AWS Access Key Id you provided does not exist in our records.",
    "InvalidBucketAclWithObjectOwnership": "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced "
    "setting",
    "InvalidBucketName": "The specified bucket is not valid.",
    "InvalidDigest": "The Content-MD5 you specified was invalid.",
    "InvalidEncryptionAlgorithmError": "The Encryption request you specified is not valid. Supported value: AES256.",
    "InvalidLocationConstraint": "The specified location-constraint is not valid",
    "InvalidObjectState": "The operation is not valid for the object's storage class",
    "InvalidPart": "One or more of the specified parts could not be found.  The part may not have been uploaded, or "
    "the specified entity tag may not match the part's entity tag.",
    "InvalidPartNumber": "The requested partnumber is not satisfiable",
    "InvalidPartOrder": "The list of parts was not in ascending order. Parts must be ordered by part number.",
    "InvalidRange": "The requested range is not satisfiable",
    "InvalidRedirectLocation": "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    "InvalidStorageClass": "The storage class you specified is not valid",
    "KeyTooLongError": "Your key is too long",
    "MalformedACLError": "The XML you provided was not well-formed or did not validate against our published schema",
    "MalformedXML": "The XML you provided was not well-formed or did not validate against our published schema",
    "MaxMessageLengthExceeded": "Your request was too big.",
    "MetadataTooLarge": "Your metadata headers exceed the maximum allowed metadata size",
    "MethodNotAllowed": "The specified method is not allowed against this resource.",
    "MissingRequestBodyError": "Request Body is empty",
    "MissingSecurityHeader": "Your request was missing a required header",
    "NoLoggingStatusForKey": "There is no such thing as a logging status subresource for a key.",
    "NoSuchBucket": "The specified bucket does not exist",
    "NoSuchBucketPolicy": "The bucket policy does not exist",
    "NoSuchConfiguration": "The specified configuration does not exist.",
    "NoSuchCORSConfiguration": "The CORS configuration does not exist",
    "NoSuchKey": "The specified key does not exist.",
    "NoSuchLifecycleConfiguration": "The lifecycle configuration does not exist",
    "NoSuchObjectLockConfiguration": "The specified object does not have a ObjectLock configuration",
    "NoSuchPublicAccessBlockConfiguration": "The public access block configuration was not found",
    "NoSuchTagSet": "The TagSet does not exist",
    "NoSuchUpload": "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
    "aborted or completed.",
    "NoSuchVersion": "The specified version does not exist.",
    "NoSuchWebsiteConfiguration": "The specified bucket does not have a website configuration",
    "NotImplemented": "A header you provided implies functionality that is not implemented",
    "ObjectLockConfigurationNotFoundError": "Object Lock configuration does not exist for this bucket",
    "OwnershipControlsNotFoundError": "The bucket ownership controls were not found",
    "PreconditionFailed": "At least one of the pre-conditions you specified did not hold",
    "ReplicationConfigurationNotFoundError": "The replication configuration was not found",
    "ServerSideEncryptionConfigurationNotFoundError": "The server side encryption configuration was not found",
    "SignatureDoesNotMatch": "The request signature we calculated does not match the signature you provided. Check "
    "your key and signing method.",
    "UnexpectedContent": "This request does not support content",
}

# What an operation requires and a row does not say.
USUAL = {
    "Bucket": "@plain",
    "Key": "k",
    "CopySource": "@plain/k",
    "RenameSource": "k",
    "UploadId": "@upload",
    "PartNumber": 1,
    "ObjectAttributes": ["ETag"],
}


class World:
    """A server with clients that check nothing themselves, and names for what the rows need to be there."""

    def __init__(self, server, **names):
        self.server, self.clients = server, {}
        vars(self).update(names)

    @staticmethod
    def name():
        return f"b-{uuid.uuid4()}"

    def client(self, signed=True):
        if signed not in self.clients:
            client = self.server.s3(
                "s3v4" if signed else botocore.UNSIGNED,
                parameter_validation=False,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            )
            client.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
            self.clients[signed] = client
        return self.clients[signed]

    def fill(self, value):
        """Puts names of the world into texts, for `@plain` and the like."""
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each) for each in value]
        if isinstance(value, str):
            return re.sub("@([a-z]+)", lambda found: str(getattr(self, found.group(1), found.group(0))), value)
        return value


class Call:
    """A call of an operation, and the refusal that it gets once `refused` has said it."""

    def __init__(
        self, operation, headers=None, query=None, path=None, body=None, late_headers=None, signed=True, **parameters
    ):
        self.operation, self.parameters, self.signed = operation, parameters, signed
        self.headers, self.late_headers = headers or {}, late_headers or {}
        self.query, self.path, self.body = query or {}, path, body
        self.answered = {}

    def refused(self, case, status, code, message=None, **elements):
        self.case, self.status, self.code = case, status, code
        self.message = message
        # Names of elements may have dashes.
        self.elements = {name.replace("_", "-"): value for name, value in elements.items()}
        return self

    def argument(self, case, name, value, message):
        """InvalidArgument, with the argument's name and its value; no value where None."""
        elements = {"ArgumentName": name} | ({} if value is None else {"ArgumentValue": value})
        return self.refused(case, 400, "InvalidArgument", message, **elements)

    def request(self, case, message):
        """InvalidRequest, which has no more than a text."""
        return self.refused(case, 400, "InvalidRequest", message)

    def unimplemented(self, case, header=None, more=None):
        elements = {"Header": header, "additionalMessage": more}
        return self.refused(
            case, 501, "NotImplemented", **{name: value for name, value in elements.items() if value is not None}
        )

    def answering(self, **headers):
        """Headers that the refusal has."""
        self.answered = {name.replace("_", "-"): value for name, value in headers.items()}
        return self


def rows(*calls):
    """Runs a test with each of these rows, by operation and case."""
    return pytest.mark.parametrize(
        "row", [pytest.param(row, id=f"{row.operation}: {row.case}") for row in calls]
    )


def refuse(world, row):
    """Makes the call and holds its refusal against the row, element by element."""
    error, headers = refusal(world, row)
    assert headers["content-type"] == "application/xml", headers
    assert headers["x-larder-error"] == row.code, (error, headers)
    assert error.pop("HTTPStatusCode") == row.status, error
    assert {name: headers.get(name) for name in row.answered} == world.fill(row.answered), headers
    # Botocore makes the error of HEAD from its status.
    if world.client().meta.service_model.operation_model(row.operation).http["method"] != "HEAD":
        message = MESSAGES[row.code] if row.message is None else row.message
        expected = world.fill({"Code": row.code, "Message": message, **row.elements})
        assert error == expected, f"{error}, not {expected}"


def refusal(world, row):
    """The error that a call has to end in, with its status, and the answer's headers."""
    client, hooks = world.client(row.signed), _Hooks(world, row)
    hooked = {f"before-sign.s3.{row.operation}": hooks.sign, f"before-send.s3.{row.operation}": hooks.send}
    for event, hook in hooked.items():
        client.meta.events.register_first(event, hook)
    try:
        answer = getattr(client, xform_name(row.operation))(**_parameters(world, client, row))
    except botocore.exceptions.ClientError as refused:
        metadata = refused.response["ResponseMetadata"]
        headers = metadata["HTTPHeaders"]
        for name, header in (("RequestId", "x-amz-request-id"), ("HostId", "x-amz-id-2")):
            # Botocore has none of an answer to HEAD from 500 on.
            assert metadata.get(name, headers[header]) == headers[header]
        # Botocore reads an empty element as None.
        error = {name: "" if value is None else value for name, value in refused.response["Error"].items()}
        return {**error, "HTTPStatusCode": metadata["HTTPStatusCode"]}, headers
    finally:
        for event, hook in hooked.items():
            client.meta.events.unregister(event, hook)
    raise AssertionError(f"{row.operation} succeeded: {answer}")


def _parameters(world, client, row):
    shape = client.meta.service_model.operation_model(row.operation).input_shape
    usual = {name: USUAL[name] for name in (shape.required_members if shape else ()) if name in USUAL}
    return world.fill({**usual, **row.parameters})


class _Hooks:
    """Puts what a row has of its own into a request before it is signed, and more headers before it is sent."""

    def __init__(self, world, row):
        self.headers, self.late_headers = world.fill(row.headers), world.fill(row.late_headers)
        self.query, self.path, self.body = world.fill(row.query), world.fill(row.path), world.fill(row.body)

    def sign(self, request, **_):
        if self.body is not None:
            # What botocore has worked out belongs to another body.
            self._replace_headers(request, dict.fromkeys(n for n in request.headers if _is_digest(n)))
            request.data = self.body.encode() if isinstance(self.body, str) else self.body
        self._replace_headers(request, self.headers)
        if self.path is not None:
            request.url = urlunsplit(urlsplit(request.url)._replace(path=self.path))
        if self.query:
            request.url = self._with_query(request.url)

    def send(self, request, **_):
        self._replace_headers(request, self.late_headers)

    @staticmethod
    def _replace_headers(request, headers):
        for name, value in headers.items():
            if name in request.headers:
                del request.headers[name]
            if value is not None:
                request.headers[name] = value

    def _with_query(self, url):
        """A parameter that is None has no value; one that is False is left out."""
        parts = urlsplit(url)
        kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in self.query]
        given = [(name, value) for name, value in [*kept, *self.query.items()] if value is not False]
        pairs = (name if value is None else f"{name}={quote(str(value), safe='-_.~')}" for name, value in given)
        return urlunsplit(parts._replace(query="&".join(pairs)))


def _is_digest(name):
    return name.lower() == "content-md5" or name.lower().startswith(("x-amz-checksum-", "x-amz-sdk-checksum-"))
