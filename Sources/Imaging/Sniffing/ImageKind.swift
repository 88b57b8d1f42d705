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

    /// The sources of a fresh installation: SVG and PDF are programs for large interpreters, and have to be asked for.
    package static let standardSources: [ImageKind] = [.jpeg, .png, .webp, .gif, .avif, .heic, .tiff]

    /// The registered media type.
    package var contentType: String {
        switch self {
        case .pdf: "application/pdf"
        case .svg: "image/svg+xml"
        default: "image/\(rawValue)"
        }
    }

    /// The usual extension of a file name, without the dot.
    package var fileExtension: String { self == .jpeg ? "jpg" : rawValue }

    /// Whether it has no pixels of its own, so that any size is as good as any other.
    package var isVector: Bool { self == .svg || self == .pdf }

    /// Whether its frames are a film; those of other kinds are pages.
    package var isAnimation: Bool { self == .gif || self == .webp }
}
