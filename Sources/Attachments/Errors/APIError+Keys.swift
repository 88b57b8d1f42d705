// What is refused about the access keys of users; the texts are read at a command line.
extension APIError {
    /// 404: no access key of this id.
    package static func keyNotFound(_ accessKey: String) -> APIError {
        APIError(
            status: 404,
            Failure("key_not_found", "There is no access key \(accessKey); `larder key list` shows those there are.")
        )
    }

    /// 404: the root key lives as long as the settings give it.
    package static func rootKey(_ accessKey: String) -> APIError {
        APIError(
            status: 409,
            Failure(
                "root_key",
                "\(accessKey) is a key of the server itself; the settings access_key and secret_key change it."
            )
        )
    }

    /// 409: there is a key of this id.
    package static func accessKeyTaken(_ accessKey: String) -> APIError {
        APIError(
            status: 409,
            Failure(
                "access_key_taken",
                field: "access_key",
                "There is an access key \(accessKey) already; choose another, or delete it first with "
                    + "`larder key delete \(accessKey)`."
            )
        )
    }

    /// 422: an access key id has the wrong form.
    package static func badAccessKey() -> APIError {
        APIError(
            status: 422,
            Failure("bad_access_key", field: "access_key", "An access key is 3 to 128 of A-Z a-z 0-9 . _ - + @.")
        )
    }

    /// 422: a secret has the wrong form.
    package static func badSecretKey() -> APIError {
        APIError(
            status: 422,
            Failure(
                "bad_secret_key",
                field: "secret_key",
                "A secret key is 8 to 128 printable ASCII characters without blanks."
            )
        )
    }

    /// 422: one of key and secret without the other.
    package static func incompleteKey() -> APIError {
        APIError(
            status: 422,
            Failure(
                "incomplete_key",
                field: "secret_key",
                "Access key and secret key belong together: give both, or none to have them made."
            )
        )
    }

    /// 422: a user's name has the wrong form.
    package static func badKeyName() -> APIError {
        APIError(
            status: 422,
            Failure("bad_key_name", field: "name", "A name is 1 to 128 of A-Z a-z 0-9 + = , . @ _ -.")
        )
    }

    /// 409: another user has this name.
    package static func keyNameTaken(_ name: String, userID: String) -> APIError {
        APIError(
            status: 409,
            Failure(
                "name_taken",
                field: "name",
                "\(name) is the name of another user; choose another, or add a key to that user with "
                    + "--user-id \(userID)."
            )
        )
    }

    /// 409: the user goes by another name.
    package static func otherKeyName(_ name: String) -> APIError {
        APIError(
            status: 409,
            Failure("other_name", field: "name", "This user's name is \(name); give that one, or leave the name out.")
        )
    }

    /// 422: a display name has the wrong form.
    package static func badDisplayName() -> APIError {
        APIError(
            status: 422,
            Failure(
                "bad_display_name",
                field: "display_name",
                "A display name is 1 to 128 bytes without control characters."
            )
        )
    }

    /// 422: a user id has the wrong form.
    package static func badUserID() -> APIError {
        APIError(
            status: 422,
            Failure(
                "bad_user_id",
                field: "user_id",
                "A user id is 64 hexadecimal digits as `larder key list` shows them, or a text of 1 to 128 bytes that "
                    + "such an id is made of."
            )
        )
    }

    /// 409: the user id is the server's own.
    package static func reservedUserID() -> APIError {
        APIError(
            status: 409,
            Failure(
                "reserved_user_id",
                field: "user_id",
                "This is the user id of the root key; leave it out to make a new user."
            )
        )
    }

    /// 422: a user's policy breaks a rule of the language.
    package static func badKeyPolicy(_ complaint: String) -> APIError {
        APIError(
            status: 422,
            Failure(
                "bad_policy",
                field: "policy",
                "The policy cannot be used: \(complaint) A user's policy names actions and resources and no principal."
            )
        )
    }
}
