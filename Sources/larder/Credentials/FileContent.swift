import Configuration
import Glibc

/// Small files read and written as a whole.
enum FileContent {
    /// The bytes of a file of at most 1 MiB.
    ///
    /// - Throws: `ConfigurationError` that names the file and the reason.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while content.count <= ConfigurationFile.maximumLength {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw failure("read", path) }
            guard count > 0 else { return content }
            content += buffer[..<count]
        }
        throw ConfigurationError("\(path) is longer than \(ConfigurationFile.maximumLength) bytes.")
    }

    /// Replaces a file by one that only its owner can read; on disk when it returns.
    ///
    /// - Throws: `ConfigurationError` that names the file and the reason.
    static func replace(_ path: String, with content: [UInt8]) throws {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", temporary) }
        defer { close(descriptor) }
        let written = content.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == content.count, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw failure("write", path)
        }
        let folder = open(path.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("write", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("write", path) }
    }

    /// Whether there is such a file.
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    private static func failure(_ action: String, _ path: String) -> ConfigurationError {
        ConfigurationError("cannot \(action) \(path): \(String(cString: strerror(errno))).")
    }
}

extension String {
    fileprivate var folder: String {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == utf8.startIndex ? "/" : String(self[..<slash])
    }
}
