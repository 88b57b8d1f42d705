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

    /// The same refusal, telling the method that was really sent where the version is a delete marker.
    package func naming(method: String) -> S3Error {
        guard code == "MethodNotAllowed", details.contains(Field("ResourceType", "DeleteMarker")) else { return self }
        var error = self
        error.details = details.map { $0.name == "Method" ? Field("Method", method) : $0 }
        return error
    }

    /// The refusal of an operation that sees a delete marker as a resource of its own: that the newest version is one.
    package var ofHiddenObject: S3Error {
        guard code == "NoSuchKey", let id = headers.first(where: { $0.name == "x-amz-version-id" })?.value,
            let marker = try? VersionID(id)
        else { return self }
        return .deleteMarkerNotAllowed(marker)
    }

    private static func markerHeaders(_ marker: VersionID) -> [Field] {
        [Field("x-amz-delete-marker", "true"), Field("x-amz-version-id", marker.text)]
    }
}
