// What the JSON API refuses, by subject.

// MARK: - The request as a whole

extension APIError {
    /// 401: no token, a token that is not known, or a header of another form.
    package static func badToken() -> APIError {
        APIError(
            status: 401,
            Failure("bad_credentials", "Send a valid token in the header Authorization: Token token=YOUR_TOKEN.")
        )
    }

    /// 400: the body is not the JSON object that was expected.
    package static func malformedBody(_ expected: String) -> APIError {
        APIError(status: 400, Failure("malformed_body", "Send a JSON body of the form \(expected)."))
    }

    /// 400: the `Range` header is not of the form that listings take.
    package static func malformedRange() -> APIError {
        APIError(
            status: 400,
            Failure("malformed_range", "Send the header Range as objects=FIRST-LAST, e.g. objects=0-59.")
        )
    }

    /// 403: the token is right but may not do this.
    package static func forbidden(_ message: String) -> APIError {
        APIError(status: 403, Failure("forbidden", message))
    }

    /// 404: no such record, or not one of this token's.
    package static func attachmentNotFound() -> APIError {
        APIError(
            status: 404,
            Failure("not_found", "There is no such attachment for this token; check the id and the token.")
        )
    }

    /// 404: no route of this path.
    package static func routeNotFound() -> APIError {
        APIError(status: 404, Failure("not_found", "There is nothing at this path; check the path and the method."))
    }

    /// 503: not able for now.
    package static func unavailable(_ message: String, retryAfter: Int64) -> APIError {
        APIError(status: 503, Failure("unavailable", message), retryAfter: retryAfter)
    }
}

// MARK: - Authorizations

extension APIError {
    /// 400: an authorization was asked for without a content type.
    package static func contentTypeMissing() -> APIError {
        APIError(
            status: 400,
            Failure("content_type_missing", "Add the parameter content_type, e.g. content_type=image/png.")
        )
    }

    /// 422: a content type that the configuration does not allow, or none at all.
    package static func contentTypeNotAllowed(_ contentType: String) -> APIError {
        APIError(
            status: 422,
            Failure(
                "content_type_not_allowed",
                field: "content_type",
                "'\(contentType)' may not be uploaded here; the allowed types are set in attachments.allowed_types."
            )
        )
    }

    /// 422: a size that is no number or out of range.
    package static func badByteSize(maximum: Int64) -> APIError {
        APIError(
            status: 422,
            Failure("bad_byte_size", field: "byte_size", "byte_size must be a whole number from 0 to \(maximum).")
        )
    }

    /// 422: a file name that cannot be the end of a key.
    package static func badFilename() -> APIError {
        APIError(
            status: 422,
            Failure(
                "bad_filename",
                field: "filename",
                "filename must be 1 to 255 bytes without '/', control characters or '${', and not '.' or '..'."
            )
        )
    }

    /// 422: a bucket that takes no attachments.
    package static func bucketNotAllowed(_ bucket: String) -> APIError {
        APIError(
            status: 422,
            Failure("bucket_not_allowed", field: "bucket", "'\(bucket)' is not among attachments.buckets.")
        )
    }
}

// MARK: - Claims

extension APIError {
    /// 422: no key was sent, or none that a key can be.
    package static func keyMissing() -> APIError {
        APIError(
            status: 422,
            Failure("key_missing", field: "key", "Send the Key of the upload's answer in file_attachment.key.")
        )
    }

    /// 422: the key is not one of an authorized upload.
    package static func keyOutsideUploads(prefix: String) -> APIError {
        APIError(
            status: 422,
            Failure(
                "key_outside_uploads",
                field: "key",
                "Only keys under '\(prefix)' can become attachments; ask for an upload authorization first."
            )
        )
    }

    /// 404: nobody, or another token, was authorized for the key.
    package static func uploadNotFound() -> APIError {
        APIError(
            status: 404,
            Failure(
                "upload_not_found",
                "This token was given no upload authorization for the key; use the key of its own authorization."
            )
        )
    }

    /// 422: authorized, but nothing lies at the key.
    package static func nothingUploaded() -> APIError {
        APIError(
            status: 422,
            Failure(
                "nothing_uploaded",
                field: "key",
                "No file lies at this key: post the form first. An upload that nobody claims is removed in time."
            )
        )
    }

    /// 503: as many jobs of the token wait as may.
    package static func queueFull(limit: Int) -> APIError {
        APIError(
            status: 503,
            Failure(
                "queue_full",
                "\(limit) attachments of this token wait for their styles already; claim this one again later: "
                    + "its file stays where it is."
            ),
            retryAfter: 10
        )
    }

    /// 422: the authorization was for one file name, and this is another.
    package static func otherFilename(_ filename: String) -> APIError {
        APIError(
            status: 422,
            Failure("other_filename", field: "key", "The authorization was for the file name '\(filename)' only.")
        )
    }
}

// MARK: - Tokens

extension APIError {
    /// 404: no token of this id.
    package static func tokenNotFound() -> APIError {
        APIError(status: 404, Failure("token_not_found", "There is no such token; list them to see their ids."))
    }

    /// 422: a token's name is empty or too long.
    package static func badTokenName() -> APIError {
        APIError(
            status: 422,
            Failure("bad_token_name", field: "name", "name must be 1 to 128 bytes without control characters.")
        )
    }

    /// 409: the token of the environment lives as long as its variable.
    package static func environmentToken() -> APIError {
        APIError(
            status: 409,
            Failure("environment_token", "This token comes from LARDER_API_TOKEN; change the environment to remove it.")
        )
    }

    /// 409: no job among those that were named has ended.
    package static func jobNotDead() -> APIError {
        APIError(
            status: 409,
            Failure(
                "job_not_dead",
                "None of these is a dead job; `larder jobs list --state dead` shows those there are."
            )
        )
    }
}
