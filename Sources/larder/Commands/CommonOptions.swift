import ArgumentParser
import Configuration
import Glibc

/// Options of every command that needs to know the configuration.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Storage root directory.", valueName: "dir"))
    var storage: String?

    @Option(
        help: ArgumentHelp("Configuration file, JSON; `larder config --help` lists the settings.", valueName: "file")
    )
    var config: String?

    /// The effective settings: flag, then environment, then file, then default.
    func settings(flags: [String: String?] = [:]) throws -> Settings {
        var given = flags.compactMapValues(\.self)
        given["storage"] = storage
        let file = try config.map { try ConfigurationFile(path: $0, content: try FileContent.read($0)) }
        return try Settings(flags: given, environment: Self.environment, file: file)
    }

    private static var environment: [String: String] {
        var result: [String: String] = [:]
        for key in SettingKey.table {
            guard let name = key.environment, let value = getenv(name) else { continue }
            result[name] = String(cString: value)
        }
        return result
    }
}
