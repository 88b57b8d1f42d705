/// Why a configuration cannot be used, in a sentence that says where and what to do.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The sentence.
    package let description: String

    /// An error of this sentence.
    package init(_ description: String) {
        self.description = description
    }
}
