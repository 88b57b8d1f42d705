/// What GetObjectAttributes asks for, checked.
package struct GetObjectAttributesRequest: Equatable, Sendable {
    /// One attribute, under its name on the wire.
    package enum Attribute: String, CaseIterable, Sendable {
        /// The entity tag.
        case etag = "ETag"
        /// The checksum.
        case checksum = "Checksum"
        /// The parts of an object that was uploaded in parts.
        case objectParts = "ObjectParts"
        /// The storage class.
        case storageClass = "StorageClass"
        /// The length in bytes.
        case objectSize = "ObjectSize"
    }

    /// The most parts of one page.
    package static let maximumParts = 1_000

    /// The attributes that are wanted; at least one.
    package let attributes: Set<Attribute>
    /// How many parts at most, 0 to 1000.
    package let maxParts: Int
    /// The parts begin after this number; 0 for the beginning.
    package let partNumberMarker: Int

    /// The request in these headers; the names may stand in one header or in several.
    ///
    /// - Throws: `InvalidRequest` when no attribute is named, `InvalidArgument` for a name that is none, a bad
    ///   x-amz-max-parts or x-amz-part-number-marker.
    package init(_ headers: HeaderList) throws(S3Error) {
        attributes = try Self.attributes(headers.values("x-amz-object-attributes"))
        maxParts = try PageSize.parse(
            headers["x-amz-max-parts"].map(ByteText.trimmed),
            name: "x-amz-max-parts",
            argument: "x-amz-max-parts",
            limit: Self.maximumParts
        )
        partNumberMarker = try PartNumberMarker.parse(
            headers["x-amz-part-number-marker"].map(ByteText.trimmed),
            name: "x-amz-part-number-marker"
        )
    }

    private static func attributes(_ values: [String]) throws(S3Error) -> Set<Attribute> {
        let names = values.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
            .map { ByteText.trimmed(String(decoding: $0, as: UTF8.self)) }
            .filter { !$0.isEmpty }
        guard !names.isEmpty else { throw .missingObjectAttributes }
        var attributes: Set<Attribute> = []
        for name in names {
            guard let attribute = Attribute.allCases.first(where: { ByteText.equal($0.rawValue, name) }) else {
                throw .invalidObjectAttribute(name)
            }
            attributes.insert(attribute)
        }
        return attributes
    }
}
