import Attachments
import Configuration
import Gateway
import Glibc
import ObjectStorage
import S3Protocol

/// Performs control actions: through the socket of the server that holds the root, else alone on the root.
struct Control {
    private let root: String

    /// Control of the storage root that the options name.
    init(_ options: CommonOptions) throws {
        root = try options.settings().text("storage") ?? "storage"
    }

    /// The answer to an action.
    ///
    /// - Throws: `ConfigurationError` with what was refused, or why neither way works.
    func perform(_ method: String, _ path: [String], body: String = "") async throws -> JSONValue {
        guard FileContent.exists(root + "/.larder/format.json") else {
            throw ConfigurationError(
                "\(root) is no storage root; name it with --storage, or start `larder serve` there first."
            )
        }
        let socket = try ControlSocket(root: root)
        if let answer = try ControlClient(path: socket.path).send(method, path, body: body) { return answer }
        return try await performAlone(method, path, body: body)
    }

    private func performAlone(_ method: String, _ path: [String], body: String) async throws -> JSONValue {
        let lock = try RootLock(root: root)
        defer { withExtendedLifetime(lock) {} }
        let records = try SQLiteRecordStore(path: root + "/.larder/records.sqlite")
        defer { try? records.close() }
        let tokens = APITokens(store: records, environmentToken: nil, clock: System.now)
        do {
            return try await ControlActions(tokens: tokens).perform(method, path, body: Array(body.utf8))
        } catch let error as APIError {
            throw ConfigurationError(error.failure.message)
        }
    }
}
