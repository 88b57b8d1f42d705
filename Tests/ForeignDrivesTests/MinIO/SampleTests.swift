@testable import ForeignDrives
import S3Protocol
import Testing

/// MinIO's own files, each value of their README.
@Suite("Samples of MinIO", .enabled(if: Samples.arePresent, "shared/data/minio is not there")) struct SampleTests {
    private func object(_ meta: XLMeta, _ index: Int = 0) throws -> XLObject {
        guard case .object(let object) = meta.versions[index].content else { throw MissingObject() }
        return object
    }

    private struct MissingObject: Error {}

    private func md5(_ bytes: [UInt8]) -> String { Hex.encode(Insecure.MD5.hash(data: bytes)) }

    private func values(_ attributes: [ForeignAttribute]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: attributes.map { ($0.name, $0.text ?? "not UTF-8") })
    }

    @Test func `format 1.0 has one object and nothing else`() throws {
        let meta = try XLMeta(Samples.read("xl.meta"))
        let object = try object(meta)
        #expect(meta.minor == 0 && meta.checksum == nil && meta.headerVersion == nil && meta.metaVersion == nil)
        #expect(meta.versions.count == 1)
        #expect(try meta.inline.get().values.isEmpty)
        #expect(meta.versions[0].id == .zero && meta.versions[0].writtenBy == nil && !meta.versions[0].isFree)
        #expect(object.id.versionName == "null")
        #expect(object.dataFolder == "70869277-e3b9-41e9-a6c8-0c193adb5f9a")
        #expect(
            object.erasure
                == XLObject.Erasure(
                    algorithm: 1,
                    data: 2,
                    parity: 2,
                    blockSize: 10_485_760,
                    index: 3,
                    distribution: [3, 4, 1, 2]
                )
        )
        #expect(object.protection == .blockHashes)
        #expect(object.parts == [XLObject.Part(number: 1, etag: nil, size: 6_482, actualSize: 6_482)])
        #expect(object.size == 6_482)
        #expect(object.modified.nanosecondsSince1970 == 1_610_300_046_404_396_813)
        #expect(object.systemMetadata.isEmpty)
        #expect(
            values(object.userMetadata) == [
                "etag": "eb460a70e9e7eb0f36b2e28512318bb0", "content-type": "application/json",
            ]
        )
    }

    @Test(.enabled(if: Samples.canUnpack, "the command zstd is not there"))
    func `format 1.2 with 855 versions is sorted newest first`() throws {
        let bytes = Samples.unpack("xl.meta-v1.2.zst")
        #expect(bytes.count == 283_036)
        #expect(md5(bytes) == "f8ca895830136fd7f76feeb535883234")
        let meta = try XLMeta(bytes)
        #expect(meta.minor == 2 && meta.checksum == 0xD150_159D && meta.headerVersion == nil)
        #expect(try meta.inline.get().values.isEmpty)
        let objects = try meta.versions.indices.map { try object(meta, $0) }
        #expect(objects.count == 855)
        #expect(Set(objects.map(\.id)).count == 855 && Set(objects.map(\.modified)).count == 855)
        #expect(Set(objects.map(\.dataFolder)).count == 855)
        #expect(objects.map(\.size).reduce(0, +) == 218_880)
        #expect(Set(objects.map { values($0.userMetadata)["etag"] }).count == 855)
        let order: [(XLObject, String, Int64, String)] = [
            (
                objects[854], "7ce92ef0-77fb-45df-bf1e-23ec6f05605c", 1_635_510_292_564_341_500,
                "420ac2c02ff18449fe851fe567153f46"
            ),
            (
                objects[853], "427acb44-a000-49cf-a694-004b4c77333a", 1_635_510_292_572_044_900,
                "839ea91c59a66ad4ff888237b42deb19"
            ),
            (
                objects[0], "dbaf9ae8-dae0-40a6-80f2-1c39e807382c", 1_635_510_344_746_799_000,
                "beeb220fa9de6166bd1ff723f5b1f19f"
            ),
        ]
        for (object, id, modified, etag) in order {
            #expect(object.id.text == id && object.modified.nanosecondsSince1970 == modified)
            #expect(values(object.userMetadata)["etag"] == etag)
        }
        #expect(zip(objects, objects.dropFirst()).allSatisfy { $0.modified > $1.modified })
        for object in objects {
            #expect(
                object.erasure
                    == XLObject.Erasure(
                        algorithm: 1,
                        data: 4,
                        parity: 4,
                        blockSize: 1_048_576,
                        index: 7,
                        distribution: [7, 8, 1, 2, 3, 4, 5, 6]
                    )
            )
            #expect(object.parts == [XLObject.Part(number: 1, etag: nil, size: 256, actualSize: 256)])
            #expect(values(object.systemMetadata) == ["x-minio-internal-inline-data": "true"])
            #expect(values(object.userMetadata)["content-type"] == "application/octet-stream")
            #expect(object.userMetadata.count == 2)
        }
        #expect(meta.versions.allSatisfy { $0.writtenBy == nil })
    }

    private static let drives: [(name: Int, index: Int64, checksum: UInt32, digest: String)] = [
        (1, 4, 0xF661_890A, "9dbc59aa"), (2, 5, 0x6508_3030, "562bfd99"), (3, 6, 0xE8EA_D7B6, "c48f73e1"),
        (4, 7, 0x73E7_A63E, "81f26fd1"), (5, 8, 0x2DFA_5E20, "27b6dd8e"), (6, 9, 0x132D_0816, "fd035234"),
        (7, 10, 0xA24A_4522, "48050947"), (8, 1, 0xC863_218B, "fa431ca6"), (9, 2, 0x7EB7_FBCB, "d5f3b990"),
        (10, 3, 0xF8F9_7B7E, "e018ef66"),
    ]

    @Test("The same object is told alike in formats 1.2 and 1.3", arguments: drives)
    func consistent(_ sample: (name: Int, index: Int64, checksum: UInt32, digest: String)) throws {
        let bytes = Samples.read("xl-meta-consist/\(sample.name)/xl.meta")
        #expect(Hex.encode(SHA256.hash(data: bytes)).hasPrefix(sample.digest))
        let meta = try XLMeta(bytes)
        let object = try object(meta)
        #expect(meta.checksum == sample.checksum && meta.versions.count == 1)
        #expect(meta.minor == (sample.name == 5 ? 3 : 2))
        #expect(try meta.inline.get().values.isEmpty)
        #expect(object.id.isZero && object.dataFolder == "d44ce3b0-ea38-45d2-9f88-94d91253e936")
        #expect(
            object.erasure
                == XLObject.Erasure(
                    algorithm: 1,
                    data: 6,
                    parity: 4,
                    blockSize: 1_048_576,
                    index: sample.index,
                    distribution: [4, 5, 6, 7, 8, 9, 10, 1, 2, 3]
                )
        )
        #expect(object.parts == [XLObject.Part(number: 1, etag: nil, size: 141_250, actualSize: 141_250)])
        #expect(object.size == 141_250 && object.modified.nanosecondsSince1970 == 1_639_124_576_410_705_609)
        #expect(values(object.systemMetadata) == ["X-Minio-Internal-actual-size": "141250"])
        #expect(
            values(object.userMetadata) == [
                "etag": "51fe09d68bacc8c5a68ad24e4c037777-1", "content-type": "application/octet-stream",
            ]
        )
        let metadata = MinIOMetadata(system: object.systemMetadata, user: object.userMetadata)
        #expect(metadata.etag == .multipart("51fe09d68bacc8c5a68ad24e4c037777-1", parts: 1))
        #expect(metadata.headers == ["content-type": "application/octet-stream"])
        #expect(metadata.actualSize == 141_250 && metadata.losses.isEmpty)
    }

    @Test func `the header of format 1.3 has its five fields`() throws {
        let meta = try XLMeta(Samples.read("xl-meta-consist/5/xl.meta"))
        let header = try #require(meta.versions[0].header)
        #expect(meta.headerVersion == 2 && meta.metaVersion == 1)
        #expect(header.id.isZero && header.modified.nanosecondsSince1970 == 1_639_124_576_410_705_609)
        #expect(header.signature == 0x12AB_49E5 && header.kind == 1 && header.shards == nil)
        #expect(header.flags == .usesDataFolder)
    }

    private static let inlineFolder = "xl-meta-inline-notinline/"
    private static let etag = "fffb6377948ebea75ad2b8058e849ef5"

    private func shardedObject(_ name: String, checksum: UInt32, index: Int64) throws -> XLMeta {
        let meta = try XLMeta(Samples.read(Self.inlineFolder + name))
        let object = try object(meta)
        #expect(meta.minor == 2 && meta.checksum == checksum && meta.versions.count == 1)
        #expect(object.id.isZero && object.dataFolder == "9f6c3be2-463f-4771-a6c7-1204baaa3ff2")
        #expect(
            object.erasure
                == XLObject.Erasure(
                    algorithm: 1,
                    data: 2,
                    parity: 2,
                    blockSize: 1_048_576,
                    index: index,
                    distribution: [2, 3, 4, 1]
                )
        )
        #expect(object.parts == [XLObject.Part(number: 1, etag: nil, size: 132_096, actualSize: 132_096)])
        #expect(object.size == 132_096 && object.modified.nanosecondsSince1970 == 1_652_961_658_145_679_000)
        #expect(values(object.systemMetadata) == ["x-minio-internal-inline-data": "true"])
        #expect(
            values(object.userMetadata) == ["etag": Self.etag, "content-type": "application/octet-stream"]
        )
        return meta
    }

    @Test func `two shards, one inline and one in a file, are the object`() throws {
        let inlineMeta = try shardedObject("disk1/testbucket/file/xl.meta", checksum: 0x750C_5231, index: 2)
        let fileMeta = try shardedObject("disk2/testbucket/file/xl.meta", checksum: 0x37A3_EF3B, index: 3)
        let values = try inlineMeta.inline.get().values
        #expect(Array(values.keys) == ["null"])
        #expect(try fileMeta.inline.get().values.isEmpty)
        let file = Samples.read(
            Self.inlineFolder + "disk2/testbucket/file/9f6c3be2-463f-4771-a6c7-1204baaa3ff2/part.1"
        )
        let inline = try #require(values["null"])
        #expect(inline.count == 66_080 && file.count == 66_080)
        let second = try BitrotFrame.content(of: inline, size: 66_048, blockSize: 524_288)
        let parity = try BitrotFrame.content(of: file[...], size: 66_048, blockSize: 524_288)
        #expect(md5(second) == "a2d94ba423a786b1250928cdfefa2dd8")
        #expect(md5(parity) == "859f3c4c3c37a5a6bde09e54175f5ad6")
        // The first parity is 3·D1 + 2·D2 over GF(256), so that D1 = (P + 2·D2) / 3.
        let first = zip(parity, second).map { Self.third[Int($0 ^ Self.doubled($1))] }
        #expect(md5(first + second) == Self.etag)
    }

    private static func doubled(_ byte: UInt8) -> UInt8 { byte << 1 ^ (byte & 0x80 == 0 ? 0 : 0x1D) }

    /// A third of each byte over GF(256).
    private static let third: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for byte in UInt8.min...UInt8.max { table[Int(doubled(byte) ^ byte)] = byte }
        return table
    }()

    @Test(
        "An object of several drives is refused on one of them",
        arguments: ["xl.meta", "xl-meta-consist/1/xl.meta", "xl-meta-inline-notinline/disk1/testbucket/file/xl.meta"]
    )
    func refused(_ name: String) throws {
        let drive = MemoryDrive()
        drive.write("bucket/key/xl.meta", Samples.read(name))
        let (objects, survey) = try MinIODrive(drive).everything(in: "bucket")
        let object = try #require(objects["key"])
        #expect(object.versions.map(\.verdict.refusal?.code) == [.erasureCoded])
        #expect(object.isLatestMissing && survey.refused == 1 && survey.importable == 0)
    }

    @Test(
        "No shorter file is taken for a whole one",
        arguments: ["xl.meta", "xl-meta-consist/1/xl.meta", "xl-meta-consist/5/xl.meta"]
    )
    func truncated(_ name: String) {
        let bytes = Samples.read(name)
        for count in bytes.indices {
            #expect(throws: ForeignDriveError.self) { try XLMeta(Array(bytes[..<count])) }
        }
    }

    @Test func `inline data that is cut short is never handed out`() throws {
        let bytes = Samples.read(Self.inlineFolder + "disk1/testbucket/file/xl.meta")
        for count in Array(0..<500) + Array(stride(from: 500, to: bytes.count, by: 997)) + [bytes.count - 1] {
            guard let meta = try? XLMeta(Array(bytes[..<count])) else { continue }
            // Without any byte of the section there is no sign that it was there.
            if count == 362 {
                #expect(try meta.inline.get().values.isEmpty)
            } else {
                #expect(throws: ForeignDriveError.self) { try meta.inline.get() }
            }
        }
    }

    @Test func `a change of any byte under the checksum refuses the file`() {
        for name in ["xl-meta-consist/1/xl.meta", "xl-meta-consist/5/xl.meta"] {
            let bytes = Samples.read(name)
            for place in bytes.indices {
                var damaged = bytes
                damaged[place] ^= 1
                // Only a change of the format's number may leave something that reads as another format.
                if (4..<8).contains(place) { continue }
                #expect(throws: ForeignDriveError.self) { try XLMeta(damaged) }
            }
        }
    }
}
