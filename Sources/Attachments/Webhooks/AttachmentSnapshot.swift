import FoundationEssentials
import S3Protocol

/// An attachment as it was when something happened to it, as text: links are made of it when it is told.
struct AttachmentSnapshot: Codable {
    private struct Style: Codable {
        let name: String
        let key: String
        let contentType: String
        let width: Int
        let height: Int
        let byteSize: Int64
        let digest: String
    }

    private let id: Int64
    private let token: Int64
    private let authorization: String
    private let bucket: String
    private let key: String
    private let etag: String
    private let version: String
    private let contentType: String
    private let byteSize: Int64
    private let filename: String?
    private let width: Int?
    private let height: Int?
    private let picture: String?
    private let state: String
    private let failure: [String]?
    private let created: Int64
    private let styles: [Style]

    init(_ record: AttachmentRecord) {
        id = record.id
        token = record.tokenID
        authorization = record.authorization
        bucket = record.object.bucket.string
        key = record.object.key.string
        etag = record.object.etag.text
        version = record.object.version.text
        contentType = record.object.contentType
        byteSize = record.object.byteSize
        filename = record.filename
        (width, height) = (record.size?.width, record.size?.height)
        picture = record.picture?.text
        state = record.state.rawValue
        failure = record.reason.map { [$0.code, $0.message] }
        created = record.created.nanoseconds
        styles = record.styles.map { style in
            Style(
                name: style.name,
                key: style.key.string,
                contentType: style.contentType,
                width: style.width,
                height: style.height,
                byteSize: style.byteSize,
                digest: style.digest
            )
        }
    }

    /// The text to keep.
    var text: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    /// What was kept.
    init(text: String) throws {
        self = try JSONDecoder().decode(AttachmentSnapshot.self, from: Data(text.utf8))
    }

    /// The attachment.
    var record: AttachmentRecord {
        get throws {
            guard let state = AttachmentState(rawValue: state) else {
                throw AttachmentsError(.damagedRecords, "An event is of an attachment in the unknown state '\(state)'.")
            }
            return AttachmentRecord(
                id: id,
                tokenID: token,
                authorization: authorization,
                object: PinnedObject(
                    bucket: try BucketName(bucket),
                    key: try ObjectKey(key),
                    etag: ETag(etag),
                    version: try VersionID(version),
                    contentType: contentType,
                    byteSize: byteSize
                ),
                filename: filename,
                size: width.flatMap { width in height.map { (width, $0) } },
                picture: picture.flatMap(PictureFacts.init(text:)),
                state: state,
                reason: failure.flatMap { $0.count == 2 ? FailureReason($0[0], $0[1]) : nil },
                created: Timestamp(nanoseconds: created),
                styles: try styles.map { style in
                    StyleRecord(
                        name: style.name,
                        key: try ObjectKey(style.key),
                        contentType: style.contentType,
                        width: style.width,
                        height: style.height,
                        byteSize: style.byteSize,
                        digest: style.digest
                    )
                }
            )
        }
    }
}
