import Synchronization

/// A file that is complete and durable, its record with it, and lacks only a name.
final class PreparedObject: Sendable {
    let record: ObjectRecord
    let sidecar: SidecarName?
    /// Whether its version's id came from elsewhere and stays, whatever the bucket's versioning says.
    let keepsVersion: Bool
    private let files: ObjectFiles
    private let heldFile: Mutex<IncomingFile?>
    private let isPublished = Mutex(false)

    /// Writes the record and syncs; blocks.
    ///
    /// `intent` is waited for before a sidecar is made.
    init(
        _ file: IncomingFile,
        _ record: ObjectRecord,
        _ files: ObjectFiles,
        _ durability: Durability,
        _ intent: PendingIntent,
        keepsVersion: Bool = false
    ) throws {
        self.keepsVersion = keepsVersion
        heldFile = Mutex(file)
        self.record = record
        self.files = files
        sidecar = try files.records.write(record, to: file.descriptor, durability) { _ = try intent.wait() }
        do {
            try files.root.sync(file.descriptor, "an upload", durability)
        } catch {
            if let sidecar { files.records.discard(sidecar) }
            throw error
        }
    }

    /// The file.
    ///
    /// - Throws: `StorageError` after `release`.
    func file() throws -> IncomingFile {
        guard let file = heldFile.withLock({ $0 }) else { throw StorageError(.closed, "the upload is over") }
        return file
    }

    /// The sidecar, if there is one, belongs to a published file now.
    func markPublished() {
        isPublished.withLock { $0 = true }
    }

    deinit { release() }

    /// Ends the request's hold on file and sidecar; what was never published goes, which blocks.
    ///
    /// - Returns: false when a sidecar is left that nothing names.
    @discardableResult
    func release() -> Bool {
        guard let file = heldFile.withLock({ $0.take() }) else { return true }
        withExtendedLifetime(file) {}
        guard let sidecar else { return true }
        // After a failed sync it is unknown whether the file has its name: then the sidecar stays.
        guard isPublished.withLock({ $0 }) || files.root.isReadOnly else { return files.records.discard(sidecar) }
        files.records.registry.unregister(sidecar)
        return true
    }
}
