// Reads hostile policies, and holds a form of hostile fields against those that can be read.

import S3Protocol

/// Entry of libFuzzer: the input is a policy's JSON, a form's fields, and a policy's base64.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPostPolicy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    _ = try? PostPolicy(base64: input)
    guard let policy = try? PostPolicy(json: input) else {
        checkReader(input)
        return 0
    }
    precondition((try? PostPolicy(base64: Array(Base64.encode(input).utf8))) == policy, "base64 changes nothing")
    let form = matchingForm(policy)
    let early = Timestamp(seconds: -9_000_000_000)
    if let sizes = try? policy.evaluate(form, bucket: "bucket", now: early) {
        precondition(sizes.maximum <= PostSizeRange.maximumUpload && sizes.minimum >= 0, "ranges only narrow")
        precondition(policy.conditions.contains { $0.field == "bucket" }, "the bucket is always named")
    }
    precondition((try? policy.evaluate(form, bucket: "bucket", now: policy.expiration)) == nil, "expired is expired")
    return 0
}

/// A strict text is read alike with and without the escapes of policies.
private func checkReader(_ input: [UInt8]) {
    let strict = JSONReader.read(input, limits: .init(length: 65_536, depth: 8))
    let tolerant = JSONReader.read(input, limits: .init(length: 65_536, depth: 8, allowsPolicyEscapes: true))
    precondition(strict == nil || strict == tolerant, "more escapes change no strict text")
}

/// A form with a value for each field that the policy names.
private func matchingForm(_ policy: PostPolicy) -> PostForm {
    var form = PostForm()
    for condition in policy.conditions {
        guard let field = condition.field else { continue }
        switch condition.demand {
        case .equals(let text), .startsWith(let text): try? form.append(name: field, value: Array(text.utf8))
        case .contentLength: break
        }
    }
    return form
}
