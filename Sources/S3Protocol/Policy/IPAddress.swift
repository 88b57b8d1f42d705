/// An address of IPv4 or IPv6; the first is kept in the form in which IPv6 embeds it, so that both forms of one address
/// are equal.
package struct IPAddress: Equatable, Sendable {
    /// The 128 bits.
    let bits: UInt128

    /// Whether it is an address of IPv4.
    var isIPv4: Bool { bits >> 32 == 0xFFFF }

    /// Reads an address in text, or gives nil; a zone (`%eth0`) counts for nothing.
    package init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8.prefix { $0 != UInt8(ascii: "%") })
        guard
            let bits = characters.contains(UInt8(ascii: ":")) ? Self.ipv6(characters[...]) : Self.ipv4(characters[...])
        else { return nil }
        self.bits = bits
    }

    private static func ipv4(_ text: ArraySlice<UInt8>) -> UInt128? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt128 = 0xFFFF
        for part in parts {
            // A leading zero would be octal to some readers.
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
                part.allSatisfy({ (0x30...0x39).contains($0) }),
                let octet = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            bits = bits << 8 | UInt128(octet)
        }
        return bits
    }

    private static let groups = 8

    /// RFC 4291 section 2.2: eight groups, of which `::` stands for one or more that are zero.
    private static func ipv6(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        guard let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else {
            guard let words = words(text), words.count == groups else { return nil }
            return bits(words)
        }
        let (before, after) = (text[..<gap], text[(gap + 2)...])
        guard let head = before.isEmpty ? [] : words(before), let tail = after.isEmpty ? [] : words(after),
            head.count + tail.count < groups, !before.contains(UInt8(ascii: "."))
        else { return nil }
        return bits(head + Array(repeating: 0, count: groups - head.count - tail.count) + tail)
    }

    private static func bits(_ words: [UInt16]) -> UInt128 {
        words.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// The groups of a text without `::`, of which the last two may be an address of IPv4.
    private static func words(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var words: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let address = ipv4(part) else { return nil }
                words += [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                let digits = part.compactMap(Hex.value(of:))
                guard (1...4).contains(part.count), digits.count == part.count else { return nil }
                words.append(digits.reduce(0) { $0 << 4 | UInt16($1) })
            }
        }
        return words
    }
}

/// The addresses that begin with the same bits, as `203.0.113.0/24` or `2001:db8::/32`, or one address.
package struct IPAddressRange: Equatable, Sendable {
    private let base: IPAddress
    /// How many of the 128 bits are the same.
    private let length: Int

    /// Reads a range in text, or gives nil.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = parts.first.flatMap({ IPAddress($0) }), !text.utf8.contains(UInt8(ascii: "%")) else {
            return nil
        }
        // The text decides what the length counts: ::ffff:0:0/96 is all of IPv4.
        let width = text.utf8.contains(UInt8(ascii: ":")) ? 128 : 32
        var length = width
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= width
            else { return nil }
            length = number
        }
        self.base = base
        self.length = 128 - width + length
    }

    /// Whether the range is one of IPv4; one that begins there but is shorter is not.
    private var isIPv4: Bool { base.isIPv4 && length >= 96 }

    /// Whether the address is in the range, which has addresses of one version of IP only.
    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == isIPv4 && (length == 0 || (address.bits ^ base.bits) >> UInt128(128 - length) == 0)
    }

    /// Whether the range is so wide that AWS holds it for public: wider than /8 of IPv4 or /32 of IPv6.
    var isBroad: Bool { isIPv4 ? length < 96 + 8 : length < 32 }
}
