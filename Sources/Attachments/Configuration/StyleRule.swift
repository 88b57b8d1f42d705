package import Imaging
package import S3Protocol

/// The styles of the pictures at one place: a bucket, or the keys of it that begin with a prefix.
package struct StyleRule: Hashable, Sendable {
    /// The bucket.
    package let bucket: BucketName
    /// What the keys begin with; empty for all keys of the bucket.
    package let prefix: String
    /// The styles, in place of any that a less specific rule or `attachments.styles` names; none for no styles.
    package let styles: [StyleSpec]

    /// A rule of these parts.
    package init(bucket: BucketName, prefix: String = "", styles: [StyleSpec]) {
        self.bucket = bucket
        self.prefix = prefix
        self.styles = styles
    }

    func covers(_ key: ObjectKey, in bucket: BucketName) -> Bool {
        self.bucket == bucket && key.utf8.starts(with: prefix.utf8)
    }
}

extension AttachmentsConfiguration {
    /// The styles of a picture at this place: those of the rule with the longest prefix, else `styles`.
    package func styles(of key: ObjectKey, in bucket: BucketName) -> [StyleSpec] {
        styleRules.filter { $0.covers(key, in: bucket) }.max { $0.prefix.utf8.count < $1.prefix.utf8.count }?.styles
            ?? styles
    }

    /// Whether an object gets styles at all.
    func needsStyles(_ object: PinnedObject) -> Bool {
        styledTypes.allow(object.contentType) && !styles(of: object.key, in: object.bucket).isEmpty
    }
}

// MARK: - Checks

extension AttachmentsConfiguration {
    /// Checks the styles of all places.
    ///
    /// - Throws: `AttachmentsError` with `invalidConfiguration`, saying what to change.
    func validateStyles() throws {
        try Self.check(styles, "attachments.styles")
        var places: Set<StyleRule.Place> = []
        for rule in styleRules {
            let name =
                "attachments.style_rules: the rule of bucket '\(rule.bucket)'"
                + (rule.prefix.isEmpty ? "" : " and prefix '\(rule.prefix)'")
            try Self.require(
                buckets.contains(rule.bucket) || otherStyledBuckets.contains(rule.bucket),
                "\(name) can cover nothing; add the bucket to attachments.buckets or on_the_fly.buckets."
            )
            try Self.require(
                rule.prefix.utf8.count <= ObjectKey.maximumLength,
                "\(name) can cover nothing: a key has at most \(ObjectKey.maximumLength) bytes."
            )
            try Self.require(places.insert(rule.place).inserted, "\(name) is there twice; leave one of them.")
            try Self.check(rule.styles, name)
        }
    }

    private static func check(_ styles: [StyleSpec], _ place: String) throws {
        try require(Set(styles.map(\.name)).count == styles.count, "\(place): two styles share a name.")
        try require(
            styles.count <= RenderJob.maximumStyles,
            "\(place): at most \(RenderJob.maximumStyles) styles are made of a picture."
        )
    }
}

extension StyleRule {
    fileprivate struct Place: Hashable {
        let bucket: BucketName
        let prefix: [UInt8]
    }

    fileprivate var place: Place { Place(bucket: bucket, prefix: Array(prefix.utf8)) }
}
