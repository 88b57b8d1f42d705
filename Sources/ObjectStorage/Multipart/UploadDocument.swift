import FoundationEssentials
import S3Protocol

/// The JSON form of an upload, `.larder/multipart/<upload id>/upload.json`.
///
/// What the object is to be stands in the form of a record, whose other fields are filled in at completion.
struct UploadDocument: Codable {
    /// The version of the form; a higher one is refused.
    static let currentVersion = 1

    var v: Int
    var key: String
    var bucket: String
    var initiated: Int64
    var initiator: String?
    var preceding: Int64?
    var algorithm: String?
    var checksumType: String
    /// The object's attributes as a record's JSON.
    var record: String

    init(_ upload: MultipartUpload) {
        v = Self.currentVersion
        key = upload.key.string
        bucket = upload.bucketID
        initiated = upload.initiated.nanoseconds
        initiator = upload.initiator
        preceding = upload.precedingSequence
        algorithm = upload.checksum.algorithm?.rawValue
        checksumType = upload.checksum.type.rawValue
        let record = ObjectRecord(
            key: upload.key,
            bucketID: upload.bucketID,
            sequence: 0,
            version: .null,
            size: 0,
            modified: upload.initiated,
            etag: ETag(""),
            checksums: [],
            attributes: upload.attributes
        )
        self.record = String(decoding: RecordDocument(record).encoded(), as: UTF8.self)
    }

    /// The JSON text.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// The upload of this id that the bytes at a path describe.
    ///
    /// - Throws: `StorageError` when a newer Larder wrote it, or when it cannot be read.
    static func decode(_ bytes: [UInt8], id: String, _ path: String) throws -> MultipartUpload {
        guard let document = try? JSONDecoder().decode(UploadDocument.self, from: Data(bytes)) else {
            throw StorageError(.failed, "\(path) cannot be read; restore it from a backup, or remove the upload")
        }
        guard document.v <= currentVersion else {
            throw StorageError(.newerFormat, "\(path) was written by a newer Larder")
        }
        guard let key = try? ObjectKey(document.key),
            let choice = choice(document),
            let record = try RecordDocument.decode(Array(document.record.utf8))?.record
        else { throw StorageError(.failed, "\(path) describes no upload that can be read here") }
        return MultipartUpload(
            id: id,
            key: key,
            bucketID: document.bucket,
            initiated: Timestamp(nanoseconds: document.initiated),
            initiator: document.initiator,
            checksum: choice,
            attributes: record.attributes,
            precedingSequence: document.preceding ?? 0
        )
    }

    private static func choice(_ document: UploadDocument) -> MultipartChecksumChoice? {
        guard let name = document.algorithm else { return .automatic }
        guard let algorithm = ChecksumAlgorithm(rawValue: name) else { return nil }
        return try? MultipartChecksumChoice(algorithm, ChecksumType(rawValue: document.checksumType))
    }
}
