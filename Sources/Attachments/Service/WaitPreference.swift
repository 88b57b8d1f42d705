import S3Protocol

/// The `wait` preference of a request (RFC 7240 section 4.3): how long a client would wait for a final answer.
package enum WaitPreference {
    /// The seconds of the first `wait` in these `Prefer` headers; nil when there is none that can be read.
    package static func seconds(inHeaders headers: [String]) -> Int64? {
        for preference in headers.joined(separator: ",").split(separator: ",") {
            let text = ByteText.lowercasedASCII(ByteText.trimmed(preference.prefix { $0 != ";" }))
            let halves = text.split(separator: "=", maxSplits: 1).map { ByteText.trimmed($0) }
            guard halves.count == 2, ByteText.equal(halves[0], "wait") else { continue }
            let digits = halves[1].utf8
            guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int64(halves[1])
        }
        return nil
    }
}
