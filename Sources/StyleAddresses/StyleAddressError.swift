/// Why an address of a style cannot be answered, in a sentence that says what was expected and what came.
package struct StyleAddressError: Error, Hashable, Sendable {
    /// What kind of reason; an open set.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as logs show it.
        package let rawValue: String

        /// A code of this text.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// It has not the form of an address.
        package static let malformed = Code(rawValue: "malformed_address")
        /// The signature is not that of the path.
        package static let badSignature = Code(rawValue: "bad_signature")
        /// Its time is over.
        package static let expired = Code(rawValue: "expired")
        /// There is no such option.
        package static let unknownOption = Code(rawValue: "unknown_option")
        /// There is such an option, and it is not honoured here.
        package static let unsupportedOption = Code(rawValue: "unsupported_option")
        /// The operator has forbidden the option.
        package static let forbiddenOption = Code(rawValue: "forbidden_option")
        /// An option has a value that it cannot have.
        package static let badArgument = Code(rawValue: "bad_argument")
        /// No style has this name there.
        package static let unknownStyle = Code(rawValue: "unknown_style")
        /// The source is no object of ours.
        package static let badSource = Code(rawValue: "bad_source")
    }

    /// What kind of reason.
    package let code: Code
    /// One sentence for people.
    package let message: String

    /// An error of these parts.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension StyleAddressError {
    static func malformed(_ message: String) -> StyleAddressError {
        StyleAddressError(.malformed, message)
    }

    static func badArgument(_ option: String, _ value: String, expected: String) -> StyleAddressError {
        StyleAddressError(.badArgument, "Option '\(option)' is '\(value)'; expected \(expected).")
    }
}
