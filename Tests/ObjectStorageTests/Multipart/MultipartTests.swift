import Glibc
import NIOCore
import S3Protocol
import Synchronization
import Testing

@testable import ObjectStorage

@Suite struct MultipartTests {
    private func begin(
        _ store: FileStore,
        _ name: String = "a",
        _ request: (inout MultipartUploadRequest) -> Void = { _ in }
    ) async throws -> MultipartUpload {
        var wanted = MultipartUploadRequest(key: key(name), attributes: ObjectAttributes())
        request(&wanted)
        return try await store.createMultipartUpload(wanted, in: photos)
    }

    @discardableResult
    private func put(
        _ store: FileStore,
        _ upload: MultipartUpload,
        _ number: Int,
        _ text: String
    ) async throws -> StoredPart {
        let demand = ContentDigestDemand()
        let digests = ContentDigests(for: demand, keeping: upload.checksum.computed)
        let part = try await store.beginPart(number, of: upload, digests: digests)
        try await part.write(ByteBuffer(string: text))
        return try await part.commit(demand: demand)
    }

    @discardableResult
    private func complete(
        _ store: FileStore,
        _ upload: MultipartUpload,
        _ numbers: [Int]? = nil,
        if precondition: WritePrecondition = .none
    ) async throws -> ObjectRecord {
        try await store.completeMultipartUpload(upload.id, of: upload.key, in: photos, precondition: precondition) {
            upload,
            parts in
            let chosen = numbers.map { numbers in parts.filter { numbers.contains($0.number) } } ?? parts
            return MultipartAssembly(
                parts: chosen,
                etag: ETag("e-\(chosen.count)"),
                checksum: Checksum.combined(chosen.map { ($0.checksums[0], $0.size) })
            )
        }
    }

    @Test func `parts become one object, and the upload is gone`() async throws {
        try await withStore { (store, root) async throws in
            let upload = try await begin(store, "d/a") { $0.attributes.metadata = ["m": "v"] }
            try await put(store, upload, 2, "world")
            try await put(store, upload, 1, "first try")
            let part = try await put(store, upload, 1, "hello ")
            #expect(await code { _ = try await store.get("d/a") } == "NoSuchKey")
            let (parts, isTruncated) = try await store.parts(of: upload, after: 0, limit: 1)
            #expect(parts == [part] && isTruncated)
            let record = try await complete(store, upload)
            #expect(try await store.get("d/a") == "hello world")
            #expect(record.parts.map(\.size) == [6, 5])
            #expect(record.attributes.metadata == ["m": "v"])
            #expect(record.uploadID == upload.id)
            var whole = ContentDigests()
            "hello world".withContiguousBytes { whole.update($0) }
            #expect(record.checksums == [whole.finalize().checksum])
            #expect(try await store.names() == ["d/a"])
            #expect(try await store.multipartUploads(in: photos) == [])
            #expect(
                await code { _ = try store.multipartUpload(upload.id, of: upload.key, in: photos) } == "NoSuchUpload"
            )
            // What is swept beside is swept before the store ends.
            await store.close()
            #expect(root.names(".larder/multipart") == [] && root.names(".larder/incoming") == [])
        }
    }

    @Test func `a completion that is sent again is answered by the object that it made`() async throws {
        try await withStore { (store, _) async throws in
            let upload = try await begin(store)
            try await put(store, upload, 1, "x")
            let record = try await complete(store, upload)
            #expect(try await complete(store, upload) == record)
            try await store.put("a", "overwritten")
            #expect(await code { try await complete(store, upload) } == "NoSuchUpload")
        }
    }

    @Test func `only the chosen parts are in the object`() async throws {
        try await withStore { (store, _) async throws in
            let upload = try await begin(store)
            for number in [1, 5, 9] { try await put(store, upload, number, "\(number)") }
            try await complete(store, upload, [1, 9])
            #expect(try await store.get("a") == "19")
        }
    }

    @Test func `a precondition that does not hold leaves the upload as it is`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("a", "there")
            let upload = try await begin(store)
            try await put(store, upload, 1, "x")
            #expect(await code { try await complete(store, upload, if: .ifAbsent) } == "PreconditionFailed")
            #expect(try await store.get("a") == "there")
            try await complete(store, upload)
            #expect(try await store.get("a") == "x")
        }
    }

    @Test func `an upload that is aborted takes its parts along, and nothing else works on it`() async throws {
        try await withStore { (store, root) async throws in
            let upload = try await begin(store)
            try await put(store, upload, 1, "x")
            let late = try await store.beginPart(2, of: upload, digests: ContentDigests())
            try await store.abortMultipartUpload(upload.id, of: upload.key, in: photos)
            #expect(await code { _ = try await late.commit(demand: ContentDigestDemand()) } == "NoSuchUpload")
            #expect(await code { try await complete(store, upload) } == "NoSuchUpload")
            let again = await code { try await store.abortMultipartUpload(upload.id, of: upload.key, in: photos) }
            #expect(again == "NoSuchUpload")
            await store.close()
            #expect(root.names(".larder/multipart") == [])
        }
    }

    @Test func `uploads and their parts are there after a restart, in order`() async throws {
        let root = TestRoot()
        var uploads: [MultipartUpload] = []
        try await withStore(root) { (store, _) async throws in
            for name in ["b", "a", "b"] {
                uploads.append(try await begin(store, name) { $0.attributes.headers = ["content-type": "x/y"] })
            }
            try await put(store, uploads[0], 1, "one")
        }
        try await withStore(root) { (store, _) async throws in
            #expect(try await store.multipartUploads(in: photos) == [uploads[1], uploads[0], uploads[2]])
            try await put(store, uploads[0], 2, "two")
            try await complete(store, uploads[0])
            #expect(try await store.get("b") == "onetwo")
        }
    }

    @Test func `row 17: an upload whose object was published before a crash is over`() async throws {
        let root = TestRoot()
        var crashed: TestRoot?
        var upload: MultipartUpload?
        try await withStore(root) { (store, root) async throws in
            upload = try await begin(store)
            try await put(store, upload!, 1, "x")
            let before = root.crashed()
            try await complete(store, upload!)
            shell("cp -a '\(root.path)/buckets/photos/a' '\(before.path)/buckets/photos/a'")
            crashed = before
        }
        try await withStore(crashed!) { (store, root) async throws in
            #expect(try await store.multipartUploads(in: photos) == [])
            #expect(root.names(".larder/multipart") == [])
            #expect(try await complete(store, upload!).uploadID == upload!.id)
        }
    }

    @Test func `abandoned uploads end by age`() async throws {
        let (root, clock) = (TestRoot(), TestClock())
        let configuration = FileStoreConfiguration(root: root.path, multipartExpiry: .seconds(3_600))
        let store = try await FileStore.open(configuration, log: quiet, clock: { clock.now })
        _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
        let old = try await begin(store)
        #expect(await store.expireMultipartUploads() == 0)
        clock.set(clock.now.nanoseconds + 3_500_000_000_000)
        let young = try await begin(store, "young")
        clock.set(clock.now.nanoseconds + 200_000_000_000)
        #expect(await store.expireMultipartUploads() == 1)
        #expect(try await store.multipartUploads(in: photos) == [young])
        #expect(await code { _ = try store.multipartUpload(old.id, of: old.key, in: photos) } == "NoSuchUpload")
        await store.close()
    }

    @Test func `unfinished uploads do not keep a bucket, and go with it`() async throws {
        try await withStore { (store, root) async throws in
            try await put(store, try await begin(store), 1, "x")
            try await store.deleteBucket(photos)
            _ = try await store.createBucket(photos, owner: "me", settings: BucketSettings())
            #expect(try await store.multipartUploads(in: photos) == [])
            await store.close()
            #expect(root.names(".larder/multipart") == [])
        }
    }

    @Test func `a part is copied from a range of an object`() async throws {
        try await withStore(inlineLimit: 4) { (store, _) async throws in
            try await store.put("source", "0123456789")
            let upload = try await begin(store)
            let request = PartCopyRequest(bucket: photos, key: key("source")) { _ in 2..<7 }
            let part = try await store.copyPart(1, of: upload, from: request)
            #expect(part.size == 5)
            try await put(store, upload, 2, "!")
            try await complete(store, upload)
            #expect(try await store.get("a") == "23456!")
        }
    }

    @Test func `many parts at once and the same number sent twice give one whole object`() async throws {
        try await withStore { (store, _) async throws in
            let upload = try await begin(store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...40 {
                    for _ in 0..<2 { group.addTask { try await put(store, upload, number, "<\(number)>") } }
                }
                try await group.waitForAll()
            }
            try await complete(store, upload)
            #expect(try await store.get("a") == (1...40).map { "<\($0)>" }.joined())
        }
    }

    @Test func `of two completions at once both answer the same object`() async throws {
        try await withStore { (store, _) async throws in
            let upload = try await begin(store)
            try await put(store, upload, 1, "x")
            async let one = complete(store, upload)
            async let two = complete(store, upload)
            let records = try await [one, two]
            #expect(records[0] == records[1])
        }
    }

    @Test func `fsck knows uploads that are none and parts that are none`() async throws {
        let root = TestRoot()
        var upload: MultipartUpload?
        try await withStore(root) { (store, _) async throws in
            upload = try await begin(store)
            try await put(store, upload!, 1, "x")
        }
        #expect(try await findings(root) == [])
        root.write(".larder/multipart/\(upload!.id)/00002", "by hand")
        shell("mkdir '\(root.file(".larder/multipart/0123456789abcdef0123456789abcdef"))'")
        let found = try await findings(root).map { $0.prefix { $0 != " " } }
        #expect(Set(found) == ["part-unreadable", "upload-unfinished"])
    }
}

extension String {
    func withContiguousBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        Array(utf8).withUnsafeBytes(body)
    }
}
