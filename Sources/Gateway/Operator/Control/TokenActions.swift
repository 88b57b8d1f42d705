import Attachments
import S3Protocol

/// `/tokens`: the tokens of the JSON API.
struct TokenActions: Sendable {
    let tokens: APITokens

    func perform(_ method: String, _ name: String?, body: [UInt8]) async throws -> JSONValue {
        switch (method, name) {
        case ("GET", nil): return .array(try await tokens.list().map(Self.json))
        case ("POST", nil): return try await create(JSONBody(body))
        case ("DELETE", let id?):
            guard let id = Int64(id) else { throw APIError.tokenNotFound() }
            try await tokens.delete(id)
            return .object([.init("deleted", .number("\(id)"))])
        default: throw APIError.routeNotFound()
        }
    }

    private func create(_ body: JSONBody) async throws -> JSONValue {
        let token = try await tokens.create(name: try body.text("name"))
        return .object([
            .init("id", .number("\(token.record.id)")), .init("name", .string(token.record.name)),
            .init("token", .string(token.text)),
        ])
    }

    private static func json(_ record: TokenRecord) -> JSONValue {
        .object([
            .init("id", .number("\(record.id)")), .init("name", .string(record.name)),
            // That of the environment was never made here.
            .init("created", record.id == APITokens.environmentID ? .null : .string(record.created.iso8601)),
            .init("last_used", record.lastUsed.map { .string($0.iso8601) } ?? .null),
        ])
    }
}
