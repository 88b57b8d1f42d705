import GRDB
import Glibc

/// Whole, settled copies of a database that is in use.
package enum DatabaseCopy {
    /// Writes a copy to `path`, in one piece and synced; what is there is replaced.
    ///
    /// `VACUUM INTO` takes the log's content along and only reads, so that writers go on. Blocks, and costs what the
    /// database is large. It refuses to overwrite a file, which an earlier try may have left half-written.
    ///
    /// - Throws: SQLite's errors, `StorageError` when the copy cannot be put into its place.
    package static func make(ofDatabase source: String, at path: String) throws {
        let unfinished = path + ".unfinished"
        guard unlink(unfinished) == 0 || errno == ENOENT else {
            throw StorageError.lastSystemError("remove \(unfinished)")
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let database = try DatabaseQueue(path: source, configuration: configuration)
        defer { try? database.close() }
        try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [unfinished]) }
        try putInPlace(unfinished, path)
    }

    private static func putInPlace(_ source: String, _ destination: String) throws {
        try sync(source, O_RDONLY)
        guard rename(source, destination) == 0 else { throw StorageError.lastSystemError("rename \(source)") }
        try sync(directory(of: destination), O_RDONLY | O_DIRECTORY)
    }

    private static func sync(_ path: String, _ flags: CInt) throws {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError.lastSystemError("open \(path)") }
        try FileDescriptor(taking: descriptor).sync(path)
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}
