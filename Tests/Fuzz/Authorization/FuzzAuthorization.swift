import S3Protocol

/// Reads hostile heads, and signs whatever can be signed: what the signer made must verify.
///
/// The input is lines: the target, then `name:value` headers.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAuthorization(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    var lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    guard let target = try? RequestTarget(lines.removeFirst()) else { return 0 }
    let headers = lines.map { line -> (String, String) in
        let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        return (String(line[..<colon]), String(decoding: line.utf8[colon...].dropFirst(), as: UTF8.self))
    }
    let head = RequestHead(method: "GET", target: target, headers: HeaderList(headers))
    readHostile(head)
    signAndVerify(head)
    presignAndVerify(head)
    return 0
}

private let fuzzSecret = SigningSecret("secret")
private let fuzzNow = Timestamp(seconds: 1_369_353_600)
private let fuzzSigner = SigV4Signer(accessKeyID: "AK/ID", secret: fuzzSecret, region: "us-east-1")
private let fuzzPolicy = VerificationPolicy(allowsVersion2Header: true)

/// No hostile head may verify, since none can hold a right signature.
private func readHostile(_ head: RequestHead) {
    guard let scheme = try? AuthenticationScheme.detect(head) else { return }
    switch scheme {
    case .anonymous: _ = try? PayloadMode.withoutSigningKey(head)
    case .v4Header(let request), .v4Query(let request):
        let verified = try? request.verify(secret: fuzzSecret, now: fuzzNow, policy: fuzzPolicy)
        precondition(verified == nil, "a forged signature verified")
    case .v2Header(let request), .v2Query(let request):
        let error = request.mismatch(secret: fuzzSecret, hostBucket: "bucket")
        precondition(error != nil, "a forged signature verified")
        try? request.validate(now: fuzzNow, policy: fuzzPolicy)
    }
}

private let reserved = Set(["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "host"])

private func signableHeaders(_ head: RequestHead) -> HeaderList {
    var headers = HeaderList([("Host", "localhost")])
    for field in head.headers.fields {
        let name = ByteText.lowercasedASCII(field.name)
        let isToken = !name.isEmpty && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
        if isToken, !reserved.contains(name) { headers.append(field.name, field.value) }
    }
    return headers
}

private func isPresigned(_ target: RequestTarget) -> Bool {
    ["X-Amz-", "AWSAccessKeyId", "Signature", "x-amz-"].contains { mark in
        target.parameters.contains {
            ByteText.hasPrefix(ByteText.lowercasedASCII($0.name), ByteText.lowercasedASCII(mark))
        }
    }
}

private func signAndVerify(_ head: RequestHead) {
    guard !isPresigned(head.target) else { return }
    let plain = RequestHead(method: head.method, target: head.target, headers: signableHeaders(head))
    guard let signed = try? fuzzSigner.sign(plain, payload: .unsigned, at: fuzzNow) else { return }
    let request = RequestHead(method: head.method, target: head.target, headers: signed.headers)
    guard case .v4Header(let parsed)? = try? AuthenticationScheme.detect(request) else {
        preconditionFailure("our own header is not read")
    }
    checkVerifies(parsed, "our own header")
}

private func presignAndVerify(_ head: RequestHead) {
    guard !isPresigned(head.target) else { return }
    let plain = RequestHead(method: head.method, target: head.target, headers: signableHeaders(head))
    guard let query = try? fuzzSigner.presign(plain, lifetime: 60, at: fuzzNow),
        let target = try? RequestTarget(head.target.rawPath + "?" + query)
    else { return }
    let request = RequestHead(method: head.method, target: target, headers: plain.headers)
    guard case .v4Query(let parsed)? = try? AuthenticationScheme.detect(request) else {
        preconditionFailure("our own URL is not read")
    }
    checkVerifies(parsed, "our own URL")
}

/// Headers such as `x-amzn-trace-id` are never signed, so only the signature itself is asked for.
private func checkVerifies(_ request: SigV4Request, _ what: String) {
    do throws(S3Error) {
        _ = try request.verify(secret: fuzzSecret, now: fuzzNow, policy: fuzzPolicy)
    } catch {
        preconditionFailure("\(what) does not verify: \(error.code.rawValue) \(error.reason ?? "")")
    }
}
