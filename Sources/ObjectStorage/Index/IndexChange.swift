import S3Protocol

/// One change of the index.
enum IndexChange: Sendable {
    /// The row of a key is this.
    case put(IndexRow, bucketID: String)
    /// A key has no row.
    case remove(ObjectKey, bucketID: String)
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

    /// The key it is about, if it is about one.
    var line: IntentLine? {
        switch self {
        case .put(let row, let bucketID): IntentLine(bucketID: bucketID, key: row.key)
        case .remove(let key, let bucketID): IntentLine(bucketID: bucketID, key: key)
        default: nil
        }
    }
}
