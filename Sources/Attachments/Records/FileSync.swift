import Glibc

/// Durable renaming of a finished file; blocks.
enum FileSync {
    /// Syncs the file, renames it over `destination` and syncs the directory.
    static func replace(_ source: String, to destination: String) throws {
        try sync(source, flags: O_RDONLY)
        guard rename(source, destination) == 0 else { throw failure("rename", source) }
        try sync(directory(of: destination), flags: O_RDONLY | O_DIRECTORY)
    }

    private static func sync(_ path: String, flags: Int32) throws {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    static func failure(_ call: String, _ subject: String) -> AttachmentsError {
        AttachmentsError(.system, "\(call) of \(subject) failed: \(String(cString: strerror(errno)))")
    }
}
