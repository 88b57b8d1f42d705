import CLinux
import Glibc

/// Finds out by trying whether a file system can keep a storage root.
struct RootProbe {
    let directory: FileDescriptor
    let root: String

    /// Tries everything; returns whether the file system has unnamed files.
    ///
    /// - Throws: `StorageError` that names the property that is missing and what has it.
    func run() throws -> Bool {
        let name = "Probe-\(Nonce.make())"
        let file = try directory.openExisting(name, O_RDWR | O_CREAT | O_EXCL)
        defer { _ = try? directory.unlink(name) }
        try probeAttributes(file)
        try probeCase(name)
        try probeNormalization()
        try probeLongNames()
        return probeUnnamedFiles()
    }

    private func probeAttributes(_ file: FileDescriptor) throws {
        let bytes = [UInt8](repeating: 0x20, count: 200)
        guard clinux_set_attribute(file.number, RecordFiles.attribute, bytes, bytes.count) != 0 else { return }
        guard errno == EOPNOTSUPP || errno == EPERM || errno == EINVAL else {
            throw StorageError.lastSystemError("write an extended attribute in the storage root \(root)")
        }
        throw StorageError(
            .unsuitableRoot,
            "the file system of \(root) keeps no user extended attributes, where records are kept; use ext4, XFS, "
                + "Btrfs or ZFS (on ZFS set xattr=sa)",
            cause: errno
        )
    }

    private func probeCase(_ name: String) throws {
        guard try directory.facts(ofName: "p" + name.dropFirst()) != nil else { return }
        throw StorageError(
            .unsuitableRoot,
            "the file system of \(root) does not tell `A` from `a`, and object keys do; use a directory without "
                + "case folding"
        )
    }

    private func probeNormalization() throws {
        let nonce = Nonce.make()
        let composed = "probe-\u{E9}-\(nonce)"
        _ = try directory.openExisting(composed, O_RDWR | O_CREAT | O_EXCL)
        defer { _ = try? directory.unlink(composed) }
        guard try directory.facts(ofName: "probe-e\u{301}-\(nonce)") != nil else { return }
        throw StorageError(
            .unsuitableRoot,
            "the file system of \(root) holds two Unicode spellings of a name for one, and object keys do not; use a "
                + "file system that does not normalise names"
        )
    }

    private func probeLongNames() throws {
        let nonce = Nonce.make()
        let name = nonce + String(repeating: "n", count: 255 - nonce.utf8.count)
        do {
            _ = try directory.openExisting(name, O_RDWR | O_CREAT | O_EXCL)
            try directory.unlink(name)
        } catch let error as StorageError where error.cause == ENAMETOOLONG || error.cause == EINVAL {
            throw StorageError(
                .unsuitableRoot,
                "the file system of \(root) does not take names of 255 bytes (eCryptfs does not); use another",
                cause: error.cause
            )
        }
    }

    private func probeUnnamedFiles() -> Bool {
        let descriptor = clinux_open_unnamed(directory.number, ".", 0o600)
        guard descriptor >= 0 else { return false }
        let file = FileDescriptor(taking: descriptor)
        let name = "probe-\(Nonce.make())"
        guard clinux_link_descriptor(file.number, directory.number, name) == 0 else { return false }
        _ = try? directory.unlink(name)
        return true
    }
}
