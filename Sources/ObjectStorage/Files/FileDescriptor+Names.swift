import CLinux
import Glibc

// All names here are paths relative to a directory that this descriptor is open on. Paths of more than one segment are
// opened beneath it, without symbolic links and mounts in between; changes are made by plain names only.
extension FileDescriptor {
    /// Opens a path beneath this directory, or nil when it is not there or something else is in the way.
    func open(_ path: String, _ flags: CInt = O_RDONLY, mode: mode_t = 0o600) throws -> FileDescriptor? {
        let descriptor = clinux_open_beneath(number, path, flags, mode)
        if descriptor >= 0 { return FileDescriptor(taking: descriptor) }
        guard Self.isAbsence(errno) else { throw StorageError.lastSystemError("open a file of the storage root") }
        return nil
    }

    /// Opens a path beneath this directory that has to be there.
    func openExisting(_ path: String, _ flags: CInt = O_RDONLY, mode: mode_t = 0o600) throws -> FileDescriptor {
        let descriptor = clinux_open_beneath(number, path, flags, mode)
        guard descriptor >= 0 else { throw StorageError.lastSystemError("open \(path)") }
        return FileDescriptor(taking: descriptor)
    }

    /// Opens a directory beneath this one, or nil when it is not there.
    func openDirectory(_ path: String) throws -> FileDescriptor? {
        try open(path, O_RDONLY | O_DIRECTORY)
    }

    /// What a plain name in this directory stands for, nil for nothing; a symbolic link is not followed.
    func facts(ofName name: String) throws -> FileFacts? {
        var facts = clinux_file_facts()
        if clinux_facts_of_name(number, name, &facts) == 0 { return FileFacts(facts) }
        guard Self.isAbsence(errno) else { throw StorageError.lastSystemError("look at a file") }
        return nil
    }

    /// What a path beneath this directory stands for, nil for nothing.
    func facts(ofPath path: String) throws -> FileFacts? {
        var facts = clinux_file_facts()
        if clinux_facts_beneath(number, path, &facts) == 0 { return FileFacts(facts) }
        guard Self.isAbsence(errno) else { throw StorageError.lastSystemError("look at a file") }
        return nil
    }

    /// Removes a file; false when it was not there.
    @discardableResult
    func unlink(_ name: String) throws -> Bool {
        if unlinkat(number, name, 0) == 0 { return true }
        guard errno == ENOENT else { throw StorageError.lastSystemError("remove a file") }
        return false
    }

    /// Removes a directory if it is empty; false when it is not, or not there.
    @discardableResult
    func removeDirectory(_ name: String) -> Bool {
        unlinkat(number, name, AT_REMOVEDIR) == 0
    }

    /// Makes a directory; false when the name is taken.
    func makeDirectory(_ name: String, mode: mode_t) throws -> Bool {
        if mkdirat(number, name, mode) == 0 { return true }
        guard errno == EEXIST else { throw StorageError.lastSystemError("make the directory \(name)") }
        return false
    }

    /// Renames over whatever file is at the new name.
    func rename(_ name: String, to directory: FileDescriptor, _ newName: String) throws {
        guard renameat(number, name, directory.number, newName) == 0 else {
            throw StorageError.lastSystemError("rename a file")
        }
    }

    /// The entries of this directory.
    func entries() throws -> [DirectoryEntry] {
        var found: [DirectoryEntry] = []
        try forEachEntry { entry in
            found.append(entry)
            return true
        }
        return found
    }

    /// Calls `body` with the entries of this directory until it returns false; returns whether it saw all of them.
    @discardableResult
    func forEachEntry(_ body: (DirectoryEntry) throws -> Bool) throws -> Bool {
        let stream = try DirectoryStream(self)
        while let entry = try stream.next() {
            guard try body(entry) else { return false }
        }
        return true
    }

    /// Whether an error of open says that there is nothing of that name that could be opened.
    private static func isAbsence(_ number: Int32) -> Bool {
        [ENOENT, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, EILSEQ, ENXIO].contains(number)
    }
}

/// One name in a directory.
struct DirectoryEntry: Sendable {
    /// The name's bytes as the file system has them.
    let bytes: [UInt8]
    /// What it stands for.
    let kind: FileFacts.Kind

    init(name: [CChar], kind: FileFacts.Kind) {
        bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        self.kind = kind
    }

    /// The name as text, nil when it is not UTF-8.
    var name: String? { String(validating: bytes, as: UTF8.self) }
}
