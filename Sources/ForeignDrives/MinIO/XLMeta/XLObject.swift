/// An object in an `xl.meta`, with everything that the file tells of it.
///
/// The numbers are as recorded; whether they can be of an object on one drive is for `verify` to say.
package struct XLObject: Hashable, Sendable {
    /// How the object's bytes are spread.
    package struct Erasure: Hashable, Sendable {
        /// The code; 1 is Reed-Solomon.
        package var algorithm: Int64 = 1
        /// How many shards hold data.
        package var data: Int64 = 0
        /// How many shards hold parity.
        package var parity: Int64 = 0
        /// How many bytes of the object are cut into shards at a time.
        package var blockSize: Int64 = 0
        /// Which shard this drive holds, from 1.
        package var index: Int64 = 0
        /// Which drive of the set holds which shard.
        package var distribution: [Int64] = []
    }

    /// One part as it was uploaded.
    package struct Part: Hashable, Sendable {
        /// The client's number of the part.
        package var number: Int64
        /// The part's ETag; mostly lost once the upload was completed.
        package var etag: String?
        /// The stored size without block hashes.
        package var size: Int64
        /// The client's size, where it is recorded.
        package var actualSize: Int64?
    }

    /// How damage to the stored bytes shows.
    package enum Protection: Hashable, Sendable {
        /// By a HighwayHash-256 in front of each block.
        case blockHashes
        /// By one checksum over each part file: the algorithm's number and the digest, by the number of the part.
        case wholeFiles([Int64: WholeFileHash])
        /// By something that is not understood, of this number.
        case unknown(Int64)
    }

    /// A checksum over a whole part file, as the layout of before 2020 has it.
    package struct WholeFileHash: Hashable, Sendable {
        /// 1 SHA-256, 2 HighwayHash-256, 3 block hashes, 4 BLAKE2b-512.
        package var algorithm: Int64
        /// The digest.
        package var digest: [UInt8]
    }

    /// The version's id; zero for `null`.
    package var id: ForeignUUID
    /// The name of the folder that holds the part files: an id, or `legacy`.
    package var dataFolder: String
    /// Whether the record has the form of before 2020.
    package var isLegacy: Bool
    /// How the bytes are spread.
    package var erasure: Erasure
    /// How damage shows.
    package var protection: Protection
    /// The parts in order.
    package var parts: [Part]
    /// The stored size: the sum of the parts.
    package var size: Int64
    /// When the object was written.
    package var modified: ForeignTime
    /// MinIO's own notes, in byte order of their names.
    package var systemMetadata: [ForeignAttribute]
    /// What clients see, in byte order of the names.
    package var userMetadata: [ForeignAttribute]
}
