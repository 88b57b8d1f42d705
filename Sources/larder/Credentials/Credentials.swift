import Configuration
import Gateway
import S3Protocol

/// The keys of a server: given by settings, else made at the first start and kept in `.larder/credentials.json`.
struct Credentials: Equatable {
    /// The root access key.
    var accessKey: String
    /// Its secret.
    var secretKey: String
    /// The key that signs upload forms and URLs; never given to anybody.
    var signerKey: String
    /// Its secret.
    var signerSecret: String
    /// The token of the JSON API that always works.
    var apiToken: String
    /// The key that addresses of styles on the fly are signed with, hexadecimal, when none is set.
    var stylesKey: String
    /// Its salt.
    var stylesSalt: String

    private static let names = ["access_key", "secret_key", "signer_key", "signer_secret", "api_token"]
    /// What files of earlier versions do not have.
    private static let laterNames = ["styles_key", "styles_salt"]

    /// The file of a storage root.
    static func path(inRoot root: String) -> String { root + "/.larder/credentials.json" }

    /// The credentials of a root: what the file lacks is made and kept, what the settings give wins.
    ///
    /// - Returns: the credentials, and whether they were made just now.
    static func load(root: String, settings: ServerSettings) throws -> (Credentials, isNew: Bool) {
        let path = path(inRoot: root)
        let isNew = !FileContent.exists(path)
        var (credentials, isWhole) = isNew ? (made(), false) : try read(path)
        if !isWhole { try FileContent.replace(path, with: Array(credentials.json.utf8)) }
        if let key = settings.accessKey, let secret = settings.secretKey {
            (credentials.accessKey, credentials.secretKey) = (key, secret)
        }
        if let token = settings.apiToken { credentials.apiToken = token }
        return (credentials, isNew)
    }

    /// The keys that requests are verified with.
    var keys: AccessKeys {
        AccessKeys([
            .init(
                identity: Identity(
                    kind: .root,
                    accessKeyID: accessKey,
                    userID: Self.rootUserID,
                    displayName: "root"
                ),
                secret: SigningSecret(secretKey)
            ),
            .init(
                identity: Identity(
                    kind: .signer,
                    accessKeyID: signerKey,
                    userID: Self.rootUserID,
                    displayName: "larder"
                ),
                secret: SigningSecret(signerSecret)
            ),
        ])
    }

    /// The canonical id of the root, who owns what was not made by a user.
    static let rootUserID = "1a2de4" + String(repeating: "0", count: 58)

    /// The access keys that a root keeps for the server itself; none before the first start.
    static func keptKeys(inRoot root: String) -> Set<String> {
        guard let kept = try? read(path(inRoot: root)).credentials else { return [] }
        return [kept.accessKey, kept.signerKey]
    }

    private static func made() -> Credentials {
        Credentials(
            accessKey: "LRDR" + Secret.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
            secretKey: Secret.text(40),
            signerKey: "LRDI" + Secret.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
            signerSecret: Secret.text(40),
            apiToken: "smt_" + Secret.text(40),
            stylesKey: Secret.text(64, "0123456789abcdef"),
            stylesSalt: Secret.text(64, "0123456789abcdef")
        )
    }

    /// What the file has, with what it lacks made anew; whether it lacked nothing.
    private static func read(_ path: String) throws -> (credentials: Credentials, isWhole: Bool) {
        let limits = JSONReader.Limits(length: 64 * 1024, depth: 4)
        guard case .object(let members)? = JSONReader.read(try FileContent.read(path), limits: limits) else {
            throw ConfigurationError(
                "\(path) is damaged: restore it, or remove it to get new keys (old URLs end then)."
            )
        }
        let values = try names.map { name in
            guard let value = members.first(where: { $0.name == name })?.value.string, !value.isEmpty else {
                throw ConfigurationError("\(path) has no \(name): restore it, or remove it to get new keys.")
            }
            return value
        }
        let later = laterNames.compactMap { name in members.first { $0.name == name }?.value.string }
        let isWhole = later.count == laterNames.count
        let fresh = made()
        let credentials = Credentials(
            accessKey: values[0],
            secretKey: values[1],
            signerKey: values[2],
            signerSecret: values[3],
            apiToken: values[4],
            stylesKey: isWhole ? later[0] : fresh.stylesKey,
            stylesSalt: isWhole ? later[1] : fresh.stylesSalt
        )
        return (credentials, isWhole)
    }

    private var json: String {
        let values = [accessKey, secretKey, signerKey, signerSecret, apiToken, stylesKey, stylesSalt]
        let members = zip(Self.names + Self.laterNames, values).map {
            "  \(JSONValue.quote($0)): \(JSONValue.quote($1))"
        }
        return "{\n" + members.joined(separator: ",\n") + "\n}\n"
    }
}

/// Random text for keys and tokens, from the system's generator.
private enum Secret {
    static let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    static func text(_ length: Int, _ alphabet: String = Secret.alphabet) -> String {
        let characters = Array(alphabet)
        var generator = SystemRandomNumberGenerator()
        return String((0..<length).map { _ in characters[Int.random(in: 0..<characters.count, using: &generator)] })
    }
}
