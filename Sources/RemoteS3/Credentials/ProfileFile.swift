import S3Protocol

/// The shared file of the AWS tools: profiles with `name = value` lines.
///
/// Source: AWS, "Configuration and credential file settings". Lines that are indented belong to nested settings, of which
/// none is used here.
package struct ProfileFile: Equatable, Sendable {
    /// The settings of each profile, names in lower case.
    package private(set) var profiles: [String: [String: String]] = [:]

    /// Reads a file; what it does not know it passes over, as the AWS tools do.
    package init(_ bytes: some Collection<UInt8>) {
        var profile: String?
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            guard let first = line.first, !Self.isBlank(first), first != Self.hash, first != Self.semicolon else {
                continue
            }
            let text = Self.withoutComment(ByteText.trimmed(String(decoding: line, as: UTF8.self)))
            if first == UInt8(ascii: "[") {
                profile = Self.profileName(text)
                if let profile, profiles[profile] == nil { profiles[profile] = [:] }
            } else if let profile, let (name, value) = Self.setting(text) {
                profiles[profile]?[name] = value
            }
        }
    }

    private static let hash = UInt8(ascii: "#")
    private static let semicolon = UInt8(ascii: ";")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// A comment begins at a mark behind a blank.
    private static func withoutComment(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let end = bytes.indices.dropFirst().first { index in
            (bytes[index] == hash || bytes[index] == semicolon) && isBlank(bytes[index - 1])
        }
        guard let end else { return text }
        return ByteText.trimmed(String(decoding: bytes[..<end], as: UTF8.self))
    }

    /// `[name]`, or `[profile name]` as in the file `config`.
    private static func profileName(_ text: String) -> String? {
        guard text.utf8.count > 2, text.utf8.last == UInt8(ascii: "]") else { return nil }
        let inside = ByteText.trimmed(text.dropFirst().dropLast())
        guard ByteText.hasPrefix(inside, "profile ") else { return inside.isEmpty ? nil : inside }
        return ByteText.trimmed(inside.dropFirst("profile ".count))
    }

    private static func setting(_ text: String) -> (name: String, value: String)? {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex else { return nil }
        let name = ByteText.lowercasedASCII(ByteText.trimmed(text[..<equals]))
        return (name, ByteText.trimmed(text[text.utf8.index(after: equals)...]))
    }
}

extension ProfileFile {
    /// The credentials of a profile; nil when it has none.
    ///
    /// - Throws: `RemoteError` with `credentials` when it has half of them.
    package func credentials(of profile: String) throws -> RemoteCredentials? {
        let settings = profiles[profile] ?? [:]
        let (id, secret) = (settings["aws_access_key_id"], settings["aws_secret_access_key"])
        if id == nil, secret == nil { return nil }
        guard let id, let secret, !id.isEmpty, !secret.isEmpty else {
            throw RemoteError(
                .credentials,
                "the profile '\(profile)' needs both aws_access_key_id and aws_secret_access_key"
            )
        }
        return RemoteCredentials(
            accessKeyID: id,
            secret: SigningSecret(secret),
            securityToken: settings["aws_session_token"]
        )
    }
}
