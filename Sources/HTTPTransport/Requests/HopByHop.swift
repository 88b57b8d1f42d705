package import S3Protocol

/// Headers that are of one connection and not of the message (RFC 9110 section 7.6.1).
package enum HopByHop {
    private static let names = Set([
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ])

    /// The headers without those of the connection and those that `Connection` names.
    package static func removed(from headers: HeaderList) -> HeaderList {
        let named = headers.values("Connection").flatMap { $0.split(separator: ",") }
        let more = Set(named.map { ByteText.lowercasedASCII(ByteText.trimmed($0)) })
        return HeaderList(
            headers.fields.filter { !names.contains($0.lowercasedName) && !more.contains($0.lowercasedName) }
        )
    }
}
