import S3Protocol
import Testing

/// A published value: the base64 that `algorithm` has for the text.
struct ChecksumVector: Sendable, CustomTestStringConvertible {
    let algorithm: ChecksumAlgorithm
    let text: String
    let base64: String

    var testDescription: String { "\(algorithm.rawValue) of \(text.prefix(24))" }

    init(_ algorithm: ChecksumAlgorithm, _ text: String, _ base64: String) {
        self.algorithm = algorithm
        self.text = text
        self.base64 = base64
    }

    static let all: [ChecksumVector] = [
        .init(.crc32, "", "AAAAAA=="),
        .init(.crc32c, "", "AAAAAA=="),
        .init(.crc64nvme, "", "AAAAAAAAAAA="),
        .init(.crc32, "123456789", "y/Q5Jg=="),
        .init(.crc32c, "123456789", "4waSgw=="),
        .init(.crc64nvme, "123456789", "rosUhgp5mIg="),
        .init(.crc32, "hello world", "DUoRhQ=="),
        .init(.crc32, "test data", "0wiusg=="),
        .init(.crc32c, "test data", "M3m0yg=="),
        .init(.crc64nvme, "test data", "rsrzr5yYqFU="),
        .init(.sha1, "test data", "9I3YU4IIYIFsddVND1hNyGMyenw="),
        .init(.sha256, "test data", "kW8AJ6V1B0znKjMXd8NHjWUT94alkb2JLaGld78jNfk="),
        .init(.crc64nvme, "abcdef", "Pact6XRTYyA="),
        .init(.sha1, "", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
        .init(.sha256, "", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        .init(.md5, "", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        .init(.md5, "test data", "63M6AMDJ0zbmVpGjerVCkw=="),
        .init(.xxhash64, "", "70bbN1HY6Zk="),
        .init(.xxhash64, "abc", "RLws9a13CZk="),
        .init(.xxhash64, "Hello world", "xQCwyRKzdtg="),
        .init(.xxhash64, "{}", "LhRytXrylNE="),
        .init(.xxhash3, "", "LQaABTjTlMI="),
        .init(.xxhash3, "Hello world", "tqy52Eo4/3Q="),
        .init(.xxhash3, "{}", "E0nN4SdwXBY="),
        .init(.xxhash128, "", "maoG0wFHmNhgAcMkRo1Jfw=="),
        .init(.xxhash128, "Hello world", "c1H4mBL5c4K5HQWzHgTdfw=="),
        .init(.xxhash128, "{}", "3HBI+Ph0f1YTSc3hJ3BcFg=="),
        .init(
            .sha512,
            "",
            "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
        ),
        .init(
            .sha512,
            "test data",
            "Dh4h7PEF7IU9JNcohnrXBhPCFmOkaTB0sqNhnBvTnWa1iMM3I7tGbHJCToDjymPCSQeKs0e6uUKFAOfuQwWdDQ=="
        ),
    ]
}

/// Numbers that look random and are the same in each run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
