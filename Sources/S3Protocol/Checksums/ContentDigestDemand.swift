/// What a client declared about the bytes of its upload, to be held against what arrived.
package struct ContentDigestDemand: Equatable, Sendable {
    /// The 16 bytes of `Content-MD5`.
    package var contentMD5: [UInt8]?
    /// The value of the one `x-amz-checksum-…` header, form field or trailer.
    package var checksum: Checksum?
    /// The 32 bytes of a hexadecimal `x-amz-content-sha256`; nil for `UNSIGNED-PAYLOAD` and the streaming forms.
    package var payloadSHA256: [UInt8]?
    /// The checksum to compute while its value is not known yet: the one that a trailer was announced for.
    package var announcedAlgorithm: ChecksumAlgorithm?

    /// A demand of these values.
    package init(
        contentMD5: [UInt8]? = nil,
        checksum: Checksum? = nil,
        payloadSHA256: [UInt8]? = nil,
        announcedAlgorithm: ChecksumAlgorithm? = nil
    ) {
        self.contentMD5 = contentMD5
        self.checksum = checksum
        self.payloadSHA256 = payloadSHA256
        self.announcedAlgorithm = announcedAlgorithm
    }

    /// The checksum that the client sends, if it sends one.
    package var statedAlgorithm: ChecksumAlgorithm? {
        checksum?.algorithm ?? announcedAlgorithm
    }

    /// The checksum that has to be computed: the client's, or S3's own when it has none.
    package var checksumAlgorithm: ChecksumAlgorithm {
        statedAlgorithm ?? .standard
    }

    /// Holds the declared values against the computed ones, the signed payload hash first, then MD5, then the checksum.
    ///
    /// Throws XAmzContentSHA256Mismatch or BadDigest. A declared value whose digest was not computed is refused too.
    package func verify(_ computed: ContentDigests.Result) throws(S3Error) {
        if let payloadSHA256, payloadSHA256 != computed.sha256 {
            throw .contentSHA256Mismatch(
                claimed: Hex.encode(payloadSHA256),
                computed: Hex.encode(computed.sha256 ?? [])
            )
        }
        if let contentMD5, contentMD5 != computed.md5 {
            throw .badDigest(expectedMD5: contentMD5, calculatedMD5: computed.md5)
        }
        if let checksum, checksum != computed.checksum {
            throw .badChecksum(checksum.algorithm)
        }
    }
}
