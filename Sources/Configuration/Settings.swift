package import S3Protocol

/// The effective value of every setting, and where each came from.
///
/// Order: flag, then environment, then file, then default.
package struct Settings: Sendable {
    /// Where a value came from.
    package enum Source: Sendable, Equatable {
        /// A flag of the command.
        case flag
        /// An environment variable.
        case environment(String)
        /// The configuration file.
        case file(String)
        /// Nobody set it.
        case standard

        /// The source in words.
        package var text: String {
            switch self {
            case .flag: "flag"
            case .environment(let name): "environment \(name)"
            case .file(let path): "file \(path)"
            case .standard: "default"
            }
        }
    }

    /// One effective value.
    package struct Entry: Sendable {
        /// The setting.
        package let key: SettingKey
        /// Its value.
        package let value: JSONValue
        /// Where it came from.
        package let source: Source
    }

    private let entries: [String: Entry]

    /// Resolves all settings.
    ///
    /// - Throws: `ConfigurationError` for a value of another kind, naming where it stands.
    package init(
        flags: [String: String] = [:],
        environment: [String: String],
        file: ConfigurationFile? = nil
    ) throws(ConfigurationError) {
        var entries: [String: Entry] = [:]
        for key in SettingKey.table {
            entries[key.path] = try Self.resolve(key, flags: flags, environment: environment, file: file)
        }
        self.entries = entries
    }

    /// All settings in the table's order.
    package var all: [Entry] { SettingKey.table.compactMap { entries[$0.path] } }

    /// The entry of a setting of the table.
    package func entry(_ path: String) -> Entry {
        guard let entry = entries[path] else { preconditionFailure("no setting is called \(path)") }
        return entry
    }

    private static func resolve(
        _ key: SettingKey,
        flags: [String: String],
        environment: [String: String],
        file: ConfigurationFile?
    ) throws(ConfigurationError) -> Entry {
        if let text = flags[key.path] { return try entry(key, text, .flag) }
        if let name = key.environment, let text = environment[name], !text.isEmpty {
            return try entry(key, text, .environment(name))
        }
        if let file, let value = file[key.path] { return Entry(key: key, value: value, source: .file(file.path)) }
        return Entry(key: key, value: key.standard, source: .standard)
    }

    private static func entry(_ key: SettingKey, _ text: String, _ source: Source) throws(ConfigurationError) -> Entry {
        guard let value = key.kind.parse(text) else {
            throw ConfigurationError(
                "\(key.path) (\(source.text)) is '\(text)', which is no \(key.kind.rawValue): \(key.help)."
            )
        }
        return Entry(key: key, value: value, source: source)
    }
}

// MARK: - Typed values

extension Settings {
    /// The text of a setting, nil when it has none.
    package func text(_ path: String) -> String? {
        entry(path).value.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The number of a setting.
    ///
    /// - Throws: `ConfigurationError` when it is outside of `range`.
    package func integer(_ path: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        let entry = entry(path)
        guard case .number(let text) = entry.value, let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                "\(path) (\(entry.source.text)) must be a whole number from \(range.lowerBound) to \(range.upperBound): "
                    + "\(entry.key.help)."
            )
        }
        return value
    }

    /// The truth of a setting.
    package func boolean(_ path: String) -> Bool {
        entry(path).value == .bool(true)
    }

    /// The texts of a setting, nil when it has none.
    package func list(_ path: String) -> [String]? {
        guard case .array(let values) = entry(path).value else { return nil }
        return values.compactMap(\.string)
    }

    /// The names and texts of a setting.
    package func map(_ path: String) -> [String: String] {
        guard case .object(let members) = entry(path).value else { return [:] }
        return Dictionary(members.map { ($0.name, $0.value.string ?? "") }, uniquingKeysWith: { _, last in last })
    }

    /// One of a few texts.
    ///
    /// - Throws: `ConfigurationError` that lists them.
    package func choice(_ path: String, of choices: [String]) throws(ConfigurationError) -> String {
        let entry = entry(path)
        guard let text = entry.value.string, choices.contains(text) else {
            throw ConfigurationError(
                "\(path) (\(entry.source.text)) must be one of: \(choices.joined(separator: ", "))."
            )
        }
        return text
    }
}

extension SettingKey.Kind {
    /// The value that text in the environment or a flag stands for, nil when it is of another kind.
    fileprivate func parse(_ text: String) -> JSONValue? {
        switch self {
        case .text: return .string(text)
        case .integer: return Int(text).map { .number("\($0)") }
        case .boolean: return ["true": true, "1": true, "false": false, "0": false][text].map(JSONValue.bool)
        case .list: return .array(Self.pieces(text).map(JSONValue.string))
        case .map:
            let pairs = Self.pieces(text).map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            guard pairs.allSatisfy({ $0.count == 2 }) else { return nil }
            return .object(pairs.map { .init($0[0], .string($0[1])) })
        case .objects: return nil
        }
    }

    private static func pieces(_ text: String) -> [String] {
        text.split(separator: ",").map { ByteText.trimmed($0) }.filter { !$0.isEmpty }
    }
}
