import S3Protocol

extension FileStore {
    /// Makes the places and the row of a key agree: after a crash, in a rebuild, and when a read finds that they do not.
    func reconcile(_ target: ObjectFiles.Target) async throws {
        try await withIntent(target) { try await reconcileAnnounced(target) }
    }

    /// Reconciles a key whose intent is on disk already.
    func reconcileAnnounced(_ target: ObjectFiles.Target) async throws {
        let ticket = try await withKeyLocked(target) {
            // A row that is queued is the one to compare with.
            await writer.flush()
            let change = try await pool.run { [self] in
                let row = row(of: target)
                let last = (try? row.get())?.sequence ?? 0
                let record = try files.reconcile(target) { sequences.next(clock(), after: max($0, last)) }
                if let record { sequences.observe(record.sequence) }
                return Self.change(from: row, to: record, target)
            }
            return change.map { writer.enqueue($0) }
        }
        await ticket?.wait()
    }

    /// Makes the row of a key agree with its file; only a key whose files need a change is announced and reconciled.
    func refresh(_ target: ObjectFiles.Target) async throws {
        let isSettled = try await withKeyLocked(target) {
            await writer.flush()
            let (isSettled, change) = try await pool.run { [self] in try settledChange(target) }
            if let change { writer.enqueue(change) }
            return isSettled
        }
        if !isSettled { try await reconcile(target) }
    }

    private func settledChange(_ target: ObjectFiles.Target) throws -> (isSettled: Bool, IndexChange?) {
        let found = try files.findBoth(target)
        guard let current = found.current, let record = current.record, found.loser == nil else { return (false, nil) }
        return (true, Self.change(from: row(of: target), to: record, target))
    }

    private func row(of target: ObjectFiles.Target) -> Result<IndexRow?, any Error> {
        Result { try index.row(of: target.key, bucketID: target.bucketID) }
    }

    /// What makes the row that of the record; nil when it is, which a row that could not be read never is.
    private static func change(
        from row: Result<IndexRow?, any Error>,
        to record: ObjectRecord?,
        _ target: ObjectFiles.Target
    ) -> IndexChange? {
        let wanted = record.map(IndexRow.init)
        if case .success(wanted) = row { return nil }
        return wanted.map { .put($0, bucketID: target.bucketID) } ?? .remove(target.key, bucketID: target.bucketID)
    }
}
