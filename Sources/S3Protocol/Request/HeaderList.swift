/// Header fields in the order they came, with repeats: what signing needs and dictionaries lose.
package struct HeaderList: Sendable {
    /// One field; the name as sent, the value as sent.
    package struct Field: Sendable {
        /// The name as sent.
        package let name: String
        /// The value as sent.
        package let value: String
        /// The name in lower case (ASCII).
        package let lowercasedName: String

        /// A field of this name and value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
            lowercasedName = ByteText.lowercasedASCII(name)
        }
    }

    /// All fields, in order.
    package private(set) var fields: [Field]

    /// A list of these fields.
    package init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// A list from name and value pairs.
    package init(_ pairs: [(String, String)]) {
        self.fields = pairs.map { Field($0.0, $0.1) }
    }

    /// These fields and others behind them.
    package func appending(_ others: HeaderList) -> HeaderList {
        others.fields.isEmpty ? self : HeaderList(fields + others.fields)
    }

    /// Adds a field at the end.
    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name, value))
    }

    /// The values of every field of this name (any case), in order.
    package func values(_ name: String) -> [String] {
        var values: [String] = []
        for field in fields where ByteText.equalIgnoringCase(field.name, name) { values.append(field.value) }
        return values
    }

    /// The value of the first field of this name (any case).
    package subscript(_ name: String) -> String? {
        for field in fields where ByteText.equalIgnoringCase(field.name, name) { return field.value }
        return nil
    }
}
