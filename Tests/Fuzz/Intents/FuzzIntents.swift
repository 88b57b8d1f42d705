@testable import ObjectStorage
import S3Protocol

/// Reads what a segment of intents may hold, in pieces; then the same bytes as the content of a line that is right, since
/// nobody guesses a checksum, and as what stands behind one.
///
/// The first byte is the length of the pieces.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIntents(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    let whole = entries(of: bytes, pieces: bytes.count + 1)
    precondition(entries(of: bytes, pieces: Int(first) + 1) == whole, "pieces are read otherwise")
    _ = IntentEntry(IntentLine.line(bytes)[...])
    readContent(bytes, cutAt: Int(first))
    return 0
}

private func entries(of bytes: [UInt8], pieces: Int) -> [IntentEntry] {
    var reader = IntentReader()
    var found: [IntentEntry] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        let piece = Array(rest.prefix(pieces))
        piece.withUnsafeBytes { reader.feed($0) { entry, _ in found.append(entry) } }
        rest = rest.dropFirst(piece.count)
    }
    reader.finish { entry, _ in found.append(entry) }
    return found
}

private func readContent(_ bytes: [UInt8], cutAt cut: Int) {
    guard let key = try? ObjectKey("a key/of some length") else { return }
    let line = IntentLine(bucketID: "id", key: key)
    let (attribute, content) = (Array(bytes.prefix(cut)), Array(bytes.dropFirst(cut)))
    let text = content.withUnsafeBytes { LoggedObject.text(line, attribute: attribute, content: $0) }
    precondition(!text.contains(10), "content ends a line")
    let wanted = IntentEntry.put(LoggedObject(key: line, attribute: attribute, content: content))
    precondition(entries(of: text, pieces: 64) == [wanted], "what is written is not read")
}
