import GRDB
import Glibc
import NIOCore
import S3Protocol
import Synchronization
import Testing

@testable import ObjectStorage

@Suite struct PathByteTests {
    /// Swift sees a slash and a combining mark behind it as one character.
    private let mark = "d/\u{301}x/y"

    @Test func `a segment that begins with a combining mark is a directory of its own`() async throws {
        try await withStore { (store, root) async throws in
            // The second time it is the request that syncs.
            for _ in 0..<2 { try await store.put(mark, "x") }
            #expect(try await store.get(mark) == "x")
            #expect(root.exists("buckets/photos/\(mark)"))
            #expect(store.root.synced.contains("buckets/photos/d/\u{301}x"))
            try await store.delete(key(mark), in: photos, precondition: .none)
            #expect(!root.exists("buckets/photos/d"))
            shell("mkdir -p '\(root.file("buckets/photos/a/\u{301}b"))'")
            try await store.deleteBucket(photos)
            #expect(!root.exists("buckets/photos"))
        }
    }

    @Test func `a rebuild gives such keys back byte for byte`() async throws {
        let root = TestRoot()
        let names = ["d/\u{301}x/y", "\u{301}dir/f"]
        try await withStore(root) { (store, _) async throws in
            for name in names { try await store.put(name, "x") }
        }
        shell("rm -f '\(root.path)'/.larder/index.sqlite*")
        try await withStore(root) { (store, _) async throws in
            try await rebuilt(store)
            let found = try await store.names().map { Array($0.utf8) }
            #expect(found == names.map { Array($0.utf8) })
        }
    }
}

@Suite struct FailureTests {
    private func setNewerRecord(_ root: TestRoot, _ path: String) throws {
        let file = FileDescriptor(taking: Glibc.open(root.file(path), O_RDONLY | O_CLOEXEC))
        #expect(try file.setAttribute(RecordFiles.attribute, Array(#"{"v":99}"#.utf8)))
    }

    @Test(.timeLimit(.minutes(5))) func `a file that cannot be read does not stop a rebuild`() async throws {
        let root = TestRoot()
        try await withStore(root) { (store, _) async throws in
            for name in ["a", "bad", "z", "..", ".", "c/d"] { try await store.put(name, "x") }
            let escaped = KeyPlace.escaped(key("."), bucketID: try store.bucket(photos).id).path
            try setNewerRecord(root, escaped)
        }
        try setNewerRecord(root, "buckets/photos/bad")
        shell("rm -f '\(root.path)'/.larder/index.sqlite*")
        try await withStore(root) { (store, _) async throws in
            while store.incomplete.withLock({ !$0.isEmpty }) { try await Task.sleep(for: .milliseconds(1)) }
            #expect(try await store.names() == ["..", "a", "c/d", "z"])
        }
    }

    @Test(.enabled(if: geteuid() != 0)) func `a file whose attributes cannot be set is adopted by a copy`() async throws
    {
        try await withStore { (store, root) async throws in
            root.write("buckets/photos/a", "by hand")
            chmod(root.file("buckets/photos/a"), 0o444)
            #expect(try await store.get("a") == "by hand")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `what comes after the end fails and does not hang`() async throws {
        let root = TestRoot()
        let store = try await root.open()
        await store.close()
        for _ in 0..<3 {
            await #expect(throws: StorageError.self) {
                _ = try await store.intents.record(IntentLine(bucketID: "x", key: key("k")), .strict)
            }
            await store.writer.enqueue(.remove(key("k"), bucketID: "x")).wait()
        }
        #expect(store.root.isReadOnly)
    }

    @Test func `what a failed request has changed gets its row at the next checkpoint`() async throws {
        try await withStore { (store, root) async throws in
            await #expect(throws: StorageError.self) {
                try await store.withIntent(store.target(key("a"), in: photos)) {
                    root.write("buckets/photos/a", "published")
                    throw StorageError(.failed, "a sync")
                }
            }
            #expect(try await store.names() == [])
            #expect(try await store.checkpoint())
            #expect(try await store.names() == ["a"])
        }
    }

    @Test func `a key that cannot be reconciled is carried into the new segment`() async throws {
        try await withStore { (store, root) async throws in
            try await store.put("bad", "x")
            try setNewerRecord(root, "buckets/photos/bad")
            await #expect(throws: StorageError.self) { try await store.put("bad", "y") }
            for _ in 0..<2 {
                #expect(try await store.checkpoint())
                let segments = try IntentSegments(root: store.root)
                let numbers = try segments.numbers()
                #expect(numbers.count == 1)
                #expect(try RecoveredIntents(segments, numbers).keys.map(\.key) == [key("bad")])
            }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a failed checkpoint is made again without new lines`() async throws {
        let root = TestRoot()
        let configuration = FileStoreConfiguration(root: root.path, checkpointInterval: .milliseconds(20))
        let store = try await FileStore.open(configuration, log: quiet, clock: { [clock = TestClock()] in clock.now })
        let bucket = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        try await store.index.pool.write { try $0.execute(sql: "ALTER TABLE objects RENAME TO away") }
        let record = try await store.put("a", "x")
        _ = try await store.checkpoint()
        try await store.index.pool.write { try $0.execute(sql: "ALTER TABLE away RENAME TO objects") }
        while try store.index.row(of: key("a"), bucketID: bucket.id) != IndexRow(record) { await Task.yield() }
        while store.isCheckpointDue.withLock({ $0 }) { await Task.yield() }
        await store.close()
    }

    @Test(.timeLimit(.minutes(5)))
    func `a bucket whose reset could not be written is rebuilt, and its rows are not lost`() async throws {
        let root = TestRoot()
        let configuration = FileStoreConfiguration(root: root.path, checkpointInterval: .milliseconds(20))
        let store = try await FileStore.open(configuration, log: quiet, clock: { [clock = TestClock()] in clock.now })
        try await store.index.pool.write { try $0.execute(sql: "ALTER TABLE buckets RENAME TO away") }
        _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        try await store.put("a", "x")
        #expect(await code { _ = try await store.names() } == "SlowDown")
        try await store.index.pool.write { try $0.execute(sql: "ALTER TABLE away RENAME TO buckets") }
        while store.incomplete.withLock({ !$0.isEmpty }) { try await Task.sleep(for: .milliseconds(1)) }
        #expect(try await store.names() == ["a"])
        await store.close()
    }
}
