import Glibc
package import ObjectStorage
import S3Protocol

/// The shared files of the AWS tools: `~/.aws/credentials`, then `~/.aws/config`.
package struct ProfileCredentials: CredentialsSource {
    /// The most bytes of such a file.
    package static let maximumLength = 1 << 20

    package var name: String { "profile '\(profile)'" }
    private let profile: String
    private let paths: [String]
    private let isDemanded: Bool
    private let pool: BlockingPool

    /// A profile in the files that the environment names, or those at home; `profile` is nil for the environment's choice.
    package init(profile: String?, environment: [String: String], pool: BlockingPool) {
        let chosen = profile ?? environment["AWS_PROFILE"]
        self.profile = chosen ?? "default"
        isDemanded = chosen != nil
        let home = environment["HOME"].map { $0 + "/.aws/" }
        paths = [
            environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home.map { $0 + "credentials" },
            environment["AWS_CONFIG_FILE"] ?? home.map { $0 + "config" },
        ].compactMap(\.self)
        self.pool = pool
    }

    package func load() async throws -> RemoteCredentials? {
        for path in paths {
            guard let bytes = try await SmallFile.read(path, limit: Self.maximumLength, pool: pool) else { continue }
            if let found = try ProfileFile(bytes).credentials(of: profile) { return found }
        }
        guard isDemanded else { return nil }
        throw RemoteError(
            .credentials,
            "there is no profile '\(profile)' with keys in \(paths.joined(separator: " or "))"
        )
    }
}

/// Files of credentials: small, and read on the blocking pool.
enum SmallFile {
    /// The bytes of a file; nil when there is none.
    ///
    /// - Throws: `RemoteError` with `credentials` when it cannot be read or is too long.
    static func read(_ path: String, limit: Int, pool: BlockingPool) async throws -> [UInt8]? {
        try await pool.run {
            guard access(path, F_OK) == 0 else { return nil }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw unreadable(path) }
            defer { close(descriptor) }
            return try content(of: descriptor, path, limit: limit)
        }
    }

    /// Reads to the end, whatever kind of file it is: `/dev/null` is how one says that there is none.
    private static func content(of descriptor: CInt, _ path: String, limit: Int) throws -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while content.count <= limit {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw unreadable(path) }
            guard count > 0 else { return content }
            content += buffer[..<count]
        }
        throw RemoteError(.credentials, "\(path) has more than \(limit) bytes")
    }

    private static func unreadable(_ path: String) -> RemoteError {
        RemoteError(.credentials, "\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
}
