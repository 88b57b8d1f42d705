package import S3Protocol

/// The proxies whose word on where a request comes from is believed; that of anybody else is not.
package struct TrustedProxies: Sendable, Equatable {
    /// Where a request comes from.
    package struct Origin: Sendable, Equatable {
        /// The client's address, without the port.
        package let address: String
        /// Whether the client came by TLS.
        package let isSecure: Bool
    }

    private let ranges: [IPAddressRange]

    /// The proxies of these addresses.
    package init(_ ranges: [IPAddressRange] = []) {
        self.ranges = ranges
    }

    /// Where a request from `peer` comes from.
    ///
    /// `X-Forwarded-For` is read from its end, where the nearest proxy wrote: the client is the last address that is no
    /// proxy. What stands before that address is the client's own claim. `X-Forwarded-Proto` counts as the nearest
    /// proxy wrote it.
    package func origin(peer: String, isSecure: Bool, headers: HeaderList) -> Origin {
        guard !ranges.isEmpty, trusts(peer) else { return Origin(address: peer, isSecure: isSecure) }
        return Origin(address: client(peer, headers), isSecure: scheme(headers) ?? isSecure)
    }

    private func client(_ peer: String, _ headers: HeaderList) -> String {
        var nearest = peer
        for hop in Self.elements("X-Forwarded-For", headers).reversed() {
            guard let address = Self.address(hop) else { break }
            nearest = address
            guard trusts(address) else { break }
        }
        return nearest
    }

    private func scheme(_ headers: HeaderList) -> Bool? {
        Self.elements("X-Forwarded-Proto", headers).last.map { ByteText.equal(ByteText.lowercasedASCII($0), "https") }
    }

    private func trusts(_ text: String) -> Bool {
        guard let address = IPAddress(text) else { return false }
        return ranges.contains { $0.contains(address) }
    }

    private static func elements(_ name: String, _ headers: HeaderList) -> [String] {
        headers.values(name).flatMap { $0.split(separator: ",") }.map { ByteText.trimmed($0) }
            .filter { !$0.isEmpty }
    }

    /// An address that may have a port behind it, and as IPv6 stands in brackets then.
    private static func address(_ text: String) -> String? {
        if IPAddress(text) != nil { return text }
        var bare = text[...]
        if bare.utf8.first == UInt8(ascii: "["), let end = bare.firstIndex(of: "]") {
            bare = bare[bare.index(after: bare.startIndex)..<end]
        } else if let colon = bare.firstIndex(of: ":") {
            bare = bare[..<colon]
        }
        return IPAddress(bare) == nil ? nil : String(bare)
    }
}
