import NIOCore
import S3Protocol
import Synchronization
import Testing

@testable import ObjectStorage

@Suite struct CopyTests {
    private func request(_ name: String, _ change: (inout CopyRequest) -> Void = { _ in }) -> CopyRequest {
        var request = CopyRequest(bucket: photos, key: key(name)) { $0.attributes }
        change(&request)
        return request
    }

    @Test(arguments: [0, 5, 100_000]) func `a copy has the source's content, tag, checksum and attributes`(
        size: Int
    ) async throws {
        try await withStore { (store, _) async throws in
            let content = String(repeating: "x", count: size)
            let source = try await store.put("a", content, ObjectAttributes(metadata: ["m": "v"]))
            let copy = try await store.copy(request("a"), to: key("b/c"), in: photos)
            #expect(try await store.get("b/c") == content)
            #expect((copy.etag, copy.checksums) == (source.etag, source.checksums))
            #expect(copy.attributes == source.attributes)
            #expect(try await store.get("a") == content)
        }
    }

    @Test func `another checksum is computed`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("a", "hello world")
            let copy = try await store.copy(request("a") { $0.checksumAlgorithm = .crc32 }, to: key("b"), in: photos)
            #expect(copy.checksums.map(\.base64) == ["DUoRhQ=="])
        }
    }

    @Test func `an object can be copied onto itself with other attributes`() async throws {
        try await withStore { (store, _) async throws in
            let source = try await store.put("a", "x")
            var wanted = request("a")
            wanted.attributes = { _ in ObjectAttributes(metadata: ["new": "1"]) }
            let copy = try await store.copy(wanted, to: key("a"), in: photos)
            #expect(copy.etag == source.etag)
            #expect(try await store.head(key("a"), version: nil, in: photos).attributes.metadata == ["new": "1"])
        }
    }

    @Test func `what refuses the source or the destination changes nothing`() async throws {
        try await withStore { (store, _) async throws in
            try await store.put("a", "x")
            try await store.put("b", "y")
            var refused = request("a")
            refused.attributes = { _ in throw S3Error.preconditionFailed(condition: "x") }
            let wanted = refused
            #expect(await code { _ = try await store.copy(wanted, to: key("b"), in: photos) } == "PreconditionFailed")
            let absent = request("a") { $0.precondition = .ifAbsent }
            #expect(await code { _ = try await store.copy(absent, to: key("b"), in: photos) } == "PreconditionFailed")
            #expect(await code { _ = try await store.copy(request("c"), to: key("b"), in: photos) } == "NoSuchKey")
            #expect(try await store.get("b") == "y")
        }
    }

    @Test func `a noncurrent version is copied`() async throws {
        try await withStore { (store, _) async throws in
            _ = try await store.updateBucket(photos) { $0.versioning = .enabled }
            let old = try await store.put("a", "old").version
            try await store.put("a", "new")
            let copy = try await store.copy(request("a") { $0.version = old }, to: key("a"), in: photos)
            #expect(try await store.get("a") == "old")
            #expect(copy.version != old)
        }
    }
}
