import Glibc

/// Sole owner of an open descriptor: closed when the last reference goes, on every path.
final class FileDescriptor: Sendable {
    /// The descriptor's number, valid as long as this object lives.
    let number: CInt

    /// Takes over a descriptor.
    init(taking number: CInt) {
        self.number = number
    }

    /// Opens a file by its path for reading.
    convenience init(opening path: String) throws {
        let number = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw StorageError.lastSystemError("open \(path)") }
        self.init(taking: number)
    }

    deinit {
        // What must be on disk was synced before; an error of close says nothing that could be acted upon.
        _ = close(number)
    }
}
