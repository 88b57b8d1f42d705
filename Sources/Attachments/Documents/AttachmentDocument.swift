import Imaging
package import S3Protocol

/// An attachment as the JSON API answers it.
package struct AttachmentDocument: Equatable, JSONDocument {
    /// The record's id.
    package let id: Int64
    /// A link to the file as it was uploaded.
    package let originalURL: String
    /// The file's name, if the key has one.
    package let filename: String?
    /// Links to the finished styles, in the order of the configuration.
    package let styleURLs: [(name: String, url: String)]
    /// The content type of the upload.
    package let contentType: String
    /// The size of the upload.
    package let byteSize: Int64
    /// The width and height of a picture as one sees it, once known.
    package let size: (width: Int, height: Int)?
    /// What else is known of the picture, once it was looked at.
    package let picture: PictureFacts?
    /// Whether time and place of the photograph are told.
    package let tellsPhoto: Bool
    /// How far the styles are.
    package let state: AttachmentState
    /// Why there is no style, when `state` is failed; why it takes long, when it is pending.
    package let reason: FailureReason?

    package static func == (left: AttachmentDocument, right: AttachmentDocument) -> Bool {
        left.json == right.json
    }

    /// The attachment without an envelope; `failure` is there when failed, `waiting` when a pending one has a reason.
    package var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .number("\(id)")),
            .init("original_url", .string(originalURL)),
            .init("filename", .optional(filename)),
            .init("style_url", .object(styleURLs.map { .init($0.name, .string($0.url)) })),
            .init("content_type", .string(contentType)),
            .init("byte_size", .number("\(byteSize)")),
            .init("width", .optional(size?.width)),
            .init("height", .optional(size?.height)),
            .init("format", .optional(picture?.kind.rawValue)),
            .init("frames", .optional(picture?.frames)),
            .init("dominant_color", .optional(picture?.details.dominantColor)),
            .init("blurhash", .optional(picture?.details.blurhash)),
        ]
        if tellsPhoto { members += photo }
        members.append(.init("state", .string(state.rawValue)))
        if let reason { members.append(.init(state == .failed ? "failure" : "waiting", reason.json)) }
        return .object(members)
    }

    private var photo: [JSONValue.Member] {
        let location = picture?.details.photoLocation.map { place in
            JSONValue.object([
                .init("latitude", .number("\(place.latitude)")), .init("longitude", .number("\(place.longitude)")),
            ])
        }
        return [
            .init("photo_time", .optional(picture?.details.photoTime)), .init("photo_location", location ?? .null),
        ]
    }
}

/// Attachments in a row, as the list answers them.
package struct AttachmentListDocument: Equatable, JSONDocument {
    /// The attachments of the page.
    package let attachments: [AttachmentDocument]

    /// A list of these attachments.
    package init(_ attachments: [AttachmentDocument]) {
        self.attachments = attachments
    }

    /// An array, without an envelope.
    package var json: JSONValue { .array(attachments.map(\.json)) }
}
