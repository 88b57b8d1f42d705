import S3Protocol

/// One change of the index.
enum IndexChange: Sendable {
    /// The row of a key is this.
    case put(IndexRow, bucketID: String)
    /// A key has no row.
    case remove(ObjectKey, bucketID: String)
    /// Rows of a key with versions change.
    case update(KeyUpdate)
    /// A bucket has no rows, and is complete or not.
    case reset(bucketID: String, isComplete: Bool)
    /// All of a bucket's keys are there.
    case complete(bucketID: String)
    /// A bucket holds what its rows add up to.
    case recount(bucketID: String)
    /// A bucket is gone with all its rows.
    case drop(bucketID: String)
    /// The number of the checkpoint, and the highest sequence given before it.
    case checkpoint(Int64, sequence: Int64)
    /// Nothing: whoever waits for it knows that all before it was written.
    case barrier
    /// Some of the rows that dropped buckets have left are gone.
    case sweep

    /// Whether all rows of its key are known after it, whatever was not written before.
    var isWhole: Bool {
        if case .update(let update) = self { update.replacesVersions } else { false }
    }

    /// Whether it says something of noncurrent versions that no later change of the current one repeats.
    var concernsVersions: Bool {
        if case .update(let update) = self {
            update.replacesVersions || !update.added.isEmpty || !update.removed.isEmpty
        } else {
            false
        }
    }

    /// The key it is about, if it is about one.
    var line: IntentLine? {
        switch self {
        case .put(let row, let bucketID): IntentLine(bucketID: bucketID, key: row.key)
        case .remove(let key, let bucketID): IntentLine(bucketID: bucketID, key: key)
        case .update(let update): IntentLine(bucketID: update.bucketID, key: update.key)
        default: nil
        }
    }
}

/// What changes in the rows of a key that has, or had, noncurrent versions.
struct KeyUpdate: Sendable {
    /// What becomes of the row of the current version.
    enum Current: Sendable {
        case keep
        case set(IndexRow)
        case remove
    }

    let key: ObjectKey
    let bucketID: String
    var current = Current.keep
    /// Whether the rows of all noncurrent versions go before `added` come.
    var replacesVersions = false
    /// Noncurrent versions whose rows go.
    var removed: [VersionID] = []
    /// Rows of noncurrent versions and delete markers.
    var added: [IndexRow] = []

    /// The update that makes all rows of a key these.
    init(_ rows: KeyRows, of key: ObjectKey, bucketID: String) {
        self.init(key: key, bucketID: bucketID)
        current = rows.current.map(Current.set) ?? .remove
        replacesVersions = true
        added = rows.versions
    }

    /// An update of this key that changes nothing yet.
    init(key: ObjectKey, bucketID: String) {
        self.key = key
        self.bucketID = bucketID
    }
}
