/// The `SignedHeaders` of a signature: the list as the client wrote it, and the names in it.
package struct SignedHeaderNames: Sendable {
    /// The list as written; it is a line of the canonical request.
    package let text: String
    /// The names in lower case and byte order, which is the order of the canonical headers.
    package let names: [String]

    /// Splits a list at its `;`.
    package init(_ text: String) {
        self.text = text
        let parts = Array(text.utf8).split(separator: UInt8(ascii: ";"))
            .map { ByteText.lowercasedASCII(String(decoding: $0, as: UTF8.self)) }
        // Clients write them in order already.
        let isSorted = zip(parts, parts.dropFirst()).allSatisfy { !ByteText.precedes($1, $0) }
        names = isSorted ? parts : parts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The list of these lower-case names.
    package init(names: [String]) {
        let sorted = Set(names.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
        self.init(sorted.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ";"))
    }

    /// Whether a header is signed; `name` in lower case.
    package func contains(_ name: String) -> Bool {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if ByteText.precedes(names[middle], name) { low = middle + 1 } else { high = middle }
        }
        return low < names.count && ByteText.equal(names[low], name)
    }
}
