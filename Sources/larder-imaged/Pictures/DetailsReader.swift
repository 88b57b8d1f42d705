internal import CLibVips
internal import Imaging

/// Reads off a decoded picture what it looks like and what its camera wrote down.
struct DetailsReader {
    let tellsPhoto: Bool

    /// What is known of a picture that is in memory; what cannot be told is left out.
    func details(of picture: VipsPicture) -> PictureDetails {
        var details = PictureDetails()
        if let grid = Self.grid(of: picture) {
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

    /// The pixels as they lie in memory: the library's own scaling would cost more than all the rest of this.
    private static func grid(of picture: VipsPicture) -> PixelGrid? {
        guard picture.format == VIPS_FORMAT_UCHAR, let data = vips_image_get_data(picture.pointer) else { return nil }
        let length = picture.size.width * picture.size.height * picture.bands
        let pixels = UnsafeRawBufferPointer(start: data, count: length)
        return PixelGrid(sampling: pixels, of: picture.size, bands: picture.bands)
    }
}
