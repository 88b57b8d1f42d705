import Glibc
import NIOCore
import Testing

@testable import ObjectStorage

@Suite struct FileCacheTests {
    private let root = TestRoot()

    private func cache(_ budget: Int64 = 1_000) -> FileCache {
        FileCache(directory: root.file("cache/styles"), budget: budget)
    }

    /// Keeps so many bytes of a letter; whether there was room.
    private func keep(_ name: String, _ size: Int, in cache: FileCache, letter: String = "x") async throws -> Bool {
        root.write("source", String(repeating: letter, count: size))
        let source = try FileDescriptor(opening: root.file("source"))
        return try await cache.keep(name, size: Int64(size), of: source.number)
    }

    private func text(_ name: String, in cache: FileCache) async throws -> String? {
        guard let hit = try await cache.file(name) else { return nil }
        return String(buffer: try hit.file.read(offset: 0, length: Int(hit.file.size)))
    }

    @Test(arguments: [(UInt64(0), true), (1 << 62, false)])
    func `twice as much of the disk stays free as uploads leave`(reserved: UInt64, isKept: Bool) async throws {
        let cache = FileCache(directory: root.file("cache/styles"), budget: 1_000, reservedBytes: reserved)
        #expect(try await keep("aa1", 500, in: cache) == isKept)
        #expect(cache.usage.files == (isKept ? 1 : 0))
    }

    @Test func `what is kept is there, whole, and its beginning comes with it`() async throws {
        let cache = cache()
        #expect(try await cache.file("aa1") == nil)
        #expect(try await keep("aa1", 500, in: cache, letter: "a"))
        #expect(try await text("aa1", in: cache) == String(repeating: "a", count: 500))
        #expect(try await cache.file("aa1")?.beginning.count == 500)
        #expect(cache.usage == FileCache.Usage(files: 1, bytes: 500))
        #expect(root.names("cache/styles/aa") == ["aa1"])
        // The same name again is the same file.
        #expect(try await keep("aa1", 300, in: cache, letter: "b"))
        #expect(cache.usage == FileCache.Usage(files: 1, bytes: 300))
        await cache.close()
    }

    @Test func `beyond the budget what was used longest ago goes`() async throws {
        let cache = cache()
        for name in ["aa1", "bb2", "cc3"] { #expect(try await keep(name, 300, in: cache)) }
        #expect(try await cache.file("aa1") != nil)
        #expect(try await keep("dd4", 300, in: cache))
        #expect(try await cache.file("bb2") == nil)
        for name in ["aa1", "cc3", "dd4"] { #expect(try await cache.file(name) != nil) }
        #expect(cache.usage == FileCache.Usage(files: 3, bytes: 900))
        #expect(!root.exists("cache/styles/bb/bb2"))
        await cache.close()
    }

    @Test(arguments: [(1_000, true), (1_001, false), (0, false)])
    func `a file larger than the budget is not kept`(size: Int, isKept: Bool) async throws {
        let cache = cache()
        #expect(try await keep("aa1", size, in: cache) == isKept)
        #expect(try await (cache.file("aa1") != nil) == isKept)
        await cache.close()
    }

    @Test func `without a budget nothing is kept and nothing made`() async throws {
        let cache = cache(0)
        #expect(try await keep("aa1", 1, in: cache) == false)
        #expect(try await cache.file("aa1") == nil)
        #expect(!root.exists("cache"))
        await cache.close()
    }

    @Test func `the next run knows what is there, in the order of its use, and removes leftovers`() async throws {
        let first = cache()
        for name in ["aa1", "bb2", "cc3"] { #expect(try await keep(name, 300, in: first)) }
        await first.close()
        for (name, time) in [("aa/aa1", "2001-01-03"), ("bb/bb2", "2001-01-01"), ("cc/cc3", "2001-01-02")] {
            shell("touch -d \(time) '\(root.file("cache/styles/\(name)"))'")
        }
        root.write("cache/styles/aa/.aa9.17", "left by a run that was killed")
        root.write("cache/styles/aa/strange", "put here by hand")
        let second = cache()
        try await second.load()
        #expect(second.usage == FileCache.Usage(files: 3, bytes: 900))
        #expect(root.names("cache/styles/aa") == ["aa1"])
        // Used now, though its time is the oldest; that time is set for the run after this.
        #expect(try await second.file("bb2") != nil)
        #expect(try await keep("dd4", 300, in: second))
        #expect(!root.exists("cache/styles/cc/cc3") && root.exists("cache/styles/bb/bb2"))
        await second.close()
        let third = cache(500)
        try await third.load()
        #expect(third.usage.bytes <= 500)
        #expect(!root.exists("cache/styles/aa/aa1"))
        await third.close()
    }

    @Test func `emptied by hand it goes on`() async throws {
        let cache = cache()
        #expect(try await keep("aa1", 300, in: cache))
        shell("rm -rf '\(root.file("cache"))'")
        #expect(try await cache.file("aa1") == nil)
        #expect(cache.usage == FileCache.Usage())
        #expect(try await keep("aa1", 300, in: cache))
        #expect(try await text("aa1", in: cache)?.utf8.count == 300)
        await cache.close()
    }

    @Test func `a link, a directory and an empty file in its place are no hits`() async throws {
        let cache = cache()
        #expect(try await keep("aa1", 10, in: cache))
        root.write("secret", "not for anybody")
        let place = root.file("cache/styles/aa/aa1")
        for command in ["ln -s '\(root.file("secret"))'", "mkdir", "touch"] {
            shell("rm -rf '\(place)'; \(command) '\(place)'")
            #expect(try await cache.file("aa1") == nil)
        }
        await cache.close()
    }

    @Test func `a source that is shorter than it was said leaves nothing`() async throws {
        let cache = cache()
        root.write("source", "short")
        let source = try FileDescriptor(opening: root.file("source"))
        await #expect(throws: StorageError.self) { try await cache.keep("aa1", size: 100, of: source.number) }
        #expect(root.names("cache/styles/aa").isEmpty && cache.usage == FileCache.Usage())
        await cache.close()
    }
}
