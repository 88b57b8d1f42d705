internal import CLinux
internal import Glibc

/// Things that a taken over decoder would try.
struct Escape: Sendable {
    let name: String
    let succeeds: @Sendable () -> Bool

    static let attempts = [
        Escape(name: "read a file") { open("/etc/passwd", O_RDONLY) >= 0 },
        Escape(name: "write a file") { open("/tmp/larder-escape", O_WRONLY | O_CREAT, 0o600) >= 0 },
        Escape(name: "remove a file") { unlink("/tmp/larder-escape") == 0 || errno == ENOENT },
        Escape(name: "open an internet socket") { socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0) >= 0 },
        Escape(name: "open a local socket") { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) >= 0 },
        Escape(name: "signal the parent") { kill(getppid(), 0) == 0 },
        Escape(name: "start a process") {
            let child = clinux_fork()
            guard child != 0 else { _exit(0) }
            return child > 0
        },
        Escape(name: "become another program") {
            var arguments: [UnsafeMutablePointer<CChar>?] = [nil]
            return execv("/bin/true", &arguments) == 0
        },
        Escape(name: "raise a limit") { clinux_limit(clinux_limit_cpu, 1000, 1000) == 0 },
    ]
}
