extension S3Error {
    /// What a refusal is about, in S3's words.
    package enum ResourceType: String, Sendable {
        /// The list of all buckets.
        case service = "SERVICE"
        /// A bucket.
        case bucket = "BUCKET"
        /// An object.
        case object = "OBJECT"
        /// A delete marker addressed by its version id.
        case deleteMarker = "DeleteMarker"
    }

    /// The resource does not know the method; `allowed` goes into `Allow` (RFC 9110 section 15.5.6).
    package static func methodNotAllowed(_ method: String, _ type: ResourceType, allowed: [String]) -> S3Error {
        methodNotAllowed(method, resourceType: type.rawValue, allowed: allowed)
    }

    /// The sub-resource does not know the method; S3 names the sub-resource in capitals.
    package static func methodNotAllowed(_ method: String, subResource: String, allowed: [String]) -> S3Error {
        methodNotAllowed(method, resourceType: subResource.uppercased(), allowed: allowed)
    }

    /// A header asks for something that is not done here.
    package static func notImplemented(header: String, additionalMessage: String? = nil) -> S3Error {
        S3Error(
            "NotImplemented",
            status: 501,
            notImplementedText,
            details: [Field("Header", header)] + (additionalMessage.map { [Field("additionalMessage", $0)] } ?? [])
        )
    }

    /// An operation of S3 that is not done here; SDKs do not retry it.
    package static func notImplemented(_ operation: S3Operation) -> S3Error {
        S3Error("NotImplemented", status: 501, notImplementedText, reason: "\(operation.name) is not implemented")
    }

    /// A sub-resource that S3 knows and that is not done here.
    package static func notImplemented(subResource: String) -> S3Error {
        S3Error("NotImplemented", status: 501, notImplementedText, reason: "?\(subResource) is not implemented")
    }

    /// A document asks for something that is not done here; `reason` says what.
    package static func notImplemented(because reason: String) -> S3Error {
        S3Error("NotImplemented", status: 501, notImplementedText, reason: reason)
    }

    /// Two sub-resources in one request.
    package static func conflictingSubResources(_ names: [String]) -> S3Error {
        invalidArgument(
            "Conflicting query string parameters: \(names.joined(separator: ", "))",
            name: "ResourceType",
            value: names.first ?? ""
        )
    }

    /// A sub-resource of a bucket was asked of a key.
    package static func bucketSubResourceOfKey(_ subResource: String, method: String) -> S3Error {
        switch subResource {
        case "uploads": invalidRequest("Key is not expected for the \(method) method ?uploads subresource")
        default: invalidRequest("There is no such thing as the ?\(subResource) sub-resource for a key")
        }
    }

    /// A torrent was asked of a bucket.
    package static var torrentOfBucket: S3Error {
        S3Error(
            "RequestTorrentOfBucketError",
            status: 400,
            "Requesting the torrent file of a bucket is not permitted."
        )
    }

    /// The logging status was asked of a key.
    package static var noLoggingStatusForKey: S3Error {
        S3Error(
            "NoLoggingStatusForKey",
            status: 400,
            "There is no such thing as a logging status subresource for a key."
        )
    }

    private static let notImplementedText = "A header you provided implies functionality that is not implemented"

    private static func methodNotAllowed(_ method: String, resourceType: String, allowed: [String]) -> S3Error {
        S3Error(
            "MethodNotAllowed",
            status: 405,
            "The specified method is not allowed against this resource.",
            details: [Field("Method", method), Field("ResourceType", resourceType)],
            headers: [Field("Allow", allowed.joined(separator: ", "))]
        )
    }
}
