@testable import ForeignDrives
import S3Protocol
import Testing

@Suite struct MinIODriveTests {
    private func md5(_ bytes: [UInt8]) -> String { Hex.encode(Insecure.MD5.hash(data: bytes)) }

    private func inlineObject(_ content: [UInt8], _ id: ForeignUUID = .zero, modified: Int64 = 1_000) -> XLRecord {
        XLRecord(
            id: id,
            modified: modified,
            flags: 6,
            parts: [(1, Int64(content.count))],
            user: [("etag", md5(content)), ("content-type", "text/plain"), ("X-Amz-Meta-A", "b")]
        )
    }

    /// A file with one version, whose data is inline.
    private func inlineFile(_ content: [UInt8]) -> XLFile {
        XLFile(versions: [inlineObject(content)], inline: [("null", framed(content))])
    }

    @Test func `a whole drive is described and read back`() throws {
        let drive = MemoryDrive()
        let contents = [pattern(100), pattern(2_500_000, seed: 2), pattern(300_000, seed: 3), pattern(60, seed: 4)]
        // Versioned: a small one inline, a delete marker above, then a multipart upload in part files.
        let multipart = XLRecord(
            id: uuid(3),
            modified: 3_000,
            dataFolder: uuid(0xA3),
            parts: [(2, 2_500_000), (5, 300_000)],
            system: [("X-Minio-Internal-actual-size", "2800000")],
            user: [("etag", md5(pattern(3)) + "-2")]
        )
        drive.write(
            "bucket/docs/report",
            XLFile(
                versions: [
                    multipart, .deleteMarker(uuid(2), modified: 2_000),
                    inlineObject(contents[0], uuid(1), modified: 1_000),
                ],
                inline: [(uuid(1).text, framed(contents[0]))]
            )
        )
        drive.write("bucket/docs/report/\(uuid(0xA3))/part.2", framed(contents[1]))
        drive.write("bucket/docs/report/\(uuid(0xA3))/part.5", framed(contents[2]))
        drive.write("bucket/docs/dir__XLDIR__", inlineFile([]))
        drive.write("bucket/docs/report/nested", inlineFile(contents[3]))
        let settings = MinIOBucketSettingsTests.settings()
        drive.write(".minio.sys/buckets/bucket/.metadata.bin", inlineFile(settings))
        // Debris of every kind.
        drive.write("bucket/docs/report/\(uuid(0xBB))/part.1", framed(pattern(10)))
        drive.write("bucket/docs/stray.txt", [1])
        drive.makeFolder("bucket/empty")
        drive.makeLink("bucket/link")
        drive.write(".minio.sys/multipart/\(String(repeating: "ab", count: 32))/\(uuid(7))/xl.meta", [])
        drive.write(".minio.sys/tmp/x/part.1", [])
        drive.makeFolder("lost+found")
        drive.makeFolder("plain-bucket")

        let described = try MinIODrive(drive)
        let root = try described.root()
        #expect(root.buckets.map(\.name) == ["bucket", "plain-bucket"])
        #expect(root.strangers.map(\.description) == ["lost+found"] && root.unfinishedUploads == 1)
        guard case .known(let known) = root.buckets[0].settings, case .absent = root.buckets[1].settings else {
            Issue.record("\(root.buckets)")
            return
        }
        #expect(known.quota == .bytes(1_000))
        #expect(root.buckets[0].losses.map(\.subject) == ["replication"])

        let (objects, survey) = try described.everything(in: "bucket")
        #expect(objects.keys.sorted() == ["docs/dir/", "docs/report", "docs/report/nested"])
        let report = try #require(objects["docs/report"])
        #expect(report.versions.map(\.name) == [uuid(1).text, uuid(2).text, uuid(3).text])
        #expect(report.versions.map(\.verdict) == [.importable, .importable, .importable])
        #expect(report.versions.map { $0.modified?.nanosecondsSince1970 } == [1_000, 2_000, 3_000])
        #expect(try drive.content(of: report.versions[0]) == contents[0])
        #expect(try drive.content(of: report.versions[2]) == contents[1] + contents[2])
        guard case .deleteMarker = report.versions[1].content, case .object(let big) = report.versions[2].content else {
            Issue.record("\(report.versions)")
            return
        }
        #expect(big.pieces.map(\.number) == [2, 5] && big.isMultipart && big.size == 2_800_000)
        let nested = try #require(objects["docs/report/nested"])
        #expect(nested.objectAbove?.description == "bucket/docs/report" && report.objectAbove == nil)
        #expect(try drive.content(of: nested.versions[0]) == contents[3])
        #expect(try drive.content(of: try #require(objects["docs/dir/"]).versions[0]).isEmpty)

        var debris = MinIODebris()
        (debris.unreferencedFolders, debris.unreferencedBytes) = (1, 42)
        (debris.unknownFiles, debris.emptyFolders, debris.links) = (1, 1, 1)
        debris.examples = survey.debris.examples
        #expect(survey.debris == debris && debris.examples.count == 4)
        #expect(survey.keys == 3 && survey.importable == 5 && survey.deleteMarkers == 1 && survey.nestedKeys == 1)
        #expect(survey.refused == 0 && survey.latestMissing == 0 && survey.withLoss == 0)
        #expect(survey.bytes == 2_800_160)
    }

    @Test func `a folder that is no drive, or a drive of several, is not opened`() {
        let many = MemoryDrive.singleDrive.replacing("[[\"5e1c", with: "[[\"x\",\"5e1c")
        for (drive, code) in [
            (MemoryDrive(format: nil), .notADrive), (MemoryDrive(format: many), .erasureCoded),
            (MemoryDrive(format: #"{"version":"1","format":"fs","fs":{"version":"2"}}"#), .unsupportedFormat),
        ] as [(MemoryDrive, ForeignDriveError.Code)] {
            let refusal = #expect(throws: ForeignDriveError.self) { try MinIODrive(drive) }
            #expect(refusal?.code == code)
        }
    }

    @Test func `what cannot be read is counted and passed over`() throws {
        let drive = MemoryDrive()
        drive.write("bucket/a", inlineFile([1]))
        drive.write("bucket/b/c", inlineFile([2]))
        drive.write("bucket/z", inlineFile([3]))
        drive.write(".minio.sys/buckets/bucket/.metadata.bin/xl.meta", [1, 2, 3])
        drive.refused = ["bucket/b", "bucket/z/xl.meta"]
        let described = try MinIODrive(drive)
        guard case .unreadable = try described.root().buckets[0].settings else {
            Issue.record("settings were read")
            return
        }
        let (objects, survey) = try described.everything(in: "bucket")
        #expect(Set(objects.keys) == ["a", "z"] && objects["z"]?.refusal?.code == .unreadable)
        #expect(survey.debris.unreadableFolders == 1 && survey.refusedKeys == 1 && survey.importable == 1)
    }

    @Test func `an xl.meta beyond the limit is refused unread`() throws {
        let drive = MemoryDrive()
        drive.write("bucket/a", inlineFile(pattern(1_000)))
        var limits = MinIODrive.Limits()
        limits.metadataSize = 500
        let (objects, _) = try MinIODrive(drive, limits: limits).everything(in: "bucket")
        #expect(objects["a"]?.refusal?.code == .tooLarge)
    }

    @Test func `a path that is too deep ends the way down`() throws {
        let drive = MemoryDrive()
        drive.write("bucket/" + Array(repeating: "d", count: 30).joined(separator: "/"), inlineFile([1]))
        var limits = MinIODrive.Limits()
        limits.depth = 20
        let (objects, survey) = try MinIODrive(drive, limits: limits).everything(in: "bucket")
        #expect(objects.isEmpty && survey.debris.unreadableFolders == 1)
    }

    @Test func `settings in a part file are read too`() throws {
        let drive = MemoryDrive()
        let settings = MinIOBucketSettingsTests.settings(name: "other")
        let place = ".minio.sys/buckets/bucket/.metadata.bin"
        drive.write(place, XLFile(versions: [XLRecord(dataFolder: uuid(1), parts: [(1, Int64(settings.count))])]))
        drive.write("\(place)/\(uuid(1))/part.1", framed(settings))
        drive.makeFolder("bucket")
        let bucket = try #require(try MinIODrive(drive).root().buckets.first)
        #expect(bucket.losses.map(\.subject) == ["name", "replication"])
    }

    @Test(
        "Only the last name's suffix makes a key with a slash",
        arguments: [
            ("a/b__XLDIR__", "a/b/"), ("a__XLDIR__/b", "a__XLDIR__/b"), ("x__XLDIR__", "x/"),
            ("__XLDIR__x", "__XLDIR__x"),
            ("__XLDIR__", nil), ("", nil),
        ] as [(String, String?)]
    )
    func keys(_ folder: String, _ key: String?) {
        let bytes = try? MinIOKey.key(of: DrivePath("bucket/" + folder))
        #expect(bytes.map { String(decoding: $0, as: UTF8.self) } == key)
    }
}
