package import S3Protocol

/// What a comparison of both sides of a bucket came to.
package struct MirrorComparison: Sendable, Equatable {
    /// The most keys of a kind that are listed; all are counted.
    package static let listed = 1_000

    /// Keys of a kind.
    package struct Keys: Sendable, Equatable {
        /// The first of them.
        package private(set) var keys: [ObjectKey] = []
        /// How many there are.
        package private(set) var count = 0

        /// Adds a key.
        mutating func add(_ key: ObjectKey) {
            count += 1
            if keys.count < MirrorComparison.listed { keys.append(key) }
        }
    }

    /// Keys on either side.
    package var compared = 0
    /// Keys that are equal on both.
    package var equal = 0
    /// Keys that the remote lacks.
    package var missing = Keys()
    /// Keys that are other objects there.
    package var different = Keys()
    /// Keys that only the remote has.
    package var extra = Keys()
    /// Keys that were queued since they are not equal.
    package var queued = 0
    /// Objects of the remote that were copied here.
    package var pulled = 0
    /// Objects of the remote that were deleted there.
    package var deleted = 0

    /// Whether both sides were found equal.
    package var isEqual: Bool { missing.count + different.count + extra.count == 0 }
}

/// What a comparison does beside comparing.
package struct ComparisonRequest: Sendable, Equatable {
    /// What becomes of objects that only the remote has.
    package enum Extras: Sendable, Equatable {
        /// They are shown.
        case show
        /// They are copied here.
        case pull
        /// They are deleted there.
        case delete
    }

    /// Whether each object of the remote is asked for, since listings tell neither metadata nor checksums.
    package var isDeep = false
    /// Whether keys that are not equal are queued.
    package var queues = false
    /// What becomes of objects that only the remote has.
    package var extras = Extras.show

    /// A comparison that changes nothing.
    package init() {}
}
