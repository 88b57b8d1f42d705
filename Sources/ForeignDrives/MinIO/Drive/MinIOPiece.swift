/// Where the stored bytes of one part are, and how to prove them.
package struct MinIOPiece: Sendable {
    /// A place of stored bytes.
    package enum Location: Sendable {
        /// In the metadata file: the framed bytes themselves.
        case inline(ArraySlice<UInt8>)
        /// In a file of exactly `framedSize` bytes.
        case file(DrivePath)
        /// Nowhere, since the part is empty.
        case nowhere
    }

    /// The client's number of the part.
    package let number: Int64
    /// The part's ETag, where it is still known.
    package let etag: String?
    /// How many bytes of content the part has.
    package let size: Int64
    /// How many bytes are stored, with the hashes.
    package let framedSize: Int64
    /// The size of the blocks that are hashed.
    package let blockSize: Int64
    /// Where the framed bytes are.
    package let location: Location

    /// What takes the hashes off and verifies them, new for each reading.
    package func frame() throws(ForeignDriveError) -> BitrotFrame {
        try BitrotFrame(size: size, blockSize: blockSize)
    }
}
