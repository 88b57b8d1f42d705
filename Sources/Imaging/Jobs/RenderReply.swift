/// What became of a job.
package struct RenderReply: Hashable, Sendable, Codable {
    /// What the source turned out to be.
    package struct Source: Hashable, Sendable, Codable {
        package let kind: ImageKind
        /// The size as one sees it, EXIF orientation applied.
        package let size: PixelSize
        package let frames: Int
        /// The EXIF orientation, 1 to 8.
        package let orientation: Int
        package let hasAlpha: Bool
        /// What it looks like and where it comes from; known once it was decoded.
        package var details: PictureDetails?

        package init(kind: ImageKind, size: PixelSize, frames: Int, orientation: Int, hasAlpha: Bool) {
            self.kind = kind
            self.size = size
            self.frames = frames
            self.orientation = orientation
            self.hasAlpha = hasAlpha
        }
    }

    /// A finished picture, in the destination of its style from offset 0.
    package struct Picture: Hashable, Sendable, Codable {
        package let kind: ImageKind
        package let size: PixelSize
        package let bytes: Int

        package init(kind: ImageKind, size: PixelSize, bytes: Int) {
            self.kind = kind
            self.size = size
            self.bytes = bytes
        }

        package var contentType: String { kind.contentType }
    }

    /// The end of one style: its picture, or why there is none.
    package struct Style: Hashable, Sendable, Codable {
        package let name: String
        package let picture: Picture?
        package let failure: RenderFailure?

        package init(name: String, picture: Picture) {
            self.name = name
            self.picture = picture
            self.failure = nil
        }

        package init(name: String, failure: RenderFailure) {
            self.name = name
            self.picture = nil
            self.failure = failure
        }
    }

    /// What the job cost.
    package struct Usage: Hashable, Sendable, Codable {
        /// User and system time of the job's process, in milliseconds.
        package var cpuMilliseconds = 0.0
        /// The most memory that the job's process held, in bytes.
        package var peakResidentBytes = 0
        /// The time between handing over and answer, in milliseconds.
        package var wallMilliseconds = 0.0

        package init() {}
    }

    /// Nil when the source was not even recognised.
    package var source: Source?
    /// One entry for each style of the job, in its order; empty when `failure` is set.
    package var styles: [Style]
    /// Why no style could be made at all.
    package var failure: RenderFailure?
    package var usage = Usage()

    package init(source: Source?, styles: [Style]) {
        self.source = source
        self.styles = styles
    }

    package init(failure: RenderFailure, source: Source? = nil) {
        self.source = source
        self.styles = []
        self.failure = failure
    }

    /// The end of the style of this name.
    package func style(named name: String) -> Style? {
        styles.first { $0.name == name }
    }
}
