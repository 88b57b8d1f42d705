/// Any key of a keyed container, to see those that nobody asked for.
private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}

extension Decoder {
    /// Throws `DecodingError` when the object has a key outside these.
    func refuseUnknownKeys(_ known: [some CodingKey]) throws {
        let found = try container(keyedBy: AnyKey.self).allKeys
        let names = Set(known.map(\.stringValue))
        guard let unknown = found.first(where: { !names.contains($0.stringValue) }) else { return }
        let expected = known.map(\.stringValue).joined(separator: ", ")
        throw DecodingError.dataCorrupted(
            .init(
                codingPath: codingPath + [unknown],
                debugDescription: "Unknown key '\(unknown.stringValue)'; known are \(expected)."
            )
        )
    }
}
