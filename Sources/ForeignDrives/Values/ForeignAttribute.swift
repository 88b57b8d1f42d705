/// A name with the bytes that another server keeps under it.
package struct ForeignAttribute: Hashable, Sendable {
    /// The name as it stands on the drive.
    package let name: String
    /// The value, of which nothing is known yet.
    package let value: [UInt8]

    /// An attribute of this name and value.
    package init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// The value as text, or nil when it is not UTF-8.
    package var text: String? { String(validating: value, as: UTF8.self) }
}
