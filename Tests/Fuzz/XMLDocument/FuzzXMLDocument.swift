import S3Protocol

/// Reads hostile documents, whole and byte by byte, which must agree; what was read is written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzXMLDocument(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    let whole = try? XMLNode.parse(input, limits: XMLLimits(bytes: 1 << 16))
    precondition(whole == (try? readByteWise(input)), "the cut into pieces changes the tree")
    _ = try? TagSet(document: input, of: .object)
    _ = try? TagSet(header: String(decoding: input, as: UTF8.self))
    _ = try? BucketLocation.constraint(inCreateBucket: input)
    guard let whole, let written = try? XMLDocument.bytes(root: "Copy", { $0.text("Text", whole.text) }) else {
        return 0
    }
    let again = try? XMLNode.parse(written, limits: XMLLimits(bytes: 1 << 20))
    let expected = XMLText.legal(whole.text)
    precondition(again?["Text"].map { ByteText.equal($0.text, expected) } == true, "a text changed on its way")
    return 0
}

private func readByteWise(_ input: [UInt8]) throws(S3Error) -> XMLNode {
    let reader = XMLReader(limits: XMLLimits(bytes: 1 << 16))
    for byte in input { try reader.push([byte]) }
    return try reader.finish()
}
