package import NIOCore
package import S3Protocol

/// Frames a body as aws-chunked, for payloads that are signed as they are sent or end in a checksum.
///
/// Chunks have one length, so that the length of the whole is known before its first byte. Content is not copied: what comes
/// out are pieces of what came in, with what frames them between.
package struct ChunkedEncoder: Sendable {
    /// The length of each chunk but the last.
    package static let chunkLength = 64 << 10

    private var chain: ChunkSignatureChain?
    private let trailer: String?
    /// The chunk that is not full yet: its pieces, and their length and hash.
    private var waiting: [ByteBuffer] = []
    private var waitingLength = 0
    private var hash = SHA256()
    /// What ends the chunk before stands before the next.
    private var ending = ""

    /// An encoder; `chain` signs the chunks, `trailer` is the lower-case name of what follows them.
    package init(chain: ChunkSignatureChain?, trailer: String?) {
        self.chain = chain
        self.trailer = trailer
    }

    /// How long the body of so many bytes becomes; `valueLength` is that of the trailer's value.
    package static func length(of content: Int64, isSigned: Bool, trailer: String?, valueLength: Int) -> Int64 {
        let chunk = Int64(chunkLength)
        let (whole, rest) = (content / chunk, content % chunk)
        var length = whole * framed(chunk, isSigned) + framed(0, isSigned) - 2
        if rest > 0 { length += framed(rest, isSigned) }
        if let trailer { length += Int64(trailer.utf8.count + 1 + valueLength + 2) }
        if trailer != nil, isSigned { length += Int64("x-amz-trailer-signature:".utf8.count + 64 + 2) }
        return length + 2
    }

    private static func framed(_ length: Int64, _ isSigned: Bool) -> Int64 {
        let digits = Int64(String(length, radix: 16).utf8.count)
        return digits + (isSigned ? Int64(";chunk-signature=".utf8.count + 64) : 0) + 2 + length + 2
    }

    /// Takes content; gives the chunks that are full, in pieces.
    package mutating func add(_ content: ByteBuffer) -> [ByteBuffer] {
        var framed: [ByteBuffer] = []
        var rest = content
        while rest.readableBytes > 0 {
            let length = min(rest.readableBytes, Self.chunkLength - waitingLength)
            guard let piece = rest.readSlice(length: length) else { break }
            if chain != nil { piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) } }
            waiting.append(piece)
            waitingLength += length
            if waitingLength == Self.chunkLength { endChunk(&framed) }
        }
        return framed
    }

    /// The end: what remains, the empty chunk, the trailer.
    package mutating func finish(trailerValue: String?) -> [ByteBuffer] {
        var framed: [ByteBuffer] = []
        if waitingLength > 0 { endChunk(&framed) }
        var end = header()
        if let trailer, let trailerValue {
            end += "\(trailer):\(trailerValue)\r\n"
            if let chain {
                let signature = chain.sign(trailerText: "\(trailer):\(trailerValue)\n")
                end += "x-amz-trailer-signature:\(signature)\r\n"
            }
        }
        framed.append(ByteBuffer(string: end + "\r\n"))
        return framed
    }

    private mutating func endChunk(_ framed: inout [ByteBuffer]) {
        framed.append(ByteBuffer(string: header()))
        framed += waiting
        (waiting, waitingLength, hash, ending) = ([], 0, SHA256(), "\r\n")
    }

    /// The line before the chunk that waits.
    private mutating func header() -> String {
        let size = String(waitingLength, radix: 16)
        guard chain != nil else { return "\(ending)\(size)\r\n" }
        let signature = chain?.sign(chunkSHA256: hash.finalize()) ?? ""
        return "\(ending)\(size);chunk-signature=\(signature)\r\n"
    }
}
