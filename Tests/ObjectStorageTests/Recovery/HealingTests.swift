import Glibc
import S3Protocol
import Testing

@testable import ObjectStorage

/// What is done to files by hand while the server runs, and how rows follow.
@Suite struct HealingTests {
    private func setModified(_ path: String, _ nanoseconds: Int64) throws {
        let descriptor = FileDescriptor(taking: open(path, O_RDWR))
        try descriptor.setModified(nanoseconds: nanoseconds)
    }

    private func size(of name: String, _ store: FileStore) async throws -> Int64? {
        for entry in try await store.list(ListQuery(), in: photos).entries {
            if case .object(let summary) = entry, summary.key == key(name) { return summary.size }
        }
        return nil
    }

    @Test func `a key whose file was removed by hand is not listed any more once it was asked for`() async throws {
        try await withStore { (store, root) async throws in
            try await store.put("a", "one")
            try await store.put("b", "two")
            unlink(root.file("buckets/photos/a"))
            #expect(try await store.names() == ["a", "b"])
            #expect(await code { _ = try await store.get("a") } == "NoSuchKey")
            #expect(try await store.names() == ["b"])
        }
    }

    @Test func `a scan finds what was put, changed and removed by hand, and nothing else`() async throws {
        try await withStore { (store, root) async throws in
            for name in ["changed", "removed", "same", "deep/er/same", "c\u{1}ontrol", "x//y"] {
                try await store.put(name, "before")
            }
            let same = try await store.head(key("same"), version: nil, in: photos)
            root.write("buckets/photos/changed", "after!!")
            unlink(root.file("buckets/photos/removed"))
            shell("mkdir -p '\(root.file("buckets/photos/new/dir"))'")
            root.write("buckets/photos/new/dir/put", "by hand")
            let result = try await store.scan(photos)
            #expect(result.healed == 3)
            #expect(
                try await store.names() == [
                    "c\u{1}ontrol", "changed", "deep/er/same", "new/dir/put", "same", "x//y",
                ]
            )
            #expect(try await size(of: "changed", store) == 7)
            #expect(try await store.head(key("same"), version: nil, in: photos) == same)
            #expect(try await store.scan(photos).healed == 0)
        }
    }

    @Test func `a file brought back with its record gets its row after it was read`() async throws {
        try await withStore { (store, root) async throws in
            try await store.put("a", "older")
            shell("cp -a '\(root.file("buckets/photos/a"))' '\(root.file("kept"))'")
            try await store.put("a", "the newer one")
            shell("mv '\(root.file("kept"))' '\(root.file("buckets/photos/a"))'")
            #expect(try await store.get("a") == "older")
            while try await size(of: "a", store) != 5 { await Task.yield() }
        }
    }

    @Test func `a file shorter than it was written, with its time, is set aside and no object`() async throws {
        try await withStore { (store, root) async throws in
            let record = try await store.put("a", "all of it")
            try await store.put("b", "whole")
            truncate(root.file("buckets/photos/a"), 3)
            try setModified(root.file("buckets/photos/a"), record.modified.nanoseconds)
            #expect(await code { _ = try await store.get("a") } == "NoSuchKey")
            #expect(try await store.names() == ["b"])
            #expect(root.names(".larder/lost").count == 1)
        }
    }

    @Test func `a file cut by hand is an object of what is left`() async throws {
        try await withStore { (store, root) async throws in
            try await store.put("a", "all of it")
            truncate(root.file("buckets/photos/a"), 3)
            #expect(try await store.get("a") == "all")
            #expect(root.names(".larder/lost") == [])
        }
    }

    @Test func `a clock that is set back does not turn the order of writes round`() async throws {
        let clock = TestClock(2_000_000_000_000_000_000)
        try await withStore(clock: clock) { (store, _) async throws in
            let first = try await store.put("a", "one")
            clock.set(1_000_000_000_000_000_000)
            let second = try await store.put("a", "two")
            try await store.delete(key("a"), in: photos, precondition: .none)
            let third = try await store.put("a", "three")
            #expect(first.sequence < second.sequence && second.sequence < third.sequence)
            #expect(third.modified.nanoseconds < first.modified.nanoseconds)
        }
    }

    @Test func `the order goes on after a restart with a clock that was set back`() async throws {
        let root = TestRoot()
        var before: Int64 = 0
        try await withStore(root, clock: TestClock(2_000_000_000_000_000_000)) { (store, _) async throws in
            before = try await store.put("a", "one").sequence
            try await store.delete(key("a"), in: photos, precondition: .none)
        }
        try await withStore(root, clock: TestClock(1_000_000_000_000_000_000)) { (store, _) async throws in
            #expect(try await store.put("a", "two").sequence > before)
        }
    }
}
