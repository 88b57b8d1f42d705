import Gateway
import S3Protocol
import Testing

@Suite struct TrustedProxiesTests {
    private let proxies = TrustedProxies(["10.0.0.0/8", "2001:db8::7"].compactMap { IPAddressRange($0) })

    @Test(
        arguments: [
            ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
            ("2001:db8::7", ["203.0.113.9"], "203.0.113.9"),
            ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
            // What the client claims itself stands before the address that the proxy saw.
            ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", ["1.1.1.1", "203.0.113.9", "10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
            ("10.0.0.1", ["[2001:db8::9]:4711"], "2001:db8::9"),
            ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", ["unknown, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", [], "10.0.0.1"),
            ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),
            ("", ["203.0.113.9"], ""),
        ] as [(String, [String], String)]
    )
    func `the client is the last address that is no proxy`(peer: String, forwarded: [String], address: String) {
        let headers = HeaderList(forwarded.map { ("X-Forwarded-For", $0) })
        #expect(proxies.origin(peer: peer, isSecure: false, headers: headers).address == address)
        #expect(TrustedProxies().origin(peer: peer, isSecure: false, headers: headers).address == peer)
    }

    @Test(
        arguments: [
            ("10.0.0.1", "https", false, true), ("10.0.0.1", "HTTPS", false, true), ("10.0.0.1", "http", true, false),
            ("10.0.0.1", "http, https", false, true), ("10.0.0.1", nil, true, true),
            ("192.0.2.1", "https", false, false),
        ] as [(String, String?, Bool, Bool)]
    )
    func `the scheme is what the proxy says`(peer: String, scheme: String?, isSecure: Bool, expected: Bool) {
        let headers = HeaderList(scheme.map { [("X-Forwarded-Proto", $0)] } ?? [])
        #expect(proxies.origin(peer: peer, isSecure: isSecure, headers: headers).isSecure == expected)
    }
}
