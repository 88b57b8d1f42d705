package import S3Protocol

/// The signed form that a client posts its file with, as `upload_authorization` answers it.
package struct UploadAuthorizationDocument: Equatable, JSONDocument {
    /// The key to post to: the prefix without its slash, or with the file name when one was asked for.
    package let key: String
    /// What a key of the client's own choice has to begin with; ends in a slash.
    package let keyPrefix: String
    /// Where the form is posted to.
    package let url: String
    /// The fields, in the order in which they are to be sent.
    package let fields: [PostPolicyBuilder.Field]

    /// A document of these parts.
    package init(key: String, keyPrefix: String, url: String, fields: [PostPolicyBuilder.Field]) {
        self.key = key
        self.keyPrefix = keyPrefix
        self.url = url
        self.fields = fields
    }

    /// `{"upload_authorization":{…}}`.
    package var json: JSONValue {
        let authorization: [JSONValue.Member] = [
            .init("method", .string("POST")),
            .init("key", .string(key)),
            .init("key_prefix", .string(keyPrefix)),
            .init("url", .string(url)),
            .init("fields", .object(fields.map { .init($0.name, .string($0.value)) })),
            .init("required_fields", .array([.string("Content-Type"), .string("file")])),
        ]
        return .object([.init("upload_authorization", .object(authorization))])
    }
}
