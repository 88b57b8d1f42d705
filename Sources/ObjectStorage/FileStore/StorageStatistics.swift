/// What the store tells of itself, for metrics and readiness.
package struct StorageStatistics: Sendable, Equatable {
    /// Bytes that the server's user may still write.
    package var freeBytes: UInt64
    /// Bytes that the file system holds.
    package var totalBytes: UInt64
    /// Changes that wait for the index.
    package var queuedIndexChanges: Int
    /// Intents since the last checkpoint.
    package var intentsSinceCheckpoint: Int
    /// Whether writes are refused until a restart.
    package var isReadOnly: Bool
    /// Buckets whose listings wait for the index.
    package var rebuildingBuckets: Int
    /// How far the rebuilds under way have come.
    package var rebuilds: [RebuildProgress]
    /// Objects whose content a scrub found changed since the start.
    package var rottenObjects: Int

    /// Statistics of these values.
    package init(
        freeBytes: UInt64,
        totalBytes: UInt64,
        queuedIndexChanges: Int,
        intentsSinceCheckpoint: Int,
        isReadOnly: Bool,
        rebuildingBuckets: Int,
        rebuilds: [RebuildProgress] = [],
        rottenObjects: Int = 0
    ) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
        self.queuedIndexChanges = queuedIndexChanges
        self.intentsSinceCheckpoint = intentsSinceCheckpoint
        self.isReadOnly = isReadOnly
        self.rebuildingBuckets = rebuildingBuckets
        self.rebuilds = rebuilds
        self.rottenObjects = rottenObjects
    }
}
