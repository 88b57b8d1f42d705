import Glibc

extension OpenFile {
    /// A second descriptor of a file that somebody else opened, such as one in memory; its first `size` bytes.
    ///
    /// - Throws: `StorageError` when no descriptor is to be had.
    package convenience init(duplicating descriptor: CInt, size: Int64) throws {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw StorageError.lastSystemError("duplicate a descriptor") }
        self.init(FileDescriptor(taking: copy), size: size)
    }
}
