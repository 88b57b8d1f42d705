extension S3Error {
    /// `version-id-marker` was sent without `key-marker`.
    package static func versionIDMarkerWithoutKeyMarker(_ value: String) -> S3Error {
        invalidArgument(
            "A version-id marker cannot be specified without a key marker.",
            name: "version-id-marker",
            value: value
        )
    }

    /// `version-id-marker` was sent without a value.
    package static var emptyVersionIDMarker: S3Error {
        invalidArgument("A version-id marker cannot be empty.", name: "version-id-marker", value: "")
    }

    /// `version-id-marker` is no version id.
    package static func invalidVersionIDMarker(_ value: String) -> S3Error {
        invalidArgument("Invalid version id specified", name: "version-id-marker", value: value)
    }
}
