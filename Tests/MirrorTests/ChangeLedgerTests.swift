import ObjectStorage
import S3Protocol
import Testing

@testable import Mirror

@Suite("What the store tells of changes") struct ChangeLedgerTests {
    private func states(_ table: MirrorTable, _ store: FileStore) async throws -> [String: MirrorState] {
        let id = try store.bucket(photos).id
        let entries = try await table.entries(bucketID: id, states: MirrorState.allCases, limit: 100)
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.key.string, $0.state) })
    }

    @Test func `puts, deletions and tags are queued by a checkpoint at the latest`() async throws {
        let root = TestRoot()
        let ledger = root.ledger()
        let store = try await root.open(ledger)
        for name in ["a", "b", "c"] { try await store.put(name, "1") }
        try await store.delete("b")
        #expect(try await store.checkpoint())
        let table = try await ledger.table()
        #expect(try await states(table, store) == ["a": .queued, "b": .queued, "c": .queued])
        let id = try store.bucket(photos).id
        let before = try #require(try await table.entry(of: key("a"), bucketID: id))
        _ = try await store.updateAttributes(of: key("a"), version: nil, in: photos) {
            $0.tags = [ObjectAttributes.Tag(key: "k", value: "v")]
        }
        #expect(try await store.checkpoint())
        let after = try #require(try await table.entry(of: key("a"), bucketID: id))
        #expect(after.change > before.change && after.since == before.since && after.size == 1)
        await store.close()
        await ledger.close()
    }

    @Test func `what was acknowledged before a crash is told again by its intents`() async throws {
        let root = TestRoot()
        let ledger = root.ledger()
        let store = try await root.open(ledger)
        // Of a new table, which everything was looked at for.
        ledger.closeGap(try #require(ledger.openGap))
        try await store.put("kept", "1")
        #expect(try await store.checkpoint())
        // Written and listed, but nothing of it was flushed to the table.
        try await store.put("late", "1")
        try await store.delete("kept")
        _ = try await store.list(ListQuery(), in: photos)
        let crashed = root.crashed()
        let again = crashed.ledger()
        let reopened = try await crashed.open(again)
        let table = try await again.table()
        #expect(try await states(table, reopened) == ["kept": .queued, "late": .queued])
        let id = try reopened.bucket(photos).id
        #expect(try await table.entry(of: key("kept"), bucketID: id)?.change == 2)
        #expect(again.openGap == nil)
        await reopened.close()
        await again.close()
        await store.close()
        await ledger.close()
    }

    @Test func `a store that was in use without the ledger leaves a gap, and so does a lost table`() async throws {
        let root = TestRoot()
        let first = root.ledger()
        let store = try await root.open(first)
        // A new table knows nothing, so everything is to be looked at once.
        let gap = try #require(first.openGap)
        first.closeGap(gap)
        try await store.put("a", "1")
        await store.close()
        await first.close()

        let second = root.ledger()
        let mirrored = try await root.open(second)
        _ = try await second.table()
        #expect(second.openGap == nil)
        await mirrored.close()
        await second.close()

        let alone = try await root.open(nil)
        try await alone.put("b", "1")
        await alone.close()

        let third = root.ledger()
        let back = try await root.open(third)
        _ = try await third.table()
        #expect(third.openGap != nil)
        await back.close()
        await third.close()
    }

    @Test func `a bucket that is not mirrored is not noted`() async throws {
        let root = TestRoot()
        let ledger = root.ledger()
        let store = try await root.open(ledger)
        let other = try BucketName("other")
        let bucket = try await store.createBucket(other, owner: "me", settings: BucketSettings())
        let upload = try await store.beginUpload(of: key("k"), to: other, digests: ContentDigests())
        _ = try await upload.commit(ObjectAttributes(), demand: ContentDigestDemand(), precondition: .none)
        #expect(try await store.checkpoint())
        #expect(try await ledger.table().entry(of: key("k"), bucketID: bucket.id) == nil)
        await store.close()
        await ledger.close()
    }

    @Test func `a table that cannot be written keeps the intents`() async throws {
        let root = TestRoot()
        let feed = BrokenFeed()
        var configuration = FileStoreConfiguration(root: root.path, checkpointInterval: .seconds(3_600))
        configuration.feed = feed
        let store = try await FileStore.open(configuration, log: quiet, clock: now)
        _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        try await store.put("a", "1")
        await #expect(throws: BrokenFeed.Failure.self) { _ = try await store.checkpoint() }
        let crashed = root.crashed()
        let ledger = crashed.ledger()
        let reopened = try await crashed.open(ledger)
        #expect(try await states(try await ledger.table(), reopened) == ["a": .queued])
        await reopened.close()
        await ledger.close()
        await store.close()
    }
}

/// A feed that keeps nothing.
private final class BrokenFeed: ChangeFeed {
    struct Failure: Error {}

    func changed(_ changes: [KeyChange]) {}
    func resume(from segment: Int64) {}
    func flush(upTo segment: Int64) async throws { throw Failure() }
}
