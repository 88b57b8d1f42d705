/// How large parts and objects may be, and how many parts there may be.
///
/// Source: AWS, "Amazon S3 multipart upload limits".
package enum MultipartLimits {
    /// The least bytes of a part that is not the last.
    package static let minimumPartSize: Int64 = 5 << 20
    /// The most bytes of a part, and of an object that arrives in one piece or is copied by one request.
    package static let maximumPartSize: Int64 = 5 << 30
    /// The most parts of an object, and the highest part number.
    package static let maximumParts = 10_000
    /// The most bytes of an object.
    package static let maximumObjectSize: Int64 = 5 << 40

    /// Holds the parts that are to become one object against the limits, and gives their size together.
    ///
    /// - Throws: `EntityTooSmall` when a part other than the last is smaller than 5 MiB, `EntityTooLarge` when a part
    ///   is larger than 5 GiB or the object would be larger than 5 TiB.
    package static func check(_ parts: [UploadedPart]) throws(S3Error) -> Int64 {
        for part in parts.dropLast() where part.size < minimumPartSize {
            throw .partTooSmall(
                proposed: part.size,
                limit: minimumPartSize,
                partNumber: part.number.value,
                etag: part.etag
            )
        }
        for part in parts { try check(partSize: part.size) }
        // Cannot overflow: no more than 10,000 parts of no more than 5 GiB.
        let size = parts.reduce(Int64(0)) { $0 + $1.size }
        guard size <= maximumObjectSize else {
            throw .entityTooLarge(proposed: size, limit: maximumObjectSize)
        }
        return size
    }

    /// Holds the size of one part against the limit.
    ///
    /// - Throws: `EntityTooLarge` beyond 5 GiB.
    package static func check(partSize size: Int64) throws(S3Error) {
        guard size <= maximumPartSize else { throw .entityTooLarge(proposed: size, limit: maximumPartSize) }
    }

    /// Holds what one CopyObject or UploadPartCopy is to read against the limit.
    ///
    /// - Throws: `InvalidRequest` beyond 5 GiB.
    package static func check(copySourceSize size: Int64) throws(S3Error) {
        guard size <= maximumPartSize else { throw .copySourceTooLarge(limit: maximumPartSize) }
    }
}
