import NIOCore
package import S3Protocol

extension FileStore {
    private static let looks = 2

    private enum Look: Sendable {
        case object(OpenObject, isFirstSeen: Bool)
        case absent
        /// There is a file whose record is not its own.
        case unsettled
    }

    /// The record of an object without its content; one hop to the blocking pool.
    package func head(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> ObjectRecord {
        try await read(key, version: version, in: bucket, withContent: false).record
    }

    /// The record and the content of an object; one hop to the blocking pool.
    package func open(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> OpenObject {
        try await read(key, version: version, in: bucket, withContent: true)
    }

    private func read(
        _ key: ObjectKey,
        version: VersionID?,
        in bucket: BucketName,
        withContent: Bool
    ) async throws -> OpenObject {
        let target = try target(key, in: bucket)
        guard let version else {
            if let object = try await settledObject(target, withContent: withContent) { return object }
            throw try await pool.run { [self] in try absence(of: target) }
        }
        // It may become current, or noncurrent, between two looks; the last one is decided under the key's lock.
        for isLast in [false, true] {
            if let object = try await settledObject(target, withContent: withContent), object.record.version == version
            {
                return object
            }
            guard !isLast else { break }
            if let object = try await noncurrent(version, target, withContent: withContent) { return object }
        }
        let object = try await withKeyLocked(target) {
            try await pool.run { [self] in try lookAtVersion(version, target, withContent: withContent) }
        }
        guard let object else { throw S3Error.noSuchVersion(key, version: version) }
        return object
    }

    private func settledObject(_ target: ObjectFiles.Target, withContent: Bool) async throws -> OpenObject? {
        for look in 0...Self.looks {
            switch try await pool.run({ [self] in try lookAt(target, withContent: withContent) }) {
            case .object(let object, let isFirstSeen):
                if isFirstSeen { checkRowLater(target) }
                return object
            case .absent: return try await healAbsence(target)
            // Once more without the lock: it may have been overwritten between name and sidecar.
            case .unsettled where look == 0: continue
            case .unsettled: try await reconcile(target)
            }
        }
        throw StorageError(.busy, "the file of the key is being changed by another program")
    }

    /// A key that is listed and has no file was removed by hand: its row goes.
    private func healAbsence(_ target: ObjectFiles.Target) async throws -> OpenObject? {
        // The row of an object that was just deleted may be about to go by itself.
        await writer.flush()
        let row = try? await pool.run { [index] in try index.row(of: target.key, bucketID: target.bucketID) }
        // Healing is beside what was asked for: its failure changes nothing about that.
        if row != nil, !root.isReadOnly { try? await reconcile(target) }
        return nil
    }

    // MARK: Versions

    private func noncurrent(
        _ version: VersionID,
        _ target: ObjectFiles.Target,
        withContent: Bool
    ) async throws -> OpenObject? {
        try await pool.run { [self] in
            guard let found = try files.version(version, of: target) else { return nil }
            return try open(version: found, withContent: withContent)
        }
    }

    /// The version wherever it is; under the key's lock.
    private func lookAtVersion(
        _ version: VersionID,
        _ target: ObjectFiles.Target,
        withContent: Bool
    ) throws -> OpenObject? {
        if case .object(let object, _) = try lookAt(target, withContent: withContent), object.record.version == version
        {
            return object
        }
        guard let found = try files.version(version, of: target) else { return nil }
        return try open(version: found, withContent: withContent)
    }

    private func open(version found: FoundFile, withContent: Bool) throws -> OpenObject? {
        guard let record = found.record else { return nil }
        guard !record.isDeleteMarker else { throw S3Error.deleteMarkerNotAllowed(record.version) }
        guard case .object(let object, _) = try look(at: found, withContent: withContent) else { return nil }
        return object
    }

    // MARK: On the blocking pool

    private func lookAt(_ target: ObjectFiles.Target, withContent: Bool) throws -> Look {
        guard let found = try files.find(target) else { return .absent }
        return try look(at: found, withContent: withContent)
    }

    private func look(at found: FoundFile, withContent: Bool) throws -> Look {
        guard let record = found.record else { return .unsettled }
        guard withContent, record.size <= Int64(configuration.inlineLimit) else {
            let file = OpenFile(found.descriptor, size: record.size)
            return .object(OpenObject(record: record, content: .file(file)), isFirstSeen: found.isFirstSeen)
        }
        guard let bytes = try content(of: found, size: Int(record.size)) else { return .unsettled }
        return .object(OpenObject(record: record, content: .bytes(bytes)), isFirstSeen: found.isFirstSeen)
    }

    /// All bytes, nil when the file was truncated meanwhile.
    private func content(of found: FoundFile, size: Int) throws -> ByteBuffer? {
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        let count = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { space in
            try found.descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(size)), at: 0)
        }
        return count == size ? buffer : nil
    }
}
