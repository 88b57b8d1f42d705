@testable import ObjectStorage
@testable import RemoteS3

/// Reads what a file in the folder of the mode cache may end in, and the document within.
///
/// The first byte is the place of the footer, in 4096 bytes; the rest is what stands there, and then the document of a footer
/// that is right, since nobody guesses a sum.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCachedCopies(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = input.first else { return 0 }
    let (place, bytes) = (Int64(first) * 4096, Array(input.dropFirst()))
    readTail(bytes, at: place)
    readFooter(bytes, at: place)
    readHead(bytes)
    // The same as the document of a footer that is right.
    let footer = BlockFileFooter(size: place, blockLength: 4096, document: bytes)
    precondition(BlockFileFooter(footer.bytes, at: place) == footer, "what is written is not read")
    return 0
}

private func readTail(_ bytes: [UInt8], at place: Int64) {
    let fileSize = place + Int64(bytes.count)
    guard let found = BlockFileFooter.place(tail: bytes.suffix(BlockFileFooter.tailLength), fileSize: fileSize) else {
        return
    }
    precondition(found >= 0 && found < fileSize && fileSize - found <= BlockFileFooter.longest, "a footer elsewhere")
}

private func readFooter(_ bytes: [UInt8], at place: Int64) {
    guard let footer = BlockFileFooter(bytes, at: place) else { return }
    precondition(footer.place == place && footer.size <= place, "content over its footer")
    precondition(footer.bytes.prefix(bytes.count - 8) == bytes.prefix(bytes.count - 8), "a footer is read otherwise")
    precondition(footer.present.count == BlockFileFooter.blockCount(footer.size, footer.blockLength), "other blocks")
}

private func readHead(_ bytes: [UInt8]) {
    guard let head = CachedHead(bytes, of: "k") else { return }
    precondition(head.size >= 0 && head.etag.hasPrefix("\""), "a head that no remote gave")
    guard let document = head.document(of: "k") else { return }
    precondition(CachedHead(document, of: "k") == head, "a head is read otherwise")
    precondition(CachedHead(document, of: "another") == nil, "a head of another copy")
}
