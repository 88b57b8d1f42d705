@testable import ForeignDrives
import Testing

/// Each way in which a version cannot be taken over, and those in which it only seems so.
@Suite struct MinIOVerdictTests {
    /// The version that a drive with this one record in it tells.
    private func version(
        _ record: XLRecord,
        inline: [(name: String, framed: [UInt8])]? = nil,
        files: [String: [UInt8]] = [:]
    ) throws -> (version: MinIOVersion, drive: MemoryDrive, survey: MinIOSurvey) {
        let drive = MemoryDrive()
        drive.write("bucket/key", XLFile(versions: [record], inline: inline))
        for (name, bytes) in files { drive.write("bucket/key/\(record.dataFolder)/\(name)", bytes) }
        let (objects, survey) = try MinIODrive(drive).everything(in: "bucket")
        return (try #require(objects["key"]?.versions.first), drive, survey)
    }

    private func code(_ change: (inout XLRecord) -> Void) throws -> ForeignDriveError.Code? {
        var record = XLRecord(flags: 6, parts: [(1, 5)], user: [("etag", "d41d8cd98f00b204e9800998ecf8427e")])
        change(&record)
        return try version(record, inline: [("null", framed(pattern(5)))]).version.verdict.refusal?.code
    }

    @Test func `the record that the others differ from is importable`() throws {
        #expect(try code { _ in } == nil)
    }

    @Test func `what is on several drives, or told inconsistently, is refused`() throws {
        #expect(try code { $0.data = 2 } == .erasureCoded)
        #expect(try code { $0.parity = 1 } == .erasureCoded)
        #expect(try code { $0.index = 2 } == .inconsistent)
        #expect(try code { $0.distribution = [1, 2] } == .inconsistent)
        #expect(try code { $0.blockSize = 0 } == .inconsistent)
        #expect(try code { $0.blockSize = -1 } == .inconsistent)
        #expect(try code { $0.blockSize = .max } == .inconsistent)
        #expect(try code { $0.protection = 2 } == .unsupportedFormat)
        #expect(try code { $0.size = 6 } == .inconsistent)
        #expect(try code { $0.parts = [(1, -5), (2, 10)] } == .inconsistent)
        #expect(try code { $0.parts = [(1, .max), (2, .max)] } == .inconsistent)
        #expect(try code { $0.parts = [(0, 5)] } == .inconsistent)
        #expect(try code { $0.parts = [(10_001, 5)] } == .inconsistent)
        #expect(try code { $0.parts = [(2, 2), (1, 3)] } == .inconsistent)
        #expect(try code { $0.parts = [(2, 2), (2, 3)] } == .inconsistent)
        #expect(try code { $0.parts = [(1, 6)] } == .wrongLength)
        #expect(try code { $0.system = [("x-minio-internal-actual-size", "6")] } == .inconsistent)
    }

    @Test func `what needs a key, a decoder or another place is refused`() throws {
        let prefix = "X-Minio-Internal-"
        #expect(try code { $0.system = [(prefix + "Server-Side-Encryption-S3-Sealed-Key", "k")] } == .encrypted)
        #expect(try code { $0.system = [(prefix + "compression", "klauspost/compress/s2")] } == .compressed)
        #expect(
            try code {
                $0.system = [(prefix + "compression", "s2"), (prefix + "Server-Side-Encryption-Iv", "k")]
            } == .encrypted
        )
        #expect(try code { $0.system = [(prefix + "purgestatus", "a=PENDING;")] } == .pendingDeletion)
        #expect(try code { $0.system = [(prefix + "transition-status", "complete")] } == .tiered)
        #expect(try code { $0.system = [(prefix + "transition-status", "pending")] } == nil)
    }

    @Test func `a copy that was fetched back from a tier is imported with that loss`() throws {
        var record = XLRecord(parts: [(1, 5)], system: [("x-minio-internal-transition-status", "complete")])
        record.user = [("etag", "x"), ("x-amz-restore", #"ongoing-request="false", expiry-date="Fri, 1 Jan 2100 …""#)]
        let here = try version(record, files: ["part.1": framed(pattern(5))])
        #expect(here.version.verdict.losses.map(\.subject) == ["etag", "tier"])
        #expect(try here.drive.content(of: here.version) == pattern(5))
        #expect(try version(record).version.verdict.refusal?.code == .missingData)
        record.user = [("x-amz-restore", #"ongoing-request="true""#)]
        #expect(try version(record, files: ["part.1": framed(pattern(5))]).version.verdict.refusal?.code == .tiered)
    }

    @Test func `the inline marker alone proves nothing`() throws {
        let record = XLRecord(flags: 6, parts: [(1, 5)])
        let inFile = try version(record, files: ["part.1": framed(pattern(5))])
        #expect(try inFile.drive.content(of: inFile.version) == pattern(5))
        #expect(try version(record).version.verdict.refusal?.code == .missingData)
    }

    @Test func `inline data counts before a part file, unless neither marker nor null says so`() throws {
        let (inline, file) = (pattern(5), pattern(5, seed: 9))
        let files = ["part.1": framed(file)]
        for (id, flags, expected) in [
            (ForeignUUID.zero, 2, inline), (.zero, 6, inline), (uuid(1), 6, inline), (uuid(1), 2, file),
        ] as [(ForeignUUID, UInt8, [UInt8])] {
            let record = XLRecord(id: id, flags: flags, parts: [(1, 5)])
            let found = try version(record, inline: [(id.versionName, framed(inline))], files: files)
            #expect(try found.drive.content(of: found.version) == expected)
        }
        let unmarked = XLRecord(id: uuid(1), flags: 2, parts: [(1, 5)])
        let alone = try version(unmarked, inline: [(uuid(1).text, framed(inline))])
        #expect(try alone.drive.content(of: alone.version) == inline)
    }

    @Test func `inline data under another version's name is never taken`() throws {
        let record = XLRecord(id: uuid(1), flags: 6, parts: [(1, 5)])
        let found = try version(record, inline: [(uuid(2).text, framed(pattern(5)))])
        #expect(found.version.verdict.refusal?.code == .missingData && found.survey.debris.unclaimedInlineValues == 1)
    }

    @Test func `an empty object needs no data, and has none`() throws {
        for inline in [nil, [("null", [UInt8]())]] as [[(name: String, framed: [UInt8])]?] {
            let empty = try version(XLRecord(flags: 6, parts: [(1, 0)]), inline: inline)
            #expect(empty.version.verdict.isImportable)
            #expect(try empty.drive.content(of: empty.version).isEmpty)
        }
        let file = try version(XLRecord(parts: [(1, 0)]), files: ["part.1": []])
        #expect(file.version.verdict.isImportable)
        let lying = try version(XLRecord(parts: [(1, 0)]), files: ["part.1": [1]])
        #expect(lying.version.verdict.refusal?.code == .wrongLength)
        let inline = try version(XLRecord(flags: 6, parts: [(1, 0)]), inline: [("null", [1])])
        #expect(inline.version.verdict.refusal?.code == .wrongLength)
    }

    @Test func `part files must be there in their exact lengths`() throws {
        let record = XLRecord(blockSize: 16, parts: [(1, 40), (3, 16)])
        let (first, second) = (framed(pattern(40), blockSize: 16), framed(pattern(16, seed: 2), blockSize: 16))
        let whole = try version(record, files: ["part.1": first, "part.3": second])
        #expect(try whole.drive.content(of: whole.version, step: 7) == pattern(40) + pattern(16, seed: 2))
        for files in [
            ["part.1": first], ["part.1": first, "part.3": second + [0]], ["part.1": first, "part.2": second],
        ] {
            #expect(try !version(record, files: files).version.verdict.isImportable)
        }
        var damaged = second
        damaged[40] ^= 1
        let found = try version(record, files: ["part.1": first, "part.3": damaged])
        #expect(found.version.verdict.isImportable)
        #expect(throws: ForeignDriveError.self) { try found.drive.content(of: found.version) }
    }

    @Test func `a damaged inline section spares versions that lie in part files`() throws {
        let drive = MemoryDrive()
        let small = XLRecord(id: uuid(2), modified: 2_000, flags: 6, parts: [(1, 5)])
        let large = XLRecord(id: uuid(1), modified: 1_000, flags: 2, dataFolder: uuid(9), parts: [(1, 5)])
        let file = XLFile(versions: [small, large], inline: [(uuid(2).text, framed(pattern(5)))])
        drive.write("bucket/key/xl.meta", file.bytes.dropLast())
        drive.write("bucket/key/\(uuid(9))/part.1", framed(pattern(5, seed: 3)))
        let object = try #require(try MinIODrive(drive).everything(in: "bucket").objects["key"])
        #expect(object.versions.map(\.verdict.isImportable) == [true, false] && object.isLatestMissing)
        #expect(try drive.content(of: object.versions[0]) == pattern(5, seed: 3))
    }
}
