import Glibc
import S3Protocol

/// Records as they stand in files' attributes and in sidecars.
///
/// All of it blocks.
struct RecordFiles: Sendable {
    /// The attribute that carries the record.
    static let attribute = "user.larder"
    /// How many bytes go into the attribute; ext4 holds about 4,000 beside a file's other attributes.
    static let longestAttribute = 3_900
    private static let longestSidecar = 4 << 20

    /// What a file says of itself.
    enum Reading: Sendable, Equatable {
        /// No record, or one that cannot be read.
        case none
        /// A record, and the sidecar it stands in.
        case record(ObjectRecord, sidecar: SidecarName?)
        /// A record in a sidecar that is not there.
        case missingSidecar(SidecarName)
    }

    let root: StorageRoot
    let registry = SidecarRegistry()
    private let cache = RecordCache()

    init(root: StorageRoot) {
        self.root = root
    }

    /// The attribute of an open file, nil when it has none.
    func attribute(of file: FileDescriptor) throws -> [UInt8]? {
        try file.attribute(Self.attribute, limit: 4_096)
    }

    /// The record that an open file carries.
    func read(_ file: FileDescriptor) throws -> Reading {
        var isFirstSeen = false
        return try read(attribute(of: file), isFirstSeen: &isFirstSeen)
    }

    /// The record that an attribute holds, and whether it was not seen lately.
    func read(_ attribute: [UInt8]?, isFirstSeen: inout Bool) throws -> Reading {
        guard let bytes = attribute else { return .none }
        if let record = cache.record(for: bytes) { return .record(record, sidecar: nil) }
        guard let document = try RecordDocument.decode(bytes) else { return .none }
        if let name = document.sidecarName { return try readSidecar(name, of: document) }
        guard let record = document.record else { return .none }
        isFirstSeen = true
        cache.insert(record, for: bytes)
        return .record(record, sidecar: nil)
    }

    /// Forgets the record of a file that is gone: if it comes back, that is news.
    func forget(_ attribute: [UInt8]?) {
        if let attribute { cache.remove(attribute) }
    }

    /// Writes a record into the attribute of a file, unsynced, and returns that; nil when it does not fit.
    func writeWhole(_ record: ObjectRecord, to file: FileDescriptor) throws -> [UInt8]? {
        let bytes = RecordDocument(record).encoded()
        guard bytes.count <= Self.longestAttribute, try file.setAttribute(Self.attribute, bytes) else { return nil }
        return bytes
    }

    /// Writes a record to a file, into a new sidecar if it does not fit; returns the sidecar.
    ///
    /// The sidecar is synced here with its directory and stays registered until `registry.unregister`; the file is not
    /// synced. `announced` returns when the key's intent is on disk: before that no sidecar is made, since a crash would
    /// leave it where nobody looks.
    func write(
        _ record: ObjectRecord,
        to file: FileDescriptor,
        _ durability: Durability,
        announced: () throws -> Void = {}
    ) throws -> SidecarName? {
        let bytes = RecordDocument(record).encoded()
        if bytes.count <= Self.longestAttribute, try file.setAttribute(Self.attribute, bytes) { return nil }
        let name = SidecarName(bucketID: record.bucketID, key: record.key)
        try announced()
        registry.register(name)
        do {
            try writeSidecar(name, bytes, durability)
            try writeReference(to: name, record, file)
        } catch {
            discard(name)
            throw error
        }
        return name
    }

    /// Replaces only sequence and version of a record that was written by `write`.
    func rewriteOrder(of record: ObjectRecord, sidecar: SidecarName?, in file: FileDescriptor) throws {
        if let sidecar { return try writeReference(to: sidecar, record, file) }
        guard try file.setAttribute(Self.attribute, RecordDocument(record).encoded()) else {
            throw StorageError(.noSpace, "cannot write a record: no space for the attribute")
        }
    }

    /// Removes a sidecar that nothing names any more; false when it is still there and its key has to be reconciled.
    @discardableResult
    func discard(_ name: SidecarName) -> Bool {
        defer { registry.unregister(name) }
        do {
            try root.directory.openDirectory(name.directory)?.unlink(name.text)
            return true
        } catch {
            return false
        }
    }

    /// Moves a sidecar that nothing is known to name to the lost files; false when it is not there.
    func setAside(_ name: SidecarName) throws -> Bool {
        guard let directory = try root.directory.openDirectory(name.directory) else { return false }
        let lost = try root.directory.openExisting(".larder/lost", O_RDONLY | O_DIRECTORY)
        try directory.rename(name.text, to: lost, "sidecar.\(name.text)")
        try root.syncPublished(lost, "the lost files")
        try root.syncPublished(directory, "the directory \(name.directory)")
        return true
    }

    /// Removes the sidecars of a key that neither are `named` nor a request has registered.
    func sweep(bucketID: String, key: ObjectKey, keeping named: Set<SidecarName>) throws {
        let owner = SidecarName.owner(bucketID: bucketID, key: key)
        guard let directory = try root.directory.openDirectory("\(SidecarName.root)/\(owner.prefix(2))") else { return }
        for entry in try directory.entries() {
            guard let text = entry.name, text.hasPrefix(owner), let name = SidecarName(text) else { continue }
            guard !named.contains(name), !registry.contains(name) else { continue }
            try directory.unlink(text)
        }
    }

    /// The record in a sidecar, nil when it is not there or damaged.
    func sidecar(_ name: SidecarName) throws -> ObjectRecord? {
        guard let file = try root.directory.open(name.path) else { return nil }
        return try RecordDocument.decode(file.readAll(limit: Self.longestSidecar))?.record
    }

    /// Whether a sidecar is there.
    func exists(_ name: SidecarName) throws -> Bool {
        try root.directory.facts(ofPath: name.path) != nil
    }

    private func writeReference(to name: SidecarName, _ record: ObjectRecord, _ file: FileDescriptor) throws {
        let bytes = RecordDocument(record, sidecar: name).encoded()
        guard try file.setAttribute(Self.attribute, bytes) else {
            throw StorageError(.noSpace, "cannot write a record: no space for the attribute", cause: ENOSPC)
        }
    }

    private func writeSidecar(_ name: SidecarName, _ bytes: [UInt8], _ durability: Durability) throws {
        let made = try root.openMakingParents(name.directory)
        guard case .opened(let directory) = made else {
            throw StorageError(.failed, "cannot make \(name.directory): something else is in the way; remove it")
        }
        let branch = try root.branch(directory, at: name.directory, durability)
        let file = try directory.openExisting(name.text, O_WRONLY | O_CREAT | O_EXCL)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        try root.sync(file, "a sidecar", durability)
        try root.sync(branch, durability)
    }

    private func readSidecar(_ name: SidecarName, of attribute: RecordDocument) throws -> Reading {
        guard let file = try root.directory.open(name.path) else { return .missingSidecar(name) }
        guard var document = try RecordDocument.decode(file.readAll(limit: Self.longestSidecar)) else {
            return .missingSidecar(name)
        }
        // The attribute has the last word on the order: it alone is rewritten when another write came in between.
        document.seq = attribute.seq
        document.version = attribute.version
        guard let record = document.record, record.bucketID == attribute.bucket else { return .none }
        return .record(record, sidecar: name)
    }
}
