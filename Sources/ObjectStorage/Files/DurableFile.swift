import Glibc

/// A small file that is read and replaced as a whole.
package struct DurableFile: Sendable {
    private static let longest = 1 << 20

    private let path: String

    /// The file at this path, there or not.
    package init(_ path: String) {
        self.path = path
    }

    /// What is in it; nil when it is not there; blocks.
    package func read() throws -> [UInt8]? {
        try directory().open(name)?.readAll(limit: Self.longest)
    }

    /// Puts other bytes into its place, on disk when this returns; blocks.
    ///
    /// - Throws: `StorageError`: `readOnly` when what is on disk is unknown, any other when nothing has changed.
    package func replace(with bytes: [UInt8]) throws {
        let directory = try directory()
        try directory.replaceFile(name, with: bytes)
        do {
            try directory.sync("the directory of \(path)")
        } catch let error as StorageError {
            throw StorageError(.readOnly, error.message, cause: error.cause)
        }
    }

    private var name: String { path.pathSegments.last ?? path }

    private func directory() throws -> FileDescriptor {
        let directory = path.utf8.dropLast(name.utf8.count)
        return try FileDescriptor(opening: directory.isEmpty ? "." : String(decoding: directory, as: UTF8.self))
    }
}
