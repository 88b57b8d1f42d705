import S3Protocol

// What content has to be like, and what is recorded of it.
extension ImportedContent {
    /// What a version's content turned out to be.
    struct Proved {
        var etag: ETag
        var checksums: [Checksum]
        var checksumType: ChecksumType
        var parts: [ObjectPart]
    }

    /// The digests that are needed to prove the content.
    ///
    /// - Throws: `StorageError` when the parts do not make the whole.
    func digests() throws -> ImportDigests {
        let total = parts.reduce(Int64(0)) { $0 &+ $1.size }
        guard parts.isEmpty || total == size, parts.allSatisfy({ $0.size >= 0 && $0.size <= size }) else {
            throw StorageError(.damaged, "the parts have \(total) bytes together, the object \(size)")
        }
        var (whole, ofParts): (Set<ChecksumAlgorithm>, Set<ChecksumAlgorithm>) = ([], [])
        if etag == nil || isWholeTag { whole.insert(.md5) }
        if isTagOfParts { ofParts.insert(.md5) }
        if isComposite {
            ofParts.formUnion(checksums.map(\.algorithm))
        } else {
            whole.formUnion(checksums.isEmpty ? [.standard] : checksums.map(\.algorithm))
        }
        return ImportDigests(whole: whole, parts: ofParts, sizes: parts.map(\.size))
    }

    /// Holds what was written against what is recorded.
    ///
    /// - Throws: `StorageError.Code.damaged` for content that is not the recorded one.
    func prove(_ digests: ImportDigests.Result) throws -> Proved {
        guard digests.byteCount == size else {
            throw StorageError(.damaged, "there are \(digests.byteCount) bytes instead of \(size)")
        }
        try proveTag(digests)
        let md5 = digests.whole[.md5]?.digest ?? []
        let tag = etag ?? ETag(md5: md5)
        guard !isComposite else {
            return Proved(etag: tag, checksums: checksums, checksumType: .composite, parts: try provedParts(digests))
        }
        for recorded in checksums { try compare(recorded, digests.whole[recorded.algorithm]) }
        let known = checksums.isEmpty ? [digests.whole[.standard]].compactMap(\.self) : checksums
        return Proved(etag: tag, checksums: known, checksumType: .fullObject, parts: parts)
    }

    private var isComposite: Bool { checksumType == .composite && !checksums.isEmpty && !parts.isEmpty }

    // MARK: The tag

    private var tagFields: [Substring] { etag?.text.split(separator: "-", omittingEmptySubsequences: false) ?? [] }

    private var hasDigestTag: Bool { tagFields.first.flatMap { Hex.decode($0) }?.count == 16 }

    private var isWholeTag: Bool { hasDigestTag && tagFields.count == 1 }

    private var isTagOfParts: Bool {
        hasDigestTag && tagFields.count == 2 && !parts.isEmpty && Int(tagFields[1]) == parts.count
    }

    private func proveTag(_ digests: ImportDigests.Result) throws {
        guard let etag, isWholeTag || isTagOfParts else { return }
        let ofParts = digests.parts.compactMap { $0[.md5]?.digest }.flatMap(\.self)
        let whole = digests.whole[.md5]?.digest ?? []
        let computed = isWholeTag ? whole : Checksummer.checksum(of: ofParts, .md5).digest
        guard Hex.decode(tagFields[0]) != computed else { return }
        // A tag of one part may be random: MinIO makes such where a client sent no MD5.
        guard isWholeTag || parts.count > 1 else { return }
        throw StorageError(.damaged, "the MD5 of the content is \(Hex.encode(computed)), the ETag is \(etag)")
    }

    // MARK: Checksums

    private func provedParts(_ digests: ImportDigests.Result) throws -> [ObjectPart] {
        for recorded in checksums {
            let ofParts = digests.parts.compactMap { $0[recorded.algorithm] }
            try compare(recorded, ObjectChecksum.composite(of: ofParts)?.checksum)
        }
        // The parts' own are what a scrub compares later.
        return zip(parts, digests.parts).map { part, sums in
            var part = part
            part.checksum = checksums.first.flatMap { sums[$0.algorithm] }
            return part
        }
    }

    private func compare(_ recorded: Checksum, _ computed: Checksum?) throws {
        guard recorded != computed else { return }
        throw StorageError(
            .damaged,
            "the \(recorded.algorithm.rawValue) of the content is \(computed?.base64 ?? "-"), recorded is \(recorded.base64)"
        )
    }
}
