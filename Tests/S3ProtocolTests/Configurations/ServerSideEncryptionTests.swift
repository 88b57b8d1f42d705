import Testing

@testable import S3Protocol

@Suite struct ServerSideEncryptionTests {
    static let name = "x-amz-server-side-encryption"

    static func requested(_ headers: [String: String], isDeclared: Bool = true) throws -> ServerSideEncryption? {
        try ServerSideEncryption.requested(isDeclared: isDeclared, header: ConfigurationText.lookup(headers))
    }

    @Test func `what is declared is taken and echoed`() throws {
        let encryption = try #require(try Self.requested([Self.name: "AES256"]))
        #expect(encryption.field.name == Self.name)
        #expect(encryption.field.value == "AES256")
        #expect(try Self.requested([:], isDeclared: false) == nil)
        #expect(try Self.requested([Self.name + "-bucket-key-enabled": "false"]) == nil)
    }

    @Test func `what is not declared is refused with the way out`() {
        let error = #expect(throws: S3Error.self) { try Self.requested([Self.name: "AES256"], isDeclared: false) }
        #expect(error?.code == "NotImplemented")
        #expect(error?.details == [.init("Header", Self.name)])
        #expect(error?.reason?.contains("encryption.at_rest = declared") == true)
    }

    @Test(arguments: [
        [name: "aws:kms"], [name: "aws:kms:dsse"],
        [name: "AES256", "x-amz-server-side-encryption-aws-kms-key-id": "k"],
        ["x-amz-server-side-encryption-context": "e30="],
        ["x-amz-server-side-encryption-bucket-key-enabled": "true"],
        ["x-amz-server-side-encryption-customer-algorithm": "AES256"],
        ["x-amz-server-side-encryption-customer-key": "k"],
        ["x-amz-server-side-encryption-customer-key-md5": "m"],
        ["x-amz-copy-source-server-side-encryption-customer-algorithm": "AES256"],
        ["x-amz-copy-source-server-side-encryption-customer-key": "k"],
        ["x-amz-copy-source-server-side-encryption-customer-key-md5": "m"],
    ])
    func `keys of clients and of a key service are not done`(headers: [String: String]) {
        for isDeclared in [true, false] {
            let error = #expect(throws: S3Error.self) { try Self.requested(headers, isDeclared: isDeclared) }
            #expect(error?.code == "NotImplemented")
            #expect(error?.reason?.contains("key") == true)
        }
    }

    @Test(arguments: ["aes256", "", "AES128"])
    func `an unknown algorithm is refused, declared or not`(algorithm: String) {
        for isDeclared in [true, false] {
            #expect(throws: S3Error.invalidEncryptionAlgorithm(algorithm)) {
                try Self.requested([Self.name: algorithm], isDeclared: isDeclared)
            }
        }
    }
}
