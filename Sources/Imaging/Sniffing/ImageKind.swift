/// The kinds of picture that Larder decodes, and of those the ones that it makes.
package enum ImageKind: String, Codable, Hashable, Sendable, CaseIterable {
    case jpeg
    case png
    case webp
    case gif
    case avif
    case heic
    case tiff
    case svg
    case pdf
    case mp4
    case mov
    case webm
    case mkv

    /// The sources of a fresh installation: SVG and PDF are programs for large interpreters, videos need another program;
    /// all these have to be asked for.
    package static let standardSources: [ImageKind] = [.jpeg, .png, .webp, .gif, .avif, .heic, .tiff]

    /// The registered media type.
    package var contentType: String {
        switch self {
        case .pdf: "application/pdf"
        case .svg: "image/svg+xml"
        case .mp4, .webm: "video/\(rawValue)"
        case .mov: "video/quicktime"
        case .mkv: "video/matroska"
        default: "image/\(rawValue)"
        }
    }

    /// The media types that files of this kind are sent as, when they are not among `image/*`.
    package var otherContentTypes: [String] {
        switch self {
        case .pdf: [contentType]
        case .mp4: [contentType, "video/x-m4v", "video/3gpp", "video/3gpp2"]
        case .mov, .webm: [contentType]
        case .mkv: [contentType, "video/x-matroska"]
        default: []
        }
    }

    /// The usual extension of a file name, without the dot.
    package var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    /// Whether it has no pixels of its own, so that any size is as good as any other.
    package var isVector: Bool { self == .svg || self == .pdf }

    /// Whether its frames are a film; those of other kinds are pages.
    package var isAnimation: Bool { self == .gif || self == .webp }

    /// Whether another program has to take a frame out of it, its poster.
    package var isVideo: Bool { [.mp4, .mov, .webm, .mkv].contains(self) }
}
