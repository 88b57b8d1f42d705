/// One lifecycle rule: what it is about, and what it does.
package struct LifecycleRule: Codable, Equatable, Sendable {
    /// When something happens to current versions.
    package enum Moment: Equatable, Sendable {
        /// So many days after the version was made.
        case days(Int)
        /// From this midnight on.
        case date(Timestamp)
    }

    /// What happens to current versions.
    package enum Expiration: Equatable, Sendable {
        /// They are deleted, as a request without a version id would; old markers that stand alone go, too.
        case at(Moment)
        /// Delete markers that are the only version of their key go; with false nothing happens.
        case markers(Bool)
    }

    /// What happens to versions that are not current any more; at least one of the two is there.
    package struct NoncurrentExpiration: Codable, Equatable, Sendable {
        /// How many days after a newer version came.
        package var days: Int?
        /// How many noncurrent versions are kept nevertheless, the newest ones.
        package var newer: Int?

        /// An expiration of these parts.
        package init(days: Int?, newer: Int? = nil) {
            self.days = days
            self.newer = newer
        }
    }

    /// A change of storage class, which is kept and reported and has no effect: a class is only a label here.
    package struct Transition: Codable, Equatable, Sendable {
        /// When, for current versions.
        package var moment: Moment?
        /// When, for versions that are not current.
        package var noncurrent: NoncurrentExpiration?
        /// The class.
        package var storageClass: String

        /// A transition of these parts.
        package init(moment: Moment? = nil, noncurrent: NoncurrentExpiration? = nil, storageClass: String) {
            self.moment = moment
            self.noncurrent = noncurrent
            self.storageClass = storageClass
        }
    }

    /// The name, unique in the configuration.
    package var id: String
    /// Whether the rule is followed.
    package var isEnabled: Bool
    /// What the rule is about.
    package var filter: LifecycleFilter
    /// What happens to current versions.
    package var expiration: Expiration?
    /// What happens to versions that are not current.
    package var noncurrent: NoncurrentExpiration?
    /// How many days after its beginning an upload of many parts is aborted.
    package var abortDays: Int?
    /// Changes of storage class of current and noncurrent versions.
    package var transitions: [Transition]?

    /// A rule of these parts, which are not checked.
    package init(
        id: String,
        isEnabled: Bool = true,
        filter: LifecycleFilter = LifecycleFilter(),
        expiration: Expiration? = nil,
        noncurrent: NoncurrentExpiration? = nil,
        abortDays: Int? = nil,
        transitions: [Transition]? = nil
    ) {
        self.id = id
        self.isEnabled = isEnabled
        self.filter = filter
        self.expiration = expiration
        self.noncurrent = noncurrent
        self.abortDays = abortDays
        self.transitions = transitions
    }
}
