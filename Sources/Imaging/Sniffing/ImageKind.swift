/// The kinds of picture that Larder decodes.
package enum ImageKind: String, Codable, Hashable, Sendable, CaseIterable {
    case jpeg
    case png
    case webp
    case gif

    /// The registered media type.
    package var contentType: String { "image/\(rawValue)" }

    /// The usual extension of a file name, without the dot.
    package var fileExtension: String { self == .jpeg ? "jpg" : rawValue }
}
