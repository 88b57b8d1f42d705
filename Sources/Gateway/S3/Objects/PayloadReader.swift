import NIOCore
package import S3Protocol

/// Reads the content of an upload out of its request body: takes aws-chunked framing off, and says what went wrong
/// on the way in S3's words.
struct PayloadReader {
    private let body: RequestBody
    private var decoder: ChunkedDecoder?
    private var isAtEnd = false
    /// What followed the last chunk; known at the end.
    private(set) var trailer: ChunkedTrailer?

    /// A reader of this body; `framing` is nil for plain content.
    init(_ body: RequestBody, framing: ChunkedFraming?, signature: VerifiedSignature?) {
        self.body = body
        decoder = framing.map { ChunkedDecoder($0, chain: signature?.chunkSignatures) }
    }

    /// The next content, nil once all of it came and every signature was right.
    mutating func next() async throws -> ByteBuffer? {
        while !isAtEnd {
            guard let piece = try await receive() else {
                isAtEnd = true
                try decoder?.finish()
                return nil
            }
            guard decoder != nil else { return piece }
            if let content = try unframe(piece) { return content }
        }
        return nil
    }

    private func receive() async throws -> ByteBuffer? {
        do {
            return try await body.next(atLeast: RequestBody.highWaterMark)
        } catch let failure as RequestBody.Failure {
            throw failure.s3Error
        }
    }

    private mutating func unframe(_ piece: ByteBuffer) throws -> ByteBuffer? {
        let events = try piece.withUnsafeReadableBytes { bytes in try decoder?.feed(bytes) ?? [] }
        var content: ByteBuffer?
        for event in events {
            switch event {
            case .data(let range):
                guard let slice = piece.getSlice(at: piece.readerIndex + range.lowerBound, length: range.count) else {
                    continue
                }
                if content == nil { content = slice } else { content?.writeImmutableBuffer(slice) }
            case .end(let trailer):
                self.trailer = trailer
            }
        }
        return content
    }
}

extension RequestBody.Failure: S3ErrorConvertible {
    /// The refusal that goes with a body that broke off.
    package var s3Error: S3Error {
        switch self {
        case .connectionClosed: .incompleteBody().because("the connection ended before the body did")
        case .tooSlow: .requestTimeout.because("the body came too slowly")
        case .malformed: .malformedHTTP("the framing of the body is wrong")
        }
    }
}
