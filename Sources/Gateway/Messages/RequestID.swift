import S3Protocol
import Synchronization

/// The two names that S3 gives every answer: `x-amz-request-id` and `x-amz-id-2`.
package struct RequestID: Sendable, Hashable {
    /// 16 upper-case characters; unique within any practical window of a log.
    package let text: String
    /// The longer id, Base64 of 48 bytes that hold the first id and the server's random name.
    package let hostID: String

    /// A fresh id.
    ///
    /// The next member of a sequence that begins at random and, as each step is a bijection, never repeats one: asking the
    /// kernel for random bytes would be a system call a request. One id does not tell the next: a secret is mixed in.
    package init() {
        let next = Self.count.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        self.init(random: Self.mixed(Self.mixed(next) ^ Self.secret))
    }

    private static let count = Atomic<UInt64>(UInt64.random(in: .min ... .max))
    private static let secret = UInt64.random(in: .min ... .max)

    /// The output function of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    init(random: UInt64) {
        var rest = random
        var characters: [UInt8] = []
        characters.reserveCapacity(48)
        for _ in 0..<16 {
            characters.append(Self.alphabet[Int(rest & 0x0F) | (characters.count.isMultiple(of: 2) ? 0x10 : 0)])
            rest >>= 4
        }
        text = String(decoding: characters, as: UTF8.self)
        hostID = Base64.encode(characters + Self.server)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let server: [UInt8] = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
}
