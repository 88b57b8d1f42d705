package import S3Protocol

/// Where events are sent, and which.
package struct WebhookEndpoint: Sendable, Equatable {
    /// What operators call it; deliveries that wait are known by it.
    package let name: String
    /// The address.
    package let url: String
    /// What deliveries are signed with; more than one while the receiver changes over.
    package let secrets: [WebhookSecret]
    /// What it is told.
    package let events: Set<WebhookEventType>

    /// An endpoint of these parts.
    package init(
        name: String,
        url: String,
        secrets: [WebhookSecret],
        events: Set<WebhookEventType> = Set(WebhookEventType.allCases)
    ) {
        self.name = name
        self.url = url
        self.secrets = secrets
        self.events = events
    }
}

extension WebhookEndpoint {
    /// How many endpoints there may be.
    package static let maximumCount = 32

    /// The endpoints that the configuration lists.
    ///
    /// - Throws: `AttachmentsError` with `invalidConfiguration` for the first fault, saying what to write.
    package static func endpoints(_ values: [JSONValue]) throws -> [WebhookEndpoint] {
        let endpoints = try values.map(Self.init(json:))
        guard endpoints.count <= maximumCount else {
            throw fault("there may be \(maximumCount) endpoints; \(endpoints.count) are given.")
        }
        var names: Set<String> = []
        for endpoint in endpoints where !names.insert(endpoint.name).inserted {
            throw fault("two endpoints have the name '\(endpoint.name)'; give them names of their own.")
        }
        return endpoints
    }

    private init(json: JSONValue) throws {
        guard case .object(let members) = json else { throw Self.fault("an endpoint is an object.") }
        let known = ["name", "url", "secret", "old_secret", "events"]
        for member in members {
            guard known.contains(member.name) else {
                throw Self.fault(
                    "there is no '\(member.name)' in an endpoint; known are \(known.joined(separator: ", "))."
                )
            }
            guard members.count(where: { $0.name == member.name }) == 1 else {
                throw Self.fault("'\(member.name)' stands twice in an endpoint.")
            }
        }
        let values = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
        let url = try Self.url(values["url"])
        self.init(
            name: try Self.name(values["name"], url),
            url: url,
            secrets: [try Self.secret(values["secret"], "secret")]
                + (try values["old_secret"].map { [try Self.secret($0, "old_secret")] } ?? []),
            events: try Self.events(values["events"])
        )
    }

    private static func url(_ value: JSONValue?) throws -> String {
        guard let text = value?.string else { throw fault("an endpoint needs a 'url'.") }
        let scheme = ["https://", "http://"].first { ByteText.hasPrefix(text, $0) }
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && text.utf8.count <= 2048
        let rest = text.utf8.dropFirst(scheme?.utf8.count ?? 0)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        guard scheme != nil, isPlain, !authority.isEmpty, !authority.contains(UInt8(ascii: "@")),
            !rest.contains(UInt8(ascii: "#"))
        else {
            throw fault("'\(text)' is no url of an endpoint; write https://HOST/PATH, without user, password or '#'.")
        }
        return text
    }

    // Without the query, which may hold what nobody is to see.
    private static func name(_ value: JSONValue?, _ url: String) throws -> String {
        guard let value else { return String(url.prefix { $0 != "?" }) }
        guard let text = value.string, (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"/?#%".utf8.contains($0) })
        else { throw fault("the 'name' of \(url) must be 1 to 64 printable characters without blanks and / ? # %.") }
        return text
    }

    private static func secret(_ value: JSONValue?, _ member: String) throws -> WebhookSecret {
        guard let secret = value?.string.flatMap(WebhookSecret.init) else {
            throw fault(
                "'\(member)' of an endpoint is '\(WebhookSecret.prefix)' and \(WebhookSecret.length.lowerBound) to "
                    + "\(WebhookSecret.length.upperBound) bytes in Base64; "
                    + "echo \(WebhookSecret.prefix)$(openssl rand -base64 32) makes one."
            )
        }
        return secret
    }

    private static func events(_ value: JSONValue?) throws -> Set<WebhookEventType> {
        let known = WebhookEventType.allCases.map(\.rawValue).joined(separator: ", ")
        guard let value else { return Set(WebhookEventType.allCases) }
        guard case .array(let names) = value, !names.isEmpty else {
            throw fault("'events' of an endpoint is a list of: \(known).")
        }
        return Set(
            try names.map { name in
                guard let type = name.string.flatMap(WebhookEventType.init) else {
                    throw fault("'events' has \(name.compactText); known are \(known).")
                }
                return type
            }
        )
    }

    private static func fault(_ text: String) -> AttachmentsError {
        AttachmentsError(.invalidConfiguration, "webhooks.endpoints: \(text)")
    }
}
