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
    guard let token = try? ContinuationToken(value) else { return }
    precondition((try? ContinuationToken(token.text)) == token, "a token does not come back")
}
