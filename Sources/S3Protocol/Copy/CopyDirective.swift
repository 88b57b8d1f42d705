/// Whether a copy takes over what belongs to its source, or brings its own.
package enum CopyDirective: String, Sendable {
    /// Takes over what the source has; the request's own does not count.
    case copy = "COPY"
    /// Takes what the request says, and nothing of the source.
    case replace = "REPLACE"

    /// What `x-amz-metadata-directive` says about the metadata; copied when it was not sent.
    ///
    /// - Throws: `InvalidArgument` for any other value.
    package init(metadata headers: HeaderList) throws(S3Error) {
        let value = headers["x-amz-metadata-directive"] ?? Self.copy.rawValue
        guard let directive = Self(value: value) else { throw .unknownMetadataDirective(value) }
        self = directive
    }

    /// What `x-amz-tagging-directive` says about the tags; copied when it was not sent.
    ///
    /// - Throws: `InvalidArgument` for any other value.
    package init(tagging headers: HeaderList) throws(S3Error) {
        let value = headers["x-amz-tagging-directive"] ?? Self.copy.rawValue
        guard let directive = Self(value: value) else { throw .unknownTaggingDirective(value) }
        self = directive
    }

    private init?(value: String) {
        let text = ByteText.trimmed(value)
        let directives: [CopyDirective] = [.copy, .replace]
        guard let directive = directives.first(where: { ByteText.equal($0.rawValue, text) }) else { return nil }
        self = directive
    }
}
