import S3Protocol
import Testing

@Suite struct CompleteMultipartUploadClaimsTests {
    typealias Sample = UploadSample

    static func claims(_ headers: [(String, String)]) throws -> CompleteMultipartUploadClaims {
        try CompleteMultipartUploadClaims(HeaderList(headers))
    }

    @Test func `everything that is declared is read`() throws {
        let claims = try Self.claims([
            ("Content-MD5", "of the body, not read here"), ("X-Amz-Checksum-CRC32", " NRU+Sw==-3 "),
            ("x-amz-checksum-type", "COMPOSITE"), ("x-amz-mp-object-size", "12"),
        ])
        #expect(claims.checksum == ObjectChecksum(Sample.crc32, type: .composite, partCount: 3))
        #expect(claims.type == .composite && claims.objectSize == 12)
        let none = try Self.claims([("x-amz-checksum-algorithm", "CRC32"), ("x-amz-meta-a", "b")])
        #expect(none.checksum == nil && none.type == nil && none.objectSize == nil)
    }

    @Test(arguments: [
        ("x-amz-mp-object-size", "-1", "Value for x-amz-mp-object-size header is less than zero: '-1'"),
        ("x-amz-mp-object-size", "x", "Value for x-amz-mp-object-size header is invalid: 'x'"),
        ("x-amz-mp-object-size", "", "Value for x-amz-mp-object-size header is invalid: ''"),
        ("x-amz-checksum-type", "FULL", "Value for x-amz-checksum-type header is invalid."),
        ("x-amz-checksum-crc32", "NRU+Sw", "Value for x-amz-checksum-crc32 header is invalid."),
        ("x-amz-checksum-crc32", "NRU+Sw==-0", "Value for x-amz-checksum-crc32 header is invalid."),
        (
            "x-amz-checksum-crc16", "NRU+Sw==",
            "The algorithm type you specified in x-amz-checksum- header is invalid."
        ),
    ])
    func `what cannot be read is refused`(name: String, value: String, message: String) {
        let error = #expect(throws: S3Error.self) { try Self.claims([(name, value)]) }
        #expect(error?.code == "InvalidRequest")
        #expect(error?.message == message)
    }

    @Test func `two checksums are refused`() {
        let error = #expect(throws: S3Error.self) {
            try Self.claims([("x-amz-checksum-crc32", "NRU+Sw==-2"), ("x-amz-checksum-crc32c", "NRU+Sw==-2")])
        }
        #expect(
            error?.message == "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        )
    }

    @Test(arguments: [
        ([("algorithm", "CRC32")], "COMPOSITE", nil), ([("algorithm", "CRC32")], "FULL_OBJECT", "COMPOSITE"),
        ([("algorithm", "CRC64NVME")], "COMPOSITE", "FULL_OBJECT"), ([("algorithm", "CRC64NVME")], "FULL_OBJECT", nil),
        ([], "FULL_OBJECT", "null"), ([], "COMPOSITE", "null"),
    ])
    func `the type is that of the upload`(choice: [(String, String)], type: String, mode: String?) throws {
        let claims = try Self.claims([("x-amz-checksum-type", type)])
        guard let mode else { return try claims.check(Sample.choice(choice)) }
        let error = #expect(throws: S3Error.self) { try claims.check(Sample.choice(choice)) }
        #expect(
            error?.message == """
                The upload was created using the \(mode) checksum mode. The complete request must use the same \
                checksum mode.
                """
        )
    }

    @Test(arguments: [
        ([("algorithm", "CRC32")], "x-amz-checksum-crc32", "ok"),
        ([("algorithm", "CRC32")], "x-amz-checksum-crc32c", "BadDigest"),
        ([], "x-amz-checksum-crc32", "InvalidRequest"),
    ])
    func `the algorithm is that of the upload`(choice: [(String, String)], header: String, code: String) throws {
        let claims = try Self.claims([(header, "NRU+Sw==")])
        #expect(Sample.code { try claims.check(Sample.choice(choice)) } == code)
    }

    @Test(
        arguments: [
            ("NRU+Sw==", .composite, "ok"), ("NRU+Sw==-3", .composite, "ok"), ("NRU+Sw==-2", .composite, "BadDigest"),
            ("TBHN8A==-3", .composite, "BadDigest"), ("NRU+Sw==", .fullObject, "ok"),
            ("NRU+Sw==-3", .fullObject, "BadDigest"), ("TBHN8A==", .fullObject, "BadDigest"),
        ] as [(String, ChecksumType, String)]
    )
    func `the declared checksum is held against the computed one`(
        value: String,
        type: ChecksumType,
        code: String
    )
        throws
    {
        let claims = try Self.claims([("x-amz-checksum-crc32", value)])
        let computed = ObjectChecksum(Sample.crc32, type: type, partCount: 3)
        #expect(Sample.code { try claims.check(computed: computed) } == code)
    }

    @Test func `a checksum that differs is named in lower case`() throws {
        let claims = try Self.claims([("x-amz-checksum-crc32", "TBHN8A==")])
        let error = #expect(throws: S3Error.self) { try claims.check(computed: ObjectChecksum(Sample.crc32)) }
        #expect(error?.message == "The crc32 you specified did not match the calculated checksum.")
    }
}
