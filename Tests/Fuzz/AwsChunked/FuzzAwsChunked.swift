import S3Protocol

/// Feeds hostile bodies to the aws-chunked decoder: whole, and in pieces, must give the same result.
///
/// The first byte chooses kind and piece size, the second the announced length; the rest is the body.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAwsChunked(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    guard input.count >= 2 else { return 0 }
    let body = Array(input.dropFirst(2))
    let decoder = makeDecoder(kind: input[0] & 3, length: Int64(input[1]))
    let whole = decode(body, decoder, step: .max)
    let split = decode(body, decoder, step: Int(input[0] >> 2) % 17 + 1)
    precondition(whole.hasSucceeded == split.hasSucceeded, "pieces decide")
    precondition(whole.error == split.error, "pieces change the error")
    if whole.hasSucceeded {
        precondition(whole.content == split.content && whole.trailer == split.trailer, "pieces change the content")
        precondition(whole.content.count == Int(input[1]), "the length is not the announced one")
        precondition(whole.ends == 1 && split.ends == 1, "not one end")
    }
    return 0
}

private struct Outcome {
    var content: [UInt8] = []
    var trailer: ChunkedTrailer?
    var ends = 0
    var error: S3Error?
    var hasSucceeded = false
}

private let fuzzScope = CredentialScope(date: "20130524", region: "us-east-1")
private let fuzzKey = SigningKey(secret: SigningSecret("secret"), scope: fuzzScope)

private func makeDecoder(kind: UInt8, length: Int64) -> ChunkedDecoder {
    let chain = ChunkSignatureChain(
        accessKeyID: "AKID",
        key: fuzzKey,
        date: "20130524T000000Z",
        scope: fuzzScope,
        seed: "seed"
    )
    let trailer = "x-amz-checksum-crc32"
    let framing =
        switch kind {
        case 0: ChunkedFraming(kind: .signed, decodedLength: length)
        case 1: ChunkedFraming(kind: .signedTrailer, decodedLength: length, announcedTrailer: trailer)
        case 2: ChunkedFraming(kind: .unsignedTrailer, decodedLength: length, announcedTrailer: trailer)
        default: ChunkedFraming(kind: .unsignedTrailer, decodedLength: length)
        }
    return ChunkedDecoder(framing, chain: chain)
}

private func decode(_ body: [UInt8], _ decoder: ChunkedDecoder, step: Int) -> Outcome {
    var decoder = decoder
    var outcome = Outcome()
    var offset = 0
    do throws(S3Error) {
        while offset < body.count {
            let piece = Array(body[offset..<offset + min(step, body.count - offset)])
            for event in try decoder.feed(piece) { take(event, piece, &outcome) }
            offset += piece.count
        }
        try decoder.finish()
        outcome.hasSucceeded = true
    } catch {
        outcome.error = error
    }
    return outcome
}

private func take(_ event: ChunkedDecoder.Event, _ piece: [UInt8], _ outcome: inout Outcome) {
    switch event {
    case .data(let range):
        precondition(outcome.ends == 0, "content after the end")
        precondition(!range.isEmpty && range.upperBound <= piece.count, "content outside the piece")
        outcome.content += piece[range]
    case .end(let trailer):
        outcome.trailer = trailer
        outcome.ends += 1
    }
}
