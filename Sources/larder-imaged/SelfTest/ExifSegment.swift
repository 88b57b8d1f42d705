/// An EXIF segment with an orientation and a position, to see whether it gets lost.
enum ExifSegment {
    /// The words that no result may contain.
    static let tracks = ["Exif", "EXIF", "larder-gps-track"]

    /// The JPEG with the segment put behind its first marker.
    static func inserted(into jpeg: [UInt8], orientation: UInt8) -> [UInt8] {
        let body = Array("Exif\0\0".utf8) + tiff(orientation: orientation)
        let length = body.count + 2
        return jpeg[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)] + body + jpeg[2...]
    }

    /// Big endian: IFD0 with orientation, description and GPS pointer; GPS IFD with the latitude reference.
    private static func tiff(orientation: UInt8) -> [UInt8] {
        let track = Array("larder-gps-track\0".utf8)
        let textAt: UInt8 = 68
        var bytes: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 3]
        bytes += [0x01, 0x0E, 0, 2, 0, 0, 0, UInt8(track.count), 0, 0, 0, textAt]
        bytes += [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
        bytes += [0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 50]
        bytes += [0, 0, 0, 0]
        bytes += [0, 1, 0, 1, 0, 2, 0, 0, 0, 2, 0x4E, 0, 0, 0, 0, 0, 0, 0]
        return bytes + track
    }
}
