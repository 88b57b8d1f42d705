@testable import ForeignDrives
import Testing

/// What an importer that guesses gets wrong: section 5.5 of the facts on migration, case by case.
@Suite struct MinIOWalkTests {
    private func everything(_ drive: MemoryDrive) throws -> (objects: [String: MinIOObject], survey: MinIOSurvey) {
        try MinIODrive(drive).everything(in: "bucket")
    }

    @Test func `the version counts, not the first entry of the inline section`() throws {
        let drive = MemoryDrive()
        let (old, new) = (pattern(9), pattern(9, seed: 2))
        drive.write(
            "bucket/key",
            XLFile(
                versions: [
                    XLRecord(id: uuid(1), modified: 1, flags: 6, parts: [(1, 9)]),
                    XLRecord(id: uuid(2), modified: 2, flags: 6, parts: [(1, 9)]),
                ],
                inline: [(uuid(1).text, framed(old)), (uuid(2).text, framed(new))]
            )
        )
        let object = try #require(try everything(drive).objects["key"])
        #expect(try object.versions.map { try drive.content(of: $0) } == [old, new])
    }

    @Test func `an inline section is found by its place, not by a byte 1 that looks like one`() throws {
        let drive = MemoryDrive()
        let decoy = String(
            decoding: XLFile(versions: [], inline: [("null", [7])]).inlineSection.filter { $0 < 0x80 },
            as: UTF8.self
        )
        let record = XLRecord(flags: 6, parts: [(1, 3)], user: [("X-Amz-Meta-Decoy", "\u{1}" + decoy)])
        drive.write("bucket/key", XLFile(versions: [record], inline: [("null", framed([1, 2, 3]))]))
        let object = try #require(try everything(drive).objects["key"])
        #expect(try drive.content(of: object.versions[0]) == [1, 2, 3])
    }

    @Test func `the data folder is the one that the version names`() throws {
        let drive = MemoryDrive()
        drive.write("bucket/key", XLFile(versions: [XLRecord(dataFolder: uuid(0xEE), parts: [(1, 4)])]))
        drive.write("bucket/key/\(uuid(0x11))/part.1", framed(pattern(4, seed: 7)))
        drive.write("bucket/key/\(uuid(0xEE))/part.1", framed(pattern(4)))
        let (objects, survey) = try everything(drive)
        #expect(try drive.content(of: objects["key"]!.versions[0]) == pattern(4))
        #expect(survey.debris.unreferencedFolders == 1 && survey.debris.unreferencedBytes == 36)
    }

    @Test("The block size is the recorded one", arguments: [16, 1 << 20, 10_485_760])
    func blockSize(_ size: Int) throws {
        let drive = MemoryDrive()
        let content = pattern(100)
        drive.write("bucket/key", XLFile(versions: [XLRecord(blockSize: Int64(size), parts: [(1, 100)])]))
        drive.write("bucket/key/\(uuid(0xDD))/part.1", framed(content, blockSize: size))
        let object = try #require(try everything(drive).objects["key"])
        #expect(try drive.content(of: object.versions[0]) == content)
    }

    @Test func `a deleted key stays deleted`() throws {
        let drive = MemoryDrive()
        let versions = [
            XLRecord(id: uuid(1), modified: 1, flags: 6, parts: [(1, 1)]), .deleteMarker(uuid(2), modified: 2),
        ]
        drive.write("bucket/key", XLFile(versions: versions, inline: [(uuid(1).text, framed([5]))]))
        let object = try #require(try everything(drive).objects["key"])
        guard case .deleteMarker = object.versions.last?.content else {
            Issue.record("the newest version is no delete marker")
            return
        }
        #expect(!object.isLatestMissing && object.versions.count == 2)
    }

    @Test func `a newest version that is refused is not replaced by an older one in silence`() throws {
        let drive = MemoryDrive()
        let newest = XLRecord(id: uuid(2), modified: 2, parts: [(1, 1)])
        let older = XLRecord(id: uuid(1), modified: 1, flags: 6, parts: [(1, 1)])
        drive.write("bucket/key", XLFile(versions: [newest, older], inline: [(uuid(1).text, framed([5]))]))
        let (objects, survey) = try everything(drive)
        #expect(objects["key"]?.isLatestMissing == true && survey.latestMissing == 1)
        #expect(survey.importable == 1 && survey.refused == 1)
    }

    @Test func `free versions are no versions, and an id counts once`() throws {
        let drive = MemoryDrive()
        let free = XLRecord(kind: 2, id: uuid(9), modified: 9, flags: 1)
        let twice = [XLRecord(id: uuid(1), modified: 2, parts: []), XLRecord(id: uuid(1), modified: 1, parts: [])]
        drive.write("bucket/key", XLFile(versions: [free] + twice))
        let object = try #require(try everything(drive).objects["key"])
        #expect(object.versions.map(\.verdict.refusal?.code) == [.inconsistent, nil])
    }

    @Test func `versions may share a data folder`() throws {
        let drive = MemoryDrive()
        let versions = [
            XLRecord(id: uuid(2), modified: 2, parts: [(1, 4)]), XLRecord(id: uuid(1), modified: 1, parts: [(1, 4)]),
        ]
        drive.write("bucket/key", XLFile(versions: versions))
        drive.write("bucket/key/\(uuid(0xDD))/part.1", framed(pattern(4)))
        let (objects, survey) = try everything(drive)
        #expect(try objects["key"]!.versions.map { try drive.content(of: $0) } == [pattern(4), pattern(4)])
        #expect(survey.debris == MinIODebris())
    }

    @Test func `keys below an object are found, even in folders named like data`() throws {
        let drive = MemoryDrive()
        let file = XLFile(versions: [XLRecord(flags: 6, parts: [(1, 1)])], inline: [("null", framed([5]))])
        for key in ["a", "a/b", "a/\(uuid(5))", "a/\(uuid(6))/c", "a/legacy/d"] { drive.write("bucket/\(key)", file) }
        let (objects, survey) = try everything(drive)
        #expect(Set(objects.keys) == ["a", "a/b", "a/\(uuid(5))", "a/\(uuid(6))/c", "a/legacy/d"])
        #expect(survey.nestedKeys == 4 && survey.debris == MinIODebris())
    }

    @Test func `data beside metadata that cannot be read is neither imported nor called debris`() throws {
        let drive = MemoryDrive()
        drive.write("bucket/key/xl.meta", Array("XL2 garbage".utf8))
        drive.write("bucket/key/\(uuid(1))/part.1", framed(pattern(4)))
        drive.write("bucket/key/below", XLFile(versions: [XLRecord(parts: [])]))
        drive.write("bucket/ancient/xl.json", [])
        let (objects, survey) = try everything(drive)
        #expect(objects["key"]?.refusal?.code == .unsupportedFormat && objects["key/below"]?.refusal == nil)
        #expect(objects["ancient"]?.refusal?.code == .unsupportedFormat)
        #expect(survey.debris.undecidedBytes == 36 && survey.debris.unreferencedFolders == 0)
        #expect(survey.refusedKeys == 2 && survey.latestMissing == 2)
    }

    @Test func `links are never followed, as part files neither`() throws {
        let drive = MemoryDrive()
        drive.write("bucket/key", XLFile(versions: [XLRecord(parts: [(1, 4)])]))
        drive.makeLink("bucket/key/\(uuid(0xDD))/part.1")
        let (objects, survey) = try everything(drive)
        #expect(objects["key"]?.versions[0].verdict.refusal?.code == .missingData && survey.debris.links == 1)
    }

    @Test func `the order of the walk is that of the names`() throws {
        let drive = MemoryDrive()
        let file = XLFile(versions: [XLRecord(parts: [])])
        for key in ["b", "a/z", "a/b", "a", "c__XLDIR__", "c"] { drive.write("bucket/\(key)", file) }
        let described = try MinIODrive(drive)
        var keys: [String] = []
        _ = described.walk(try described.root().buckets[0]) { keys.append(String(decoding: $0.key, as: UTF8.self)) }
        #expect(keys == ["a", "a/b", "a/z", "b", "c", "c/"])
    }
}
