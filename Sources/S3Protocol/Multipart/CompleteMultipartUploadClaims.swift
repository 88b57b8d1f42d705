/// What the headers of CompleteMultipartUpload declare about the finished object.
package struct CompleteMultipartUploadClaims: Equatable, Sendable {
    /// The object's checksum; the `-N` of a composite one need not be there.
    package let checksum: ObjectChecksum?
    /// What the checksum is a checksum of.
    package let type: ChecksumType?
    /// The object's length in bytes.
    package let objectSize: Int64?

    /// The claims in these headers.
    ///
    /// - Throws: `InvalidRequest` for a checksum that is malformed, unknown or one of several, a type that S3 does not
    ///   know, or a size that is no number from 0.
    package init(_ headers: HeaderList) throws(S3Error) {
        checksum = try Self.checksum(headers)
        type = try ChecksumType(in: headers)
        objectSize = try headers["x-amz-mp-object-size"].map(Self.size)
    }

    /// Holds type and algorithm against what CreateMultipartUpload asked for.
    ///
    /// - Throws: `InvalidRequest` for another type, and for an algorithm when the upload was created with none;
    ///   `BadDigest` for another algorithm.
    package func check(_ choice: MultipartChecksumChoice) throws(S3Error) {
        let created = choice.algorithm.map { _ in choice.type }
        if let type, type != created { throw .checksumModeMismatch(created: created) }
        guard let algorithm = checksum?.checksum.algorithm, algorithm != choice.computed else { return }
        guard choice.algorithm != nil else {
            throw .checksumAlgorithmMismatch(expected: nil, actual: algorithm)
        }
        throw .badObjectChecksum(algorithm)
    }

    /// Holds the declared size against that of all parts.
    ///
    /// - Throws: `InvalidRequest` when they differ.
    package func check(size: Int64) throws(S3Error) {
        guard let objectSize, objectSize != size else { return }
        throw .objectSizeMismatch(declared: objectSize, computed: size)
    }

    /// Holds the declared checksum against the object's.
    ///
    /// - Throws: `BadDigest` when they differ, or a count of parts is not that of a composite checksum.
    package func check(computed: ObjectChecksum) throws(S3Error) {
        guard let checksum else { return }
        let isCountRight = checksum.partCount == nil || checksum.headerValue == computed.headerValue
        guard checksum.checksum == computed.checksum, isCountRight else {
            throw .badObjectChecksum(checksum.checksum.algorithm)
        }
    }

    /// The declared checksum, of the fields that declare one: the rest is of the request's body.
    private static func checksum(_ headers: HeaderList) throws(S3Error) -> ObjectChecksum? {
        let fields = headers.fields.filter { ChecksumAlgorithm.suffix(ofHeaderName: $0.name) != nil }
        let plain = HeaderList(fields.map { field in declared(field).map { .init(field.name, $0.base64) } ?? field })
        guard try ContentDigestDemand(headers: plain).checksum != nil else { return nil }
        return fields.lazy.compactMap(declared).first
    }

    private static func declared(_ field: HeaderList.Field) -> ObjectChecksum? {
        ChecksumAlgorithm(headerName: field.name).flatMap { algorithm in
            ObjectChecksum(algorithm: algorithm, headerValue: ByteText.trimmed(field.value))
        }
    }

    private static func size(_ value: String) throws(S3Error) -> Int64 {
        guard let size = Int64(ByteText.trimmed(value)) else { throw .invalidObjectSize(value) }
        guard size >= 0 else { throw .negativeObjectSize(value) }
        return size
    }
}
