@testable import DriveImport
import ObjectStorage
import S3Protocol
import Testing

@Suite struct VersityImportTests {
    private let older = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    private let newer = "01BX5ZZKBKACTAV9WEVGEMMVS0"

    private func tag(_ text: String) -> String {
        "\"\(Hex.encode(Checksummer.checksum(of: Array(text.utf8), .md5).digest))\""
    }

    /// The folder of a key's older versions.
    private func folder(_ key: String) -> String {
        let digest = Hex.encode(Checksummer.checksum(of: Array(key.utf8), .sha256).digest)
        let name = Array(digest)
        return "bucket/\(String(name[0..<2]))/\(String(name[2..<4]))/\(String(name[4..<6]))/\(digest)"
    }

    private func request(_ root: ScratchFolder, versions: ScratchFolder? = nil) -> DriveImport.Request {
        .init(origin: .versitygw, path: root.path, versions: versions?.path)
    }

    @Test func `files with attributes become objects`() async throws {
        let root = ScratchFolder()
        root.write(
            "bucket/deep/a",
            "hello",
            [
                ("etag", tag("hello")), ("content-type", "text/plain"), ("metadata", #"{"Colour":"red"}"#),
                ("X-Amz-Tagging", #"{"k":"v"}"#), ("other", "ignored"),
            ]
        )
        root.age("bucket/deep/a", 1_600_000_000)
        root.makeFolder("bucket/dir")
        root.set("bucket/dir", [("etag", Array(tag("").utf8))])
        root.makeFolder("bucket/.sgwtmp/multipart/\(String(repeating: "ab", count: 32))/upload")
        root.write("bucket/by-hand", Array("x".utf8))
        try await ImportBench.run { (bench) async throws in
            let state = try await bench.take(request(root))
            #expect(state.codes == ["import-loss bucket", "import-note bucket"])
            #expect(try await bench.versions() == ["by-hand null", "deep/a null", "dir/ null"])
            let record = try await bench.record("deep/a")
            #expect(record.modified.seconds == 1_600_000_000 && record.etag.quoted == tag("hello"))
            #expect(record.attributes.metadata == ["colour": "red"])
            #expect(record.attributes.tags == [.init(key: "k", value: "v")])
            #expect(try await bench.record("dir/").attributes.headers["content-type"] == "application/x-directory")
            #expect(try await bench.content("by-hand") == Array("x".utf8))
            #expect(try await bench.take(request(root)).skipped == 3)
        }
    }

    @Test func `versions come from their directory, and the current file last`() async throws {
        let (root, versions) = (ScratchFolder(), ScratchFolder())
        root.write("bucket/a", "three", [("etag", tag("three")), ("version-id", newer)])
        root.write("bucket/gone", "bytes", [("etag", tag("bytes")), ("version-id", newer), ("delete-marker", "")])
        root.set("bucket", [("versioning", [1])])
        versions.write("\(folder("a"))/null", "one", [("etag", tag("one"))])
        versions.age("\(folder("a"))/null", 1_000_000_000)
        versions.write("\(folder("a"))/\(older)", "two", [("etag", tag("two")), ("version-id", older)])
        versions.write("\(folder("gone"))/\(older)", "bytes", [("etag", tag("bytes")), ("version-id", older)])
        versions.write("\(folder("nobody"))/\(older)", "bytes", [("etag", tag("bytes"))])
        try await ImportBench.run { (bench) async throws in
            let state = try await bench.take(request(root, versions: versions))
            #expect(state.codes == ["import-note bucket"])
            #expect(
                try await bench.versions() == [
                    "a \(newer)", "a \(older)", "a null", "gone \(newer)!", "gone \(older)",
                ]
            )
            #expect(try await bench.content("a") == Array("three".utf8))
            #expect(try await bench.content("a", older) == Array("two".utf8))
            #expect(try bench.bucket("bucket").settings.versioning == .enabled)
            #expect(try await bench.take(request(root, versions: versions)).skipped == 5)
        }
    }

    @Test func `parts and checksums are verified and kept`() async throws {
        let root = ScratchFolder()
        let sums = ["ab", "c"].map { Checksummer.checksum(of: Array($0.utf8), .crc32c) }
        let composite = ObjectChecksum.composite(of: sums)!.base64
        let md5s = ["ab", "c"].flatMap { Checksummer.checksum(of: Array($0.utf8), .md5).digest }
        let tag = Hex.encode(Checksummer.checksum(of: md5s, .md5).digest) + "-2"
        root.write(
            "bucket/a",
            "abc",
            [
                ("etag", "\"\(tag)\""), ("mp-metadata", #"{"uploadId":"u","parts":[2,3]}"#),
                ("checksums", #"{"Algorithm":"CRC32C","Type":"COMPOSITE","CRC32C":"\#(composite)"}"#),
            ]
        )
        root.write("bucket/bad", "abc", [("etag", self.tag("abd"))])
        try await ImportBench.run { (bench) async throws in
            let state = try await bench.take(request(root))
            #expect(state.codes == ["not-imported bucket/bad version null"])
            let record = try await bench.record("a")
            #expect(record.etag.text == tag && record.checksumType == .composite)
            #expect(record.parts.map(\.checksum) == sums)
        }
    }

    @Test func `attributes come from sidecar files`() async throws {
        let (root, sidecar) = (ScratchFolder(), ScratchFolder())
        root.write("bucket/a", Array("x".utf8))
        sidecar.write("bucket/a/meta/etag", Array(tag("x").utf8))
        sidecar.write("bucket/a/meta/content-type", Array("text/css".utf8))
        sidecar.write("bucket/meta/versioning", [0])
        try await ImportBench.run { (bench) async throws in
            var request = request(root)
            request.sidecar = sidecar.path
            try await bench.take(request)
            #expect(try await bench.record("a").attributes.headers["content-type"] == "text/css")
            #expect(try bench.bucket("bucket").settings.versioning == .suspended)
        }
    }

    @Test func `a tree without any attribute is not imported`() async throws {
        let root = ScratchFolder()
        root.write("bucket/a", Array("x".utf8))
        try await ImportBench.run { (bench) async throws in
            let failure = await #expect(throws: StorageError.self) { try await bench.take(request(root)) }
            #expect(failure?.message.contains("--sidecar") == true && bench.store.buckets().isEmpty)
        }
    }

    @Test func `bucket settings come, grants to accounts do not`() async throws {
        let root = ScratchFolder()
        let acl = """
            {"Owner":"boss","Grantees":[{"Permission":"FULL_CONTROL","Access":"boss","Type":"CanonicalUser"},\
            {"Permission":"READ","Access":"all-users","Type":"Group"},\
            {"Permission":"READ","Access":"somebody","Type":"CanonicalUser"}]}
            """
        let lock = #"{"Enabled":true,"DefaultRetention":{"Mode":"GOVERNANCE","Days":3,"Years":null}}"#
        root.makeFolder("bucket")
        root.set(
            "bucket",
            [("acl", acl), ("ownership", "ObjectWriter"), ("bucket-lock", lock)].map { ($0.0, Array($0.1.utf8)) }
        )
        try await ImportBench.run { (bench) async throws in
            let state = try await bench.take(request(root))
            #expect(state.findings.map(\.detail) == ["acl: READ for the account somebody"])
            let settings = try bench.bucket("bucket").settings
            #expect(settings.accessControl?.grants.last == .init(.group(.allUsers), .read))
            #expect(settings.ownership == .objectWriter && settings.versioning == .enabled)
            #expect(settings.objectLock?.defaultRetention == DefaultRetention(mode: .governance, period: .days(3)))
        }
    }
}
