/// A GIF of whole frames of one colour each.
enum GIFFile {
    /// A clear code before every pixel keeps the codes at three bits.
    static func frames(_ width: Int, _ height: Int, colours: [[UInt8]]) -> [UInt8] {
        let size: [UInt8] = [UInt8(width), 0, UInt8(height), 0]
        let table = (colours + Array(repeating: [0, 0, 0], count: 4)).prefix(4).flatMap(\.self)
        var file = Array("GIF89a".utf8) + size + [0x81, 0, 0] + table
        for index in colours.indices {
            var bits = BitWriter()
            for _ in 0..<(width * height) {
                bits.append(4, count: 3)
                bits.append(UInt64(index), count: 3)
            }
            bits.append(5, count: 3)
            file += [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0] + size + [0, 2]
            let data = bits.finished
            for start in stride(from: 0, to: data.count, by: 255) {
                let part = data[start..<min(start + 255, data.count)]
                file += [UInt8(part.count)] + part
            }
            file.append(0)
        }
        return file + [0x3B]
    }
}

/// A valid progressive JPEG whose size says nothing of its cost: 883 scans, each over all blocks.
enum ScanBomb {
    static func file(side: Int) -> [UInt8] {
        let blocks = ((side + 7) / 8) * ((side + 7) / 8)
        var file: [UInt8] = [0xFF, 0xD8]
        file += segment(0xDB, [0] + Array(repeating: 1, count: 64))
        file += segment(
            0xC2,
            [8, UInt8(side >> 8), UInt8(side & 0xFF), UInt8(side >> 8), UInt8(side & 0xFF), 1, 1, 0x11, 0]
        )
        file += segment(0xC4, table(id: 0x00, symbol: 0x00)) + segment(0xC4, table(id: 0x10, symbol: 0xE0))
        // The direct currents: for every block the code of "no difference", one zero bit.
        file += scan(from: 0, high: 0, low: 0) + Array(repeating: 0, count: blocks / 8 + 1)
        // Every other frequency in 14 approximations: runs of 16384 empty blocks, 15 zero bits each.
        let runs = Array(repeating: UInt8(0), count: (blocks / 16384 + 1) * 15 / 8 + 1)
        for frequency in 1...63 {
            for step in 0..<14 {
                file +=
                    scan(from: UInt8(frequency), high: step == 0 ? 0 : UInt8(14 - step), low: UInt8(13 - step)) + runs
            }
        }
        return file + [0xFF, 0xD9]
    }

    private static func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 0xFF)] + body
    }

    private static func table(id: UInt8, symbol: UInt8) -> [UInt8] {
        [id, 1] + Array(repeating: 0, count: 15) + [symbol]
    }

    private static func scan(from frequency: UInt8, high: UInt8, low: UInt8) -> [UInt8] {
        segment(0xDA, [1, 1, 0, frequency, frequency, high << 4 | low])
    }
}

/// EXIF with an orientation and a position.
enum ExifSegment {
    static let tracks = ["Exif", "EXIF", "GPS", "larder-track"]

    static func inserted(into jpeg: [UInt8], orientation: UInt8) -> [UInt8] {
        let track = Array("GPS larder-track".utf8) + [0]
        var tiff: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 3]
        tiff += [0x01, 0x0E, 0, 2, 0, 0, 0, UInt8(track.count), 0, 0, 0, 68]
        tiff += [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
        tiff += [0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 50, 0, 0, 0, 0]
        tiff += [0, 1, 0, 1, 0, 2, 0, 0, 0, 2, 0x4E, 0, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif\0\0".utf8) + tiff + track
        return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body + jpeg[2...]
    }
}

extension [UInt8] {
    func contains(text: String) -> Bool {
        let needle = Array(text.utf8)
        guard count >= needle.count else { return false }
        return (0...(count - needle.count)).contains { self[$0...].starts(with: needle) }
    }
}
