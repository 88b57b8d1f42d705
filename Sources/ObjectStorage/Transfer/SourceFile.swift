package import S3Protocol

/// An open file or directory of a tree that is only read.
///
/// All of it blocks.
package final class SourceFile: Sendable {
    let descriptor: FileDescriptor
    private let facts: FileFacts

    init(_ descriptor: FileDescriptor, _ facts: FileFacts) {
        self.descriptor = descriptor
        self.facts = facts
    }

    /// Its length when it was opened; 0 for a directory.
    package var size: Int64 { isDirectory ? 0 : facts.size }
    /// When its content last changed.
    package var modified: Timestamp { Timestamp(nanoseconds: facts.modified) }
    /// Whether it is a directory.
    package var isDirectory: Bool { facts.kind == .directory }

    /// Whether it is still as it was when it was opened.
    ///
    /// - Throws: `StorageError`.
    package func isUnchanged() throws -> Bool {
        try descriptor.facts() == facts
    }

    /// All bytes.
    ///
    /// - Throws: `StorageError`, also when there are more than `limit`.
    package func bytes(limit: Int) throws -> [UInt8] {
        guard size <= Int64(limit) else {
            throw StorageError(.failed, "it has \(size) bytes, more than \(limit)")
        }
        return try descriptor.readAll(limit: limit)
    }

    /// Calls `body` with all bytes in order, in pieces of at most 256 KiB.
    ///
    /// - Throws: `StorageError`, and whatever `body` throws.
    package func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try descriptor.forEachPiece(upTo: size, body)
    }

    /// The names of its extended attributes, `user.` and the like included.
    ///
    /// - Throws: `StorageError`.
    package func attributeNames() throws -> [String] {
        try descriptor.attributeNames()
    }

    /// The value of an extended attribute; nil when there is none.
    ///
    /// - Throws: `StorageError`.
    package func attribute(_ name: String) throws -> [UInt8]? {
        try descriptor.attribute(name, limit: Self.longestAttribute)
    }

    /// The most that Linux keeps, XATTR_SIZE_MAX.
    private static let longestAttribute = 64 * 1024
}
