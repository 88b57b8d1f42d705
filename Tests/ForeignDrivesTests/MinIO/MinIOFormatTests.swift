@testable import ForeignDrives
import Testing

@Suite struct MinIOFormatTests {
    private func format(_ format: String = "xl-single", version: String = "3", sets: String = #"[["a"]]"#) -> String {
        #"{"version":"1","format":"\#(format)","id":"d","xl":{"version":"\#(version)","this":"a","sets":\#(sets)}}"#
    }

    private func read(_ text: String) throws -> MinIOFormat { try MinIOFormat(Array(text.utf8)) }

    @Test("One drive per set can be read alone", arguments: [#"[["a"]]"#, #"[["a"],["b"]]"#])
    func single(_ sets: String) throws {
        for name in ["xl", "xl-single"] {
            let format = try read(format(name, sets: sets))
            #expect(format.deployment == "d" && format.drive == "a")
            try format.verifySingleDrive()
        }
    }

    @Test func `a larger set is refused`() throws {
        let format = try read(format("xl", sets: #"[["a","b","c","d"]]"#))
        let refusal = #expect(throws: ForeignDriveError.self) { try format.verifySingleDrive() }
        #expect(refusal?.code == .erasureCoded)
    }

    @Test func `the FS mode is told and refused`() throws {
        let format = try read(#"{"version":"1","format":"fs","id":"d","fs":{"version":"2"}}"#)
        #expect(format.layout == .files(version: "2"))
        #expect(throws: ForeignDriveError.self) { try format.verifySingleDrive() }
    }

    @Test func `anything else is refused`() {
        let texts = [
            "", "{}", format("xl2"), format(version: "2"), format(sets: "[]"), format(sets: "[[]]"), format(sets: "{}"),
            #"{"version":"2","format":"fs"}"#, format() + "x",
        ]
        for text in texts { #expect(throws: ForeignDriveError.self) { try read(text) } }
    }
}

@Suite struct MinIOBucketSettingsTests {
    /// The content of a `.metadata.bin`.
    static func settings(name: String = "bucket", created: Int64 = 1_700_000_000) -> [UInt8] {
        [1, 0, 1, 0]
            + MessagePackWriter.write { writer in
                writer.map(9)
                writer.text("Name")
                writer.text(name)
                writer.text("Created")
                writer.time(seconds: created, nanoseconds: created < 0 ? 0 : 5)
                writer.text("LockEnabled")
                writer.boolean(false)
                let documents = [
                    ("PolicyConfigJSON", "{}"), ("VersioningConfigXML", "<V/>"), ("ObjectLockConfigXML", ""),
                    ("QuotaConfigJSON", #"{"quota":1000,"quotatype":"hard"}"#), ("BucketTargetsConfigJSON", "secret"),
                ]
                for (name, document) in documents {
                    writer.text(name)
                    writer.binary(Array(document.utf8))
                }
                writer.text("PolicyConfigUpdatedAt")
                writer.time(seconds: -62_135_596_800, nanoseconds: 0)
            }
    }

    @Test func `settings are read`() throws {
        let settings = try MinIOBucketSettings(Self.settings())
        #expect(settings.name == "bucket" && settings.created == ForeignTime(seconds: 1_700_000_000, nanoseconds: 5))
        #expect(settings.policy == Array("{}".utf8) && settings.versioning == Array("<V/>".utf8))
        #expect(settings.quota == .bytes(1_000) && settings.hasReplication && !settings.impliesVersioning)
        #expect(settings.lifecycle.isEmpty && settings.unknownNames.isEmpty)
    }

    @Test func `a time that is not set is none`() throws {
        #expect(try MinIOBucketSettings(Self.settings(created: -62_135_596_800)).created == nil)
    }

    @Test func `no shorter settings are taken for whole ones`() {
        let bytes = Self.settings()
        for count in bytes.indices {
            #expect(throws: ForeignDriveError.self) { try MinIOBucketSettings(Array(bytes[..<count])) }
        }
        #expect(throws: ForeignDriveError.self) { try MinIOBucketSettings(bytes + [0]) }
        #expect(throws: ForeignDriveError.self) { try MinIOBucketSettings([2, 0, 1, 0, 0x80]) }
    }

    @Test(
        "A quota is read leniently",
        arguments: [
            (#"{"size":7,"quota":0}"#, .bytes(7)), (#"{"quota":0}"#, nil), ("{}", nil), ("x", .unreadable),
            (#"{"quota":-1}"#, .unreadable), ("", nil),
        ] as [(String, MinIOBucketSettings.Quota?)]
    )
    func quota(_ json: String, _ quota: MinIOBucketSettings.Quota?) throws {
        let bytes = MessagePackWriter.write { writer in
            writer.map(2)
            writer.text("QuotaConfigJSON")
            writer.binary(Array(json.utf8))
            writer.text("BrandNewXML")
            writer.binary([1])
        }
        let settings = try MinIOBucketSettings([1, 0, 1, 0] + bytes)
        #expect(settings.quota == quota && settings.unknownNames == ["BrandNewXML"])
    }
}
