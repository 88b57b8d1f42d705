/// A small picture of 8-bit sRGB pixels, row by row.
package struct PixelGrid: Hashable, Sendable {
    package let size: PixelSize
    /// Red, green and blue of each pixel in turn.
    package let bytes: [UInt8]

    /// A grid; nil when the bytes are not three for each pixel, or none.
    package init?(size: PixelSize, bytes: [UInt8]) {
        guard size.width > 0, size.height > 0, bytes.count == size.width * size.height * 3 else { return nil }
        self.size = size
        self.bytes = bytes
    }

    /// The most cells on a side of a sampled grid: more than cosines and colour boxes can tell apart.
    private static let side = 32
    /// The most pixels on a side of a cell that are looked at.
    private static let samples = 8

    /// A picture of 8-bit pixels, 1 to 4 bands (grey or colour, alpha last), in at most 32 cells a side.
    ///
    /// Each cell is the mean of some of its pixels, laid over white. Nil when the bytes are not those of such a picture.
    package init?(sampling pixels: UnsafeRawBufferPointer, of picture: PixelSize, bands: Int) {
        guard (1...4).contains(bands), picture.width > 0, picture.height > 0,
            pixels.count == picture.width * picture.height * bands
        else { return nil }
        let scale = min(1, Double(Self.side) / Double(max(picture.width, picture.height)))
        let size = PixelSize(
            width: max(1, Int(Double(picture.width) * scale)),
            height: max(1, Int(Double(picture.height) * scale))
        )
        var bytes: [UInt8] = []
        for row in 0..<size.height {
            let rows = Self.places(row, of: size.height, in: picture.height)
            for column in 0..<size.width {
                let columns = Self.places(column, of: size.width, in: picture.width)
                bytes += Self.mean(pixels, width: picture.width, bands: bands, rows, columns)
            }
        }
        self.init(size: size, bytes: bytes)
    }

    /// Which of the places of a cell are looked at.
    private static func places(_ cell: Int, of cells: Int, in length: Int) -> StrideTo<Int> {
        let (start, end) = (cell * length / cells, (cell + 1) * length / cells)
        return stride(from: start, to: end, by: max(1, (end - start) / samples))
    }

    private static func mean(
        _ pixels: UnsafeRawBufferPointer,
        width: Int,
        bands: Int,
        _ rows: StrideTo<Int>,
        _ columns: StrideTo<Int>
    ) -> [UInt8] {
        var (red, green, blue, count) = (0, 0, 0, 0)
        let (second, third) = bands < 3 ? (0, 0) : (1, 2)
        for row in rows {
            for column in columns {
                let start = (row * width + column) * bands
                let alpha = bands % 2 == 0 ? Int(pixels[start + bands - 1]) : 255
                let white = 255 * (255 - alpha)
                red += (Int(pixels[start]) * alpha + white) / 255
                green += (Int(pixels[start + second]) * alpha + white) / 255
                blue += (Int(pixels[start + third]) * alpha + white) / 255
                count += 1
            }
        }
        return [red, green, blue].map { UInt8(($0 + count / 2) / max(1, count)) }
    }

    /// One channel (0 red, 1 green, 2 blue) of one pixel.
    subscript(column: Int, row: Int, channel: Int) -> UInt8 {
        bytes[(row * size.width + column) * 3 + channel]
    }

    /// The colour that most pixels have, near enough, as `rrggbb`.
    ///
    /// Pixels are counted in 512 boxes of like colours; the answer is the mean of the fullest box.
    package var dominantColor: String {
        var boxes = [(count: Int, sum: [Int])](repeating: (0, [0, 0, 0]), count: 512)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let pixel = bytes[start..<start + 3].map(Int.init)
            let box = pixel.reduce(0) { $0 << 3 | $1 >> 5 }
            boxes[box].count += 1
            for channel in 0..<3 { boxes[box].sum[channel] += pixel[channel] }
        }
        // The first of equals, so that the answer is always the same.
        let fullest = boxes.reduce((count: 0, sum: [0, 0, 0])) { $1.count > $0.count ? $1 : $0 }
        let mean = fullest.sum.map { UInt8(($0 + fullest.count / 2) / max(1, fullest.count)) }
        return StyleColor(red: mean[0], green: mean[1], blue: mean[2]).text
    }
}
