/// What a picture looks like in a few bytes, and what its camera wrote down.
package struct PictureDetails: Hashable, Sendable, Codable {
    /// A place on the earth, in degrees.
    package struct Location: Hashable, Sendable, Codable {
        package let latitude: Double
        package let longitude: Double

        /// A place; nil beyond the poles or once around.
        package init?(latitude: Double, longitude: Double) {
            guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    /// A blurred picture in 28 characters, to show until the real one is there.
    package var blurhash: String?
    /// The colour that most of it has, as `rrggbb`.
    package var dominantColor: String?
    /// When the photograph was taken: ISO 8601, with the zone only when the camera knew it.
    package var photoTime: String?
    /// Where it was taken.
    package var photoLocation: Location?

    /// Nothing known.
    package init() {}

    /// What is left when nothing is believed that does not have the form it should have: workers decode what strangers sent.
    package var sanitized: PictureDetails {
        var result = self
        result.blurhash = blurhash.flatMap { $0.utf8.count <= 64 && $0.utf8.allSatisfy(Self.isPrintable) ? $0 : nil }
        result.dominantColor = dominantColor.flatMap(StyleColor.init)?.text
        result.photoTime = photoTime.flatMap { $0.utf8.count <= 32 && $0.utf8.allSatisfy(Self.isPrintable) ? $0 : nil }
        result.photoLocation = photoLocation.flatMap { Location(latitude: $0.latitude, longitude: $0.longitude) }
        return result
    }

    private static func isPrintable(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
