import ArgumentParser
import Configuration
import S3Protocol

/// `larder config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the effective settings, secrets masked, and where each came from.",
        discussion: "Order: flag, environment, file, default. Settings of the file (dots are nested objects):\n"
            + SettingKey.table.map { key in
                "  \(key.path) (\(key.kind.rawValue)\(key.environment.map { ", \($0)" } ?? "")): \(key.help)"
            }.joined(separator: "\n")
    )

    @OptionGroup var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        for entry in settings.all {
            let value = entry.key.isSecret && entry.value != .null ? "********" : entry.value.text
            print("\(entry.key.path) = \(value)  (\(entry.source.text))")
        }
        _ = try ServerSettings(settings, isSandbox: false)
    }
}

extension JSONValue {
    /// The value as JSON, for people to read.
    fileprivate var text: String {
        switch self {
        case .null: "none"
        case .bool(let value): "\(value)"
        case .number(let text): text
        case .string(let text): JSONValue.quote(text)
        case .array(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { JSONValue.quote($0.name) + ": " + $0.value.text }.joined(separator: ", ") + "}"
        }
    }
}
