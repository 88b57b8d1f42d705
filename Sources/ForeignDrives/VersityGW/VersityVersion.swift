import S3Protocol

/// The name of one of versitygw's versions: `null`, or a ULID, which tells its time.
package struct VersityVersion: Hashable, Sendable {
    /// The name as it stands in the attribute and as a file's name.
    package let text: String
    /// The time in a ULID, in milliseconds since 1970; nil for `null` and for a name of another form.
    package let milliseconds: Int64?

    /// The version without an id.
    package static let null = VersityVersion("null")

    /// Whether this is the version without an id.
    package var isNull: Bool { ByteText.equal(text, "null") }

    /// The version of this name.
    package init(_ text: String) {
        self.text = text
        milliseconds = Self.milliseconds(ofULID: Array(text.utf8))
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The first 10 of the 26 characters, as a number in Crockford's base 32, when all 26 are of it.
    private static func milliseconds(ofULID text: [UInt8]) -> Int64? {
        guard text.count == 26 else { return nil }
        let digits = text.compactMap { alphabet.firstIndex(of: $0) }
        // 128 bits in 130: the first digit has three bits only.
        guard digits.count == 26, digits[0] < 8 else { return nil }
        return digits.prefix(10).reduce(0) { $0 << 5 | Int64($1) }
    }
}

/// A file with one version of a key.
package struct VersityVersionFile: Hashable, Sendable {
    /// The version.
    package let version: VersityVersion
    /// When the file was last written, which orders the version `null`.
    package let modified: ForeignTime

    /// A file of this version and time.
    package init(version: VersityVersion, modified: ForeignTime) {
        self.version = version
        self.modified = modified
    }

    /// The same files, oldest first: by the time in the ULID, else by that of the file; within one by the name.
    package static func oldestFirst(_ files: [VersityVersionFile]) -> [VersityVersionFile] {
        files.sorted { left, right in
            let (one, other) = (left.order, right.order)
            return one != other
                ? one < other : left.version.text.utf8.lexicographicallyPrecedes(right.version.text.utf8)
        }
    }

    private var order: Int64 {
        if let milliseconds = version.milliseconds { return milliseconds }
        let (product, overflows) = modified.seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflows else { return modified.seconds < 0 ? .min : .max }
        return product.addingSaturated(Int64(modified.nanoseconds / 1_000_000))
    }
}
