import S3Protocol
import Testing

@Suite struct MultipartChecksumChoiceTests {
    typealias Sample = UploadSample

    @Test func `without headers the server chooses`() throws {
        let choice = try Sample.choice([])
        #expect(choice == .automatic && choice.algorithm == nil)
        #expect(choice.computed == .crc64nvme && choice.type == .fullObject && choice.headers.isEmpty)
    }

    @Test(
        arguments: [
            ("CRC32", nil, .crc32, .composite), ("crc32c", nil, .crc32c, .composite),
            ("CRC64NVME", nil, .crc64nvme, .fullObject), ("SHA1", nil, .sha1, .composite),
            ("SHA256", "COMPOSITE", .sha256, .composite), ("CRC32", "FULL_OBJECT", .crc32, .fullObject),
            ("CRC32C", " COMPOSITE ", .crc32c, .composite), ("CRC64NVME", "FULL_OBJECT", .crc64nvme, .fullObject),
            ("XXHASH128", nil, .xxhash128, .composite), ("MD5", "COMPOSITE", .md5, .composite),
        ] as [(String, String?, ChecksumAlgorithm, ChecksumType)]
    )
    func `each algorithm has its default and its types`(
        algorithm: String,
        type: String?,
        chosen: ChecksumAlgorithm,
        chosenType: ChecksumType
    ) throws {
        let choice = try Sample.choice([("algorithm", algorithm)] + (type.map { [("type", $0)] } ?? []))
        #expect(choice.algorithm == chosen && choice.computed == chosen && choice.type == chosenType)
        #expect(choice.headers.map(\.name) == ["x-amz-checksum-algorithm", "x-amz-checksum-type"])
        #expect(choice.headers.map(\.value) == [chosen.rawValue, chosenType.rawValue])
    }

    @Test(arguments: [
        (
            [("algorithm", "CRC64NVME"), ("type", "COMPOSITE")],
            "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm."
        ),
        (
            [("algorithm", "SHA256"), ("type", "FULL_OBJECT")],
            "The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm."
        ),
        (
            [("type", "COMPOSITE")],
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
        ),
        ([("algorithm", "CRC32"), ("type", "composite")], "Value for x-amz-checksum-type header is invalid."),
        (
            [("algorithm", "CRC16")],
            """
            Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, \
            CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]
            """
        ),
    ])
    func `what does not go together is refused`(headers: [(String, String)], message: String) {
        let error = #expect(throws: S3Error.self) { try Sample.choice(headers) }
        #expect(error?.code == "InvalidRequest")
        #expect(error?.message == message)
    }

    @Test func `a part has the upload's algorithm or none`() throws {
        let choice = try Sample.choice([("algorithm", "SHA256")])
        try choice.check(part: nil)
        try choice.check(part: .sha256)
        try MultipartChecksumChoice.automatic.check(part: .crc32)
        let error = #expect(throws: S3Error.self) { try choice.check(part: .crc32) }
        #expect(
            error?.message == """
                Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32
                """
        )
    }
}
