/// Tells what a file is from its first bytes, whatever its name and declared type say.
package enum ImageSniffer {
    /// What the first bytes say.
    package enum Finding: Hashable, Sendable {
        /// A kind that can be decoded; whether it may be is the configuration's to say.
        case image(ImageKind)
        /// A known kind that is not decoded, by its usual name, such as `jxl` or `zip`.
        case unsupported(String)
        case unknown
    }

    /// How many bytes of the beginning decide; more are ignored.
    package static let prefixLength = 1024

    /// The finding for the beginning of a file.
    package static func sniff(_ beginning: some Sequence<UInt8>) -> Finding {
        let bytes = Array(beginning.prefix(prefixLength))
        guard let name = signature(bytes) ?? isoMedia(bytes) ?? matroska(bytes) ?? text(bytes) else { return .unknown }
        return ImageKind(rawValue: name).map(Finding.image) ?? .unsupported(name)
    }

    /// Signatures at the very beginning, longer ones before their own beginnings.
    private static let signatures: [(bytes: [UInt8], name: String)] = [
        ([0xFF, 0xD8, 0xFF], "jpeg"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "png"),
        (Array("GIF87a".utf8), "gif"),
        (Array("GIF89a".utf8), "gif"),
        (Array("%PDF-".utf8), "pdf"),
        (Array("%!PS".utf8), "postscript"),
        ([0x49, 0x49, 0x2A, 0x00], "tiff"),
        ([0x4D, 0x4D, 0x00, 0x2A], "tiff"),
        ([0x49, 0x49, 0x2B, 0x00], "tiff"),
        ([0x4D, 0x4D, 0x00, 0x2B], "tiff"),
        ([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20, 0x0D, 0x0A, 0x87, 0x0A], "jxl"),
        ([0xFF, 0x0A], "jxl"),
        ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], "jpeg2000"),
        ([0xFF, 0x4F, 0xFF, 0x51], "jpeg2000"),
        ([0x00, 0x00, 0x01, 0x00], "ico"),
        (Array("8BPS".utf8), "psd"),
        ([0x76, 0x2F, 0x31, 0x01], "openexr"),
        (Array("SIMPLE  =".utf8), "fits"),
        (Array("MATLAB 5.0 MAT-file".utf8), "matlab"),
        (Array("MATLAB 7.3 MAT-file".utf8), "matlab"),
        ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "hdf5"),
        (Array("#?RADIANCE".utf8), "radiance"),
        ([0xB6, 0xA6, 0xF2, 0x08], "vips"),
        ([0x08, 0xF2, 0xA6, 0xB6], "vips"),
        (Array("push graphic-context".utf8), "mvg"),
        (Array("id=ImageMagick".utf8), "miff"),
        ([0x1F, 0x8B], "gzip"),
        ([0x50, 0x4B, 0x03, 0x04], "zip"),
    ]

    private static func signature(_ bytes: [UInt8]) -> String? {
        if let found = signatures.first(where: { bytes.starts(with: $0.bytes) }) { return found.name }
        if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "webp" }
        if bytes.starts(with: "BM".utf8), bytes.count >= 14, bytes[6..<10].allSatisfy({ $0 == 0 }) { return "bmp" }
        guard bytes.count >= 3, bytes[0] == 0x50, (0x31...0x37).contains(bytes[1]) else { return nil }
        return [0x09, 0x0A, 0x0D, 0x20].contains(bytes[2]) ? "netpbm" : nil
    }

    /// Files of boxes (ISO/IEC 14496-12), told apart by their major brand.
    private static func isoMedia(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= 12 else { return nil }
        let box = String(decoding: bytes[4..<8], as: UTF8.self)
        // QuickTime files are older than the box that names them.
        if ["moov", "mdat", "wide", "pnot"].contains(box) { return "mov" }
        guard box == "ftyp" else { return nil }
        let brand = String(decoding: bytes[8..<12], as: UTF8.self)
        switch brand {
        case "avif", "avis": return "avif"
        case "heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs": return "heic"
        // "Some picture": which coding it has is among the compatible brands.
        case "mif1", "msf1": return contains(Array(bytes[12..<min(bytes.count, 64)]), "avif") ? "avif" : "heic"
        case "qt  ": return "mov"
        case "M4A ", "M4B ", "M4P ": return "m4a"
        case "crx ": return "cr3"
        default: return "mp4"
        }
    }

    /// Files of EBML (RFC 8794), told apart by the DocType of their header, which has to be near.
    private static func matroska(_ bytes: [UInt8]) -> String? {
        guard bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) else { return nil }
        let header = bytes.prefix(128)
        for index in header.indices.dropLast(3) where header[index...].starts(with: [0x42, 0x82]) {
            let text = header[(index + 2)...]
            if text.starts(with: [0x84] + Array("webm".utf8)) { return "webm" }
            if text.starts(with: [0x88] + Array("matroska".utf8)) { return "mkv" }
        }
        return "ebml"
    }

    private static func text(_ bytes: [UInt8]) -> String? {
        let blank: Set<UInt8> = [0x09, 0x0A, 0x0D, 0x20, 0xEF, 0xBB, 0xBF]
        let visible = bytes.drop { blank.contains($0) }
        guard visible.first == 0x3C else { return nil }
        let lower = visible.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        if contains(lower, "<svg") { return "svg" }
        if contains(lower, "<html") || contains(lower, "<!doctype html") { return "html" }
        return lower.starts(with: "<?xml".utf8) ? "xml" : nil
    }

    private static func contains(_ bytes: [UInt8], _ word: String) -> Bool {
        let needle = Array(word.utf8)
        guard bytes.count >= needle.count else { return false }
        return (0...(bytes.count - needle.count)).contains { bytes[$0...].starts(with: needle) }
    }
}
