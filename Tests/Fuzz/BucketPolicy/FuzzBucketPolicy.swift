// Reads hostile policies and asks those that can be read.

import S3Protocol

/// Entry of libFuzzer: the input is a policy, up to the first zero byte, and then the value of every condition key.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBucketPolicy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let text = Array(input.prefix { $0 != 0 })
    let value = String(decoding: input.dropFirst(text.count + 1), as: UTF8.self)
    if let bucket = try? BucketName("bucket"), let policy = try? Policy(bucketPolicy: text, bucket: bucket) {
        checkPublic(policy, bucket: bucket, value: value)
        ask(policy, bucket: bucket, value: value)
    }
    if let policy = try? Policy(userPolicy: text) {
        precondition(!policy.isPublic, "users' policies name no principals")
        ask(policy, bucket: nil, value: value)
    }
    return 0
}

/// Asks as somebody who did not sign and as a user, about the bucket and an object.
private func ask(_ policy: Policy, bucket: BucketName?, value: String) {
    let user = PolicyPrincipal.User(
        canonicalID: String(repeating: "a", count: 64),
        accountID: "123456789012",
        arn: "arn:aws:iam::123456789012:user/user",
        name: "user",
        userID: "AIDA"
    )
    let keys = bucket == nil ? [nil] : [nil, try? ObjectKey("key")]
    for principal in [.anonymous, .user(user)] as [PolicyPrincipal] {
        for key in keys {
            let request = PolicyRequest(
                principal: principal,
                action: key == nil ? "s3:ListBucket" : "s3:GetObject",
                bucket: bucket,
                key: key,
                context: { _ in value.isEmpty ? nil : [value] }
            )
            let decision = policy.evaluate(request)
            precondition(policy.evaluate(request) == decision, "a question has one answer")
            switch decision {
            case .allow(let reason), .deny(let reason), .none(let reason):
                precondition(reason.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "reasons travel in a header")
            }
        }
    }
}

/// What lets anybody in without any key is public.
private func checkPublic(_ policy: Policy, bucket: BucketName, value: String) {
    let request = PolicyRequest(
        principal: .anonymous,
        action: "s3:GetObject",
        bucket: bucket,
        key: try? ObjectKey("key")
    )
    if case .allow = policy.evaluate(request) { precondition(policy.isPublic, "anybody may, so it is public") }
}
