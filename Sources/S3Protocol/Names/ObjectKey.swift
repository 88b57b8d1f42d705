/// The name of an object in its bucket: 1 to 1024 bytes of UTF-8, compared byte by byte.
///
/// S3 neither folds case nor normalises, and orders keys by their bytes, so neither does this type; two keys that
/// Swift strings would hold for equal (`é` composed and decomposed) are different keys here.
package struct ObjectKey: Hashable, Sendable {
    /// The most bytes a key may have.
    ///
    /// Source: AWS, "Naming Amazon S3 objects".
    package static let maximumLength = 1024

    /// The key's bytes, always well-formed UTF-8.
    package let utf8: [UInt8]

    /// The key as text.
    package var string: String { String(decoding: utf8, as: UTF8.self) }

    /// A key of these bytes.
    ///
    /// - Throws: `InvalidURI` when they are not UTF-8, `KeyTooLongError` beyond 1024 bytes, `InvalidArgument`
    ///   when empty.
    package init(utf8: [UInt8]) throws(S3Error) {
        guard utf8.count <= Self.maximumLength else { throw .keyTooLong(size: utf8.count) }
        guard !utf8.isEmpty else {
            throw .invalidArgument("A key must have at least one byte.", name: "key", value: "")
        }
        guard String(validating: utf8, as: UTF8.self) != nil else { throw .invalidURI("the key is not UTF-8") }
        self.utf8 = utf8
    }

    /// A key of this text's UTF-8; throws as `init(utf8:)`.
    package init(_ text: String) throws(S3Error) {
        try self.init(utf8: Array(text.utf8))
    }
}

extension ObjectKey {
    /// Hashes the bytes at once; an array does it one by one.
    package func hash(into hasher: inout Hasher) {
        utf8.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension ObjectKey: Comparable {
    /// Byte order, the order of every listing.
    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension ObjectKey: CustomStringConvertible {
    /// The key as text.
    package var description: String { string }
}
