/// One named way to make a smaller picture of a picture; it never enlarges.
package struct StyleSpec: Hashable, Sendable {
    /// How the picture meets the box of `width` and `height`.
    package enum Mode: String, Codable, Hashable, Sendable, CaseIterable {
        /// The whole picture, as large as the box allows.
        case fit
        /// The box filled and what hangs over cut off, as the gravity says.
        case fill
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
        /// The kind that the source has.
        case auto
        case jpeg
        case png
        case webp
        case gif
    }

    /// The largest side a style may name: the most that WebP can hold.
    package static let maximumSide = 16_383

    /// The name, which is part of URLs and object keys: `a-z`, then up to 31 of `a-z 0-9 _ -`.
    package let name: String
    package let width: Int
    package let height: Int
    package let mode: Mode
    package let gravity: Gravity
    package let format: Format
    /// 1 to 100, for the lossy formats.
    package let quality: Int
    /// What shows through where a format without alpha needs a colour, and around a padded picture.
    package let background: StyleColor

    /// A style.
    ///
    /// - Throws: `ImagingError` with `invalidStyle` when a value is outside its range.
    package init(
        name: String,
        width: Int,
        height: Int,
        mode: Mode = .fit,
        gravity: Gravity = .attention,
        format: Format = .auto,
        quality: Int = 80,
        background: StyleColor = .white
    ) throws {
        guard Self.isName(name) else {
            throw ImagingError(.invalidStyle, "'\(name)' is no style name: a-z, then at most 31 of a-z 0-9 _ -.")
        }
        for (side, length) in [("width", width), ("height", height)] {
            guard (1...Self.maximumSide).contains(length) else {
                throw ImagingError(.invalidStyle, "Style '\(name)': \(side) must be 1 to \(Self.maximumSide).")
            }
        }
        guard (1...100).contains(quality) else {
            throw ImagingError(.invalidStyle, "Style '\(name)': quality must be 1 to 100.")
        }
        self.init(
            checked: name,
            width: width,
            height: height,
            mode: mode,
            gravity: gravity,
            format: format,
            quality: quality,
            background: background
        )
    }

    private init(
        checked name: String,
        width: Int,
        height: Int,
        mode: Mode,
        gravity: Gravity,
        format: Format,
        quality: Int,
        background: StyleColor
    ) {
        self.name = name
        self.width = width
        self.height = height
        self.mode = mode
        self.gravity = gravity
        self.format = format
        self.quality = quality
        self.background = background
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
    package static let thumb = StyleSpec(
        checked: "thumb",
        width: 150,
        height: 150,
        mode: .fill,
        gravity: .attention,
        format: .auto,
        quality: 80,
        background: .white
    )

    /// At most 600 by 600, whole.
    package static let medium = StyleSpec(
        checked: "medium",
        width: 600,
        height: 600,
        mode: .fit,
        gravity: .attention,
        format: .auto,
        quality: 80,
        background: .white
    )

    /// The styles of a fresh installation.
    package static let defaults = [thumb, medium]
}
