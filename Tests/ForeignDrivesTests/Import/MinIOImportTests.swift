@testable import DriveImport
@testable import ForeignDrives
import ObjectStorage
import S3Protocol
import Testing

@Suite struct MinIOImportTests {
    private func md5(_ bytes: [UInt8]) -> [UInt8] { Array(Insecure.MD5.hash(data: bytes)) }

    private func record(
        _ content: [UInt8],
        _ id: ForeignUUID = .zero,
        modified: Int64 = 1_600_000_000_000_000_000,
        user: [(String, String)] = []
    ) -> XLRecord {
        XLRecord(
            id: id,
            modified: modified,
            flags: 6,
            parts: [(1, Int64(content.count))],
            user: [("etag", Hex.encode(md5(content))), ("content-type", "text/plain")] + user
        )
    }

    private func file(_ content: [UInt8], user: [(String, String)] = []) -> XLFile {
        XLFile(versions: [record(content, user: user)], inline: [("null", framed(content))])
    }

    /// The bytes of `.metadata.bin`.
    private func settings(_ documents: [(String, String)]) -> [UInt8] {
        [1, 0, 1, 0]
            + MessagePackWriter.write { writer in
                writer.map(documents.count + 2)
                writer.text("Name")
                writer.text("bucket")
                writer.text("Created")
                writer.time(seconds: 1_500_000_000, nanoseconds: 5)
                for (name, document) in documents {
                    writer.text(name)
                    writer.binary(Array(document.utf8))
                }
            }
    }

    private func withDrive(
        _ make: (MemoryDrive) -> Void,
        _ body: (ImportBench, ScratchFolder) async throws -> Void
    ) async throws {
        let (memory, folder) = (MemoryDrive(), ScratchFolder())
        make(memory)
        folder.write(memory)
        try await ImportBench.run { try await body($0, folder) }
    }

    private func request(_ folder: ScratchFolder, isDryRun: Bool = false) -> DriveImport.Request {
        .init(origin: .minio, path: folder.path, isDryRun: isDryRun)
    }

    @Test func `objects come with content, metadata and time`() async throws {
        let parts = [pattern(1_200_000), pattern(70_000, seed: 2)]
        let tag = Hex.encode(md5(md5(parts[0]) + md5(parts[1]))) + "-2"
        try await withDrive { drive in
            let user = [
                ("X-Amz-Meta-Colour", "red"), ("X-Amz-Tagging", "a=1"), ("cache-control", "no-store"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ]
            drive.write("bucket/a", file(pattern(50), user: user))
            drive.write("bucket/dir__XLDIR__", file([]))
            let big = XLRecord(dataFolder: uuid(9), parts: [(2, 1_200_000), (5, 70_000)], user: [("etag", tag)])
            drive.write("bucket/big", XLFile(versions: [big]))
            drive.write("bucket/big/\(uuid(9))/part.2", framed(parts[0]))
            drive.write("bucket/big/\(uuid(9))/part.5", framed(parts[1]))
        } _: { (bench, folder) async throws in
            let state = try await bench.take(request(folder))
            #expect(state.findings.isEmpty && state.keys == 3 && state.objects == 3 && state.buckets == 1)
            #expect(state.bytes == 1_270_050)
            let record = try await bench.record("a")
            #expect(record.attributes.metadata == ["colour": "red"])
            #expect(record.attributes.tags == [.init(key: "a", value: "1")])
            #expect(
                record.attributes.headers == [
                    "content-type": "text/plain", "cache-control": "no-store",
                    "x-amz-storage-class": "REDUCED_REDUNDANCY",
                ]
            )
            #expect(record.modified.nanoseconds == 1_600_000_000_000_000_000)
            #expect(try await bench.content("a") == pattern(50))
            #expect(try await bench.content("dir/").isEmpty)
            let big = try await bench.record("big")
            #expect(
                big.etag.text == tag
                    && big.parts == [.init(number: 2, size: 1_200_000), .init(number: 5, size: 70_000)]
            )
            #expect(big.attributes.headers["content-type"] == "binary/octet-stream")
            #expect(try await bench.content("big") == parts[0] + parts[1])
            let again = try await bench.take(request(folder))
            #expect(again.skipped == 3 && again.findings.isEmpty)
        }
    }

    @Test func `versions and delete markers come in order`() async throws {
        try await withDrive { drive in
            let versions = [
                .deleteMarker(uuid(3), modified: 3_000), record(pattern(2), uuid(2), modified: 2_000),
                record(pattern(1), modified: 1_000),
            ]
            drive.write(
                "bucket/a",
                XLFile(
                    versions: versions,
                    inline: [("null", framed(pattern(1))), (uuid(2).text, framed(pattern(2)))]
                )
            )
            drive.write(
                ".minio.sys/buckets/bucket/.metadata.bin",
                file(
                    settings([
                        (
                            "VersioningConfigXML",
                            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
                        )
                    ])
                )
            )
        } _: { (bench, folder) async throws in
            #expect(try await bench.take(request(folder)).findings.isEmpty)
            #expect(try await bench.versions() == ["a \(uuid(3))!", "a \(uuid(2))", "a null"])
            #expect(try await bench.content("a", uuid(2).text) == pattern(2))
            #expect(try bench.bucket("bucket").settings.versioning == .enabled)
        }
    }

    @Test func `a bucket whose versions nobody recorded is made to keep them`() async throws {
        try await withDrive { drive in
            drive.write("bucket/a", XLFile(versions: [record([1], uuid(2))], inline: [(uuid(2).text, framed([1]))]))
        } _: { (bench, folder) async throws in
            #expect(try await bench.take(request(folder)).codes == ["setting-not-imported bucket"])
            #expect(try await bench.versions() == ["a \(uuid(2))"])
            #expect(try bench.bucket("bucket").settings.versioning == .suspended)
        }
    }

    @Test func `settings are read anew, and what does not parse is named`() async throws {
        let lifecycle = """
            <LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter></Filter>\
            <Expiration><Days>9</Days></Expiration><DelMarkerExpiration><Days>1</Days></DelMarkerExpiration></Rule>\
            </LifecycleConfiguration>
            """
        try await withDrive { drive in
            drive.makeFolder("bucket")
            drive.write(
                ".minio.sys/buckets/bucket/.metadata.bin",
                file(
                    settings([
                        (
                            "TaggingConfigXML",
                            "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>"
                        ),
                        ("QuotaConfigJSON", #"{"quota":5000,"quotatype":"hard"}"#), ("LifecycleConfigXML", lifecycle),
                        ("PolicyConfigJSON", #"{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}"#),
                        (
                            "ObjectLockConfigXML",
                            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
                        ),
                    ])
                )
            )
        } _: { (bench, folder) async throws in
            let state = try await bench.take(request(folder))
            #expect(state.findings.map(\.code.rawValue) == ["setting-not-imported", "setting-not-imported"])
            #expect(state.findings.contains { $0.detail.hasPrefix("policy: ") })
            #expect(state.findings.contains { $0.detail.contains("DelMarkerExpiration") })
            let bucket = try bench.bucket("bucket")
            #expect(bucket.settings.tags == [.init(key: "k", value: "v")] && bucket.settings.quota?.bytes == 5_000)
            #expect(bucket.settings.objectLock != nil && bucket.settings.versioning == .enabled)
            #expect(bucket.settings.lifecycle?.rules.map(\.isEnabled) == [true])
            #expect(bucket.created.nanoseconds == 1_500_000_000_000_000_005 && bucket.owner == "root")
        }
    }

    @Test func `a bucket that is here keeps its settings, and is passed over where it keeps too little`() async throws {
        let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        try await withDrive { drive in
            for name in ["here", "plain"] {
                drive.write("\(name)/a", file([1]))
                drive.write(
                    ".minio.sys/buckets/\(name)/.metadata.bin",
                    file(
                        settings(
                            name == "here"
                                ? [("VersioningConfigXML", versioning)] : [("QuotaConfigJSON", #"{"quota":9}"#)]
                        )
                    )
                )
            }
        } _: { (bench, folder) async throws in
            for name in ["here", "plain"] {
                _ = try await bench.store.createBucket(BucketName(name), owner: "me", settings: BucketSettings())
            }
            let state = try await bench.take(request(folder))
            #expect(state.codes.contains("not-imported here") && state.codes.contains("setting-not-imported plain"))
            #expect(try bench.bucket("plain").settings.quota == nil)
            #expect(try await bench.content("a", in: "plain") == [1])
            await #expect(throws: (any Error).self) { try await bench.record("a", in: "here") }
        }
    }

    @Test func `damaged content is refused and said to be the newest`() async throws {
        try await withDrive { drive in
            var bad = framed(pattern(40))
            bad[35] ^= 1
            drive.write(
                "bucket/a",
                XLFile(
                    versions: [record(pattern(40), uuid(2), modified: 2_000), record([7], modified: 1_000)],
                    inline: [(uuid(2).text, bad), ("null", framed([7]))]
                )
            )
            var wrongTag = record([8])
            wrongTag.user[0].1 = String(repeating: "0", count: 32)
            drive.write("bucket/b", XLFile(versions: [wrongTag], inline: [("null", framed([8]))]))
            drive.write("bucket/c/xl.meta", [1, 2, 3])
            drive.write("bucket/d", file([9]))
        } _: { (bench, folder) async throws in
            let state = try await bench.take(request(folder))
            #expect(state.detail("bucket/a version \(uuid(2))")?.contains("an older one is current here") == true)
            #expect(state.detail("bucket/b version null")?.contains("MD5") == true)
            #expect(state.detail("bucket/c") != nil)
            #expect(state.refused == 3 && state.objects == 5)
            #expect(try await bench.versions() == ["a null", "d null"])
        }
    }

    @Test func `a dry run tells and does nothing`() async throws {
        try await withDrive { drive in
            drive.write("bucket/a", file([1, 2]))
            drive.write("bucket/e", XLFile(versions: [XLRecord(data: 4, parity: 2, parts: [(1, 1)])]))
        } _: { (bench, folder) async throws in
            let state = try await bench.take(request(folder, isDryRun: true))
            #expect(bench.store.buckets().isEmpty)
            #expect(state.codes == ["import-note bucket", "import-note bucket", "not-imported bucket/e version null"])
            let told = "2 keys with 2 versions: 1 would be imported (2 bytes), 0 are there, 1 refused"
            #expect(state.findings.contains { $0.detail == told })
        }
    }

    @Test func `only the buckets that are named come, and a folder that is no drive is refused`() async throws {
        try await withDrive { drive in
            drive.write("bucket/a", file([1]))
            drive.write("other/a", file([1]))
        } _: { (bench, folder) async throws in
            var one = request(folder)
            one.buckets = ["other"]
            try await bench.take(one)
            #expect(bench.store.buckets().map(\.name.string) == ["other"])
            one.buckets = ["missing"]
            await #expect(throws: StorageError.self) { try await bench.take(one) }
            await #expect(throws: StorageError.self) { try await bench.take(request(ScratchFolder())) }
        }
    }

    @Test func `links lead nowhere, and debris is told`() async throws {
        try await withDrive { drive in
            drive.write("bucket/a", file([1]))
            drive.makeLink("bucket/link")
            drive.write("bucket/a/\(uuid(5))/part.1", framed(pattern(10)))
        } _: { (bench, folder) async throws in
            let state = try await bench.take(request(folder))
            #expect(state.codes == ["import-note bucket"])
            #expect(state.findings[0].detail.contains("1 data folders that no version names (42 bytes)"))
            #expect(try await bench.versions() == ["a null"])
        }
    }

    @Test(.enabled(if: Samples.arePresent, "shared/data/minio is not there"))
    func `real files of larger sets are refused one by one`() async throws {
        try await withDrive { drive in
            drive.write("bucket/old/xl.meta", Samples.read("xl.meta"))
            for number in 1...10 {
                drive.write("bucket/consist/\(number)/xl.meta", Samples.read("xl-meta-consist/\(number)/xl.meta"))
            }
            let inline = "xl-meta-inline-notinline/disk1/testbucket/file/xl.meta"
            drive.write("bucket/inline/xl.meta", Samples.read(inline))
        } _: { (bench, folder) async throws in
            let state = try await bench.take(request(folder))
            #expect(state.refused == 12 && state.findings.allSatisfy { $0.detail.contains("erasure-coded") })
            #expect(try await bench.versions().isEmpty)
        }
    }

    @Test(.enabled(if: Samples.canUnpack, "the command zstd is not there"))
    func `a real file of 855 versions is refused in full, in no time`() async throws {
        try await withDrive { drive in
            drive.write("bucket/many/xl.meta", Samples.unpack("xl.meta-v1.2.zst"))
        } _: { (bench, folder) async throws in
            #expect(try await bench.take(request(folder)).refused == 855)
        }
    }
}
