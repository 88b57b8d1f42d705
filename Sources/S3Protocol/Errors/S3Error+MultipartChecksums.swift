extension S3Error {
    /// `x-amz-checksum-algorithm` names no algorithm that is computed here.
    package static func unsupportedChecksumAlgorithm() -> S3Error {
        let names = ChecksumAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        return invalidRequest(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [\(names)]"
        )
    }

    /// `x-amz-checksum-type` has another value than S3's two.
    package static func invalidChecksumType() -> S3Error {
        invalidRequest("Value for x-amz-checksum-type header is invalid.")
    }

    /// `x-amz-checksum-type` without `x-amz-checksum-algorithm`.
    package static func checksumTypeWithoutAlgorithm() -> S3Error {
        invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
    }

    /// The algorithm knows no checksum of this type.
    package static func checksumTypeNotOfAlgorithm(_ type: ChecksumType, _ algorithm: ChecksumAlgorithm) -> S3Error {
        invalidRequest(
            """
            The \(type.rawValue) checksum type cannot be used with the \(algorithm.lowercasedName) checksum algorithm.
            """
        )
    }

    /// A part, or the whole, comes with a checksum of another algorithm than its upload was created with; nil when
    /// that was created with none.
    package static func checksumAlgorithmMismatch(
        expected: ChecksumAlgorithm?,
        actual: ChecksumAlgorithm
    ) -> S3Error {
        invalidRequest(
            """
            Checksum Type mismatch occurred, expected checksum Type: \(expected?.lowercasedName ?? "null"), actual \
            checksum Type: \(actual.lowercasedName)
            """
        )
    }

    /// CompleteMultipartUpload names another type than CreateMultipartUpload did; nil when that named none.
    package static func checksumModeMismatch(created: ChecksumType?) -> S3Error {
        invalidRequest(
            """
            The upload was created using the \(created?.rawValue ?? "null") checksum mode. The complete request must \
            use the same checksum mode.
            """
        )
    }

    /// A listed part lacks the checksum that a composite one is made of.
    package static func missingPartChecksum(_ algorithm: ChecksumAlgorithm, partNumber: PartNumber) -> S3Error {
        invalidRequest(
            """
            The upload was created using a \(algorithm.lowercasedName) checksum. The complete request must include \
            the checksum for each part. It was missing for part \(partNumber) in the request.
            """
        )
    }

    /// A listed part has a checksum of another algorithm than its upload.
    package static func badPartChecksum(_ algorithm: ChecksumAlgorithm, partNumber: PartNumber) -> S3Error {
        S3Error(
            "BadDigest",
            status: 400,
            """
            The \(algorithm.lowercasedName) you specified for part \(partNumber) did not match what we received.
            """
        )
    }

    /// The finished object does not have the checksum that CompleteMultipartUpload declares.
    package static func badObjectChecksum(_ algorithm: ChecksumAlgorithm) -> S3Error {
        S3Error(
            "BadDigest",
            status: 400,
            "The \(algorithm.lowercasedName) you specified did not match the calculated checksum."
        )
    }

    /// A listed part has a checksum that cannot be read, or several.
    package static func invalidPartChecksum(_ value: String) -> S3Error {
        invalidArgument(
            "Invalid Base64 or multiple checksums present in request",
            name: "Checksum",
            value: value
        )
    }
}
