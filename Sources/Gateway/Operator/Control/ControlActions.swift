package import Attachments
package import Mirror
package import S3Protocol

/// The actions behind the control socket; a command that is alone on a root performs the same ones itself.
package struct ControlActions: Sendable {
    private let tokens: TokenActions
    private let keys: KeyActions
    private let jobs: JobActions
    private let webhooks: WebhookActions
    private let mirror: MirrorActions
    private let storage: StorageActions?

    /// Actions on these tokens, keys, jobs and webhooks, and on the mirror and the store if there are any.
    ///
    /// `table` has what a running server verifies signatures with; it follows every change of `keys`.
    package init(
        tokens: APITokens,
        keys: UserKeys,
        table: AccessKeys?,
        jobs: JobInventory,
        webhooks: WebhookInventory,
        mirror: Mirror?,
        storage: StorageActions?
    ) {
        self.tokens = TokenActions(tokens: tokens)
        self.keys = KeyActions(keys: keys, table: table)
        self.jobs = JobActions(jobs: jobs)
        self.webhooks = WebhookActions(webhooks: webhooks)
        self.mirror = MirrorActions(mirror: mirror)
        self.storage = storage
    }

    /// Performs `METHOD /AREA[/NAME]`.
    ///
    /// - Throws: `APIError`.
    package func perform(_ method: String, _ path: [String], body: [UInt8]) async throws -> JSONValue {
        let name = path.dropFirst().first
        switch path.first {
        case "tokens": return try await tokens.perform(method, name, body: body)
        case "keys": return try await keys.perform(method, name, body: JSONBody(body))
        case "jobs": return try await jobs.perform(method, name, body: JSONBody(body))
        case "webhooks": return try await webhooks.perform(method, name, body: JSONBody(body))
        case "mirror": return try await mirror.perform(method, name, body: JSONBody(body))
        case "buckets", "tasks":
            guard let storage else { throw APIError.routeNotFound() }
            return try await storage.perform(method, path, body: JSONBody(body))
        default: throw APIError.routeNotFound()
        }
    }
}

/// The object that a command sent.
struct JSONBody: Sendable {
    private let members: [JSONValue.Member]
    /// Whether there was an object at all.
    let isObject: Bool

    /// The members of an object; none when `bytes` are no such.
    init(_ bytes: [UInt8]) {
        guard case .object(let members)? = JSONReader.read(bytes, limits: .init(length: 64 * 1024, depth: 4)) else {
            (self.members, isObject) = ([], false)
            return
        }
        (self.members, isObject) = (members, true)
    }

    subscript(_ name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }

    /// A string that has to be there.
    func text(_ name: String) throws -> String {
        guard let text = self[name]?.string else { throw APIError.malformedBody("{\"\(name)\":\"…\"}") }
        return text
    }

    /// A whole number, nil for none.
    func integer(_ name: String) -> Int64? {
        if case .number(let text)? = self[name] { Int64(text) } else { nil }
    }

    /// The whole numbers of a list, nil for none.
    func integers(_ name: String) -> [Int64]? {
        guard case .array(let values)? = self[name] else { return nil }
        return values.compactMap { if case .number(let text) = $0 { Int64(text) } else { nil } }
    }

    /// Whether it says true.
    func flag(_ name: String) -> Bool { self[name] == .bool(true) }

    /// The strings of a list, nil for none.
    func list(_ name: String) -> [String]? {
        if case .array(let values)? = self[name] { values.compactMap(\.string) } else { nil }
    }
}
