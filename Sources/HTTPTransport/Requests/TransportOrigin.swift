import S3Protocol

/// Where a request goes: scheme, host and port.
package struct TransportOrigin: Hashable, Sendable {
    /// How bytes travel.
    package enum Scheme: String, Hashable, Sendable {
        /// In the clear.
        case http
        /// Over TLS.
        case https

        /// The port that goes without saying.
        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    /// How bytes travel.
    package let scheme: Scheme
    /// The host's name or address in lower case; an IPv6 address is in brackets.
    package let host: String
    /// The port.
    package let port: Int

    /// An origin of these parts.
    package init(scheme: Scheme, host: String, port: Int? = nil) {
        self.scheme = scheme
        self.host = ByteText.lowercasedASCII(host)
        self.port = port ?? scheme.defaultPort
    }

    /// The value of `Host`: without the port when that goes without saying.
    package var hostHeader: String { port == scheme.defaultPort ? host : "\(host):\(port)" }

    /// The origin as the beginning of a URL.
    package var text: String { "\(scheme.rawValue)://\(hostHeader)" }

    /// Splits a URL into its origin and what is behind it, byte for byte as it was given; `/` when there is nothing.
    ///
    /// - Throws: `TransportError` with `invalidRequest` for another scheme, a user name, a fragment or bytes that no URL has.
    package static func split(_ url: String) throws -> (origin: TransportOrigin, target: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refusal(url, "it has blanks, control or non-ASCII characters: encode these as %XX")
        }
        guard let (scheme, rest) = scheme(of: url) else { throw refusal(url, "it must begin with http:// or https://") }
        guard !rest.utf8.contains(UInt8(ascii: "#")) else { throw refusal(url, "it has a fragment (#…)") }
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let origin = try origin(scheme, authority: String(rest[..<end]), url: url)
        let target = String(rest[end...])
        return (origin, ByteText.hasPrefix(target, "/") ? target : "/" + target)
    }

    private static func scheme(of url: String) -> (Scheme, Substring)? {
        for scheme in [Scheme.https, .http] {
            let prefix = scheme.rawValue + "://"
            guard url.utf8.count > prefix.utf8.count else { continue }
            let end = url.utf8.index(url.startIndex, offsetBy: prefix.utf8.count)
            if ByteText.equalIgnoringCase(String(url[..<end]), prefix) { return (scheme, url[end...]) }
        }
        return nil
    }

    private static func origin(_ scheme: Scheme, authority: String, url: String) throws -> TransportOrigin {
        guard !authority.utf8.contains(UInt8(ascii: "@")) else { throw refusal(url, "it has a user name") }
        let (host, port) = splitPort(authority)
        guard isHost(host) else { throw refusal(url, "'\(host)' is no host") }
        guard let port else { return TransportOrigin(scheme: scheme, host: host) }
        guard let number = UInt16(port), number > 0 else { throw refusal(url, "'\(port)' is no port") }
        return TransportOrigin(scheme: scheme, host: host, port: Int(number))
    }

    /// The colons within brackets are of an IPv6 address.
    private static func splitPort(_ authority: String) -> (host: String, port: String?) {
        let bytes = authority.utf8
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return (authority, nil) }
        if let bracket = bytes.lastIndex(of: UInt8(ascii: "]")), colon < bracket { return (authority, nil) }
        return (String(authority[..<colon]), String(authority[bytes.index(after: colon)...]))
    }

    private static func isHost(_ text: String) -> Bool {
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            return bytes.count > 3
                && bytes.dropFirst().dropLast().allSatisfy { isHexDigit($0) || $0 == 0x3A || $0 == 0x2E }
        }
        return !bytes.isEmpty && bytes.count <= 253
            && bytes.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func refusal(_ url: String, _ why: String) -> TransportError {
        TransportError(.invalidRequest, "'\(url)' cannot be used as a URL: \(why)")
    }
}
