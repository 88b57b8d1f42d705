import ObjectStorage
package import S3Protocol

/// What a remote says of an object that was just written to it.
package struct UploadedObject: Hashable, Sendable {
    /// The entity tag.
    package var etag: ETag
    /// The version's id; `null` where the remote tells none.
    package var version: VersionID
    /// When it was written, by the remote's clock and to the second; nil when the remote does not say.
    package var modified: Timestamp?
    /// The checksum of the whole; nil when the remote tells none, or one of parts.
    package var checksum: Checksum?

    /// The object of an answer with these headers: to PutObject, or to HEAD.
    package init(_ headers: HeaderList) {
        etag = ETag(headers["ETag"] ?? "")
        version = RemoteRecord.version(headers)
        modified = (headers["Last-Modified"] ?? headers["Date"]).flatMap { Timestamp(httpDate: $0) }
        checksum = RemoteRecord.checksum(headers)
    }
}
