import S3Protocol
import Testing

@Suite struct ChecksumAlgorithmTests {
    @Test("Names and headers are read in any case", arguments: ChecksumAlgorithm.allCases)
    func names(_ algorithm: ChecksumAlgorithm) {
        #expect(ChecksumAlgorithm(name: algorithm.rawValue.lowercased()) == algorithm)
        #expect(ChecksumAlgorithm(name: algorithm.rawValue) == algorithm)
        #expect(ChecksumAlgorithm(headerName: algorithm.headerName) == algorithm)
        #expect(ChecksumAlgorithm(headerName: algorithm.headerName.uppercased()) == algorithm)
    }

    @Test("Other names are no algorithm", arguments: ["", "CRC", "CRC32 ", "CRC33", "SHA512", "crc32\u{301}", "MD5"])
    func otherNames(_ name: String) {
        #expect(ChecksumAlgorithm(name: name) == nil)
        #expect(ChecksumAlgorithm(headerName: "x-amz-checksum-" + name) == nil)
        #expect(ChecksumAlgorithm(headerName: name) == nil)
    }

    @Test("A header is spelt in lower case")
    func headerName() {
        #expect(ChecksumAlgorithm.crc64nvme.headerName == "x-amz-checksum-crc64nvme")
        #expect(ChecksumAlgorithm.allCases.map(\.digestLength) == [4, 4, 8, 20, 32])
    }
}

@Suite struct ChecksumTests {
    @Test("Published values come out", arguments: ChecksumVector.all)
    func vectors(_ vector: ChecksumVector) throws {
        let checksum = Checksummer.checksum(of: Array(vector.text.utf8), vector.algorithm)
        #expect(checksum.base64 == vector.base64)
        #expect(try Checksum(algorithm: vector.algorithm, headerValue: vector.base64) == checksum)
    }

    @Test("Five million bytes have the values that S3 clients compute")
    func largePart() {
        let part = [UInt8](repeating: UInt8(ascii: "a"), count: 5_242_881)
        #expect(Checksummer.checksum(of: part, .crc32).base64 == "NRU+Sw==")
        #expect(Checksummer.checksum(of: part, .crc32c).base64 == "2/Ckiw==")
        #expect(Checksummer.checksum(of: part, .sha1).base64 == "bH71WIZUKQtUwR2wKSSkFjCRBPM=")
    }

    @Test("Parts in a row have the value of the whole object")
    func wholeOfParts() {
        let part = [UInt8](repeating: UInt8(ascii: "a"), count: 5_242_881)
        let expected: [(ChecksumAlgorithm, String)] = [
            (.crc32, "qSEQSA=="), (.crc32c, "eTdAQA=="), (.crc64nvme, "ZMNX55lZurA="),
        ]
        for (algorithm, base64) in expected {
            var checksummer = Checksummer(algorithm)
            for piece in [part[...], part[...], part.prefix(10)] {
                piece.withUnsafeBytes { checksummer.update($0) }
            }
            #expect(checksummer.finalize().base64 == base64)
        }
    }

    @Test("A copy of a checksummer goes on alone", arguments: ChecksumAlgorithm.allCases)
    func copies(_ algorithm: ChecksumAlgorithm) {
        var one = Checksummer(algorithm)
        Array("test ".utf8).withUnsafeBytes { one.update($0) }
        var other = one
        Array("data".utf8).withUnsafeBytes { one.update($0) }
        Array("case".utf8).withUnsafeBytes { other.update($0) }
        #expect(one.finalize() == Checksummer.checksum(of: Array("test data".utf8), algorithm))
        #expect(other.finalize() == Checksummer.checksum(of: Array("test case".utf8), algorithm))
    }

    @Test(
        "A value that is not padded base64 of the right length is refused",
        arguments: [
            "", "AAAAAA", "AAAAAA=", "AAAAAA===", "AAAAAAA=", "AAAAAAAA", "AAAA", "AAAAAB==", "AAA*AA==", "é=====",
        ]
    )
    func malformed(_ value: String) {
        let refusal = #expect(throws: S3Error.self) { try Checksum(algorithm: .crc32, headerValue: value) }
        #expect(refusal?.code == "InvalidRequest")
        #expect(refusal?.status == 400)
        #expect(refusal?.message == "Value for x-amz-checksum-crc32 header is invalid.")
        #expect(Checksum(algorithm: .crc32, base64: value) == nil)
    }
}
