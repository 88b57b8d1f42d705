import Glibc
import NIOCore

/// Why the front could not start, in words that say what to do.
package struct FrontError: Error, CustomStringConvertible {
    /// What failed and what to do about it.
    package let description: String

    static func cannotListen(on endpoint: FrontConfiguration.Endpoint, cause: any Error) -> FrontError {
        guard case .tcp(let host, let port) = endpoint else {
            return FrontError(description: "cannot make the control socket \(endpoint): \(cause)")
        }
        let place = "cannot listen on \(host):\(port): "
        switch (cause as? IOError)?.errnoCode {
        case EADDRINUSE:
            return FrontError(
                description: place + "the port is in use. Another Larder or another program holds it; stop that one or "
                    + "choose another port with --listen \(host):PORT."
            )
        case EACCES:
            return FrontError(
                description: place + "ports below 1024 need the capability CAP_NET_BIND_SERVICE; choose a higher one "
                    + "with --listen \(host):PORT."
            )
        case EADDRNOTAVAIL:
            return FrontError(description: place + "this machine has no such address.")
        default:
            return FrontError(description: place + "\(cause)")
        }
    }
}
