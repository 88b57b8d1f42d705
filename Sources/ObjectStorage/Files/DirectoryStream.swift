import CLinux

/// A directory that is read in pieces, so that one of a million names takes no room for all of them.
///
/// All of it blocks.
final class DirectoryStream: @unchecked Sendable {
    // Unchecked: one task reads it at a time, each piece in a hop to the blocking pool that is awaited.
    private let stream: UnsafeMutableRawPointer
    private var name = [CChar](repeating: 0, count: 256)

    init(_ directory: FileDescriptor) throws {
        guard let stream = clinux_open_entries(directory.number) else {
            throw StorageError.lastSystemError("read a directory")
        }
        self.stream = stream
    }

    deinit { clinux_close_entries(stream) }

    /// The next entry, nil at the end.
    func next() throws -> DirectoryEntry? {
        var kind: Int32 = 0
        switch clinux_next_entry(stream, &name, &kind) {
        case 0: return nil
        case 1: return DirectoryEntry(name: name, kind: FileFacts.Kind(kind))
        default: throw StorageError.lastSystemError("read a directory")
        }
    }
}
