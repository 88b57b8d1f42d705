import Glibc

/// A directory tree outside of the storage root that is only read.
///
/// Paths are relative to it, with slashes between the names and none at the ends; the empty one is the directory itself.
/// No symbolic link and no mount is followed, so nothing outside of it is ever opened. All of it blocks.
package final class SourceDirectory: Sendable {
    /// Its path, as it was given.
    package let path: String
    /// Its path from the file system's root on, without links.
    package let realPath: String
    private let directory: FileDescriptor

    /// - Throws: `StorageError` when it cannot be opened, or when it and the storage root lie in each other.
    init(_ path: String, outside root: String) throws {
        self.path = path
        directory = try ImportSource.open(path, outside: root)
        realPath = String(try ImportSource.realPath(path).dropLast())
    }

    /// What lies in a directory, in any order.
    ///
    /// - Throws: `StorageError`, also when there is no such directory.
    package func entries(of path: String) throws -> [SourceEntry] {
        guard let found = try path.isEmpty ? directory : directory.openDirectory(path) else {
            throw StorageError(.failed, "\(path) is no directory, or lies on another file system", cause: ENOTDIR)
        }
        return try found.entries().map { entry in
            let size = try entry.kind == .file ? entry.name.flatMap { try found.facts(ofName: $0)?.size } : nil
            return SourceEntry(name: entry.bytes, kind: .init(entry.kind), size: size ?? 0)
        }
    }

    /// Opens a file or a directory; nil when there is nothing of this path, or something else.
    ///
    /// - Throws: `StorageError`.
    package func open(_ path: String) throws -> SourceFile? {
        guard let found = try directory.open(path.isEmpty ? "." : path, O_RDONLY | O_NONBLOCK) else { return nil }
        let facts = try found.facts()
        return facts.kind == .other ? nil : SourceFile(found, facts)
    }
}

/// One name in a directory that is only read.
package struct SourceEntry: Sendable {
    /// What stands behind a name.
    package enum Kind: Sendable {
        case file
        case directory
        case other
    }

    /// The name's bytes.
    package let name: [UInt8]
    /// What stands behind it.
    package let kind: Kind
    /// How long a file is; 0 for anything else.
    package let size: Int64
}

extension SourceEntry.Kind {
    fileprivate init(_ kind: FileFacts.Kind) {
        self =
            switch kind {
            case .file: .file
            case .directory: .directory
            case .other: .other
            }
    }
}

extension FileStore {
    /// Opens a directory that something is to be imported from.
    ///
    /// Blocks. - Throws: `StorageError` when it cannot be opened, or when it and the storage root lie in each other.
    package func openSource(_ path: String) throws -> SourceDirectory {
        try SourceDirectory(path, outside: configuration.root)
    }
}
