import S3Protocol

extension FileStore {
    /// Makes the places and the row of a key agree: after a crash, in a rebuild, and when a read finds that they do not.
    func reconcile(_ target: ObjectFiles.Target) async throws {
        try await withIntent(target) { try await reconcileAnnounced(target) }
    }

    /// Reconciles a key whose intent is on disk already.
    ///
    /// At start what is logged `staysLogged`: it was just redone, and the checkpoint that follows syncs it.
    func reconcileAnnounced(_ target: ObjectFiles.Target, staysLogged: Bool = false) async throws {
        let ticket = try await withKeyLocked(target) {
            // A row that is queued is the one to compare with.
            await writer.flush()
            let change = try await pool.run { [self] in
                if !staysLogged { try settleLogged(target) }
                let rows = rows(of: target)
                let last = (try? rows.get())?.current?.sequence ?? 0
                let state = try files.reconcile(target, keepsVersions: versioning(of: target) != nil) { [self] in
                    let sequence = sequences.next(clock(), after: max($0, last))
                    return (sequence, newVersion(of: target, sequence))
                }
                sequences.observe(state.lastSequence)
                return Self.change(from: rows, to: KeyRows(state), target)
            }
            return change.map { writer.enqueue($0) }
        }
        if await ticket?.wait() != false { writer.settle(target.line) }
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
        if try agreesAtTheTop(target) { return (true, nil) }
        guard let state = try files.settledState(of: target), state.current != nil || !state.versions.isEmpty else {
            return (false, nil)
        }
        let change = Self.change(from: rows(of: target), to: KeyRows(state), target)
        // Changed by hand while the intents hold what was before: that is settled first.
        if change != nil, logged.contains(target) { return (false, nil) }
        return (true, change)
    }

    /// Whether the current file is as its row says and in front of all versions: what a read wants to know, whatever the
    /// number of versions.
    private func agreesAtTheTop(_ target: ObjectFiles.Target) throws -> Bool {
        let found = try files.findBoth(target)
        guard found.loser == nil, let record = found.current?.record,
            try index.row(of: target.key, bucketID: target.bucketID) == IndexRow(record),
            try files.version(record.version, of: target) == nil
        else { return false }
        return try files.newestVersion(of: target)?.record?.sequence ?? 0 < record.sequence
    }

    private func rows(of target: ObjectFiles.Target) -> Result<KeyRows, any Error> {
        Result { try index.rows(of: target.key, bucketID: target.bucketID) }
    }

    /// What makes the rows those of the records; nil when they are, which rows that could not be read never are.
    static func change(
        from rows: Result<KeyRows, any Error>,
        to wanted: KeyRows,
        _ target: ObjectFiles.Target
    ) -> IndexChange? {
        let found = try? rows.get()
        guard found != wanted else { return nil }
        // The cheap changes for keys that never had versions.
        guard wanted.versions.isEmpty, found?.versions.isEmpty == true else {
            return .update(KeyUpdate(wanted, of: target.key, bucketID: target.bucketID))
        }
        return wanted.current.map { .put($0, bucketID: target.bucketID) }
            ?? .remove(target.key, bucketID: target.bucketID)
    }
}

extension KeyRows {
    /// The rows of a key whose files hold this.
    init(_ state: ObjectFiles.KeyState) {
        self.init(current: state.current.map(IndexRow.init), versions: state.versions.map(IndexRow.init))
    }
}

extension ObjectFiles {
    /// What the files of a key hold, nil when one of them has to be changed before they agree.
    func settledState(of target: Target) throws -> KeyState? {
        let found = try findBoth(target)
        guard found.loser == nil, found.current == nil || found.current?.record != nil else { return nil }
        let versions = try versions(of: target).records.map(\.record)
        let state = KeyState(current: found.current?.record, versions: versions)
        return state.isSettled ? state : nil
    }
}

extension ObjectFiles.KeyState {
    /// Whether no row of the crash table about versions fits.
    var isSettled: Bool {
        guard let newest = versions.first else { return true }
        guard let current else { return newest.isDeleteMarker }
        return newest.sequence < current.sequence && !versions.contains { $0.version == current.version }
    }
}
