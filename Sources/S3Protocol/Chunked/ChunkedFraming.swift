/// What a head says of an aws-chunked body: its kind, the length of its content, the trailer to expect.
package struct ChunkedFraming: Sendable, Equatable {
    /// How chunks and trailer are signed.
    package let kind: PayloadMode.Streaming
    /// The length of the content, without the framing.
    package let decodedLength: Int64
    /// The announced trailer in lower case, nil for none.
    package let announcedTrailer: String?

    /// A framing of these parts.
    package init(kind: PayloadMode.Streaming, decodedLength: Int64, announcedTrailer: String? = nil) {
        self.kind = kind
        self.decodedLength = decodedLength
        self.announcedTrailer = announcedTrailer
    }

    /// The framing of a body, or nil when it is plain.
    ///
    /// The payload mode decides, not Content-Encoding: some clients frame without it, and beside a digest `aws-chunked`
    /// is an ordinary stored value. An unsigned payload that says `aws-chunked` and its decoded length is decoded,
    /// since storing the framing as content would be worse than AWS's refusal.
    ///
    /// - Throws: `MissingContentLength`, `InvalidRequest` for a trailer that cannot be, `InvalidArgument` for an
    ///   unsigned payload that is framed without a length.
    package static func of(_ head: RequestHead, payload: PayloadMode) throws(S3Error) -> ChunkedFraming? {
        switch payload {
        case .exact: return nil
        case .streaming(let kind): return try ChunkedFraming(kind, head)
        case .unsigned:
            guard head.headers.values("Content-Encoding").contains(where: hasChunkedToken) else { return nil }
            guard head.headers[lengthHeader] != nil else { throw .chunkedEncodingNotSupported() }
            return try ChunkedFraming(.unsignedTrailer, head)
        }
    }

    private init(_ kind: PayloadMode.Streaming, _ head: RequestHead) throws(S3Error) {
        let text = ByteText.trimmed(head.headers[Self.lengthHeader] ?? "")
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int64(text) else {
            throw .missingDecodedContentLength()
        }
        self.init(kind: kind, decodedLength: length, announcedTrailer: try Self.announcedTrailer(head.headers))
    }

    private static let lengthHeader = "x-amz-decoded-content-length"

    private static func announcedTrailer(_ headers: HeaderList) throws(S3Error) -> String? {
        let values = headers.values("x-amz-trailer")
        guard let first = values.first else { return nil }
        let name = ByteText.lowercasedASCII(ByteText.trimmed(first))
        guard values.count == 1, ChunkedTrailer.isSupported(name) else {
            throw .unsupportedTrailer(values.joined(separator: ","))
        }
        let isSentTwice = headers.fields.contains {
            ChunkedTrailer.isSupported(ByteText.lowercasedASCII($0.name))
        }
        guard !isSentTwice else { throw .severalChecksums() }
        return name
    }

    /// The Content-Encoding to store for a framed upload: without `aws-chunked`, nil when nothing else remains.
    package static func storedContentEncoding(_ values: [String]) -> String? {
        let kept = values.flatMap(tokens).filter { !isChunked($0) }
        return kept.isEmpty ? nil : kept.joined(separator: ",")
    }

    private static func hasChunkedToken(_ value: String) -> Bool {
        tokens(value).contains(where: isChunked)
    }

    private static func isChunked(_ token: String) -> Bool {
        ByteText.equal(ByteText.lowercasedASCII(token), "aws-chunked")
    }

    private static func tokens(_ value: String) -> [String] {
        value.utf8.split(separator: UInt8(ascii: ","))
            .map { ByteText.trimmed(String(decoding: $0, as: UTF8.self)) }
            .filter { !$0.isEmpty }
    }
}
