import Glibc
import S3Protocol

/// Goes through an ordinary directory, outside of any storage root, for an import.
///
/// All of it blocks. Symbolic links are not followed: what they lead to belongs to somebody else.
final class ImportSource: @unchecked Sendable {
    // Unchecked: one task asks for files, each time in a hop to the blocking pool that is awaited.

    /// A file to import.
    struct File: Sendable {
        /// Its path below the directory.
        let path: String
    }

    /// What was come across.
    struct Piece: Sendable {
        var files: [File] = []
        /// Paths of what is no file, or has a name that cannot be a key.
        var strays: [String] = []
    }

    let directory: FileDescriptor
    private var paths = [""]
    private var opened: (path: String, stream: DirectoryStream)?

    /// - Throws: `StorageError` when the directory cannot be opened, or when it and the storage root lie in each other.
    init(_ path: String, outside root: String) throws {
        directory = try Self.open(path, outside: root)
    }

    /// Opens a directory that is to be imported.
    ///
    /// - Throws: as `init`.
    static func open(_ path: String, outside root: String) throws -> FileDescriptor {
        let (own, other) = (try Self.realPath(path), try Self.realPath(root))
        guard !own.utf8.starts(with: other.utf8), !other.utf8.starts(with: own.utf8) else {
            throw StorageError(
                .failed,
                "\(path) and the storage root \(root) lie in each other; import from a directory outside of it"
            )
        }
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError.lastSystemError("open \(path)") }
        return FileDescriptor(taking: descriptor)
    }

    /// The path without links, with a slash behind it.
    static func realPath(_ path: String) throws -> String {
        guard let real = realpath(path, nil) else { throw StorageError.lastSystemError("open \(path)") }
        defer { free(real) }
        return String(cString: real) + "/"
    }

    /// About so many files more, nil at the end.
    func next(_ count: Int) throws -> Piece? {
        var piece = Piece()
        while piece.files.count + piece.strays.count < count, try openNext() {
            guard let current = opened, let entry = try current.stream.next() else {
                opened = nil
                continue
            }
            take(entry, in: current.path, &piece)
        }
        return piece.files.isEmpty && piece.strays.isEmpty ? nil : piece
    }

    private func openNext() throws -> Bool {
        while opened == nil {
            guard let path = paths.popLast() else { return false }
            guard let found = try path.isEmpty ? directory : directory.openDirectory(path) else { continue }
            opened = (path, try DirectoryStream(found))
        }
        return true
    }

    private func take(_ entry: DirectoryEntry, in directory: String, _ piece: inout Piece) {
        let prefix = directory.isEmpty ? "" : directory + "/"
        guard let name = entry.name else {
            return piece.strays.append(prefix + String(decoding: entry.bytes, as: UTF8.self))
        }
        switch entry.kind {
        case .directory: paths.append(prefix + name)
        case .file: piece.files.append(File(path: prefix + name))
        case .other: piece.strays.append(prefix + name)
        }
    }
}
