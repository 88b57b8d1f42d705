@testable import ForeignDrives
import Testing

@Suite struct XLMetaTests {
    private static let allLayouts: [(minor: Int, header: Int64)] = [(0, 1), (1, 1), (2, 1), (3, 1), (3, 2), (3, 3)]

    /// An object with inline data, an older delete marker, and a still older object of two parts.
    private func file(_ layout: (minor: Int, header: Int64)) -> XLFile {
        let small = XLRecord(id: uuid(3), modified: 3_000, flags: 6, parts: [(1, 5)], user: [("etag", "x")])
        let large = XLRecord(
            id: uuid(1),
            modified: 1_000,
            parts: [(1, 7), (4, 9)],
            system: [("x-minio-internal-a", "b")]
        )
        return XLFile(
            minor: layout.minor,
            headerVersion: layout.header,
            versions: [small, .deleteMarker(uuid(2), modified: 2_000), large],
            inline: layout.minor == 0 ? nil : [(uuid(3).text, framed(pattern(5)))]
        )
    }

    @Test("All formats and header versions are read", arguments: allLayouts)
    func layouts(_ layout: (minor: Int, header: Int64)) throws {
        let meta = try XLMeta(file(layout).bytes)
        #expect(meta.minor == layout.minor)
        #expect(meta.headerVersion == (layout.minor == 3 ? UInt64(layout.header) : nil))
        #expect(meta.versions.map(\.id) == [uuid(3), uuid(2), uuid(1)])
        #expect(meta.versions.map { $0.modified?.nanosecondsSince1970 } == [3_000, 2_000, 1_000])
        #expect(meta.versions.allSatisfy { $0.writtenBy == 1_740_000_000 && !$0.isFree })
        #expect((meta.versions[0].header == nil) == (layout.minor < 3))
        #expect(meta.versions[0].header?.shards?.data == (layout.header == 3 && layout.minor == 3 ? 1 : nil))
        guard case .object(let large) = meta.versions[2].content else {
            Issue.record("no object")
            return
        }
        #expect(large.parts.map(\.number) == [1, 4] && large.parts.map(\.size) == [7, 9] && large.size == 16)
        #expect(large.systemMetadata == [ForeignAttribute("x-minio-internal-a", Array("b".utf8))])
        let inline = try meta.inline.get().values
        #expect(inline.mapValues(Array.init) == (layout.minor == 0 ? [:] : [uuid(3).text: framed(pattern(5))]))
    }

    @Test("Versions are sorted newest first whatever their order in the file", arguments: allLayouts)
    func order(_ layout: (minor: Int, header: Int64)) throws {
        var file = file(layout)
        file.versions.reverse()
        #expect(try XLMeta(file.bytes).versions.map(\.id) == [uuid(3), uuid(2), uuid(1)])
    }

    @Test func `equal times are ordered by kind, then by id`() throws {
        let versions = [
            XLRecord.deleteMarker(uuid(9), modified: 5), XLRecord(id: uuid(1), modified: 5),
            XLRecord(id: uuid(2), modified: 5),
        ]
        for minor in [1, 3] {
            let meta = try XLMeta(XLFile(minor: minor, versions: versions).bytes)
            #expect(meta.versions.map(\.id) == [uuid(2), uuid(1), uuid(9)])
        }
    }

    @Test("No shorter file is taken for a whole one", arguments: allLayouts)
    func truncated(_ layout: (minor: Int, header: Int64)) throws {
        let file = file(layout)
        let bytes = file.bytes
        let inlineStart = bytes.count - file.inlineSection.count
        for count in bytes.indices {
            guard let meta = try? XLMeta(Array(bytes[..<count])) else { continue }
            #expect(count >= inlineStart)
            if count > inlineStart { #expect(throws: ForeignDriveError.self) { try meta.inline.get() } }
        }
    }

    @Test(
        "No shorter content with a right checksum is taken for a whole one",
        arguments: allLayouts.filter { $0.minor > 0 }
    )
    func truncatedContent(_ layout: (minor: Int, header: Int64)) {
        let payload = file(layout).payload
        for count in payload.indices {
            let bytes = XLFile.head(UInt8(layout.minor)) + XLFile.wrapped(Array(payload[..<count]), minor: layout.minor)
            #expect(throws: ForeignDriveError.self) { try XLMeta(bytes) }
        }
    }

    @Test("No change of one byte makes the reader trap or read beyond", arguments: allLayouts)
    func changed(_ layout: (minor: Int, header: Int64)) {
        let payload = file(layout).payload
        for place in payload.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var damaged = payload
                damaged[place] ^= change
                let wrapped = layout.minor == 0 ? damaged : XLFile.wrapped(damaged, minor: layout.minor)
                guard let meta = try? XLMeta(XLFile.head(UInt8(layout.minor)) + wrapped) else { continue }
                let reader = MinIOVersionReader(meta: meta, folder: .root, dataFolders: [:])
                #expect(reader.versions().count <= 4)
            }
        }
    }

    @Test("A wrong checksum refuses the file", arguments: [(2, 1), (3, 3)] as [(Int, Int64)])
    func checksum(_ layout: (Int, Int64)) {
        var bytes = file((layout.0, layout.1)).bytes
        bytes[20] ^= 1
        let refusal = #expect(throws: ForeignDriveError.self) { try XLMeta(bytes) }
        #expect(refusal?.code == .checksumMismatch)
    }

    @Test(
        "Unknown formats are refused",
        arguments: [
            [1, 0, 4, 0], [2, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1], [0x31, 0x20, 0x20, 0x21], [0x32, 0x20, 0x20, 0x20],
        ] as [[UInt8]]
    )
    func unknown(_ version: [UInt8]) {
        let bytes = Array("XL2 ".utf8) + version + file((0, 1)).payload
        let refusal = #expect(throws: ForeignDriveError.self) { try XLMeta(bytes) }
        #expect(refusal?.code == .unsupportedFormat)
    }

    @Test(
        "Newer header and body versions are refused",
        arguments: [(0, 1), (4, 3), (3, 4), (3, 0)] as [(Int64, Int64)]
    )
    func newer(_ versions: (header: Int64, body: Int64)) {
        let file = XLFile(headerVersion: versions.header, metaVersion: versions.body, versions: [])
        let refusal = #expect(throws: ForeignDriveError.self) { try XLMeta(file.bytes) }
        #expect(refusal?.code == .unsupportedFormat)
    }

    @Test("A hostile number of versions is refused", arguments: [-1, 1, 1 << 40, .max] as [Int64])
    func hostileCount(_ count: Int64) {
        let payload = MessagePackWriter.write { writer in
            for value in [3, 3, count] { writer.integer(value) }
        }
        #expect(throws: ForeignDriveError.self) {
            try XLMeta(XLFile.head(3) + XLFile.wrapped(payload, minor: 3))
        }
    }

    @Test("The checksum may be written in any width", arguments: [0xCE, 0xCF] as [UInt8])
    func checksumWidth(_ head: UInt8) throws {
        let payload = file((2, 1)).payload
        let bytes = MessagePackWriter.write { writer in
            writer.binary(payload)
            writer.wide(head, XXHash64.hash(payload[...]) & 0xFFFF_FFFF, head == 0xCE ? 4 : 8)
        }
        #expect(try XLMeta(XLFile.head(2) + bytes).versions.count == 3)
    }

    @Test func `bytes behind the last version refuse the file`() {
        for minor in [0, 1, 2, 3] {
            let payload = XLFile(minor: minor, versions: []).payload + [0xC0]
            let bytes = minor == 0 ? payload : XLFile.wrapped(payload, minor: minor)
            #expect(throws: ForeignDriveError.self) { try XLMeta(XLFile.head(UInt8(minor)) + bytes) }
        }
    }
}

@Suite struct XLVersionTests {
    private func versions(_ records: [XLRecord]) throws -> [XLVersion] {
        try XLMeta(XLFile(versions: records).bytes).versions
    }

    private func refusal(_ version: XLVersion) -> ForeignDriveError? {
        if case .refused(let error) = version.content { error } else { nil }
    }

    @Test func `one version that cannot be read does not hide the others`() throws {
        var strange = XLRecord(kind: 9, id: uuid(2), modified: 2_000)
        strange.rawBody = MessagePackWriter.write { writer in
            writer.map(1)
            writer.text("Type")
            writer.integer(9)
        }
        let versions = try versions([XLRecord(id: uuid(1), modified: 1_000, parts: [(1, 1)]), strange])
        #expect(versions.map(\.id) == [uuid(2), uuid(1)])
        #expect(refusal(versions[0])?.code == .unsupportedFormat && refusal(versions[1]) == nil)
    }

    @Test func `a version whose time is unknown stands first`() throws {
        let broken = XLRecord(rawBody: [0xC1])
        let versions = try XLMeta(
            XLFile(
                minor: 3,
                headerVersion: 3,
                versions: [XLRecord(parts: []), XLRecord(headerID: nil, rawBody: [0x80])]
            )
            .bytes
        ).versions
        #expect(versions.contains { refusal($0) != nil })
        let list = MessagePackWriter.write { writer in
            writer.map(1)
            writer.text("Versions")
            writer.array(2)
            writer.bytes += XLRecord(id: uuid(1)).body
            writer.map(0)
        }
        let old = try XLMeta(XLFile.head(0) + list).versions
        #expect(old[0].id == nil && old[0].modified == nil && refusal(old[0]) != nil && old[1].id == uuid(1))
        // What is no MessagePack at all hides what follows, so that nothing of the file is believed.
        #expect(throws: ForeignDriveError.self) { try XLMeta(XLFile(minor: 1, versions: [broken]).bytes) }
    }

    @Test func `a header that tells another id than its body refuses the version`() throws {
        let versions = try versions([XLRecord(id: uuid(1), parts: [(1, 1)], headerID: uuid(2))])
        #expect(refusal(versions[0])?.code == .inconsistent && versions[0].id == uuid(2))
    }

    @Test func `free versions are flagged`() throws {
        let byHeader = XLRecord(kind: 2, id: uuid(1), flags: 1)
        let byNote = XLRecord(kind: 2, id: uuid(2), flags: 0, system: [("X-Minio-Internal-free-version", "")])
        #expect(try versions([byHeader, byNote, XLRecord(id: uuid(3))]).map(\.isFree).filter { $0 }.count == 2)
    }

    @Test func `a legacy object is read`() throws {
        let record = XLRecord(
            kind: 3,
            protection: 3,
            parts: [(1, 10), (2, 20)],
            user: [
                ("etag", "e"), ("X-Minio-Internal-actual-size", "30"),
            ]
        )
        let version = try #require(try versions([record]).first)
        guard case .object(let object) = version.content else {
            Issue.record("\(version.content)")
            return
        }
        #expect(object.isLegacy && object.dataFolder == "legacy" && object.id.isZero && object.size == 30)
        #expect(object.parts.map(\.size) == [10, 20] && object.protection == .blockHashes)
        #expect(object.systemMetadata.map(\.name) == ["X-Minio-Internal-actual-size"])
        #expect(object.userMetadata.map(\.name) == ["etag"])
        #expect(object.modified.nanosecondsSince1970 == record.modified)
    }

    @Test func `a distribution may be binary data`() throws {
        var r = MessagePackReader([0xC4, 2, 1, 2])
        #expect(try r.readIntegers() == [1, 2])
        var array = MessagePackReader([0x92, 1, 0xCC, 200])
        #expect(try array.readIntegers() == [1, 200])
    }

    @Test func `two inline values of one name refuse the section`() throws {
        let file = XLFile(versions: [], inline: [("null", [1]), ("null", [2])])
        #expect(throws: ForeignDriveError.self) { try XLMeta(file.bytes).inline.get() }
        var later = XLFile(versions: [], inline: []).bytes
        later[later.count - 2] = 2
        let refusal = #expect(throws: ForeignDriveError.self) { try XLMeta(later).inline.get() }
        #expect(refusal?.code == .unsupportedFormat)
    }

    @Test(
        "Ids are read only as MinIO writes them",
        arguments: [
            "70869277e3b941e9a6c80c193adb5f9a", "70869277-E3B9-41e9-a6c8-0c193adb5f9a",
            "7-0869277e3b9-41e9-a6c8-0c193adb5f9a",
            "70869277-e3b9-41e9-a6c8-0c193adb5f9", "", "null", "legacy",
        ]
    )
    func ids(_ text: String) {
        #expect(ForeignUUID(text: text.utf8) == nil)
        let right = "70869277-e3b9-41e9-a6c8-0c193adb5f9a"
        #expect(ForeignUUID(text: right.utf8)?.text == right)
    }
}
