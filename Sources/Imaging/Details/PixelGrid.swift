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
