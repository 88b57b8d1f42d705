extension S3Error {
    /// The bytes that arrived do not have the MD5 that `Content-MD5` declares.
    package static func badDigest(expectedMD5: [UInt8], calculatedMD5: [UInt8]) -> S3Error {
        S3Error(
            "BadDigest",
            status: 400,
            "The Content-MD5 you specified did not match what we received.",
            details: [
                Field("ExpectedDigest", Hex.encode(expectedMD5)),
                Field("CalculatedDigest", Base64.encode(calculatedMD5)),
            ]
        )
    }

    /// The bytes that arrived do not have the checksum that the client declares.
    package static func badChecksum(_ algorithm: ChecksumAlgorithm) -> S3Error {
        S3Error(
            "BadDigest",
            status: 400,
            "The \(algorithm.rawValue) you specified did not match the calculated checksum."
        )
    }

    /// A `Content-MD5` that is not padded base64 of 16 bytes.
    package static func invalidDigest(contentMD5: String) -> S3Error {
        S3Error(
            "InvalidDigest",
            status: 400,
            "The Content-MD5 you specified was invalid.",
            details: [Field("Content-MD5", contentMD5)]
        )
    }

    /// The value of a checksum header is not padded base64 of the algorithm's length.
    package static func invalidChecksumHeader(_ algorithm: ChecksumAlgorithm) -> S3Error {
        invalidRequest("Value for \(algorithm.headerName) header is invalid.")
    }

    /// A request declares more than one checksum.
    package static func severalChecksums() -> S3Error {
        invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    }

    /// A request declares a checksum of an algorithm that is not computed here.
    package static func unknownChecksumHeader() -> S3Error {
        invalidRequest("The algorithm type you specified in x-amz-checksum- header is invalid.")
            .because("the algorithms are \(ChecksumAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    /// An algorithm was named, and neither a checksum nor a trailer that brings one.
    package static var checksumWithoutValue: S3Error {
        S3Error(
            "InvalidRequest",
            status: 400,
            """
            x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were \
            found.
            """
        )
    }

    /// An algorithm was named, and the checksum that came is of another.
    package static var otherChecksumThanAnnounced: S3Error {
        invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
    }
}
