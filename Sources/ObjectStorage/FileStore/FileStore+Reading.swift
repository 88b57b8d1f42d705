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
        let object = try await settledObject(target, withContent: withContent)
        guard let object, version == nil || object.record.version == version else {
            throw version.map { S3Error.noSuchVersion(key, version: $0) } ?? S3Error.noSuchKey(key)
        }
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

    private func lookAt(_ target: ObjectFiles.Target, withContent: Bool) throws -> Look {
        guard let found = try files.find(target) else { return .absent }
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
