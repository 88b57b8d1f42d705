import Glibc
import NIOCore
import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct FileStoreTests {
    @Test(arguments: [0, 64 * 1024]) func `it does what every object store promises`(_ inlineLimit: Int) async throws {
        try await withStore(inlineLimit: inlineLimit) { (store, root) async throws in
            try await objectStoreConformance { store }
            #expect(root.names(".larder/incoming") == [])
            #expect(root.names("buckets/photos") == ["dir"])
        }
    }

    @Test func `it does so without syncs as well`() async throws {
        let root = TestRoot()
        let store = try await root.open(durability: .relaxed)
        _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        try await objectStoreConformance { store }
        await store.close()
    }

    @Test func `the file is where the key says, byte for byte, with its record`() async throws {
        try await withStore { (store, root) async throws in
            let record = try await store.put("async_uploads/1/picture.png", "bytes")
            #expect(output("cat '\(root.file("buckets/photos/async_uploads/1/picture.png"))'") == "bytes")
            var facts = stat()
            #expect(stat(root.file("buckets/photos/async_uploads/1/picture.png"), &facts) == 0)
            let modified = Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
            #expect(record.modified.nanoseconds == modified)
        }
    }

    @Test func `a clock that goes back does not go back in the order of writes`() async throws {
        let clock = TestClock()
        try await withStore(clock: clock) { (store, root) async throws in
            let metadata = ObjectAttributes(metadata: ["m": String(repeating: "x", count: 5_000)])
            let first = try await store.put("a", "one", metadata)
            clock.set(1_000_000_000)
            let second = try await store.put("a", "two", metadata)
            #expect(second.sequence == first.sequence + 1)
            #expect(try await store.head(key("a"), version: nil, in: photos) == second)
            await store.writer.flush()
            #expect(try store.index.row(of: key("a"), bucketID: second.bucketID)?.sequence == second.sequence)
        }
    }

    @Test func `a symbolic link is neither followed nor replaced`() async throws {
        try await withStore { (store, root) async throws in
            root.write("outside", "secret")
            symlink(root.file("outside"), root.file("buckets/photos/link"))
            symlink(root.path, root.file("buckets/photos/up"))
            #expect(await code { _ = try await store.get("link") } == "NoSuchKey")
            #expect(await code { _ = try await store.get("up/outside") } == "NoSuchKey")
            try await store.put("link", "mine")
            try await store.put("up/outside", "mine too")
            #expect(try await store.get("link") == "mine")
            #expect(try await store.get("up/outside") == "mine too")
            #expect(output("cat '\(root.file("outside"))'") == "secret")
        }
    }

    @Test func `a pipe in the place of a key stops nobody`() async throws {
        try await withStore { (store, root) async throws in
            mkfifo(root.file("buckets/photos/pipe"), 0o600)
            #expect(await code { _ = try await store.get("pipe") } == "NoSuchKey")
            try await store.put("pipe", "x")
            #expect(try await store.get("pipe") == "x")
        }
    }

    @Test func `an open file is resident after prefetch and tells when it was truncated`() async throws {
        try await withStore(inlineLimit: 0) { (store, root) async throws in
            try await store.put("a", String(repeating: "x", count: 3 << 20))
            guard case .file(let file) = try await store.open(key("a"), version: nil, in: photos).content else {
                Issue.record("not a file")
                return
            }
            try file.prefetch(offset: 0, length: 3 << 20)
            #expect(file.isResident(offset: 5, length: 3 << 20))
            #expect(file.readIfResident(3..<70_000) == ByteBuffer(repeating: 0x78, count: 69_997))
            #expect(file.readIfResident(5..<5) == ByteBuffer())
            truncate(root.file("buckets/photos/a"), 10)
            #expect(try file.currentSize() == 10)
            #expect(file.readIfResident(3..<70_000) == nil)
            #expect(file.readIfResident(3..<10) == ByteBuffer(repeating: 0x78, count: 7))
            #expect(file.size == 3 << 20)
        }
    }

    @Test func `a dropped upload leaves no file and no descriptor`() async throws {
        try await withStore { (store, root) async throws in
            let before = output("ls /proc/\(getpid())/fd | wc -l")
            for _ in 0..<50 {
                let upload = try await store.beginUpload(of: key("a"), to: photos, digests: ContentDigests())
                try await upload.write(ByteBuffer(string: String(repeating: "x", count: 100_000)))
            }
            #expect(root.names(".larder/incoming") == [])
            _ = before
            #expect(output("ls -l /proc/\(getpid())/fd | grep -c '\(root.path)/.larder/incoming/#' || true") == "0\n")
        }
    }

    @Test func `an uploaded object whose bucket went meanwhile is refused`() async throws {
        try await withStore { (store, root) async throws in
            let upload = try await store.beginUpload(of: key("a"), to: photos, digests: ContentDigests())
            try await upload.write(ByteBuffer(string: "x"))
            try await store.deleteBucket(photos)
            _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
            let refusal = await code {
                _ = try await upload.commit(ObjectAttributes(), demand: ContentDigestDemand(), precondition: .none)
            }
            #expect(refusal == "NoSuchBucket")
            #expect(try await store.names() == [])
        }
    }
}

@Suite struct BucketTests {
    @Test func `buckets are made, listed, changed, kept and removed`() async throws {
        let root = TestRoot()
        let other = try BucketName("album")
        try await withStore(root) { (store, _) async throws in
            _ = try await store.createBucket(other, owner: "me", settings: BucketSettings(region: "eu"))
            #expect(store.buckets().map(\.name) == [other, photos])
            #expect(
                await code { _ = try await store.createBucket(other, owner: "me", settings: .init()) }
                    == "BucketAlreadyOwnedByYou"
            )
            #expect(
                await code { _ = try await store.createBucket(other, owner: "you", settings: .init()) }
                    == "BucketAlreadyExists"
            )
            _ = try await store.updateBucket(other) { $0.allowedOrigins = ["*"] }
        }
        try await withStore(root) { (store, _) async throws in
            let bucket = try store.bucket(other)
            #expect(bucket.settings == BucketSettings(region: "eu", allowedOrigins: ["*"]))
            #expect(bucket.owner == "me")
            try await store.put("a/b", "x", in: other)
            #expect(await code { try await store.deleteBucket(other) } == "BucketNotEmpty")
            try await store.delete(key("a/b"), in: other, precondition: .none)
            try await store.put("..", "x", in: other)
            #expect(await code { try await store.deleteBucket(other) } == "BucketNotEmpty")
            try await store.delete(key(".."), in: other, precondition: .none)
            try await store.deleteBucket(other)
            #expect(await code { try await store.deleteBucket(other) } == "NoSuchBucket")
            #expect(!root.exists("buckets/album"))
        }
    }

    @Test func `a bucket that holds only a link or a pipe is not removed`() async throws {
        try await withStore { (store, root) async throws in
            symlink("/nowhere", root.file("buckets/photos/link"))
            #expect(await code { try await store.deleteBucket(photos) } == "BucketNotEmpty")
        }
    }
}
