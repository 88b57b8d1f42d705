import Glibc
import GRDB
import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct QuotaTests {
    private func limit(_ store: FileStore, _ quota: BucketQuota?) async throws {
        _ = try await store.updateBucket(photos) { $0.quota = quota }
    }

    private func usage(_ store: FileStore) async throws -> BucketUsage {
        await store.writer.flush()
        return try store.writer.usage.usage(of: store.bucket(photos).id)
    }

    @Test func `usage follows every write, overwrite and delete`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("a", "12345")
            try await store.put("b", "1")
            #expect(try await usage(store) == BucketUsage(bytes: 6, objects: 2))
            try await store.put("a", "12")
            #expect(try await usage(store) == BucketUsage(bytes: 3, objects: 2))
            try await store.delete(key("b"), in: photos, precondition: .none)
            try await store.delete(key("never"), in: photos, precondition: .none)
            #expect(try await usage(store) == BucketUsage(bytes: 2, objects: 1))
        }
    }

    @Test func `usage is the same after a restart and after a rebuild`() async throws {
        let root = TestRoot()
        let expected = BucketUsage(bytes: 30, objects: 10)
        try await withStore(root) { (store, _) async throws in
            for number in 0..<10 { try await store.put("k\(number)", "abc") }
        }
        try await withStore(root) { (store, _) async throws in
            #expect(try await usage(store) == expected)
        }
        shell("rm '\(root.path)'/.larder/index.sqlite*")
        try await withStore(root) { (store, _) async throws in
            try await rebuilt(store)
            #expect(try await usage(store) == expected)
        }
    }

    @Test func `a write beyond the quota is refused and leaves what was there`() async throws {
        try await withStore { (store, root) async throws in
            try await store.put("a", "12345")
            try await limit(store, BucketQuota(bytes: 8, objects: 2))
            #expect(await code { try await store.put("b", "1234") } == "QuotaExceeded")
            try await store.put("b", "123")
            #expect(await code { try await store.put("c", "") } == "QuotaExceeded")
            #expect(await code { try await store.put("a", "123456") } == "QuotaExceeded")
            #expect(try await store.get("a") == "12345")
            try await store.put("a", "1")
            try await store.put("b", "1234567")
            #expect(root.names(".larder/incoming") == [])
        }
    }

    @Test func `a bucket beyond a quota that was lowered can be emptied`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("a", "12345")
            try await store.put("b", "12345")
            try await limit(store, BucketQuota(bytes: 1))
            try await store.put("a", "1234")
            try await store.delete(key("b"), in: photos, precondition: .none)
            #expect(await code { try await store.put("c", "x") } == "QuotaExceeded")
            try await limit(store, nil)
            try await store.put("c", "x")
        }
    }

    @Test func `what a delete or a smaller overwrite gives free can be used at once`() async throws {
        try await withStore { (store, _) async throws in
            try await limit(store, BucketQuota(bytes: 10, objects: 2))
            for _ in 0..<50 {
                try await store.put("a", "1234567890")
                try await store.put("a", "1")
                try await store.put("b", "123456789")
                try await store.delete(key("b"), in: photos, precondition: .none)
                try await store.delete(key("a"), in: photos, precondition: .none)
            }
            #expect(try await usage(store) == BucketUsage())
            #expect(await code { try await store.put("c", "12345678901") } == "QuotaExceeded")
        }
    }

    @Test func `many writers at once never go beyond the quota`() async throws {
        try await withStore { (store, _) async throws in
            try await limit(store, BucketQuota(bytes: 50, objects: 20))
            let stored = await withTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    group.addTask { await code { try await store.put("k\(number)", "12345") } == "no error" ? 1 : 0 }
                }
                return await group.reduce(0, +)
            }
            #expect(stored == 10)
            #expect(try await usage(store) == BucketUsage(bytes: 50, objects: 10))
        }
    }

    @Test func `uploads leave the reserve of the disk free, and deletes and reads go on`() async throws {
        let root = TestRoot()
        try await withStore(root) { (store, _) async throws in try await store.put("a", "x") }
        let configuration = FileStoreConfiguration(root: root.path, reservedBytes: .max)
        let store = try await FileStore.open(configuration, log: quiet, clock: { Timestamp(nanoseconds: 1) })
        #expect(await code { try await store.put("b", "x") } == "InsufficientStorage")
        #expect(try await store.get("a") == "x")
        try await store.delete(key("a"), in: photos, precondition: .none)
        #expect(try await store.names() == [])
        await store.close()
    }

    @Test func `an index of the first version is brought up to date, after a copy of it was made`() async throws {
        let root = TestRoot()
        try await withStore(root) { (store, _) async throws in try await store.put("a", "12345") }
        let sql = """
            ALTER TABLE objects DROP COLUMN sumtype; ALTER TABLE objects DROP COLUMN owner; DROP TABLE versions;
            ALTER TABLE buckets DROP COLUMN objects; ALTER TABLE buckets DROP COLUMN bytes; DROP TABLE dropped;
            PRAGMA user_version = 1;
            """
        try await DatabaseQueue(path: root.file(".larder/index.sqlite")).write { try $0.execute(sql: sql) }
        try await withStore(root) { (store, _) async throws in
            #expect(try await store.statistics().rebuildingBuckets == 0)
            #expect(try await usage(store) == BucketUsage(bytes: 5, objects: 1))
            #expect(root.exists(".larder/index.sqlite.version-1"))
        }
    }

    @Test func `what a bucket has left in the index goes in the background`() async throws {
        try await withStore { (store, root) async throws in
            for number in 0..<50 { try await store.put("k\(number)", "x") }
            let bucket = try store.bucket(photos)
            await store.writer.enqueue(.reset(bucketID: bucket.id, isComplete: true)).wait()
            #expect(try await usage(store) == BucketUsage())
            #expect(try await store.names() == [])
            while try store.index.hasLeftRows() { await Task.yield() }
            let left = try await store.index.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM objects") }
            #expect(left == 0)
        }
    }
}
