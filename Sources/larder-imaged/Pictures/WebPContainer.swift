/// The chunks of a WebP file (RFC 9649 section 2).
enum WebPContainer {
    /// The file without its EXIF, XMP and ICC chunks, nil when it is no WebP.
    ///
    /// The saver of libvips 8.14.1 writes a fresh EXIF chunk even for a picture that has no metadata at all.
    static func withoutMetadata(_ file: [UInt8]) -> [UInt8]? {
        guard file.count >= 12, file.starts(with: "RIFF".utf8), file[8..<12].elementsEqual("WEBP".utf8) else {
            return nil
        }
        var result = Array(file[..<12])
        var index = 12
        while index < file.count {
            guard let chunk = chunk(in: file, at: index) else { return nil }
            let name = String(decoding: file[index..<index + 4], as: UTF8.self)
            index = chunk.upperBound
            guard !["EXIF", "XMP ", "ICCP"].contains(name) else { continue }
            let start = result.count
            result += file[chunk]
            // Bits of the extended header: 0x20 ICC, 0x08 EXIF, 0x04 XMP.
            if name == "VP8X", chunk.count > 8 { result[start + 8] &= ~0x2C }
        }
        replaceLength(in: &result)
        return result
    }

    /// The range of the chunk that begins here, header and padding included.
    private static func chunk(in file: [UInt8], at index: Int) -> Range<Int>? {
        guard index + 8 <= file.count else { return nil }
        let length = file[index + 4..<index + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let end = index + 8 + length + length % 2
        guard end <= file.count else { return nil }
        return index..<end
    }

    private static func replaceLength(in file: inout [UInt8]) {
        let length = UInt32(file.count - 8)
        for byte in 0..<4 { file[4 + byte] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(byte))) }
    }
}
