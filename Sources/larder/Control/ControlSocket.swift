import Configuration
import Glibc

/// The place of a root's control socket, by a path that fits into a socket address however long the root's path is.
///
/// A socket's path may have 107 bytes (`unix(7)`), so it goes by the descriptor of its directory. Valid as long as this
/// object lives.
final class ControlSocket {
    /// The path to bind or connect to.
    let path: String
    private let directory: CInt

    /// The place in this root.
    ///
    /// - Throws: `ConfigurationError` when the root's own directory cannot be opened.
    init(root: String) throws {
        directory = open(root + "/.larder", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            throw ConfigurationError("cannot open \(root)/.larder: \(String(cString: strerror(errno))).")
        }
        path = "/proc/self/fd/\(directory)/control.sock"
    }

    deinit {
        close(directory)
    }

    /// Lets nobody but the server's own user connect.
    func restrict() throws {
        guard chmod(path, 0o600) == 0 else {
            throw ConfigurationError("cannot restrict the control socket: \(String(cString: strerror(errno))).")
        }
    }
}
