import Configuration
import Gateway
import Glibc
import NIOSSL
import S3Protocol

/// The settings: a server starts with them.
struct SettingsCheck: DoctorCheck {
    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        switch subject.settings {
        case .failure(let error):
            [.fail("settings", "\(error)", "correct it; `larder config --help` explains every setting")]
        case .success(let settings): [.ok("settings", "all are valid")] + secrets(settings)
        }
    }

    /// The keys that the server made are for its user only.
    private func secrets(_ settings: ServerSettings) -> [Diagnosis] {
        let path = Credentials.path(inRoot: settings.storage)
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & 0o077 != 0 else { return [] }
        return [
            .warn("secrets", "\(path) can be read by others than its owner", "chmod 600 \(path)")
        ]
    }
}

/// The address: nobody else listens there, and it is not open to all without encryption.
struct ListenCheck: DoctorCheck {
    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        guard let settings = subject.goodSettings, case .tcp(let host, let port) = settings.front.endpoint else {
            return []
        }
        let address = "\(host):\(port)"
        if (try? ControlProbe.isServed(root: subject.root)) == true {
            return [.ok("listen", "a server is running on this root")]
        }
        guard let failure = PortProbe.failure(host: host, port: port) else {
            return [.ok("listen", "\(address) is free")]
        }
        let advice =
            failure == EADDRINUSE
            ? "stop the other program, or choose another address with --listen"
            : "name an address of this machine with --listen; ports below 1024 need CAP_NET_BIND_SERVICE"
        return [.fail("listen", "\(address) cannot be listened on: \(String(cString: strerror(failure)))", advice)]
    }
}

/// The certificate: there is one, or it is not needed, and it is valid for a while.
struct CertificateCheck: DoctorCheck {
    private static let notice = 21 * 86_400

    func run(_ subject: DoctorSubject) async -> [Diagnosis] {
        guard let settings = subject.goodSettings, case .tcp(let host, _) = settings.front.endpoint else { return [] }
        guard let tls = settings.front.tls else {
            guard !["127.0.0.1", "::1", "localhost"].contains(host), settings.front.trustedProxies == TrustedProxies()
            else {
                return []
            }
            return [
                .warn(
                    "tls",
                    "\(host) is reached by others, and what is sent is not encrypted",
                    "set tls.certificate and tls.key, or put a proxy in front and name it in trusted_proxies"
                )
            ]
        }
        let certificates = tls.certificateChain.compactMap { source in
            if case .certificate(let certificate) = source { certificate } else { nil }
        }
        guard let end = certificates.map({ Int($0.notValidAfter) }).min() else { return [] }
        let rest = end - Int(System.now().nanoseconds / 1_000_000_000)
        guard rest > 0 else { return [.fail("tls", "the certificate is not valid any more", Self.renew)] }
        let found = "the certificate is valid for \(rest / 86_400) more days"
        return [rest > Self.notice ? .ok("tls", found) : .warn("tls", found, Self.renew)]
    }

    private static let renew = "renew it, replace the files of tls.certificate and tls.key, and restart"
}

/// Whether a server answers on a root.
enum ControlProbe {
    static func isServed(root: String) throws -> Bool {
        guard FileContent.exists(root + "/.larder") else { return false }
        let socket = try ControlSocket(root: root)
        return try withExtendedLifetime(socket) { try ControlClient(path: socket.path).isAnswered() }
    }
}

/// Whether an address can be listened on.
enum PortProbe {
    /// The error number of the first of the host's addresses that cannot be bound; nil when all can.
    static func failure(host: String, port: Int) -> CInt? {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let first = found else { return EADDRNOTAVAIL }
        defer { freeaddrinfo(found) }
        let descriptor = socket(first.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else { return errno }
        return listen(descriptor, 1) == 0 ? nil : errno
    }
}
