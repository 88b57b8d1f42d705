import NIOCore
import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct ConcurrencyTests {
    private func each(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            try await group.waitForAll()
        }
    }

    @Test func `two hundred uploads to different keys are all there`() async throws {
        try await withStore { (store, _) async throws in
            try await each(200) { try await store.put("d\($0 % 5)/\($0)", "content \($0)") }
            #expect(try await store.names().count == 200)
            try await each(200) { number in
                let content = try await store.get("d\(number % 5)/\(number)")
                #expect(content == "content \(number)")
            }
        }
    }

    @Test func `two hundred uploads to one key leave the last of them, whole and listed`() async throws {
        try await withStore { (store, root) async throws in
            let records = Locked<[ObjectRecord]>([])
            try await each(200) { number in
                let record = try await store.put("same", String(repeating: "\(number),", count: 100))
                records.withLock { $0.append(record) }
            }
            let last = records.withLock { $0.max { $0.sequence < $1.sequence } }
            #expect(Set(records.withLock { $0.map(\.sequence) }).count == 200)
            #expect(try await store.head(key("same"), version: nil, in: photos) == last)
            await store.writer.flush()
            let row = try store.index.row(of: key("same"), bucketID: last!.bucketID)
            #expect(row == IndexRow(last!))
            #expect(root.names(".larder/incoming") == [])
        }
    }

    @Test func `a reader sees one whole version while it is overwritten`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("k", String(repeating: "0", count: 50_000))
            try await each(100) { number in
                if number % 2 == 0 {
                    try await store.put("k", String(repeating: "\(number % 10)", count: 50_000 + number))
                } else {
                    let object = try await store.open(key("k"), version: nil, in: photos)
                    let content = try text(of: object)
                    #expect(Int64(content.utf8.count) == object.record.size)
                    #expect(Set(content).count == 1)
                    var digests = ContentDigests()
                    Array(content.utf8).withUnsafeBytes { digests.update($0) }
                    #expect(ETag(md5: digests.finalize().md5) == object.record.etag)
                }
            }
        }
    }

    @Test func `an open version stays readable after it was overwritten`() async throws {
        try await withStore(inlineLimit: 0) { (store, _) async throws in
            try await store.put("k", "old")
            let object = try await store.open(key("k"), version: nil, in: photos)
            try await store.put("k", "newer")
            #expect(try text(of: object) == "old")
        }
    }

    @Test func `uploads and deletes that make and remove the same directories do not trip over each other`()
        async throws
    {
        try await withStore { (store, _) async throws in
            try await each(32) { number in
                for _ in 0..<20 {
                    try await store.put("deep/er/path/\(number)", "x")
                    #expect(try await store.get("deep/er/path/\(number)") == "x")
                    try await store.delete(key("deep/er/path/\(number)"), in: photos, precondition: .none)
                }
            }
            #expect(try await store.names() == [])
        }
    }

    @Test func `a key and a key below it are both there, whichever comes first`() async throws {
        try await withStore { (store, _) async throws in
            try await each(100) { number in
                try await store.put("r\(number / 2)" + (number % 2 == 0 ? "" : "/b"), "\(number)")
            }
            #expect(try await store.names().count == 100)
            try await each(100) { number in
                let content = try await store.get("r\(number / 2)" + (number % 2 == 0 ? "" : "/b"))
                #expect(content == "\(number)")
            }
        }
    }

    @Test func `of a hundred conditional writers one wins`() async throws {
        try await withStore { (store, _) async throws in
            let codes = Locked<[String: Int]>([:])
            try await each(100) { number in
                let outcome = await code { try await store.put("one", "\(number)", if: .ifAbsent) }
                codes.withLock { $0[outcome, default: 0] += 1 }
            }
            #expect(codes.withLock { $0 } == ["no error": 1, "PreconditionFailed": 99])
        }
    }

    @Test func `a bucket is removed or written to, never both`() async throws {
        try await withStore { (store, root) async throws in
            for round in 0..<20 {
                let name = try BucketName("race\(round)")
                _ = try await store.createBucket(name, owner: "me", settings: BucketSettings())
                async let removal = code { try await store.deleteBucket(name) }
                async let upload = code { try await store.put("a/b", "x", in: name) }
                let (removed, uploaded) = (await removal, await upload)
                #expect((removed == "no error") != (uploaded == "no error"), "\(removed), \(uploaded)")
                #expect(root.exists("buckets/race\(round)/a/b") == (uploaded == "no error"))
            }
        }
    }
}
