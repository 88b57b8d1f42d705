import ObjectStorage
import S3Protocol

/// Sends a long object in parts; one that was broken off goes on behind the parts that are there.
struct ResumedUpload: Sendable {
    let remote: RemoteKey
    let table: MirrorTable
    let entry: MirrorEntry
    let record: ObjectRecord
    let content: MirroredContent
    let plan: PartPlan

    /// Sends what is missing and puts it together; gives what the object is there.
    func send(replacing old: RemoteObject?) async throws -> MirrorNote {
        let (id, there) = try await begun()
        var sent: [(number: Int, etag: String)] = []
        for part in plan.parts {
            let md5 = try await content.md5(part.range)
            let etag = Hex.encode(md5)
            let length = Int64(part.range.count)
            if let stored = there[part.number], stored.size == length, ByteText.equal(stored.etag, etag) {
                sent.append((part.number, stored.etag))
                continue
            }
            let body = content.body(part.range)
            sent.append((part.number, try await remote.putPart(part.number, of: id, md5: md5, length: length, body)))
        }
        let headers = try await remote.complete(id, sent, replacing: old)
        let note = try await remote.verified(record, headers)
        try await seeToTags()
        return note
    }

    /// Sets the tags of an object whose remote has forgotten those that the upload was begun with, as Ceph's gateway does.
    private func seeToTags() async throws {
        let tags = record.attributes.tags
        guard !tags.isEmpty, let found = try await remote.head(beside: record), !found.hasTags else { return }
        try await remote.setTags(tags)
    }

    /// The upload to go on with and its parts, else a new one, which is noted before its first part is sent.
    private func begun() async throws -> (id: String, parts: [Int: RemoteKey.StoredPart]) {
        if let upload = entry.upload, upload.sequence == record.sequence, upload.partSize == plan.size,
            let parts = try await remote.parts(of: upload.id)
        {
            return (upload.id, parts)
        }
        let id = try await remote.beginUpload(MirrorHeaders.headers(record))
        try await table.note(MirrorUpload(id: id, sequence: record.sequence, partSize: plan.size), of: entry)
        return (id, [:])
    }
}
