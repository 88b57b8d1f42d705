internal import CLibVips
internal import Imaging

/// Reads off a decoded picture what it looks like and what its camera wrote down.
struct DetailsReader {
    let tellsPhoto: Bool

    /// Cosines and colour boxes see no more than this many pixels on a side.
    private static let side = 32

    /// What is known of the picture; what cannot be told is left out.
    func details(of picture: VipsPicture) -> PictureDetails {
        var details = PictureDetails()
        if let grid = try? Self.grid(of: picture) {
            details.blurhash = Blurhash.encode(grid)
            details.dominantColor = grid.dominantColor
        }
        guard tellsPhoto else { return details }
        // IFD 2 is that of the camera, IFD 3 that of the position.
        details.photoTime = picture.text("exif-ifd2-DateTimeOriginal").flatMap {
            ExifText.time($0, offset: picture.text("exif-ifd2-OffsetTimeOriginal"))
        }
        details.photoLocation = location(picture)
        return details
    }

    private func location(_ picture: VipsPicture) -> PictureDetails.Location? {
        func degrees(_ name: String) -> Double? {
            picture.text("exif-ifd3-GPS\(name)").flatMap {
                ExifText.degrees($0, reference: picture.text("exif-ifd3-GPS\(name)Ref"))
            }
        }
        guard let latitude = degrees("Latitude"), let longitude = degrees("Longitude") else { return nil }
        return PictureDetails.Location(latitude: latitude, longitude: longitude)
    }

    private static func grid(of picture: VipsPicture) throws(RenderFailure) -> PixelGrid? {
        let scale = min(1, Double(side) / Double(max(picture.size.width, picture.size.height)))
        let size = PixelSize(
            width: max(1, Int(Double(picture.size.width) * scale)),
            height: max(1, Int(Double(picture.size.height) * scale))
        )
        let colour = try picture.scaled(to: size).flattened(over: .white)
            .applying { clibvips_colourspace($0, $1, VIPS_INTERPRETATION_sRGB) }
        var length = 0
        guard let bytes = vips_image_write_to_memory(colour.pointer, &length) else { throw Vips.takeFailure() }
        defer { g_free(bytes) }
        return PixelGrid(size: size, bytes: Array(UnsafeRawBufferPointer(start: bytes, count: length)))
    }
}
