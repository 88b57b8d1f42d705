import S3Protocol

extension MinIOBucketSettings {
    /// What the bucket may hold at most.
    package enum Quota: Hashable, Sendable {
        /// So many bytes.
        case bytes(Int64)
        /// Something that is not understood.
        case unreadable
    }

    /// The bucket's quota; nil when there is none.
    ///
    /// The members of the document are those that MinIO's client library is known to write: `quota`, and `size` in
    /// newer ones. 0 stands for none.
    package var quota: Quota? {
        guard !quotaDocument.isEmpty else { return nil }
        guard let json = JSONReader.read(quotaDocument, limits: .init(length: 1 << 16, depth: 4)) else {
            return .unreadable
        }
        let limits = [json["size"], json["quota"]].compactMap { $0?.integer }
        guard limits.allSatisfy({ $0 >= 0 }) else { return .unreadable }
        return limits.first { $0 > 0 }.map(Quota.bytes)
    }
}
