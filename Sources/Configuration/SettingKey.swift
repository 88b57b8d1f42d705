package import S3Protocol

/// One setting: its place in the configuration file, its environment variable, its default and what it means.
///
/// The table of these is the only list of settings: decoding, the order of sources, `larder config` and the unknown-key
/// error all read it.
package struct SettingKey: Sendable {
    /// What values a setting takes.
    package enum Kind: String, Sendable {
        /// Text.
        case text
        /// A whole number; units stand in the help.
        case integer
        /// `true` or `false`.
        case boolean
        /// A list of texts; comma separated in the environment.
        case list
        /// Names with texts; `name=value` comma separated in the environment.
        case map
        /// A list of objects whose own keys their reader checks; file only.
        case objects
    }

    /// The place in the file: names joined by dots.
    package let path: String
    /// What values it takes.
    package let kind: Kind
    /// The environment variable that sets it, if there is one.
    package let environment: String?
    /// The value when nobody sets it; `null` for none.
    package let standard: JSONValue
    /// Whether `larder config` masks it.
    package let isSecret: Bool
    /// What it means, with units and limits.
    package let help: String

    init(
        _ path: String,
        _ kind: Kind,
        environment: String? = nil,
        standard: JSONValue = .null,
        isSecret: Bool = false,
        _ help: String
    ) {
        self.path = path
        self.kind = kind
        self.environment = environment
        self.standard = standard
        self.isSecret = isSecret
        self.help = help
    }
}
