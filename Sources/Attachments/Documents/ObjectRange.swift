import S3Protocol

/// Which objects of a list a client asked for: `Range: objects=0-99`.
package struct ObjectRange: Equatable, Sendable {
    /// How many objects a page has when nothing else was asked for.
    package static let standardCount = 60
    /// How many objects a page has at most.
    package static let maximumCount = 100

    /// How many objects are passed over.
    package let offset: Int
    /// How many objects are answered at most.
    package let count: Int

    /// So many objects behind so many others.
    package init(offset: Int = 0, count: Int = ObjectRange.standardCount) {
        self.offset = offset
        self.count = count
    }

    /// Reads the value of a `Range` header; nil is the first page, and more than 100 objects become 100.
    ///
    /// - Throws: 400 when it is not of the form `objects=FIRST-LAST` or `objects=FIRST-`.
    package init(header: String?) throws(APIError) {
        guard let header else {
            self.init()
            return
        }
        let text = ByteText.trimmed(header)
        guard ByteText.hasPrefix(text, "objects=") else { throw .malformedRange() }
        let bounds = text.dropFirst("objects=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Self.number(bounds[0]) else { throw .malformedRange() }
        guard !bounds[1].isEmpty else {
            self.init(offset: first)
            return
        }
        guard let last = Self.number(bounds[1]), last >= first else { throw .malformedRange() }
        self.init(offset: first, count: min(last - first, Self.maximumCount - 1) + 1)
    }

    /// The value of `Content-Range` for a page with so many objects out of so many.
    package func contentRange(returned: Int, total: Int) -> String {
        guard returned > 0 else { return "file_attachments */\(total)" }
        return "file_attachments \(offset)-\(offset + returned - 1)/\(total)"
    }

    // Nine digits: far beyond any list, far below any overflow.
    private static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
