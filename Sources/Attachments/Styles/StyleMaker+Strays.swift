import ObjectStorage
import S3Protocol

extension StyleMaker {
    /// Removes the objects that earlier tries of an attachment left and no record names: a try may have been cut off between
    /// two styles.
    func removeStrays(of record: AttachmentRecord) async throws {
        let recorded = Set(record.styles.map(\.key))
        // More styles than an attachment can have fit on one page.
        let query = ListQuery(prefix: Array("\(configuration.stylesPrefix)\(record.id)/".utf8))
        for entry in try await objects.list(query, in: record.object.bucket).entries {
            guard case .object(let summary) = entry, !recorded.contains(summary.key) else { continue }
            try await objects.remove(summary.key, in: record.object.bucket)
        }
    }
}
