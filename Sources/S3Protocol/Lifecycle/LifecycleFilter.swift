/// What a lifecycle rule is about: versions that meet all of its conditions.
package struct LifecycleFilter: Codable, Equatable, Sendable {
    /// How it stood in the document, so that it is reported as it was given.
    package enum Form: String, Codable, Sendable {
        /// `Prefix` in the rule itself, the older form.
        case prefix
        /// `Filter` with one condition or none.
        case single
        /// `Filter` with `And`.
        case and
    }

    /// A tag that versions must have.
    package struct Tag: Codable, Equatable, Sendable {
        /// The key.
        package let key: String
        /// The value.
        package let value: String

        /// A tag of this key and value.
        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// How it stood in the document.
    package var form: Form
    /// With what keys begin.
    package var prefix: String?
    /// Tags that versions have, all of them.
    package var tags: [Tag]?
    /// Versions are larger than this.
    package var sizeGreaterThan: Int64?
    /// Versions are smaller than this.
    package var sizeLessThan: Int64?

    /// A filter of these conditions, which are not checked.
    package init(
        form: Form = .single,
        prefix: String? = nil,
        tags: [Tag]? = nil,
        sizeGreaterThan: Int64? = nil,
        sizeLessThan: Int64? = nil
    ) {
        self.form = form
        self.prefix = prefix
        self.tags = tags
        self.sizeGreaterThan = sizeGreaterThan
        self.sizeLessThan = sizeLessThan
    }

    /// Whether it asks for a size.
    var hasSize: Bool { sizeGreaterThan != nil || sizeLessThan != nil }

    /// Whether it asks for tags, so that whoever evaluates it must know them.
    package var hasTags: Bool { tags?.isEmpty == false }

    /// Whether keys of these bytes can be meant.
    package func covers(key: ObjectKey) -> Bool {
        ByteText.hasPrefix(key.string, prefix ?? "")
    }

    func covers(_ version: LifecycleVersion) -> Bool {
        guard covers(key: version.key), version.size > (sizeGreaterThan ?? -1), version.size < (sizeLessThan ?? .max)
        else { return false }
        return (tags ?? []).allSatisfy { wanted in
            version.tags.contains { ByteText.equal($0.key, wanted.key) && ByteText.equal($0.value, wanted.value) }
        }
    }
}
