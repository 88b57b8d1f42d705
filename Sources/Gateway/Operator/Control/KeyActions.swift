import Attachments
import S3Protocol

/// `/keys`: the access keys of users.
struct KeyActions: Sendable {
    let keys: UserKeys
    /// The keys that a running server verifies signatures with; nil for a command that works alone.
    let table: AccessKeys?

    func perform(_ method: String, _ accessKey: String?, body: JSONBody) async throws -> JSONValue {
        switch (method, accessKey) {
        case ("GET", nil): return .array(try await keys.list().map { Self.json($0) })
        case ("POST", nil):
            let key = try await keys.create(try KeyRequest(body))
            try await table?.reload(from: keys)
            return Self.json(key, withSecret: true)
        case ("POST", let accessKey?):
            guard case .bool(let isDisabled)? = body["disabled"] else {
                throw APIError.malformedBody(#"{"disabled":true}"#)
            }
            try await keys.set(accessKey, isDisabled: isDisabled)
        case ("DELETE", let accessKey?):
            try await keys.delete(accessKey)
        default: throw APIError.routeNotFound()
        }
        try await table?.reload(from: keys)
        return .object([.init("access_key", .optional(accessKey))])
    }

    private static func json(_ key: KeyRecord, withSecret: Bool = false) -> JSONValue {
        let secret = withSecret ? [JSONValue.Member("secret_key", .string(key.secret))] : []
        return .object(
            [.init("access_key", .string(key.accessKey))] + secret + [
                .init("user_id", .string(key.userID)), .init("name", .string(key.name)),
                .init("display_name", .string(key.displayName)), .init("policy", .optional(key.policy)),
                .init("disabled", .bool(key.isDisabled)), .init("created", .string(key.created.iso8601)),
            ]
        )
    }
}

extension KeyRequest {
    /// What a command asks for.
    ///
    /// - Throws: for a body that lacks its form: a key whose policy was lost on the way would be too strong.
    fileprivate init(_ body: JSONBody) throws {
        self.init()
        guard body.isObject else { throw APIError.malformedBody(#"{"name":"…","policy":"…"}"#) }
        let text = { (member: String) in try body[member].map { _ in try body.text(member) } }
        name = try text("name")
        displayName = try text("display_name")
        userID = try text("user_id")
        accessKey = try text("access_key")
        secretKey = try text("secret_key")
        policy = try text("policy")
    }
}
