import S3Protocol

/// A configuration file: JSON, read strictly, so that a misspelt key is an error and not a surprise.
package struct ConfigurationFile: Sendable {
    /// The most bytes that a configuration file may have.
    package static let maximumLength = 1 << 20

    /// Where it was read from.
    package let path: String
    private let values: [String: JSONValue]

    /// Reads the content of the file at `path`.
    ///
    /// - Throws: `ConfigurationError` for what is no JSON object, an unknown key, or a value of another kind.
    package init(path: String, content: [UInt8]) throws(ConfigurationError) {
        let limits = JSONReader.Limits(length: Self.maximumLength, depth: 16)
        guard case .object(let members)? = JSONReader.read(content, limits: limits) else {
            throw ConfigurationError("\(path) is not a JSON object of at most \(Self.maximumLength) bytes.")
        }
        self.path = path
        var values: [String: JSONValue] = [:]
        try Self.collect(members, prefix: "", path: path, into: &values)
        self.values = values
    }

    subscript(_ path: String) -> JSONValue? { values[path] }

    private static func collect(
        _ members: [JSONValue.Member],
        prefix: String,
        path: String,
        into values: inout [String: JSONValue]
    ) throws(ConfigurationError) {
        for member in members {
            let name = prefix + member.name
            if let key = SettingKey.table.first(where: { ByteText.equal($0.path, name) }) {
                guard key.kind.accepts(member.value) else {
                    throw ConfigurationError("\(path): \(name) must be a \(key.kind.rawValue): \(key.help).")
                }
                values[name] = member.value
            } else if case .object(let inner) = member.value,
                SettingKey.table.contains(where: { ByteText.hasPrefix($0.path, name + ".") })
            {
                try collect(inner, prefix: name + ".", path: path, into: &values)
            } else {
                throw ConfigurationError(
                    "\(path): there is no setting '\(name)'; see `larder config --help` for all of them."
                )
            }
        }
    }
}

extension SettingKey.Kind {
    fileprivate func accepts(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.text, .string), (.integer, .number), (.boolean, .bool): true
        case (.list, .array(let values)): values.allSatisfy { $0.string != nil }
        case (.map, .object(let members)): members.allSatisfy { $0.value.string != nil }
        case (.objects, .array(let values)):
            values.allSatisfy { value in
                if case .object = value { true } else { false }
            }
        default: false
        }
    }
}
