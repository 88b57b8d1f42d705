import Glibc
import S3Protocol
import Testing

@testable import ObjectStorage

@Suite struct RecordTests {
    private func record(_ name: String, metadata: [String: String] = [:]) -> ObjectRecord {
        ObjectRecord(
            key: key(name),
            bucketID: "b",
            sequence: 7,
            version: .null,
            size: 3,
            modified: Timestamp(nanoseconds: 1_700_000_000_123_456_789),
            etag: ETag("900150983cd24fb0d6963f7d28e17f72"),
            checksums: [Checksum(algorithm: .crc32, digest: [1, 2, 3, 4])],
            attributes: ObjectAttributes(
                headers: ["content-type": "image/png"],
                metadata: metadata,
                tags: [.init(key: "z", value: "1"), .init(key: "a", value: "")]
            )
        )
    }

    @Test(arguments: ["a", "\u{E9}", "e\u{301}", "a/\"b\\", "\u{1}\u{0}\n", "😀", "a//b", "\u{FEFF}"])
    func `a record is the same after writing and reading`(_ name: String) throws {
        let record = record(name, metadata: ["k": "v\u{E9}\n"])
        let bytes = RecordDocument(record).encoded()
        #expect(!bytes.contains(UInt8(ascii: "\n")))
        let read = try RecordDocument.decode(bytes)?.record
        #expect(read == record)
        #expect(read?.key.utf8 == Array(name.utf8))
    }

    @Test func `a record of a newer version is refused`() {
        #expect(throws: StorageError.self) { try RecordDocument.decode(Array(#"{"v":2,"new":true}"#.utf8)) }
    }

    @Test(arguments: ["", "x", "{}", "[]", #"{"v":1}"#, #"{"v":1,"bucket":"b","seq":1}"#, "\u{0}"])
    func `what is no record is none`(_ text: String) throws {
        #expect(try RecordDocument.decode(Array(text.utf8))?.record == nil)
    }

    @Test(arguments: [
        "", "a.b", "../../x", String(repeating: "a", count: 64) + ".",
        "/etc/passwd.\(String(repeating: "a", count: 32))",
    ])
    func `a sidecar name that could lead elsewhere is none`(_ text: String) {
        #expect(SidecarName(text) == nil)
    }

    @Test func `the attribute beside a sidecar tells its name without the key`() throws {
        let record = record("a/../b")
        let name = SidecarName(bucketID: "b", key: record.key)
        let read = try RecordDocument.decode(RecordDocument(record, sidecar: name).encoded())
        #expect(read?.sidecarName == name)
        #expect(read?.key == nil)
    }

    @Test func `the cache is bounded and keeps what is used`() {
        let cache = RecordCache(capacity: 10)
        let used: [UInt8] = [0xFF]
        cache.insert(record("used"), for: used)
        for number in 0..<UInt8(100) {
            cache.insert(record("k"), for: [number])
            #expect(cache.record(for: used) != nil)
        }
        #expect(cache.count <= 20)
    }

    @Test func `a record that does not fit the attribute goes to a sidecar and comes back`() async throws {
        try await withStore { (store, root) async throws in
            let metadata = ["long": String(repeating: "x", count: 6_000)]
            let attributes = ObjectAttributes(metadata: metadata)
            let written = try await store.put("a", "one", attributes)
            #expect(try await store.head(key("a"), version: nil, in: photos) == written)
            #expect(root.sidecars.count == 1)
            try await store.put("a", "two", attributes)
            #expect(root.sidecars.count == 1)
            try await store.put("a", "three")
            #expect(root.sidecars == [])
            try await store.put("b", "four", attributes)
            try await store.delete(key("b"), in: photos, precondition: .none)
            #expect(root.sidecars == [])
        }
    }

    @Test func `a key of 1024 control bytes keeps its record`() async throws {
        try await withStore { (store, _) async throws in
            let name = String(repeating: "\u{1}", count: 1_024)
            let written = try await store.put(name, "x")
            #expect(try await store.head(key(name), version: nil, in: photos) == written)
            #expect(try await store.names() == [name])
        }
    }
}

extension TestRoot {
    var sidecars: [String] {
        output("find '\(file(".larder/sidecar"))' -type f").split(separator: "\n").map(String.init)
    }
}
