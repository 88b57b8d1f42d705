extension MultipartChecksumChoice {
    /// Holds the checksum that comes with UploadPart against the choice; any will do when the client made none.
    ///
    /// - Throws: `InvalidRequest` for another algorithm.
    package func check(part declared: ChecksumAlgorithm?) throws(S3Error) {
        guard let algorithm, let declared, declared != algorithm else { return }
        throw .checksumAlgorithmMismatch(expected: algorithm, actual: declared)
    }

    /// Holds the checksum element of a part that CompleteMultipartUpload lists against the choice and the part.
    ///
    /// Without a choice the client's algorithm may be another than the one that is stored: the part was checked when
    /// it arrived, and there is nothing left to compare it with.
    ///
    /// - Throws: `InvalidRequest` when a composite checksum lacks this part's, `BadDigest` for another algorithm,
    ///   `InvalidPart` for another value.
    package func check(
        listed: CompleteMultipartUploadRequest.Part,
        uploaded: UploadedPart,
        uploadID: UploadID
    ) throws(S3Error) {
        guard let checksum = listed.checksum else {
            guard let algorithm, type == .composite else { return }
            throw .missingPartChecksum(algorithm, partNumber: listed.number)
        }
        guard checksum.algorithm == uploaded.checksum?.algorithm else {
            guard algorithm != nil else { return }
            throw .badPartChecksum(checksum.algorithm, partNumber: listed.number)
        }
        guard checksum == uploaded.checksum else {
            throw .invalidPart(uploadID: uploadID.text, partNumber: listed.number.value, etag: listed.etag)
                .because("the part's \(checksum.algorithm.rawValue) is another")
        }
    }
}
