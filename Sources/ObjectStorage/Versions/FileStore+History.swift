package import S3Protocol

/// One version of a key, in the order of writes.
package struct KeyVersion: Sendable, Equatable {
    /// Where it stands in the order of the key's writes.
    package let sequence: Int64
    /// Its id.
    package let version: VersionID
    /// Whether it is a delete marker.
    package let isDeleteMarker: Bool
    /// Whether it is the current one.
    package let isCurrent: Bool

    /// A version of these parts.
    package init(sequence: Int64, version: VersionID, isDeleteMarker: Bool, isCurrent: Bool) {
        self.sequence = sequence
        self.version = version
        self.isDeleteMarker = isDeleteMarker
        self.isCurrent = isCurrent
    }
}

/// A key and which write made its current version.
package struct KeySequence: Sendable, Equatable {
    /// The key.
    package let key: ObjectKey
    /// Where its current version stands in the order of its writes.
    package let sequence: Int64
    /// The bytes of its content.
    package let size: Int64

    /// A key with the sequence of its current version.
    package init(key: ObjectKey, sequence: Int64, size: Int64) {
        self.key = key
        self.sequence = sequence
        self.size = size
    }
}

extension FileStore {
    /// All versions and delete markers of a key, the oldest first; none for a key that there is not.
    ///
    /// - Throws: `NoSuchBucket`; `SlowDown` until the bucket's index is complete.
    package func history(of key: ObjectKey, in bucket: BucketName) async throws -> [KeyVersion] {
        let rows = try await listed(bucket) { index, id in try index.rows(of: key, bucketID: id) }
        let current = rows.current.map { ($0, true) }
        let all = rows.versions.map { ($0, false) } + [current].compactMap(\.self)
        return all.map(KeyVersion.init).sorted { $0.sequence < $1.sequence }
    }

    /// The keys behind a key in byte order, at most `limit` of them, with the sequences of their current versions.
    ///
    /// - Throws: as `history`.
    package func sequences(after key: ObjectKey?, in bucket: BucketName, limit: Int) async throws -> [KeySequence] {
        try await listed(bucket) { index, id in
            try index.rows(after: key, bucketID: id, limit: limit)
                .map { KeySequence(key: $0.key, sequence: $0.sequence, size: $0.size) }
        }
    }
}

extension KeyVersion {
    fileprivate init(_ row: IndexRow, isCurrent: Bool) {
        self.init(
            sequence: row.sequence,
            // What the index holds was an id when it was written.
            version: (try? VersionID(row.version)) ?? .null,
            isDeleteMarker: row.isDeleteMarker,
            isCurrent: isCurrent
        )
    }
}
