extension ForeignDriveError.Code {
    /// The bytes are encrypted with a key that this drive does not hold.
    package static let encrypted: Self = "encrypted"
    /// The bytes are compressed in a way that is not read here.
    package static let compressed: Self = "compressed"
    /// The bytes lie in a remote tier.
    package static let tiered: Self = "tiered"
    /// The object is spread over several drives.
    package static let erasureCoded: Self = "erasure-coded"
    /// A data file is not there.
    package static let missingData: Self = "missing-data"
    /// A data file or block has another length than recorded.
    package static let wrongLength: Self = "wrong-length"
    /// The version waits for its deletion elsewhere and is no longer shown.
    package static let pendingDeletion: Self = "pending-deletion"
    /// A name cannot be a bucket, a key or a file.
    package static let badName: Self = "bad-name"
    /// The file system refused to read something.
    package static let unreadable: Self = "unreadable"
    /// The folder is not a drive that can be imported as a whole.
    package static let notADrive: Self = "not-a-drive"
}

extension ForeignDriveError {
    static func encrypted(_ kind: String, key: String?) -> Self {
        Self(.encrypted, "encrypted with \(kind)" + (key.map { ", key \($0)" } ?? ""))
    }

    static func compressed(_ method: String) -> Self { Self(.compressed, "stored compressed with \(method)") }

    static func tiered(_ tier: String, name: String) -> Self {
        Self(.tiered, "the data lies in tier \(tier) as \(name)")
    }

    static func erasureCoded(data: Int64, parity: Int64) -> Self {
        Self(.erasureCoded, "spread over drives: \(data) data and \(parity) parity shards; copy it through the server")
    }

    static func missingData(_ file: String) -> Self { Self(.missingData, "\(file) is not there") }

    static func wrongLength(_ what: String, expected: Int64, found: Int64) -> Self {
        Self(.wrongLength, "\(what) has \(found) bytes instead of \(expected)")
    }

    static func damagedBlock(at offset: Int64) -> Self {
        Self(.checksumMismatch, "the block at stored offset \(offset) does not match its hash")
    }

    static func badName(_ what: String) -> Self { Self(.badName, what) }

    static func unreadable(_ what: String) -> Self { Self(.unreadable, what) }

    static func notADrive(_ why: String) -> Self { Self(.notADrive, why) }
}
