import S3Protocol

/// Random names that are never used twice.
enum Nonce {
    /// 128 random bits as 32 hexadecimal digits.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bits = (generator.next(), generator.next())
        return withUnsafeBytes(of: bits) { Hex.encode($0) }
    }
}
