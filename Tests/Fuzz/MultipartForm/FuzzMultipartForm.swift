// Feeds a hostile body to the form parser whole and in pieces, and holds the results against each other.

import S3Protocol

/// What a parser made of a body.
private struct Outcome: Equatable {
    var fields: [String] = []
    var fieldBytes: [[UInt8]] = []
    var filename: [UInt8]?
    var content: [UInt8] = []
    var begins = 0
    var ends = 0
    var withoutFile = 0
    var error: S3Error?
}

/// Entry of libFuzzer: the first byte picks the size of the pieces, the rest is the body.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMultipartForm(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let seed = input.first else { return 0 }
    let body = Array(input.dropFirst())
    let text = String(decoding: body, as: UTF8.self)
    _ = try? MultipartBoundary(contentType: "multipart/form-data; " + text)
    _ = ContentDisposition(body)
    guard let boundary = try? MultipartBoundary(contentType: "multipart/form-data; boundary=b") else { return 0 }
    let whole = run(body, boundary, pieceLength: max(1, body.count))
    let pieces = run(body, boundary, pieceLength: 1 + Int(seed) % 16)
    precondition(whole == pieces, "the cut of the pieces must not matter")
    precondition(whole.content.count <= body.count, "no byte comes twice")
    precondition(whole.begins <= 1 && whole.ends <= whole.begins, "there is one file at most")
    precondition(whole.error != nil || whole.ends + whole.withoutFile == 1, "a good form ends in one way")
    return 0
}

private func run(_ body: [UInt8], _ boundary: MultipartBoundary, pieceLength: Int) -> Outcome {
    var parser = MultipartFormParser(boundary: boundary)
    var outcome = Outcome()
    do throws(S3Error) {
        for start in stride(from: 0, to: body.count, by: pieceLength) {
            let piece = Array(body[start..<min(body.count, start + pieceLength)])
            let result = piece.withUnsafeBytes { bytes in
                Result { () throws(S3Error) in try parser.feed(bytes) }
            }
            for event in try result.get() { outcome.take(event, piece) }
        }
        try parser.finish()
    } catch {
        outcome.error = error
        // Fields that came in the same piece as the fault are not reported.
        if outcome.begins == 0 { (outcome.fields, outcome.fieldBytes) = ([], []) }
    }
    return outcome
}

extension Outcome {
    fileprivate mutating func take(_ event: MultipartFormParser.Event, _ piece: [UInt8]) {
        switch event {
        case .field(let name, let value):
            precondition(begins == 0, "fields precede the file")
            fields.append(name)
            fieldBytes.append(value)
        case .fileBegins(let name):
            begins += 1
            filename = name
        case .fileData(let range):
            precondition(begins == 1 && ends == 0 && !range.isEmpty, "file bytes lie between begin and end")
            content += piece[range]
        case .fileCarry(let bytes):
            precondition(begins == 1 && ends == 0 && !bytes.isEmpty, "file bytes lie between begin and end")
            content += bytes
        case .fileEnds: ends += 1
        case .endsWithoutFile: withoutFile += 1
        }
    }
}
