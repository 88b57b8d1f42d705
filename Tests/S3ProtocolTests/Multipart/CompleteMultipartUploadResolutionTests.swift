import S3Protocol
import Testing

@Suite struct CompleteMultipartUploadResolutionTests {
    typealias Sample = UploadSample

    static func resolve(
        _ listed: [String],
        uploaded: [UploadedPart],
        choice: [(String, String)] = [],
        claims: [(String, String)] = []
    ) throws -> [Int] {
        try CompleteMultipartUploadRequestTests.parse(listed.joined()).resolve(
            Dictionary(uniqueKeysWithValues: uploaded.map { ($0.number, $0) }),
            choice: Sample.choice(choice),
            claims: CompleteMultipartUploadClaims(HeaderList(claims))
        ).map(\.number.value)
    }

    static func listed(_ number: Int, _ checksum: String = "") -> String {
        CompleteMultipartUploadRequestTests.part("\(number)", etag: "e\(number)", checksum)
    }

    @Test func `unlisted parts are left out`() throws {
        let uploaded = [Sample.part(1), Sample.part(2), Sample.part(4, size: 1)]
        #expect(try Self.resolve([Self.listed(1), Self.listed(4)], uploaded: uploaded) == [1, 4])
    }

    @Test func `a part that is not there or another is named`() {
        for (etag, number) in [("e2", 2), ("x", 1), ("E1", 1)] {
            let error = #expect(throws: S3Error.self) {
                try Self.resolve(
                    [CompleteMultipartUploadRequestTests.part("\(number)", etag: "\"\(etag)\"")],
                    uploaded: [Sample.part(1)]
                )
            }
            #expect(error?.code == "InvalidPart")
            #expect(
                error?.details == [
                    .init("UploadId", "up-1"), .init("PartNumber", "\(number)"), .init("ETag", etag),
                ]
            )
        }
    }

    static let right = "<ChecksumCRC32>NRU+Sw==</ChecksumCRC32>"
    static let wrong = "<ChecksumCRC32>TBHN8A==</ChecksumCRC32>"
    static let other = "<ChecksumCRC32C>NRU+Sw==</ChecksumCRC32C>"
    static let composite = [("algorithm", "CRC32")]
    static let full = [("algorithm", "CRC32"), ("type", "FULL_OBJECT")]

    @Test(arguments: [
        (right, composite, "ok"), (wrong, composite, "InvalidPart"), (other, composite, "BadDigest"),
        ("", composite, "InvalidRequest"), (right, full, "ok"), (wrong, full, "InvalidPart"),
        (other, full, "BadDigest"), ("", full, "ok"), ("", [], "ok"), (right, [], "ok"), (wrong, [], "InvalidPart"),
        (other, [], "ok"),
    ])
    func `a listed checksum is held against the part's`(element: String, choice: [(String, String)], code: String) {
        let work = {
            _ = try Self.resolve(
                [Self.listed(1, element)],
                uploaded: [Sample.part(1, checksum: Sample.crc32)],
                choice: choice
            )
        }
        #expect(Sample.code(work) == code)
    }

    @Test func `texts name algorithm and part`() {
        let uploaded = [Sample.part(7, checksum: Sample.crc32)]
        let missing = #expect(throws: S3Error.self) {
            try Self.resolve([Self.listed(7)], uploaded: uploaded, choice: Self.composite)
        }
        #expect(
            missing?.message == """
                The upload was created using a crc32 checksum. The complete request must include the checksum for each \
                part. It was missing for part 7 in the request.
                """
        )
        let other = #expect(throws: S3Error.self) {
            try Self.resolve([Self.listed(7, Self.other)], uploaded: uploaded, choice: Self.composite)
        }
        #expect(other?.message == "The crc32c you specified for part 7 did not match what we received.")
    }

    @Test func `sizes are held to the limits and to the header`() {
        let small = [Sample.part(1, size: 4), Sample.part(2, size: 4)]
        let both = [Self.listed(1), Self.listed(2)]
        #expect(Sample.code { _ = try Self.resolve(both, uploaded: small) } == "EntityTooSmall")
        let one = [Self.listed(1)]
        let claim = { (text: String) in [("x-amz-mp-object-size", text)] }
        #expect(Sample.code { _ = try Self.resolve(one, uploaded: small, claims: claim("4")) } == "ok")
        let error = #expect(throws: S3Error.self) { try Self.resolve(one, uploaded: small, claims: claim("5")) }
        #expect(
            error?.message == "The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: 4"
        )
    }
}
