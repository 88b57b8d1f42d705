/// Which checksum the object of a multipart upload is to have, as CreateMultipartUpload asked.
package struct MultipartChecksumChoice: Hashable, Sendable {
    /// The client's algorithm; nil when it named none, and S3 computes its own over the whole content.
    package let algorithm: ChecksumAlgorithm?
    /// What the object's checksum is a checksum of.
    package let type: ChecksumType

    /// What holds for a client that asks for nothing: CRC64NVME of the whole content.
    package static let automatic = MultipartChecksumChoice()

    /// The algorithm to compute for each part and for the object.
    package var computed: ChecksumAlgorithm { algorithm ?? .standard }

    /// The headers in which CreateMultipartUpload repeats the choice; none when the client made none.
    package var headers: [HeaderList.Field] {
        guard let algorithm else { return [] }
        return [
            .init("x-amz-checksum-algorithm", algorithm.rawValue),
            .init("x-amz-checksum-type", type.rawValue),
        ]
    }

    /// The choice in the headers of CreateMultipartUpload.
    ///
    /// - Throws: `InvalidRequest` for an unknown algorithm or type, a type alone, or one that the algorithm lacks.
    package init(_ headers: HeaderList) throws(S3Error) {
        let algorithm = try headers["x-amz-checksum-algorithm"].map(Self.algorithm)
        let type = try ChecksumType(in: headers)
        guard let algorithm else {
            guard type == nil else { throw .checksumTypeWithoutAlgorithm() }
            self = .automatic
            return
        }
        try self.init(algorithm, type)
    }

    /// The choice of this algorithm, with its default type when there is none.
    ///
    /// - Throws: `InvalidRequest` for a type that the algorithm lacks.
    package init(_ algorithm: ChecksumAlgorithm, _ type: ChecksumType?) throws(S3Error) {
        let chosen = type ?? algorithm.defaultMultipartType
        guard algorithm.multipartTypes.contains(chosen) else { throw .checksumTypeNotOfAlgorithm(chosen, algorithm) }
        self.algorithm = algorithm
        self.type = chosen
    }

    private init() {
        algorithm = nil
        type = .fullObject
    }

    private static func algorithm(_ value: String) throws(S3Error) -> ChecksumAlgorithm {
        guard let algorithm = ChecksumAlgorithm(name: ByteText.trimmed(value)) else {
            throw .unsupportedChecksumAlgorithm()
        }
        return algorithm
    }
}

extension ChecksumType {
    /// The type that `x-amz-checksum-type` names; nil when it was not sent.
    ///
    /// - Throws: `InvalidRequest` for any other value.
    init?(in headers: HeaderList) throws(S3Error) {
        guard let value = headers["x-amz-checksum-type"].map(ByteText.trimmed) else { return nil }
        let types: [ChecksumType] = [.fullObject, .composite]
        guard let type = types.first(where: { ByteText.equal($0.rawValue, value) }) else {
            throw .invalidChecksumType()
        }
        self = type
    }
}
