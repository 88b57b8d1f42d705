import S3Protocol

/// Routes hostile targets and headers; whatever comes back must be of the scope and method that was asked for.
///
/// The input is lines: method, target, host, then one header value that all conditions, ranges and tokens get.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestRouting(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    guard lines.count == 4 else { return 0 }
    readValues(lines[3])
    guard let target = try? RequestTarget(lines[1]) else { return 0 }
    _ = try? ListObjectsRequest(target)
    _ = try? ListBucketsRequest(target)
    _ = try? ListObjectVersionsRequest(target)
    _ = try? ListMultipartUploadsRequest(target)
    _ = try? ListPartsRequest(target)
    let head = RequestHead(method: lines[0], target: target, headers: HeaderList([("Host", lines[2])]))
    guard let address = try? Addressing(baseDomains: ["s3.test"]).resolve(head) else { return 0 }
    guard let operation = try? S3Operation.route(head: head, scope: address.scope), let row = operation.row else {
        return 0
    }
    precondition(row.scope == address.scope && row.method == head.method, "a request became another one")
    return 0
}

private func readValues(_ value: String) {
    let names = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"]
    let headers = HeaderList(names.map { ($0, value) })
    let now = Timestamp(seconds: 1_400_000_000)
    _ = try? ReadPreconditions.evaluate(headers, etag: ETag("a"), lastModified: now, now: now)
    _ = try? WritePrecondition(putting: HeaderList([("If-Match", value)]))
    for size in [Int64(0), 1, 10, .max] {
        guard let range = try? ByteRange(header: value, size: size) else { continue }
        precondition(range.first >= 0 && range.last < size && range.count > 0, "a range leaves the object")
    }
    readCopy(value)
    guard let token = try? ContinuationToken(value) else { return }
    precondition((try? ContinuationToken(token.text)) == token, "a token does not come back")
}

private func readCopy(_ value: String) {
    _ = try? GetObjectAttributesRequest(HeaderList([("x-amz-object-attributes", value)]))
    _ = try? MultipartChecksumChoice(HeaderList([("x-amz-checksum-algorithm", value)]))
    let decoded = EncodedWord.decode(value)
    // ASCII goes out as it is, also when it looks like an encoded-word.
    let isEncoded = decoded.utf8.contains { $0 >= 0x80 }
    let again = EncodedWord.decode(EncodedWord.encode(decoded))
    precondition(!isEncoded || ByteText.equal(again, decoded), "metadata does not come back")
    if let source = try? CopySource(copySource: value) {
        precondition((1...ObjectKey.maximumLength).contains(source.key.utf8.count), "a source without a key")
    }
    guard let range = try? CopySourceRange(value), let bytes = try? range.resolved(size: 100) else { return }
    precondition(bytes.first >= 0 && bytes.last < 100, "a range leaves the source")
}
