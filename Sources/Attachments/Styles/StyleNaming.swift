package import Imaging
package import S3Protocol

/// Names of style objects: by the content of the original and what was made of it, so that another original or another
/// definition of a style has another name, and the same never two.
package enum StyleNaming {
    /// Eight hexadecimal digits of the original's version and the style's definition.
    package static func digest(of style: StyleSpec, for object: PinnedObject) -> String {
        let text = "\(object.etag.text)\n\(object.version.text)\n\(object.byteSize)\n\(style.canonicalText)"
        return Hex.encode(SHA256.hash(data: Array(text.utf8)).prefix(4))
    }

    /// `styles/<attachment>/<style>-<digest>.<extension>`.
    package static func key(
        prefix: String,
        attachment: Int64,
        style: String,
        digest: String,
        kind: ImageKind
    ) throws(S3Error) -> ObjectKey {
        try ObjectKey("\(prefix)\(attachment)/\(style)-\(digest).\(kind.fileExtension)")
    }

    /// The attachment that a key under the styles prefix names; nil for a key of another form.
    package static func attachment(of key: ObjectKey, prefix: String) -> Int64? {
        guard key.utf8.starts(with: prefix.utf8) else { return nil }
        let digits = key.utf8.dropFirst(prefix.utf8.count).prefix { $0 != UInt8(ascii: "/") }
        guard (1...18).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// The name under which a browser saves a style: `photo.heic` as thumb gives `photo-thumb.jpg`.
    static func filename(of style: StyleRecord, original: String?) -> String? {
        guard let original else { return nil }
        let dot = original.utf8.lastIndex(of: UInt8(ascii: "."))
        let stem = dot.flatMap { $0 == original.utf8.startIndex ? nil : String(original[..<$0]) } ?? original
        let kind = ImageKind.allCases.first { ByteText.equal($0.contentType, style.contentType) }
        return "\(stem)-\(style.name)" + (kind.map { ".\($0.fileExtension)" } ?? "")
    }
}

extension StyleRecord {
    /// Whether it is what one of these definitions makes of this original.
    func isOne(of definitions: [StyleSpec], for object: PinnedObject) -> Bool {
        definitions.contains { definition in
            ByteText.equal(definition.name, name)
                && ByteText.equal(StyleNaming.digest(of: definition, for: object), digest)
        }
    }
}
