/// A width and a height in pixels.
package struct PixelSize: Hashable, Sendable, Codable {
    package let width: Int
    package let height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// Width and height exchanged, as a quarter turn does.
    package var turned: PixelSize { PixelSize(width: height, height: width) }
}

extension PixelSize: CustomStringConvertible {
    /// As in `600x450`.
    package var description: String { "\(width)x\(height)" }
}
