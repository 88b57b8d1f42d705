/// What a request says of its body: the last line of the canonical request, from `x-amz-content-sha256`.
package enum PayloadMode: Sendable, Equatable {
    /// The three kinds of aws-chunked body.
    package enum Streaming: String, Sendable, CaseIterable {
        /// Each chunk is signed.
        case signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
        /// Each chunk and the trailer are signed.
        case signedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
        /// Nothing is signed; a checksum follows as trailer.
        case unsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

        /// Whether chunks carry signatures.
        package var isSigned: Bool { self != .unsignedTrailer }
    }

    /// The name of the header, and of the query parameter in any case.
    package static let headerName = "x-amz-content-sha256"
    /// The word for a body that is not signed.
    package static let unsignedText = "UNSIGNED-PAYLOAD"

    /// The SHA-256 of the body, 64 hexadecimal digits as sent.
    case exact(String)
    /// Any body.
    case unsigned
    /// An aws-chunked body.
    case streaming(Streaming)

    /// Reads a value of `x-amz-content-sha256`.
    ///
    /// - Throws: `InvalidArgument` for an unknown value, `NotImplemented` for the SigV4A kinds.
    package init(_ text: String) throws(S3Error) {
        if text.utf8.count == 64, text.utf8.allSatisfy({ Hex.value(of: $0) != nil }) {
            self = .exact(text)
        } else if ByteText.equal(text, Self.unsignedText) {
            self = .unsigned
        } else if let streaming = Streaming.allCases.first(where: { ByteText.equal($0.rawValue, text) }) {
            self = .streaming(streaming)
        } else if ByteText.hasPrefix(text, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD") {
            throw .asymmetricStreamingNotImplemented(text)
        } else {
            throw .invalidContentSHA256(text)
        }
    }

    /// The payload mode of a request signed in its headers.
    ///
    /// - Throws: `InvalidRequest` when the header is missing; else as the parsing initialiser.
    package static func signedHeader(_ head: RequestHead) throws(S3Error) -> PayloadMode {
        guard let text = head.headers[headerName] else { throw .missingContentSHA256() }
        return try PayloadMode(ByteText.trimmed(text))
    }

    /// The payload mode of a presigned request: by its query, else by its header, else any body.
    package static func presigned(_ head: RequestHead) throws(S3Error) -> PayloadMode {
        let parameter = head.target.parameters.first {
            ByteText.equal(ByteText.lowercasedASCII($0.name), headerName)
        }
        guard let text = parameter?.value ?? head.headers[headerName] else { return .unsigned }
        return try PayloadMode(ByteText.trimmed(text))
    }

    /// The payload mode of a request without a SigV4 signature (anonymous, or SigV2): a digest is still checked.
    ///
    /// - Throws: `InvalidRequest` for signed chunks, since there is no key to check them with.
    package static func withoutSigningKey(_ head: RequestHead) throws(S3Error) -> PayloadMode {
        guard let text = head.headers[headerName] else { return .unsigned }
        let mode = try PayloadMode(ByteText.trimmed(text))
        if case .streaming(let kind) = mode, kind.isSigned { throw .anonymousSignedStreaming() }
        return mode
    }

    /// The payload hash line of the canonical request.
    package var canonicalText: String {
        switch self {
        case .exact(let digest): digest
        case .unsigned: Self.unsignedText
        case .streaming(let kind): kind.rawValue
        }
    }

    /// Holds the SHA-256 of the received body against an exact mode; other modes accept every body.
    ///
    /// - Throws: `XAmzContentSHA256Mismatch`.
    package func check(bodySHA256 digest: [UInt8]) throws(S3Error) {
        guard case .exact(let claimed) = self, Hex.decode(claimed) != digest else { return }
        throw .contentSHA256Mismatch(claimed: claimed, computed: Hex.encode(digest))
    }
}
