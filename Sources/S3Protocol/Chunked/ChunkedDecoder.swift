/// Takes the framing off an aws-chunked body and verifies its signatures, without IO.
///
/// Feed it the body as it comes, in pieces of any size; it answers where in each piece the content lies, so content is
/// never copied here. A chunk's signature stands before the chunk but can be checked only at its end: content is
/// handed out before it is proved, so the caller **must not publish anything before `.end`, and not before `finish`
/// has returned**. After an error the decoder stays in error.
///
/// Source: AWS, "Signature calculations: transferring payload in multiple chunks", and the page on trailing headers.
package struct ChunkedDecoder: Sendable {
    /// What a piece of the body gave.
    package enum Event: Sendable, Equatable {
        /// Content: offsets into the piece that was fed.
        case data(Range<Int>)
        /// The last chunk and the trailer are right; the trailer's checksum is the caller's to compare.
        case end(ChunkedTrailer?)
    }

    /// Bounds of what is accepted.
    package struct Limits: Sendable {
        /// The longest line of framing in bytes.
        package var lineLength = 4_096
        /// The most lines after the last chunk, blank ones included.
        package var trailerLines = 16
        /// The smallest size of a signed chunk that is not the last; AWS has 8192, 0 accepts what any client sends.
        package var smallestSignedChunk: Int64 = 0

        /// The default bounds.
        package init() {}
    }

    enum State {
        case header
        case data(remaining: Int64)
        case dataEnd
        case trailer
        case epilogue
        case failed(S3Error)
    }

    let framing: ChunkedFraming
    let limits: Limits
    var state = State.header
    var chain: ChunkSignatureChain?
    var trailer: ChunkedTrailer?
    var trailerLines = 0
    var epilogueLines = 0
    private var lines: LineCollector
    private var hasher = SHA256()
    private var chunkSignature = ""
    private var chunkCount = 0
    private var chunkSize: Int64 = 0
    /// How much content the chunk headers have announced so far.
    package private(set) var decodedLength: Int64 = 0

    /// A decoder for a body of this framing; signed kinds need the chain of their request.
    package init(_ framing: ChunkedFraming, chain: ChunkSignatureChain? = nil, limits: Limits = Limits()) {
        precondition(chain != nil || !framing.kind.isSigned, "signed chunks need the chain of their request")
        self.framing = framing
        self.chain = framing.kind.isSigned ? chain : nil
        self.limits = limits
        lines = LineCollector(limit: limits.lineLength)
    }

    /// Takes the next piece of the body.
    ///
    /// Costs one SHA-256 over the content of signed kinds and nothing else in proportion to it.
    ///
    /// - Throws: `IncompleteBody`, `InvalidChunkSizeError`, `MalformedTrailerError`, `InvalidRequest` for a bad trailer
    ///   value, `SignatureDoesNotMatch`.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(S3Error) -> [Event] {
        if case .failed(let error) = state { throw error }
        do {
            return try take(bytes)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Takes the next piece of the body from an array.
    package mutating func feed(_ bytes: [UInt8]) throws(S3Error) -> [Event] {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(S3Error) -> [Event] in try feed(buffer) }
        }
        return try result.get()
    }

    /// Says that the HTTP body is over.
    ///
    /// - Throws: `IncompleteBody` when the last chunk or the trailer has not come in full.
    package mutating func finish() throws(S3Error) {
        if case .failed(let error) = state { throw error }
        if case .epilogue = state, lines.isEmpty { return }
        let error = S3Error.chunkedBodyTerminated("the body ended before the end of its framing")
        state = .failed(error)
        throw error
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) throws(S3Error) -> [Event] {
        var events: [Event] = []
        var offset = 0
        while offset < bytes.count {
            if case .data(let remaining) = state {
                let range = offset..<offset + Int(min(remaining, Int64(bytes.count - offset)))
                events.append(.data(range))
                try consume(UnsafeRawBufferPointer(rebasing: bytes[range]), remaining)
                offset = range.upperBound
            } else if let line = try lines.next(in: bytes, from: &offset) {
                if let event = try handle(line) { events.append(event) }
            }
        }
        return events
    }

    private mutating func consume(_ content: UnsafeRawBufferPointer, _ remaining: Int64) throws(S3Error) {
        if chain != nil { hasher.update(bufferPointer: content) }
        let rest = remaining - Int64(content.count)
        state = rest > 0 ? .data(remaining: rest) : .dataEnd
        if rest == 0 { try verifyChunk() }
    }

    private mutating func verifyChunk() throws(S3Error) {
        guard chain != nil else { return }
        let digest = hasher.finalize()
        hasher = SHA256()
        try chain?.verify(chunkSHA256: digest, provided: chunkSignature)
    }

    private mutating func handle(_ line: LineCollector.Line) throws(S3Error) -> Event? {
        switch state {
        case .header:
            guard line.endsWithCR else { throw .chunkedBodyTerminated("a chunk header that does not end in CRLF") }
            try begin(try ChunkHeader(line.bytes))
        case .dataEnd:
            guard line.endsWithCR, line.bytes.isEmpty else {
                throw .chunkedBodyTerminated("a chunk that is longer than its size")
            }
            state = .header
        case .trailer: return try handleTrailer(line.bytes)
        case .epilogue: try handleEpilogue(line.bytes)
        case .data, .failed: break
        }
        return nil
    }

    private mutating func begin(_ header: ChunkHeader) throws(S3Error) {
        if chain != nil {
            guard let signature = header.signature, signature.utf8.count == 64 else {
                throw .chunkedBodyTerminated("a chunk without its signature")
            }
            chunkSignature = signature
        }
        guard header.size > 0 else { return try beginTrailer() }
        if chain != nil, chunkCount > 0, chunkSize < limits.smallestSignedChunk {
            throw .invalidChunkSize(chunk: chunkCount, size: chunkSize)
        }
        guard header.size <= framing.decodedLength - decodedLength else {
            let (sum, overflow) = decodedLength.addingReportingOverflow(header.size)
            throw .decodedLengthMismatch(announced: framing.decodedLength, received: overflow ? .max : sum)
        }
        decodedLength += header.size
        chunkCount += 1
        chunkSize = header.size
        state = .data(remaining: header.size)
    }

    private mutating func beginTrailer() throws(S3Error) {
        try verifyChunk()
        guard decodedLength == framing.decodedLength else {
            throw .decodedLengthMismatch(announced: framing.decodedLength, received: decodedLength)
        }
        state = .trailer
    }
}
