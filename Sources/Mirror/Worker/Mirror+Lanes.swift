import Logging
import ObjectStorage
import RemoteS3
import S3Protocol
import Synchronization

// Lanes: each makes one key equal after the other.
extension Mirror {
    private static let pause = Duration.seconds(5)

    private enum Step {
        case deliver(MirrorEntry)
        case wait(Duration?)
    }

    /// Makes keys equal whose turn has come, until cancelled.
    func work() async {
        while !Task.isCancelled {
            // Before looking, so that what arrives in between is heard of.
            let listener = ledger.bell.listen(for: .queue)
            var pause: Duration? = Self.pause
            do {
                switch try await next() {
                case .deliver(let entry):
                    await deliver(entry)
                    continue
                case .wait(let time): pause = time
                }
            } catch {
                guard !Task.isCancelled else { return }
                log.error("the mirror cannot read its table", metadata: ["error": "\(error)"])
            }
            _ = await listener.wait(atMost: pause) { try await Task.sleep(for: $0) }
        }
    }

    private func next() async throws -> Step {
        if let hours = policy.hours {
            let wait = hours.wait(atSecond: LocalTime.secondOfDay(clock()))
            guard wait == 0 else { return .wait(.seconds(wait)) }
        }
        if hasNewBucket { try await refreshBuckets() }
        let (open, resting) = openBuckets()
        // One more than can be under way, so that all of them under way means that there is no other.
        let found = try await table.due(in: open, at: clock(), limit: policy.transfers + 1)
        for entry in inTurn(found.entries) where take(entry) {
            if let entry = try await current(entry) { return .deliver(entry) }
        }
        let due = found.next.map { Duration.nanoseconds(max(0, $0.nanoseconds - clock().nanoseconds)) }
        return .wait([due, resting].compactMap(\.self).min())
    }

    /// The buckets take turns: a long queue of one keeps no other waiting.
    private func inTurn(_ entries: [MirrorEntry]) -> [MirrorEntry] {
        let busy = lanes.withLock { state in
            Dictionary(state.underWay.map { ($0.bucket, 1) }, uniquingKeysWith: +)
        }
        return entries.sorted { (busy[$0.bucket] ?? 0, $0.due) < (busy[$1.bucket] ?? 0, $1.due) }
    }

    /// The row of a key that was taken, as it is now; nil, and the key is free, when it was settled since it was read.
    private func current(_ entry: MirrorEntry) async throws -> MirrorEntry? {
        do {
            let found = try await table.entry(of: entry.key, bucketID: entry.bucketID)
            if let found, [.queued, .failed].contains(found.state), found.due <= clock() { return found }
        } catch {
            free(entry)
            throw error
        }
        free(entry)
        return nil
    }

    private func free(_ entry: MirrorEntry) {
        lanes.withLock { state in
            state.underWay.remove(KeyName(bucket: entry.bucket, key: entry.key))
            state.rests[entry.bucket]?.end()
        }
    }

    /// The buckets of which keys may be begun, and when the first of the others is to be looked at again.
    private func openBuckets() -> (open: [Int64], resting: Duration?) {
        let now = ContinuousClock.now
        return lanes.withLock { state in
            var (open, resting): ([Int64], Duration?) = ([], nil)
            for bucket in state.buckets.values where !bucket.isPaused {
                if let until = state.rests[bucket.number]?.wait(at: now) {
                    resting = min(resting ?? until - now, until - now)
                } else {
                    open.append(bucket.number)
                }
            }
            return (open, resting)
        }
    }

    /// False when the key is under way already, or its bucket not open any more.
    private func take(_ entry: MirrorEntry) -> Bool {
        let name = KeyName(bucket: entry.bucket, key: entry.key)
        return lanes.withLock { state in
            var rest = state.rests[entry.bucket] ?? RemoteRest(policy.retries)
            guard state.buckets[entry.bucket]?.isPaused == false, rest.wait(at: .now) == nil,
                state.underWay.insert(name).inserted
            else { return false }
            rest.begin()
            state.rests[entry.bucket] = rest
            return true
        }
    }

    // MARK: One key

    private func deliver(_ entry: MirrorEntry) async {
        let result: Result<KeyDelivery.Outcome, MirrorFailure>
        do {
            result = .success(try await attempt(entry))
        } catch {
            result = .failure(MirrorFailure(error))
        }
        // A try that was broken off says nothing.
        guard !Task.isCancelled else { return }
        await insist("note what came of a key") { try await self.settle(entry, result) }
        note(entry, result)
        wake()
    }

    private func attempt(_ entry: MirrorEntry) async throws -> KeyDelivery.Outcome {
        guard let (bucket, route) = target(entry.bucketID) else {
            throw MirrorFailure(.forget, "the bucket is not mirrored any more")
        }
        let parts = KeyDelivery.Parts(
            store: store,
            table: table,
            policy: policy,
            throttle: throttle,
            traits: traits,
            log: log
        )
        return try await KeyDelivery(parts, entry, bucket, route).run()
    }

    private func settle(_ entry: MirrorEntry, _ result: Result<KeyDelivery.Outcome, MirrorFailure>) async throws {
        let now = clock()
        switch result {
        case .success(.equal(let note, let keepsRow)):
            try await table.settle(entry, note, keepsRow: keepsRow, at: now)
        case .success(.conflict(let reason)):
            try await table.setBack(entry, to: .conflict, due: now, reason)
        case .failure(let failure): try await setBack(entry, failure, at: now)
        }
    }

    private func setBack(_ entry: MirrorEntry, _ failure: MirrorFailure, at now: Timestamp) async throws {
        let longest = policy.retries.maximumPause
        switch failure.remedy {
        case .forget: try await refreshBuckets()
        case .attention, .refused:
            try await table.setBack(entry, to: .failed, due: now.advanced(by: longest), failure.reason)
        case .retry, .rest:
            let pause = policy.retries.longestPause(afterAttempts: entry.attempts + 1) * Double.random(in: 0.5...1)
            try await table.setBack(entry, to: .queued, due: now.advanced(by: pause), failure.reason)
        }
    }

    /// Has the others know how the remote is, and that the key is free.
    private func note(_ entry: MirrorEntry, _ result: Result<KeyDelivery.Outcome, MirrorFailure>) {
        lanes.withLock { state in
            state.underWay.remove(KeyName(bucket: entry.bucket, key: entry.key))
            switch result {
            case .success: state.rests[entry.bucket]?.succeed()
            case .failure(let failure):
                switch failure.remedy {
                case .attention: state.rests[entry.bucket]?.succeed()
                case .rest, .refused: state.rests[entry.bucket]?.fail(at: .now, random: .random(in: 0...1))
                case .retry, .forget: state.rests[entry.bucket]?.end()
                }
            }
        }
        tell(entry, result)
    }

    private func tell(_ entry: MirrorEntry, _ result: Result<KeyDelivery.Outcome, MirrorFailure>) {
        var metadata: Logger.Metadata = ["bucket": "\(target(entry.bucketID)?.bucket.name.string ?? "-")"]
        metadata["key"] = "\(entry.key)"
        switch result {
        case .success(.equal): log.debug("mirrored", metadata: metadata)
        case .success(.conflict(let reason)):
            metadata["reason"] = "\(reason)"
            log.warning("a mirrored key is in conflict", metadata: metadata)
        case .failure(let failure):
            metadata["reason"] = "\(failure.reason)"
            metadata["attempt"] = "\(entry.attempts + 1)"
            log.warning("a key could not be mirrored; it is tried again", metadata: metadata)
        }
    }

    /// Repeats a write that must not be lost while the process lives.
    private func insist(_ purpose: String, _ write: () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                return try await write()
            } catch {
                guard !Task.isCancelled else { return }
                log.error("the mirror cannot \(purpose)", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}

extension Timestamp {
    /// The moment so much later.
    fileprivate func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let later = advanced(bySeconds: seconds)
        return Timestamp(nanoseconds: later.nanoseconds + attoseconds / 1_000_000_000)
    }
}
