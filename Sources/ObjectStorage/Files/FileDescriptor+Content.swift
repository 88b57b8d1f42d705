import CLinux
import Glibc

extension FileDescriptor {
    /// What `fstat` says now.
    func facts() throws -> FileFacts {
        var facts = clinux_file_facts()
        guard clinux_facts_of_descriptor(number, &facts) == 0 else {
            throw StorageError.lastSystemError("look at a file")
        }
        return FileFacts(facts)
    }

    /// Waits until data and attributes are on disk.
    func sync(_ what: @autoclosure () -> String) throws {
        guard fsync(number) == 0 else { throw StorageError.lastSystemError("sync \(what())") }
    }

    /// Waits until data is on disk, with as little metadata as is needed to read it.
    func syncData(_ what: String) throws {
        guard fdatasync(number) == 0 else { throw StorageError.lastSystemError("sync \(what)") }
    }

    /// Writes all bytes at this offset.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        guard clinux_write_fully(number, bytes.baseAddress, bytes.count, offset) == 0 else {
            throw StorageError.lastSystemError("write to the storage root")
        }
    }

    /// Cuts the file off behind so many bytes.
    func truncate(to size: Int64) throws {
        guard ftruncate(number, Int(size)) == 0 else { throw StorageError.lastSystemError("cut a file") }
    }

    /// Reads into all of `buffer`, or up to the end of the file; returns how many bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        let count = clinux_read_fully(number, buffer.baseAddress, buffer.count, offset)
        guard count >= 0 else { throw StorageError.lastSystemError("read a file") }
        return count
    }

    /// All bytes, up to `limit`.
    func readAll(limit: Int) throws -> [UInt8] {
        let size = min(limit, Int(try facts().size))
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = try read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        }
    }

    /// Copies the content of a file of `size` bytes into this one, which is empty.
    ///
    /// A clone where the file system has them, else a copy within the kernel. - Returns: how many bytes there were.
    func copyContent(of source: FileDescriptor, size: Int64) throws -> Int64 {
        try copy(size, of: source.number, from: 0, to: 0)
    }

    /// Copies a range of an open file to an offset of this one, as `copyContent` does.
    func append(_ range: Range<Int64>, of file: OpenFile, at offset: Int64) throws -> Int64 {
        try copy(Int64(range.count), of: file.fileDescriptor, from: range.lowerBound, to: offset)
    }

    /// Copies a range of a file to an offset of this one, as `copyContent` does.
    func append(_ range: Range<Int64>, of source: FileDescriptor, at offset: Int64) throws -> Int64 {
        try copy(Int64(range.count), of: source.number, from: range.lowerBound, to: offset)
    }

    private func copy(_ size: Int64, of source: CInt, from: Int64, to offset: Int64) throws -> Int64 {
        let count = clinux_copy_range(source, from, number, offset, size)
        guard count >= 0 else { throw StorageError.lastSystemError("copy a file") }
        return count
    }

    /// Makes this empty file a clone of another, which shares its blocks until one of them is changed.
    ///
    /// - Throws: `StorageError` when the file system has no clones.
    func clone(_ source: FileDescriptor) throws {
        guard clinux_clone(source.number, number) == 0 else { throw StorageError.lastSystemError("clone a file") }
    }

    /// Calls `body` with all bytes in order, in pieces.
    func forEachPiece(
        from start: Int64 = 0,
        upTo size: Int64,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        var offset = start
        while offset < size {
            let wanted = min(buffer.count, Int(size - offset))
            let count = try buffer.withUnsafeMutableBytes { bytes in
                let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(wanted)), at: offset)
                try body(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
                return count
            }
            guard count > 0 else { return }
            offset += Int64(count)
        }
    }

    /// Sets the time of the last change of the content.
    func setModified(nanoseconds: Int64) throws {
        guard clinux_set_modified(number, nanoseconds) == 0 else {
            throw StorageError.lastSystemError("set a file's time")
        }
    }

    /// The attribute's bytes, nil when there is none or it is longer than any that is written here.
    func attribute(_ name: String, limit: Int) throws -> [UInt8]? {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            let length = clinux_get_attribute(number, name, buffer.baseAddress, limit)
            if length < 0 { failure = errno }
            count = max(0, length)
        }
        switch failure {
        case 0: return bytes
        case ENODATA, ERANGE: return nil
        default: throw StorageError.system("read a file's record", failure)
        }
    }

    /// The names of all attributes that this process may see; names that are no UTF-8 are left out.
    func attributeNames() throws -> [String] {
        // The most that Linux gives, XATTR_LIST_MAX.
        var names = [CChar](repeating: 0, count: 64 * 1024)
        let length = clinux_list_attributes(number, &names, names.count)
        guard length >= 0 else { throw StorageError.lastSystemError("list a file's attributes") }
        return names.prefix(length).split(separator: 0).compactMap { name in
            String(validating: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Replaces the attribute; false when it does not fit beside what the file has.
    func setAttribute(_ name: String, _ bytes: [UInt8]) throws -> Bool {
        if clinux_set_attribute(number, name, bytes, bytes.count) == 0 { return true }
        guard errno == ENOSPC || errno == E2BIG || errno == ERANGE else {
            throw StorageError.lastSystemError("write a file's record")
        }
        return false
    }
}
