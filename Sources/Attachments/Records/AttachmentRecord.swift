package import S3Protocol

/// How far the styles of an attachment are.
package enum AttachmentState: String, Sendable {
    /// Being made, or waiting to be.
    case pending
    /// All there, or none needed.
    case done
    /// Not to be had; the original still is.
    case failed
}

/// Why styles are missing or late.
package struct FailureReason: Equatable, Sendable {
    /// What machines branch on.
    package let code: String
    /// What people read.
    package let message: String

    /// A reason of these parts.
    package init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `{"error":"…","message":"…"}`.
    package var json: JSONValue {
        .object([.init("error", .string(code)), .init("message", .string(message))])
    }
}

/// The version of the object that an attachment stands for.
package struct PinnedObject: Equatable, Sendable {
    /// Where it is.
    package let bucket: BucketName
    /// Its key.
    package let key: ObjectKey
    /// The entity tag it had.
    package let etag: ETag
    /// The version it had.
    package let version: VersionID
    /// The content type it had.
    package let contentType: String
    /// The size it had.
    package let byteSize: Int64

    /// An object of these parts.
    package init(
        bucket: BucketName,
        key: ObjectKey,
        etag: ETag,
        version: VersionID,
        contentType: String,
        byteSize: Int64
    ) {
        self.bucket = bucket
        self.key = key
        self.etag = etag
        self.version = version
        self.contentType = contentType
        self.byteSize = byteSize
    }
}

/// An attachment as it is kept.
package struct AttachmentRecord: Equatable, Sendable {
    /// Never used again for another attachment.
    package let id: Int64
    /// The token whose it is.
    package let tokenID: Int64
    /// The prefix of its upload authorization.
    package let authorization: String
    /// The object it stands for.
    package var object: PinnedObject
    /// The file's name, if the key has one.
    package let filename: String?
    /// The width and height of a picture as one sees it, once known.
    package var size: (width: Int, height: Int)?
    /// What else is known of the picture, once it was looked at.
    package var picture: PictureFacts?
    /// How far the styles are.
    package var state: AttachmentState
    /// Why they are missing, or late.
    package var reason: FailureReason?
    /// When it was claimed.
    package let created: Timestamp
    /// The styles there are, by name.
    package var styles: [StyleRecord]

    package static func == (left: AttachmentRecord, right: AttachmentRecord) -> Bool {
        left.id == right.id && left.tokenID == right.tokenID && left.object == right.object
            && left.filename == right.filename && left.size?.width == right.size?.width
            && left.size?.height == right.size?.height && left.picture == right.picture && left.state == right.state
            && left.reason == right.reason
            && left.created == right.created && left.styles == right.styles
            && left.authorization == right.authorization
    }
}

/// A style of an attachment as it is kept.
package struct StyleRecord: Equatable, Sendable {
    /// The style's name.
    package let name: String
    /// The key of its object, in the bucket of the original.
    package let key: ObjectKey
    /// Its content type.
    package let contentType: String
    /// Its width in pixels.
    package let width: Int
    /// Its height in pixels.
    package let height: Int
    /// Its size in bytes.
    package let byteSize: Int64
    /// The digest of the original and the style's definition.
    package let digest: String

    /// A record of these parts.
    package init(
        name: String,
        key: ObjectKey,
        contentType: String,
        width: Int,
        height: Int,
        byteSize: Int64,
        digest: String
    ) {
        self.name = name
        self.key = key
        self.contentType = contentType
        self.width = width
        self.height = height
        self.byteSize = byteSize
        self.digest = digest
    }
}

/// What a claim wants kept.
package struct NewAttachment: Sendable {
    /// The token whose it will be.
    package let tokenID: Int64
    /// The prefix of its upload authorization.
    package let authorization: String
    /// The object it stands for.
    package let object: PinnedObject
    /// The file's name, if the key has one.
    package let filename: String?
    /// Whether styles are to be made.
    package let needsStyles: Bool

    /// A claim of these parts.
    package init(
        tokenID: Int64,
        authorization: String,
        object: PinnedObject,
        filename: String?,
        needsStyles: Bool
    ) {
        self.tokenID = tokenID
        self.authorization = authorization
        self.object = object
        self.filename = filename
        self.needsStyles = needsStyles
    }
}
