import Logging
import ObjectStorage
import S3Protocol

// Keys that nobody told of: a bucket that is mirrored for the first time, a table that is lost or older than the store.
extension Mirror {
    private static let page = 1_000
    private static let pause = Duration.seconds(5)

    /// Compares the table with the index at the start, and once more whenever changes were missed, until cancelled.
    func compareAtStart() async {
        var isFirst = true
        while !Task.isCancelled {
            let listener = ledger.bell.listen(for: .queue)
            let gap = ledger.openGap
            if isFirst || gap != nil {
                await compareAll(everything: gap != nil)
                guard !Task.isCancelled else { return }
                if let gap { ledger.closeGap(gap) }
                isFirst = false
            }
            _ = await listener.wait(atMost: nil) { try await Task.sleep(for: $0) }
        }
    }

    /// Compares each bucket; one that cannot be listed yet is tried again without the others.
    private func compareAll(everything: Bool) async {
        if everything {
            log.notice("the mirror compares every key with the remote: it does not know all that was changed")
        }
        var done: Set<String> = []
        while !Task.isCancelled {
            do {
                try await refreshBuckets()
                var isWhole = true
                for (bucket, _) in mirrored where !done.contains(bucket.id) {
                    if await compareTolerantly(bucket, everything: everything) {
                        done.insert(bucket.id)
                    } else {
                        isWhole = false
                    }
                }
                if isWhole { return }
            } catch {
                guard !Task.isCancelled else { return }
                log.error("the mirror cannot read its table", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// False when it has to be tried again.
    private func compareTolerantly(_ bucket: Bucket, everything: Bool) async -> Bool {
        do {
            try await compare(bucket, everything: everything)
            return true
        } catch {
            let failure = MirrorFailure(error)
            guard !Task.isCancelled, failure.remedy != .forget else { return failure.remedy == .forget }
            let metadata: Logger.Metadata = ["bucket": "\(bucket.name)", "reason": "\(failure.reason)"]
            log.warning("the mirror cannot look for changes yet", metadata: metadata)
            return false
        }
    }

    /// Queues the keys of a bucket that are other than what was last seen to be equal, or all.
    func compare(_ bucket: Bucket, everything: Bool) async throws {
        var (after, queued): (ObjectKey?, Int) = (nil, 0)
        while true {
            let page = try await store.sequences(after: after, in: bucket.name, limit: Self.page)
            let isLast = page.count < Self.page
            let count = try await table.compare(
                page,
                after: after,
                isLast: isLast,
                everything: everything,
                bucketID: bucket.id,
                at: clock()
            )
            queued += count
            if count > 0 { wake() }
            guard !isLast else { break }
            after = page.last?.key
        }
        guard queued > 0 else { return }
        log.info("keys are to be mirrored", metadata: ["bucket": "\(bucket.name)", "keys": "\(queued)"])
    }
}
