package import Attachments
package import S3Protocol

/// The actions behind the control socket; a command that is alone on a root performs the same ones itself.
package struct ControlActions: Sendable {
    private let tokens: TokenActions
    private let storage: StorageActions?

    /// Actions on these tokens, and on the store if there is one.
    package init(tokens: APITokens, storage: StorageActions?) {
        self.tokens = TokenActions(tokens: tokens)
        self.storage = storage
    }

    /// Performs `METHOD /AREA[/NAME]`.
    ///
    /// - Throws: `APIError`.
    package func perform(_ method: String, _ path: [String], body: [UInt8]) async throws -> JSONValue {
        let name = path.dropFirst().first
        switch path.first {
        case "tokens": return try await tokens.perform(method, name, body: body)
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

    /// The members of an object; none when `bytes` are no such.
    init(_ bytes: [UInt8]) {
        guard case .object(let members)? = JSONReader.read(bytes, limits: .init(length: 64 * 1024, depth: 4)) else {
            self.members = []
            return
        }
        self.members = members
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

    /// Whether it says true.
    func flag(_ name: String) -> Bool { self[name] == .bool(true) }

    /// The strings of a list, nil for none.
    func list(_ name: String) -> [String]? {
        if case .array(let values)? = self[name] { values.compactMap(\.string) } else { nil }
    }
}
