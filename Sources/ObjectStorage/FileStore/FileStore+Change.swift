import S3Protocol

extension FileStore {
    /// The most rows that may wait for the index before writers wait for it.
    private static let longestIndexQueue = 8_192

    /// What applying a change came to.
    struct Applied<Value: Sendable>: Sendable {
        /// What the caller gets.
        let value: Value
        /// What becomes of the row; nil when it stays.
        let row: IndexChange?
        /// What it holds of the bucket's quota.
        var room: Room?
    }

    /// A way to make a change without a thread that waits: false when it is not to be gone, else `finish` is called, with
    /// nil when the usual way has to be gone after all.
    typealias Shortcut<Value> = @Sendable (_ finish: @escaping Finish<Value>) throws -> Bool
    typealias Finish<Value> = @Sendable (Result<Value?, any Error>) -> Void

    private enum Attempt<Prepared: Sendable, Value: Sendable>: Sendable {
        case done(Value)
        /// Somebody else has the key: everything is prepared, and the intent is on disk.
        case contended(Prepared, IntentLog.Token)
    }

    /// Changes a key: prepares what needs no lock while the intent goes to disk, then applies it under the key's lock.
    ///
    /// One hop to the blocking pool as long as nobody else has the key, since a hop costs more than most system calls.
    /// The row is queued under the lock; a listing that begins afterwards waits for it (`IndexWriter.flush`).
    /// A `shortcut` that returns true does all of it, or says later that it could not.
    func change<Prepared: Sendable, Value: Sendable>(
        _ target: ObjectFiles.Target,
        shortcut: Shortcut<Value>? = nil,
        prepare: @escaping @Sendable (PendingIntent) throws -> Prepared,
        apply: @escaping @Sendable (Prepared) throws -> Applied<Value>
    ) async throws -> Value {
        try root.checkWritable()
        let outcome = try await firstAttempt(shortcut) { [self] in try attempt(target, prepare, apply) }
        let value: Value
        switch outcome {
        case .done(let result): value = result
        case .contended(let prepared, let token):
            value = try await withToken(token, target) {
                try await withKeyLocked(target) {
                    try await pool.run { [self] in
                        try settleLogged(target)
                        return try queueRow(apply(prepared))
                    }
                }
            }
        }
        if writer.queueLength > Self.longestIndexQueue { await writer.enqueue(.barrier).wait() }
        try root.checkWritable()
        return value
    }

    /// Goes the shortcut, on a thread that waits for no sync, or does the work on the pool.
    private func firstAttempt<Prepared: Sendable, Value: Sendable>(
        _ shortcut: Shortcut<Value>?,
        _ work: @escaping @Sendable () throws -> Attempt<Prepared, Value>
    ) async throws -> Attempt<Prepared, Value> {
        guard let shortcut else { return try await pool.run(work) }
        return try await withCheckedThrowingContinuation { continuation in
            let usualWay = BlockingPool.work(work) { continuation.resume(with: $0) }
            let finish: Finish<Value> = { [pool] result in
                switch result {
                case .success(let value?): continuation.resume(returning: .done(value))
                case .success(nil): pool.start(usualWay)
                case .failure(let error): continuation.resume(throwing: error)
                }
            }
            shortWork.start { [pool] isRunning in
                do {
                    if isRunning, try shortcut(finish) { return }
                    pool.start(usualWay)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func attempt<Prepared: Sendable, Value: Sendable>(
        _ target: ObjectFiles.Target,
        _ prepare: (PendingIntent) throws -> Prepared,
        _ apply: (Prepared) throws -> Applied<Value>
    ) throws -> Attempt<Prepared, Value> {
        let intent = intents.begin(target.line, target.durability)
        let prepared: Prepared
        do {
            prepared = try prepare(intent)
        } catch {
            if let token = try? intent.wait() { intents.end(token) }
            throw error
        }
        let token = try intent.wait()
        guard bucketLocks.tryAcquire(target.bucket, .shared) else { return .contended(prepared, token) }
        defer { bucketLocks.release(target.bucket, .shared) }
        guard keyLocks.tryAcquire(target, .exclusive) else { return .contended(prepared, token) }
        defer { keyLocks.release(target, .exclusive) }
        defer { intents.end(token) }
        do {
            try checkBucket(of: target)
            try settleLogged(target)
            return .done(try queueRow(apply(prepared)))
        } catch {
            keepUnsettled(target, after: error)
            throw error
        }
    }

    private func queueRow<Value>(_ applied: Applied<Value>) throws -> Value {
        if let row = applied.row { writer.enqueue(row, room: applied.room, isUrgent: false) }
        return applied.value
    }

    /// Throws when the bucket went, or was made anew, since the request began.
    func checkBucket(of target: ObjectFiles.Target) throws(S3Error) {
        guard registry.find(target.bucket)?.id == target.bucketID else { throw .noSuchBucket(target.bucket) }
    }

    /// A failure may have come after the files were changed: then the key is looked at again before its intent goes.
    func keepUnsettled(_ target: ObjectFiles.Target, after error: any Error) {
        if !(error is S3Error), !(error is CancellationError) { writer.keepFailures([target.line]) }
    }
}
