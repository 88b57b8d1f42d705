package import Imaging
package import ObjectStorage
package import S3Protocol
package import StyleAddresses

/// What an address asks for of an object as it is now; nothing was rendered yet.
package struct OnTheFlyPlan: Sendable {
    /// What was asked for.
    package let request: StyleRequest
    /// The object as it is.
    package let object: PinnedObject
    /// When it was last changed.
    package let modified: Timestamp
    /// The style, its format chosen if that is done by `Accept`.
    package let style: StyleSpec
    /// Whether another `Accept` could have another result.
    package let variesByAccept: Bool
    /// The name of the result: another object or another style has another, and the same never two.
    let name: String

    init(_ request: StyleRequest, _ record: ObjectRecord, style: StyleSpec, variesByAccept: Bool) {
        self.request = request
        self.style = style
        self.variesByAccept = variesByAccept
        object = PinnedObject(record, in: request.source.bucket)
        modified = record.modified
        // Of place and version both: an entity tag alone can be the same for different contents.
        let parts = [
            object.bucket.string, object.key.string, object.etag.text, object.version.text, "\(object.byteSize)",
            "\(record.modified.nanoseconds)", style.canonicalText,
        ]
        name = Hex.encode(SHA256.hash(data: Array(parts.joined(separator: "\n").utf8)))
    }

    /// The entity tag of the result.
    package var etag: ETag { ETag(name.prefix(32)) }
}

/// A picture made on the fly.
package struct OnTheFlyPicture: Sendable {
    /// Its content.
    package let file: OpenFile
    /// What kind it is.
    package let kind: ImageKind
}
