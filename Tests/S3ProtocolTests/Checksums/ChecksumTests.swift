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

    @Test(
        "Other names are no algorithm",
        arguments: ["", "CRC", "CRC32 ", "CRC33", "SHA384", "crc32\u{301}", "XXHASH32"]
    )
    func otherNames(_ name: String) {
        #expect(ChecksumAlgorithm(name: name) == nil)
        #expect(ChecksumAlgorithm(headerName: "x-amz-checksum-" + name) == nil)
        #expect(ChecksumAlgorithm(headerName: name) == nil)
    }

    @Test("A header is spelt in lower case")
    func headerName() {
        #expect(ChecksumAlgorithm.crc64nvme.headerName == "x-amz-checksum-crc64nvme")
        #expect(ChecksumAlgorithm.allCases.map(\.digestLength) == [4, 4, 8, 16, 20, 32, 64, 16, 8, 8])
        #expect(ChecksumAlgorithm.xxhash3.elementName == "ChecksumXXHASH3")
    }

    @Test("The names stand in the order of S3's lists")
    func order() {
        #expect(
            ChecksumAlgorithm.allCases.map(\.rawValue) == [
                "CRC32", "CRC32C", "CRC64NVME", "MD5", "SHA1", "SHA256", "SHA512", "XXHASH128", "XXHASH3", "XXHASH64",
            ]
        )
    }

    @Test("An upload in parts has the types that S3 allows, a composite one by default but for CRC64NVME")
    func multipartTypes() {
        for algorithm in ChecksumAlgorithm.allCases {
            let types = algorithm.multipartTypes
            #expect(types.contains(algorithm.defaultMultipartType))
            #expect(types.contains(.composite) == (algorithm != .crc64nvme))
            #expect(types.contains(.fullObject) == [.crc32, .crc32c, .crc64nvme].contains(algorithm))
            #expect(algorithm.defaultMultipartType == (algorithm == .crc64nvme ? .fullObject : .composite))
        }
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

    @Test("Bytes may come after the value was asked for", arguments: ChecksumAlgorithm.allCases)
    func goingOn(_ algorithm: ChecksumAlgorithm) {
        var numbers = SeededNumbers(seed: 5)
        let bytes = numbers.bytes(3000)
        var checksummer = Checksummer(algorithm)
        for start in stride(from: 0, to: bytes.count, by: 300) {
            #expect(checksummer.finalize() == Checksummer.checksum(of: Array(bytes[..<start]), algorithm))
            bytes[start..<start + 300].withUnsafeBytes { checksummer.update($0) }
        }
        checksummer.update(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(checksummer.finalize() == Checksummer.checksum(of: bytes, algorithm))
    }

    @Test("Copies in many tasks go on alone", arguments: ChecksumAlgorithm.allCases)
    func copiesInTasks(_ algorithm: ChecksumAlgorithm) async {
        var start = Checksummer(algorithm)
        Array("test ".utf8).withUnsafeBytes { start.update($0) }
        let shared = start
        let expected = Checksummer.checksum(of: Array("test data".utf8), algorithm)
        await withTaskGroup(of: Checksum.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var own = shared
                    Array("data".utf8).withUnsafeBytes { own.update($0) }
                    return own.finalize()
                }
            }
            for await checksum in group { #expect(checksum == expected) }
        }
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
