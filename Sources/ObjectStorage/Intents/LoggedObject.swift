import S3Protocol

/// A small object as it stands in the intents, whole: record and content.
struct LoggedObject: Equatable, Sendable {
    /// The most bytes of content that may be set to be logged: what an upload keeps in memory.
    static let longestContent = 64 * 1024

    /// Its key.
    let key: IntentLine
    /// The attribute of its file, which carries the record.
    let attribute: [UInt8]
    /// Its bytes.
    let content: [UInt8]

    /// An object of these parts.
    init(key: IntentLine, attribute: [UInt8], content: [UInt8]) {
        self.key = key
        self.attribute = attribute
        self.content = content
    }

    /// `<crc32> <key> put <length of the attribute> <attribute, content>` without a line end.
    static func text(_ key: IntentLine, attribute: [UInt8], content: UnsafeRawBufferPointer) -> [UInt8] {
        let head = Array("\(key.name) put \(attribute.count) ".utf8)
        let longest = head.count + 2 * (attribute.count + content.count)
        return IntentLine.line(upTo: longest) { rest in
            rest.copyBytes(from: head)
            guard let body = rest.baseAddress.map({ $0 + head.count }) else { return 0 }
            let length = attribute.withUnsafeBytes { LineEscaping.write($0, to: body) }
            return head.count + length + LineEscaping.write(content, to: body + length)
        }
    }

    /// What stands behind `put` in a line; nil when it is not what is written here.
    init?(key: IntentLine, written: ArraySlice<UInt8>) {
        guard let blank = written.firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: written[..<blank], as: UTF8.self)), length >= 0,
            let bytes = LineEscaping.decode(written[(blank + 1)...]), length <= bytes.count
        else { return nil }
        self.init(key: key, attribute: Array(bytes.prefix(length)), content: Array(bytes.dropFirst(length)))
    }
}
