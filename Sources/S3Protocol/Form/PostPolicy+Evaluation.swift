extension PostPolicy {
    /// Holds a form, already expanded, against the policy, and gives the sizes that the file may have.
    ///
    /// Every condition must hold and every field must be named by one. The bucket is compared with the addressed one,
    /// whatever a field `bucket` says.
    /// - Throws: `AccessDenied` with the expired policy, the failed condition, or the field that no condition names.
    package func evaluate(_ form: PostForm, bucket: String, now: Timestamp) throws(S3Error) -> PostSizeRange {
        guard now < expiration else { throw .invalidAccordingToPolicy("Policy expired.") }
        var sizes = PostSizeRange()
        for condition in conditions {
            guard let allowed = condition.sizes(for: form, bucket: bucket) else {
                throw .invalidAccordingToPolicy("Policy Condition failed: \(condition.rendering)")
            }
            sizes = sizes.intersection(allowed)
        }
        try checkCoverage(of: form)
        return sizes
    }

    private func checkCoverage(of form: PostForm) throws(S3Error) {
        let named = conditions.compactMap(\.field)
        let isNamed: (String) -> Bool = { name in named.contains { ByteText.equal($0, name) } }
        guard isNamed("bucket") else { throw .invalidAccordingToPolicy("Extra input fields: bucket") }
        for field in form.fields where !Self.needsNoCondition(field) && !isNamed(field.name) {
            throw .invalidAccordingToPolicy("Extra input fields: \(field.name)")
        }
    }

    private static let uncoveredFields: Set<String> = [
        "x-amz-signature", "signature", "awsaccesskeyid", "file", "policy",
    ]

    private static func needsNoCondition(_ field: PostForm.Field) -> Bool {
        uncoveredFields.contains(field.name) || ByteText.hasPrefix(field.name, "x-ignore-")
            || field.value.isEmpty && ByteText.equal(field.name, PostForm.securityToken)
    }
}

extension PostCondition {
    /// The sizes that the file may have under this condition, or nil when the condition does not hold.
    func sizes(for form: PostForm, bucket: String) -> PostSizeRange? {
        if case .contentLength(let range) = demand { return range }
        guard let field else { return nil }
        let value = ByteText.equal(field, "bucket") ? Array(bucket.utf8) : form.bytes(field)
        guard let value, holds(for: value, of: field) else { return nil }
        return PostSizeRange()
    }

    private func holds(for value: [UInt8], of field: String) -> Bool {
        switch demand {
        case .equals(let text): value.elementsEqual(text.utf8)
        case .startsWith(let prefix) where ByteText.equal(field, "content-type"):
            value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .allSatisfy { $0.drop { $0 == 0x20 || $0 == 0x09 }.starts(with: prefix.utf8) }
        case .startsWith(let prefix): value.starts(with: prefix.utf8)
        case .contentLength: false
        }
    }
}
