/// The fields of a form upload, in order, under lower-case names.
///
/// Values are bytes as sent. Repeats: `x-amz-meta-…` are joined by `,`, security tokens too (two at most), a repeated
/// field of the authentication is refused, of any other the last one counts.
package struct PostForm: Sendable {
    /// One field.
    package struct Field: Equatable, Sendable {
        /// The name in lower case.
        package let name: String
        /// The bytes, as sent or as expanded.
        package fileprivate(set) var value: [UInt8]

        /// The value as text; bytes that are not UTF-8 become U+FFFD.
        package var text: String { String(decoding: value, as: UTF8.self) }
    }

    /// All fields in the order in which each first came.
    package private(set) var fields: [Field] = []

    /// A form without fields.
    package init() {}

    /// Adds a field; the name may have any case.
    ///
    /// - Throws: `InvalidArgument` for the repeat of a field that takes part in the authentication.
    package mutating func append(name: String, value: [UInt8]) throws(S3Error) {
        let name = ByteText.lowercasedASCII(name)
        guard let index = fields.firstIndex(where: { ByteText.equal($0.name, name) }) else {
            return fields.append(Field(name: name, value: value))
        }
        guard !Self.singleFields.contains(name) else { throw .repeatedPostField(name) }
        if ByteText.equal(name, Self.securityToken) {
            try joinToken(value, at: index)
        } else if ByteText.hasPrefix(name, Self.metadataPrefix) {
            fields[index].value += [UInt8(ascii: ",")] + value
        } else {
            fields[index].value = value
        }
    }

    /// The text of the field of this lower-case name.
    package subscript(_ name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of the field of this lower-case name.
    package func bytes(_ name: String) -> [UInt8]? {
        fields.first { ByteText.equal($0.name, name) }?.value
    }

    /// The text of the field of this lower-case name, where an empty one counts as absent.
    package func nonEmpty(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Refuses a form whose body ended without a file: for want of a key first, as S3 does.
    package func refusalWithoutFile() -> S3Error {
        nonEmpty("key") == nil ? .missingPostField("key") : .postWithoutFile
    }

    static let metadataPrefix = "x-amz-meta-"
    static let securityToken = "x-amz-security-token"
    private static let singleFields: Set<String> = [
        "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "awsaccesskeyid", "signature",
    ]

    private mutating func joinToken(_ value: [UInt8], at index: Int) throws(S3Error) {
        guard !value.isEmpty else { return }
        let known = fields[index].value
        guard !known.contains(UInt8(ascii: ",")) else { throw .repeatedPostField(Self.securityToken) }
        fields[index].value = known.isEmpty ? value : known + [UInt8(ascii: ",")] + value
    }
}

// MARK: - The file's name

extension PostForm {
    /// The most bytes that all fields together may have once `${filename}` is replaced.
    static let maximumExpandedLength = 65_536

    /// The form with each `${filename}` replaced by the last component of the file's name.
    ///
    /// Without a file name the text stays, as on AWS. The policy and the signatures are never touched.
    /// - Throws: `MaxPostPreDataLengthExceeded` when the result would be unreasonably long.
    package func expanded(filename: [UInt8]?) throws(S3Error) -> PostForm {
        guard let filename else { return self }
        let basename = ContentDisposition.basename(filename)
        var form = self
        var length = 0
        for index in form.fields.indices where !Self.literalFields.contains(form.fields[index].name) {
            form.fields[index].value = Self.replacing(in: form.fields[index].value, by: basename)
            length += form.fields[index].value.count
            guard length <= Self.maximumExpandedLength else { throw .maxPostPreDataLengthExceeded }
        }
        return form
    }

    private static let literalFields: Set<String> = ["policy", "x-amz-signature", "signature"]
    private static let placeholder = Array("${filename}".utf8)

    private static func replacing(in value: [UInt8], by name: [UInt8]) -> [UInt8] {
        guard value.contains(UInt8(ascii: "$")) else { return value }
        var result: [UInt8] = []
        var index = 0
        while index < value.count {
            if value[index...].starts(with: placeholder) {
                result += name
                index += placeholder.count
            } else {
                result.append(value[index])
                index += 1
            }
        }
        return result
    }
}
