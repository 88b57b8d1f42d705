@testable import ForeignDrives
import S3Protocol
import Testing

@Suite struct MinIOMetadataTests {
    private func metadata(_ user: [(String, String)], system: [(String, [UInt8])] = []) -> MinIOMetadata {
        MinIOMetadata(
            system: system.map { ForeignAttribute($0.0, $0.1) },
            user: user.map { ForeignAttribute($0.0, Array($0.1.utf8)) }
        )
    }

    private func notes(_ system: [(String, String)]) -> MinIOMetadata {
        metadata([], system: system.map { ($0.0, Array($0.1.utf8)) })
    }

    @Test func `visible metadata goes where it belongs`() {
        let metadata = metadata([
            ("etag", "d41d8cd98f00b204e9800998ecf8427e"), ("content-type", "text/plain"), ("Cache-Control", "no-store"),
            ("X-Amz-Meta-Colour", "red"), ("X-Minio-Meta-Size", "1,2"), ("X-Amz-Tagging", "a=1&b+c=%C3%A9&d"),
            ("x-amz-storage-class", "STANDARD"), ("X-Amz-Object-Lock-Mode", "GOVERNANCE"),
            ("x-amz-object-lock-retain-until-date", "2030-01-01T00:00:00.5Z"), ("x-amz-object-lock-legal-hold", "ON"),
            ("X-Amz-Replication-Status", "COMPLETED"), ("X-Amz-Server-Side-Encryption", "AES256"),
            ("X-Amz-Meta-X-Amz-Unencrypted-Content-Length", "5"), ("content-language", ""),
        ])
        #expect(metadata.etag == .md5("d41d8cd98f00b204e9800998ecf8427e"))
        #expect(metadata.headers == ["content-type": "text/plain", "cache-control": "no-store"])
        #expect(metadata.userMetadata == ["colour": "red", "size": "1,2"])
        #expect(metadata.tags == [ForeignTag("a", "1"), ForeignTag("b c", "é"), ForeignTag("d", "")])
        #expect(metadata.storageClass == nil && metadata.legalHold == true)
        #expect(metadata.retention == ForeignRetention(mode: .governance, until: "2030-01-01T00:00:00.5Z"))
        #expect(metadata.replicationStatus == "COMPLETED" && metadata.losses.isEmpty)
    }

    @Test(
        "What is not understood is named",
        arguments: [
            ("X-Amz-Tagging", "a=%zz", "tags"), ("X-Amz-Tagging", "=b", "tags"), ("X-Amz-Tagging", "a=%FF", "tags"),
            ("x-amz-object-lock-mode", "COMPLIANCE", "lock"), ("x-amz-object-lock-legal-hold", "maybe", "lock"),
            ("something", "else", "metadata"), ("X-Amz-Meta-", "x", "metadata"),
            ("X-Amz-Replication-Status", "PENDING", "replication"),
        ]
    )
    func losses(_ name: String, _ value: String, _ subject: String) {
        #expect(metadata([(name, value)]).losses.map(\.subject) == [subject])
    }

    @Test func `two spellings of one name, and values that are no text, are lost by name`() {
        let twice = metadata([("X-Amz-Meta-A", "1"), ("X-Minio-Meta-a", "2")])
        #expect(twice.userMetadata == ["a": "1"] && twice.losses.count == 1)
        let binary = MinIOMetadata(system: [], user: [ForeignAttribute("X-Amz-Meta-A", [0xFF])])
        #expect(binary.userMetadata.isEmpty && binary.losses.map(\.subject) == ["metadata"])
        let conflict = notes([("x-minio-internal-actual-size", "1"), ("X-Minio-Internal-Actual-Size", "2")])
        #expect(conflict.losses.count == 1)
    }

    @Test func `a removed retention is none`() {
        let removed = metadata([("x-amz-object-lock-mode", ""), ("x-amz-object-lock-retain-until-date", "")])
        #expect(removed.retention == nil && removed.losses.isEmpty)
    }

    @Test(
        "Encryption is recognised by any of its notes",
        arguments: [
            (["Sealed-Key", "Iv", "Seal-Algorithm"], .customerKey),
            (["S3-Sealed-Key", "S3-Kms-Sealed-Key"], .serverKey),
            (["Kms-Sealed-Key", "S3-Kms-Sealed-Key", "S3-Kms-Key-Id"], .managedKey), (["Iv"], .unknown),
            (["Seal-Algorithm"], .unknown), (["S3-Kms-Sealed-Key"], .unknown),
        ] as [([String], MinIOEncryption.Kind)]
    )
    func encryption(_ names: [String], _ kind: MinIOEncryption.Kind) {
        let metadata = notes(names.map { ("X-Minio-Internal-Server-Side-Encryption-" + $0, "key") })
        #expect(metadata.encryption?.kind == kind)
        #expect(metadata.encryption?.keyName == (names.contains("S3-Kms-Key-Id") ? "key" : nil))
        #expect(metadata.losses.isEmpty)
    }

    @Test func `a context or a key name alone is no encryption`() {
        #expect(notes([("X-Minio-Internal-Server-Side-Encryption-Context", "x")]).encryption == nil)
        #expect(notes([("X-Minio-Internal-Encrypted-Multipart", "")]).encryption?.kind == .unknown)
    }

    @Test func `tier, compression and pending deletion are told`() {
        let moved = notes([
            ("x-minio-internal-transition-status", "complete"), ("x-minio-internal-transition-tier", "COLD"),
            ("x-minio-internal-transitioned-object", "a/b"), ("x-minio-internal-transitioned-versionID", "v"),
        ])
        #expect(moved.tier?.name == "COLD" && moved.tier?.object == "a/b" && moved.losses.isEmpty)
        #expect(notes([("x-minio-internal-transition-status", "pending")]).tier == nil)
        #expect(notes([("X-Minio-Internal-compression", "klauspost/compress/s2")]).compression != nil)
        #expect(notes([("x-minio-internal-purgestatus", "arn=PENDING;")]).isAwaitingDeletion)
        #expect(notes([("X-Minio-Internal-replication-status", "arn:a=COMPLETED;arn:b=FAILED;")]).losses.count == 1)
        #expect(notes([("X-Minio-Internal-brand-new", "1")]).losses.count == 1)
        #expect(notes([("X-Minio-Internal-actual-size", "x")]).losses.count == 1)
    }

    @Test(
        "An ETag is what it looks like",
        arguments: [
            ("\"D41D8CD98F00B204E9800998ECF8427E\"", .md5("D41D8CD98F00B204E9800998ECF8427E")),
            ("d41d8cd98f00b204e9800998ecf8427e-12", .multipart("d41d8cd98f00b204e9800998ecf8427e-12", parts: 12)),
            ("d41d8cd98f00b204e9800998ecf8427e-0", .opaque("d41d8cd98f00b204e9800998ecf8427e-0")),
            ("d41d8cd98f00b204e9800998ecf8427e00", .opaque("d41d8cd98f00b204e9800998ecf8427e00")),
            ("SHA256-abc=", .opaque("SHA256-abc=")), ("", nil), ("\"\"", nil),
        ] as [(String, ForeignETag?)]
    )
    func etags(_ text: String, _ etag: ForeignETag?) {
        #expect(ForeignETag(text) == etag)
    }
}

@Suite struct MinIOChecksumTests {
    @Test func `records of a whole object and of parts are read in a row`() throws {
        let crc = [UInt8](1...4)
        let bytes =
            [8] + crc + [0x80 | 0x42, 0x01] + [UInt8](repeating: 7, count: 32) + [2]
            + [UInt8](repeating: 1, count: 32) + [UInt8](repeating: 2, count: 32)
        let found = try ForeignChecksum.minioRecords(bytes)
        #expect(found.map(\.algorithm) == [.crc32, .sha256])
        #expect(found[0].scope == .fullObject && found[0].text == Base64.encode(crc))
        #expect(found[1].scope == .composite(parts: 2) && found[1].partDigests.count == 2)
        #expect(found[1].text == Base64.encode([UInt8](repeating: 7, count: 32)) + "-2")
        for count in bytes.indices.dropFirst() where count != 5 {
            #expect(throws: ForeignDriveError.self) { try ForeignChecksum.minioRecords(Array(bytes[..<count])) }
        }
    }

    @Test func `a full-object checksum of a multipart object has no number of parts`() throws {
        let crc64 = try ForeignChecksum.minioRecords([0xC0, 0x02] + [UInt8](repeating: 1, count: 8) + [3])
        #expect(crc64.map(\.scope) == [.fullObject] && crc64.map(\.algorithm) == [.crc64nvme])
        let crc32 = try ForeignChecksum.minioRecords([0xC8, 0x04] + [1, 2, 3, 4] + [3])
        #expect(crc32.map(\.scope) == [.fullObject])
    }

    @Test(
        "What is no checksum is refused",
        arguments: [
            [0], [1], [0x28, 1, 2, 3, 4], [0x0A] + [UInt8](repeating: 0, count: 32),
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02], [UInt8](repeating: 0xFF, count: 30),
            [0x48, 1, 2, 3, 4, 0], [0x48, 1, 2, 3, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        ] as [[UInt8]]
    )
    func malformed(_ bytes: [UInt8]) {
        #expect(throws: ForeignDriveError.self) { try ForeignChecksum.minioRecords(bytes) }
        let metadata = MinIOMetadata(system: [ForeignAttribute("x-minio-internal-crc", bytes)], user: [])
        #expect(metadata.checksums.isEmpty && metadata.losses.map(\.subject) == ["checksums"])
    }
}
