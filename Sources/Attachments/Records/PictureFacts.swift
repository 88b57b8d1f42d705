import FoundationEssentials
package import Imaging

/// What is known of the picture of an attachment.
package struct PictureFacts: Hashable, Sendable, Codable {
    /// Width and height as one sees it.
    package let size: PixelSize
    /// What kind it is, whatever its name and declared type say.
    package let kind: ImageKind
    /// How many frames or pages it has.
    package let frames: Int
    /// What it looks like, and where it comes from.
    package let details: PictureDetails

    /// Facts of these parts.
    package init(size: PixelSize, kind: ImageKind, frames: Int, details: PictureDetails = PictureDetails()) {
        self.size = size
        self.kind = kind
        self.frames = frames
        self.details = details
    }

    /// What a worker found out, as far as it is believed.
    package init(_ source: RenderReply.Source) {
        self.init(
            size: source.size,
            kind: source.kind,
            frames: source.frames,
            details: (source.details ?? PictureDetails()).sanitized
        )
    }

    /// The facts as a column of the records.
    var text: String? {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The facts of a column; nil for a text that another version wrote.
    init?(text: String) {
        guard let facts = try? JSONDecoder().decode(PictureFacts.self, from: Data(text.utf8)) else { return nil }
        self = facts
    }
}
