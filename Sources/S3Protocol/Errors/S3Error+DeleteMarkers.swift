extension S3Error {
    /// There is no current version: a delete marker of this id is the newest.
    package static func noSuchKey(_ key: ObjectKey, marker: VersionID) -> S3Error {
        var error = noSuchKey(key)
        error.headers += markerHeaders(marker)
        return error.because("the newest version is the delete marker \(marker.text)")
    }

    /// The version is a delete marker, of which there is nothing to read or to change, only to delete.
    package static func deleteMarkerNotAllowed(_ marker: VersionID, method: String = "GET") -> S3Error {
        S3Error(
            "MethodNotAllowed",
            status: 405,
            "The specified method is not allowed against this resource.",
            details: [Field("Method", method), Field("ResourceType", "DeleteMarker")],
            headers: [Field("Allow", "DELETE")] + markerHeaders(marker)
        )
    }

    private static func markerHeaders(_ marker: VersionID) -> [Field] {
        [Field("x-amz-delete-marker", "true"), Field("x-amz-version-id", marker.text)]
    }
}
