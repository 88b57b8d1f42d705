import Glibc
import NIOCore
import Testing

@testable import ObjectStorage

@Suite struct BlockFileFooterTests {
    private func footer(size: Int64 = 10_000) -> BlockFileFooter {
        var footer = BlockFileFooter(size: size, blockLength: 1000, document: Array("a document".utf8))
        if !footer.present.isEmpty { footer.present[footer.present.count - 1] = true }
        return footer
    }

    @Test(arguments: [Int64(0), 1, 999, 1000, 1001, 4096, 4097, 10_000])
    func `what is written is read`(size: Int64) {
        let footer = footer(size: size)
        let bytes = footer.bytes
        let fileSize = footer.place + Int64(bytes.count)
        #expect(footer.present.count == Int((size + 999) / 1000) && footer.place % 4096 == 0 && footer.place >= size)
        #expect(BlockFileFooter.place(tail: Array(bytes.suffix(8)), fileSize: fileSize) == footer.place)
        #expect(BlockFileFooter(bytes, at: footer.place) == footer)
    }

    @Test func `nothing less, more or other is a footer`() {
        let (footer, bytes) = (footer(), footer().bytes)
        for length in 0..<bytes.count { #expect(BlockFileFooter(Array(bytes[..<length]), at: footer.place) == nil) }
        #expect(BlockFileFooter(bytes + [0], at: footer.place) == nil)
        #expect(BlockFileFooter(bytes, at: footer.place + 4096) == nil)
        // A bit that is another one in what does not change in place.
        for bit in 0..<(42 * 8) where !(28 * 8..<32 * 8).contains(bit) {
            var other = bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(BlockFileFooter(other, at: footer.place) == nil, "bit \(bit)")
        }
        var odd = bytes
        odd[43] = 2
        #expect(BlockFileFooter(odd, at: footer.place) == nil)
    }

    @Test(
        arguments: [
            ([UInt8](), Int64(100)), ([0, 0, 0, 0, 0, 0, 0], 100), ([1, 0, 0, 0, 0, 0, 0, 0], 100),
            ([0, 0x10, 0, 0, 0, 0, 0, 0], 4096), ([0, 0, 0, 0, 0, 0, 0, 0x80], 100),
            ([0, 0, 0, 0, 0, 0, 0, 0], 2 << 20),
        ] as [([UInt8], Int64)]
    )
    func `no file has one where this says`(tail: [UInt8], fileSize: Int64) {
        #expect(BlockFileFooter.place(tail: tail, fileSize: fileSize) == nil)
    }
}

@Suite struct BlockCacheTests {
    private let root = TestRoot()

    private func cache(_ budget: Int64 = 1 << 20, reservedBytes: UInt64? = 0) -> BlockCache {
        BlockCache(
            directory: root.file("cache/objects"),
            budget: budget,
            maximumFiles: 100,
            reservedBytes: reservedBytes
        )
    }

    private func make(_ name: String, size: Int64 = 2500, in cache: BlockCache) async throws -> BlockFile {
        try #require(try await cache.make(name, size: size, blockLength: 1000, document: [1, 2, 3]))
    }

    @Test func `what is said to be there is there for the next who opens it`() async throws {
        let cache = cache()
        try await cache.load()
        let file = try await make("aa1", in: cache)
        try file.write(ByteBuffer(string: String(repeating: "x", count: 1000)), at: 1000)
        try file.notePresent(1)
        let again = try #require(try await cache.open("aa1"))
        #expect(again.present == [false, true, false] && again.document == [1, 2, 3])
        #expect(again.content.size == 2500 && again.blockLength == 1000)
        #expect(
            String(buffer: try again.content.read(offset: 1000, length: 1000)) == String(repeating: "x", count: 1000)
        )
        #expect(try await cache.open("bb2") == nil)
        try await cache.close()
    }

    @Test func `what a run left that was stopped or killed is there`() async throws {
        let first = cache()
        try await first.load()
        first.note("aa1")
        _ = try await make("aa1", in: first)
        try await first.close()
        let second = cache()
        try await second.load()
        #expect(second.contains("aa1"))
        // Killed here.
        let third = cache()
        try await third.load()
        #expect(third.contains("aa1"))
        try await third.close()
    }

    @Test(arguments: ["open 00000000-0000-0000-0000-000000000000", "", "what is this"])
    func `after a power cut nothing is kept`(state: String) async throws {
        let first = cache()
        try await first.load()
        _ = try await make("aa1", in: first)
        root.write("cache/objects/state", state)
        let second = cache()
        try await second.load()
        #expect(!second.contains("aa1") && root.names("cache/objects/aa").isEmpty)
    }

    @Test func `what was never whole is removed, and what has no footer is no file`() async throws {
        let cache = cache()
        try await cache.load()
        _ = try await make("aa1", in: cache)
        root.write("cache/objects/aa/.aa2.17", "left")
        root.write("cache/objects/aa/aa3", "put here by hand")
        shell("truncate -s -1 '\(root.file("cache/objects/aa/aa1"))'")
        #expect(try await cache.open("aa1") == nil)
        #expect(try await cache.open("aa3") == nil)
        let next = self.cache()
        try await next.load()
        #expect(!root.exists("cache/objects/aa/.aa2.17"))
    }

    @Test func `those that have to go are named`() async throws {
        let cache = cache(20_000)
        for name in ["aa1", "bb2", "cc3"] { cache.note(name) }
        #expect(cache.overflow().isEmpty)
        cache.use("aa1")
        cache.grow("cc3", by: 9000)
        #expect(cache.overflow() == ["bb2"])
        #expect(cache.usage.files == 2 && !cache.contains("bb2"))
        await cache.remove(["bb2"])
    }

    @Test func `without room nothing is made`() async throws {
        let cache = cache(reservedBytes: 1 << 62)
        #expect(try await cache.make("aa1", size: 1, blockLength: 1, document: []) == nil)
    }

    @Test func `a new file takes the place of the old one, which who has it keeps`() async throws {
        let cache = cache()
        let old = try await make("aa1", in: cache)
        try old.write(ByteBuffer(string: "old"), at: 0)
        let new = try await make("aa1", size: 5, in: cache)
        try new.write(ByteBuffer(string: "newer"), at: 0)
        await cache.remove(["aa1"])
        #expect(String(buffer: try old.content.read(offset: 0, length: 3)) == "old")
        #expect(String(buffer: try new.content.read(offset: 0, length: 5)) == "newer")
        #expect(try await cache.open("aa1") == nil)
    }
}
