/// What lifecycle rules look at of one version of an object.
package struct LifecycleVersion: Sendable {
    /// Where the version stands among those of its key.
    package enum Place: Equatable, Sendable {
        /// It is the current one; `isOnly` when there is no other.
        case current(isOnly: Bool)
        /// It is not, since a newer version came at this time; so many noncurrent versions are newer than it.
        case noncurrent(since: Timestamp, newer: Int)
    }

    /// The key.
    package let key: ObjectKey
    /// The size in bytes; 0 for a delete marker.
    package let size: Int64
    /// The tags; none for a delete marker.
    package let tags: [TagSet.Tag]
    /// When the version was made.
    package let lastModified: Timestamp
    /// Whether it is a delete marker.
    package let isMarker: Bool
    /// Where it stands.
    package let place: Place

    /// A version of these properties.
    package init(
        key: ObjectKey,
        size: Int64,
        tags: [TagSet.Tag] = [],
        lastModified: Timestamp,
        isMarker: Bool = false,
        place: Place = .current(isOnly: true)
    ) {
        self.key = key
        self.size = size
        self.tags = tags
        self.lastModified = lastModified
        self.isMarker = isMarker
        self.place = place
    }
}

/// What is to be done with a version, and which rule says so.
package struct LifecycleAction: Equatable, Sendable {
    /// What is to be done.
    package enum Kind: Equatable, Sendable {
        /// Delete the object as a request without a version id does: for good, or by a marker.
        case expireCurrent
        /// Delete this version for good.
        case deleteNoncurrent
        /// Delete this marker for good, since nothing is behind it.
        case removeMarker
    }

    /// What is to be done.
    package let kind: Kind
    /// The id of the rule.
    package let ruleID: String

    /// An action of this kind by this rule.
    package init(_ kind: Kind, ruleID: String) {
        self.kind = kind
        self.ruleID = ruleID
    }
}

/// When a current version will expire, and by which rule.
package struct LifecycleExpiry: Equatable, Sendable {
    /// When.
    package let date: Timestamp
    /// The id of the rule.
    package let ruleID: String

    /// The value of `x-amz-expiration`; the rule's id is percent-encoded, so nothing in it can end the quotes.
    package var header: String {
        "expiry-date=\"\(date.httpDate)\", rule-id=\"\(PercentEncoding.encode(ruleID, keepingSlash: false))\""
    }
}
