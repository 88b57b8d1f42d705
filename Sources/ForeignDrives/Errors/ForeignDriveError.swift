/// Why something of another server's drive cannot be read, in words for the operator's report.
///
/// The drive's own bytes are the only cause: nothing here comes from this program's files or network. Errors are made
/// by the catalogue in `ForeignDriveError+….swift`; messages hold names and numbers of the source, never a secret.
package struct ForeignDriveError: Error, Hashable, Sendable {
    /// What kind of fault it is; open, so that a report may group by it.
    package struct Code: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        /// The code as reports show it.
        package let rawValue: String

        /// A code of this text.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A code written in the source.
        package init(stringLiteral value: StaticString) { self.rawValue = value.description }
    }

    /// What kind of fault it is.
    package let code: Code
    /// What is wrong, for the operator.
    package let message: String

    /// An error of these parts; call a catalogue function instead.
    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The same error, told of a place: `place: message`.
    func at(_ place: String) -> ForeignDriveError {
        ForeignDriveError(code, "\(place): \(message)")
    }
}

extension ForeignDriveError: CustomStringConvertible {
    /// The message and, in brackets, the code.
    package var description: String { "\(message) [\(code.rawValue)]" }
}
