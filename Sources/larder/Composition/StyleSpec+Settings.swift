import Attachments
import Configuration
import FoundationEssentials
import Imaging
import S3Protocol

extension StyleSpec {
    /// The style that an object of `attachments.styles` describes.
    ///
    /// - Throws: `ConfigurationError` with what the style's own reader says.
    static func decode(_ value: JSONValue, setting: String = "attachments.styles") throws -> StyleSpec {
        do {
            return try JSONDecoder().decode(StyleSpec.self, from: Data(value.compactText.utf8))
        } catch {
            throw ConfigurationError("\(setting): \(value.compactText) is no style: \(reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
            context.debugDescription
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing."
        default: "\(error)"
        }
    }
}

extension StyleRule {
    private static let setting = "attachments.style_rules"
    private static let form = #"{"bucket": "avatars", "prefix": "async_uploads/", "styles": ["thumb", {…}]}"#

    /// The rule that an object of `attachments.style_rules` describes; `general` are the styles that it may name.
    ///
    /// - Throws: `ConfigurationError` that says what is wrong and how a rule looks.
    static func decode(_ value: JSONValue, naming general: [StyleSpec]) throws -> StyleRule {
        guard case .object(let members) = value else { throw mistake(value, "it is no object") }
        if let unknown = members.first(where: { !["bucket", "prefix", "styles"].contains($0.name) }) {
            throw mistake(value, "unknown key '\(unknown.name)'")
        }
        guard let bucket = value["bucket"]?.string else { throw mistake(value, "'bucket' is missing") }
        guard let name = try? BucketName(bucket) else {
            throw mistake(value, "'\(bucket)' is no valid bucket name (3 to 63 of a-z 0-9 . -)")
        }
        guard let prefix = (value["prefix"] ?? .string("")).string else { throw mistake(value, "'prefix' is no text") }
        guard case .array(let styles)? = value["styles"] else { throw mistake(value, "'styles' is no list") }
        return StyleRule(bucket: name, prefix: prefix, styles: try styles.map { try style($0, general) })
    }

    /// A style of its own, or one of the general ones by its name.
    private static func style(_ value: JSONValue, _ general: [StyleSpec]) throws -> StyleSpec {
        guard let name = value.string else { return try StyleSpec.decode(value, setting: setting) }
        guard let style = general.first(where: { ByteText.equal($0.name, name) }) else {
            let known = general.map(\.name).joined(separator: ", ")
            throw ConfigurationError("\(setting): attachments.styles has no style '\(name)'; it has \(known).")
        }
        return style
    }

    private static func mistake(_ value: JSONValue, _ reason: String) -> ConfigurationError {
        ConfigurationError("\(setting): \(value.compactText) is no rule: \(reason). A rule looks so: \(form).")
    }
}
