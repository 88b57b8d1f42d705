import CLinux
import Glibc

/// A file that is being written and has no place yet: gone when the last reference goes, unless it was published.
final class IncomingFile: Sendable {
    /// The file, open for reading and writing.
    let descriptor: FileDescriptor
    /// Its name in `incoming`, nil for an unnamed file.
    let name: String?
    private let directory: FileDescriptor

    /// A new file in the root's `incoming`; blocks.
    init(in root: StorageRoot) throws {
        directory = root.incoming
        if root.hasUnnamedFiles {
            let number = clinux_open_unnamed(directory.number, ".", 0o644)
            guard number >= 0 else { throw StorageError.lastSystemError("make a file for an upload") }
            (descriptor, name) = (FileDescriptor(taking: number), nil)
        } else {
            let nonce = Nonce.make()
            descriptor = try directory.openExisting(nonce, O_RDWR | O_CREAT | O_EXCL, mode: 0o644)
            name = nonce
        }
    }

    /// A file that has a name already and is to get another one; the first one stays.
    init(linking file: FileDescriptor, in root: StorageRoot) {
        directory = root.incoming
        descriptor = file
        name = nil
    }

    deinit {
        if let name { _ = try? directory.unlink(name) }
    }

    /// Gives the file a name if that is free; false when it is not.
    func linkIfFree(to target: FileDescriptor, _ newName: String) throws -> Bool {
        do {
            try link(to: target, newName)
            return true
        } catch let error as StorageError where error.cause == EEXIST {
            return false
        }
    }

    /// Gives the file a name that is free; throws `EEXIST` as the cause when it is not.
    func link(to target: FileDescriptor, _ newName: String) throws {
        let result =
            if let name {
                renameToFreeName(name, target, newName)
            } else {
                clinux_link_descriptor(descriptor.number, target.number, newName)
            }
        guard result == 0 else { throw StorageError.lastSystemError("publish a file") }
    }

    private func renameToFreeName(_ name: String, _ target: FileDescriptor, _ newName: String) -> CInt {
        let result = clinux_rename_new(directory.number, name, target.number, newName)
        guard result != 0, errno == EINVAL || errno == ENOSYS else { return result }
        // No such rename on this file system: a second name, and then without the first, which may stay for the sweep.
        guard linkat(directory.number, name, target.number, newName, 0) == 0 else { return -1 }
        _ = unlinkat(directory.number, name, 0)
        return 0
    }

    /// Puts the file in the place of the one of that name.
    func replace(in target: FileDescriptor, _ newName: String) throws {
        if let name { return try directory.rename(name, to: target, newName) }
        let nonce = Nonce.make()
        try link(to: directory, nonce)
        do {
            try directory.rename(nonce, to: target, newName)
        } catch {
            _ = try? directory.unlink(nonce)
            throw error
        }
    }
}
