import Imaging
import Testing

@Suite("Picture details") struct PictureDetailsTests {
    private func grid(_ width: Int, _ height: Int, _ pixel: (Int, Int) -> [UInt8]) throws -> PixelGrid {
        let bytes = (0..<height).flatMap { row in (0..<width).flatMap { pixel($0, row) } }
        return try #require(PixelGrid(size: PixelSize(width: width, height: height), bytes: bytes))
    }

    // Both hashes are what the Python package blurhash-python makes of the same pixels.
    @Test func `a blurhash is that of the reference implementation`() throws {
        #expect(Blurhash.encode(try grid(20, 20) { _, _ in [255, 0, 0] }) == "LGTI:j|cfQ|c|co1fQo1fQfQfQfQ")
        let gradient = try grid(32, 24) { column, row in
            [UInt8(column * 8), UInt8(row * 10), UInt8(column * row % 256)]
        }
        #expect(Blurhash.encode(gradient) == "LxH27h2lwtX3mAWUjwfAgFfmfTfi")
    }

    @Test(
        arguments: [
            (1, [100], [100, 100, 100]), (2, [100, 0], [255, 255, 255]), (3, [10, 20, 30], [10, 20, 30]),
            (4, [10, 20, 30, 255], [10, 20, 30]), (4, [0, 0, 0, 51], [204, 204, 204]),
        ] as [(Int, [UInt8], [UInt8])]
    )
    func `a picture of any bands is sampled over white`(bands: Int, pixel: [UInt8], seen: [UInt8]) throws {
        let size = PixelSize(width: 500, height: 100)
        let bytes = (0..<50_000).flatMap { _ in pixel }
        let grid = try #require(bytes.withUnsafeBytes { PixelGrid(sampling: $0, of: size, bands: bands) })
        #expect(grid.size == PixelSize(width: 32, height: 6))
        #expect(grid.bytes == (0..<32 * 6).flatMap { _ in seen })
        #expect(
            bytes.withUnsafeBytes { PixelGrid(sampling: $0, of: PixelSize(width: 501, height: 100), bands: bands) }
                == nil
        )
    }

    @Test func `sampling keeps what is where`() throws {
        let bytes = (0..<60).flatMap { row in (0..<90).map { UInt8($0 < 45 ? row : 200) } }
        let grid = try #require(
            bytes.withUnsafeBytes { PixelGrid(sampling: $0, of: PixelSize(width: 90, height: 60), bands: 1) }
        )
        #expect(grid.size == PixelSize(width: 32, height: 21))
        #expect(grid.bytes[3 * 31] == 200 && grid.bytes[3 * 20 * 32] >= 57 && grid.bytes[0] <= 2)
    }

    @Test func `the dominant colour is the mean of the commonest, not of all`() throws {
        let picture = try grid(10, 10) { column, row in
            column < 6 ? [200, UInt8(10 + row % 2), 10] : [0, 0, 255]
        }
        #expect(picture.dominantColor == "c80b0a")
    }

    @Test(
        arguments: [
            ("2014:05:01 12:34:56 (2014:05:01 12:34:56, ASCII)", nil, "2014-05-01T12:34:56"),
            ("2014:05:01 12:34:56", "+02:00 (+02:00, ASCII)", "2014-05-01T12:34:56+02:00"),
            ("2014:05:01 12:34:56", "later", "2014-05-01T12:34:56"), ("0000:00:00 00:00:00", nil, nil),
            ("2014:13:01 12:34:56", nil, nil), ("2014:05:01 25:34:56", nil, nil), ("yesterday", nil, nil),
            ("", nil, nil),
        ] as [(String, String?, String?)]
    )
    func `the time of EXIF becomes ISO 8601`(text: String, offset: String?, time: String?) {
        #expect(ExifText.time(text, offset: offset) == time)
    }

    @Test(
        arguments: [
            ("48/1 51/1 2952/100 (48, 51, 29.52, Rational)", "N (N, ASCII)", 48.858_2), ("2/1 30/1 0/1", "W", -2.5),
            ("48/1 51/1", "N", nil), ("48/0 51/1 0/1", "N", nil), ("a b c", "N", nil), ("48/1 51/1 0/1", nil, nil),
            ("48/1 51/1 0/1", "up", nil),
        ] as [(String, String?, Double?)]
    )
    func `degrees, minutes and seconds become a number`(text: String, side: String?, degrees: Double?) {
        #expect(ExifText.degrees(text, reference: side) == degrees)
    }

    @Test func `what a worker says of a picture is believed only when it has the right form`() {
        var details = PictureDetails()
        details.blurhash = String(repeating: "x", count: 65)
        details.dominantColor = "red\""
        details.photoTime = "2014 <b>"
        #expect(details.sanitized == PictureDetails())
        details.blurhash = "L6PZfSi_.AyE_3t7t7R**0o#DgR4"
        details.dominantColor = "0a0B0c"
        details.photoTime = "2014-05-01T12:34:56"
        #expect(details.sanitized.blurhash == details.blurhash && details.sanitized.photoTime == details.photoTime)
        #expect(details.sanitized.dominantColor == "0a0b0c")
        #expect(PictureDetails.Location(latitude: 91, longitude: 0) == nil)
    }
}
