/// One element of a parsed document: its local name, its own text, its child elements in order.
package struct XMLNode: Equatable, Sendable {
    /// The name without prefix.
    package let name: String
    /// The text directly inside, character data and CDATA joined; blanks are kept.
    package var text: String
    /// The elements directly inside.
    package var children: [XMLNode]

    /// A node of these parts.
    package init(name: String, text: String = "", children: [XMLNode] = []) {
        self.name = name
        self.text = text
        self.children = children
    }

    /// The first child of this name.
    package subscript(_ name: String) -> XMLNode? {
        children.first { ByteText.equal($0.name, name) }
    }

    /// All children of this name, in order.
    package func all(_ name: String) -> [XMLNode] {
        children.filter { ByteText.equal($0.name, name) }
    }

    /// The root element of a whole document.
    ///
    /// - Throws: as `XMLReader`.
    package static func parse(_ bytes: [UInt8], limits: XMLLimits = .standard) throws(S3Error) -> XMLNode {
        let reader = XMLReader(limits: limits)
        try reader.push(bytes)
        return try reader.finish()
    }
}
