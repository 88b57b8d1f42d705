import NIOCore
import S3Protocol

/// Which requests may use `/-/`: those for a host name we know or for a plain address, and not from another site's page.
///
/// A page elsewhere could else read metrics through a name that it makes resolve to us (DNS rebinding).
package struct HostRule: Sendable {
    private let names: Set<String>

    /// A rule that knows these host names.
    package init(names: [String]) {
        self.names = Set(names.map { Addressing.name(ofHost: $0) } + ["localhost"])
    }

    /// Whether a request may pass.
    func allows(_ head: RequestHead) -> Bool {
        let name = Addressing.name(ofHost: head.headers["Host"] ?? "")
        return (names.contains(name) || Self.isAddress(name)) && !isFromElsewhere(head, name)
    }

    private func isFromElsewhere(_ head: RequestHead, _ name: String) -> Bool {
        if let site = head.headers["Sec-Fetch-Site"], site != "same-origin", site != "none" { return true }
        guard let origin = head.headers["Origin"] else { return false }
        let host = origin.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? ""
        return Addressing.name(ofHost: host) != name
    }

    private static func isAddress(_ name: String) -> Bool {
        let bare = name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name
        return (try? SocketAddress(ipAddress: bare, port: 0)) != nil
    }
}
