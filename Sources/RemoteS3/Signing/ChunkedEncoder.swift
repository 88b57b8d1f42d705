package import S3Protocol

/// Frames a body as aws-chunked, for payloads that are signed as they are sent or end in a checksum.
///
/// Chunks have one length, so that the length of the whole is known before its first byte.
package struct ChunkedEncoder: Sendable {
    /// The length of each chunk but the last.
    package static let chunkLength = 64 << 10

    private var chain: ChunkSignatureChain?
    private let trailer: String?
    private var waiting: [UInt8] = []

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

    /// Takes content; gives the chunks that are full.
    package mutating func add(_ content: UnsafeRawBufferPointer) -> [UInt8] {
        var framed: [UInt8] = []
        framed.reserveCapacity(content.count + 1_024)
        var rest = content[...]
        while waiting.count + rest.count >= Self.chunkLength {
            let taken = rest.prefix(Self.chunkLength - waiting.count)
            waiting.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
            append(waiting, to: &framed)
            waiting.removeAll(keepingCapacity: true)
        }
        waiting.append(contentsOf: rest)
        return framed
    }

    /// The end: what remains, the empty chunk, the trailer.
    package mutating func finish(trailerValue: String?) -> [UInt8] {
        var framed: [UInt8] = []
        if !waiting.isEmpty { append(waiting, to: &framed) }
        waiting = []
        framed.append(contentsOf: header(of: []))
        if let trailer, let trailerValue {
            framed.append(contentsOf: "\(trailer):\(trailerValue)\r\n".utf8)
            if let chain {
                let signature = chain.sign(trailerText: "\(trailer):\(trailerValue)\n")
                framed.append(contentsOf: "x-amz-trailer-signature:\(signature)\r\n".utf8)
            }
        }
        framed.append(contentsOf: "\r\n".utf8)
        return framed
    }

    private mutating func append(_ chunk: [UInt8], to framed: inout [UInt8]) {
        framed.append(contentsOf: header(of: chunk))
        framed.append(contentsOf: chunk)
        framed.append(contentsOf: "\r\n".utf8)
    }

    private mutating func header(of chunk: [UInt8]) -> [UInt8] {
        let size = String(chunk.count, radix: 16)
        guard chain != nil else { return Array("\(size)\r\n".utf8) }
        let signature = chain?.sign(chunkSHA256: SHA256.hash(data: chunk)) ?? ""
        return Array("\(size);chunk-signature=\(signature)\r\n".utf8)
    }
}
