import Glibc
import HTTPTransport
import ObjectStorage
import RemoteS3
import S3Protocol

/// Whether the remote's name has addresses, and something listens there; with a proxy on the way, whether that does.
struct RemoteReach {
    private let host: String
    private let port: Int
    private let isProxy: Bool
    private let timeout: Duration
    private let pool: BlockingPool

    init(_ target: RemoteTarget, _ transport: TransportConfiguration, _ pool: BlockingPool) {
        let proxy = transport.proxy.flatMap { try? TransportOrigin.split($0).origin }
        let origin = proxy ?? target.remote.endpoint.origin
        // An address of IPv6 is in brackets.
        host = origin.host.filter { $0 != "[" && $0 != "]" }
        port = origin.port
        isProxy = proxy != nil
        timeout = transport.timeouts.connect
        self.pool = pool
    }

    func run() async -> [Diagnosis] {
        let (host, port, timeout) = (host, port, timeout)
        let result = try? await pool.run { () -> (Resolution, [(address: String, failure: String?)]) in
            let resolution = Resolution(host: host, port: port)
            return (resolution, resolution.addresses.map { ($0.text, $0.connect(within: timeout)) })
        }
        guard let (resolution, tries) = result else { return [] }
        if let failure = resolution.failure {
            return [
                .fail(
                    "remote dns",
                    "\(host): \(failure)",
                    "correct \(setting), or what this machine asks for names (/etc/resolv.conf, /etc/hosts)"
                )
            ]
        }
        let named = resolution.isLiteral ? [] : [Diagnosis.ok("remote dns", "\(host) is \(list(tries.map(\.address)))")]
        return named + [connection(tries)]
    }

    private var setting: String { isProxy ? "remote.http_proxy" : "remote.endpoint" }

    private func connection(_ tries: [(address: String, failure: String?)]) -> Diagnosis {
        let failed = tries.compactMap { one in one.failure.map { "\(one.address) port \(port): \($0)" } }
        if failed.isEmpty { return .ok("remote tcp", "port \(port) of \(host) takes connections") }
        let advice = "see that it runs there and that no firewall is on the way; the port is that of \(setting)"
        guard failed.count < tries.count else { return .fail("remote tcp", list(failed), advice) }
        return .warn(
            "remote tcp",
            "\(list(failed)), others of its addresses take connections",
            "each connection may try that address first and wait: have it mended or taken out of the name server"
        )
    }

    private func list(_ texts: [String]) -> String { texts.joined(separator: ", ") }
}

/// What a host's name stands for.
private struct Resolution: Sendable {
    /// An address as the system's calls take it.
    struct Address: Sendable {
        let text: String
        let bytes: [UInt8]
        let family: CInt
    }

    private(set) var addresses: [Address] = []
    private(set) var failure: String?

    /// Whether the name was an address already.
    let isLiteral: Bool

    /// Asks the system; blocks.
    init(host: String, port: Int) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &hints, &found)
        defer { freeaddrinfo(found) }
        if status != 0 { failure = String(cString: gai_strerror(status)) }
        var next = status == 0 ? found : nil
        while let one = next?.pointee {
            if let address = Self.address(one) { addresses.append(address) }
            next = one.ai_next
        }
        isLiteral = addresses.count == 1 && addresses[0].text == host
    }

    private static func address(_ info: addrinfo) -> Address? {
        guard let pointer = info.ai_addr else { return nil }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(pointer, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
        guard status == 0 else { return nil }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(info.ai_addrlen))
        return Address(text: text, bytes: Array(bytes), family: info.ai_family)
    }
}

extension Resolution.Address {
    /// Why no connection can be made, nil when one can; blocks.
    func connect(within timeout: Duration) -> String? {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        let status = bytes.withUnsafeBytes { bytes in
            Glibc.connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard status != 0 else { return nil }
        guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wait, 1, Int32(timeout / .milliseconds(1))) == 1 else { return "nothing answers in \(timeout)" }
        var failure: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        return failure == 0 ? nil : String(cString: strerror(failure))
    }
}
