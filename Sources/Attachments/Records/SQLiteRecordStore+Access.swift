import GRDB
import ObjectStorage

// All access goes through here, so that what the disk refuses is told like any other failure of the disk.
extension SQLiteRecordStore {
    /// Reads in one snapshot.
    ///
    /// - Throws: `StorageError` when the disk fails.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(body)
        } catch let error as DatabaseError {
            throw storageError(error)
        }
    }

    /// Writes in one transaction, which is on disk when this returns.
    ///
    /// - Throws: `StorageError` when the disk is full or fails; after a failed sync nothing is written any more.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try checkWritable()
        do {
            let value = try await database.write { [self] db in
                try raiseIDs(db)
                let value = try body(db)
                try coverIDs(db)
                return value
            }
            confirmRaisedIDs()
            return value
        } catch let error as DatabaseError {
            throw storageError(error)
        }
    }

    private func storageError(_ error: DatabaseError) -> any Error {
        switch error.extendedResultCode {
        case .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC:
            let reason = "cannot sync records.sqlite: \(error)"
            failSync(reason)
            return StorageError(.readOnly, reason)
        default: break
        }
        switch error.resultCode {
        case .SQLITE_FULL: return StorageError(.noSpace, "cannot write records.sqlite: \(error); free space")
        case .SQLITE_BUSY: return StorageError(.busy, "records.sqlite is in use: \(error)")
        case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_READONLY:
            return StorageError(.failed, "records.sqlite cannot be used: \(error); look at the disk")
        default: return error
        }
    }
}
