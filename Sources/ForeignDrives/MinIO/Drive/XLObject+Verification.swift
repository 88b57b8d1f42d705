extension XLObject {
    /// The numbers that a part may have.
    private static let partNumbers: ClosedRange<Int64> = 1...10_000

    /// Refuses an object whose stored bytes are not its content on this one drive.
    ///
    /// - Throws: `erasureCoded`, `encrypted`, `compressed`, `pendingDeletion`, `unsupportedFormat`, `inconsistent`.
    func verify(_ metadata: MinIOMetadata) throws(ForeignDriveError) {
        try verifyErasure()
        if let encryption = metadata.encryption {
            throw .encrypted(encryption.kind.rawValue, key: encryption.keyName)
        }
        if let method = metadata.compression { throw .compressed(method) }
        guard !metadata.isAwaitingDeletion else {
            throw ForeignDriveError(.pendingDeletion, "the version waits for its deletion at a replication target")
        }
        try verifyParts()
        try verifyActualSizes(metadata)
    }

    private func verifyErasure() throws(ForeignDriveError) {
        guard erasure.data == 1, erasure.parity == 0 else {
            throw .erasureCoded(data: erasure.data, parity: erasure.parity)
        }
        guard erasure.algorithm == 1 else { throw .unsupported("the unknown erasure code \(erasure.algorithm)") }
        guard erasure.index == 1, erasure.distribution == [1] else {
            throw .inconsistent("one drive holds shard \(erasure.index) of \(erasure.distribution)")
        }
        guard (1...BitrotFrame.largestBlock).contains(erasure.blockSize) else {
            throw .inconsistent("blocks of \(erasure.blockSize) bytes cannot be")
        }
        switch protection {
        case .blockHashes: return
        case .wholeFiles: throw .unsupported("one checksum over each whole part, the way of before 2018")
        case .unknown(let number): throw .unsupported("block hashes of the unknown kind \(number)")
        }
    }

    private func verifyParts() throws(ForeignDriveError) {
        var total: Int64 = 0
        var previous: Int64 = 0
        for part in parts {
            guard Self.partNumbers.contains(part.number), part.number > previous else {
                throw .inconsistent("part \(part.number) follows part \(previous)")
            }
            let (sum, overflows) = total.addingReportingOverflow(part.size)
            guard part.size >= 0, !overflows else { throw .inconsistent("part \(part.number) has \(part.size) bytes") }
            (total, previous) = (sum, part.number)
        }
        guard total == size else { throw .inconsistent("the parts have \(total) bytes, the object \(size)") }
    }

    /// The client's sizes are those stored, since nothing was compressed or encrypted; negative ones are unknown.
    private func verifyActualSizes(_ metadata: MinIOMetadata) throws(ForeignDriveError) {
        for part in parts {
            guard let actual = part.actualSize, actual >= 0, actual != part.size else { continue }
            throw .inconsistent("part \(part.number) has \(part.size) bytes stored and \(actual) recorded")
        }
        guard let actual = metadata.actualSize, actual >= 0, actual != size else { return }
        throw .inconsistent("the object has \(size) bytes stored and \(actual) recorded")
    }
}
