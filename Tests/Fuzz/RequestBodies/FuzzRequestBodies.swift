import S3Protocol

/// Reads hostile bodies as every document that a request can carry; what is taken is written and read again, and has to be
/// the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequestBodies(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    let now = Timestamp(seconds: 1_400_000_000)
    comesBack(input, { try CORSConfiguration(document: $0) }) { try $0.document() }
    comesBack(input, { try LifecycleConfiguration(document: $0) }) { try $0.document() }
    comesBack(input, { try ObjectLockConfiguration(document: $0) }) { try $0.document() }
    comesBack(input, { try PublicAccessBlock(document: $0) }) { try $0.document() }
    comesBack(input, { try ObjectOwnership(document: $0) }) { try $0.document() }
    comesBack(input, { try BucketEncryption(document: $0) }) { try $0.document() }
    comesBack(input, { try LegalHold(document: $0) }) { try $0.document() }
    comesBack(input, { try TagSet(document: $0, of: .bucket) }) { try $0.document() }
    comesBack(input, { try VersioningConfiguration.parse($0) }) { try VersioningConfiguration.document($0) }
    _ = try? Retention.parse(document: input, now: now)
    readParts(input)
    readDeletions(input)
    return 0
}

private func comesBack<Value: Equatable>(
    _ input: [UInt8],
    _ read: ([UInt8]) throws -> Value,
    _ write: (Value) throws -> [UInt8]
) {
    guard let value = try? read(input), let written = try? write(value) else { return }
    precondition((try? read(written)) == value, "\(Value.self) changed on its way")
}

private func readParts(_ input: [UInt8]) {
    guard let id = try? UploadID("upload"), let request = try? CompleteMultipartUploadRequest(body: input, uploadID: id)
    else { return }
    precondition(!request.parts.isEmpty && request.parts.count <= MultipartLimits.maximumParts, "too many parts")
    let numbers = request.parts.map(\.number)
    precondition(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "parts that do not ascend")
}

private func readDeletions(_ input: [UInt8]) {
    guard let request = try? DeleteObjectsRequest(body: input) else { return }
    precondition((1...1_000).contains(request.entries.count), "too many deletions")
    let outcomes = request.entries.map { (entry: $0, outcome: DeleteObjectsResult.Outcome.deleted(marker: nil)) }
    _ = try? DeleteObjectsResult(outcomes: outcomes, isQuiet: request.isQuiet).document()
}
