import Attachments
import Configuration
import Gateway
import Glibc
import Logging
import Mirror
import ObjectStorage
import S3Protocol

/// Performs control actions: through the socket of the server that holds the root, else alone on the root.
struct Control {
    private let options: CommonOptions
    /// The storage root.
    let root: String

    /// Control of the storage root that the options name.
    init(_ options: CommonOptions) throws {
        self.options = options
        root = try options.settings().text("storage") ?? "storage"
    }

    /// The answer to an action on the records.
    ///
    /// - Throws: `ConfigurationError` with what was refused, or why neither way works.
    func perform(_ method: String, _ path: [String], body: String = "") async throws -> JSONValue {
        let session = try await open(withStore: false)
        do {
            let answer = try await session.perform(method, path, body: body)
            await session.close()
            return answer
        } catch {
            await session.close()
            throw error
        }
    }

    /// Whether a server holds the root and answers.
    func hasServer() throws -> Bool {
        try checkRoot()
        let socket = try ControlSocket(root: root)
        // Its path is good as long as it lives.
        return try withExtendedLifetime(socket) { try ControlClient(path: socket.path).isAnswered() }
    }

    /// Several actions in a row; to be closed.
    func open(withStore: Bool) async throws -> any ControlSession {
        if try hasServer() { return SocketSession(socket: try ControlSocket(root: root)) }
        return withStore ? try await AloneSession(storing: options, root: root) : try AloneSession(records: root)
    }

    private func checkRoot() throws {
        guard FileContent.exists(root + "/.larder/format.json") else {
            throw ConfigurationError(
                "\(root) is no storage root; name it with --storage, or start `larder serve` there first."
            )
        }
    }
}

/// A way to perform actions.
protocol ControlSession: Sendable {
    /// The answer to an action.
    ///
    /// - Throws: `ConfigurationError` with what was refused.
    func perform(_ method: String, _ path: [String], body: String) async throws -> JSONValue

    /// Ends it.
    func close() async
}

/// Actions of a running server.
final class SocketSession: ControlSession, @unchecked Sendable {
    // Unchecked: the socket's place never changes.
    private let socket: ControlSocket

    init(socket: ControlSocket) {
        self.socket = socket
    }

    func perform(_ method: String, _ path: [String], body: String) async throws -> JSONValue {
        let answer = try withExtendedLifetime(socket) {
            try ControlClient(path: socket.path).send(method, path, body: body)
        }
        guard let answer else {
            throw ConfigurationError("the server has stopped; start the command again to work without it.")
        }
        return answer
    }

    func close() async {}
}

/// Actions of this process, which holds the root meanwhile.
struct AloneSession: ControlSession {
    private let actions: ControlActions
    private let storage: StorageActions?
    private let records: SQLiteRecordStore
    private let store: FileStore?
    private let lock: RootLock?
    /// Takes note of what is to be mirrored by the next server.
    private let ledger: ChangeLedger?

    /// Actions on the records only.
    init(records root: String) throws {
        lock = try RootLock(root: root)
        records = try SQLiteRecordStore(path: root + "/.larder/records.sqlite")
        (storage, store, ledger) = (nil, nil, nil)
        actions = Self.actions(records, root: root, storage: nil)
    }

    /// Actions on the store too.
    init(storing options: CommonOptions, root: String) async throws {
        let settings = try ServerSettings(try options.settings(), isSandbox: false)
        var log = Logger(label: "larder") { _ in LineLogHandler(format: .text, level: .warning, clock: System.now) }
        log.logLevel = .warning
        var configuration = settings.store
        // What is asked for is done, and nothing beside it.
        configuration.scanInterval = nil
        configuration.scrubInterval = nil
        configuration.watchedDirectories = 0
        ledger = settings.changeLedger(log)
        configuration.feed = ledger
        let store = try await FileStore.open(configuration, log: log, clock: System.now)
        self.store = store
        lock = nil
        records = try SQLiteRecordStore(path: root + "/.larder/records.sqlite")
        let storage = StorageActions(
            store: store,
            owner: Credentials.rootUserID,
            isAlone: true,
            records: RecordsCheck(records, store, settings, isLive: false, signals: nil),
            restyling: StyleRegeneration(alone: settings, records: records, store: store, log: log)
        )
        self.storage = storage
        actions = Self.actions(records, root: root, storage: storage)
    }

    private static func actions(
        _ records: SQLiteRecordStore,
        root: String,
        storage: StorageActions?
    ) -> ControlActions {
        ControlActions(
            tokens: APITokens(store: records, environmentToken: nil, clock: System.now),
            keys: UserKeys(
                store: records,
                reservedKeys: Credentials.keptKeys(inRoot: root),
                reservedUsers: [Credentials.rootUserID],
                clock: System.now
            ),
            table: nil,
            jobs: JobInventory(store: records, signals: nil, clock: System.now),
            webhooks: WebhookInventory(store: records, endpoints: [], outbox: .none, clock: System.now),
            mirror: nil,
            storage: storage
        )
    }

    func perform(_ method: String, _ path: [String], body: String) async throws -> JSONValue {
        do {
            return try await actions.perform(method, path, body: Array(body.utf8))
        } catch let error as APIError {
            throw ConfigurationError(error.failure.message)
        }
    }

    func close() async {
        await storage?.close()
        await store?.close()
        await ledger?.close()
        try? records.close()
        withExtendedLifetime(lock) {}
    }
}
