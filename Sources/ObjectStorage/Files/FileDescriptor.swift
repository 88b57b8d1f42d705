import Glibc

/// Sole owner of an open descriptor: closed when the last reference goes, on every path.
final class FileDescriptor: Sendable {
    /// The descriptor's number, valid as long as this object lives.
    let number: CInt

    /// Takes over a descriptor.
    init(taking number: CInt) {
        self.number = number
    }

    deinit {
        // What must be on disk was synced before; an error of close says nothing that could be acted upon.
        _ = close(number)
    }
}
