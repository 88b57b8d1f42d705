import FoundationEssentials
import S3Protocol

/// The JSON form of a record (`storage/README.md`, "The record").
struct RecordDocument: Codable, Sendable {
    /// The version of the form that is written here; a higher one is refused.
    static let currentVersion = 1

    var v: Int
    var key: String?
    var bucket: String
    var seq: Int64
    var version: String?
    var size: Int64?
    var mtime: Int64?
    var etag: String?
    var sum: [String: String]?
    var sumtype: String?
    var head: [String: String]?
    var meta: [String: String]?
    var tags: [ObjectAttributes.Tag]?
    var sidecar: String?
    var kh: String?

    /// The whole record in one document.
    init(_ record: ObjectRecord) {
        v = Self.currentVersion
        key = record.key.string
        bucket = record.bucketID
        seq = record.sequence
        version = record.version.text
        size = record.size
        mtime = record.modified.nanoseconds
        etag = record.etag.text
        sum = Self.nonEmpty(
            Dictionary(
                record.checksums.map { ($0.algorithm.rawValue, $0.base64) },
                uniquingKeysWith: { first, _ in first }
            )
        )
        sumtype = record.checksums.isEmpty ? nil : "FULL_OBJECT"
        head = Self.nonEmpty(record.attributes.headers)
        meta = Self.nonEmpty(record.attributes.metadata)
        tags = record.attributes.tags.isEmpty ? nil : record.attributes.tags
    }

    /// What stands in the attribute when the record is in a sidecar of this name.
    init(_ record: ObjectRecord, sidecar name: SidecarName) {
        v = Self.currentVersion
        bucket = record.bucketID
        seq = record.sequence
        version = record.version.text
        size = record.size
        mtime = record.modified.nanoseconds
        etag = record.etag.text
        sidecar = name.nonce
        kh = SidecarName.keyDigest(record.key)
    }

    /// The sidecar that the record stands in, nil when it stands here.
    var sidecarName: SidecarName? {
        guard let sidecar, let kh else { return nil }
        return SidecarName(bucketID: bucket, keyDigest: kh, nonce: sidecar)
    }

    /// The record that these fields are, or nil when one is missing or malformed.
    var record: ObjectRecord? {
        guard let key, let objectKey = try? ObjectKey(key), let version, let versionID = try? VersionID(version),
            let size, let mtime, let etag
        else { return nil }
        return ObjectRecord(
            key: objectKey,
            bucketID: bucket,
            sequence: seq,
            version: versionID,
            size: size,
            modified: Timestamp(nanoseconds: mtime),
            etag: ETag(etag),
            checksums: checksums,
            attributes: ObjectAttributes(headers: head ?? [:], metadata: meta ?? [:], tags: tags ?? [])
        )
    }

    /// One line of JSON with sorted keys.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// The document that these bytes are, or nil when they are none.
    ///
    /// - Throws: `StorageError.Code.newerFormat` when a newer Larder wrote it: it is neither served nor touched.
    static func decode(_ bytes: [UInt8]) throws -> RecordDocument? {
        let decoder = JSONDecoder()
        let data = Data(bytes)
        guard let form = try? decoder.decode(Form.self, from: data) else { return nil }
        guard form.v <= currentVersion else {
            throw StorageError(
                .newerFormat,
                "a record of version \(form.v) was written by a newer Larder; this one reads up to \(currentVersion)"
            )
        }
        return try? decoder.decode(RecordDocument.self, from: data)
    }

    private struct Form: Decodable {
        var v: Int
    }

    private var checksums: [Checksum] {
        (sum ?? [:]).compactMap { name, value in
            ChecksumAlgorithm(rawValue: name).flatMap { Checksum(algorithm: $0, base64: value) }
        }.sorted { $0.algorithm.rawValue < $1.algorithm.rawValue }
    }

    private static func nonEmpty(_ values: [String: String]) -> [String: String]? {
        values.isEmpty ? nil : values
    }
}
