/// How the documents of configurations are read: what each of them asks of elements that it knows.
extension XMLNode {
    /// The root of a request's document, which must have this name.
    ///
    /// - Throws: `MissingRequestBodyError` when there is no byte, `MalformedXML` for another root, and as `XMLReader`.
    static func configuration(
        _ body: [UInt8],
        root name: String,
        limits: XMLLimits = .standard
    ) throws(S3Error) -> XMLNode {
        guard !body.isEmpty else { throw .missingRequestBody }
        let root = try parse(body, limits: limits)
        guard ByteText.equal(root.name, name) else { throw .malformedXML("the root is \(root.name), not \(name)") }
        return root
    }

    /// The text without blanks around it: what names, numbers and dates are read from.
    var word: String { ByteText.trimmed(text) }

    /// The child of this name; more than one is refused, since nobody could say which counts.
    func only(_ name: String) throws(S3Error) -> XMLNode? {
        let found = all(name)
        guard found.count <= 1 else { throw .malformedXML("\(name) is there \(found.count) times in \(self.name)") }
        return found.first
    }

    /// The number in the child of this name; nil without such a child.
    func integer(_ name: String) throws(S3Error) -> Int? {
        guard let text = try only(name)?.word else { return nil }
        guard let number = Int32(text) else { throw .malformedXML("\(name) is not a number of 32 bits: \(text)") }
        return Int(number)
    }

    /// The size in bytes in the child of this name; nil without such a child.
    func size(_ name: String) throws(S3Error) -> Int64? {
        guard let text = try only(name)?.word else { return nil }
        guard let number = Int64(text), number >= 0 else { throw .malformedXML("\(name) is no size: \(text)") }
        return number
    }

    /// The truth value in the child of this name; nil without such a child.
    func boolean(_ name: String) throws(S3Error) -> Bool? {
        guard let text = try only(name)?.word else { return nil }
        switch ByteText.lowercasedASCII(text) {
        case "true", "1": return true
        case "false", "0": return false
        default: throw .malformedXML("\(name) is neither true nor false: \(text)")
        }
    }

    /// The value that the child of this name spells; nil without such a child.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Choice.Type = Choice.self
    ) throws(S3Error) -> Choice? where Choice.RawValue == String {
        guard let text = try only(name)?.word else { return nil }
        guard let choice = Choice.allCases.first(where: { ByteText.equal($0.rawValue, text) }) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformedXML("\(name) is \(text), not one of \(known)")
        }
        return choice
    }
}
