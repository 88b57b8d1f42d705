/// A secret access key; it describes itself without its text, so that it cannot slip into a log.
package struct SigningSecret: Sendable, CustomStringConvertible, CustomReflectable {
    /// The bytes that keys are derived from.
    let bytes: [UInt8]

    /// A secret of this text.
    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// A placeholder.
    package var description: String { "<secret>" }

    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether both are the same secret, in a time that depends on their lengths only.
    func matches(_ other: SigningSecret) -> Bool {
        ByteText.equalInConstantTime(bytes, other.bytes)
    }
}
