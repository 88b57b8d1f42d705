import S3Protocol

/// What an address says in imgproxy's grammar, option by option; nothing is applied yet.
///
///     /OPTION:ARGUMENT…/…/plain/SOURCE[@EXTENSION]
///     /OPTION:ARGUMENT…/…/BASE64URL-OF-SOURCE[.EXTENSION]
package struct StyleAddress: Equatable, Sendable {
    /// The most bytes of an address.
    package static let maximumLength = 8192
    /// The most options of an address.
    package static let maximumOptions = 64

    /// The options in their order.
    package let options: [StyleOption]
    /// The object that is asked of.
    package let source: StyleSource
    /// The extension, which names the format of the result.
    package let format: String?

    /// An address of these parts.
    package init(options: [StyleOption], source: StyleSource, format: String? = nil) {
        self.options = options
        self.source = source
        self.format = format
    }

    /// Reads the part of a path that follows the signature, percent-encoded as it was received.
    package init(path: some Collection<UInt8>) throws(StyleAddressError) {
        guard path.count <= Self.maximumLength else {
            throw .malformed("The address has \(path.count) bytes; at most \(Self.maximumLength) are read.")
        }
        guard path.first == UInt8(ascii: "/") else { throw .malformed("The address does not begin with '/'.") }
        let segments = Array(path.dropFirst()).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let options = segments.prefix { $0.contains(UInt8(ascii: ":")) }
        guard options.count <= Self.maximumOptions else {
            throw .malformed("The address has \(options.count) options; at most \(Self.maximumOptions) are read.")
        }
        var read: [StyleOption] = []
        for segment in options { read.append(try StyleOption(segment: segment)) }
        let reader = StyleSourceReader(Array(segments.dropFirst(options.count)))
        let (source, format) = try reader.read()
        self.init(options: read, source: try StyleSource(source), format: format)
    }

    /// The path of this address, as it is signed.
    package var path: String {
        let options = options.map { option in
            "/"
                + ([option.name] + option.arguments).map { PercentEncoding.encode($0, keepingSlash: false) }
                .joined(separator: ":")
        }
        let key = PercentEncoding.encode(source.key.utf8, keepingSlash: true)
        return options.joined() + "/plain/s3://\(source.bucket)/\(key)" + (format.map { "@\($0)" } ?? "")
    }
}

extension StyleOption {
    /// An option from its part of the path.
    fileprivate init(segment: ArraySlice<UInt8>) throws(StyleAddressError) {
        var texts: [String] = []
        for piece in segment.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard let bytes = PercentEncoding.decode(piece, plusIsBlank: false),
                let text = String(validating: bytes, as: UTF8.self)
            else { throw .malformed("Option \(read(texts)) holds what is not percent-encoded UTF-8.") }
            texts.append(text)
        }
        guard let name = texts.first, !name.isEmpty, name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformed("An option has no name of ASCII letters; expected NAME:ARGUMENT.")
        }
        self.init(name, Array(texts.dropFirst()))
    }
}

private func read(_ texts: [String]) -> String {
    texts.isEmpty ? "name" : "'\(texts.joined(separator: ":"))'"
}

/// Reads the end of an address: where its source is.
private struct StyleSourceReader {
    private static let oldWords = ["fit", "fill", "fill-down", "force", "auto", "crop"]

    private let segments: [ArraySlice<UInt8>]

    init(_ segments: [ArraySlice<UInt8>]) {
        self.segments = segments
    }

    func read() throws(StyleAddressError) -> (source: [UInt8], format: String?) {
        guard let first = segments.first, segments.count > 1 || !first.isEmpty else {
            throw .malformed("The address names no source; expected /plain/SOURCE or a source in Base64.")
        }
        let word = String(decoding: first, as: UTF8.self)
        switch word {
        case "plain": return try plain(segments.dropFirst())
        case "enc": throw .malformed("Encrypted sources are not read; expected /plain/SOURCE or a source in Base64.")
        case _ where segments.count > 4 && Self.oldWords.contains(word):
            throw .malformed("This is imgproxy's old basic form; write the options as /rs:\(word):WIDTH:HEIGHT/….")
        default: return try base64(segments)
        }
    }

    private func plain(_ segments: ArraySlice<ArraySlice<UInt8>>) throws(StyleAddressError) -> ([UInt8], String?) {
        let text = Array(segments.joined(separator: [UInt8(ascii: "/")]))
        let (source, format) = try split(text, at: UInt8(ascii: "@"), "@ in a key is written %40")
        guard let decoded = PercentEncoding.decode(source, plusIsBlank: false) else {
            throw .malformed("The plain source is not percent-encoded; a % in a key is written %25.")
        }
        return (decoded, format)
    }

    private func base64(_ segments: [ArraySlice<UInt8>]) throws(StyleAddressError) -> ([UInt8], String?) {
        let (encoded, format) = try split(Array(segments.joined()), at: UInt8(ascii: "."), "Base64 has no dot")
        guard let source = Base64URL.decode(encoded) else {
            throw .malformed("The source is neither /plain/SOURCE nor URL-safe Base64; an option is NAME:ARGUMENT.")
        }
        return (source, format)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    private func split(
        _ text: [UInt8],
        at separator: UInt8,
        _ hint: String
    ) throws(StyleAddressError) -> (ArraySlice<UInt8>, String?) {
        let pieces = text.split(separator: separator, omittingEmptySubsequences: false)
        guard pieces.count <= 2 else { throw .malformed("The source has more than one extension; \(hint).") }
        guard !pieces[0].isEmpty else { throw .malformed("The source is empty.") }
        guard pieces.count == 2, !pieces[1].isEmpty else { return (pieces[0], nil) }
        guard pieces[1].count <= 16, pieces[1].allSatisfy(Self.isAlphanumeric) else {
            throw .malformed("The extension is no name of a format; \(hint).")
        }
        return (pieces[0], String(decoding: pieces[1], as: UTF8.self))
    }
}
