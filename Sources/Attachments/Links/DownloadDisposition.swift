import S3Protocol

/// The Content-Disposition of an answer with a file (RFC 6266), its name in a form that old and new clients read.
package struct DownloadDisposition: Equatable, Sendable {
    /// What a browser does with the file.
    package enum Kind: String, Sendable {
        /// Shows it.
        case inline
        /// Saves it.
        case attachment
    }

    /// What a browser does with the file.
    package let kind: Kind
    /// The file's name, if it has one.
    package let filename: String?

    /// A disposition of these parts.
    package init(_ kind: Kind, filename: String?) {
        self.kind = kind
        self.filename = filename
    }

    /// The disposition for a content type: shown when no browser runs scripts in it, else saved.
    package init(contentType: String, filename: String?) {
        self.init(
            Self.shown.allow(contentType) && !Self.scripted.allow(contentType) ? .inline : .attachment,
            filename: filename
        )
    }

    /// The header's value; ASCII only.
    ///
    /// `filename` has `_` for what it cannot hold and comes first, `filename*` has the whole name in UTF-8 when that
    /// differs. Control characters and those that turn the direction of text are dropped from both: `exe.gpj` can
    /// otherwise be shown as `jpg.exe`.
    package var text: String {
        guard let name = filename.map(Self.cleaned), !name.isEmpty else { return kind.rawValue }
        let fallback = Self.fallback(name)
        let plain = "\(kind.rawValue); filename=\"\(fallback)\""
        guard !ByteText.equal(fallback, name) else { return plain }
        return "\(plain); filename*=UTF-8''\(PercentEncoding.encode(name, keepingSlash: false))"
    }

    private static let shown: ContentTypePatterns = ["image/*", "audio/*", "video/*", "application/pdf", "text/plain"]
    private static let scripted: ContentTypePatterns = ["image/svg+xml"]

    private static func cleaned(_ name: String) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: name.unicodeScalars.filter { !isControl($0) })
        return String(text)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    // Quotes and backslashes are escaped differently by different clients, and `%` is decoded by some (RFC 6266
    // appendix D): none of them goes into the plain form.
    private static func fallback(_ name: String) -> String {
        let forbidden: Set<UInt32> = [0x22, 0x25, 0x2F, 0x5C]
        return String(
            decoding: name.unicodeScalars.map { scalar in
                scalar.isASCII && !forbidden.contains(scalar.value) ? UInt8(scalar.value) : UInt8(ascii: "_")
            },
            as: UTF8.self
        )
    }
}
