/// A secret that codes are made with; it shows itself to nobody.
package struct SymmetricKey: Sendable, CustomStringConvertible, CustomReflectable {
    let bytes: [UInt8]

    /// A key of these bytes, of any length.
    package init(data: some Sequence<UInt8>) {
        bytes = Array(data)
    }

    /// Shows the bytes to `body`.
    package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try bytes.withUnsafeBytes(body)
    }

    /// A placeholder.
    package var description: String { "<key>" }

    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
