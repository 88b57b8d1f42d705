/// One named way to make a smaller picture of a picture.
package struct StyleSpec: Hashable, Sendable {
    /// How the picture meets the box of `width` and `height`.
    package enum Mode: String, Codable, Hashable, Sendable, CaseIterable {
        /// The whole picture, as large as the box allows.
        case fit
        /// The box filled and what hangs over cut off, as the gravity says.
        case fill
        /// As `fill`; a picture smaller than the box is cut to the box's proportions.
        case fillDown = "fill-down"
        /// `fill` when picture and box are both upright or both lie, else `fit`.
        case auto
        /// The whole picture in the middle of a canvas that has exactly the size of the box.
        case pad
        /// Both sides forced to the box, proportions lost.
        case exact
    }

    /// Which part of the picture stays when `fill` cuts.
    package enum Gravity: String, Codable, Hashable, Sendable, CaseIterable {
        case center
        case north
        case northeast
        case east
        case southeast
        case south
        case southwest
        case west
        case northwest
        /// What the eye looks at first: edges, skin, saturated colour.
        case attention
        /// What has most detail.
        case entropy
    }

    /// What the result is encoded as.
    package enum Format: String, Codable, Hashable, Sendable, CaseIterable {
        /// The kind that the source has, or the nearest that every browser shows.
        case auto
        case jpeg
        case png
        case webp
        case avif
        case gif
    }

    /// What becomes of EXIF (time, camera, position), XMP and IPTC.
    package enum Metadata: String, Codable, Hashable, Sendable, CaseIterable {
        case strip
        case keep
    }

    /// The largest side a style may name: the most that WebP can hold.
    package static let maximumSide = 16_383

    /// The largest radius that sharpening may have.
    package static let maximumSharpening = 10.0
    /// The last page or frame that a style may name.
    package static let maximumPage = 10_000

    /// The name, which is part of URLs and object keys: `a-z`, then up to 31 of `a-z 0-9 _ -`.
    package let name: String
    /// The width of the box; 0 for whatever the height makes of it, and without a height the source's own.
    package let width: Int
    /// The height of the box; 0 as for the width.
    package let height: Int
    package let mode: Mode
    package private(set) var gravity = Gravity.attention
    package private(set) var format = Format.auto
    /// 1 to 100, for the lossy formats.
    package private(set) var quality = 80
    /// What shows through where a format without alpha needs a colour, and around a padded picture.
    package private(set) var background = StyleColor.white
    /// Whether transparency is laid over the background in formats with alpha too.
    package private(set) var flatten = false
    /// Whether a picture smaller than the box is made larger.
    package private(set) var enlarge = false
    /// The radius of sharpening after scaling, as the sigma of a Gaussian in pixels; 0 for none.
    package private(set) var sharpen = 0.0
    package private(set) var metadata = Metadata.strip
    /// Whether all frames are kept, with their timing, where the format can hold them.
    package private(set) var animated = false
    /// Which page or frame is shown, from 1; the last one when there are fewer.
    package private(set) var page = 1
    package private(set) var framing = StyleFraming()

    /// The quality of a style that names none: what looks the same in each format.
    package static func standardQuality(_ format: Format) -> Int { format == .avif ? 50 : 80 }

    /// A style; without a quality it has the standard one.
    ///
    /// - Throws: `ImagingError` with `invalidStyle` when a value is outside its range.
    package init(
        name: String,
        width: Int = 0,
        height: Int = 0,
        mode: Mode = .fit,
        gravity: Gravity = .attention,
        format: Format = .auto,
        quality: Int? = nil,
        background: StyleColor = .white,
        enlarge: Bool = false,
        sharpen: Double = 0,
        metadata: Metadata = .strip,
        animated: Bool = false,
        page: Int = 1,
        flatten: Bool = false,
        framing: StyleFraming = StyleFraming()
    ) throws {
        self.init(checked: name, width: width, height: height, mode: mode)
        self.gravity = gravity
        self.format = format
        self.quality = quality ?? Self.standardQuality(format)
        self.background = background
        self.enlarge = enlarge
        self.sharpen = sharpen
        self.metadata = metadata
        self.animated = animated
        self.page = page
        self.flatten = flatten
        self.framing = framing
        try check()
    }

    private init(checked name: String, width: Int, height: Int, mode: Mode) {
        self.name = name
        self.width = width
        self.height = height
        self.mode = mode
    }

    private func check() throws {
        guard Self.isName(name) else {
            throw ImagingError(.invalidStyle, "'\(name)' is no style name: a-z, then at most 31 of a-z 0-9 _ -.")
        }
        let sides = 0...Self.maximumSide
        try require("width", sides.contains(width), "0 to \(Self.maximumSide)")
        try require("height", sides.contains(height), "0 to \(Self.maximumSide)")
        try require("quality", (1...100).contains(quality), "1 to 100")
        try require("sharpen", (0...Self.maximumSharpening).contains(sharpen), "0 to \(Int(Self.maximumSharpening))")
        try require("page", (1...Self.maximumPage).contains(page), "1 to \(Self.maximumPage)")
        if let problem = framing.problem { throw ImagingError(.invalidStyle, "Style '\(name)': \(problem).") }
    }

    private func require(_ key: String, _ condition: Bool, _ range: String) throws {
        guard condition else { throw ImagingError(.invalidStyle, "Style '\(name)': \(key) must be \(range).") }
    }

    private static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, (0x61...0x7A).contains(first), bytes.count <= 32 else { return false }
        return bytes.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2D
        }
    }
}

extension StyleSpec {
    /// 150 by 150, filled.
    package static let thumb = StyleSpec(checked: "thumb", width: 150, height: 150, mode: .fill)

    /// At most 600 by 600, whole.
    package static let medium = StyleSpec(checked: "medium", width: 600, height: 600, mode: .fit)

    /// The styles of a fresh installation.
    package static let defaults = [thumb, medium]

    /// The kind of picture that this style makes of a source: what it names, else the kind of the source.
    ///
    /// Sources of kinds that browsers do not show, or that cost too much to make, become WebP when they have
    /// transparency and JPEG when not.
    package func resultKind(of source: ImageKind, hasAlpha: Bool) -> ImageKind {
        if let named = ImageKind(rawValue: format.rawValue) { return named }
        switch source {
        case .jpeg, .png, .webp, .gif: return source
        case .avif, .heic, .tiff, .svg, .pdf, .mp4, .mov, .webm, .mkv: return hasAlpha ? .webp : .jpeg
        }
    }
}
